//! `onrecord rules rehearse`: how many alerts a rule would have sent.

use std::{io::Write, time::Duration};

use alerter::{AlertStage, Rehearsal, RehearsalResult, Router};
use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp};
use model::{Enriched, Silence};
use stream::{ENRICHED, KafkaConfig, ReadFrom, ReadUntil, Reader, ReaderEvent, SILENCES};

use crate::{
    config::ConfigArgs,
    connection::{Connection, stream_failure},
    exit::{Exit, Failure},
    stages, terminal,
};

/// How long one look for a record takes.
const WAIT: Duration = Duration::from_millis(500);
/// Messages that are shown whole.
const SHOWN: usize = 3;

/// Flags of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A rule by name or text
    #[arg(value_name = "RULE")]
    rule: String,
    /// How far back: `30d`, `12h`
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = span)]
    since: SignedDuration,
    /// What is printed
    #[arg(short, long, value_enum, default_value_t = OutputForm::Text)]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// How many, and the first three as people would read them
    Text,
    /// Every notification as targets would get it, as JSON Lines
    Jsonl,
}

/// Reads `30d` as well as what durations are else written like.
fn span(text: &str) -> Result<SignedDuration, String> {
    if let Some(days) = text.strip_suffix('d')
        && let Ok(days) = days.trim().parse::<i64>()
    {
        return Ok(SignedDuration::from_hours(days.saturating_mul(24)));
    }
    text.parse()
        .map_err(|_| "write it as 30d or 12h".to_owned())
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let (watchlist, rules) = super::chosen(std::slice::from_ref(&args.rule), &loaded)?;
    let router = stages::router(&loaded.settings.alerter)?;
    let stage = AlertStage::new(watchlist.into(), rules);
    let connection = Connection::open_or_join(&loaded.settings)?;
    let from = Timestamp::now()
        .checked_sub(args.since)
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let rehearsed = rehearse(&connection.kafka, from, stage, router);
    connection.close();
    let result = rehearsed?;
    let mut output = terminal::output();
    match args.output {
        OutputForm::Text => tell(&result, from, &mut output)?,
        OutputForm::Jsonl => {
            for notification in &result.notifications {
                let line = serde_json::to_string(notification)
                    .expect("what was read as JSON is written as JSON");
                writeln!(output, "{line}")?;
            }
        }
    }
    output.flush()?;
    Ok(Exit::Success)
}

fn tell(result: &RehearsalResult, from: Timestamp, output: &mut impl Write) -> Result<(), Failure> {
    writeln!(
        output,
        "{} articles since {from:.0} would have raised {} alerts and sent {} notifications",
        result.articles,
        result.alerts,
        result.notifications.len()
    )?;
    let messages = alerter::Messages::new(None)
        .map_err(|error| Failure::plain(Exit::Failed, error, "this is a mistake of the program"))?;
    for notification in result.notifications.iter().take(SHOWN) {
        let text = messages.text(notification).unwrap_or_default();
        let target = &notification.target;
        writeln!(
            output,
            "\nto {target} at {:.0}:\n{text}",
            notification.created
        )?;
    }
    Ok(())
}

fn rehearse(
    kafka: &KafkaConfig,
    from: Timestamp,
    stage: AlertStage,
    mut router: Router,
) -> Result<RehearsalResult, Failure> {
    let mut rehearsal = Rehearsal::new(stage);
    read(kafka, SILENCES.name(), ReadFrom::Beginning, |record| {
        if let Ok(silence) = record.decode::<Silence>() {
            // What is no silence to the router now was none then.
            router.silence(silence).ok();
        }
    })?;
    read(kafka, ENRICHED.name(), ReadFrom::At(from), |record| {
        if let (Ok(enriched), Some(time)) = (record.decode::<Enriched>(), record.written) {
            rehearsal.read(enriched, time);
        }
    })?;
    Ok(rehearsal.finish(router))
}

/// Reads a topic to its end.
fn read(
    kafka: &KafkaConfig,
    topic: &str,
    from: ReadFrom,
    mut take: impl FnMut(&stream::RawRecord),
) -> Result<(), Failure> {
    let failed = |error: stream::StreamError| stream_failure(&error);
    let mut reader = Reader::open(kafka, topic, from, ReadUntil::End).map_err(failed)?;
    loop {
        match reader.next(WAIT).map_err(failed)? {
            ReaderEvent::Record(record) => take(&record),
            ReaderEvent::Nothing => {}
            ReaderEvent::End => return Ok(()),
        }
    }
}
