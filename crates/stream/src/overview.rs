//! The topics at a glance, and how far each consumer group is behind.

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use serde::Serialize;

use crate::{
    KafkaConfig, StreamError,
    client::{QuestionContext, client_config, question_client, question_failed},
};

const QUESTION_TIMEOUT: Duration = Duration::from_secs(5);

/// What a keyed stage writes beside its offsets: they show ownership, not how far it has read.
pub(crate) const OWNERSHIP: &str = "ownership";

/// A topic at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicOverview {
    /// Name, without prefix.
    pub topic: String,
    /// Partitions.
    pub partitions: usize,
    /// Offsets between the first and the last committed record. Transaction markers take one each
    /// and compaction leaves gaps, so the records are at most as many.
    pub records: u64,
    /// Bytes on disk, where the broker says so.
    pub bytes: Option<u64>,
    /// Offsets behind the end, by consumer group (without prefix).
    pub lag: BTreeMap<String, u64>,
}

/// Describes the topics with the configured prefix, and the lag of `groups` (named without it) on
/// those that they have read, sorted by name.
///
/// # Errors
/// Where Kafka cannot be reached or refuses.
pub fn topic_overview(
    kafka: &KafkaConfig,
    groups: &[&str],
) -> Result<Vec<TopicOverview>, StreamError> {
    let client = question_client(kafka)?;
    let metadata = client
        .client()
        .fetch_metadata(None, QUESTION_TIMEOUT)
        .map_err(|error| question_failed(kafka, "list its topics", &error))?;
    let mut overviews = Vec::new();
    let mut ends = BTreeMap::new();
    for topic in metadata.topics() {
        let Some(name) = topic.name().strip_prefix(&kafka.topic_prefix) else {
            continue;
        };
        if name.starts_with("__") {
            continue;
        }
        let mut records = 0;
        for partition in topic.partitions() {
            let (low, end) = client
                .fetch_watermarks(topic.name(), partition.id(), QUESTION_TIMEOUT)
                .map_err(|error| question_failed(kafka, "say where a topic ends", &error))?;
            records += u64::try_from(end - low).unwrap_or(0);
            ends.insert((topic.name().to_owned(), partition.id()), (low, end));
        }
        overviews.push(TopicOverview {
            topic: name.to_owned(),
            partitions: topic.partitions().len(),
            records,
            bytes: None,
            lag: BTreeMap::new(),
        });
    }
    overviews.sort_by(|a, b| a.topic.cmp(&b.topic));
    for group in groups {
        for (topic, lag) in group_lag(kafka, group, &ends)? {
            if let Some(overview) = overviews
                .iter_mut()
                .find(|o| kafka.prefixed(&o.topic) == topic)
            {
                overview.lag.insert((*group).to_owned(), lag);
            }
        }
    }
    Ok(overviews)
}

/// How far the group is behind in each topic that it has committed offsets of.
fn group_lag(
    kafka: &KafkaConfig,
    group: &str,
    ends: &BTreeMap<(String, i32), (i64, i64)>,
) -> Result<BTreeMap<String, u64>, StreamError> {
    // Asking for a group's offsets does not make one its member.
    let consumer: BaseConsumer<QuestionContext> = client_config(kafka)
        .set("group.id", kafka.prefixed(group))
        .set("enable.auto.commit", "false")
        .create_with_context(QuestionContext)
        .map_err(|error| StreamError::Config(error.to_string()))?;
    let mut list = TopicPartitionList::new();
    for (topic, partition) in ends.keys() {
        list.add_partition(topic, *partition);
    }
    let committed = consumer
        .committed_offsets(list, QUESTION_TIMEOUT)
        .map_err(|error| question_failed(kafka, "say how far a group is", &error))?;
    let mut reads: BTreeMap<String, BTreeMap<i32, i64>> = BTreeMap::new();
    for element in committed.elements() {
        if let Offset::Offset(offset) = element.offset()
            && element.metadata() != OWNERSHIP
        {
            let of_topic = reads.entry(element.topic().to_owned()).or_default();
            of_topic.insert(element.partition(), offset);
        }
    }
    let mut lags = BTreeMap::new();
    for ((topic, partition), (low, end)) in ends {
        if let Some(of_topic) = reads.get(topic) {
            let position = of_topic.get(partition).copied().unwrap_or(*low);
            // A transaction's marker takes one offset behind its last record.
            let behind = (end - position.max(*low)).max(0);
            let behind = if behind == 1 { 0 } else { behind };
            *lags.entry(topic.clone()).or_insert(0) += u64::try_from(behind).unwrap_or(0);
        }
    }
    Ok(lags)
}
