//! The one transactional producer of a member.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use rdkafka::{
    ClientContext, Message, TopicPartitionList,
    config::RDKafkaLogLevel,
    consumer::ConsumerGroupMetadata,
    error::{KafkaError, KafkaResult, RDKafkaErrorCode},
    message::{DeliveryResult, Header, OwnedHeaders},
    producer::{BaseProducer, BaseRecord, Producer, ProducerContext},
};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    failure::Failure,
    patience::{CALL_TIMEOUT, CONFIRM_TIMEOUT, Patience, TRANSACTION_TIMEOUT},
    repeats::source_of,
};
use crate::{
    KafkaConfig, OutgoingRecord,
    client::{self, ConnectionWatch},
    partition_of,
};

/// Longest wait for an abort: the broker aborts by itself what we cannot.
const ABORT_TIMEOUT: Duration = Duration::from_secs(1);

/// Writes batches, each in a transaction.
pub(crate) struct TransactionWriter {
    producer: Arc<BaseProducer<WriterContext>>,
    kafka: KafkaConfig,
    source: String,
    /// Partitions of the topics whose records choose their partition themselves.
    partitions: Mutex<HashMap<String, u32>>,
}

/// The input position that a transaction moves, and the membership that allows it.
pub(crate) struct Position<'a> {
    pub(crate) offsets: &'a TopicPartitionList,
    pub(crate) membership: &'a Arc<ConsumerGroupMetadata>,
}

#[derive(Default)]
pub(crate) struct WriterContext {
    watch: ConnectionWatch,
    /// The first record that the broker refused in this transaction.
    refused: Mutex<Option<Refusal>>,
}

struct Refusal {
    code: RDKafkaErrorCode,
    topic: String,
}

impl TransactionWriter {
    /// Opens a producer under `transactional_id`. A transaction that an earlier producer of that
    /// id left open is aborted, and that producer can commit no more.
    pub(crate) fn open(
        kafka: &KafkaConfig,
        stage: &str,
        transactional_id: &str,
        max_message_bytes: usize,
        stop: &CancellationToken,
    ) -> Result<Self, Failure> {
        let mut config = client::client_config(kafka);
        let timeout_ms = TRANSACTION_TIMEOUT.as_millis().to_string();
        client::with_writing(&mut config, max_message_bytes);
        let producer: BaseProducer<WriterContext> = config
            .set("transactional.id", transactional_id)
            .set("transaction.timeout.ms", &timeout_ms)
            // librdkafka refuses a longer one beside the transaction's.
            .set("socket.timeout.ms", &timeout_ms)
            .create_with_context(WriterContext::default())
            .map_err(|error| Failure::of("cannot create a producer", &error))?;
        let writer = Self {
            producer: Arc::new(producer),
            kafka: kafka.clone(),
            source: source_of(stage),
            partitions: Mutex::default(),
        };
        writer.patiently("cannot start transactions", stop, |producer| {
            producer.init_transactions(CALL_TIMEOUT)
        })?;
        Ok(writer)
    }

    /// Writes the records and moves the position, all or nothing.
    ///
    /// # Errors
    /// [`Failure::Records`] (without inputs) where the broker refuses a record. The transaction is
    /// aborted as far as that is possible; the writer must not be used again.
    pub(crate) fn commit<'a>(
        &self,
        records: impl Iterator<Item = &'a OutgoingRecord>,
        position: Option<&Position<'_>>,
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        let result = self.try_commit(records, position, stop);
        let Err(failure) = result else {
            return Ok(());
        };
        // Without a connection the broker aborts by itself: by its time-out, or when the next
        // producer of this id starts.
        if !matches!(failure, Failure::Unreachable(_))
            && let Err(error) = self.producer.abort_transaction(ABORT_TIMEOUT)
        {
            debug!(%error, "transaction left to the broker to abort");
        }
        Err(self.refusal().unwrap_or(failure))
    }

    fn try_commit<'a>(
        &self,
        records: impl Iterator<Item = &'a OutgoingRecord>,
        position: Option<&Position<'_>>,
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        self.producer
            .begin_transaction()
            .map_err(|error| Failure::of("cannot begin a transaction", &error))?;
        let mut patience = Patience::for_transaction(stop);
        // Records of a topic come in runs.
        let (mut name, mut topic) = ("", String::new());
        for record in records {
            if record.topic != name {
                (name, topic) = (record.topic, self.kafka.prefixed(record.topic));
            }
            self.send(&topic, record, &mut patience)?;
        }
        if let Some(position) = position {
            self.move_position(position, stop)?;
        }
        self.drain(&mut patience)?;
        self.patiently("cannot commit", stop, |producer| {
            producer.commit_transaction(CALL_TIMEOUT)
        })
    }

    /// Hands the position to the transaction.
    ///
    /// While the group's coordinator is gone, librdkafka does not come back from this call whatever
    /// its time-out (confluentinc/librdkafka#5456). So it is made on a thread that is left behind
    /// then, and ends when the coordinator is back: what it adds to a transaction that nobody
    /// commits is aborted with it.
    fn move_position(
        &self,
        position: &Position<'_>,
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        let mut under_way = None;
        self.patiently("cannot commit offsets", stop, |producer| {
            let answer = match under_way.take() {
                Some(answer) => answer,
                None => begin_to_move(producer, position)?,
            };
            match answer.recv_timeout(CALL_TIMEOUT) {
                Ok(result) => result,
                Err(RecvTimeoutError::Timeout) => {
                    under_way = Some(answer);
                    Err(KafkaError::Global(RDKafkaErrorCode::OperationTimedOut))
                }
                Err(RecvTimeoutError::Disconnected) => {
                    Err(KafkaError::Global(RDKafkaErrorCode::Fail))
                }
            }
        })
    }

    fn send(
        &self,
        topic: &str,
        record: &OutgoingRecord,
        patience: &mut Patience<'_>,
    ) -> Result<(), Failure> {
        let mut next = BaseRecord::to(topic)
            .key(record.key.as_ref())
            .headers(envelope(record, &self.source));
        if let Some(key) = &record.partition_key {
            let partition = partition_of(key, self.partitions_of(topic, patience)?);
            next = next.partition(i32::try_from(partition).unwrap_or_default());
        }
        if !record.payload.is_empty() {
            next = next.payload(record.payload.as_ref());
        }
        loop {
            match self.producer.send(next) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), returned))
                    if !patience.is_over() =>
                {
                    next = returned;
                    self.producer.poll(Duration::from_millis(1));
                    self.check_connection(patience)?;
                }
                Err((error, _)) => {
                    if let Some(code) = error.rdkafka_error_code() {
                        self.producer.context().refuse(code, topic);
                    }
                    return Err(Failure::of("cannot write", &error));
                }
            }
        }
    }

    /// How many partitions a topic has; asked for once, since they are fixed for its life.
    fn partitions_of(&self, topic: &str, patience: &mut Patience<'_>) -> Result<u32, Failure> {
        let mut known = self
            .partitions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known.get(topic) {
            return Ok(*count);
        }
        loop {
            let found = self
                .producer
                .client()
                .fetch_metadata(Some(topic), CALL_TIMEOUT);
            match found.as_ref().map(rdkafka::metadata::Metadata::topics) {
                Ok([found]) if !found.partitions().is_empty() => {
                    let count = u32::try_from(found.partitions().len()).unwrap_or(u32::MAX);
                    known.insert(topic.to_owned(), count);
                    return Ok(count);
                }
                Ok(_) | Err(_) if !patience.is_over() => self.check_connection(patience)?,
                Ok(_) => return Err(Failure::Other(format!("topic {topic} has no partitions"))),
                Err(error) => return Err(Failure::of("cannot describe a topic", error)),
            }
        }
    }

    /// Waits until the broker has all records. Done here because the client's own wait before a
    /// commit sleeps in steps of 100 ms.
    fn drain(&self, patience: &mut Patience<'_>) -> Result<(), Failure> {
        while self.producer.in_flight_count() > 0 {
            self.producer.poll(Duration::from_millis(1));
            if self.producer.context().refused().is_some() {
                return Err(Failure::Other("a record was refused".to_owned()));
            }
            self.check_connection(patience)?;
            if patience.is_over() {
                // Not counted among failures: it passes when the disk has room again.
                let reason = "it accepts no records: is its disk full?";
                return Err(Failure::Unreachable(reason.to_owned()));
            }
        }
        if self.producer.context().refused().is_some() {
            return Err(Failure::Other("a record was refused".to_owned()));
        }
        Ok(())
    }

    /// Repeats a call that may be repeated, while patience lasts.
    fn patiently(
        &self,
        what: &str,
        stop: &CancellationToken,
        mut call: impl FnMut(&Arc<BaseProducer<WriterContext>>) -> KafkaResult<()>,
    ) -> Result<(), Failure> {
        let mut patience = Patience::for_transaction(stop);
        loop {
            let error = match call(&self.producer) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if !is_retriable(&error) || patience.is_over() {
                return Err(Failure::of(what, &error));
            }
            self.producer.poll(Duration::ZERO);
            self.check_connection(&mut patience)?;
        }
    }

    /// Asks whether Kafka is there, upon a sign that it is not or after a long silence.
    fn check_connection(&self, patience: &mut Patience<'_>) -> Result<(), Failure> {
        let sign = self.producer.context().watch.take();
        if sign.is_none() && !patience.is_silent() {
            return Ok(());
        }
        if client::answers(self.producer.client(), CONFIRM_TIMEOUT) {
            patience.hear();
            return Ok(());
        }
        let reason = sign.unwrap_or_else(|| "no answer in time".to_owned());
        Err(Failure::Unreachable(reason))
    }

    /// The broker's refusal of a record, where that is what the transaction failed for.
    fn refusal(&self) -> Option<Failure> {
        self.producer
            .context()
            .refused()
            .map(|reason| Failure::Records {
                reason,
                inputs: Vec::new(),
            })
    }
}

/// Starts to hand the position over; the answer comes on the channel.
fn begin_to_move(
    producer: &Arc<BaseProducer<WriterContext>>,
    position: &Position<'_>,
) -> KafkaResult<Receiver<KafkaResult<()>>> {
    let (answer, answers) = bounded(1);
    let producer = Arc::clone(producer);
    let (offsets, membership) = (position.offsets.clone(), Arc::clone(position.membership));
    thread::Builder::new()
        .name("position".to_owned())
        .spawn(move || {
            let moved = producer.send_offsets_to_transaction(&offsets, &membership, CALL_TIMEOUT);
            if let Err(unheard) = answer.send(moved) {
                debug!(answer = ?unheard.0, "position answered when nobody waited any more");
            }
        })
        .map_err(|_| KafkaError::Global(RDKafkaErrorCode::CriticalSystemResource))?;
    Ok(answers)
}

/// The CloudEvents envelope in Kafka's binary binding.
pub(crate) fn envelope(record: &OutgoingRecord, source: &str) -> OwnedHeaders {
    fn text<'a>(key: &'a str, value: &'a [u8]) -> Header<'a, &'a [u8]> {
        Header {
            key,
            value: Some(value),
        }
    }
    let headers = OwnedHeaders::new_with_capacity(6)
        .insert(text("ce_specversion", b"1.0"))
        .insert(text("ce_type", record.event_type.as_bytes()))
        .insert(text("ce_id", &record.event_id))
        .insert(text("ce_source", source.as_bytes()))
        .insert(text("content-type", b"application/json"));
    match &record.event_time {
        Some(time) => headers.insert(text("ce_time", time)),
        None => headers,
    }
}

fn is_retriable(error: &KafkaError) -> bool {
    match error {
        KafkaError::Transaction(error) => error.is_retriable() && !error.txn_requires_abort(),
        KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut)
        | KafkaError::Global(RDKafkaErrorCode::OperationTimedOut) => true,
        _ => false,
    }
}

impl WriterContext {
    /// Notes a refusal that lies in the record, not in the connection.
    fn refuse(&self, code: RDKafkaErrorCode, topic: &str) {
        let lies_in_the_record = matches!(
            code,
            RDKafkaErrorCode::MessageSizeTooLarge
                | RDKafkaErrorCode::InvalidMessageSize
                | RDKafkaErrorCode::InvalidMessage
                | RDKafkaErrorCode::InvalidRecord
                | RDKafkaErrorCode::InvalidTimestamp
                | RDKafkaErrorCode::MessageBatchTooLarge
        );
        if lies_in_the_record {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            refused.get_or_insert_with(|| Refusal {
                code,
                topic: topic.to_owned(),
            });
        }
    }

    fn refused(&self) -> Option<String> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let Refusal { code, topic } = refused.as_ref()?;
        Some(format!("broker refuses a record for {topic}: {code}"))
    }
}

impl ClientContext for WriterContext {
    fn log(&self, _level: RDKafkaLogLevel, facility: &str, line: &str) {
        client::log_line(facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.watch.note(&error, reason);
    }
}

impl ProducerContext for WriterContext {
    type DeliveryOpaque = ();

    fn delivery(&self, delivery: &DeliveryResult<'_>, (): ()) {
        if let Err((error, message)) = delivery
            && let Some(code) = error.rdkafka_error_code()
        {
            debug!(%error, topic = message.topic(), "record not delivered");
            self.refuse(code, message.topic());
        }
    }
}
