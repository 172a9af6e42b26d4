//! A source of work about the keys of a compacted topic: how the fetcher reads the world.

use std::time::Duration;

use model::Record;
use thiserror::Error;

use crate::BatchLimits;

/// Feeds a stage with work about the keys that this member of the group owns.
///
/// The runner joins the group on the topic of `State`, and for each partition it is given reads
/// the latest state of every key back before it calls [`assigned`](Self::assigned). What the stage
/// writes, new states included, is committed in one transaction under the group's generation, so
/// a member that has lost a partition can no longer commit work on its keys.
pub trait KeyedSource: Send {
    /// The state kept per key.
    type State: Record;
    /// What the stage works on.
    type Input: Send;

    /// This member now owns a partition; `assignment` says what is committed there.
    fn assigned(&mut self, assignment: Assignment<Self::State>);

    /// This member no longer owns the partition: work on its keys is dropped.
    fn revoked(&mut self, partition: u32);

    /// Waits up to `wait` for inputs; empty where none came. May block, never for longer.
    ///
    /// # Errors
    /// Where the source cannot go on; the runner ends with it.
    fn next_batch(
        &mut self,
        limits: &BatchLimits,
        wait: Duration,
    ) -> Result<Vec<Self::Input>, SourceError>;

    /// Whether it holds something back that it will soon put out by itself: the stage is not idle
    /// then, though it has read all that there is.
    fn holds_back(&self) -> bool {
        false
    }

    /// The outputs of the last batch are committed. After an abort the runner instead calls
    /// [`revoked`](Self::revoked) and [`assigned`](Self::assigned) for what it still owns.
    fn committed(&mut self);
}

/// A partition that this member has come to own.
#[derive(Debug)]
pub struct Assignment<S> {
    /// Which.
    pub partition: u32,
    /// How many the topic has; see [`partition_of`](crate::partition_of).
    pub partitions: u32,
    /// The latest committed state of each key in it.
    pub states: Vec<S>,
}

/// Why a source cannot go on.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct SourceError(pub String);
