//! Which topics there are, and who serves them: always this node.

use kafka_protocol::{
    ResponseError,
    messages::{
        DescribeAclsRequest, DescribeAclsResponse, DescribeClusterRequest, DescribeClusterResponse,
        FindCoordinatorRequest, FindCoordinatorResponse, MetadataRequest, MetadataResponse,
        describe_cluster_response::DescribeClusterBroker,
        find_coordinator_response::Coordinator,
        metadata_response::{
            MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
        },
    },
    protocol::StrBytes,
};

use super::text;
use crate::{
    node::{NODE_ID, Node},
    server::reachable,
    topic::{Topic, is_topic_name},
};

pub(crate) fn answer(node: &Node, version: i16, request: MetadataRequest) -> MetadataResponse {
    let (host, port) = address(node);
    let broker = MetadataResponseBroker::default()
        .with_node_id(NODE_ID.into())
        .with_host(host)
        .with_port(port);
    // In version 0 an empty list asks for all.
    let named = request
        .topics
        .filter(|topics| version > 0 || !topics.is_empty());
    let topics = match named {
        None => node.topics().iter().map(|topic| described(topic)).collect(),
        Some(names) => {
            let names = names.into_iter().filter_map(|topic| topic.name);
            names.map(|name| named_topic(node, &name.0)).collect()
        }
    };
    MetadataResponse::default()
        .with_brokers(vec![broker])
        .with_cluster_id(Some(text(&node.cluster)))
        .with_controller_id(NODE_ID.into())
        .with_topics(topics)
}

pub(crate) fn describe_cluster(
    node: &Node,
    _request: &DescribeClusterRequest,
) -> DescribeClusterResponse {
    let (host, port) = address(node);
    let broker = DescribeClusterBroker::default()
        .with_broker_id(NODE_ID.into())
        .with_host(host)
        .with_port(port);
    DescribeClusterResponse::default()
        .with_cluster_id(text(&node.cluster))
        .with_controller_id(NODE_ID.into())
        .with_brokers(vec![broker])
}

/// There is no access control: the answer of an Apache Kafka without an authorizer.
pub(crate) fn describe_acls(_request: &DescribeAclsRequest) -> DescribeAclsResponse {
    DescribeAclsResponse::default()
        .with_error_code(ResponseError::SecurityDisabled.code())
        .with_error_message(Some(text("the embedded broker has no access control")))
}

pub(crate) fn find_coordinator(
    node: &Node,
    version: i16,
    request: FindCoordinatorRequest,
) -> FindCoordinatorResponse {
    let (host, port) = address(node);
    if version < 4 {
        return FindCoordinatorResponse::default()
            .with_node_id(NODE_ID.into())
            .with_host(host)
            .with_port(port);
    }
    let coordinators = request.coordinator_keys.into_iter().map(|key| {
        Coordinator::default()
            .with_key(key)
            .with_node_id(NODE_ID.into())
            .with_host(host.clone())
            .with_port(port)
    });
    FindCoordinatorResponse::default().with_coordinators(coordinators.collect())
}

fn address(node: &Node) -> (StrBytes, i32) {
    let address = reachable(node.address);
    (text(&address.ip().to_string()), i32::from(address.port()))
}

fn named_topic(node: &Node, name: &StrBytes) -> MetadataResponseTopic {
    if let Some(topic) = node.topic(name) {
        return described(&topic);
    }
    let error = if is_topic_name(name) {
        ResponseError::UnknownTopicOrPartition
    } else {
        ResponseError::InvalidTopicException
    };
    MetadataResponseTopic::default()
        .with_name(Some(name.clone().into()))
        .with_error_code(error.code())
}

fn described(topic: &Topic) -> MetadataResponseTopic {
    let partitions = (0..topic.partition_count()).map(|number| {
        MetadataResponsePartition::default()
            .with_partition_index(number)
            .with_leader_id(NODE_ID.into())
            .with_leader_epoch(0)
            .with_replica_nodes(vec![NODE_ID.into()])
            .with_isr_nodes(vec![NODE_ID.into()])
    });
    MetadataResponseTopic::default()
        .with_name(Some(text(&topic.name).into()))
        .with_partitions(partitions.collect())
}
