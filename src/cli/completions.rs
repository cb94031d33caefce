//! `outdial completions`: what a shell needs to complete the commands.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Arguments, give_bytes};

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  outdial completions bash > ~/.local/share/bash-completion/completions/outdial"
)]
pub(super) struct Options {
    /// The shell
    shell: Shell,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "outdial", &mut script);
    give_bytes(&script);
    Ok(())
}
