//! `onrecord check`: is everything in place?

use std::{io::Write, time::Duration};

use model::{Feed, Official};
use stream::check_broker;

use crate::{
    config::{ConfigArgs, Loaded},
    connection::{Connection, stream_failure},
    exit::{Exit, Failure},
    lists, stages, terminal,
};

/// Longest wait for Kafka.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Check configuration, feeds, officials, alerts, data folder and broker, a line each.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord check
  onrecord check --feeds my-feeds.toml --data /srv/onrecord")]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command: the exit code is that of the first thing that is wrong.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut output = terminal::output();
    let loaded = args.config.load()?;
    let origins = loaded.origins.len();
    writeln!(
        output,
        "ok  configuration: {origins} values set, the rest by default"
    )?;
    let feeds = lists::feeds(&loaded).map(|feeds| feeds_in_words(&loaded, &feeds));
    let mut lines = vec![("feeds", feeds)];
    match lists::officials(&loaded) {
        Ok(officials) => {
            lines.push(("officials", Ok(counted(officials.len(), "official"))));
            lines.push(("alerts", alerts(&loaded, officials)));
        }
        // Rules name officials: without a list there is no telling whether they are right.
        Err(failure) => lines.push(("officials", Err(failure))),
    }
    lines.push(("broker", broker(&loaded)));
    let mut exit = Exit::Success;
    for (what, line) in lines {
        match line {
            Ok(line) => writeln!(output, "ok  {what}: {line}")?,
            Err(Failure::BrokenPipe) => return Err(Failure::BrokenPipe),
            Err(Failure::Told(code, report)) => {
                writeln!(output, "BAD {what}")?;
                output.flush()?;
                terminal::tell(format_args!("{report:?}"));
                if exit == Exit::Success {
                    exit = code;
                }
            }
        }
    }
    output.flush()?;
    Ok(exit)
}

/// A number with its noun.
fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// How many feeds there are, and of how many the wished interval is not kept to.
fn feeds_in_words(loaded: &Loaded, feeds: &[Feed]) -> String {
    let floor = loaded.settings.fetcher.min_interval;
    let hasty = feeds.iter().filter_map(|feed| feed.interval);
    let hasty = hasty.filter(|interval| *interval < floor).count();
    let count = counted(feeds.len(), "feed");
    if hasty == 0 {
        return count;
    }
    let floor = jiff::fmt::friendly::SpanPrinter::new().unsigned_duration_to_string(&floor);
    format!("{count}, {hasty} of them read every {floor} only: see `fetcher.min_interval`")
}

/// Whether rules, routing and targets work as configured: templates and secrets are read, no
/// target is asked.
fn alerts(loaded: &Loaded, officials: Vec<Official>) -> Result<String, Failure> {
    let config = &loaded.settings.alerter;
    stages::check_alert(config, officials)?;
    let rules = counted(config.rule.len(), "rule");
    Ok(format!(
        "{rules}, {}",
        counted(config.target.len(), "target")
    ))
}

/// Whether Kafka answers; without a configured one, whether the data folder and port can be used.
fn broker(loaded: &Loaded) -> Result<String, Failure> {
    let settings = &loaded.settings;
    let folder = settings.broker.data.display();
    let is_embedded = settings.kafka.bootstrap_servers.is_empty();
    if is_embedded && !settings.broker.data.exists() {
        return Ok(format!(
            "embedded; data folder {folder} is made by the first run"
        ));
    }
    let connection = Connection::open_or_join(settings)?;
    let answer = check_broker(&connection.kafka, TIMEOUT);
    connection.close();
    let answer = answer.map_err(|error| stream_failure(&error))?;
    let topics = answer.topics.len();
    Ok(if is_embedded {
        format!("embedded, data folder {folder} is usable, {topics} topics")
    } else {
        format!(
            "kafka answers ({}), {topics} topics",
            answer.brokers.join(", ")
        )
    })
}
