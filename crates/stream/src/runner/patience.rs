//! How long to wait for Kafka: some seconds, fewer once the stage is asked to stop.

use std::{
    thread,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

/// A transaction that is not done by then is aborted by the broker, so waiting longer is vain.
pub(crate) const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);

/// A stage ends within five seconds of being asked: three for the open transaction, the rest for
/// its abort and for leaving the group.
const AFTER_STOP: Duration = Duration::from_secs(3);

/// One slice of a wait: how late a stop may be heard.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// People read within this that Kafka is gone, whatever the loop was doing.
const NAMED_WITHIN: Duration = Duration::from_secs(5);

/// One call to librdkafka; repeated while patience lasts, so that a stop is heard.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_millis(500);

/// After this without an answer, Kafka is asked whether it is there at all.
///
/// librdkafka's own word for a lost connection does not suffice: it is said once, perhaps while
/// another connection still works, and its repetition within 30 s is suppressed.
pub(crate) const SILENCE: Duration = Duration::from_secs(1);

/// How often librdkafka tells of a consumer's connections and of where its partitions end.
///
/// A telling costs an idle consumer more than all else that it does.
pub(crate) const STATISTICS_INTERVAL: Duration = Duration::from_secs(2);

/// Kafka must confirm within this that it is there after all.
pub(crate) const CONFIRM_TIMEOUT: Duration = Duration::from_secs(2);

const _: () = assert!(
    SILENCE.as_millis() < STATISTICS_INTERVAL.as_millis()
        && CALL_TIMEOUT.as_millis() + STATISTICS_INTERVAL.as_millis() + CONFIRM_TIMEOUT.as_millis()
            < NAMED_WITHIN.as_millis(),
    "a loss must be found and confirmed before it has to be named"
);

/// A deadline that moves closer when the stage is asked to stop.
pub(crate) struct Patience<'a> {
    stop: &'a CancellationToken,
    deadline: Instant,
    stop_seen: bool,
    /// When Kafka was last known to answer.
    heard: Instant,
}

impl<'a> Patience<'a> {
    /// Patience for one transaction.
    pub(crate) fn for_transaction(stop: &'a CancellationToken) -> Self {
        Self {
            stop,
            deadline: Instant::now() + TRANSACTION_TIMEOUT,
            stop_seen: false,
            heard: Instant::now(),
        }
    }

    /// Kafka has answered.
    pub(crate) fn hear(&mut self) {
        self.heard = Instant::now();
    }

    /// Whether nothing was heard of Kafka for so long that it must be asked.
    pub(crate) fn is_silent(&self) -> bool {
        self.heard.elapsed() >= SILENCE
    }

    /// Whether to wait no longer.
    pub(crate) fn is_over(&mut self) -> bool {
        if !self.stop_seen && self.stop.is_cancelled() {
            self.stop_seen = true;
            self.deadline = self.deadline.min(Instant::now() + AFTER_STOP);
        }
        Instant::now() >= self.deadline
    }
}

/// Sleeps for `wait`, or until the stage is asked to stop, which is heard within 50 ms.
pub fn sleep_unless_stopped(wait: Duration, stop: &CancellationToken) {
    let deadline = Instant::now() + wait;
    while !stop.is_cancelled() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(SLICE));
    }
}
