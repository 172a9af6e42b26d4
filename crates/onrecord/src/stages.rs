//! Starts each stage with what it needs.

use std::{
    io::{self, Write},
    sync::Arc,
};

use alerter::{AlertStage, Config, Notifier, RouteStage, Router, RouterSource, TargetConfig};
use extract::Extractor;
use fetcher::{FeedSource, FetchProgress, FetchStage};
use model::{Feed, Official};
use processor::ProcessStage;
use sink::SinkStage;
use stream::{
    ARTICLES, ENRICHED, FEED_CURSORS, NOTIFICATIONS, ROUTING, run_effect, run_keyed_stage,
    run_stage,
};

use crate::{
    alert_rules,
    exit::{Exit, Failure},
    session::Session,
};

/// The stage that reads the world and so is never at the end of its input.
pub(crate) const FETCH: &str = "fetcher";

/// Polls `feeds`; the progress tells how far it has come.
///
/// # Errors
/// Where the fetcher's settings cannot work.
pub(crate) fn start_fetch(
    session: &mut Session,
    feeds: Vec<Feed>,
) -> Result<FetchProgress, Failure> {
    let progress = FetchProgress::new();
    let source = FeedSource::new(
        session.settings.fetcher.clone(),
        feeds,
        progress.clone(),
        session.stop.clone(),
    );
    let source = source.map_err(|error| {
        Failure::plain(
            Exit::Config,
            error,
            "see [fetcher] in `onrecord config show --origin`",
        )
    })?;
    let runner = session.runner(1);
    session.pipeline.start(FETCH, move |status, stop| {
        run_keyed_stage(
            &runner,
            FEED_CURSORS,
            source,
            FetchStage::new(),
            status,
            stop,
        )
    })?;
    Ok(progress)
}

/// Extracts from articles, with `officials` watched.
///
/// # Errors
/// Where the system gives no thread.
pub(crate) fn start_process(
    session: &mut Session,
    officials: Vec<Official>,
) -> Result<(), Failure> {
    let runner = session.runner(session.settings.processor.threads);
    let extractor = Arc::new(Extractor::new(officials));
    session.pipeline.start("processor", move |status, stop| {
        let make_stage = || ProcessStage::new(Arc::clone(&extractor));
        run_stage(&runner, ARTICLES, make_stage, status, stop)
    })
}

/// Routes enriched articles to the downstream topics.
///
/// # Errors
/// Where the system gives no thread.
pub(crate) fn start_sink(session: &mut Session) -> Result<(), Failure> {
    let runner = session.runner(1);
    session.pipeline.start("sink", move |status, stop| {
        run_stage(&runner, ENRICHED, || SinkStage, status, stop)
    })
}

/// Raises alerts on `officials`, routes them and delivers notifications to the targets.
///
/// # Errors
/// Where a rule, the routing or a target cannot be used.
pub(crate) fn start_alert(session: &mut Session, officials: Vec<Official>) -> Result<(), Failure> {
    let config = session.settings.alerter.clone();
    let (watchlist, rules) = alert_rules::compile(&config, officials)?;
    let router = router(&config)?;
    for target in &config.target {
        start_delivery(session, &config, target)?;
    }
    let runner = session.runner(1);
    session.pipeline.start("router", move |status, stop| {
        let make_router = Arc::new(move || router.clone());
        let source = RouterSource::new(runner.kafka.clone(), make_router, stop.clone());
        run_keyed_stage(&runner, ROUTING, source, RouteStage, status, stop)
    })?;
    let runner = session.runner(1);
    let stage = AlertStage::new(watchlist, rules);
    session.pipeline.start("alerter", move |status, stop| {
        run_stage(&runner, ENRICHED, || stage.clone(), status, stop)
    })
}

/// Whether rules, routing and targets can work as configured.
///
/// # Errors
/// What [`start_alert`] would fail with.
pub(crate) fn check_alert(config: &Config, officials: Vec<Official>) -> Result<(), Failure> {
    alert_rules::compile(config, officials)?;
    router(config)?;
    for target in &config.target {
        notifier(config, target, Box::new(io::sink()))?;
    }
    Ok(())
}

/// A router that remembers nothing, for the configured targets.
///
/// # Errors
/// Where the routing cannot work as configured.
pub(crate) fn router(config: &Config) -> Result<Router, Failure> {
    let names = config.target.iter().map(|target| target.name().to_owned());
    Router::new(config.route.clone(), names).map_err(|error| {
        Failure::plain(
            Exit::Config,
            error,
            "see [alerter.route] in `onrecord config show --origin`",
        )
    })
}

fn start_delivery(
    session: &mut Session,
    config: &Config,
    target: &TargetConfig,
) -> Result<(), Failure> {
    let terminal = Box::new(session.screen.output());
    let notifier = notifier(config, target, terminal)?;
    let runner = session.runner(1);
    let name = format!("deliver-{}", target.name());
    session.pipeline.start(&name, move |status, stop| {
        run_effect(&runner, NOTIFICATIONS, notifier, status, stop)
    })
}

fn notifier(
    config: &Config,
    target: &TargetConfig,
    terminal: Box<dyn Write + Send>,
) -> Result<Notifier, Failure> {
    Notifier::new(config, target, terminal).map_err(|error| {
        Failure::plain(
            Exit::Config,
            error,
            "see [alerter] in `onrecord config show --origin`",
        )
    })
}
