//! Why one attempt to run a stage ended, by what follows from it.

use rdkafka::error::KafkaError;

use crate::{
    SourceError, StreamError,
    client::{is_connection_error, plain_reason},
};

/// Why an attempt ended.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Kafka cannot be reached: wait until it can.
    Unreachable(String),
    /// The broker refuses a record of the batch: find out which input it comes from.
    Records {
        /// What the broker said.
        reason: String,
        /// The batch's inputs, by partition and offset.
        inputs: Vec<(i32, i64)>,
    },
    /// The source cannot go on: end.
    Source(SourceError),
    /// Starting anew cannot help: end.
    Fatal(StreamError),
    /// Anything else: start anew from the last commit.
    Other(String),
}

impl Failure {
    /// A failed call, with what was being done.
    pub(crate) fn of(what: &str, error: &KafkaError) -> Self {
        let reason = format!("{what}: {}", plain_reason(error));
        match error {
            KafkaError::ClientCreation(_) | KafkaError::ClientConfig(..) => {
                Self::Fatal(StreamError::Config(error.to_string()))
            }
            _ if is_connection_error(error) => Self::Unreachable(reason),
            _ => Self::Other(reason),
        }
    }

    /// A failed question to Kafka.
    pub(crate) fn of_question(error: StreamError) -> Self {
        match error {
            StreamError::Unreachable { reason, .. } => Self::Unreachable(reason),
            other => Self::Other(other.to_string()),
        }
    }
}
