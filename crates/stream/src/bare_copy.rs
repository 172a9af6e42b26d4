//! The measure of the loop: consume and produce in transactions, and nothing else.

use std::time::{Duration, Instant};

use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
    producer::{BaseProducer, BaseRecord, Producer},
};

use crate::{
    RunnerConfig, StreamError,
    client::{QuestionContext, client_config, partition_count_of, question_failed},
};

/// Longest wait for one call, and for a record that must come.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Copies `records` records from one topic to another (names without prefix), in transactions as
/// large as the configured batches, each with its offsets, and says how long that took from the
/// start of reading. Nothing is decoded, nothing overlaps.
///
/// It is what `onrecord bench` compares the stages with, by the same client on the same records.
///
/// # Errors
/// Where Kafka refuses, or fewer records come.
pub fn copy_bare(
    config: &RunnerConfig,
    from: &str,
    to: &str,
    records: usize,
) -> Result<Duration, StreamError> {
    let (from, to) = (config.kafka.prefixed(from), config.kafka.prefixed(to));
    let failed = |error: KafkaError| question_failed(&config.kafka, "copy records", &error);
    let producer: BaseProducer = client_config(&config.kafka)
        .set("transactional.id", config.kafka.prefixed("bare-copy"))
        .set("message.max.bytes", config.max_message_bytes.to_string())
        .set("linger.ms", "1")
        .create()
        .map_err(failed)?;
    producer.init_transactions(CALL_TIMEOUT).map_err(failed)?;
    // Reading ahead begins here, so the clock does too.
    let started = Instant::now();
    let consumer = reader(config, &from)?;
    let Some(membership) = consumer.group_metadata() else {
        return Err(failed(KafkaError::Canceled));
    };
    let mut left = records;
    while left > 0 {
        producer.begin_transaction().map_err(failed)?;
        let mut offsets = TopicPartitionList::new();
        let begun = Instant::now();
        let mut first = None;
        let mut copied = 0;
        while copied < config.batch.records.min(left) {
            let waited = first.map(|first: Instant| first.elapsed());
            let wait = config.batch.time.saturating_sub(waited.unwrap_or_default());
            if copied > 0 && wait.is_zero() {
                break;
            }
            let Some(message) = consumer.poll(wait) else {
                if begun.elapsed() > CALL_TIMEOUT {
                    return Err(failed(KafkaError::Canceled));
                }
                continue;
            };
            let message = message.map_err(failed)?;
            first.get_or_insert_with(Instant::now);
            producer
                .send(
                    BaseRecord::to(&to)
                        .key(message.key().unwrap_or_default())
                        .payload(message.payload().unwrap_or_default()),
                )
                .map_err(|(error, _)| failed(error))?;
            let next = Offset::Offset(message.offset() + 1);
            offsets
                .add_partition_offset(&from, message.partition(), next)
                .map_err(failed)?;
            copied += 1;
        }
        producer
            .send_offsets_to_transaction(&offsets, &membership, CALL_TIMEOUT)
            .map_err(failed)?;
        while producer.in_flight_count() > 0 {
            producer.poll(Duration::from_millis(1));
        }
        producer.commit_transaction(CALL_TIMEOUT).map_err(failed)?;
        left -= copied;
    }
    Ok(started.elapsed())
}

/// A consumer of the whole topic from its beginning.
fn reader(
    config: &RunnerConfig,
    topic: &str,
) -> Result<BaseConsumer<QuestionContext>, StreamError> {
    let failed = |error: KafkaError| question_failed(&config.kafka, "copy records", &error);
    let consumer: BaseConsumer<QuestionContext> = client_config(&config.kafka)
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
