//! The entry points of the loop.

mod batch;
mod dead_letter;
mod effects;
mod failure;
mod in_flight;
mod isolation;
mod keyed;
mod member;
mod patience;
mod plain;
mod produce;
mod repeats;
mod stage_metrics;
mod statistics;
mod supervise;
mod transaction;
mod tried;
mod workers;

use model::Record;
use tokio_util::sync::CancellationToken;

use self::{isolation::Isolation, keyed::Keyed, plain::Attempt, supervise::supervise};
use crate::{Effect, KeyedSource, RunnerConfig, Stage, StageStatus, StreamError, Topic};

pub(crate) use self::transaction::envelope;
pub use self::{patience::sleep_unless_stopped, produce::produce_transactionally};

/// Runs a stage until `stop` is cancelled. Blocks: give it a thread of its own.
///
/// Reads committed records of `input` as a member of the group named after the stage, and commits
/// outputs, dead letters and input position together. `make_stage` is called for each thread, and
/// anew after a panic. A stopped stage has left its group and has no transaction open; it takes
/// less than five seconds, unless one call of `process` takes longer.
///
/// # Errors
/// Where the stage failed again and again, or its configuration cannot work. While Kafka cannot be
/// reached it waits, and `status` says so.
pub fn run_stage<S: Stage>(
    config: &RunnerConfig,
    input: Topic<S::Input>,
    make_stage: impl Fn() -> S + Sync,
    status: &StageStatus,
    stop: &CancellationToken,
) -> Result<(), StreamError>
where
    S::Input: Record,
{
    let name = make_stage().name();
    let mut isolation = Isolation::default();
    supervise(config, status, stop, || {
        let attempt = Attempt::new(config, input, status, stop, name);
        attempt.run(&make_stage, &mut isolation)
    })
}

/// Runs a keyed stage until `stop` is cancelled. Blocks: give it a thread of its own.
///
/// Joins the group named after the stage on `state_topic`; see [`KeyedSource`].
///
/// # Errors
/// As [`run_stage`], and where the source cannot go on.
pub fn run_keyed_stage<K: KeyedSource, S: Stage<Input = K::Input>>(
    config: &RunnerConfig,
    state_topic: Topic<K::State>,
    source: K,
    stage: S,
    status: &StageStatus,
    stop: &CancellationToken,
) -> Result<(), StreamError> {
    let name = stage.name();
    let mut keyed = Keyed {
        source,
        stage,
        rejects: 0,
    };
    supervise(config, status, stop, || {
        let attempt = Attempt::new(config, state_topic, status, stop, name);
        keyed.run(&attempt)
    })
}

/// Runs an effect until `stop` is cancelled. Blocks: give it a thread of its own.
///
/// # Errors
/// As [`run_stage`].
pub fn run_effect<E: Effect>(
    config: &RunnerConfig,
    input: Topic<E::Input>,
    mut effect: E,
    status: &StageStatus,
    stop: &CancellationToken,
) -> Result<(), StreamError> {
    let name = effect.name().to_owned();
    supervise(config, status, stop, || {
        let attempt = Attempt::new(config, input, status, stop, &name);
        effects::run(&attempt, &mut effect)
    })
}
