//! `onrecord feeds remove`: takes feeds off the list.

use std::io::Write;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
};

use super::{open_list, save};

/// Remove feeds from the list
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  onrecord feeds remove https://news.example/rss

What was recorded of the feed stays; where it is added again, it goes on from there.")]
pub(super) struct Args {
    /// Address, as `feeds list` shows it
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let mut list = open_list(&loaded)?;
    let (removed, unknown): (Vec<&String>, Vec<&String>) =
        args.urls.iter().partition(|url| list.remove(url));
    if !removed.is_empty() {
        save(&loaded, &list)?;
    }
    let mut output = terminal::output();
    for url in removed {
        writeln!(output, "removed {url}")?;
    }
    output.flush()?;
    for url in &unknown {
        let path = loaded.settings.feeds.display();
        terminal::tell(format_args!(
            "{url} is not in {path}; `onrecord feeds list` shows what is"
        ));
    }
    Ok(if unknown.is_empty() {
        Exit::Success
    } else {
        Exit::Input
    })
}
