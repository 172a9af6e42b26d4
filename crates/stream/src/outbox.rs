//! What a stage has to say about one input, held until the transaction.

use model::Record;

use crate::{Reject, Topic};

/// Collects the outputs of one input.
#[derive(Debug, Default)]
pub struct Outbox {
    records: Vec<OutgoingRecord>,
}

/// A record on its way out: encoded, with the envelope's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// Topic name, before the configured prefix.
    pub topic: &'static str,
    /// Record key.
    pub key: String,
    /// JSON.
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
        let payload = serde_json::to_vec(record)
            .map_err(|error| Reject::new(format!("record has no json form: {error}")))?;
        self.records.push(OutgoingRecord {
            topic: topic.name(),
            key: record.key(),
            payload,
            event_type: T::TYPE,
            event_id: record.event_id(),
            event_time: record.event_time().map(|time| time.to_string()),
        });
        Ok(())
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
            .filter(|record| record.topic == topic.name());
        of_topic
            .map(|record| {
                serde_json::from_slice(&record.payload).expect("it was encoded as this type")
            })
            .collect()
    }
}
