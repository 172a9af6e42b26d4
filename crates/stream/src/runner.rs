//! The entry points of the loop.

use model::Record;
use tokio_util::sync::CancellationToken;

use crate::{Effect, KeyedSource, RunnerConfig, Stage, StageStatus, StreamError, Topic};

/// Runs a stage until `stop` is cancelled. Blocks: give it a thread of its own.
///
/// # Errors
/// Where the stage failed again and again, or its configuration cannot work.
pub fn run_stage<S: Stage>(
    _config: &RunnerConfig,
    _input: Topic<S::Input>,
    _make_stage: impl Fn() -> S + Sync,
    _status: &StageStatus,
    _stop: &CancellationToken,
) -> Result<(), StreamError>
where
    S::Input: Record,
{
    Err(StreamError::Config("the loop is not built yet".to_owned()))
}

/// Runs a keyed stage until `stop` is cancelled. Blocks: give it a thread of its own.
///
/// # Errors
/// As [`run_stage`], and where the source cannot go on.
pub fn run_keyed_stage<K: KeyedSource, S: Stage<Input = K::Input>>(
    _config: &RunnerConfig,
    _state_topic: Topic<K::State>,
    _source: K,
    _stage: S,
    _status: &StageStatus,
    _stop: &CancellationToken,
) -> Result<(), StreamError> {
    Err(StreamError::Config("the loop is not built yet".to_owned()))
}

/// Runs an effect until `stop` is cancelled. Blocks: give it a thread of its own.
///
/// # Errors
/// As [`run_stage`].
pub fn run_effect<E: Effect>(
    _config: &RunnerConfig,
    _input: Topic<E::Input>,
    _effect: E,
    _status: &StageStatus,
    _stop: &CancellationToken,
) -> Result<(), StreamError> {
    Err(StreamError::Config("the loop is not built yet".to_owned()))
}

/// Writes records in transactions of the configured size, and says how many.
///
/// # Errors
/// Where Kafka refuses, or an item of `records` is an error: what is not committed is aborted.
pub fn produce_transactionally<T: Record>(
    _config: &RunnerConfig,
    _name: &str,
    _topic: Topic<T>,
    _records: impl Iterator<Item = Result<T, StreamError>>,
    _stop: &CancellationToken,
) -> Result<u64, StreamError> {
    Err(StreamError::Config("the loop is not built yet".to_owned()))
}
