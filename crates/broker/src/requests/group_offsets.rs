//! The offsets that groups commit.

use std::collections::BTreeMap;

use kafka_protocol::{
    ResponseError,
    messages::{
        OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
        OffsetFetchRequest, OffsetFetchResponse, TopicName, TxnOffsetCommitRequest,
        TxnOffsetCommitResponse,
        offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic},
        offset_delete_response::{OffsetDeleteResponsePartition, OffsetDeleteResponseTopic},
        offset_fetch_response::{OffsetFetchResponsePartition, OffsetFetchResponseTopic},
        txn_offset_commit_response::{
            TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
        },
    },
};

use super::{code, text, transactions::change};
use crate::{
    catalog::{Catalog, CommittedOffset, Event, PartitionOffset, TopicPartition},
    clock::now_ms,
    group::{Group, GroupState, Who},
    node::Node,
};

/// As Kafka's offset.metadata.max.bytes.
const MAX_METADATA_BYTES: usize = 4096;

pub(crate) fn commit(node: &Node, request: &OffsetCommitRequest) -> OffsetCommitResponse {
    let who = Who {
        member_id: &request.member_id,
        instance: request.group_instance_id.as_deref(),
    };
    let mut judged = Judged::default();
    let topics = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|asked| {
            let committed = CommittedOffset {
                offset: asked.committed_offset,
                leader_epoch: asked.committed_leader_epoch,
                metadata: asked.committed_metadata.as_deref().map(ToOwned::to_owned),
            };
            let index = asked.partition_index;
            (index, judged.take(node, &topic.name, index, committed))
        });
        (topic.name.clone(), partitions.collect())
    });
    let topics: Vec<(TopicName, Vec<(i32, Outcome)>)> = topics.collect();
    let generation = request.generation_id_or_member_epoch;
    let outcome = may_commit(node, &request.group_id, who, generation).and_then(|()| {
        node.record(vec![Event::OffsetsCommitted {
            group: request.group_id.to_string(),
            offsets: judged.kept,
        }])
    });
    let topics = topics.into_iter().map(|(name, partitions)| {
        let partitions = partitions.into_iter().map(|(index, judged)| {
            OffsetCommitResponsePartition::default()
                .with_partition_index(index)
                .with_error_code(code(&outcome.and(judged)))
        });
        OffsetCommitResponseTopic::default()
            .with_name(name)
            .with_partitions(partitions.collect())
    });
    OffsetCommitResponse::default().with_topics(topics.collect())
}

pub(crate) fn commit_in_transaction(
    node: &Node,
    request: &TxnOffsetCommitRequest,
) -> TxnOffsetCommitResponse {
    let who = Who {
        member_id: &request.member_id,
        instance: request.group_instance_id.as_deref(),
    };
    let mut judged = Judged::default();
    let topics = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|asked| {
            let committed = CommittedOffset {
                offset: asked.committed_offset,
                leader_epoch: asked.committed_leader_epoch,
                metadata: asked.committed_metadata.as_deref().map(ToOwned::to_owned),
            };
            let index = asked.partition_index;
            (index, judged.take(node, &topic.name, index, committed))
        });
        (topic.name.clone(), partitions.collect())
    });
    let topics: Vec<(TopicName, Vec<(i32, Outcome)>)> = topics.collect();
    let producer = (request.producer_id.0, request.producer_epoch);
    let is_anonymous = request.generation_id < 0 && request.member_id.is_empty();
    let allowed = if is_anonymous {
        // A producer that does not say which member it acts for is not checked.
        Ok(())
    } else {
        may_commit(node, &request.group_id, who, request.generation_id)
    };
    let outcome = allowed.and_then(|()| {
        change(node, &request.transactional_id, producer, |transaction| {
            transaction.add_offsets(&request.group_id, judged.kept, now_ms())?;
            Ok(true)
        })
    });
    let outcome = outcome.map_err(|error| match error {
        ResponseError::ProducerFenced => ResponseError::InvalidProducerEpoch,
        other => other,
    });
    let topics = topics.into_iter().map(|(name, partitions)| {
        let partitions = partitions.into_iter().map(|(index, judged)| {
            TxnOffsetCommitResponsePartition::default()
                .with_partition_index(index)
                .with_error_code(code(&outcome.and(judged)))
        });
        TxnOffsetCommitResponseTopic::default()
            .with_name(name)
            .with_partitions(partitions.collect())
    });
    TxnOffsetCommitResponse::default().with_topics(topics.collect())
}

type Outcome = Result<(), ResponseError>;

/// The offsets of a request that may be kept.
#[derive(Default)]
struct Judged {
    kept: Vec<PartitionOffset>,
}

impl Judged {
    /// Keeps the offset, or says why not.
    fn take(
        &mut self,
        node: &Node,
        topic: &str,
        partition: i32,
        committed: CommittedOffset,
    ) -> Outcome {
        node.partition(topic, partition)?;
        let metadata = committed.metadata.as_deref().unwrap_or_default();
        if metadata.len() > MAX_METADATA_BYTES {
            return Err(ResponseError::OffsetMetadataTooLarge);
        }
        let partition = TopicPartition::new(topic, partition);
        self.kept.push(PartitionOffset {
            partition,
            committed,
        });
        Ok(())
    }
}

fn may_commit(
    node: &Node,
    group: &str,
    who: Who<'_>,
    generation: i32,
) -> Result<(), ResponseError> {
    match node.groups.get(group) {
        Some(cell) => cell.lock().check_commit(who, generation),
        None => Group::default().check_commit(who, generation),
    }
}

pub(crate) fn fetch(node: &Node, version: i16, request: OffsetFetchRequest) -> OffsetFetchResponse {
    let group = request.group_id.as_str();
    let topics = node.with_catalog(|catalog| {
        // Null asks for all; so does an empty list in the oldest versions.
        let named = request
            .topics
            .filter(|topics| version >= 2 || !topics.is_empty());
        let named: Vec<(TopicName, Vec<i32>)> = match named {
            Some(topics) => topics
                .into_iter()
                .map(|topic| (topic.name, topic.partition_indexes))
                .collect(),
            None => all_committed(catalog, group),
        };
        let topics = named.into_iter().map(|(name, numbers)| {
            let partitions = numbers.into_iter().map(|number| {
                fetch_one(
                    catalog,
                    group,
                    &TopicPartition::new(&name, number),
                    request.require_stable,
                )
            });
            let partitions = partitions.collect();
            OffsetFetchResponseTopic::default()
                .with_name(name)
                .with_partitions(partitions)
        });
        topics.collect()
    });
    OffsetFetchResponse::default().with_topics(topics)
}

fn fetch_one(
    catalog: &Catalog,
    group: &str,
    partition: &TopicPartition,
    must_be_stable: bool,
) -> OffsetFetchResponsePartition {
    let found = OffsetFetchResponsePartition::default().with_partition_index(partition.partition);
    if must_be_stable && catalog.has_pending_offset(group, partition) {
        return found
            .with_committed_offset(-1)
            .with_error_code(ResponseError::UnstableOffsetCommit.code());
    }
    match catalog
        .offsets
        .get(group)
        .and_then(|offsets| offsets.get(partition))
    {
        Some(committed) => found
            .with_committed_offset(committed.offset)
            .with_committed_leader_epoch(committed.leader_epoch)
            .with_metadata(Some(text(
                committed.metadata.as_deref().unwrap_or_default(),
            ))),
        None => found
            .with_committed_offset(-1)
            .with_committed_leader_epoch(-1)
            .with_metadata(Some(text(""))),
    }
}

fn all_committed(catalog: &Catalog, group: &str) -> Vec<(TopicName, Vec<i32>)> {
    let mut by_topic: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for partition in catalog
        .offsets
        .get(group)
        .into_iter()
        .flat_map(|offsets| offsets.keys())
    {
        by_topic
            .entry(&partition.topic)
            .or_default()
            .push(partition.partition);
    }
    by_topic
        .into_iter()
        .map(|(topic, numbers)| (text(topic).into(), numbers))
        .collect()
}

pub(crate) fn delete(node: &Node, request: &OffsetDeleteRequest) -> OffsetDeleteResponse {
    let group = request.group_id.to_string();
    let is_empty = node
        .groups
        .get(&group)
        .is_none_or(|cell| cell.lock().state == GroupState::Empty);
    if !is_empty {
        return OffsetDeleteResponse::default()
            .with_error_code(ResponseError::NonEmptyGroup.code());
    }
    let partitions = request.topics.iter().flat_map(|topic| {
        let partitions = topic.partitions.iter();
        partitions.map(|asked| TopicPartition::new(&topic.name, asked.partition_index))
    });
    let outcome = node.record(vec![Event::OffsetsDeleted {
        group,
        partitions: partitions.collect(),
    }]);
    let topics = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|asked| {
            OffsetDeleteResponsePartition::default()
                .with_partition_index(asked.partition_index)
                .with_error_code(code(&outcome))
        });
        OffsetDeleteResponseTopic::default()
            .with_name(topic.name.clone())
            .with_partitions(partitions.collect())
    });
    OffsetDeleteResponse::default().with_topics(topics.collect())
}
