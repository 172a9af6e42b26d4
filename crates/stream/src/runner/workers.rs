//! Processes a batch on several threads, and keeps its order.

use std::{
    any::Any,
    collections::BTreeMap,
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
    thread::Scope,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use model::Record;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    batch::{Batch, Outcome, RawInput},
    dead_letter::DeadLetters,
};
use crate::{Outbox, OutgoingRecord, Reject, Stage};

/// Chunks a batch is cut into per thread: a thread with an easy chunk takes a further one.
const CHUNKS_PER_THREAD: usize = 4;

/// Inputs that the broker refused the outputs of, with its reason, by partition and offset.
pub(crate) type Poisoned = BTreeMap<(i32, i64), String>;

/// Turns raw inputs into outcomes with one stage instance; a panic costs the input, not the stage.
pub(crate) struct Processing<'a, S, M> {
    stage: S,
    make_stage: &'a M,
    letters: DeadLetters,
    poisoned: Poisoned,
    stop: CancellationToken,
}

/// A part of a batch, by its place.
type Chunk = (usize, Vec<RawInput>);
/// The outcomes of a chunk; `None` where the stage is to stop.
type ChunkOutcomes = (usize, Option<Vec<Outcome>>);

/// The threads that process batches.
pub(crate) struct Workers {
    threads: usize,
    chunks: Sender<Chunk>,
    outcomes: Receiver<ChunkOutcomes>,
}

impl<'a, S, M> Processing<'a, S, M>
where
    S: Stage,
    S::Input: Record,
    M: Fn() -> S,
{
    pub(crate) fn new(
        make_stage: &'a M,
        letters: DeadLetters,
        poisoned: Poisoned,
        stop: CancellationToken,
    ) -> Self {
        Self {
            stage: make_stage(),
            make_stage,
            letters,
            poisoned,
            stop,
        }
    }

    /// The outcomes of the inputs, in order; `None` where the stage is to stop.
    pub(crate) fn all(&mut self, inputs: &[RawInput]) -> Option<Vec<Outcome>> {
        let mut outcomes = Vec::with_capacity(inputs.len());
        for input in inputs {
            if self.stop.is_cancelled() {
                return None;
            }
            outcomes.push(self.one(input));
        }
        Some(outcomes)
    }

    fn one(&mut self, input: &RawInput) -> Outcome {
        if input.is_repeat {
            return Outcome::Outputs(Vec::new());
        }
        if let Some(reason) = self.poisoned.get(&(input.partition, input.offset)) {
            return self.dead_letter(input, reason);
        }
        let stage = &mut self.stage;
        let processed = catch_unwind(AssertUnwindSafe(|| process(stage, input)));
        let processed = processed.unwrap_or_else(|panic| {
            // Its state may be half changed.
            if let Ok(fresh) = catch_unwind(AssertUnwindSafe(self.make_stage)) {
                self.stage = fresh;
            }
            Err(Reject::new(format!(
                "stage panicked: {}",
                panic_message(panic.as_ref())
            )))
        });
        let max_bytes = self.letters.max_message_bytes;
        match processed.and_then(|records| check_sizes(records, max_bytes)) {
            Ok(records) => Outcome::Outputs(records),
            Err(reject) => self.dead_letter(input, reject.reason()),
        }
    }

    fn dead_letter(&self, input: &RawInput, reason: &str) -> Outcome {
        warn!(
            stage = self.letters.stage,
            topic = self.letters.topic,
            partition = input.partition,
            offset = input.offset,
            reason,
            "record rejected"
        );
        Outcome::DeadLetter(self.letters.of(input, reason))
    }
}

/// Decodes the input and has the stage process it.
fn process<S: Stage>(stage: &mut S, input: &RawInput) -> Result<Vec<OutgoingRecord>, Reject>
where
    S::Input: Record,
{
    let decoded = decode(input)?;
    let mut outbox = Outbox::new();
    stage.process(decoded, &mut outbox)?;
    Ok(outbox.into_records())
}

/// The input as its topic's type.
pub(crate) fn decode<T: Record>(input: &RawInput) -> Result<T, Reject> {
    let Some(payload) = &input.payload else {
        return Err(Reject::new("record has no payload"));
    };
    let is_none = |error: &dyn Display| Reject::new(format!("payload is no {}: {error}", T::TYPE));
    // As a whole this is quick; serde_json would look at each of its strings.
    let text = std::str::from_utf8(payload).map_err(|error| is_none(&error))?;
    serde_json::from_str(text).map_err(|error| is_none(&error))
}

/// The records, where the broker will take all of them.
pub(crate) fn check_sizes(
    records: Vec<OutgoingRecord>,
    max_bytes: usize,
) -> Result<Vec<OutgoingRecord>, Reject> {
    for record in &records {
        check_size(record, max_bytes)?;
    }
    Ok(records)
}

/// Rejects a record over the limit.
pub(crate) fn check_size(record: &OutgoingRecord, max_bytes: usize) -> Result<(), Reject> {
    // Headers and frame take about 300 bytes.
    let size = record.payload.len() + record.key.len() + 300;
    if size <= max_bytes {
        return Ok(());
    }
    Err(Reject::new(format!(
        "record for {} has {size} bytes, the limit is {max_bytes}",
        record.topic,
    )))
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        return text;
    }
    panic
        .downcast_ref::<String>()
        .map_or("no message", String::as_str)
}

impl Workers {
    /// Starts `threads` threads in `scope`; each makes a processing of its own. They end when the
    /// returned value is dropped.
    pub(crate) fn start<'scope, 'env, S, M, F>(
        scope: &'scope Scope<'scope, 'env>,
        threads: usize,
        make: &'env F,
    ) -> Self
    where
        S: Stage + 'env,
        S::Input: Record,
        M: Fn() -> S + Sync + 'env,
        F: Fn() -> Processing<'env, S, M> + Sync,
    {
        let (chunks, chunks_rx) = bounded::<Chunk>(threads * CHUNKS_PER_THREAD + 1);
        let (outcomes_tx, outcomes) = bounded::<ChunkOutcomes>(threads * CHUNKS_PER_THREAD + 1);
        for _ in 0..threads {
            let (chunks, outcomes) = (chunks_rx.clone(), outcomes_tx.clone());
            scope.spawn(move || {
                let mut processing = make();
                for (place, inputs) in chunks {
                    if outcomes.send((place, processing.all(&inputs))).is_err() {
                        return;
                    }
                }
            });
        }
        Self {
            threads,
            chunks,
            outcomes,
        }
    }

    /// The batch of the inputs; `None` where the stage is to stop, or a worker is gone.
    pub(crate) fn process(&self, mut inputs: Vec<RawInput>) -> Option<Batch> {
        let positions = inputs
            .iter()
            .map(|input| (input.partition, input.offset))
            .collect();
        let size = inputs
            .len()
            .div_ceil(self.threads * CHUNKS_PER_THREAD)
            .max(1);
        let mut sent = 0;
        while !inputs.is_empty() {
            let rest = inputs.split_off(size.min(inputs.len()));
            self.chunks
                .send((sent, std::mem::replace(&mut inputs, rest)))
                .ok()?;
            sent += 1;
        }
        let mut parts = BTreeMap::new();
        for _ in 0..sent {
            let (place, outcomes) = self.outcomes.recv().ok()?;
            parts.insert(place, outcomes);
        }
        let parts: Option<Vec<Vec<Outcome>>> = parts.into_values().collect();
        let outcomes = parts?.into_iter().flatten().collect();
        Some(Batch {
            inputs: positions,
            outcomes,
            tried: None,
        })
    }
}
