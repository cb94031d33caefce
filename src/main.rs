//! The command line of outdial.

use std::process::ExitCode;

fn main() -> ExitCode {
    outdial::cli::run()
}
