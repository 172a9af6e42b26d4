//! Clients of Kafka: their common properties, and what they say of the connection.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rdkafka::{
    ClientConfig, ClientContext,
    client::Client,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
    error::{KafkaError, RDKafkaErrorCode},
};
use tracing::debug;

use crate::{KafkaConfig, StreamError};

/// A connection to a broker must be up within this, so that a dead address is named in 5 s.
const CONNECT_TIMEOUT_MS: &str = "4000";

/// The properties that all clients share. Those the user sets go first: what the loop's promises
/// rest on is set after them by each client.
pub(crate) fn client_config(kafka: &KafkaConfig) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("client.id", "onrecord")
        .set("socket.connection.setup.timeout.ms", CONNECT_TIMEOUT_MS)
        .set("reconnect.backoff.ms", "50")
        // The default of 10 s would delay the recovery by as much.
        .set("reconnect.backoff.max.ms", "1000")
        // A dead member is noticed after the shortest time that brokers allow by default.
        .set("session.timeout.ms", "6000")
        .set("heartbeat.interval.ms", "1500")
        .set_log_level(RDKafkaLogLevel::Warning);
    for (key, value) in &kafka.properties {
        config.set(key, value);
    }
    config.set("bootstrap.servers", &kafka.bootstrap_servers);
    config
}

/// What every reader of a whole topic sets: how far it reads ahead.
pub(crate) fn with_reading_ahead(config: &mut ClientConfig) {
    config
        // What an answer brings is in memory at once; a record that is larger comes all the same.
        .set("fetch.message.max.bytes", "2000000")
        .set("fetch.max.bytes", "4000000")
        // Enough to fill a batch, without holding a whole backlog in memory.
        .set("queued.max.messages.kbytes", "16384")
        // A broker that has nothing answers after so long; one that comes to have something, at once.
        .set("fetch.wait.max.ms", "1000")
        // A reader that is that far ahead waits so long before it asks for more. With the default
        // of a second, what it has read is long used up by then.
        .set("fetch.queue.backoff.ms", "10");
}

/// What every writer of transactions sets.
pub(crate) fn with_writing(config: &mut ClientConfig, max_message_bytes: usize) {
    // Room for key, headers and the batch's frame around the largest record.
    let message_bytes = max_message_bytes
        .saturating_add(16_384)
        .clamp(1_000_000, 1_000_000_000);
    config
        // Java clients' choice, so that their records of a key meet ours in one partition.
        .set("partitioner", "murmur2_random")
        .set("message.max.bytes", message_bytes.to_string())
        // A batch is handed over at once: what waits longer is only the last few records.
        .set("linger.ms", "1")
        // Only refusals are looked at: thousands of good reports a batch are not made.
        .set("delivery.report.only.error", "true");
}

/// The wait in whole milliseconds, rounded up.
///
/// A consumer waits whole ones only: the fraction of one that is left it would spend asking again
/// and again.
pub(crate) fn whole_millis(wait: Duration) -> Duration {
    let millis = wait.as_micros().div_ceil(1_000);
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// A consumer that is no member of any group, for questions and for reading.
pub(crate) fn question_client(
    kafka: &KafkaConfig,
) -> Result<BaseConsumer<QuestionContext>, StreamError> {
    client_config(kafka)
        .set("isolation.level", "read_committed")
        .create_with_context(QuestionContext)
        .map_err(|error| StreamError::Config(error.to_string()))
}

/// The words for a failed question: unreachable, or refused.
pub(crate) fn question_failed(kafka: &KafkaConfig, what: &str, error: &KafkaError) -> StreamError {
    if is_connection_error(error) {
        return StreamError::Unreachable {
            address: kafka.bootstrap_servers.clone(),
            reason: plain_reason(error),
        };
    }
    StreamError::Refused {
        what: what.to_owned(),
        reason: plain_reason(error),
    }
}

/// Whether the error tells of the connection, not of the request.
pub(crate) fn is_connection_error(error: &KafkaError) -> bool {
    matches!(
        code_of(error),
        Some(
            RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::OperationTimedOut
                | RDKafkaErrorCode::RequestTimedOut
                | RDKafkaErrorCode::Resolve
                | RDKafkaErrorCode::NetworkException
                | RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::SaslAuthenticationFailed
                | RDKafkaErrorCode::SSL
        )
    )
}

/// librdkafka's code of an error; rdkafka itself names none for an admin operation's.
fn code_of(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    match error {
        KafkaError::AdminOp(code) => Some(*code),
        other => other.rdkafka_error_code(),
    }
}

/// The error in a few words, without rdkafka's type names.
pub(crate) fn plain_reason(error: &KafkaError) -> String {
    if let KafkaError::Transaction(error) = error {
        return error.string();
    }
    match code_of(error) {
        Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::BrokerTransportFailure) => {
            "no connection".to_owned()
        }
        Some(RDKafkaErrorCode::OperationTimedOut | RDKafkaErrorCode::RequestTimedOut) => {
            "no answer in time".to_owned()
        }
        Some(code) => code.to_string(),
        None => error.to_string(),
    }
}

/// Whether Kafka answers a plain question.
pub(crate) fn answers<C: ClientContext>(client: &Client<C>, wait: Duration) -> bool {
    // Metadata of one topic only: a cluster may have thousands. The topic need not exist.
    client
        .fetch_metadata(Some("__consumer_offsets"), wait)
        .is_ok()
}

/// Remembers the first sign that a broker cannot be reached; whoever takes it asks whether Kafka
/// answers all the same.
#[derive(Debug, Default)]
pub(crate) struct ConnectionWatch {
    lost: Mutex<Option<String>>,
}

impl ConnectionWatch {
    /// Notes an error that a client reports of its own accord.
    pub(crate) fn note(&self, error: &KafkaError, reason: &str) {
        debug!(%error, reason, "kafka client reports an error");
        if matches!(
            error.rdkafka_error_code(),
            Some(
                RDKafkaErrorCode::AllBrokersDown
                    | RDKafkaErrorCode::BrokerTransportFailure
                    | RDKafkaErrorCode::Authentication
            )
        ) {
            self.remember(reason);
        }
    }

    /// Notes that no broker is connected, which a client tells again and again.
    pub(crate) fn note_unconnected(&self) {
        self.remember("no connection");
    }

    fn remember(&self, reason: &str) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.get_or_insert_with(|| reason.to_owned());
    }

    /// The sign, once.
    pub(crate) fn take(&self) -> Option<String> {
        self.lost
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// librdkafka's own log lines, at a level where they help and do not alarm: what they tell of is
/// reported by us where it is handled.
pub(crate) fn log_line(facility: &str, line: &str) {
    debug!(facility, line, "librdkafka");
}

/// Context of clients that only ask questions.
pub(crate) struct QuestionContext;

impl ClientContext for QuestionContext {
    fn log(&self, _level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        debug!(%error, reason, "kafka client reports an error");
    }
}

impl ConsumerContext for QuestionContext {}

/// Partitions of a topic; `None` where it does not exist.
pub(crate) fn partition_count<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    wait: Duration,
) -> Result<Option<u32>, KafkaError> {
    let metadata = consumer.client().fetch_metadata(Some(topic), wait)?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return Ok(None);
    };
    let count = found.partitions().len();
    Ok((count > 0).then(|| u32::try_from(count).unwrap_or(u32::MAX)))
}

/// Partitions of a topic, by a client of its own.
pub(crate) fn partition_count_of(kafka: &KafkaConfig, topic: &str) -> Result<u32, StreamError> {
    let client = question_client(kafka)?;
    partition_count(&client, topic, Duration::from_secs(4))
        .map_err(|error| question_failed(kafka, "describe a topic", &error))?
        .ok_or_else(|| StreamError::MissingTopic(topic.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_to_milliseconds() {
        for (micros, millis) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (199_990, 200)] {
            let wait = Duration::from_micros(micros);
            assert_eq!(whole_millis(wait), Duration::from_millis(millis));
        }
    }
}
