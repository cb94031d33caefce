//! The command line: one module per command. Exit codes: 0 done, 1 failed with a reason on stderr, 2 wrong usage.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod check;
mod demo;
mod keeping;
mod local;
mod progress;
mod serve;
mod simulator;
mod telemetry;
mod verify;

/// Rings every contact of a list, at a lawful hour and a steady pace.
#[derive(Parser)]
#[command(name = "outdial", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything on this machine: a simulated carrier, a real contact file, a whole campaign
    Demo(demo::Options),
    /// Run the service
    Serve {
        /// The configuration file; OUTDIAL_* environment variables go over it
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Run the simulated carrier alone
    Simulator(simulator::Options),
    /// Recompute every counter and index of a stopped service from its ledger
    Verify(verify::Options),
    /// Copy everything to one file, also while the service runs
    Backup(keeping::Options),
    /// Put a backup where there is nothing yet; it dials nothing until it is released
    Restore(keeping::Options),
    /// Let a restored outdial dial
    Release(keeping::Configured),
    /// Parse a contact list and report; nothing is stored
    Check(check::Options),
}

/// Runs the program.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let done = match arguments.command {
        Command::Demo(options) => demo::run(&options),
        Command::Serve { config } => serve::run(config.as_deref()),
        Command::Simulator(options) => simulator::run(&options),
        Command::Verify(options) => verify::run(&options),
        Command::Backup(options) => keeping::backup(&options),
        Command::Restore(options) => keeping::restore(&options),
        Command::Release(configured) => keeping::release(&configured),
        Command::Check(options) => check::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say(&format!("outdial: {reason}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells the person at the terminal, on stderr: stdout is for results.
#[expect(clippy::print_stderr, reason = "a command line talks to the terminal")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Gives a result, on stdout.
#[expect(clippy::print_stdout, reason = "a command line gives its results on stdout")]
fn give(text: &str) {
    println!("{text}");
}
