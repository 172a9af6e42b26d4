//! How a group comes together: members join, and one of them is told of all.

use std::{collections::BTreeMap, time::Instant};

use kafka_protocol::ResponseError;

use super::{Group, GroupState, Join, JoinOutcome, Joined, Member, Step};

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

    /// Asks all members to join again, where that has not been done yet.
    pub(super) fn begin_joining(&mut self, now: Instant) {
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

    pub(super) fn complete_if_all_joined(&mut self, now: Instant) {
        if self.members.values().all(|member| member.is_joining) {
            self.complete_joining(now);
        }
    }

    /// All are there: a new generation.
    pub(super) fn complete_joining(&mut self, now: Instant) {
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
