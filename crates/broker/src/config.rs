//! What the embedded broker can be told.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the embedded broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens. Port 0 takes a free one. It has no access control, so an address other
    /// than loopback opens it to everyone who can reach it.
    pub listen: SocketAddr,
    /// The folder that holds its log. One broker at a time can use it.
    pub data: PathBuf,
    /// When data is forced to the disk.
    pub fsync: Fsync,
    /// Largest request in bytes; a larger one closes the connection.
    pub max_request_bytes: usize,
    /// Most client connections at a time; further ones are closed at once.
    pub max_connections: usize,
    /// Most partitions of all topics together; each keeps a file open.
    pub max_partitions: usize,
    /// `max.message.bytes` of topics that do not set it.
    pub max_message_bytes: usize,
    /// `segment.bytes` of topics that do not set it: the unit in which old records are dropped.
    pub segment_bytes: u64,
    /// `retention.ms` of topics that do not set it.
    #[serde(with = "compact::required")]
    #[schemars(with = "String")]
    pub retention: Duration,
    /// How often checkpoints and compaction are looked at.
    #[serde(with = "compact::required")]
    #[schemars(with = "String")]
    pub upkeep_interval: Duration,
    /// How often retention is looked at; until then old records stay readable.
    #[serde(with = "compact::required")]
    #[schemars(with = "String")]
    pub retention_interval: Duration,
    /// Longest `transaction.timeout.ms` that a producer may ask for.
    #[serde(with = "compact::required")]
    #[schemars(with = "String")]
    pub max_transaction_timeout: Duration,
}

/// When data is forced to the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fsync {
    /// When the operating system sees fit. The death of the process loses nothing; a power cut may
    /// lose the last seconds.
    #[default]
    None,
    /// Before a commit, or a record outside a transaction, is acknowledged. A power cut loses
    /// nothing acknowledged, and each commit waits for the disk.
    Commit,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: PathBuf::from("data/broker"),
            fsync: Fsync::None,
            // As Kafka's socket.request.max.bytes and message.max.bytes.
            max_request_bytes: 100 * 1024 * 1024,
            max_connections: 500,
            // A process may have 1,024 files open on most systems without asking for more.
            max_partitions: 400,
            max_message_bytes: 1_048_588,
            segment_bytes: 64 * 1024 * 1024,
            retention: Duration::from_hours(7 * 24),
            upkeep_interval: Duration::from_secs(5),
            // As Kafka's log.retention.check.interval.ms.
            retention_interval: Duration::from_mins(5),
            max_transaction_timeout: Duration::from_mins(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_words_and_unknown_keys_are_refused() {
        let text = r#"{"retention": "30m", "fsync": "commit"}"#;
        let config: Config = serde_json::from_str(text).unwrap();
        assert_eq!(config.retention, Duration::from_mins(30));
        assert_eq!(config.fsync, Fsync::Commit);
        assert!(serde_json::from_str::<Config>(r#"{"retentoin": "1h"}"#).is_err());
    }
}
