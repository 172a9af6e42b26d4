//! A consumer group: Kafka's classic protocol as a state machine, without I/O or clock.
//!
//! Members join; when all known members have, one of them (the leader) is told of all and sends
//! back what each shall read; each then learns its share. A new or leaving member starts over.

mod joining;
mod member;

use std::{collections::BTreeMap, time::Instant};

use bytes::Bytes;
use kafka_protocol::ResponseError;

pub(crate) use self::member::{Join, JoinOutcome, Joined, Member, Step, Who};

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

impl Group {
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
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
