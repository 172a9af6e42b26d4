//! Members of a group, and what passes between them and it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use kafka_protocol::ResponseError;

/// A member.
#[derive(Debug)]
pub(crate) struct Member {
    /// Set for a static member: it keeps its place over a restart.
    pub(crate) instance: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    pub(super) session_timeout: Duration,
    pub(super) rebalance_timeout: Duration,
    /// What it can do, best first, with its subscription in each.
    pub(crate) protocols: Vec<(String, Bytes)>,
    pub(crate) assignment: Bytes,
    /// Silent until then, it is out.
    pub(super) heard_until: Instant,
    /// It waits for the others to join.
    pub(super) is_joining: bool,
    pub(super) joined: Option<Joined>,
}

/// A wish to join.
#[derive(Clone, Debug)]
pub(crate) struct Join {
    pub(crate) member_id: String,
    pub(crate) instance: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    pub(crate) session_timeout: Duration,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) protocol_type: String,
    pub(crate) protocols: Vec<(String, Bytes)>,
    /// The client is to ask again with the id it is given, so that no id is lost on the way.
    pub(crate) must_know_id: bool,
}

/// What a member that has joined is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    pub(crate) generation: i32,
    pub(crate) protocol: String,
    pub(crate) leader: String,
    pub(crate) member_id: String,
    /// For the leader: id, instance and subscription of all.
    pub(crate) members: Vec<(String, Option<String>, Bytes)>,
}

/// What a wish comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step<T> {
    Now(T),
    /// To be asked for again when the group has changed.
    Later,
}

/// An answer in which the group names the member's id.
pub(crate) type JoinOutcome = Result<(String, Step<Joined>), (ResponseError, String)>;

/// Who asks: member id, and instance where it is static.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    pub(crate) member_id: &'a str,
    pub(crate) instance: Option<&'a str>,
}

impl Member {
    pub(super) fn new(join: Join, now: Instant) -> Self {
        Self {
            heard_until: now + join.session_timeout,
            instance: join.instance,
            client_id: join.client_id,
            client_host: join.client_host,
            session_timeout: join.session_timeout,
            rebalance_timeout: join.rebalance_timeout,
            protocols: join.protocols,
            assignment: Bytes::new(),
            is_joining: false,
            joined: None,
        }
    }

    pub(super) fn renew(&mut self, join: Join, now: Instant) {
        self.heard_until = now + join.session_timeout;
        self.session_timeout = join.session_timeout;
        self.rebalance_timeout = join.rebalance_timeout;
        self.protocols = join.protocols;
        self.client_id = join.client_id;
        self.client_host = join.client_host;
    }

    pub(super) fn speaks(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|(name, _)| name == protocol)
    }

    pub(crate) fn subscription(&self, protocol: &str) -> Bytes {
        let found = self.protocols.iter().find(|(name, _)| name == protocol);
        found
            .map(|(_, subscription)| subscription.clone())
            .unwrap_or_default()
    }
}
