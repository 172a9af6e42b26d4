//! The command line.

use clap::{Parser, Subcommand};

use crate::{
    commands::{config, extract},
    exit::{Exit, Failure},
};

/// Tells who said what about whom, the minute it is published.
#[derive(Debug, Parser)]
#[command(name = "onrecord", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Extract(extract::Args),
    Config(config::Args),
}

/// Parses the command line and runs what it asks for.
///
/// # Errors
/// Where the command ends early.
pub(crate) fn run() -> Result<Exit, Failure> {
    let cli = Cli::parse();
    match cli.command {
        Command::Extract(args) => extract::run(&args),
        Command::Config(args) => config::run(&args),
    }
}
