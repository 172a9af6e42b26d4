//! What an effect is: the edge where records leave the topics.

use std::time::Duration;

use model::Record;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::Outbox;

/// Carries records out into the world: a webhook, a mail, a line in a file.
///
/// Delivery is at least once: an input's offset is committed after `deliver` returned `Ok`, so a
/// crash between the two delivers it again. Carry the record's id as idempotency key.
pub trait Effect: Send {
    /// What the effect delivers.
    type Input: Record;

    /// Consumer group and metric label.
    fn name(&self) -> &str;

    /// Delivers one input. May block for some seconds, not for minutes: the group would hold the
    /// member for dead (`max.poll.interval.ms`, five minutes). Once `stop` is cancelled it returns
    /// at once; what it had under way is owed, and tried again by the next run.
    ///
    /// `attempt` counts from 1, over all processes: attempts are kept with the position. One that
    /// a crash cut off before its commit is not among them.
    ///
    /// # Errors
    /// See [`EffectError`].
    fn deliver(
        &mut self,
        input: &Self::Input,
        attempt: u32,
        stop: &CancellationToken,
    ) -> Result<(), EffectError>;

    /// Puts records about an attempt into `outbox`; they are committed with the position, where
    /// the attempt moves it.
    fn report(
        &mut self,
        _input: &Self::Input,
        _attempt: u32,
        _result: &Result<(), EffectError>,
        _outbox: &mut Outbox,
    ) {
    }
}

/// Why an input was not delivered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EffectError {
    /// Not now: the input is tried again, and those behind it in its partition wait.
    #[error("not delivered, again in {after:?}: {reason}")]
    Retry {
        /// How long to wait at least.
        after: Duration,
        /// Why, in plain words.
        reason: String,
    },
    /// Never: the input goes to the dead-letter topic.
    #[error("cannot be delivered: {0}")]
    Reject(String),
}
