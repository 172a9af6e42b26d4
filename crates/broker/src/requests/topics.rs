//! Making, growing and deleting topics, and deleting records.

use std::collections::BTreeMap;

use kafka_protocol::{
    ResponseError,
    messages::{
        CreatePartitionsRequest, CreatePartitionsResponse, CreateTopicsRequest,
        CreateTopicsResponse, DeleteRecordsRequest, DeleteRecordsResponse, DeleteTopicsRequest,
        DeleteTopicsResponse,
        create_partitions_response::CreatePartitionsTopicResult,
        create_topics_request::CreatableTopic,
        create_topics_response::CreatableTopicResult,
        delete_records_response::{DeleteRecordsPartitionResult, DeleteRecordsTopicResult},
        delete_topics_response::DeletableTopicResult,
    },
};

use super::{code, text};
use crate::{
    catalog::TopicEntry,
    node::{Node, storage_failed},
    topic::is_topic_name,
    topic_settings::TopicSettings,
};

type Outcome = Result<(), (ResponseError, String)>;

pub(crate) fn create(node: &Node, request: CreateTopicsRequest) -> CreateTopicsResponse {
    let topics = request.topics.into_iter().map(|topic| {
        let name = topic.name.clone();
        let partitions = topic.num_partitions.max(1);
        let outcome = create_one(node, &topic, request.validate_only);
        let result = CreatableTopicResult::default().with_name(name);
        match outcome {
            Ok(()) => result
                .with_num_partitions(partitions)
                .with_replication_factor(1)
                .with_configs(Some(Vec::new())),
            Err((error, reason)) => result
                .with_error_code(error.code())
                .with_error_message(Some(text(&reason))),
        }
    });
    CreateTopicsResponse::default().with_topics(topics.collect())
}

fn create_one(node: &Node, topic: &CreatableTopic, is_dry_run: bool) -> Outcome {
    let name = topic.name.as_str();
    if !is_topic_name(name) {
        let reason = format!("{name} is not a topic name: letters, digits, '.', '_' and '-' only");
        return Err((ResponseError::InvalidTopicException, reason));
    }
    let asked = if topic.assignments.is_empty() {
        topic.num_partitions
    } else {
        i32::try_from(topic.assignments.len()).unwrap_or(i32::MAX)
    };
    let partitions = match asked {
        -1 => 1,
        count if count >= 1 => count.unsigned_abs(),
        count => {
            let reason = format!("{count} partitions are too few");
            return Err((ResponseError::InvalidPartitions, reason));
        }
    };
    if ![-1, 1].contains(&topic.replication_factor) {
        let reason = format!(
            "replication factor {} on a single node",
            topic.replication_factor
        );
        return Err((ResponseError::InvalidReplicationFactor, reason));
    }
    let config: BTreeMap<String, String> = topic
        .configs
        .iter()
        .filter_map(|entry| Some((entry.name.to_string(), entry.value.as_ref()?.to_string())))
        .collect();
    if is_dry_run {
        if node.topic(name).is_some() {
            return Err((
                ResponseError::TopicAlreadyExists,
                format!("topic {name} already exists"),
            ));
        }
        let parsed = TopicSettings::parse(&node.config, &config);
        return parsed
            .map(|_| ())
            .map_err(|reason| (ResponseError::InvalidConfig, reason));
    }
    node.create_topic(name, TopicEntry { partitions, config })
}

pub(crate) fn delete(node: &Node, request: DeleteTopicsRequest) -> DeleteTopicsResponse {
    let responses = request.topic_names.into_iter().map(|name| {
        let outcome = node.delete_topic(&name);
        DeletableTopicResult::default()
            .with_name(Some(name))
            .with_error_code(code(&outcome))
    });
    DeleteTopicsResponse::default().with_responses(responses.collect())
}

pub(crate) fn add_partitions(
    node: &Node,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let results = request.topics.into_iter().map(|topic| {
        let result = CreatePartitionsTopicResult::default().with_name(topic.name.clone());
        let outcome = match u32::try_from(topic.count) {
            Ok(_) if request.validate_only => Ok(()),
            Ok(count) => node.add_partitions(&topic.name, count),
            Err(_) => Err((
                ResponseError::InvalidPartitions,
                "a negative count".to_owned(),
            )),
        };
        match outcome {
            Ok(()) => result,
            Err((error, reason)) => result
                .with_error_code(error.code())
                .with_error_message(Some(text(&reason))),
        }
    });
    CreatePartitionsResponse::default().with_results(results.collect())
}

pub(crate) fn delete_records(node: &Node, request: DeleteRecordsRequest) -> DeleteRecordsResponse {
    let topics = request.topics.into_iter().map(|topic| {
        let partitions = topic.partitions.into_iter().map(|partition| {
            let outcome = delete_before(
                node,
                &topic.name,
                partition.partition_index,
                partition.offset,
            );
            DeleteRecordsPartitionResult::default()
                .with_partition_index(partition.partition_index)
                .with_error_code(code(&outcome))
                .with_low_watermark(outcome.unwrap_or(-1))
        });
        let partitions = partitions.collect();
        DeleteRecordsTopicResult::default()
            .with_name(topic.name)
            .with_partitions(partitions)
    });
    DeleteRecordsResponse::default().with_topics(topics.collect())
}

fn delete_before(node: &Node, topic: &str, number: i32, offset: i64) -> Result<i64, ResponseError> {
    let partition = node.partition(topic, number)?;
    let mut log = partition.log();
    // -1 asks for everything.
    let offset = if offset == -1 {
        log.end_offset()
    } else {
        offset
    };
    if offset < 0 || offset > log.end_offset() {
        return Err(ResponseError::OffsetOutOfRange);
    }
    log.delete_before(offset)
        .map_err(|error| storage_failed(&error, topic))?;
    Ok(log.start_offset())
}
