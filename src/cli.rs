//! The command line: one module per command. Exit codes: 0 done, 1 failed with a reason on stderr, 2 wrong usage.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod campaign;
mod check;
mod client;
mod columns;
mod completions;
mod demo;
mod health;
mod keeping;
mod key;
mod local;
mod named;
mod progress;
mod serve;
mod simulator;
mod table;
mod telemetry;
mod verify;
mod whole_file;

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
    /// Campaigns of a running service: create, watch, pause and the like
    Campaign(Box<campaign::Options>),
    /// API keys of a running service
    Key(key::Options),
    /// Print a configuration file with every key, its meaning and its default
    Config,
    /// Ask a running service whether it is ready: exit code 0, or 1 and the reason
    Health(health::Options),
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
    /// What a shell needs to complete these commands
    Completions(completions::Options),
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
        Command::Campaign(options) => campaign::run(*options),
        Command::Key(options) => key::run(&options),
        Command::Config => {
            give(crate::config::DOCUMENTATION.trim_end());
            Ok(())
        }
        Command::Health(options) => health::run(&options),
        Command::Simulator(options) => simulator::run(&options),
        Command::Verify(options) => verify::run(&options),
        Command::Backup(options) => keeping::backup(&options),
        Command::Restore(options) => keeping::restore(&options),
        Command::Release(configured) => keeping::release(&configured),
        Command::Check(options) => check::run(&options),
        Command::Completions(options) => completions::run(&options),
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
fn give(text: &str) {
    give_bytes(format!("{text}\n").as_bytes());
}

/// Gives a part of a long result, on stdout. Whoever reads it may have had enough, which ends the program in peace.
fn give_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            say(&format!("outdial: cannot write to stdout: {error}"));
            std::process::exit(1);
        }
    }
}

/// Tells on stdout what a program that goes on has to tell, whether or not anybody still reads there.
fn announce(text: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// Gives a result as JSON, on one line.
fn give_json(value: &serde_json::Value) {
    give(&value.to_string());
}
