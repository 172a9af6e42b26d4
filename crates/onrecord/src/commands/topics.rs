//! `onrecord topics`: the topics at a glance.

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;
use stream::{KafkaConfig, StreamError, TopicOverview, count_records, topic_overview};

use crate::{
    config::{ConfigArgs, Settings},
    connection::{Connection, stream_failure},
    exit::{Exit, Failure},
    terminal,
};

/// List topics with records, bytes and lag per consumer group.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord topics
  onrecord topics --count
  onrecord topics --data /srv/onrecord -o jsonl

Offsets are what a topic's partitions span: transactions and compaction take some too, so there
are at most as many records; --count reads the topics and counts. Bytes are of one copy on disk
(- where the broker does not say, or connections are secured). A group that keeps its state in a
topic, as the fetcher does in feed-cursors, owns it and has no lag.")]
pub(crate) struct Args {
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    /// Count the records, by reading every topic
    #[arg(long)]
    count: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// For people
    Table,
    /// Indented JSON
    Json,
    /// JSON Lines, a topic a line
    Jsonl,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let connection = Connection::open_or_join(&loaded.settings)?;
    let groups = groups(&loaded.settings);
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let rows = topic_overview(&connection.kafka, &groups).and_then(|topics| {
        let rows = topics
            .into_iter()
            .map(|topic| Row::of(topic, &connection.kafka, args.count));
        rows.collect::<Result<Vec<Row>, StreamError>>()
    });
    connection.close();
    print(args.output, &rows.map_err(|error| stream_failure(&error))?)
}

/// A topic, and how many records it holds where that was asked for.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    topic: TopicOverview,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
}

impl Row {
    fn of(topic: TopicOverview, kafka: &KafkaConfig, count: bool) -> Result<Self, StreamError> {
        let records = count.then(|| count_records(kafka, &topic.topic));
        let records = records.transpose()?;
        Ok(Self { topic, records })
    }

    /// For people: how far each group is, or that it owns the topic.
    fn groups(&self) -> String {
        let behind = self.topic.lag.iter();
        let behind = behind.map(|(group, lag)| format!("{group} {lag}"));
        let owners = self.topic.owned_by.iter();
        let owners = owners.map(|group| format!("{group} owns it"));
        behind.chain(owners).collect::<Vec<_>>().join(", ")
    }
}

/// The consumer groups of the pipeline: one a stage and one a target of alerts.
fn groups(settings: &Settings) -> Vec<String> {
    let stages = ["fetcher", "processor", "sink", "alerter", "router"].map(str::to_owned);
    let targets = settings.alerter.target.iter();
    let targets = targets.map(|target| format!("deliver-{}", target.name()));
    stages.into_iter().chain(targets).collect()
}

fn print(form: OutputForm, rows: &[Row]) -> Result<Exit, Failure> {
    let mut output = terminal::output();
    match form {
        OutputForm::Table => {
            let is_counted = rows.iter().any(|row| row.records.is_some());
            let size = if is_counted { "records" } else { "offsets" };
            let mut table = terminal::table(["topic", "partitions", size, "bytes", "lag by group"]);
            for row in rows {
                let topic = &row.topic;
                let bytes = topic.bytes.map(|bytes| bytes.to_string());
                table.add_row([
                    topic.topic.clone(),
                    topic.partitions.to_string(),
                    row.records.unwrap_or(topic.offsets).to_string(),
                    bytes.unwrap_or_else(|| "-".to_owned()),
                    row.groups(),
                ]);
            }
            writeln!(output, "{table}")?;
        }
        OutputForm::Json => {
            let text = serde_json::to_string_pretty(rows).expect("an overview is plain data");
            writeln!(output, "{text}")?;
        }
        OutputForm::Jsonl => {
            for row in rows {
                let line = serde_json::to_string(row).expect("an overview is plain data");
                writeln!(output, "{line}")?;
            }
        }
    }
    output.flush()?;
    Ok(Exit::Success)
}
