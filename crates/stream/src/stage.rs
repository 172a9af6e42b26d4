//! What a stage is.

use thiserror::Error;

use crate::Outbox;

/// Turns one input into any number of outputs. Pure: no I/O, no clock, no randomness.
///
/// The runner may hold several instances and call them from several threads, one input each; the
/// outputs are committed in the order of the inputs.
pub trait Stage: Send {
    /// What the stage reads.
    type Input;

    /// The stage whose events may come twice, each in a transaction of its own: of two with one
    /// id the second is passed over, as far as they stand within some thousand offsets. Both must
    /// be in one partition.
    const PASSES_REPEATS_OF: Option<&'static str> = None;

    /// Consumer group, transactional id, metric label and span name.
    fn name(&self) -> &'static str;

    /// Handles one input.
    ///
    /// # Errors
    /// A [`Reject`] where this input can never work. It goes to the dead-letter topic in the same
    /// transaction, and what it had put into `outbox` is dropped.
    fn process(&mut self, input: Self::Input, outbox: &mut Outbox) -> Result<(), Reject>;
}

/// Why a record can never work, in plain words for the dead-letter topic.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct Reject {
    reason: String,
}

impl Reject {
    /// A reject with its reason: a lowercase fragment that names the thing.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
