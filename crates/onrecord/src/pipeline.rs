//! Stages running in this process, each on its thread.

use std::{
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};

use stream::{CancellationToken, StageStatus, StreamError};

use crate::{
    connection::stream_failure,
    exit::{Exit, Failure},
    telemetry::Health,
};

/// Stages finish or abort their transaction within this time.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a waiting thread looks again.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// The stages that this process runs.
pub(crate) struct Pipeline {
    health: Health,
    stop: CancellationToken,
    stages: Vec<(StageStatus, JoinHandle<Result<(), StreamError>>)>,
}

impl Pipeline {
    /// No stages yet; all of them hear `stop`.
    pub(crate) fn new(health: Health, stop: CancellationToken) -> Self {
        Self {
            health,
            stop,
            stages: Vec::new(),
        }
    }

    /// Starts a stage on a thread of its own; the whole pipeline stops with it.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(crate) fn start(
        &mut self,
        name: &str,
        body: impl FnOnce(&StageStatus, &CancellationToken) -> Result<(), StreamError> + Send + 'static,
    ) -> Result<(), Failure> {
        let status = StageStatus::new(name);
        self.health.watch(&status);
        let (own_status, stop) = (status.clone(), self.stop.clone());
        let thread = Builder::new().name(name.to_owned()).spawn(move || {
            // Held while the stage runs: where it panics, the others are stopped as well.
            let _guard = stop.clone().drop_guard();
            body(&own_status, &stop)
        });
        let thread = thread.map_err(|error| {
            Failure::plain(
                Exit::Failed,
                format_args!("stage {name} gets no thread: {error}"),
                "free some memory, or raise the limit on threads",
            )
        })?;
        self.stages.push((status, thread));
        Ok(())
    }

    /// The stages' status, in the order in which they were started.
    pub(crate) fn statuses(&self) -> Vec<StageStatus> {
        self.stages
            .iter()
            .map(|(status, _)| status.clone())
            .collect()
    }

    /// Whether every stage but `source` has read its input to the end and been quiet for `quiet`.
    pub(crate) fn is_idle_behind(&self, source: &str, quiet: Duration) -> bool {
        let mut stages = self
            .stages
            .iter()
            .filter(|(status, _)| status.name() != source);
        stages.all(|(status, _)| status.is_idle() && status.quiet_for() >= quiet)
    }

    /// Stops all stages and waits for them.
    ///
    /// # Errors
    /// The first failure of a stage, or that one did not stop in time.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.stop.cancel();
        let deadline = Instant::now() + STOP_TIMEOUT;
        let mut failure = None;
        for (status, thread) in self.stages {
            while !thread.is_finished() && Instant::now() < deadline {
                std::thread::sleep(LOOK_INTERVAL);
            }
            let ended = if thread.is_finished() {
                match thread.join() {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(stream_failure(&error)),
                    Err(_) => Err(broken(&status, "panicked")),
                }
            } else {
                Err(broken(&status, "did not stop in time"))
            };
            if let Err(error) = ended {
                failure.get_or_insert(error);
            }
        }
        failure.map_or(Ok(()), Err)
    }
}

fn broken(status: &StageStatus, how: &str) -> Failure {
    Failure::plain(
        Exit::Failed,
        format_args!("stage {} {how}", status.name()),
        "what was committed is kept; start it again to go on from there",
    )
}
