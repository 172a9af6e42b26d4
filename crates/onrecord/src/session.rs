//! What every command that runs stages has: screen, signals, health, Kafka, stages.

use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};
use tracing::info;

use stream::{CancellationToken, RunnerConfig};

use crate::{
    config::Settings,
    connection::{self, Connection},
    exit::{Exit, Failure},
    pipeline::Pipeline,
    screen::Screen,
    telemetry::{self, Health},
};

/// Exit code where the user asks twice to stop, as shells have it for an interrupt.
const INTERRUPTED: i32 = 130;

/// A running command.
pub(crate) struct Session {
    /// The configuration.
    pub(crate) settings: Settings,
    /// The terminal.
    pub(crate) screen: Screen,
    /// Cancelled when the command is to end.
    pub(crate) stop: CancellationToken,
    /// The way to Kafka.
    pub(crate) connection: Connection,
    /// The stages.
    pub(crate) pipeline: Pipeline,
    /// Runs signals and the metrics server.
    runtime: Runtime,
}

impl Session {
    /// Starts logs, signals, the way to Kafka (by `connect`) and metrics.
    ///
    /// # Errors
    /// Where one of them cannot start.
    pub(crate) fn open(
        settings: Settings,
        connect: impl FnOnce(&Settings) -> Result<Connection, Failure>,
    ) -> Result<Self, Failure> {
        let stop = CancellationToken::new();
        let screen = Screen::new(stop.clone());
        telemetry::start_logs(&settings, &screen)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("service")
            .enable_all()
            .build()
            .map_err(|error| no_runtime(&error))?;
        listen_to_signals(&runtime, &stop)?;
        let health = Health::default();
        let metrics = telemetry::serve(&settings, &health, runtime.handle(), &stop)?;
        if let Some(address) = metrics {
            info!(%address, "serving /metrics, /livez and /readyz");
        }
        let connection = connect(&settings)?;
        let pipeline = Pipeline::new(health, stop.clone());
        Ok(Self {
            settings,
            screen,
            stop,
            connection,
            pipeline,
            runtime,
        })
    }

    /// Says which broker or Kafka this is about.
    pub(crate) fn say_where(&self) {
        let text = match self.connection.embedded_address() {
            Some(address) => format!(
                "embedded broker, single node, at {address} (data in {})\n",
                self.settings.broker.data.display()
            ),
            None => format!("kafka at {}\n", self.connection.kafka.bootstrap_servers),
        };
        self.screen.tell(&text);
    }

    /// Creates missing topics, waiting for Kafka as long as it takes; `false` where the user
    /// stopped it first.
    ///
    /// # Errors
    /// Where Kafka refuses.
    pub(crate) fn prepare_topics(&self) -> Result<bool, Failure> {
        let kafka = &self.connection.kafka;
        connection::prepare_topics(&self.settings, kafka, &self.screen, &self.stop)
    }

    /// How a stage with so many threads runs here.
    pub(crate) fn runner(&self, threads: usize) -> RunnerConfig {
        self.settings.runner(self.connection.kafka.clone(), threads)
    }

    /// Stops the stages, then the broker.
    ///
    /// # Errors
    /// The first failure of a stage.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let finished = self.pipeline.finish();
        self.connection.close();
        self.runtime.shutdown_background();
        finished
    }
}

/// The first signal ends the command in order, the second at once.
fn listen_to_signals(runtime: &Runtime, stop: &CancellationToken) -> Result<(), Failure> {
    let _entered = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| no_runtime(&error))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| no_runtime(&error))?;
    let stop = stop.clone();
    // Lives as long as the runtime, which the session owns.
    drop(runtime.spawn(async move {
        loop {
            // Both are cancel-safe.
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if stop.is_cancelled() {
                #[expect(clippy::exit, reason = "asked twice, the user wants no order")]
                std::process::exit(INTERRUPTED);
            }
            info!("stopping");
            stop.cancel();
        }
    }));
    Ok(())
}

fn no_runtime(error: &std::io::Error) -> Failure {
    Failure::plain(
        Exit::Failed,
        format_args!("the system gives no threads or signals: {error}"),
        "raise the limits on threads and open files",
    )
}
