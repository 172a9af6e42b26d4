//! `onrecord feeds list`: the list at a glance.

use std::io::Write;

use lists::feeds::FeedEntry;
use model::Language;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    lists as named_lists,
    terminal::{self, FAINT},
};

use super::{OutputForm, print_json};

/// List the feeds
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord feeds list
  onrecord feeds list -o jsonl | wc -l")]
pub(super) struct Args {
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let feeds = named_lists::feeds(&loaded)?;
    if args.output != OutputForm::Table {
        let entries: Vec<FeedEntry> = feeds.iter().map(FeedEntry::from).collect();
        print_json(args.output, &entries)?;
        return Ok(Exit::Success);
    }
    let mut output = terminal::output();
    for feed in feeds {
        let language = feed.language.as_ref().map(Language::as_str);
        let facts = [
            feed.name.as_deref(),
            Some(feed.outlet.as_str()),
            language,
            feed.country.as_deref(),
            feed.folder.as_deref(),
        ];
        let facts: Vec<&str> = facts.into_iter().flatten().collect();
        writeln!(output, "{}  {FAINT}{}{FAINT:#}", feed.url, facts.join(", "))?;
    }
    output.flush()?;
    Ok(Exit::Success)
}
