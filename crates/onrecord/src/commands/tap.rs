//! `onrecord tap`: looks into a topic.

mod filter;
mod row;

use std::{io::Write, time::Duration};

use clap::ValueEnum;
use serde_json::Value;
use stream::{RawRecord, ReadFrom, ReadUntil, Reader, ReaderEvent};

use crate::{
    config::ConfigArgs,
    connection::{Connection, stream_failure},
    exit::{Exit, Failure},
    read_from, terminal,
};

use self::filter::Filter;

/// How long one look for a record takes.
const WAIT: Duration = Duration::from_millis(500);

/// Look into a topic.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord tap quotes
  onrecord tap quotes --from beginning --exit-at-end --speaker \"Hun Manet\"
  onrecord tap mentions --official hun-sen --from @2026-11-01T00:00:00Z -o jsonl --exit-at-end
  onrecord tap dead-letters --from -20 --exit-at-end -o json

Where no pipeline runs on the data folder, it is opened for the time of the look.")]
pub(crate) struct Args {
    /// Topic: feed-cursors, feed-health, articles, enriched, quotes, entities, mentions, alerts, dead-letters
    topic: String,
    /// Begin with the oldest record (`beginning`), the last N (`-N`) or a time
    /// (`@2026-11-27T08:00:00Z`, `@1h` for an hour ago) [default: what comes from now on]
    #[arg(long, value_name = "WHERE", value_parser = read_from::parse, allow_hyphen_values = true)]
    from: Option<ReadFrom>,
    /// End with the last record that is there now
    #[arg(long)]
    exit_at_end: bool,
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// For people: a line a record
    Table,
    /// The records as indented JSON
    Json,
    /// The records as JSON Lines, as they stand in the topic
    Jsonl,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let connection = Connection::open_or_join(&loaded.settings)?;
    let looked = look(args, &connection);
    connection.close();
    looked
}

fn look(args: &Args, connection: &Connection) -> Result<Exit, Failure> {
    let until = if args.exit_at_end {
        ReadUntil::End
    } else {
        ReadUntil::Forever
    };
    let from = args.from.unwrap_or(ReadFrom::Latest(0));
    let mut reader = Reader::open(&connection.kafka, &args.topic, from, until)
        .map_err(|error| stream_failure(&error))?;
    let mut output = terminal::output();
    loop {
        match reader.next(WAIT).map_err(|error| stream_failure(&error))? {
            ReaderEvent::Record(record) => print(args, &record, &mut output)?,
            ReaderEvent::Nothing => output.flush()?,
            ReaderEvent::End => {
                output.flush()?;
                return Ok(Exit::Success);
            }
        }
    }
}

fn print(args: &Args, record: &RawRecord, output: &mut impl Write) -> Result<(), Failure> {
    let payload = record.payload.as_deref().unwrap_or(b"null");
    let Ok(value) = serde_json::from_slice::<Value>(payload) else {
        terminal::tell(format_args!(
            "{}/{}@{} is not JSON",
            record.topic, record.partition, record.offset
        ));
        return Ok(());
    };
    if !args.filter.accepts(&value) {
        return Ok(());
    }
    match args.output {
        OutputForm::Table => writeln!(output, "{}", row::render(record, &value))?,
        OutputForm::Json => {
            let text = serde_json::to_string_pretty(&value).expect("it was JSON before");
            writeln!(output, "{text}")?;
        }
        OutputForm::Jsonl => {
            output.write_all(payload)?;
            writeln!(output)?;
        }
    }
    Ok(())
}
