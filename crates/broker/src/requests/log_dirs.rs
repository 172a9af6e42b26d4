//! What topics take on disk.

use kafka_protocol::messages::{
    DescribeLogDirsRequest, DescribeLogDirsResponse, TopicName,
    describe_log_dirs_response::{
        DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
    },
};

use super::text;
use crate::{node::Node, topic::Topic};

pub(crate) fn describe(node: &Node, request: DescribeLogDirsRequest) -> DescribeLogDirsResponse {
    let topics: Vec<DescribeLogDirsTopic> = match request.topics {
        None => node
            .topics()
            .iter()
            .map(|topic| describe_topic(topic, |_| true))
            .collect(),
        Some(asked) => asked
            .into_iter()
            .filter_map(|asked| {
                let topic = node.topic(&asked.topic)?;
                Some(describe_topic(&topic, |number| {
                    asked.partitions.contains(&number)
                }))
            })
            .collect(),
    };
    let folder = node.config.data.display().to_string();
    DescribeLogDirsResponse::default().with_results(vec![
        DescribeLogDirsResult::default()
            .with_log_dir(text(&folder))
            .with_topics(topics),
    ])
}

fn describe_topic(topic: &Topic, is_asked_for: impl Fn(i32) -> bool) -> DescribeLogDirsTopic {
    let partitions = (0..).zip(topic.partitions());
    let partitions = partitions.filter(|(number, _)| is_asked_for(*number));
    let partitions = partitions.map(|(number, partition)| {
        let bytes = i64::try_from(partition.log().bytes()).unwrap_or(i64::MAX);
        DescribeLogDirsPartition::default()
            .with_partition_index(number)
            .with_partition_size(bytes)
    });
    DescribeLogDirsTopic::default()
        .with_name(TopicName(text(&topic.name)))
        .with_partitions(partitions.collect())
}
