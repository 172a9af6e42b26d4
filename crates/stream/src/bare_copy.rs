//! The measure of the loop: consume and produce in transactions, and nothing else.

use std::time::{Duration, Instant};

use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata},
    error::{KafkaError, RDKafkaErrorCode},
    message::BorrowedMessage,
    producer::{BaseProducer, BaseRecord, Producer},
};

use crate::{
    OutgoingRecord, RunnerConfig, StreamError,
    client::{
        QuestionContext, client_config, partition_count_of, question_failed, whole_millis,
        with_reading_ahead, with_writing,
    },
    runner::envelope,
};

/// Longest wait for one call, and for a record that must come.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// What a bare copy writes for each record that it reads.
#[derive(Clone, Copy, Debug)]
pub enum BareOutput<'a> {
    /// The same record, without headers, to the topic of this name (without prefix).
    Same(&'a str),
    /// Records made and encoded beforehand, with their headers: one list for each record read, in
    /// turn and over and over.
    Prepared(&'a [Vec<OutgoingRecord>]),
}

/// A bare copy on its way.
struct BareCopy<'a> {
    config: &'a RunnerConfig,
    output: BareOutput<'a>,
    producer: BaseProducer,
    consumer: BaseConsumer<QuestionContext>,
    membership: ConsumerGroupMetadata,
    /// Full name of the topic that is read.
    from: String,
    read: usize,
}

/// Reads `records` records of a topic (name without prefix) and writes `output` for each, in
/// transactions as large as the configured batches, each with its offsets. Nothing is decoded or
/// encoded, nothing overlaps. `begun` is called when the first record is there.
///
/// It is what `onrecord bench` compares the stages with: by the same client with the same
/// properties.
///
/// # Errors
/// Where Kafka refuses, or fewer records come.
pub fn copy_bare(
    config: &RunnerConfig,
    from: &str,
    output: BareOutput<'_>,
    records: usize,
    begun: impl FnOnce(),
) -> Result<(), StreamError> {
    let from = config.kafka.prefixed(from);
    let failed = |error: KafkaError| question_failed(&config.kafka, "copy records", &error);
    let mut properties = client_config(&config.kafka);
    with_writing(&mut properties, config.max_message_bytes);
    let producer: BaseProducer = properties
        .set("transactional.id", config.kafka.prefixed("bare-copy"))
        .create()
        .map_err(failed)?;
    producer.init_transactions(CALL_TIMEOUT).map_err(failed)?;
    let consumer = reader(config, &from)?;
    let Some(membership) = consumer.group_metadata() else {
        return Err(failed(KafkaError::Canceled));
    };
    let mut copy = BareCopy {
        config,
        output,
        producer,
        consumer,
        membership,
        from,
        read: 0,
    };
    let mut begun = Some(begun);
    while copy.read < records {
        copy.transaction(records, &mut begun).map_err(failed)?;
    }
    Ok(())
}

impl BareCopy<'_> {
    /// Copies one batch.
    fn transaction(
        &mut self,
        records: usize,
        begun: &mut Option<impl FnOnce()>,
    ) -> Result<(), KafkaError> {
        let limits = &self.config.batch;
        let mut offsets = TopicPartitionList::new();
        let (mut since, mut bytes) = (None, 0);
        let most = limits.records.min(records - self.read);
        self.producer.begin_transaction()?;
        for copied in 0..most {
            let waited = since.map(|since: Instant| since.elapsed());
            let wait = waited.map_or(CALL_TIMEOUT, |waited| limits.time.saturating_sub(waited));
            if copied > 0 && (wait.is_zero() || bytes >= limits.bytes) {
                break;
            }
            let Some(message) = self.consumer.poll(whole_millis(wait)) else {
                if copied > 0 {
                    break;
                }
                return Err(KafkaError::MessageConsumption(
                    RDKafkaErrorCode::OperationTimedOut,
                ));
            };
            let message = message?;
            if let Some(begun) = begun.take() {
                begun();
            }
            since.get_or_insert_with(Instant::now);
            bytes += message.payload_len() + message.key().map_or(0, <[u8]>::len);
            self.write(&message)?;
            self.read += 1;
            let next = Offset::Offset(message.offset() + 1);
            offsets.add_partition_offset(&self.from, message.partition(), next)?;
        }
        self.producer
            .send_offsets_to_transaction(&offsets, &self.membership, CALL_TIMEOUT)?;
        while self.producer.in_flight_count() > 0 {
            self.producer.poll(Duration::from_millis(1));
        }
        self.producer.commit_transaction(CALL_TIMEOUT)
    }

    fn write(&self, message: &BorrowedMessage<'_>) -> Result<(), KafkaError> {
        match self.output {
            BareOutput::Same(topic) => {
                let topic = self.config.kafka.prefixed(topic);
                let record = BaseRecord::to(&topic)
                    .key(message.key().unwrap_or_default())
                    .payload(message.payload().unwrap_or_default());
                self.send(record)
            }
            BareOutput::Prepared(lists) => {
                let list = lists.get(self.read % lists.len().max(1));
                for record in list.into_iter().flatten() {
                    let topic = self.config.kafka.prefixed(record.topic);
                    let next = BaseRecord::to(&topic)
                        .key(record.key.as_ref())
                        .payload(record.payload.as_ref())
                        .headers(envelope(record, "/onrecord/bare-copy"));
                    self.send(next)?;
                }
                Ok(())
            }
        }
    }

    fn send(&self, mut record: BaseRecord<'_, [u8], [u8]>) -> Result<(), KafkaError> {
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), returned)) => {
                    record = returned;
                    self.producer.poll(Duration::from_millis(1));
                }
                Err((error, _)) => return Err(error),
            }
        }
    }
}

/// A consumer of the whole topic from its beginning.
fn reader(
    config: &RunnerConfig,
    topic: &str,
) -> Result<BaseConsumer<QuestionContext>, StreamError> {
    let failed = |error: KafkaError| question_failed(&config.kafka, "copy records", &error);
    let mut properties = client_config(&config.kafka);
    with_reading_ahead(&mut properties);
    let consumer: BaseConsumer<QuestionContext> = properties
        .set("group.id", config.kafka.prefixed("bare-copy"))
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .create_with_context(QuestionContext)
        .map_err(failed)?;
    let mut list = TopicPartitionList::new();
    let partitions = partition_count_of(&config.kafka, topic)?;
    for partition in 0..i32::try_from(partitions).unwrap_or(i32::MAX) {
        list.add_partition_offset(topic, partition, Offset::Beginning)
            .map_err(failed)?;
    }
    consumer.assign(&list).map_err(failed)?;
    Ok(consumer)
}
