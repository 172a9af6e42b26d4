//! Whether Kafka is there.

use std::time::Duration;

use rdkafka::consumer::Consumer;
use serde::Serialize;

use crate::{
    KafkaConfig, StreamError,
    client::{question_client, question_failed},
};

/// Kafka as it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokerInfo {
    /// The broker that answered.
    pub answered_by: String,
    /// All brokers, `host:port`, sorted.
    pub brokers: Vec<String>,
    /// Names of the topics with the configured prefix, without it, sorted.
    pub topics: Vec<String>,
}

/// Asks Kafka who it is, for at most `timeout`.
///
/// # Errors
/// [`StreamError::Unreachable`] where nothing answers in time.
pub fn check_broker(kafka: &KafkaConfig, timeout: Duration) -> Result<BrokerInfo, StreamError> {
    let client = question_client(kafka)?;
    let metadata = client
        .client()
        .fetch_metadata(None, timeout)
        .map_err(|error| question_failed(kafka, "say what it holds", &error))?;
    let mut brokers: Vec<String> = metadata
        .brokers()
        .iter()
        .map(|broker| format!("{}:{}", broker.host(), broker.port()))
        .collect();
    brokers.sort();
    let mut topics: Vec<String> = metadata
        .topics()
        .iter()
        .filter_map(|topic| topic.name().strip_prefix(&kafka.topic_prefix))
        .filter(|name| !name.starts_with("__"))
        .map(str::to_owned)
        .collect();
    topics.sort();
    Ok(BrokerInfo {
        answered_by: metadata.orig_broker_name().to_owned(),
        brokers,
        topics,
    })
}
