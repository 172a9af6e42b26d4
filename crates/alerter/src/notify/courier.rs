//! Waiting for what a target answers, unless the stage is to stop.

use std::{future::Future, time::Duration};

use stream::{CancellationToken, EffectError};
use tokio::runtime::{Builder, Runtime};

/// Runs the errands of one target, one at a time.
#[derive(Debug)]
pub(super) struct Courier {
    target: String,
    /// There until the courier is dropped.
    runtime: Option<Runtime>,
}

impl Courier {
    pub(super) fn new(target: &str) -> Result<Self, String> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| format!("connections cannot be set up: {error}"))?;
        Ok(Self {
            target: target.to_owned(),
            runtime: Some(runtime),
        })
    }

    /// The target's name.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Runs an errand to its end. A stop drops it, which closes its connection: the target may
    /// have taken the notification, which is owed all the same and sent again under its key.
    pub(super) fn run<T>(
        &self,
        stop: &CancellationToken,
        errand: impl Future<Output = T>,
    ) -> Result<T, EffectError> {
        let put_off = |reason: String| EffectError::Retry {
            after: Duration::ZERO,
            reason,
        };
        let Some(runtime) = &self.runtime else {
            return Err(put_off(format!("{} is closed", self.target)));
        };
        runtime.block_on(async {
            tokio::select! {
                biased;
                done = errand => Ok(done),
                () = stop.cancelled() => Err(put_off(format!(
                    "stopped before {} had answered",
                    self.target
                ))),
            }
        })
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Look-ups and mail servers are waited for on threads that cannot be cut off: they end
            // by their own time-outs, or with the process. Nobody waits for them here.
            runtime.shutdown_background();
        }
    }
}
