//! `onrecord officials`: look at the watch-list, add to it, import and export.

mod add;
mod check;
mod export;
mod import;
mod list;

use std::path::Path;

use ::lists::{
    officials::{Plan, apply},
    save_text,
};
use clap::Subcommand;

use crate::{
    exit::{Exit, Failure},
    terminal,
    watchlist::Watchlist,
};

/// Check, list, add to, import or export the officials to watch.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    List(list::Args),
    Add(add::Args),
    Import(import::Args),
    Export(export::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::List(args) => list::run(args),
        Command::Add(args) => add::run(args),
        Command::Import(args) => import::run(args),
        Command::Export(args) => export::run(args),
    }
}

/// Writes all of `plan` into the list at `path`, or nothing.
fn write(path: &Path, list: &Watchlist, plan: &Plan) -> Result<(), Failure> {
    if list.on_disk.is_none() {
        terminal::tell(format_args!(
            "{} is new: it starts with the officials that come with the program",
            path.display()
        ));
    }
    let text = apply(&list.text, plan)
        .map_err(|error| Failure::plain(Exit::Config, error, "the list is as it was"))?;
    save_text(path, list.on_disk.as_deref(), &text)
        .map_err(|error| Failure::plain(Exit::Failed, error, "try again"))
}
