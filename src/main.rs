//! The command line of outdial.

use std::process::ExitCode;

/// Callbacks are many small allocations on several threads, which the system's allocator is slow at.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    outdial::cli::run()
}
