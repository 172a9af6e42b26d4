//! A consumer group: Kafka's classic protocol as a state machine, without I/O or clock.
//!
//! Members join; when all known members have, one of them (the leader) is told of all and sends
//! back what each shall read; each then learns its share. A new or leaving member starts over.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use kafka_protocol::ResponseError;

/// Where the group stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GroupState {
    #[default]
    Empty,
    /// Waiting for the members to join again.
    Joining,
    /// Waiting for the leader to share out.
    Sharing,
    Stable,
}

/// A group and its members.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) state: GroupState,
    pub(crate) generation: i32,
    pub(crate) protocol_type: String,
    pub(crate) protocol: Option<String>,
    leader: Option<String>,
    pub(crate) members: BTreeMap<String, Member>,
    /// Ids handed out to clients that are to ask again with them, and until when.
    invited: BTreeMap<String, Instant>,
    /// Who has not joined again by then is out.
    joining_until: Option<Instant>,
}

/// A member.
#[derive(Debug)]
pub(crate) struct Member {
    /// Set for a static member: it keeps its place over a restart.
    pub(crate) instance: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    session_timeout: Duration,
    rebalance_timeout: Duration,
    /// What it can do, best first, with its subscription in each.
    pub(crate) protocols: Vec<(String, Bytes)>,
    pub(crate) assignment: Bytes,
    /// Silent until then, it is out.
    heard_until: Instant,
    /// It waits for the others to join.
    is_joining: bool,
    joined: Option<Joined>,
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

impl Group {
    /// A member joins, for the first time or again. `new_id` names newcomers.
    pub(crate) fn join(&mut self, join: Join, new_id: String, now: Instant) -> JoinOutcome {
        let refused = |error, id: &str| Err((error, id.to_owned()));
        if join.protocols.is_empty() || !self.understands(&join) {
            return refused(ResponseError::InconsistentGroupProtocol, &join.member_id);
        }
        let present = join
            .instance
            .as_deref()
            .and_then(|instance| self.member_of_instance(instance));
        if join.member_id.is_empty() {
            if let Some(old_id) = present {
                return Ok(self.replace_static(&old_id, join, new_id, now));
            }
            if join.must_know_id && join.instance.is_none() {
                self.invited
                    .insert(new_id.clone(), now + join.session_timeout);
                return refused(ResponseError::MemberIdRequired, &new_id);
            }
            return Ok(self.take_in(new_id, join, now));
        }
        let id = join.member_id.clone();
        if let Some(present) = present
            && present != id
        {
            return refused(ResponseError::FencedInstanceId, &id);
        }
        if self.members.contains_key(&id) {
            return Ok(self.join_again(id, join, now));
        }
        if self.invited.remove(&id).is_some() {
            return Ok(self.take_in(id, join, now));
        }
        refused(ResponseError::UnknownMemberId, &id)
    }

    /// The answer for a member that was told to wait.
    pub(crate) fn joined(&mut self, member_id: &str) -> Result<Step<Joined>, ResponseError> {
        let member = self.members.get_mut(member_id);
        let member = member.ok_or(ResponseError::UnknownMemberId)?;
        Ok(member.joined.take().map_or(Step::Later, Step::Now))
    }

    /// The leader brings the shares, the others ask for theirs.
    pub(crate) fn sync(
        &mut self,
        who: Who<'_>,
        generation: i32,
        shares: Vec<(String, Bytes)>,
        now: Instant,
    ) -> Result<Step<Bytes>, ResponseError> {
        self.check(who, generation)?;
        self.hear(who.member_id, now);
        match self.state {
            GroupState::Empty => Err(ResponseError::UnknownMemberId),
            GroupState::Joining => Err(ResponseError::RebalanceInProgress),
            GroupState::Sharing => {
                if self.leader.as_deref() != Some(who.member_id) {
                    return Ok(Step::Later);
                }
                for member in self.members.values_mut() {
                    member.assignment = Bytes::new();
                }
                for (id, share) in shares {
                    if let Some(member) = self.members.get_mut(&id) {
                        member.assignment = share;
                    }
                }
                self.state = GroupState::Stable;
                Ok(Step::Now(self.share_of(who.member_id)))
            }
            GroupState::Stable => Ok(Step::Now(self.share_of(who.member_id))),
        }
    }

    /// A sign of life.
    pub(crate) fn heartbeat(
        &mut self,
        who: Who<'_>,
        generation: i32,
        now: Instant,
    ) -> Result<(), ResponseError> {
        self.check(who, generation)?;
        self.hear(who.member_id, now);
        match self.state {
            GroupState::Joining => Err(ResponseError::RebalanceInProgress),
            GroupState::Empty | GroupState::Sharing | GroupState::Stable => Ok(()),
        }
    }

    /// A member leaves, by id or as a static one by instance.
    pub(crate) fn leave(&mut self, who: Who<'_>, now: Instant) -> Result<(), ResponseError> {
        let id = match who
            .instance
            .and_then(|instance| self.member_of_instance(instance))
        {
            Some(id) if who.member_id.is_empty() || who.member_id == id => id,
            Some(_) => return Err(ResponseError::FencedInstanceId),
            None if who.instance.is_some() => return Err(ResponseError::UnknownMemberId),
            None => who.member_id.to_owned(),
        };
        if self.invited.remove(&id).is_some() {
            return Ok(());
        }
        if !self.members.contains_key(&id) {
            return Err(ResponseError::UnknownMemberId);
        }
        self.remove(&id, now);
        Ok(())
    }

    /// Whether someone may commit offsets. A generation below zero is a client that is no member,
    /// which may while there are none.
    pub(crate) fn check_commit(&self, who: Who<'_>, generation: i32) -> Result<(), ResponseError> {
        if generation < 0 && who.member_id.is_empty() {
            return if self.members.is_empty() {
                Ok(())
            } else {
                Err(ResponseError::UnknownMemberId)
            };
        }
        if self.members.is_empty() {
            return Err(ResponseError::IllegalGeneration);
        }
        self.check(who, generation)?;
        match self.state {
            GroupState::Sharing => Err(ResponseError::RebalanceInProgress),
            GroupState::Empty | GroupState::Joining | GroupState::Stable => Ok(()),
        }
    }

    /// Puts out who has been silent too long.
    pub(crate) fn expire(&mut self, now: Instant) {
        self.invited.retain(|_, until| *until > now);
        let silent: Vec<String> = self
            .members
            .iter()
            .filter(|(_, member)| !member.is_joining && member.heard_until <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in silent {
            self.remove(&id, now);
        }
        if self.state == GroupState::Joining && self.joining_until.is_some_and(|until| until <= now)
        {
            // Static members keep their place until their session ends.
            self.members
                .retain(|_, member| member.is_joining || member.instance.is_some());
            self.complete_joining(now);
        }
    }

    /// When [`expire`](Self::expire) may next have something to do.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let members = self.members.values().filter(|member| !member.is_joining);
        let joining = self
            .joining_until
            .filter(|_| self.state == GroupState::Joining);
        members
            .map(|member| member.heard_until)
            .chain(self.invited.values().copied())
            .chain(joining)
            .min()
    }

    fn check(&self, who: Who<'_>, generation: i32) -> Result<(), ResponseError> {
        let present = who
            .instance
            .and_then(|instance| self.member_of_instance(instance));
        if present.is_some_and(|present| present != who.member_id) {
            return Err(ResponseError::FencedInstanceId);
        }
        if !self.members.contains_key(who.member_id) {
            return Err(ResponseError::UnknownMemberId);
        }
        if generation != self.generation {
            return Err(ResponseError::IllegalGeneration);
        }
        Ok(())
    }

    fn hear(&mut self, member_id: &str, now: Instant) {
        if let Some(member) = self.members.get_mut(member_id) {
            member.heard_until = now + member.session_timeout;
        }
    }

    fn share_of(&self, member_id: &str) -> Bytes {
        let member = self.members.get(member_id);
        member
            .map(|member| member.assignment.clone())
            .unwrap_or_default()
    }

    fn member_of_instance(&self, instance: &str) -> Option<String> {
        let found = self
            .members
            .iter()
            .find(|(_, member)| member.instance.as_deref() == Some(instance));
        found.map(|(id, _)| id.clone())
    }

    /// Whether there would be a protocol that all members speak.
    fn understands(&self, join: &Join) -> bool {
        let others = self.members.iter().filter(|(id, member)| {
            **id != join.member_id && (join.instance.is_none() || member.instance != join.instance)
        });
        let mut others = others.map(|(_, member)| member).peekable();
        if others.peek().is_none() {
            return true;
        }
        let others: Vec<&Member> = others.collect();
        self.protocol_type == join.protocol_type
            && join
                .protocols
                .iter()
                .any(|(name, _)| others.iter().all(|other| other.speaks(name)))
    }

    fn take_in(&mut self, id: String, join: Join, now: Instant) -> (String, Step<Joined>) {
        self.protocol_type.clone_from(&join.protocol_type);
        let mut member = Member::new(join, now);
        member.is_joining = true;
        self.members.insert(id.clone(), member);
        if self.leader.is_none() {
            self.leader = Some(id.clone());
        }
        self.begin_joining(now);
        let step = self.step_of(&id);
        (id, step)
    }

    fn join_again(&mut self, id: String, join: Join, now: Instant) -> (String, Step<Joined>) {
        let is_leader = self.leader.as_deref() == Some(id.as_str());
        let Some(member) = self.members.get_mut(&id) else {
            return (id, Step::Later);
        };
        let is_same = member.protocols == join.protocols;
        member.renew(join, now);
        match self.state {
            // The answer was lost on the way: said again.
            GroupState::Sharing if is_same => {
                let joined = self.told(&id);
                return (id, Step::Now(joined));
            }
            // A follower that changes nothing keeps its share; a leader asks for a new round.
            GroupState::Stable if is_same && !is_leader => {
                let joined = self.told(&id);
                return (id, Step::Now(joined));
            }
            GroupState::Empty | GroupState::Joining | GroupState::Sharing | GroupState::Stable => {}
        }
        if let Some(member) = self.members.get_mut(&id) {
            member.is_joining = true;
            member.joined = None;
        }
        self.begin_joining(now);
        let step = self.step_of(&id);
        (id, step)
    }

    /// A static member has restarted: it takes its old place under a new id.
    fn replace_static(
        &mut self,
        old_id: &str,
        join: Join,
        new_id: String,
        now: Instant,
    ) -> (String, Step<Joined>) {
        let Some(mut member) = self.members.remove(old_id) else {
            return self.take_in(new_id, join, now);
        };
        let is_same = member.protocols == join.protocols;
        member.renew(join, now);
        member.joined = None;
        let was_leader = self.leader.as_deref() == Some(old_id);
        if was_leader {
            self.leader = Some(new_id.clone());
        }
        let is_settled = self.state == GroupState::Stable && is_same;
        member.is_joining = !is_settled;
        self.members.insert(new_id.clone(), member);
        if is_settled {
            let mut joined = self.told(&new_id);
            if was_leader {
                // It must not share out anew: nobody else is waiting for a share.
                old_id.clone_into(&mut joined.leader);
                joined.members.clear();
            }
            return (new_id, Step::Now(joined));
        }
        self.begin_joining(now);
        let step = self.step_of(&new_id);
        (new_id, step)
    }

    fn step_of(&mut self, id: &str) -> Step<Joined> {
        let member = self.members.get_mut(id);
        member
            .and_then(|member| member.joined.take())
            .map_or(Step::Later, Step::Now)
    }

    fn remove(&mut self, id: &str, now: Instant) {
        self.members.remove(id);
        if self.leader.as_deref() == Some(id) {
            self.leader = None;
        }
        match self.state {
            GroupState::Sharing | GroupState::Stable => self.begin_joining(now),
            GroupState::Joining => self.complete_if_all_joined(now),
            GroupState::Empty => {}
        }
    }

    /// Asks all members to join again, where that has not been done yet.
    fn begin_joining(&mut self, now: Instant) {
        if self.state != GroupState::Joining {
            self.state = GroupState::Joining;
            let longest = self
                .members
                .values()
                .map(|member| member.rebalance_timeout)
                .max();
            self.joining_until = Some(now + longest.unwrap_or_default());
        }
        self.complete_if_all_joined(now);
    }

    fn complete_if_all_joined(&mut self, now: Instant) {
        if self.members.values().all(|member| member.is_joining) {
            self.complete_joining(now);
        }
    }

    /// All are there: a new generation.
    fn complete_joining(&mut self, now: Instant) {
        self.generation = self.generation.wrapping_add(1) & i32::MAX;
        self.joining_until = None;
        if self.members.is_empty() {
            self.state = GroupState::Empty;
            self.protocol = None;
            self.leader = None;
            return;
        }
        self.state = GroupState::Sharing;
        self.protocol = self.choose_protocol();
        let leader = self.leader.take().filter(|leader| {
            self.members
                .get(leader)
                .is_some_and(|member| member.is_joining)
        });
        let joining = self.members.iter().find(|(_, member)| member.is_joining);
        self.leader = leader.or_else(|| joining.map(|(id, _)| id.clone()));
        let ids: Vec<String> = self.members.keys().cloned().collect();
        for id in ids {
            let told = self.told(&id);
            if let Some(member) = self.members.get_mut(&id)
                && member.is_joining
            {
                member.is_joining = false;
                member.heard_until = now + member.session_timeout;
                member.joined = Some(told);
            }
        }
    }

    fn told(&self, id: &str) -> Joined {
        let leader = self.leader.clone().unwrap_or_default();
        let protocol = self.protocol.clone().unwrap_or_default();
        let members = if leader == id {
            let all = self.members.iter();
            all.map(|(id, member)| {
                (
                    id.clone(),
                    member.instance.clone(),
                    member.subscription(&protocol),
                )
            })
            .collect()
        } else {
            Vec::new()
        };
        Joined {
            generation: self.generation,
            protocol,
            leader,
            member_id: id.to_owned(),
            members,
        }
    }

    /// The protocol that all speak and most prefer.
    fn choose_protocol(&self) -> Option<String> {
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for member in self.members.values() {
            let shared = member
                .protocols
                .iter()
                .find(|(name, _)| self.members.values().all(|other| other.speaks(name)));
            if let Some((name, _)) = shared {
                *votes.entry(name).or_default() += 1;
            }
        }
        let best = votes.into_iter().max_by_key(|(_, votes)| *votes);
        best.map(|(name, _)| name.to_owned())
    }
}

impl Member {
    fn new(join: Join, now: Instant) -> Self {
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

    fn renew(&mut self, join: Join, now: Instant) {
        self.heard_until = now + join.session_timeout;
        self.session_timeout = join.session_timeout;
        self.rebalance_timeout = join.rebalance_timeout;
        self.protocols = join.protocols;
        self.client_id = join.client_id;
        self.client_host = join.client_host;
    }

    fn speaks(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|(name, _)| name == protocol)
    }

    pub(crate) fn subscription(&self, protocol: &str) -> Bytes {
        let found = self.protocols.iter().find(|(name, _)| name == protocol);
        found
            .map(|(_, subscription)| subscription.clone())
            .unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
