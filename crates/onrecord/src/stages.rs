//! Starts each stage with what it needs.

use std::sync::Arc;

use alerter::{AlertStage, FileNotifier, TargetConfig, TerminalNotifier, WebhookNotifier};
use extract::Extractor;
use fetcher::{FeedSource, FetchProgress, FetchStage};
use model::{Feed, Official};
use processor::ProcessStage;
use sink::SinkStage;
use stream::{
    ALERTS, ARTICLES, ENRICHED, Effect, FEED_CURSORS, run_effect, run_keyed_stage, run_stage,
};

use crate::{
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

/// Raises alerts on `officials` and delivers them to the targets.
///
/// # Errors
/// Where a target cannot be used.
pub(crate) fn start_alert(session: &mut Session, officials: Vec<Official>) -> Result<(), Failure> {
    let runner = session.runner(1);
    let config = session.settings.alerter.clone();
    let stage = AlertStage::new(officials, config.rule);
    session.pipeline.start("alerter", move |status, stop| {
        run_stage(&runner, ENRICHED, || stage.clone(), status, stop)
    })?;
    for target in config.target {
        start_delivery(session, target)?;
    }
    Ok(())
}

fn start_delivery(session: &mut Session, target: TargetConfig) -> Result<(), Failure> {
    let refuse = |error: alerter::NotifierError| {
        Failure::plain(
            Exit::Config,
            error,
            "see [alerter] in `onrecord config show --origin`",
        )
    };
    match target {
        TargetConfig::Terminal => {
            let notifier = TerminalNotifier::new(session.screen.output());
            start_effect(session, notifier)
        }
        TargetConfig::File { path } => {
            start_effect(session, FileNotifier::open(&path).map_err(refuse)?)
        }
        TargetConfig::Webhook(webhook) => {
            start_effect(session, WebhookNotifier::new(webhook).map_err(refuse)?)
        }
    }
}

fn start_effect<E>(session: &mut Session, effect: E) -> Result<(), Failure>
where
    E: Effect<Input = model::Alert> + 'static,
{
    let runner = session.runner(1);
    let name = effect.name().to_owned();
    session.pipeline.start(&name, move |status, stop| {
        run_effect(&runner, ALERTS, effect, status, stop)
    })
}
