//! A batch on its way through the loop.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rdkafka::{Message, Offset, TopicPartitionList, error::KafkaError, message::BorrowedMessage};

use super::tried::Tried;
use crate::{BatchLimits, DEAD_LETTERS, OutgoingRecord, reader::written_at};

/// A record as it was read, not yet decoded.
#[derive(Clone, Debug)]
pub(crate) struct RawInput {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) written: Option<Timestamp>,
    /// Whether the same event stands before it: then it has no outcome, and no payload here.
    pub(crate) is_repeat: bool,
}

/// What became of an input.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The stage's outputs, in order.
    Outputs(Vec<OutgoingRecord>),
    /// The input is a dead letter.
    DeadLetter(OutgoingRecord),
}

/// Inputs on the way to their batch.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    inputs: Vec<RawInput>,
    bytes: usize,
    since: Option<Instant>,
}

/// Inputs with their outcomes: what one transaction commits.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// By partition and offset, in the order read.
    pub(crate) inputs: Vec<(i32, i64)>,
    /// One for each input, and the reports of an effect.
    pub(crate) outcomes: Vec<Outcome>,
    /// Attempts at the input behind the batch, by its partition and offset.
    pub(crate) tried: Option<(i32, i64, Tried)>,
}

/// What a batch adds to the counts.
#[derive(Debug, Default)]
pub(crate) struct BatchCounts {
    pub(crate) inputs: u64,
    pub(crate) outputs: BTreeMap<&'static str, u64>,
    pub(crate) rejected: u64,
}

impl RawInput {
    pub(crate) fn from_message(message: &BorrowedMessage<'_>) -> Self {
        Self {
            partition: message.partition(),
            offset: message.offset(),
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
            written: written_at(message),
            is_repeat: false,
        }
    }

    /// The place of an event that came before.
    pub(crate) fn repeat_at(message: &BorrowedMessage<'_>) -> Self {
        Self {
            partition: message.partition(),
            offset: message.offset(),
            key: None,
            payload: None,
            written: None,
            is_repeat: true,
        }
    }

    fn bytes(&self) -> usize {
        let bytes = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
        bytes(&self.key) + bytes(&self.payload)
    }
}

impl Gathering {
    pub(crate) fn push(&mut self, input: RawInput) {
        self.bytes += input.bytes();
        self.since.get_or_insert_with(Instant::now);
        self.inputs.push(input);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// How long to wait for a further input: nothing where the batch is due.
    pub(crate) fn wait(&self, limits: &BatchLimits, idle: Duration) -> Duration {
        match self.since {
            None => idle,
            Some(since) => limits.time.saturating_sub(since.elapsed()).min(idle),
        }
    }

    /// Whether the batch has grown or waited enough.
    pub(crate) fn is_due(&self, limits: &BatchLimits) -> bool {
        let Some(since) = self.since else {
            return false;
        };
        self.inputs.len() >= limits.records.max(1)
            || self.bytes >= limits.bytes
            || since.elapsed() >= limits.time
    }

    /// The inputs, and starts a new batch.
    pub(crate) fn take(&mut self) -> Vec<RawInput> {
        let inputs = std::mem::take(&mut self.inputs);
        *self = Self::default();
        inputs
    }
}

impl Batch {
    pub(crate) fn records(&self) -> impl Iterator<Item = &OutgoingRecord> {
        self.outcomes.iter().flat_map(|outcome| match outcome {
            Outcome::Outputs(records) => records.as_slice(),
            Outcome::DeadLetter(record) => std::slice::from_ref(record),
        })
    }

    pub(crate) fn counts(&self) -> BatchCounts {
        let mut counts = BatchCounts {
            inputs: u64::try_from(self.inputs.len()).unwrap_or(u64::MAX),
            ..BatchCounts::default()
        };
        for record in self.records() {
            if record.topic == DEAD_LETTERS.name() {
                counts.rejected += 1;
            } else {
                *counts.outputs.entry(record.topic).or_insert(0) += 1;
            }
        }
        counts
    }

    /// The position behind the batch, in the topic of that full name.
    pub(crate) fn position(&self, topic: &str) -> Result<TopicPartitionList, KafkaError> {
        let mut next = BTreeMap::new();
        for (partition, offset) in &self.inputs {
            let behind = next.entry(*partition).or_insert(0);
            *behind = (*offset + 1).max(*behind);
        }
        let mut list = TopicPartitionList::new();
        if let Some((partition, offset, _)) = self.tried {
            next.insert(partition, offset);
        }
        for (partition, offset) in next {
            list.add_partition_offset(topic, partition, Offset::Offset(offset))?;
        }
        if let Some((partition, _, tried)) = &self.tried
            && let Some(mut element) = list.find_partition(topic, *partition)
        {
            element.set_metadata(tried.metadata());
        }
        Ok(list)
    }
}
