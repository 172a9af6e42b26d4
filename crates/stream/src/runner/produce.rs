//! Writes records that come from no stage: a replay.

use model::Record;
use tokio_util::sync::CancellationToken;

use super::{failure::Failure, transaction::TransactionWriter, workers::check_sizes};
use crate::{Outbox, OutgoingRecord, RunnerConfig, StreamError, Topic};

/// Writes records in transactions of the configured size, and says how many.
///
/// `name` becomes the transactional id and the source in the envelope. Ends early, with what is
/// committed, when `stop` is cancelled.
///
/// # Errors
/// Where Kafka refuses, or an item of `records` is an error: what is not committed is aborted.
pub fn produce_transactionally<T: Record>(
    config: &RunnerConfig,
    name: &str,
    topic: Topic<T>,
    records: impl Iterator<Item = Result<T, StreamError>>,
    stop: &CancellationToken,
) -> Result<u64, StreamError> {
    let kafka = &config.kafka;
    let failed = |failure| stream_error(config, topic.name(), failure);
    let id = kafka.prefixed(name);
    let writer = TransactionWriter::open(kafka, name, &id, config.max_message_bytes, stop)
        .map_err(failed)?;
    let mut written = 0;
    let mut batch: Vec<OutgoingRecord> = Vec::new();
    let mut bytes = 0;
    for record in records {
        let mut outbox = Outbox::new();
        let encoded = outbox
            .send(topic, &record?)
            .and_then(|()| check_sizes(outbox.into_records(), config.max_message_bytes))
            .map_err(|reject| failed(Failure::Other(reject.reason().to_owned())))?;
        bytes += encoded
            .iter()
            .map(|record| record.payload.len())
            .sum::<usize>();
        batch.extend(encoded);
        if stop.is_cancelled() {
            return Ok(written);
        }
        if batch.len() >= config.batch.records || bytes >= config.batch.bytes {
            written += commit(&writer, &mut batch, stop).map_err(failed)?;
            bytes = 0;
        }
    }
    written += commit(&writer, &mut batch, stop).map_err(failed)?;
    Ok(written)
}

fn commit(
    writer: &TransactionWriter,
    batch: &mut Vec<OutgoingRecord>,
    stop: &CancellationToken,
) -> Result<u64, Failure> {
    if batch.is_empty() {
        return Ok(0);
    }
    writer.commit(batch.iter(), None, stop)?;
    let written = u64::try_from(batch.len()).unwrap_or(u64::MAX);
    batch.clear();
    Ok(written)
}

fn stream_error(config: &RunnerConfig, topic: &str, failure: Failure) -> StreamError {
    match failure {
        Failure::Unreachable(reason) => StreamError::Unreachable {
            address: config.kafka.bootstrap_servers.clone(),
            reason,
        },
        Failure::Fatal(error) => error,
        Failure::Records { reason, .. } | Failure::Other(reason) => StreamError::Refused {
            what: format!("write to {topic}"),
            reason,
        },
        Failure::Source(source) => StreamError::Source {
            stage: topic.to_owned(),
            source,
        },
    }
}
