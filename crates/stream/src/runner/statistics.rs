//! What librdkafka tells of a consumer every few seconds.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The part of librdkafka's statistics that tells where partitions end, and of connections.
#[derive(Deserialize)]
pub(crate) struct Statistics {
    #[serde(default)]
    brokers: BTreeMap<String, BrokerStatistics>,
    #[serde(default)]
    topics: BTreeMap<String, TopicStatistics>,
}

#[derive(Deserialize)]
struct BrokerStatistics {
    state: String,
}

#[derive(Deserialize)]
struct TopicStatistics {
    #[serde(default)]
    partitions: BTreeMap<i32, PartitionStatistics>,
}

#[derive(Deserialize)]
struct PartitionStatistics {
    ls_offset: i64,
}

impl Statistics {
    /// Reads the JSON that librdkafka writes.
    pub(crate) fn read(json: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }

    /// Whether at least one broker is connected.
    pub(crate) fn is_connected(&self) -> bool {
        // REAUTH: connected, and its credentials are being renewed.
        let mut states = self.brokers.values().map(|broker| broker.state.as_str());
        states.any(|state| matches!(state, "UP" | "REAUTH"))
    }

    /// Where committed records end in each partition that the consumer owns, as far as known.
    pub(crate) fn ends(self) -> BTreeMap<i32, i64> {
        let topics = self.topics.into_values();
        topics
            .flat_map(|topic| topic.partitions)
            .filter(|(id, partition)| *id >= 0 && partition.ls_offset >= 0)
            .map(|(id, partition)| (id, partition.ls_offset))
            .collect()
    }
}
