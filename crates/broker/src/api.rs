//! Which requests are served, in which versions, and by whom.

use std::io;

use bytes::Bytes;
use kafka_protocol::{
    ResponseError,
    messages::{
        ApiKey, ApiVersionsRequest, ApiVersionsResponse, api_versions_response::ApiVersion,
    },
    protocol::{Decodable, Encodable},
};

use crate::{
    connection::{Caller, Connection},
    layouts,
    reply::Reply,
    requests::{
        configs, fetch, group_offsets, groups, list_offsets, log_dirs, metadata, produce, topics,
        transactions,
    },
};

/// The requests served, with the versions: what current librdkafka and Java clients need.
/// `Produce`, `Fetch` and `EndTxn` stop where fields would come that one node has no use for
/// (topic ids, epoch bumps by the broker).
pub(crate) const SERVED: [(ApiKey, i16, i16); 31] = [
    (ApiKey::Produce, 3, 8),
    (ApiKey::Fetch, 4, 11),
    (ApiKey::ListOffsets, 1, 7),
    (ApiKey::Metadata, 0, 9),
    (ApiKey::OffsetCommit, 2, 7),
    (ApiKey::OffsetFetch, 1, 7),
    (ApiKey::FindCoordinator, 0, 4),
    (ApiKey::JoinGroup, 0, 5),
    (ApiKey::Heartbeat, 0, 3),
    (ApiKey::LeaveGroup, 0, 3),
    (ApiKey::SyncGroup, 0, 3),
    (ApiKey::DescribeGroups, 0, 5),
    (ApiKey::ListGroups, 0, 4),
    (ApiKey::ApiVersions, 0, 3),
    (ApiKey::CreateTopics, 2, 5),
    (ApiKey::DeleteTopics, 1, 5),
    (ApiKey::DeleteRecords, 0, 2),
    (ApiKey::InitProducerId, 0, 4),
    (ApiKey::AddPartitionsToTxn, 0, 3),
    (ApiKey::AddOffsetsToTxn, 0, 3),
    (ApiKey::EndTxn, 0, 3),
    (ApiKey::TxnOffsetCommit, 0, 3),
    (ApiKey::DescribeConfigs, 1, 4),
    (ApiKey::AlterConfigs, 0, 2),
    (ApiKey::CreatePartitions, 0, 3),
    (ApiKey::DeleteGroups, 0, 2),
    (ApiKey::IncrementalAlterConfigs, 0, 1),
    (ApiKey::OffsetDelete, 0, 0),
    (ApiKey::DescribeCluster, 0, 0),
    (ApiKey::DescribeAcls, 1, 3),
    (ApiKey::DescribeLogDirs, 1, 4),
];

/// The kind of request with this number, where it is served.
pub(crate) fn served(number: i16) -> Option<ApiKey> {
    let found = SERVED.iter().find(|(key, _, _)| *key as i16 == number);
    found.map(|(key, _, _)| *key)
}

pub(crate) fn is_served_version(key: ApiKey, version: i16) -> bool {
    let found = SERVED.iter().find(|(served, _, _)| *served == key);
    found.is_some_and(|(_, min, max)| (*min..=*max).contains(&version))
}

/// The list in its oldest form, for a client that asked in a newer one than is known here.
pub(crate) fn versions_for_newer_client() -> io::Result<Reply> {
    let response = versions().with_error_code(ResponseError::UnsupportedVersion.code());
    Reply::of(&response, 0)
}

fn versions() -> ApiVersionsResponse {
    let keys = SERVED.iter().map(|(key, min, max)| {
        ApiVersion::default()
            .with_api_key(*key as i16)
            .with_min_version(*min)
            .with_max_version(*max)
    });
    ApiVersionsResponse::default().with_api_keys(keys.collect())
}

/// Answers a request; `None` where the client wants no answer.
pub(crate) fn answer(
    connection: &Connection,
    caller: &Caller,
    key: ApiKey,
    version: i16,
    body: Bytes,
) -> io::Result<Option<Reply>> {
    let node = &*connection.node;
    if let Some(layout) = layouts::of(key) {
        layout.check(version, &body)?;
    }
    let call = Call { version, body };
    match key {
        ApiKey::Produce => produce::answer(node, version, call.decode()?),
        ApiKey::Fetch => Ok(Some(fetch::answer(connection, version, &call.decode()?))),
        ApiKey::ListOffsets => call.by(|request| list_offsets::answer(node, version, request)),
        ApiKey::Metadata => call.by(|request| metadata::answer(node, version, request)),
        ApiKey::DescribeCluster => call.by(|request| metadata::describe_cluster(node, &request)),
        ApiKey::DescribeAcls => call.by(|request| metadata::describe_acls(&request)),
        ApiKey::FindCoordinator => {
            call.by(|request| metadata::find_coordinator(node, version, request))
        }
        ApiKey::ApiVersions => call.by(|_: ApiVersionsRequest| versions()),
        ApiKey::CreateTopics => call.by(|request| topics::create(node, request)),
        ApiKey::DeleteTopics => call.by(|request| topics::delete(node, request)),
        ApiKey::CreatePartitions => call.by(|request| topics::add_partitions(node, request)),
        ApiKey::DeleteRecords => call.by(|request| topics::delete_records(node, request)),
        ApiKey::DescribeLogDirs => call.by(|request| log_dirs::describe(node, request)),
        ApiKey::DescribeConfigs => call.by(|request| configs::describe(node, request)),
        ApiKey::AlterConfigs => call.by(|request| configs::replace(node, request)),
        ApiKey::IncrementalAlterConfigs => call.by(|request| configs::change(node, request)),
        ApiKey::JoinGroup => call.by(|request| groups::join(connection, caller, version, request)),
        ApiKey::SyncGroup => call.by(|request| groups::sync(node, request)),
        ApiKey::Heartbeat => call.by(|request| groups::heartbeat(node, &request)),
        ApiKey::LeaveGroup => call.by(|request| groups::leave(node, version, &request)),
        ApiKey::ListGroups => call.by(|request| groups::list(node, request)),
        ApiKey::DescribeGroups => call.by(|request| groups::describe(node, request)),
        ApiKey::DeleteGroups => call.by(|request| groups::delete(node, request)),
        ApiKey::OffsetCommit => call.by(|request| group_offsets::commit(node, &request)),
        ApiKey::OffsetFetch => call.by(|request| group_offsets::fetch(node, version, request)),
        ApiKey::OffsetDelete => call.by(|request| group_offsets::delete(node, &request)),
        ApiKey::TxnOffsetCommit => {
            call.by(|request| group_offsets::commit_in_transaction(node, &request))
        }
        ApiKey::InitProducerId => {
            call.by(|request| transactions::begin_life(node, version, &request))
        }
        ApiKey::AddPartitionsToTxn => {
            call.by(|request| transactions::add_partitions(node, version, request))
        }
        ApiKey::AddOffsetsToTxn => {
            call.by(|request| transactions::add_offsets(node, version, &request))
        }
        ApiKey::EndTxn => call.by(|request| transactions::end(node, version, &request)),
        _ => Err(io::Error::other("request is listed as served, and is not")),
    }
}

/// A request that is still bytes.
struct Call {
    version: i16,
    body: Bytes,
}

impl Call {
    fn decode<Q: Decodable>(mut self) -> io::Result<Q> {
        Q::decode(&mut self.body, self.version).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("request: {error:#}"))
        })
    }

    fn by<Q: Decodable, R: Encodable>(
        self,
        answer: impl FnOnce(Q) -> R,
    ) -> io::Result<Option<Reply>> {
        let version = self.version;
        Reply::of(&answer(self.decode()?), version).map(Some)
    }
}
