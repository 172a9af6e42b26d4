//! `onrecord fetch | process | sink | alert`: one stage a process.

use std::time::Duration;

use clap::Subcommand;

use crate::{
    config::{ConfigArgs, Loaded},
    connection::Connection,
    exit::{Exit, Failure},
    lists,
    session::Session,
    stages,
};

/// How often the end is looked for.
const TICK: Duration = Duration::from_millis(100);

/// One stage a process; several processes of a stage share its work.
#[derive(Debug, Subcommand)]
pub(crate) enum Stage {
    /// Run only the fetcher: polls feeds, writes `articles`
    Fetch(Args),
    /// Run only the processor: reads `articles`, writes `enriched`
    Process(Args),
    /// Run only the sink: reads `enriched`, writes `quotes`, `entities`, `mentions`
    Sink(Args),
    /// Run only the alerter: reads `enriched`, writes `alerts` and delivers them
    Alert(Args),
}

/// Flags of a stage.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord broker --listen 127.0.0.1:9092 --data data
  onrecord process --set kafka.bootstrap_servers=127.0.0.1:9092
  ONRECORD_KAFKA__BOOTSTRAP_SERVERS=kafka:9092 onrecord sink

Without kafka.bootstrap_servers it joins the broker that runs on the data folder.
Several processes of one stage share the work and take over from each other.")]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the stage until it is told to stop.
pub(crate) fn run(stage: &Stage) -> Result<Exit, Failure> {
    let (Stage::Fetch(args) | Stage::Process(args) | Stage::Sink(args) | Stage::Alert(args)) =
        stage;
    let loaded = args.config.load()?;
    // Lists are read first: a mistake in them shows whether or not Kafka is there.
    let start = starter(stage, &loaded)?;
    let mut session = Session::open(loaded.settings, Connection::join)?;
    session.say_where();
    if session.prepare_topics()? {
        start(&mut session)?;
        while !session.stop.is_cancelled() {
            std::thread::sleep(TICK);
        }
    }
    session.finish()?;
    Ok(Exit::Success)
}

type Start = Box<dyn FnOnce(&mut Session) -> Result<(), Failure>>;

fn starter(stage: &Stage, loaded: &Loaded) -> Result<Start, Failure> {
    Ok(match stage {
        Stage::Fetch(_) => {
            let feeds = lists::feeds(loaded)?;
            Box::new(|session| stages::start_fetch(session, feeds).map(drop))
        }
        Stage::Process(_) => {
            let officials = lists::officials(loaded)?;
            Box::new(|session| stages::start_process(session, officials))
        }
        Stage::Sink(_) => Box::new(stages::start_sink),
        Stage::Alert(_) => {
            let officials = lists::officials(loaded)?;
            Box::new(|session| stages::start_alert(session, officials))
        }
    })
}
