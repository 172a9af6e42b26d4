//! `onrecord feeds import`: takes in a list from another program.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use lists::feeds::{Import, RowFault, read_import};
use serde::Serialize;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
};

use super::{OutputForm, open_list, print_one_json, save};

/// Import feeds from OPML, with its folders, or from CSV
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord feeds import subscriptions.opml
  onrecord feeds import feeds.csv --dry-run
  curl https://reader.example/opml | onrecord feeds import -

CSV needs a first line that names its columns: `url`, and where you like `name`, `outlet`,
`language`, `country`, `folder`, `interval`, `pages`, `robots`, `user_agent`. What cannot be taken
is listed with its line; the rest is added.")]
pub(super) struct Args {
    /// File, or `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Say what would be added, and add nothing
    #[arg(long)]
    dry_run: bool,
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

/// What came of a file.
#[derive(Serialize)]
struct Outcome {
    added: Vec<Row>,
    /// Feeds that the list, or the file further up, has already.
    known: Vec<Row>,
    /// Rows that cannot be taken.
    refused: Vec<Row>,
    /// What was left out of rows that were.
    notes: Vec<Row>,
}

/// A row, with its address or what is wrong with it.
#[derive(Serialize)]
struct Row {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let mut list = open_list(&loaded)?;
    let import = read(&args.file)?;
    let mut outcome = Outcome {
        added: Vec::new(),
        known: Vec::new(),
        refused: import.faults.into_iter().map(Row::from).collect(),
        notes: import.notes.into_iter().map(Row::from).collect(),
    };
    for feed in import.feeds {
        let is_new = list.add(&feed.entry);
        let row = Row {
            line: feed.line,
            url: Some(feed.entry.url),
            reason: None,
        };
        if is_new {
            outcome.added.push(row);
        } else {
            outcome.known.push(row);
        }
    }
    if !args.dry_run && !outcome.added.is_empty() {
        save(&loaded, &list)?;
    }
    match args.output {
        OutputForm::Table => print(&outcome, args.dry_run)?,
        OutputForm::Json | OutputForm::Jsonl => print_one_json(args.output, &outcome)?,
    }
    Ok(if outcome.refused.is_empty() {
        Exit::Success
    } else {
        Exit::Input
    })
}

fn read(file: &Path) -> Result<Import, Failure> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        fs::read(file).map(|content| bytes = content)
    };
    let name = file.display();
    read.map_err(|error| {
        Failure::plain(
            Exit::Input,
            format_args!("{name} cannot be read: {error}"),
            "name an OPML or CSV file, or `-` for standard input",
        )
    })?;
    read_import(&bytes).map_err(|error| {
        Failure::plain(
            Exit::Input,
            format_args!("{name}: {error}"),
            "OPML has outlines with `xmlUrl`; CSV has a first line that names a column `url`",
        )
    })
}

fn print(outcome: &Outcome, is_dry: bool) -> Result<(), Failure> {
    for row in &outcome.refused {
        tell(row, "not taken: ");
    }
    for row in &outcome.notes {
        tell(row, "");
    }
    for row in &outcome.known {
        tell(row, "in the list already: ");
    }
    let mut output = terminal::output();
    let would = if is_dry { "would be " } else { "" };
    writeln!(
        output,
        "{} {would}added, {} in the list already, {} not taken",
        outcome.added.len(),
        outcome.known.len(),
        outcome.refused.len()
    )?;
    output.flush()?;
    Ok(())
}

fn tell(row: &Row, what: &str) {
    let text = row.reason.as_ref().or(row.url.as_ref());
    let text = text.map(String::as_str).unwrap_or_default();
    terminal::tell(format_args!("line {}: {what}{text}", row.line));
}

impl From<RowFault> for Row {
    fn from(fault: RowFault) -> Self {
        Self {
            line: fault.line,
            url: None,
            reason: Some(fault.reason),
        }
    }
}
