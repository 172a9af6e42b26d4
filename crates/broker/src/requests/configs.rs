//! Showing and changing configurations. Topics can be changed, the broker's own file cannot.

use std::collections::BTreeMap;

use kafka_protocol::{
    ResponseError,
    messages::{
        AlterConfigsRequest, AlterConfigsResponse, DescribeConfigsRequest, DescribeConfigsResponse,
        IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, alter_configs_response,
        describe_configs_request::DescribeConfigsResource,
        describe_configs_response::{DescribeConfigsResourceResult, DescribeConfigsResult},
        incremental_alter_configs_request::AlterableConfig,
        incremental_alter_configs_response,
    },
    protocol::StrBytes,
};

use super::text;
use crate::{
    Fsync,
    node::{NODE_ID, Node},
    topic_settings::{ValueKind, keys},
};

const TOPIC: i8 = 2;
const BROKER: i8 = 4;

/// Where a value comes from, by Kafka's numbers.
#[derive(Clone, Copy, Debug)]
enum Origin {
    Topic = 1,
    File = 4,
    Default = 5,
}

type Outcome = Result<(), (ResponseError, String)>;

pub(crate) fn describe(node: &Node, request: DescribeConfigsRequest) -> DescribeConfigsResponse {
    let results = request.resources.into_iter().map(|resource| {
        let result = DescribeConfigsResult::default()
            .with_resource_type(resource.resource_type)
            .with_resource_name(resource.resource_name.clone());
        match describe_one(node, &resource) {
            Ok(configs) => result.with_configs(configs),
            Err((error, reason)) => result
                .with_error_code(error.code())
                .with_error_message(Some(text(&reason))),
        }
    });
    DescribeConfigsResponse::default().with_results(results.collect())
}

fn describe_one(
    node: &Node,
    resource: &DescribeConfigsResource,
) -> Result<Vec<DescribeConfigsResourceResult>, (ResponseError, String)> {
    let name = resource.resource_name.as_str();
    let mut entries = match resource.resource_type {
        TOPIC => {
            let own = node
                .with_catalog(|catalog| catalog.topics.get(name).map(|topic| topic.config.clone()));
            let own = own.ok_or_else(|| {
                (
                    ResponseError::UnknownTopicOrPartition,
                    format!("there is no topic {name}"),
                )
            })?;
            topic_entries(node, &own)
        }
        BROKER if name.is_empty() || name == NODE_ID.to_string() => broker_entries(node),
        BROKER => {
            let reason = format!("there is one broker, {NODE_ID}, not {name}");
            return Err((ResponseError::InvalidRequest, reason));
        }
        kind => {
            let reason = format!("resources of kind {kind} have no configuration here");
            return Err((ResponseError::InvalidRequest, reason));
        }
    };
    if let Some(wanted) = &resource.configuration_keys {
        entries.retain(|entry| wanted.contains(&entry.name));
    }
    Ok(entries)
}

fn topic_entries(
    node: &Node,
    own: &BTreeMap<String, String>,
) -> Vec<DescribeConfigsResourceResult> {
    let entries = keys(&node.config)
        .into_iter()
        .map(|key| match own.get(key.name) {
            Some(value) => entry(key.name, value, key.kind, Origin::Topic),
            None => entry(key.name, &key.default, key.kind, Origin::Default),
        });
    entries.collect()
}

fn broker_entries(node: &Node) -> Vec<DescribeConfigsResourceResult> {
    let config = &node.config;
    let fsync = match config.fsync {
        Fsync::None => "none",
        Fsync::Commit => "commit",
    };
    let entry =
        |name, value: String, kind| entry(name, &value, kind, Origin::File).with_read_only(true);
    vec![
        entry("broker.id", NODE_ID.to_string(), ValueKind::Int),
        entry(
            "log.dirs",
            config.data.display().to_string(),
            ValueKind::Text,
        ),
        entry(
            "auto.create.topics.enable",
            "false".to_owned(),
            ValueKind::Boolean,
        ),
        entry("num.partitions", "1".to_owned(), ValueKind::Int),
        entry("default.replication.factor", "1".to_owned(), ValueKind::Int),
        entry(
            "message.max.bytes",
            config.max_message_bytes.to_string(),
            ValueKind::Int,
        ),
        entry(
            "socket.request.max.bytes",
            config.max_request_bytes.to_string(),
            ValueKind::Int,
        ),
        entry(
            "max.connections",
            config.max_connections.to_string(),
            ValueKind::Int,
        ),
        entry(
            "log.segment.bytes",
            config.segment_bytes.to_string(),
            ValueKind::Int,
        ),
        entry(
            "log.retention.ms",
            config.retention.as_millis().to_string(),
            ValueKind::Long,
        ),
        entry(
            "transaction.max.timeout.ms",
            config.max_transaction_timeout.as_millis().to_string(),
            ValueKind::Int,
        ),
        entry("onrecord.fsync", fsync.to_owned(), ValueKind::Text),
    ]
}

fn entry(
    name: &'static str,
    value: &str,
    kind: ValueKind,
    origin: Origin,
) -> DescribeConfigsResourceResult {
    DescribeConfigsResourceResult::default()
        .with_name(StrBytes::from_static_str(name))
        .with_value(Some(text(value)))
        .with_config_source(origin as i8)
        .with_config_type(kind as i8)
}

/// Replaces the whole configuration of topics.
pub(crate) fn replace(node: &Node, request: AlterConfigsRequest) -> AlterConfigsResponse {
    let responses = request.resources.into_iter().map(|resource| {
        let new: BTreeMap<String, String> = resource
            .configs
            .iter()
            .filter_map(|entry| Some((entry.name.to_string(), entry.value.as_ref()?.to_string())))
            .collect();
        let name = resource.resource_name;
        let outcome = check_kind(resource.resource_type).and_then(|()| {
            node.configure_topic(&name, request.validate_only, |own| {
                *own = new;
                Ok(())
            })
        });
        let (error, reason) = outcome_words(outcome);
        alter_configs_response::AlterConfigsResourceResponse::default()
            .with_resource_type(resource.resource_type)
            .with_resource_name(name)
            .with_error_code(error)
            .with_error_message(reason)
    });
    AlterConfigsResponse::default().with_responses(responses.collect())
}

/// Changes single values of topics.
pub(crate) fn change(
    node: &Node,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let responses = request.resources.into_iter().map(|resource| {
        let name = resource.resource_name;
        let outcome = check_kind(resource.resource_type).and_then(|()| {
            node.configure_topic(&name, request.validate_only, |own| {
                resource
                    .configs
                    .iter()
                    .try_for_each(|entry| change_one(node, own, entry))
            })
        });
        let (error, reason) = outcome_words(outcome);
        incremental_alter_configs_response::AlterConfigsResourceResponse::default()
            .with_resource_type(resource.resource_type)
            .with_resource_name(name)
            .with_error_code(error)
            .with_error_message(reason)
    });
    IncrementalAlterConfigsResponse::default().with_responses(responses.collect())
}

fn change_one(
    node: &Node,
    own: &mut BTreeMap<String, String>,
    entry: &AlterableConfig,
) -> Result<(), String> {
    let name = entry.name.as_str();
    let keys = keys(&node.config);
    let key = keys.iter().find(|key| key.name == name);
    let key = key.ok_or_else(|| format!("unknown topic config name: {name}"))?;
    let value = entry.value.as_deref().unwrap_or_default();
    let listed = || {
        let present = own.get(name).map_or(key.default.as_str(), String::as_str);
        present
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    let new = match (entry.config_operation, key.kind) {
        (0, _) => value.to_owned(),
        (1, _) => {
            own.remove(name);
            return Ok(());
        }
        (2, ValueKind::List) => {
            let mut parts = listed();
            parts.extend(value.split(',').map(|part| part.trim().to_owned()));
            parts.dedup();
            parts.join(",")
        }
        (3, ValueKind::List) => {
            let mut parts = listed();
            parts.retain(|part| !value.split(',').any(|gone| gone.trim() == part));
            parts.join(",")
        }
        (operation, _) => return Err(format!("operation {operation} does not fit {name}")),
    };
    own.insert(name.to_owned(), new);
    Ok(())
}

fn check_kind(kind: i8) -> Outcome {
    if kind == TOPIC {
        return Ok(());
    }
    let reason =
        "only topics can be changed while the broker runs: the rest is in its configuration";
    Err((ResponseError::InvalidRequest, reason.to_owned()))
}

fn outcome_words(outcome: Outcome) -> (i16, Option<StrBytes>) {
    match outcome {
        Ok(()) => (0, None),
        Err((error, reason)) => (error.code(), Some(text(&reason))),
    }
}
