//! The router: alerts in, notifications out, by a clock that is passed in.

use std::{collections::BTreeMap, sync::OnceLock, time::Duration};

use jiff::Timestamp;
use model::{Alert, Notification, NotificationId, Record, RoutingState, Silence};

use super::{
    agenda::Agenda,
    config::RouteConfig,
    digest::digest,
    error::RouteError,
    group,
    label::{MatchersError, labels},
    memory::Memory,
    mute::Mutes,
    policy::TargetPolicy,
    target::Target,
};

/// How often what is old is looked for.
const SWEEP_INTERVAL: Duration = Duration::from_mins(1);

/// Decides which alerts are told together, to whom and when.
///
/// Pure: the same alerts at the same times give the same notifications. What it remembers comes
/// out of [`changes`](Self::changes) and goes back in by [`restore`](Self::restore).
#[derive(Clone, Debug)]
pub struct Router {
    config: RouteConfig,
    targets: BTreeMap<String, Target>,
    mutes: Mutes,
    memory: Memory,
    /// Empty after every change of the memory.
    agenda: OnceLock<Agenda>,
    next_sweep: Timestamp,
}

impl Router {
    /// A router for these targets that remembers nothing.
    ///
    /// # Errors
    /// Where a matcher, a time zone or a policy cannot work.
    pub fn new(
        config: RouteConfig,
        targets: impl IntoIterator<Item = String>,
    ) -> Result<Self, RouteError> {
        let mutes = Mutes::new(&config.inhibit)?;
        let names: Vec<String> = targets.into_iter().collect();
        let mut policies = config.policy.iter();
        if let Some(policy) = policies.find(|policy| !policy.is_for(&names)) {
            return Err(RouteError::Target {
                target: policy.target.clone(),
                known: names.join(", "),
            });
        }
        let targets = names.into_iter().map(|name| {
            let target = Target::new(TargetPolicy::of(&name, &config.policy))?;
            Ok((name, target))
        });
        let targets = targets.collect::<Result<_, RouteError>>()?;
        Ok(Self {
            config,
            targets,
            mutes,
            memory: Memory::default(),
            agenda: OnceLock::new(),
            next_sweep: Timestamp::MIN,
        })
    }

    /// Takes up what an earlier router remembered.
    pub fn restore(&mut self, states: impl IntoIterator<Item = RoutingState>) {
        self.agenda.take();
        for state in states {
            self.memory.restore(state);
        }
    }

    /// The next offset of the alerts in each partition read so far.
    pub fn offsets(&self) -> &BTreeMap<i32, i64> {
        &self.memory.offsets
    }

    /// Notes that the alert before this offset is taken in.
    pub fn read_to(&mut self, partition: i32, next: i64) {
        self.memory.read_to(partition, next);
    }

    /// Heeds a silence, or a change of one.
    ///
    /// # Errors
    /// Where its matchers are none.
    pub fn silence(&mut self, silence: Silence) -> Result<(), MatchersError> {
        self.mutes.heed(silence)
    }

    /// Takes an alert in.
    pub fn take(&mut self, alert: &Alert, now: Timestamp) {
        self.agenda.take();
        let story = self.memory.story_of(&alert.article, now);
        for inhibitor in self.mutes.inhibitors_of(alert, &story, now) {
            self.memory.inhibit(inhibitor);
        }
        let event_id = alert.event_id();
        let labels = labels(&self.config.group_by, alert, &story);
        for (name, target) in &self.targets {
            let is_addressed = alert.targets.is_empty() || alert.targets.contains(name);
            if !is_addressed || !target.wants(alert.severity) {
                continue;
            }
            let id = group_id(name, &labels);
            let groups = &mut self.memory.groups;
            let group = groups
                .entry(id.clone())
                .or_insert_with(|| group::empty(id.clone(), name, labels.clone(), now));
            if group::take(group, &event_id, alert, &story, &self.config, now) {
                self.memory.group_changed(&id);
            }
        }
    }

    /// What is due to be told.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Notification> {
        let mut told = Vec::new();
        if self.next_due().is_some_and(|due| due <= now) {
            self.tell_due(&mut told, now);
            self.agenda.take();
        }
        if now >= self.next_sweep {
            self.next_sweep = now + SWEEP_INTERVAL;
            self.sweep(now);
            self.agenda.take();
        }
        told
    }

    fn tell_due(&mut self, told: &mut Vec<Notification>, now: Timestamp) {
        let groups = self.memory.groups.values();
        let due: Vec<String> = groups
            .filter(|group| group.due.is_some_and(|due| due <= now))
            .map(|group| group.id.clone())
            .collect();
        for id in due {
            told.extend(self.tell_group(&id, now));
        }
        let targets = self.memory.targets.values();
        let due: Vec<String> = targets
            .filter(|target| target.due.is_some_and(|due| due <= now))
            .map(|target| target.target.clone())
            .collect();
        for target in due {
            told.extend(self.tell_waiting(&target, now));
        }
    }

    /// When [`tick`](Self::tick) has something to do next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.agenda().next_due
    }

    /// Whether a group will be told of something within `group_wait`. What quiet hours, a rate or
    /// a digest hold back is not meant.
    pub fn is_about_to_tell(&self, now: Timestamp) -> bool {
        let horizon = now + self.config.group_wait;
        self.agenda().next_told.is_some_and(|due| due <= horizon)
    }

    fn agenda(&self) -> &Agenda {
        self.agenda.get_or_init(|| Agenda::of(&self.memory))
    }

    /// How long after its last alert a group is forgotten.
    pub fn forget_after(&self) -> Duration {
        self.config.forget_after
    }

    /// What changed since the last time: the new state of a key, or that it is forgotten.
    pub fn changes(&mut self, now: Timestamp) -> Vec<(String, Option<RoutingState>)> {
        self.memory.changes(now)
    }

    fn is_muted(&self, alert: &Alert, now: Timestamp) -> bool {
        let story = self.memory.stories.known(&alert.article.id);
        let inhibitors = &self.memory.inhibitors;
        self.mutes.mute(alert, &story, inhibitors, now)
    }

    fn tell_group(&mut self, id: &str, now: Timestamp) -> Option<Notification> {
        self.drop_muted(id, now);
        let forget_after = self.config.forget_after;
        let repeat = self.config.repeat_interval;
        self.memory.group_changed(id);
        let group = self.memory.groups.get_mut(id)?;
        let has_nothing = group.pending.is_empty();
        let is_old = group.last_alert + forget_after <= now;
        if has_nothing && (group.last.is_none() || repeat.is_zero() || is_old) {
            group.due = None;
            return None;
        }
        // A target that is no longer configured is told nothing.
        let Some(target) = self.targets.get(&group.target) else {
            group.due = None;
            group.pending.clear();
            return None;
        };
        let is_urgent = target.is_urgent(group.severity);
        if !is_urgent && let Some(end) = target.quiet_until(now) {
            group.due = Some(end);
            group.held = Some(format!("quiet hours until {end}"));
            return None;
        }
        let name = group.target.clone();
        let state = self.memory.target(&name);
        let held = target.holds(state, is_urgent, now);
        if let Some((due, _)) = &held {
            if !state.waiting.iter().any(|waiting| waiting == id) {
                state.waiting.push(id.to_owned());
            }
            state.due = Some(state.due.map_or(*due, |known| known.min(*due)));
        } else {
            state.waiting.retain(|waiting| waiting != id);
            if target.has_rate() {
                state.sent.push(now);
            }
        }
        if let Some((_, why)) = held {
            state.held = Some(why);
            self.memory.groups.get_mut(id)?.due = None;
            return None;
        }
        let group = self.memory.groups.get_mut(id)?;
        let notification = group::tell(group, now);
        if !repeat.is_zero() {
            group.due = Some(now + repeat);
        }
        Some(notification)
    }

    /// Tells of the groups that wait at a target, together.
    fn tell_waiting(&mut self, name: &str, now: Timestamp) -> Option<Notification> {
        let state = self.memory.targets.get(name)?;
        for id in state.waiting.clone() {
            self.drop_muted(&id, now);
        }
        let memory = &mut self.memory;
        memory.target_changed(name);
        let state = memory.targets.get_mut(name)?;
        state.due = None;
        let Some(target) = self.targets.get(name) else {
            state.waiting.clear();
            return None;
        };
        let waiting = state.waiting.iter();
        let mut severities = waiting.filter_map(|id| Some(memory.groups.get(id)?.severity));
        let is_urgent = severities.any(|severity| target.is_urgent(severity));
        if !is_urgent && let Some(end) = target.quiet_until(now) {
            state.due = Some(end);
            return None;
        }
        let held = state.held.take();
        let waiting = std::mem::take(&mut state.waiting);
        let mut parts = Vec::new();
        for id in waiting {
            let group = memory.groups.get_mut(&id);
            let Some(group) = group.filter(|group| !group.pending.is_empty()) else {
                continue;
            };
            group.held.clone_from(&held);
            parts.push(group::tell(group, now));
            memory.group_changed(&id);
        }
        if parts.is_empty() {
            return None;
        }
        let state = memory.targets.get_mut(name)?;
        state.sent.push(now);
        if parts.len() == 1 {
            return parts.pop();
        }
        state.digests += 1;
        digest(name, state.digests, parts, held, now)
    }

    fn drop_muted(&mut self, id: &str, now: Timestamp) {
        let Some(group) = self.memory.groups.get(id) else {
            return;
        };
        let muted: Vec<bool> = group
            .pending
            .iter()
            .map(|a| self.is_muted(a, now))
            .collect();
        let is_last_muted = group
            .last
            .as_ref()
            .is_some_and(|last| self.is_muted(last, now));
        let Some(group) = self.memory.groups.get_mut(id) else {
            return;
        };
        let mut muted = muted.into_iter();
        group.pending.retain(|_| !muted.next().unwrap_or(false));
        if group.pending.is_empty() {
            group.uncounted = 0;
            group.has_news = false;
            if is_last_muted {
                group.last = None;
            }
        }
    }

    /// Forgets what is old.
    fn sweep(&mut self, now: Timestamp) {
        self.memory.sweep(self.config.forget_after, now);
        self.mutes.sweep(now);
    }
}

fn group_id(target: &str, labels: &BTreeMap<String, String>) -> String {
    // The hash of an id is as good for a group's name.
    NotificationId::new(target, &format!("{labels:?}"), 0).to_string()
}
