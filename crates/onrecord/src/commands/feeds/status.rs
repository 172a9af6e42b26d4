//! `onrecord feeds status`: how each feed is doing, worst first.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    time::Duration,
};

use jiff::Timestamp;
use model::{Feed, FeedHealthRecord, FeedId, FeedState};
use serde::Serialize;
use stream::{FEED_HEALTH, ReadFrom, ReadUntil, Reader, ReaderEvent, StreamError};

use crate::{
    config::ConfigArgs,
    connection::{Connection, stream_failure},
    exit::{Exit, Failure},
    lists as named_lists, terminal,
    terminal::{FAINT, HEADING},
    time_words::{since, until},
};

use super::{OutputForm, print_json};

/// How long one look for a record takes.
const WAIT: Duration = Duration::from_millis(500);

/// Show how each feed is doing, worst first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord feeds status
  onrecord feeds status -o json | jq '.[] | select(.state == \"failing\")'

A record is written when something changes, and at least once in fetcher.cursor_interval as long
as the feed is polled. States: gone, failing, silent (answers, but brings nothing for far longer
than usual), unpolled, learning (too young for its rhythm to be known), healthy.")]
pub(super) struct Args {
    /// Show feeds that are no longer in the list as well
    #[arg(long)]
    all: bool,
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

/// A feed's line: its record, or that it has none yet.
#[derive(Serialize)]
#[serde(untagged)]
enum Status {
    Recorded(Box<FeedHealthRecord>),
    Unpolled {
        feed: FeedId,
        url: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        outlet: String,
        state: &'static str,
        summary: &'static str,
    },
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let feeds = named_lists::feeds(&loaded)?;
    let connection = Connection::open_or_join(&loaded.settings)?;
    let records = read(&connection);
    connection.close();
    let statuses = statuses(feeds, records?, args.all);
    if args.output == OutputForm::Table {
        print(&statuses)?;
    } else {
        print_json(args.output, &statuses)?;
    }
    Ok(Exit::Success)
}

/// The latest record of each feed.
fn read(connection: &Connection) -> Result<HashMap<FeedId, FeedHealthRecord>, Failure> {
    let mut latest = HashMap::new();
    let opened = Reader::open(
        &connection.kafka,
        FEED_HEALTH.name(),
        ReadFrom::Beginning,
        ReadUntil::End,
    );
    let mut reader = match opened {
        Ok(reader) => reader,
        // What was recorded by a release that did not know of it.
        Err(StreamError::MissingTopic(_)) => return Ok(latest),
        Err(error) => return Err(stream_failure(&error)),
    };
    loop {
        match reader.next(WAIT).map_err(|error| stream_failure(&error))? {
            ReaderEvent::Record(record) => match record.decode::<FeedHealthRecord>() {
                Ok(health) => {
                    latest.insert(health.feed.clone(), health);
                }
                Err(error) => terminal::tell(format_args!(
                    "{}/{}@{} cannot be read: {error}",
                    record.topic, record.partition, record.offset
                )),
            },
            ReaderEvent::Nothing => {}
            ReaderEvent::End => return Ok(latest),
        }
    }
}

fn statuses(
    feeds: Vec<Feed>,
    mut records: HashMap<FeedId, FeedHealthRecord>,
    with_unlisted: bool,
) -> Vec<Status> {
    let mut statuses: Vec<Status> = feeds
        .into_iter()
        .map(|feed| match records.remove(&feed.id) {
            Some(record) => Status::Recorded(Box::new(record)),
            None => Status::Unpolled {
                feed: feed.id,
                url: feed.url,
                name: feed.name,
                outlet: feed.outlet,
                state: "unpolled",
                summary: "nothing is recorded of it yet",
            },
        })
        .collect();
    if with_unlisted {
        let rest: BTreeMap<String, FeedHealthRecord> = records
            .into_values()
            .map(|record| (record.url.clone(), record))
            .collect();
        statuses.extend(
            rest.into_values()
                .map(|record| Status::Recorded(Box::new(record))),
        );
    }
    // The sort is stable: within a rank the order of the list stays.
    statuses.sort_by_key(Status::rank);
    statuses
}

impl Status {
    /// Worst first; among failing feeds those that have failed for longest.
    fn rank(&self) -> (u8, Option<Timestamp>) {
        match self {
            Self::Unpolled { .. } => (3, None),
            Self::Recorded(record) => match record.state {
                FeedState::Gone => (0, None),
                FeedState::Failing => (1, record.last_success),
                FeedState::Silent => (2, record.volume.last_arrival),
                FeedState::Learning => (4, None),
                FeedState::Healthy => (5, None),
            },
        }
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Unpolled { state, .. } => state,
            Self::Recorded(record) => match record.state {
                FeedState::Gone => "gone",
                FeedState::Failing => "failing",
                FeedState::Silent => "silent",
                FeedState::Learning => "learning",
                FeedState::Healthy => "healthy",
            },
        }
    }
}

/// A feed takes three lines: a table would break its address and its cause into pieces.
fn print(statuses: &[Status]) -> Result<(), Failure> {
    let now = Timestamp::now();
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    let mut output = terminal::output();
    for status in statuses {
        let word = status.word();
        match counts.last_mut() {
            Some((last, count)) if *last == word => *count += 1,
            _ => counts.push((word, 1)),
        }
        match status {
            Status::Unpolled { url, summary, .. } => {
                writeln!(
                    output,
                    "{HEADING}{word:<9}{HEADING:#} {url}\n          {summary}"
                )?;
            }
            Status::Recorded(record) => {
                writeln!(
                    output,
                    "{HEADING}{word:<9}{HEADING:#} {}\n          {}\n          {FAINT}{}{FAINT:#}",
                    record.url,
                    what(record, now),
                    when(record, now)
                )?;
            }
        }
    }
    output.flush()?;
    let counts: Vec<String> = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    terminal::tell(format_args!("{}", counts.join(", ")));
    Ok(())
}

fn what(record: &FeedHealthRecord, now: Timestamp) -> String {
    let summary = &record.summary;
    let mut parts = vec![match &record.fault {
        Some(fault) => format!("{summary} [{}]", fault.code),
        None => summary.clone(),
    }];
    parts.extend(
        record
            .moved_to
            .as_ref()
            .map(|moved| format!("moved to {moved}")),
    );
    if let Some(renewal) = &record.renewal {
        let ago = since(now, renewal.at);
        parts.push(format!(
            "{} items came back under new ids {ago}",
            renewal.items
        ));
    }
    parts.join("; ")
}

fn when(record: &FeedHealthRecord, now: Timestamp) -> String {
    let last = record.last_success;
    let last = last.map_or_else(|| "never".to_owned(), |last| since(now, last));
    let reason = &record.next_poll_reason;
    let next = match record.next_poll {
        Some(next) => format!("next poll {}: {reason}", until(now, next)),
        None => format!("next poll {reason}"),
    };
    let volume = &record.volume;
    let usual = volume.usual_day_tenths.map_or_else(String::new, |tenths| {
        format!(", {}.{} on a usual day", tenths / 10, tenths % 10)
    });
    format!(
        "last read {last}; {next}; items: {} today, {} yesterday{usual}",
        volume.today, volume.yesterday
    )
}
