//! The loop of a stage that works on the keys of a compacted topic.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use rdkafka::{Message, Offset, TopicPartitionList, consumer::ConsumerGroupMetadata};
use tracing::{info, warn};

use super::{
    batch::{Batch, Outcome, RawInput},
    failure::Failure,
    in_flight::InFlight,
    member::{Member, Polled, StartAt},
    patience::SLICE,
    plain::Attempt,
    stage_metrics::StageMetrics,
    transaction::{Position, TransactionWriter},
    workers::{check_size, decode, panic_message},
};
use crate::{
    Assignment, KeyedSource, Outbox, OutgoingRecord, Reject, Stage, StageState,
    client::partition_count_of, overview::OWNERSHIP,
};

/// Longest wait for the source: how late the group or a stop is heard.
const SOURCE_WAIT: Duration = Duration::from_millis(200);

/// What a member owns, and by what right.
struct Ownership {
    partitions: Vec<i32>,
    /// Written with each commit, so that the broker checks the membership.
    offsets: TopicPartitionList,
    membership: Arc<ConsumerGroupMetadata>,
    writer: TransactionWriter,
}

/// A keyed stage over its attempts.
pub(crate) struct Keyed<K, S> {
    pub(crate) source: K,
    pub(crate) stage: S,
    /// Inputs rejected so far: their number stands in for the offset that they do not have.
    pub(crate) rejects: i64,
}

/// The latest payload of each key, and the next offset, of one partition.
#[derive(Default)]
struct Loaded {
    states: BTreeMap<Vec<u8>, RawInput>,
    next: i64,
}

impl<K, S> Keyed<K, S>
where
    K: KeyedSource,
    S: Stage<Input = K::Input>,
{
    /// One attempt: from joining the group until it stops or fails.
    pub(crate) fn run(&mut self, attempt: &Attempt<'_>) -> Result<(), Failure> {
        let member = Member::join(
            &attempt.config.kafka,
            &attempt.group,
            &attempt.topic,
            StartAt::Beginning,
            Arc::new(InFlight::default()),
            attempt.stop,
        )?;
        let mut owned = None;
        let result = self.work(attempt, &member, &mut owned);
        if let Err(failure) = &result {
            attempt.announce(failure);
        }
        self.let_go(owned.as_ref());
        attempt.status.end_work();
        result
    }

    fn work(
        &mut self,
        attempt: &Attempt<'_>,
        member: &Member,
        owned: &mut Option<Ownership>,
    ) -> Result<(), Failure> {
        let metrics = StageMetrics::new(attempt.status.name());
        while !attempt.stop.is_cancelled() {
            // A member that owns nothing has nobody to wait for but the group.
            let wait = if owned.is_some() {
                Duration::ZERO
            } else {
                SLICE
            };
            self.serve_group(attempt, member, owned, wait)?;
            let Some(ownership) = owned else {
                continue;
            };
            let inputs = self
                .source
                .next_batch(&attempt.config.batch, SOURCE_WAIT)
                .map_err(Failure::Source)?;
            if inputs.is_empty() {
                if self.source.holds_back() {
                    attempt.status.begin_work();
                } else {
                    attempt.status.end_work();
                }
                continue;
            }
            attempt.status.begin_work();
            let begun = Instant::now();
            let batch = self.process(attempt, inputs);
            let position = Position {
                offsets: &ownership.offsets,
                membership: &ownership.membership,
            };
            ownership
                .writer
                .commit(batch.records(), Some(&position), attempt.stop)?;
            self.source.committed();
            let counts = batch.counts();
            attempt
                .status
                .count_commit(counts.inputs, &counts.outputs, counts.rejected);
            metrics.committed(&counts, begun.elapsed());
            attempt.status.end_work();
        }
        Ok(())
    }

    /// Hears what the group says: takes over partitions, lets go of them.
    fn serve_group(
        &mut self,
        attempt: &Attempt<'_>,
        member: &Member,
        owned: &mut Option<Ownership>,
        wait: Duration,
    ) -> Result<(), Failure> {
        let mut polled = member.poll(wait)?;
        loop {
            match polled {
                Polled::Assigned(partitions) => {
                    self.let_go(owned.take().as_ref());
                    let Some(states) = load(attempt, member, &partitions)? else {
                        // Taken away again, or stopped, while reading.
                        return Ok(());
                    };
                    *owned = self.take_over(attempt, member, partitions, states)?;
                    attempt.status.set_state(StageState::Running);
                    attempt.status.set_lag(Some(0));
                }
                Polled::Revoked => self.let_go(owned.take().as_ref()),
                // Paused partitions bring nothing; what was under way is our own writing.
                Polled::Message(_) | Polled::AtEnd(_) => {}
                Polled::Nothing => return Ok(()),
            }
            polled = member.poll(Duration::ZERO)?;
        }
    }

    fn take_over(
        &mut self,
        attempt: &Attempt<'_>,
        member: &Member,
        partitions: Vec<i32>,
        states: BTreeMap<i32, Loaded>,
    ) -> Result<Option<Ownership>, Failure> {
        let Some(id) = attempt.transactional_id(&partitions) else {
            return Ok(None);
        };
        let membership = member.membership()?;
        let writer = attempt.open_writer(&id)?;
        let total = partition_count_of(&attempt.config.kafka, &attempt.topic)
            .map_err(Failure::of_question)?;
        let mut offsets = TopicPartitionList::new();
        for (partition, loaded) in states {
            let mut element = offsets.add_partition(&attempt.topic, partition);
            element.set_metadata(OWNERSHIP);
            element
                .set_offset(Offset::Offset(loaded.next))
                .map_err(|error| Failure::of("cannot tell the position", &error))?;
            self.source.assigned(Assignment {
                partition: partition.unsigned_abs(),
                partitions: total,
                states: decode_states(attempt, loaded),
            });
        }
        Ok(Some(Ownership {
            partitions,
            offsets,
            membership,
            writer,
        }))
    }

    fn let_go(&mut self, ownership: Option<&Ownership>) {
        for partition in ownership.map_or(&[][..], |ownership| &ownership.partitions) {
            self.source.revoked(partition.unsigned_abs());
        }
    }

    fn process(&mut self, attempt: &Attempt<'_>, inputs: Vec<K::Input>) -> Batch {
        let mut batch = Batch::default();
        for input in inputs {
            let stage = &mut self.stage;
            let processed = catch_unwind(AssertUnwindSafe(|| {
                let mut outbox = Outbox::new();
                stage
                    .process(input, &mut outbox)
                    .map(|()| outbox.into_records())
            }));
            let processed: Result<Vec<OutgoingRecord>, Reject> =
                processed.unwrap_or_else(|panic| {
                    let message = panic_message(panic.as_ref());
                    Err(Reject::new(format!("stage panicked: {message}")))
                });
            let max_bytes = attempt.config.max_message_bytes;
            batch.inputs.push((-1, self.rejects));
            batch.outcomes.push(
                match processed.and_then(|r| self.fit(attempt, r, max_bytes)) {
                    Ok(records) => Outcome::Outputs(records),
                    Err(reject) => {
                        self.rejects += 1;
                        warn!(
                            stage = attempt.status.name(),
                            reason = reject.reason(),
                            "input rejected"
                        );
                        Outcome::DeadLetter(attempt.letters.of(&self.placeless(), reject.reason()))
                    }
                },
            );
        }
        batch
    }

    /// The outputs with those that are over the limit turned into dead letters, one by one: the
    /// others, and the state that accounts for all of them, still count. Where the state itself
    /// is too large, the whole input goes.
    fn fit(
        &mut self,
        attempt: &Attempt<'_>,
        records: Vec<OutgoingRecord>,
        max_bytes: usize,
    ) -> Result<Vec<OutgoingRecord>, Reject> {
        let mut fitting = Vec::with_capacity(records.len());
        for record in records {
            let is_state = record.topic == attempt.letters.topic;
            match check_size(&record, max_bytes) {
                Ok(()) => fitting.push(record),
                Err(reject) if is_state => return Err(reject),
                Err(reject) => {
                    self.rejects += 1;
                    warn!(
                        stage = attempt.status.name(),
                        reason = reject.reason(),
                        "output rejected"
                    );
                    let too_large = RawInput {
                        key: Some(record.key.into()),
                        payload: Some(record.payload.into()),
                        ..self.placeless()
                    };
                    fitting.push(attempt.letters.of(&too_large, reject.reason()));
                }
            }
        }
        Ok(fitting)
    }

    /// An input that stands in no topic.
    fn placeless(&self) -> RawInput {
        RawInput {
            partition: -1,
            offset: self.rejects,
            key: None,
            payload: None,
            written: None,
            is_repeat: false,
        }
    }
}

/// Reads the partitions to their ends, then pauses them: what comes later, this member writes
/// itself. `None` where they were taken away meanwhile, or the stage is to stop.
fn load(
    attempt: &Attempt<'_>,
    member: &Member,
    partitions: &[i32],
) -> Result<Option<BTreeMap<i32, Loaded>>, Failure> {
    let begun = Instant::now();
    let mut loaded: BTreeMap<i32, Loaded> =
        partitions.iter().map(|p| (*p, Loaded::default())).collect();
    let mut open: Vec<i32> = partitions.to_vec();
    while !open.is_empty() {
        if attempt.stop.is_cancelled() {
            return Ok(None);
        }
        match member.poll(SLICE)? {
            Polled::Message(message) => {
                let input = RawInput::from_message(&message);
                let of_partition = loaded.entry(message.partition()).or_default();
                of_partition.next = input.offset + 1;
                let key = input.key.clone().unwrap_or_default();
                if input.payload.is_some() {
                    of_partition.states.insert(key, input);
                } else {
                    of_partition.states.remove(&key);
                }
            }
            Polled::AtEnd(partition) => open.retain(|open| *open != partition),
            Polled::Revoked => return Ok(None),
            Polled::Assigned(_) => {
                return Err(Failure::Other(
                    "assigned twice without a revocation".to_owned(),
                ));
            }
            Polled::Nothing => {}
        }
    }
    member.pause()?;
    let keys: usize = loaded.values().map(|loaded| loaded.states.len()).sum();
    let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    info!(
        stage = attempt.status.name(),
        keys, elapsed_ms, "state read back"
    );
    Ok(Some(loaded))
}

/// The states that decode. One that does not is told of, and its key starts afresh: refusing to
/// run for it would stop all other keys too.
fn decode_states<T: model::Record>(attempt: &Attempt<'_>, loaded: Loaded) -> Vec<T> {
    let mut states = Vec::with_capacity(loaded.states.len());
    for input in loaded.states.into_values() {
        match decode(&input) {
            Ok(state) => states.push(state),
            Err(reject) => warn!(
                stage = attempt.status.name(),
                topic = attempt.topic,
                partition = input.partition,
                offset = input.offset,
                reason = reject.reason(),
                "state not readable, its key starts afresh"
            ),
        }
    }
    states
}
