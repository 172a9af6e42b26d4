//! The requests of group members, and of those who look at groups.

use std::time::{Duration, Instant};

use bytes::Bytes;
use kafka_protocol::{
    ResponseError,
    messages::{
        DeleteGroupsRequest, DeleteGroupsResponse, DescribeGroupsRequest, DescribeGroupsResponse,
        HeartbeatRequest, HeartbeatResponse, JoinGroupRequest, JoinGroupResponse,
        LeaveGroupRequest, LeaveGroupResponse, ListGroupsRequest, ListGroupsResponse,
        SyncGroupRequest, SyncGroupResponse,
        delete_groups_response::DeletableGroupResult,
        describe_groups_response::{DescribedGroup, DescribedGroupMember},
        join_group_response::JoinGroupResponseMember,
        leave_group_response::MemberResponse,
        list_groups_response::ListedGroup,
    },
    protocol::StrBytes,
};

use super::{code, text};
use crate::{
    catalog::Event,
    connection::{Caller, Connection},
    group::{Group, GroupState, Join, Joined, Step, Who},
    node::Node,
};

/// As Kafka's group.max.session.timeout.ms.
const LONGEST_SESSION: Duration = Duration::from_mins(30);

pub(crate) fn join(
    connection: &Connection,
    caller: &Caller,
    version: i16,
    request: JoinGroupRequest,
) -> JoinGroupResponse {
    let instance = request.group_instance_id.as_ref().map(ToString::to_string);
    match join_and_wait(connection, caller, version, request) {
        Ok(joined) => {
            let members = joined
                .members
                .into_iter()
                .map(|(id, instance, subscription)| {
                    JoinGroupResponseMember::default()
                        .with_member_id(text(&id))
                        .with_group_instance_id(instance.as_deref().map(text))
                        .with_metadata(subscription)
                });
            JoinGroupResponse::default()
                .with_generation_id(joined.generation)
                .with_protocol_name(Some(text(&joined.protocol)))
                .with_leader(text(&joined.leader))
                .with_member_id(text(&joined.member_id))
                .with_members(members.collect())
        }
        Err((error, member_id)) => {
            tracing::debug!(
                ?error,
                member_id,
                ?instance,
                "member not taken into its group"
            );
            JoinGroupResponse::default()
                .with_error_code(error.code())
                .with_generation_id(-1)
                .with_protocol_name(Some(StrBytes::default()))
                .with_member_id(text(&member_id))
        }
    }
}

fn join_and_wait(
    connection: &Connection,
    caller: &Caller,
    version: i16,
    request: JoinGroupRequest,
) -> Result<Joined, (ResponseError, String)> {
    let node = &*connection.node;
    let member_id = request.member_id.to_string();
    let session_timeout = milliseconds(request.session_timeout_ms);
    if request.group_id.is_empty() {
        return Err((ResponseError::InvalidGroupId, member_id));
    }
    if session_timeout.is_zero() || session_timeout > LONGEST_SESSION {
        return Err((ResponseError::InvalidSessionTimeout, member_id));
    }
    let rebalance_timeout = match request.rebalance_timeout_ms {
        ms if ms > 0 => milliseconds(ms),
        _ => session_timeout,
    };
    let protocols = request.protocols.into_iter();
    let join = Join {
        member_id,
        instance: request.group_instance_id.map(|id| id.to_string()),
        client_id: caller.client_id.clone(),
        client_host: format!("/{}", connection.peer.ip()),
        session_timeout,
        rebalance_timeout,
        protocol_type: request.protocol_type.to_string(),
        protocols: protocols
            .map(|protocol| (protocol.name.to_string(), protocol.metadata))
            .collect(),
        must_know_id: version >= 4,
    };
    let cell = node.groups.get_or_make(&request.group_id);
    let mut group = cell.lock();
    let now = Instant::now();
    let new_id = node.groups.new_member_id(&caller.client_id);
    let outcome = group.join(join, new_id, now);
    cell.changed();
    set_alarm(node, &group);
    let (id, step) = outcome?;
    match step {
        Step::Now(joined) => Ok(joined),
        Step::Later => {
            let joined =
                cell.wait_for(&mut group, || node.is_stopping(), |group| group.joined(&id));
            set_alarm(node, &group);
            joined.map_err(|error| (error, id))
        }
    }
}

pub(crate) fn sync(node: &Node, request: SyncGroupRequest) -> SyncGroupResponse {
    let outcome = sync_and_wait(node, request);
    SyncGroupResponse::default()
        .with_error_code(code(&outcome))
        .with_assignment(outcome.unwrap_or_default())
}

fn sync_and_wait(node: &Node, request: SyncGroupRequest) -> Result<Bytes, ResponseError> {
    let cell = node.groups.get(&request.group_id);
    let cell = cell.ok_or(ResponseError::UnknownMemberId)?;
    let who = Who {
        member_id: &request.member_id,
        instance: request.group_instance_id.as_deref(),
    };
    let shares = request.assignments.into_iter();
    let mut shares = shares
        .map(|share| (share.member_id.to_string(), share.assignment))
        .collect::<Vec<_>>();
    let mut group = cell.lock();
    let share = cell.wait_for(
        &mut group,
        || node.is_stopping(),
        |group| {
            let shares = std::mem::take(&mut shares);
            group.sync(who, request.generation_id, shares, Instant::now())
        },
    );
    cell.changed();
    set_alarm(node, &group);
    share
}

pub(crate) fn heartbeat(node: &Node, request: &HeartbeatRequest) -> HeartbeatResponse {
    let outcome = match node.groups.get(&request.group_id) {
        None => Err(ResponseError::UnknownMemberId),
        Some(cell) => {
            let who = Who {
                member_id: &request.member_id,
                instance: request.group_instance_id.as_deref(),
            };
            cell.lock()
                .heartbeat(who, request.generation_id, Instant::now())
        }
    };
    HeartbeatResponse::default().with_error_code(code(&outcome))
}

pub(crate) fn leave(node: &Node, version: i16, request: &LeaveGroupRequest) -> LeaveGroupResponse {
    let leave_one = |member_id: &StrBytes, instance: Option<&StrBytes>| {
        let cell = node.groups.get(&request.group_id);
        let cell = cell.ok_or(ResponseError::UnknownMemberId)?;
        let who = Who {
            member_id,
            instance: instance.map(StrBytes::as_str),
        };
        let mut group = cell.lock();
        let outcome = group.leave(who, Instant::now());
        cell.changed();
        set_alarm(node, &group);
        outcome
    };
    if version < 3 {
        let outcome = leave_one(&request.member_id, None);
        return LeaveGroupResponse::default().with_error_code(code(&outcome));
    }
    let members = request.members.iter().map(|member| {
        let outcome = leave_one(&member.member_id, member.group_instance_id.as_ref());
        MemberResponse::default()
            .with_member_id(member.member_id.clone())
            .with_group_instance_id(member.group_instance_id.clone())
            .with_error_code(code(&outcome))
    });
    LeaveGroupResponse::default().with_members(members.collect())
}

pub(crate) fn list(node: &Node, request: ListGroupsRequest) -> ListGroupsResponse {
    let mut groups: Vec<ListedGroup> = Vec::new();
    for (name, cell) in node.groups.all() {
        let group = cell.lock();
        groups.push(listed(&name, &group.protocol_type, group.state));
    }
    // Groups known by their offsets only.
    let committed =
        node.with_catalog(|catalog| catalog.offsets.keys().cloned().collect::<Vec<_>>());
    for name in committed {
        if node.groups.get(&name).is_none() {
            groups.push(listed(&name, "consumer", GroupState::Empty));
        }
    }
    let wanted = request.states_filter;
    groups.retain(|group| {
        wanted.is_empty()
            || wanted
                .iter()
                .any(|state| state.eq_ignore_ascii_case(&group.group_state))
    });
    groups.sort_by(|a, b| a.group_id.cmp(&b.group_id));
    ListGroupsResponse::default().with_groups(groups)
}

fn listed(name: &str, protocol_type: &str, state: GroupState) -> ListedGroup {
    ListedGroup::default()
        .with_group_id(text(name).into())
        .with_protocol_type(text(protocol_type))
        .with_group_state(text(state_name(state)))
}

pub(crate) fn describe(node: &Node, request: DescribeGroupsRequest) -> DescribeGroupsResponse {
    let groups = request.groups.into_iter().map(|name| {
        let described = DescribedGroup::default().with_authorized_operations(i32::MIN);
        let described = match node.groups.get(&name) {
            Some(cell) => describe_one(described, &cell.lock()),
            None if node.with_catalog(|catalog| catalog.offsets.contains_key(name.as_str())) => {
                described
                    .with_group_state(text(state_name(GroupState::Empty)))
                    .with_protocol_type(text("consumer"))
            }
            None => described.with_group_state(text("Dead")),
        };
        described.with_group_id(name)
    });
    DescribeGroupsResponse::default().with_groups(groups.collect())
}

fn describe_one(described: DescribedGroup, group: &Group) -> DescribedGroup {
    let protocol = group.protocol.clone().unwrap_or_default();
    let members = group.members.iter().map(|(id, member)| {
        DescribedGroupMember::default()
            .with_member_id(text(id))
            .with_group_instance_id(member.instance.as_deref().map(text))
            .with_client_id(text(&member.client_id))
            .with_client_host(text(&member.client_host))
            .with_member_metadata(member.subscription(&protocol))
            .with_member_assignment(member.assignment.clone())
    });
    described
        .with_group_state(text(state_name(group.state)))
        .with_protocol_type(text(&group.protocol_type))
        .with_protocol_data(text(&protocol))
        .with_members(members.collect())
}

pub(crate) fn delete(node: &Node, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
    let results = request.groups_names.into_iter().map(|name| {
        let outcome = delete_one(node, &name);
        DeletableGroupResult::default()
            .with_group_id(name)
            .with_error_code(code(&outcome))
    });
    DeleteGroupsResponse::default().with_results(results.collect())
}

fn delete_one(node: &Node, name: &str) -> Result<(), ResponseError> {
    let has_offsets = node.with_catalog(|catalog| catalog.offsets.contains_key(name));
    if !has_offsets && node.groups.get(name).is_none() {
        return Err(ResponseError::GroupIdNotFound);
    }
    node.groups.remove(name)?;
    node.record(vec![Event::GroupDeleted {
        group: name.to_owned(),
    }])
}

/// Lets the upkeep thread look when the group's next time-out is due.
fn set_alarm(node: &Node, group: &Group) {
    if let Some(deadline) = group.next_deadline() {
        node.alarm.set(deadline);
    }
}

fn milliseconds(ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// The state in Kafka's words.
fn state_name(state: GroupState) -> &'static str {
    match state {
        GroupState::Empty => "Empty",
        GroupState::Joining => "PreparingRebalance",
        GroupState::Sharing => "CompletingRebalance",
        GroupState::Stable => "Stable",
    }
}
