//! What a stage has to say about one input, held until the transaction.

use jiff::Timestamp;
use model::{Record, View};
use serde::Serialize;

use crate::{Reject, Topic};

/// Collects the outputs of one input.
#[derive(Debug, Default)]
pub struct Outbox {
    records: Vec<OutgoingRecord>,
}

/// A quote, entity or mention with its article's reference fits; longer ones grow.
const USUAL_BYTES: usize = 1_024;

/// What the envelope of a record takes from it.
struct Envelope {
    key: String,
    partition_key: Option<String>,
    event_id: String,
    event_time: Option<Timestamp>,
}

/// A record on its way out: encoded, with the envelope's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// Topic name, before the configured prefix.
    pub topic: &'static str,
    /// Record key.
    pub key: String,
    /// What the partition is chosen by, where it is not the key.
    pub partition_key: Option<String>,
    /// JSON; empty for a tombstone.
    pub payload: Vec<u8>,
    /// CloudEvents type.
    pub event_type: &'static str,
    /// CloudEvents id.
    pub event_id: String,
    /// CloudEvents time, RFC 3339.
    pub event_time: Option<String>,
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
            key: record.key(),
            partition_key: record.partition_key(),
            event_id: record.event_id(),
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
            key: view.key().to_owned(),
            partition_key: None,
            event_id: view.event_id(),
            event_time: view.event_time(),
        };
        self.push(topic, envelope, view)
    }

    fn push<T: Record>(
        &mut self,
        topic: Topic<T>,
        envelope: Envelope,
        record: &impl Serialize,
    ) -> Result<(), Reject> {
        let mut payload = Vec::with_capacity(USUAL_BYTES);
        serde_json::to_writer(&mut payload, record)
            .map_err(|error| Reject::new(format!("record has no json form: {error}")))?;
        self.records.push(OutgoingRecord {
            topic: topic.name(),
            key: envelope.key,
            partition_key: envelope.partition_key,
            payload,
            event_type: T::TYPE,
            event_id: envelope.event_id,
            event_time: envelope.event_time.map(|time| time.to_string()),
        });
        Ok(())
    }

    /// Takes a key out of a compacted topic.
    pub fn forget<T: Record>(&mut self, topic: Topic<T>, key: impl Into<String>) {
        let key = key.into();
        self.records.push(OutgoingRecord {
            topic: topic.name(),
            event_id: key.clone(),
            key,
            partition_key: None,
            payload: Vec::new(),
            event_type: T::TYPE,
            event_time: None,
        });
    }

    /// The records so far, in the order they were sent.
    pub fn records(&self) -> &[OutgoingRecord] {
        &self.records
    }

    /// The records, in the order they were sent.
    pub(crate) fn into_records(self) -> Vec<OutgoingRecord> {
        self.records
    }

    /// The records of one topic, decoded: what a test of a stage looks at.
    ///
    /// # Panics
    /// Where a record does not decode as the topic's type.
    pub fn sent_to<T: Record>(&self, topic: Topic<T>) -> Vec<T> {
        let of_topic = self
            .records
            .iter()
            .filter(|record| record.topic == topic.name() && !record.payload.is_empty());
        of_topic
            .map(|record| {
                serde_json::from_slice(&record.payload).expect("it was encoded as this type")
            })
            .collect()
    }
}
