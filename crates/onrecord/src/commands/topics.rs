//! `onrecord topics`: the topics at a glance.

use std::io::Write;

use clap::ValueEnum;
use stream::{TopicOverview, topic_overview};

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
  onrecord topics --data /srv/onrecord -o jsonl

Records are counted by offsets: at most as many. Bytes stand where the broker tells them.")]
pub(crate) struct Args {
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
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
    let topics = topic_overview(&connection.kafka, &groups);
    connection.close();
    print(
        args.output,
        &topics.map_err(|error| stream_failure(&error))?,
    )
}

/// The consumer groups of the pipeline: one a stage and one a target of alerts.
fn groups(settings: &Settings) -> Vec<String> {
    let stages = ["fetcher", "processor", "sink", "alerter"].map(str::to_owned);
    let targets = settings.alerter.target.iter();
    let targets = targets.map(|target| format!("deliver-{}", target.name()));
    stages.into_iter().chain(targets).collect()
}

fn print(form: OutputForm, topics: &[TopicOverview]) -> Result<Exit, Failure> {
    let mut output = terminal::output();
    match form {
        OutputForm::Table => {
            let mut table =
                terminal::table(["topic", "partitions", "records", "bytes", "lag by group"]);
            for topic in topics {
                let lag = topic
                    .lag
                    .iter()
                    .map(|(group, lag)| format!("{group} {lag}"));
                table.add_row([
                    topic.topic.clone(),
                    topic.partitions.to_string(),
                    topic.records.to_string(),
                    topic
                        .bytes
                        .map_or_else(|| "-".to_owned(), |bytes| bytes.to_string()),
                    lag.collect::<Vec<_>>().join(", "),
                ]);
            }
            writeln!(output, "{table}")?;
        }
        OutputForm::Json => {
            let text = serde_json::to_string_pretty(topics).expect("an overview is plain data");
            writeln!(output, "{text}")?;
        }
        OutputForm::Jsonl => {
            for topic in topics {
                let line = serde_json::to_string(topic).expect("an overview is plain data");
                writeln!(output, "{line}")?;
            }
        }
    }
    output.flush()?;
    Ok(Exit::Success)
}
