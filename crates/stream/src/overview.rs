//! The topics at a glance, and how far each consumer group is behind.

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use serde::Serialize;

use crate::{
    KafkaConfig, ReadFrom, ReadUntil, Reader, ReaderEvent, StreamError,
    client::{QuestionContext, client_config, question_client, question_failed},
    disk_usage::topic_bytes,
};

/// Longest wait for one record in a count.
const RECORD_TIMEOUT: Duration = Duration::from_secs(30);
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
    /// and compaction leaves gaps, so the records are at most as many; [`count_records`] counts.
    pub offsets: u64,
    /// Bytes of one copy on disk, where the broker says so.
    pub bytes: Option<u64>,
    /// Offsets behind the end, by consumer group (without prefix).
    pub lag: BTreeMap<String, u64>,
    /// Groups that keep their state in the topic: they own its partitions and are never behind.
    pub owned_by: Vec<String>,
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
    let brokers: Vec<(String, u16)> = metadata
        .brokers()
        .iter()
        .filter_map(|broker| Some((broker.host().to_owned(), broker.port().try_into().ok()?)))
        .collect();
    let bytes = topic_bytes(kafka, &brokers);
    let mut overviews = Vec::new();
    let mut ends = BTreeMap::new();
    for topic in metadata.topics() {
        let Some(name) = topic.name().strip_prefix(&kafka.topic_prefix) else {
            continue;
        };
        if name.starts_with("__") {
            continue;
        }
        let mut offsets = 0;
        for partition in topic.partitions() {
            let (low, end) = client
                .fetch_watermarks(topic.name(), partition.id(), QUESTION_TIMEOUT)
                .map_err(|error| question_failed(kafka, "say where a topic ends", &error))?;
            offsets += u64::try_from(end - low).unwrap_or(0);
            ends.insert((topic.name().to_owned(), partition.id()), (low, end));
        }
        overviews.push(TopicOverview {
            topic: name.to_owned(),
            partitions: topic.partitions().len(),
            offsets,
            bytes: bytes
                .as_ref()
                .map(|bytes| bytes.get(topic.name()).copied().unwrap_or(0)),
            lag: BTreeMap::new(),
            owned_by: Vec::new(),
        });
    }
    overviews.sort_by(|a, b| a.topic.cmp(&b.topic));
    for group in groups {
        for (topic, standing) in standings(kafka, group, &ends)? {
            let mut overviews = overviews.iter_mut();
            let overview = overviews.find(|o| kafka.prefixed(&o.topic) == topic);
            let Some(overview) = overview else {
                continue;
            };
            match standing {
                Standing::Behind(lag) => drop(overview.lag.insert((*group).to_owned(), lag)),
                Standing::Owner => overview.owned_by.push((*group).to_owned()),
            }
        }
    }
    Ok(overviews)
}

/// Counts the committed records of a topic (named without prefix) by reading all of it.
///
/// # Errors
/// Where Kafka cannot be reached or does not answer.
pub fn count_records(kafka: &KafkaConfig, topic: &str) -> Result<u64, StreamError> {
    let mut reader = Reader::open(kafka, topic, ReadFrom::Beginning, ReadUntil::End)?;
    let mut count = 0;
    loop {
        match reader.next(RECORD_TIMEOUT)? {
            ReaderEvent::Record(_) => count += 1,
            ReaderEvent::End => return Ok(count),
            ReaderEvent::Nothing => {
                return Err(StreamError::Unreachable {
                    address: kafka.bootstrap_servers.clone(),
                    reason: "no answer in time".to_owned(),
                });
            }
        }
    }
}

/// Where a group stands in a topic.
enum Standing {
    /// So many offsets behind the end.
    Behind(u64),
    /// It keeps its state there.
    Owner,
}

/// How the group stands in each topic that it has committed offsets of.
fn standings(
    kafka: &KafkaConfig,
    group: &str,
    ends: &BTreeMap<(String, i32), (i64, i64)>,
) -> Result<BTreeMap<String, Standing>, StreamError> {
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
    let mut standings = BTreeMap::new();
    for element in committed.elements() {
        let Offset::Offset(offset) = element.offset() else {
            continue;
        };
        if element.metadata() == OWNERSHIP {
            standings.insert(element.topic().to_owned(), Standing::Owner);
        } else {
            let of_topic = reads.entry(element.topic().to_owned()).or_default();
            of_topic.insert(element.partition(), offset);
        }
    }
    let mut lags: BTreeMap<String, u64> = BTreeMap::new();
    for ((topic, partition), (low, end)) in ends {
        if let Some(of_topic) = reads.get(topic) {
            let position = of_topic.get(partition).copied().unwrap_or(*low);
            // A transaction's marker takes one offset behind its last record.
            let behind = (end - position.max(*low)).max(0);
            let behind = if behind == 1 { 0 } else { behind };
            *lags.entry(topic.clone()).or_insert(0) += u64::try_from(behind).unwrap_or(0);
        }
    }
    standings.extend(
        lags.into_iter()
            .map(|(topic, lag)| (topic, Standing::Behind(lag))),
    );
    Ok(standings)
}
