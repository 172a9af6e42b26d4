//! `onrecord run`: the whole pipeline in one process.

use std::time::{Duration, Instant};

use fetcher::FetchProgress;
use serde::Serialize;
use stream::{ALERTS, ARTICLES, ENTITIES, MENTIONS, QUOTES, StageStatus};

use crate::{
    config::{ConfigArgs, Loaded},
    connection::Connection,
    exit::{Exit, Failure},
    lists,
    live_view::LiveView,
    screen::Screen,
    session::Session,
    stages,
};

/// How often the counter line is drawn and the end looked for.
const TICK: Duration = Duration::from_millis(250);
/// With `--until-idle`: how long no stage may have had anything to do. A commit is seen by the
/// next stage within a few ten milliseconds.
const QUIET: Duration = Duration::from_secs(1);

/// Run the whole pipeline in one process.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord run
  onrecord run --feeds my-feeds.toml --officials my-officials.toml --data /srv/onrecord
  onrecord run --until-idle | tail -n 1

Without kafka.bootstrap_servers an embedded broker is started on the data folder.
Ctrl-C ends the run in order; what is committed is kept.")]
pub(crate) struct Args {
    /// End when every feed has been polled once and everything is through, with a summary in JSON
    #[arg(long)]
    until_idle: bool,
    /// Do not print quotes as they are found
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// The last line of `--until-idle`.
#[derive(Debug, Serialize)]
struct Summary {
    feeds: usize,
    articles: u64,
    quotes: u64,
    entities: u64,
    mentions: u64,
    alerts: u64,
    dead_letters: u64,
    seconds: f64,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    run_loaded(&args.config.load()?, args.until_idle, args.quiet)
}

/// Runs the pipeline with this configuration.
///
/// # Errors
/// Where it cannot start, or a stage gives up.
pub(crate) fn run_loaded(loaded: &Loaded, until_idle: bool, quiet: bool) -> Result<Exit, Failure> {
    let started = Instant::now();
    let feeds = lists::feeds(loaded)?;
    let officials = lists::officials(loaded)?;
    let mut session = Session::open(loaded.settings.clone(), Connection::open)?;
    session.say_where();
    if !session.prepare_topics()? {
        session.finish()?;
        return Ok(Exit::Success);
    }
    let view = if quiet {
        None
    } else {
        Some(LiveView::start(&session)?)
    };
    stages::start_alert(&mut session, officials.clone())?;
    stages::start_sink(&mut session)?;
    stages::start_process(&mut session, officials)?;
    let progress = stages::start_fetch(&mut session, feeds)?;
    wait(&session, &progress, until_idle);
    if let Some(view) = view {
        view.finish();
    }
    session.screen.count("");
    let summary = summary(&session.pipeline.statuses(), &progress, started);
    let screen = session.screen.clone();
    let was_stopped = session.stop.is_cancelled();
    session.finish()?;
    if until_idle && !was_stopped {
        let line = serde_json::to_string(&summary).expect("a summary is plain data");
        screen.print(&format!("{line}\n"));
    } else {
        screen.tell(&format!(
            "stopped: {} articles, {} quotes, {} alerts in this run\n",
            summary.articles, summary.quotes, summary.alerts
        ));
    }
    Ok(Exit::Success)
}

fn wait(session: &Session, progress: &FetchProgress, until_idle: bool) {
    let statuses = session.pipeline.statuses();
    let is_watched = Screen::is_watched();
    let mut all_polled_at = None;
    while !session.stop.is_cancelled() {
        if is_watched {
            session.screen.count(&counter(&statuses, progress));
        }
        if until_idle && progress.all_polled() {
            // Feeds are polled again and again; what counts is what the first polls brought.
            let since: Instant = *all_polled_at.get_or_insert_with(Instant::now);
            if since.elapsed() >= QUIET && session.pipeline.is_idle_behind(stages::FETCH, QUIET) {
                return;
            }
        }
        std::thread::sleep(TICK);
    }
}

fn counter(statuses: &[StageStatus], progress: &FetchProgress) -> String {
    let lag: u64 = statuses
        .iter()
        .filter_map(|status| status.snapshot().lag)
        .sum();
    format!(
        "feeds {}/{}  articles {}  quotes {}  alerts {}  lag {lag}",
        progress.polled(),
        progress.feeds(),
        written(statuses, ARTICLES.name()),
        written(statuses, QUOTES.name()),
        written(statuses, ALERTS.name()),
    )
}

/// Records committed to a topic by the stages of this process.
fn written(statuses: &[StageStatus], topic: &str) -> u64 {
    let counts = statuses.iter().map(|status| {
        let outputs = status.snapshot().committed_outputs;
        outputs.get(topic).copied().unwrap_or_default()
    });
    counts.sum()
}

fn summary(statuses: &[StageStatus], progress: &FetchProgress, started: Instant) -> Summary {
    Summary {
        feeds: progress.polled(),
        articles: written(statuses, ARTICLES.name()),
        quotes: written(statuses, QUOTES.name()),
        entities: written(statuses, ENTITIES.name()),
        mentions: written(statuses, MENTIONS.name()),
        alerts: written(statuses, ALERTS.name()),
        dead_letters: statuses
            .iter()
            .map(|status| status.snapshot().rejected)
            .sum(),
        seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    }
}
