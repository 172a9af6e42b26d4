//! Logs, metrics and health.

use std::{
    io::{self, IsTerminal},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};
use stream::{CancellationToken, StageState, StageStatus};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{
    config::{Settings, TelemetryFormat},
    exit::{Exit, Failure},
    screen::{LineWriter, Screen},
};

/// How often histograms are put in order.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// What is known of the stages of this process; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    stages: Arc<Mutex<Vec<StageStatus>>>,
}

impl Health {
    /// Watches one more stage.
    pub(crate) fn watch(&self, status: &StageStatus) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.push(status.clone());
    }

    /// The stages watched.
    pub(crate) fn stages(&self) -> Vec<StageStatus> {
        self.stages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What keeps the process from its work; empty where it is ready.
    fn reasons(&self) -> Vec<String> {
        let stages = self.stages();
        if stages.is_empty() {
            return vec!["no stage is started yet".to_owned()];
        }
        let reason = |stage: &StageStatus| match stage.state() {
            StageState::Running => stage
                .trouble()
                .map(|reason| format!("{} has committed nothing since: {reason}", stage.name())),
            StageState::Starting => Some(format!("{} is starting", stage.name())),
            StageState::Stopped => Some(format!("{} has ended", stage.name())),
            StageState::Retrying { reason, since } => {
                Some(format!("{} waits since {since}: {reason}", stage.name()))
            }
        };
        stages.iter().filter_map(reason).collect()
    }

    /// Whether a stage has ended, which none does while the process is well.
    fn has_ended_stage(&self) -> bool {
        self.stages()
            .iter()
            .any(|stage| stage.state() == StageState::Stopped)
    }
}

/// Writes log lines to the screen, as the settings say.
///
/// # Errors
/// Where the filter cannot be read.
pub(crate) fn start_logs(settings: &Settings, screen: &Screen) -> Result<(), Failure> {
    let section = &settings.telemetry;
    let filter = EnvFilter::try_new(&section.log).map_err(|error| {
        Failure::plain(
            Exit::Config,
            format_args!("telemetry.log cannot be read: {error}"),
            "write a level, or levels by crate: \"info\", \"warn,fetcher=debug\"",
        )
    })?;
    let on_terminal = io::stderr().is_terminal();
    let as_json = match section.format {
        TelemetryFormat::Auto => !on_terminal,
        TelemetryFormat::Text => false,
        TelemetryFormat::Json => true,
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(on_terminal)
        .with_writer(ScreenWriter(screen.clone()));
    let set = if as_json {
        lines.json().flatten_event(true).try_init()
    } else {
        lines.with_target(false).try_init()
    };
    set.map_err(|error| {
        Failure::plain(
            Exit::Failed,
            format_args!("logs cannot be started: {error}"),
            "report this",
        )
    })
}

struct ScreenWriter(Screen);

impl<'a> MakeWriter<'a> for ScreenWriter {
    type Writer = LineWriter;

    fn make_writer(&'a self) -> LineWriter {
        self.0.error()
    }
}

/// Serves `/metrics`, `/livez` and `/readyz` until `stop`, where the settings name an address.
///
/// # Errors
/// Where the address cannot be used.
pub(crate) fn serve(
    settings: &Settings,
    health: &Health,
    runtime: &tokio::runtime::Handle,
    stop: &CancellationToken,
) -> Result<Option<SocketAddr>, Failure> {
    let listen = &settings.telemetry.listen;
    if listen.is_empty() {
        return Ok(None);
    }
    let refuse = |error: &dyn std::fmt::Display| {
        Failure::plain(
            Exit::Busy,
            format_args!("metrics cannot be served on {listen}: {error}"),
            "set telemetry.listen to another host:port, or to \"\" for none",
        )
    };
    let listener = TcpListener::bind(listen).map_err(|error| refuse(&error))?;
    let address = listener.local_addr().map_err(|error| refuse(&error))?;
    listener
        .set_nonblocking(true)
        .map_err(|error| refuse(&error))?;
    let handle = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|error| refuse(&error))?;
    // Not awaited at the end either.
    drop(runtime.spawn(keep_up(handle.clone(), stop.clone())));
    let router = Router::new()
        .route("/metrics", get(metrics))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .with_state((handle, health.clone()));
    let stop = stop.clone();
    // Not awaited at the end: it holds nothing that must be put away.
    drop(runtime.spawn(async move {
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => {
                let server = axum::serve(listener, router);
                let server = server.with_graceful_shutdown(stop.cancelled_owned());
                if let Err(error) = server.await {
                    tracing::error!(%error, "metrics server ended");
                }
            }
            Err(error) => tracing::error!(%error, "metrics server not started"),
        }
    }));
    Ok(Some(address))
}

type Served = State<(PrometheusHandle, Health)>;

/// Puts what histograms have been told into their buckets, until `stop`: the exporter keeps each
/// value by itself till then, and a scraper may never come.
async fn keep_up(handle: PrometheusHandle, stop: CancellationToken) {
    while !stop.is_cancelled() {
        handle.run_upkeep();
        // Both are cancel-safe.
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(UPKEEP_INTERVAL) => {}
        }
    }
}

async fn metrics(State((handle, _)): Served) -> impl IntoResponse {
    handle.run_upkeep();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        handle.render(),
    )
}

async fn livez(State((_, health)): Served) -> (StatusCode, &'static str) {
    if health.has_ended_stage() {
        (StatusCode::INTERNAL_SERVER_ERROR, "a stage has ended\n")
    } else {
        (StatusCode::OK, "alive\n")
    }
}

async fn readyz(State((_, health)): Served) -> (StatusCode, Json<Value>) {
    let reasons = health.reasons();
    let code = if reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let stages: Vec<_> = health.stages().iter().map(StageStatus::snapshot).collect();
    let body = json!({ "ready": reasons.is_empty(), "reasons": reasons, "stages": stages });
    (code, Json(body))
}
