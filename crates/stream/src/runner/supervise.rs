//! The one way back: abort, wait, start anew from the last commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    failure::Failure, patience::sleep_unless_stopped, stage_metrics::StageMetrics,
    workers::panic_message,
};
use crate::{RestartLimits, RunnerConfig, StageState, StageStatus, StreamError};

/// Between two looks whether Kafka is back.
const UNREACHABLE_WAIT: Duration = Duration::from_millis(500);

/// Runs `attempt` until it ends by itself, starting it anew after failures.
pub(crate) fn supervise(
    config: &RunnerConfig,
    status: &StageStatus,
    stop: &CancellationToken,
    mut attempt: impl FnMut() -> Result<(), Failure>,
) -> Result<(), StreamError> {
    let metrics = StageMetrics::new(status.name());
    let mut failures = 0;
    let mut committed_before = committed(status);
    let result = loop {
        let result = catch_unwind(AssertUnwindSafe(&mut attempt)).unwrap_or_else(|panic| {
            let message = panic_message(panic.as_ref());
            Err(Failure::Other(format!("the loop panicked: {message}")))
        });
        let failure = match result {
            Ok(()) => break Ok(()),
            Err(failure) => failure,
        };
        if committed(status) > committed_before {
            failures = 0;
        }
        committed_before = committed(status);
        let wait = match failure {
            Failure::Fatal(error) => break Err(error),
            Failure::Source(source) => {
                let stage = status.name().to_owned();
                break Err(StreamError::Source { stage, source });
            }
            _ if stop.is_cancelled() => break Ok(()),
            Failure::Unreachable(reason) => {
                let address = &config.kafka.bootstrap_servers;
                report(
                    status,
                    &format!("kafka not reachable at {address} ({reason})"),
                );
                UNREACHABLE_WAIT
            }
            Failure::Records { reason, .. } => {
                // Each turn halves the batch, so they are few.
                report(status, &reason);
                Duration::ZERO
            }
            Failure::Other(reason) => {
                failures += 1;
                if failures >= config.restarts.attempts.max(1) {
                    let stage = status.name().to_owned();
                    break Err(StreamError::GaveUp {
                        stage,
                        attempts: failures,
                        reason,
                    });
                }
                report(status, &reason);
                backoff(&config.restarts, failures)
            }
        };
        status.count_restart();
        metrics.restarted();
        sleep_unless_stopped(wait, stop);
        if stop.is_cancelled() {
            break Ok(());
        }
    };
    status.set_state(StageState::Stopped);
    info!(stage = status.name(), "stage stopped");
    result
}

fn committed(status: &StageStatus) -> u64 {
    let snapshot = status.snapshot();
    snapshot.committed_inputs + snapshot.committed_outputs.values().sum::<u64>()
}

/// What people read while Kafka is away.
pub(crate) fn unreachable_reason(address: &str, reason: &str) -> String {
    format!("kafka not reachable at {address} ({reason})")
}

/// Says it once; while the same failure lasts, the status alone tells of it.
pub(crate) fn report(status: &StageStatus, reason: &str) {
    let known = matches!(
        status.state(),
        StageState::Retrying { reason: known, .. } if known == reason
    );
    if !known {
        warn!(
            stage = status.name(),
            reason, "stage starts anew from its last commit"
        );
    }
    status.set_retrying(reason.to_owned());
    status.set_lag(None);
}

/// Doubles with each failure up to the limit; jitter keeps members from failing in step.
fn backoff(limits: &RestartLimits, failures: u32) -> Duration {
    let doubled = limits.first_wait.saturating_mul(
        1_u32
            .checked_shl(failures.saturating_sub(1).min(16))
            .unwrap_or(1),
    );
    let wait = doubled.min(limits.longest_wait);
    // The clock's last digits are jitter enough; nothing here needs to be unpredictable.
    let nanos = jiff::Timestamp::now().subsec_nanosecond().unsigned_abs();
    wait.mul_f64(1.0 - 0.5 * f64::from(nanos % 1_000) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(attempts: u32) -> RunnerConfig {
        RunnerConfig {
            restarts: RestartLimits {
                attempts,
                first_wait: Duration::from_millis(1),
                longest_wait: Duration::from_millis(2),
            },
            ..RunnerConfig::default()
        }
    }

    #[test]
    fn failures_in_a_row_end_the_stage() {
        let status = StageStatus::new("sink");
        let mut tries = 0;
        let result = supervise(&config(3), &status, &CancellationToken::new(), || {
            tries += 1;
            Err(Failure::Other("no luck".to_owned()))
        });
        assert!(matches!(
            result,
            Err(StreamError::GaveUp { attempts: 3, .. })
        ));
        assert_eq!((tries, status.state()), (3, StageState::Stopped));
    }

    #[test]
    fn a_panic_is_a_failure_like_any_other() {
        let status = StageStatus::new("sink");
        let mut tries = 0;
        let result = supervise(&config(3), &status, &CancellationToken::new(), || {
            tries += 1;
            assert!(tries > 1, "first try");
            Ok(())
        });
        assert!(result.is_ok());
        assert_eq!(status.snapshot().restarts, 1);
    }

    #[test]
    fn the_wait_grows_to_its_limit_and_no_further() {
        let limits = RestartLimits::default();
        for failures in 1..40 {
            let wait = backoff(&limits, failures);
            assert!(wait <= limits.longest_wait && wait >= limits.first_wait / 2);
        }
    }
}
