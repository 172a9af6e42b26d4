//! How to reach Kafka, and how large a batch may grow.

use std::{collections::BTreeMap, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How to reach Kafka.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// How large a batch, and so a transaction, may grow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchLimits {
    /// Most records.
    pub records: usize,
    /// Most payload bytes.
    pub bytes: usize,
    /// Longest wait for a batch to fill.
    pub time: Duration,
}
