//! `onrecord feeds export`: the list for other programs.

use std::io::Write;

use lists::feeds::{FeedEntry, write_csv, write_opml};

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    lists as named_lists, terminal,
};

/// Print the list as OPML, which feed readers take, or as CSV
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord feeds export > feeds.opml
  onrecord feeds export --csv > feeds.csv")]
pub(super) struct Args {
    /// As OPML (the default)
    #[arg(long, conflicts_with = "csv")]
    opml: bool,
    /// As CSV
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let feeds = named_lists::feeds(&loaded)?;
    let entries: Vec<FeedEntry> = feeds.iter().map(FeedEntry::from).collect();
    let text = if args.csv {
        write_csv(&entries)
    } else {
        write_opml(&entries)
    };
    let mut output = terminal::bulk_output();
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(Exit::Success)
}
