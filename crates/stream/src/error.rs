//! What can go wrong between a stage and Kafka, by what the caller can do.

use thiserror::Error;

use crate::SourceError;

/// Why a stage ended, or a question to Kafka was not answered.
#[derive(Debug, Error)]
pub enum StreamError {
    /// Nothing answers there: start Kafka, or correct the address.
    #[error(
        "kafka not reachable at {address} ({reason}): start it, or correct kafka.bootstrap_servers"
    )]
    Unreachable {
        /// The configured `host:port` list.
        address: String,
        /// What the client saw.
        reason: String,
    },
    /// librdkafka refuses the configuration: correct `kafka.properties`.
    #[error("kafka configuration is not accepted: {0}")]
    Config(String),
    /// A topic is not there: create it, or correct `kafka.topic_prefix`.
    #[error("topic does not exist: {0}")]
    MissingTopic(String),
    /// The source of a keyed stage cannot go on.
    #[error("{stage}: {source}")]
    Source {
        /// The stage.
        stage: String,
        /// The source's own words.
        source: SourceError,
    },
    /// A stage failed again and again without a commit.
    #[error("{stage} failed {attempts} times in a row, last: {reason}")]
    GaveUp {
        /// The stage.
        stage: String,
        /// How often it was tried.
        attempts: u32,
        /// The last failure.
        reason: String,
    },
    /// Kafka answered, but refused.
    #[error("kafka refused to {what}: {reason}")]
    Refused {
        /// What was asked of it.
        what: String,
        /// Its answer.
        reason: String,
    },
}
