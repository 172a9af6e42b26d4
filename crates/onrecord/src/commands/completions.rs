//! `onrecord completions`: completion of commands and flags for a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{
    cli::Cli,
    exit::{Exit, Failure},
};

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  onrecord completions bash > ~/.local/share/bash-completion/completions/onrecord")]
pub(crate) struct Args {
    /// Which shell
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "onrecord", &mut script);
    let mut output = crate::terminal::bulk_output();
    std::io::Write::write_all(&mut output, &script)?;
    std::io::Write::flush(&mut output)?;
    Ok(Exit::Success)
}
