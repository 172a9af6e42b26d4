//! A producer that remembers what was acknowledged.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use rdkafka::{
    ClientContext, Message, TopicPartitionList,
    consumer::ConsumerGroupMetadata,
    error::{KafkaError, KafkaResult},
    message::{Header, OwnedHeaders},
    producer::{BaseProducer, BaseRecord, DeliveryResult, Producer as _, ProducerContext},
    types::RDKafkaErrorCode,
};

use crate::harness::{client::Client, deadline::PATIENCE};

/// A record to send; the rest is for the broker to fill in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outgoing<'a> {
    pub(crate) key: Option<&'a str>,
    pub(crate) payload: Option<&'a [u8]>,
    pub(crate) partition: Option<i32>,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) timestamp: Option<i64>,
}

/// Where an acknowledged record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) key: Option<String>,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
}

/// What became of each record, in the order in which the answers came.
#[derive(Default)]
pub(crate) struct Deliveries {
    answers: Mutex<Vec<Result<Acknowledged, RDKafkaErrorCode>>>,
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let answer = match result {
            Ok(message) => Ok(Acknowledged {
                key: message
                    .key()
                    .map(|key| String::from_utf8_lossy(key).into_owned()),
                partition: message.partition(),
                offset: message.offset(),
            }),
            Err((error, _)) => Err(error.rdkafka_error_code().expect("librdkafka gave a code")),
        };
        self.answers.lock().unwrap().push(answer);
    }
}

/// A producer of one test.
pub(crate) struct Producer {
    inner: BaseProducer<Deliveries>,
}

impl Client {
    /// An idempotent producer with these further properties.
    pub(crate) fn producer(&self, properties: &[(&str, &str)]) -> Producer {
        let mut config = self.config(&[
            ("enable.idempotence", "true"),
            ("partitioner", "murmur2_random"),
            ("message.max.bytes", "20000000"),
            ("linger.ms", "5"),
        ]);
        for (key, value) in properties {
            config.set(*key, *value);
        }
        let inner = config.create_with_context(Deliveries::default()).unwrap();
        Producer { inner }
    }

    /// A transactional producer, with its transactions of earlier lives ended.
    pub(crate) fn transactional(&self, id: &str, properties: &[(&str, &str)]) -> Producer {
        self.try_transactional(id, properties).unwrap()
    }

    /// The same where the broker may be away.
    pub(crate) fn try_transactional(
        &self,
        id: &str,
        properties: &[(&str, &str)],
    ) -> KafkaResult<Producer> {
        let mut all = vec![
            ("transactional.id", id),
            // No longer than the shortest transaction that a test leaves open.
            ("socket.timeout.ms", "10000"),
        ];
        all.extend_from_slice(properties);
        let producer = self.producer(&all);
        producer.inner.init_transactions(PATIENCE)?;
        Ok(producer)
    }
}

impl Producer {
    /// Hands a record over; [`settle`](Self::settle) tells what became of it.
    pub(crate) fn send(&self, topic: &str, outgoing: &Outgoing<'_>) {
        self.try_send(topic, outgoing)
            .expect("the record is accepted");
    }

    /// The same where the producer may have been fenced meanwhile.
    pub(crate) fn try_send(&self, topic: &str, outgoing: &Outgoing<'_>) -> KafkaResult<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.inner.send(record(topic, outgoing)) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _))
                    if Instant::now() < deadline =>
                {
                    self.inner.poll(Duration::from_millis(1));
                }
                Err((error, _)) => return Err(error),
            }
        }
    }

    /// Sends one payload under a key.
    pub(crate) fn send_keyed(&self, topic: &str, key: &str, payload: &str) {
        let outgoing = Outgoing {
            key: Some(key),
            payload: Some(payload.as_bytes()),
            ..Outgoing::default()
        };
        self.send(topic, &outgoing);
    }

    /// Waits until every record is answered and hands out the answers.
    pub(crate) fn settle(&self) -> Vec<Result<Acknowledged, RDKafkaErrorCode>> {
        self.drain();
        std::mem::take(&mut self.inner.context().answers.lock().unwrap())
    }

    /// Waits until every record is acknowledged.
    ///
    /// # Panics
    /// Where one was refused.
    pub(crate) fn settle_acknowledged(&self) -> Vec<Acknowledged> {
        self.settle()
            .into_iter()
            .map(|answer| answer.expect("the record is acknowledged"))
            .collect()
    }

    pub(crate) fn begin(&self) {
        self.try_begin().unwrap();
    }

    pub(crate) fn try_begin(&self) -> KafkaResult<()> {
        self.inner.begin_transaction()
    }

    pub(crate) fn send_offsets(
        &self,
        offsets: &TopicPartitionList,
        group: &ConsumerGroupMetadata,
    ) -> KafkaResult<()> {
        self.inner
            .send_offsets_to_transaction(offsets, group, PATIENCE)
    }

    pub(crate) fn commit(&self) -> KafkaResult<()> {
        // rdkafka's own flush inside waits 100 ms a round even where nothing is in flight.
        self.drain();
        self.inner.commit_transaction(PATIENCE)
    }

    pub(crate) fn abort(&self) -> KafkaResult<()> {
        self.inner.abort_transaction(PATIENCE)
    }

    fn drain(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.inner.in_flight_count() > 0 {
            self.inner.poll(Duration::from_millis(1));
            assert!(Instant::now() < deadline, "records stay unanswered");
        }
    }
}

fn record<'a>(topic: &'a str, outgoing: &Outgoing<'a>) -> BaseRecord<'a, str, [u8]> {
    let mut record = BaseRecord::to(topic);
    if let Some(key) = outgoing.key {
        record = record.key(key);
    }
    if let Some(payload) = outgoing.payload {
        record = record.payload(payload);
    }
    if let Some(partition) = outgoing.partition {
        record = record.partition(partition);
    }
    if let Some(timestamp) = outgoing.timestamp {
        record = record.timestamp(timestamp);
    }
    if !outgoing.headers.is_empty() {
        let mut headers = OwnedHeaders::new();
        for (key, value) in outgoing.headers {
            headers = headers.insert(Header {
                key,
                value: Some(*value),
            });
        }
        record = record.headers(headers);
    }
    record
}
