//! What a stage has to say about one input, held until the transaction.

use std::ops::Range;

use bytes::Bytes;
use jiff::Timestamp;
use model::{Record, View};
use serde::Serialize;

use crate::{Reject, Topic};

/// Collects the outputs of one input.
///
/// All that they say stands in one block: what one thread allocates and another frees is dear, and
/// an article has a score of outputs.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    block: Vec<u8>,
    entries: Vec<Entry>,
}

/// Room for the outputs of a usual input; more grow.
const USUAL_BYTES: usize = 16_384;
const USUAL_RECORDS: usize = 24;

/// What the envelope of a record takes from it.
struct Envelope<'a> {
    key: &'a str,
    partition_key: Option<String>,
    event_id: &'a str,
    event_time: Option<Timestamp>,
}

/// A record, by where its parts stand in the block.
#[derive(Clone, Debug)]
struct Entry {
    topic: &'static str,
    event_type: &'static str,
    partition_key: Option<String>,
    key: Range<usize>,
    event_id: Range<usize>,
    event_time: Option<Range<usize>>,
    payload: Range<usize>,
}

/// A record on its way out: encoded, with the envelope's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// Topic name, before the configured prefix.
    pub topic: &'static str,
    /// Record key, text.
    pub key: Bytes,
    /// What the partition is chosen by, where it is not the key.
    pub partition_key: Option<String>,
    /// JSON; empty for a tombstone.
    pub payload: Bytes,
    /// CloudEvents type.
    pub event_type: &'static str,
    /// CloudEvents id, text.
    pub event_id: Bytes,
    /// CloudEvents time, RFC 3339.
    pub event_time: Option<Bytes>,
}

impl Outbox {
    /// An empty outbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a record into the outbox.
    ///
    /// # Errors
    /// A [`Reject`] where the record has no JSON form (a map with keys that are not text).
    pub fn send<T: Record>(&mut self, topic: Topic<T>, record: &T) -> Result<(), Reject> {
        let envelope = Envelope {
            key: &record.key(),
            partition_key: record.partition_key(),
            event_id: &record.event_id(),
            event_time: record.event_time(),
        };
        self.push(topic, envelope, record)
    }

    /// Puts a view of a record into the outbox.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_view<T: Record>(
        &mut self,
        topic: Topic<T>,
        view: &impl View<T>,
    ) -> Result<(), Reject> {
        let envelope = Envelope {
            key: view.key(),
            partition_key: None,
            event_id: &view.event_id(),
            event_time: view.event_time(),
        };
        self.push(topic, envelope, view)
    }

    fn push<T: Record>(
        &mut self,
        topic: Topic<T>,
        envelope: Envelope<'_>,
        record: &impl Serialize,
    ) -> Result<(), Reject> {
        if self.entries.is_empty() {
            self.block.reserve(USUAL_BYTES);
            self.entries.reserve(USUAL_RECORDS);
        }
        let start = self.block.len();
        serde_json::to_writer(&mut self.block, record).map_err(|error| {
            self.block.truncate(start);
            Reject::new(format!("record has no json form: {error}"))
        })?;
        let entry = Entry {
            topic: topic.name(),
            event_type: T::TYPE,
            partition_key: envelope.partition_key,
            payload: start..self.block.len(),
            key: self.add_key(envelope.key),
            event_id: self.add(envelope.event_id),
            event_time: envelope.event_time.map(|time| self.add(&time.to_string())),
        };
        self.entries.push(entry);
        Ok(())
    }

    /// Takes a key out of a compacted topic.
    pub fn forget<T: Record>(&mut self, topic: Topic<T>, key: impl AsRef<str>) {
        let key = self.add_key(key.as_ref());
        self.entries.push(Entry {
            topic: topic.name(),
            event_type: T::TYPE,
            partition_key: None,
            payload: 0..0,
            event_id: key.clone(),
            key,
            event_time: None,
        });
    }

    /// Records of an input mostly share their key: then it stands in the block once.
    fn add_key(&mut self, key: &str) -> Range<usize> {
        let last = self.entries.last().map(|entry| entry.key.clone());
        let same = last.filter(|last| self.block.get(last.clone()) == Some(key.as_bytes()));
        same.unwrap_or_else(|| self.add(key))
    }

    fn add(&mut self, text: &str) -> Range<usize> {
        let start = self.block.len();
        self.block.extend_from_slice(text.as_bytes());
        start..self.block.len()
    }

    /// The records so far, in the order they were sent.
    pub fn records(&self) -> Vec<OutgoingRecord> {
        self.clone().into_records()
    }

    /// The records, in the order they were sent.
    pub(crate) fn into_records(self) -> Vec<OutgoingRecord> {
        let block = Bytes::from(self.block);
        let entries = self.entries.into_iter();
        entries
            .map(|entry| OutgoingRecord {
                topic: entry.topic,
                event_type: entry.event_type,
                partition_key: entry.partition_key,
                key: block.slice(entry.key),
                event_id: block.slice(entry.event_id),
                event_time: entry.event_time.map(|range| block.slice(range)),
                payload: block.slice(entry.payload),
            })
            .collect()
    }

    /// The records of one topic, decoded: what a test of a stage looks at.
    ///
    /// # Panics
    /// Where a record does not decode as the topic's type.
    pub fn sent_to<T: Record>(&self, topic: Topic<T>) -> Vec<T> {
        let of_topic = self
            .records()
            .into_iter()
            .filter(|record| record.topic == topic.name() && !record.payload.is_empty());
        of_topic
            .map(|record| {
                serde_json::from_slice(&record.payload).expect("it was encoded as this type")
            })
            .collect()
    }
}
