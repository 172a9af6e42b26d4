//! How to reach Kafka, how large a batch may grow, how often a stage may start anew.

use std::{collections::BTreeMap, thread, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How to reach Kafka.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KafkaConfig {
    /// `host:port`, comma separated.
    pub bootstrap_servers: String,
    /// Put before every topic and group name, for clusters shared with others.
    #[serde(default)]
    pub topic_prefix: String,
    /// Further librdkafka properties, such as `security.protocol` and `sasl.mechanism`.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

impl KafkaConfig {
    /// The cluster's name for a topic or group: with the configured prefix.
    pub fn prefixed(&self, name: &str) -> String {
        format!("{}{name}", self.topic_prefix)
    }
}

/// How a stage runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunnerConfig {
    /// How to reach Kafka.
    pub kafka: KafkaConfig,
    /// How large a transaction may grow.
    pub batch: BatchLimits,
    /// Threads that process one batch; 0 takes one per core.
    pub threads: usize,
    /// How a stage starts anew after a failure.
    pub restarts: RestartLimits,
    /// Largest record a stage may write, in bytes; its input is a dead letter otherwise. Should be
    /// the topics' `max_message_bytes`.
    pub max_message_bytes: usize,
    /// Whether the next batch is read and processed while one is committed. It is, but where
    /// `onrecord bench` measures what that brings.
    pub commits_overlap: bool,
}

impl Default for RunnerConfig {
    fn default() -> Self {
        Self {
            kafka: KafkaConfig::default(),
            batch: BatchLimits::default(),
            threads: 1,
            restarts: RestartLimits::default(),
            // An article of a million words with its extraction fits.
            max_message_bytes: 10_000_000,
            commits_overlap: true,
        }
    }
}

impl RunnerConfig {
    /// Threads to start: `threads`, or one per core where that is 0.
    pub(crate) fn worker_threads(&self) -> usize {
        if self.threads > 0 {
            return self.threads;
        }
        thread::available_parallelism().map_or(1, usize::from)
    }
}

/// How large a batch, and so a transaction, may grow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BatchLimits {
    /// Most records.
    pub records: usize,
    /// Most payload bytes.
    pub bytes: usize,
    /// Longest wait for a batch to fill, from its first record on.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub time: Duration,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self {
            // A thousand records of 5 KB are 5 MB: a few ten milliseconds of transaction.
            records: 1_000,
            bytes: 8_000_000,
            // Three stages in a row still publish a quote within half a second.
            time: Duration::from_millis(100),
        }
    }
}

/// How a stage starts anew after a failure. While Kafka cannot be reached it tries for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RestartLimits {
    /// Failures in a row, without one commit between them, before the stage gives up.
    pub attempts: u32,
    /// Wait after the first failure; doubles with each further one, with up to half of it jitter.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub first_wait: Duration,
    /// Longest wait.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub longest_wait: Duration,
}

impl Default for RestartLimits {
    fn default() -> Self {
        Self {
            // With the waits below: about a minute of trying.
            attempts: 12,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(10),
        }
    }
}
