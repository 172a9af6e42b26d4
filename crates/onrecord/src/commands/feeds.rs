//! `onrecord feeds`: the list of feeds, what each brings, and how each is doing.

mod add;
mod export;
mod import;
mod list;
mod remove;
mod status;
mod test;

use std::io::Write;

use clap::{Subcommand, ValueEnum};
use lists::feeds::{FeedFile, FeedFileError};
use serde::Serialize;

use crate::{
    config::Loaded,
    exit::{Exit, Failure},
    feed_list, terminal,
};

/// Add, import, list, test and watch feeds.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord feeds add https://news.example/
  onrecord feeds import subscriptions.opml
  onrecord feeds test https://news.example/rss
  onrecord feeds status

The list is config/feeds.toml, or what --feeds names; comments and order in it survive. A running
pipeline reads it when it starts.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(add::Args),
    Import(import::Args),
    Export(export::Args),
    List(list::Args),
    Remove(remove::Args),
    Test(test::Args),
    Status(status::Args),
}

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputForm {
    /// For people
    Table,
    /// Indented JSON
    Json,
    /// JSON Lines
    Jsonl,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.action {
        Action::Add(args) => add::run(args),
        Action::Import(args) => import::run(args),
        Action::Export(args) => export::run(args),
        Action::List(args) => list::run(args),
        Action::Remove(args) => remove::run(args),
        Action::Test(args) => test::run(args),
        Action::Status(args) => status::run(args),
    }
}

/// The list that the configuration names, for editing; only a right one is edited.
fn open_list(loaded: &Loaded) -> Result<FeedFile, Failure> {
    let path = &loaded.settings.feeds;
    if path.exists() {
        feed_list::read(path)?;
    }
    FeedFile::open(path).map_err(|error| {
        let help = match error {
            FeedFileError::Read { .. } => "name another list with --feeds",
            FeedFileError::Form { .. } => feed_list::FORM,
        };
        Failure::plain(Exit::Config, error, help)
    })
}

/// Writes an edited list.
fn save(loaded: &Loaded, list: &FeedFile) -> Result<(), Failure> {
    list.save().map_err(|error| {
        let help = "the list is as it was; try again, or name another with --feeds";
        Failure::plain(Exit::Failed, error, help)
    })?;
    if !list.exists() {
        let path = loaded.settings.feeds.display();
        terminal::tell(format_args!(
            "{path} is new: only its feeds are polled from now on, not those that come with the program"
        ));
    }
    Ok(())
}

/// Prints one record as JSON, indented or on one line.
fn print_one_json<T: Serialize>(form: OutputForm, record: &T) -> Result<(), Failure> {
    let text = match form {
        OutputForm::Jsonl => serde_json::to_string(record),
        OutputForm::Json | OutputForm::Table => serde_json::to_string_pretty(record),
    };
    let mut output = terminal::output();
    writeln!(output, "{}", text.expect("it is plain data"))?;
    output.flush()?;
    Ok(())
}

/// Prints records as JSON, all in one array or one a line.
fn print_json<T: Serialize>(form: OutputForm, records: &[T]) -> Result<(), Failure> {
    let mut output = terminal::output();
    if form == OutputForm::Json {
        let text = serde_json::to_string_pretty(records).expect("it is plain data");
        writeln!(output, "{text}")?;
    } else {
        for record in records {
            let line = serde_json::to_string(record).expect("it is plain data");
            writeln!(output, "{line}")?;
        }
    }
    output.flush()?;
    Ok(())
}
