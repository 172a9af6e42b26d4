//! How a stage is doing, for people and probes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

/// A handle on how a stage is doing; clones share it. Reading costs a short lock.
#[derive(Clone, Debug)]
pub struct StageStatus {
    name: Arc<str>,
    inner: Arc<Mutex<Inner>>,
}

/// What a stage is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StageState {
    /// Joining its group.
    Starting,
    /// At work, or waiting for it.
    Running,
    /// Failed, and will start anew.
    Retrying {
        /// Why, in plain words.
        reason: String,
        /// Since when it has not worked.
        since: Timestamp,
    },
    /// Ended.
    Stopped,
}

/// How a stage is doing at one moment. Counts are since the stage was started in this process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusSnapshot {
    /// Stage.
    pub stage: String,
    /// What it is doing.
    #[serde(flatten)]
    pub state: StageState,
    /// Inputs whose outcome is committed.
    pub committed_inputs: u64,
    /// Committed outputs by topic (without prefix); dead letters are not among them.
    pub committed_outputs: BTreeMap<String, u64>,
    /// Inputs committed as dead letters.
    pub rejected: u64,
    /// Records behind the end of its input; `None` where not known yet.
    pub lag: Option<u64>,
    /// When a transaction was last committed.
    pub last_commit: Option<Timestamp>,
    /// Failures that made it start anew.
    pub restarts: u64,
}

#[derive(Debug)]
struct Inner {
    state: StageState,
    committed_inputs: u64,
    committed_outputs: BTreeMap<&'static str, u64>,
    rejected: u64,
    lag: Option<u64>,
    last_commit: Option<Timestamp>,
    restarts: u64,
    in_flight: bool,
    last_activity: Instant,
    /// The last failure, until a commit shows that it is over.
    trouble: Option<String>,
}

/// Idle for so long, a stage is held for well though it has committed nothing since it failed.
const WELL_AFTER: Duration = Duration::from_secs(10);

impl StageStatus {
    /// The status of a stage not yet running.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            inner: Arc::new(Mutex::new(Inner {
                state: StageState::Starting,
                committed_inputs: 0,
                committed_outputs: BTreeMap::new(),
                rejected: 0,
                lag: None,
                last_commit: None,
                restarts: 0,
                in_flight: false,
                last_activity: Instant::now(),
                trouble: None,
            })),
        }
    }

    /// The stage's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Everything at once.
    pub fn snapshot(&self) -> StatusSnapshot {
        let inner = self.lock();
        let outputs = inner.committed_outputs.iter();
        StatusSnapshot {
            stage: self.name.to_string(),
            state: inner.state.clone(),
            committed_inputs: inner.committed_inputs,
            committed_outputs: outputs
                .map(|(topic, n)| ((*topic).to_owned(), *n))
                .collect(),
            rejected: inner.rejected,
            lag: inner.lag,
            last_commit: inner.last_commit,
            restarts: inner.restarts,
        }
    }

    /// What the stage is doing.
    pub fn state(&self) -> StageState {
        self.lock().state.clone()
    }

    /// Whether the stage runs, has read its input to the end, and has nothing in flight.
    ///
    /// What another stage commits at this very moment may not have been seen yet: a pipeline is
    /// done when all its stages are idle and [`quiet_for`](Self::quiet_for) a second or so.
    pub fn is_idle(&self) -> bool {
        let inner = self.lock();
        inner.state == StageState::Running && inner.lag == Some(0) && !inner.in_flight
    }

    /// Whether records are read that are not committed yet.
    pub fn is_at_work(&self) -> bool {
        self.lock().in_flight
    }

    /// Why the stage failed last, where it has committed nothing since: it may be at work again,
    /// and about to fail in the same way.
    pub fn trouble(&self) -> Option<String> {
        if self.is_idle() && self.quiet_for() >= WELL_AFTER {
            return None;
        }
        self.lock().trouble.clone()
    }

    /// How long ago the stage last took in a record, committed, failed or changed state.
    pub fn quiet_for(&self) -> Duration {
        self.lock().last_activity.elapsed()
    }

    pub(crate) fn set_state(&self, state: StageState) {
        let mut inner = self.lock();
        if inner.state != state {
            inner.state = state;
            inner.last_activity = Instant::now();
        }
    }

    /// Says why the stage is not at work; keeps the moment since when.
    pub(crate) fn set_retrying(&self, reason: String) {
        let mut inner = self.lock();
        let since = match &inner.state {
            StageState::Retrying { since, .. } => *since,
            StageState::Starting | StageState::Running | StageState::Stopped => Timestamp::now(),
        };
        inner.trouble = Some(reason.clone());
        inner.state = StageState::Retrying { reason, since };
        inner.in_flight = false;
        inner.last_activity = Instant::now();
    }

    pub(crate) fn count_restart(&self) {
        self.lock().restarts += 1;
    }

    pub(crate) fn set_lag(&self, lag: Option<u64>) {
        self.lock().lag = lag;
    }

    /// Inputs were taken in whose outcome is not committed yet.
    pub(crate) fn begin_work(&self) {
        let mut inner = self.lock();
        inner.in_flight = true;
        inner.last_activity = Instant::now();
    }

    /// Nothing is in flight any more.
    pub(crate) fn end_work(&self) {
        self.lock().in_flight = false;
    }

    pub(crate) fn count_commit(
        &self,
        inputs: u64,
        outputs: &BTreeMap<&'static str, u64>,
        rejected: u64,
    ) {
        let mut inner = self.lock();
        inner.committed_inputs += inputs;
        inner.rejected += rejected;
        for (topic, count) in outputs {
            *inner.committed_outputs.entry(topic).or_insert(0) += count;
        }
        inner.last_commit = Some(Timestamp::now());
        inner.trouble = None;
        inner.last_activity = Instant::now();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while the lock was held left at worst a count behind.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_with_unknown_lag_is_not_idle() {
        let status = StageStatus::new("sink");
        status.set_state(StageState::Running);
        assert!(!status.is_idle());
        status.set_lag(Some(0));
        assert!(status.is_idle());
        status.begin_work();
        assert!(!status.is_idle());
    }

    #[test]
    fn trouble_lasts_until_a_commit() {
        let status = StageStatus::new("sink");
        status.set_retrying("no luck".to_owned());
        status.set_state(StageState::Running);
        status.set_lag(Some(0));
        assert_eq!(status.trouble().as_deref(), Some("no luck"));
        status.count_commit(1, &BTreeMap::new(), 0);
        assert_eq!(status.trouble(), None);
    }

    #[test]
    fn a_further_failure_keeps_the_moment_of_the_first() {
        let status = StageStatus::new("sink");
        status.set_retrying("one".to_owned());
        let StageState::Retrying { since: first, .. } = status.state() else {
            panic!("not retrying")
        };
        status.set_retrying("two".to_owned());
        let StageState::Retrying { since, reason } = status.state() else {
            panic!("not retrying")
        };
        assert_eq!((since, reason.as_str()), (first, "two"));
    }
}
