//! The router: alerts in, notifications out, by a clock that is passed in.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use model::{
    Alert, AlertGroup, Inhibitor, NextOffset, Notification, NotificationId, NotificationKind,
    Record, RoutedState, RoutingState, Silence, SilenceId, TargetState,
};
use thiserror::Error;

use super::{
    config::RouteConfig,
    group,
    label::{Label, Matchers, MatchersError, labels},
    policy::TargetPolicy,
    quiet::{QuietHours, quiet_until},
    story::Stories,
};

/// Alerts that a digest shows of one group.
const SHOWN_OF_GROUP: usize = 3;
/// Alerts that a digest shows.
const SHOWN_IN_DIGEST: usize = 30;
/// How often what is old is looked for.
const SWEEP_INTERVAL: Duration = Duration::from_mins(1);

/// Why routing cannot work as configured.
#[derive(Debug, Error)]
pub enum RouteError {
    /// A matcher of an inhibition.
    #[error("inhibit: {0}")]
    Matchers(#[from] MatchersError),
    /// A time zone.
    #[error("policy of {target}: time zone {zone} is not known: {source}")]
    Zone {
        /// Whose policy.
        target: String,
        /// The zone.
        zone: String,
        /// Why.
        source: jiff::Error,
    },
    /// A policy.
    #[error("policy of {target}: {reason}")]
    Policy {
        /// Whose policy.
        target: String,
        /// What is wrong.
        reason: &'static str,
    },
}

/// Decides which alerts are told together, to whom and when.
///
/// Pure: the same alerts at the same times give the same notifications. What it remembers comes
/// out of [`changes`](Self::changes) and goes back in by [`restore`](Self::restore).
#[derive(Clone, Debug)]
pub struct Router {
    config: RouteConfig,
    targets: BTreeMap<String, Target>,
    inhibitions: Vec<Inhibition>,
    silences: BTreeMap<SilenceId, (Matchers, Silence)>,
    memory: Memory,
    next_sweep: Timestamp,
}

#[derive(Clone, Debug)]
struct Target {
    policy: TargetPolicy,
    quiet: Vec<(QuietHours, TimeZone)>,
}

#[derive(Clone, Debug)]
struct Inhibition {
    source: Matchers,
    target: Matchers,
    equal: Vec<Label>,
    lasts: Duration,
}

/// What survives a restart.
#[derive(Clone, Debug, Default)]
struct Memory {
    groups: BTreeMap<String, AlertGroup>,
    stories: Stories,
    targets: BTreeMap<String, TargetState>,
    inhibitors: BTreeMap<String, Inhibitor>,
    offsets: BTreeMap<i32, i64>,
    /// Keys of what changed since it was last asked for.
    changed: BTreeSet<String>,
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
        let inhibitions = config.inhibit.iter().map(|inhibit| {
            Ok(Inhibition {
                source: Matchers::parse(&inhibit.source)?,
                target: Matchers::parse(&inhibit.target)?,
                equal: inhibit.equal.clone(),
                lasts: inhibit.lasts,
            })
        });
        let inhibitions = inhibitions.collect::<Result<_, MatchersError>>()?;
        let targets = targets.into_iter().map(|name| {
            let target = Target::new(TargetPolicy::of(&name, &config.policy))?;
            Ok((name, target))
        });
        let targets = targets.collect::<Result<_, RouteError>>()?;
        Ok(Self {
            config,
            targets,
            inhibitions,
            silences: BTreeMap::new(),
            memory: Memory::default(),
            next_sweep: Timestamp::MIN,
        })
    }

    /// Takes up what an earlier router remembered.
    pub fn restore(&mut self, states: impl IntoIterator<Item = RoutingState>) {
        for RoutingState { key, state, .. } in states {
            let memory = &mut self.memory;
            match state {
                RoutedState::Position { offsets } => {
                    let pairs = offsets.iter().map(|next| (next.partition, next.offset));
                    memory.offsets = pairs.collect();
                }
                RoutedState::Group(group) => drop(memory.groups.insert(group.id.clone(), group)),
                RoutedState::Story(story) => {
                    drop(memory.stories.by_id.insert(story.id.clone(), story));
                }
                RoutedState::Target(target) => {
                    drop(memory.targets.insert(target.target.clone(), target));
                }
                RoutedState::Inhibitor(inhibitor) => {
                    drop(memory.inhibitors.insert(key, inhibitor));
                }
            }
        }
    }

    /// The next offset of the alerts in each partition read so far.
    pub fn offsets(&self) -> &BTreeMap<i32, i64> {
        &self.memory.offsets
    }

    /// Notes that the alert before this offset is taken in.
    pub fn read_to(&mut self, partition: i32, next: i64) {
        self.memory.offsets.insert(partition, next);
        self.memory.changed.insert(POSITION.to_owned());
    }

    /// Heeds a silence, or a change of one.
    ///
    /// # Errors
    /// Where its matchers are none.
    pub fn silence(&mut self, silence: Silence) -> Result<(), MatchersError> {
        let matchers = Matchers::parse(&silence.matchers)?;
        self.silences
            .insert(silence.id.clone(), (matchers, silence));
        Ok(())
    }

    /// Takes an alert in.
    pub fn take(&mut self, alert: &Alert, now: Timestamp) {
        let story = self.memory.stories.of(&alert.article, now).to_string();
        self.memory.changed.insert(format!("{STORY}{story}"));
        self.inhibit_others(alert, &story, now);
        let event_id = alert.event_id();
        let labels = labels(&self.config.group_by, alert, &story);
        for (name, target) in &self.targets {
            let is_addressed = alert.targets.is_empty() || alert.targets.contains(name);
            if !is_addressed || alert.severity < target.policy.min_severity {
                continue;
            }
            let id = group_id(name, &labels);
            let groups = &mut self.memory.groups;
            let group = groups
                .entry(id.clone())
                .or_insert_with(|| group::empty(id.clone(), name, labels.clone(), now));
            if group::take(group, &event_id, alert, &story, &self.config, now) {
                self.memory.changed.insert(format!("{GROUP}{id}"));
            }
        }
    }

    /// What is due to be told.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Notification> {
        let mut told = Vec::new();
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
        if now >= self.next_sweep {
            self.next_sweep = now + SWEEP_INTERVAL;
            self.sweep(now);
        }
        told
    }

    /// When [`tick`](Self::tick) has something to do next.
    pub fn next_due(&self) -> Option<Timestamp> {
        let groups = self.memory.groups.values().filter_map(|group| group.due);
        let targets = self.memory.targets.values().filter_map(|target| target.due);
        groups.chain(targets).min()
    }

    /// How long after its last alert a group is forgotten.
    pub fn forget_after(&self) -> Duration {
        self.config.forget_after
    }

    /// What changed since the last time: the new state of a key, or that it is forgotten.
    pub fn changes(&mut self, now: Timestamp) -> Vec<(String, Option<RoutingState>)> {
        let changed = std::mem::take(&mut self.memory.changed);
        let state = |key: &String| {
            let state = self.memory.state(key)?;
            Some(RoutingState {
                key: key.clone(),
                changed: now,
                state,
            })
        };
        changed
            .iter()
            .map(|key| (key.clone(), state(key)))
            .collect()
    }

    fn inhibit_others(&mut self, alert: &Alert, story: &str, now: Timestamp) {
        for inhibition in &self.inhibitions {
            if !inhibition.source.fit(alert, story) {
                continue;
            }
            let inhibitor = Inhibitor {
                inhibition: format!("{:?}", inhibition.source),
                labels: labels(&inhibition.equal, alert, story),
                until: now + inhibition.lasts,
            };
            let key = inhibitor_key(&inhibitor);
            self.memory.changed.insert(key.clone());
            self.memory.inhibitors.insert(key, inhibitor);
        }
    }

    /// Whether nobody is to hear of an alert now.
    fn is_muted(&self, alert: &Alert, now: Timestamp) -> bool {
        let story = self.memory.stories.known(&alert.article.id);
        let is_silenced = self.silences.values().any(|(matchers, silence)| {
            silence.starts <= now && now < silence.ends && matchers.fit(alert, &story)
        });
        let is_inhibited = || {
            self.inhibitions.iter().any(|inhibition| {
                // Nothing inhibits itself.
                if !inhibition.target.fit(alert, &story) || inhibition.source.fit(alert, &story) {
                    return false;
                }
                let source = format!("{:?}", inhibition.source);
                let equal = labels(&inhibition.equal, alert, &story);
                self.memory.inhibitors.values().any(|inhibitor| {
                    inhibitor.inhibition == source
                        && inhibitor.labels == equal
                        && now < inhibitor.until
                })
            })
        };
        is_silenced || is_inhibited()
    }

    fn tell_group(&mut self, id: &str, now: Timestamp) -> Option<Notification> {
        self.drop_muted(id, now);
        let forget_after = self.config.forget_after;
        let repeat = self.config.repeat_interval;
        let group = self.memory.groups.get_mut(id)?;
        self.memory.changed.insert(format!("{GROUP}{id}"));
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
        let is_urgent = group.severity >= target.policy.urgent;
        if !is_urgent && let Some(end) = quiet_until(&target.quiet, now) {
            group.due = Some(end);
            group.held = Some(format!("quiet hours until {end}"));
            return None;
        }
        let name = group.target.clone();
        let state = self
            .memory
            .targets
            .entry(name.clone())
            .or_insert_with(|| TargetState {
                target: name.clone(),
                sent: Vec::new(),
                waiting: Vec::new(),
                due: None,
                held: None,
                digests: 0,
            });
        let held = match (&target.policy.digest, &target.policy.rate) {
            (Some(every), _) if !is_urgent => Some((now + *every, "digest".to_owned())),
            (_, Some(rate)) => {
                state.sent.retain(|sent| *sent + rate.per > now);
                let is_spent = state.sent.len() >= rate.count;
                let free = state.sent.first().map_or(now, |first| *first + rate.per);
                is_spent.then(|| (free, format!("more than {} notifications", rate.count)))
            }
            _ => None,
        };
        self.memory.changed.insert(format!("{TARGET}{name}"));
        if let Some((due, why)) = held {
            group.due = None;
            if !state.waiting.iter().any(|waiting| waiting == id) {
                state.waiting.push(id.to_owned());
            }
            state.due = Some(state.due.map_or(due, |known| known.min(due)));
            state.held = Some(why);
            return None;
        }
        state.waiting.retain(|waiting| waiting != id);
        if target.policy.rate.is_some() {
            state.sent.push(now);
        }
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
        let state = memory.targets.get_mut(name)?;
        memory.changed.insert(format!("{TARGET}{name}"));
        state.due = None;
        let held = state.held.take();
        let waiting = std::mem::take(&mut state.waiting);
        let mut parts = Vec::new();
        for id in waiting {
            let Some(group) = memory.groups.get_mut(&id) else {
                continue;
            };
            if group.pending.is_empty() {
                continue;
            }
            group.held.clone_from(&held);
            parts.push(group::tell(group, now));
            memory.changed.insert(format!("{GROUP}{id}"));
        }
        if parts.is_empty() {
            return None;
        }
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
        let age = self.config.forget_after;
        let memory = &mut self.memory;
        let changed = &mut memory.changed;
        let waiting: BTreeSet<String> = memory
            .targets
            .values()
            .flat_map(|target| target.waiting.clone())
            .collect();
        memory.groups.retain(|id, group| {
            let keep = group.due.is_some() || waiting.contains(id) || group.last_alert + age > now;
            if !keep {
                changed.insert(format!("{GROUP}{id}"));
            }
            keep
        });
        memory.stories.by_id.retain(|id, story| {
            let keep = story.seen + age > now;
            if !keep {
                changed.insert(format!("{STORY}{id}"));
            }
            keep
        });
        memory.inhibitors.retain(|key, inhibitor| {
            let keep = inhibitor.until > now;
            if !keep {
                changed.insert(key.clone());
            }
            keep
        });
        self.silences.retain(|_, (_, silence)| silence.ends > now);
    }
}

impl Target {
    fn new(policy: TargetPolicy) -> Result<Self, RouteError> {
        let refuse = |reason| RouteError::Policy {
            target: policy.target.clone(),
            reason,
        };
        if policy
            .rate
            .as_ref()
            .is_some_and(|rate| rate.count == 0 || rate.per.is_zero())
        {
            return Err(refuse("rate lets nothing through"));
        }
        if policy.quiet.iter().any(|hours| hours.from == hours.to) {
            return Err(refuse("quiet hours that begin and end at the same minute"));
        }
        let zoned = policy.quiet.iter().map(|hours| {
            let zone = hours.time_zone().map_err(|source| RouteError::Zone {
                target: policy.target.clone(),
                zone: hours.zone.clone(),
                source,
            })?;
            Ok((hours.clone(), zone))
        });
        let quiet = zoned.collect::<Result<_, RouteError>>()?;
        Ok(Self { policy, quiet })
    }
}

const POSITION: &str = "position";
const GROUP: &str = "group/";
const STORY: &str = "story/";
const TARGET: &str = "target/";

impl Memory {
    fn state(&self, key: &str) -> Option<RoutedState> {
        if key == POSITION {
            let offsets = self.offsets.iter();
            let next = |(partition, offset): (&i32, &i64)| NextOffset {
                partition: *partition,
                offset: *offset,
            };
            let offsets = offsets.map(next).collect();
            return Some(RoutedState::Position { offsets });
        }
        if let Some(id) = key.strip_prefix(GROUP) {
            return self.groups.get(id).cloned().map(RoutedState::Group);
        }
        if let Some(id) = key.strip_prefix(STORY) {
            let mut stories = self.stories.by_id.values();
            let story = stories.find(|story| story.id.as_str() == id)?;
            return Some(RoutedState::Story(story.clone()));
        }
        if let Some(name) = key.strip_prefix(TARGET) {
            return self.targets.get(name).cloned().map(RoutedState::Target);
        }
        self.inhibitors
            .get(key)
            .cloned()
            .map(RoutedState::Inhibitor)
    }
}

fn inhibitor_key(inhibitor: &Inhibitor) -> String {
    let id = NotificationId::new(&inhibitor.inhibition, &format!("{:?}", inhibitor.labels), 0);
    format!("inhibitor/{id}")
}

fn group_id(target: &str, labels: &BTreeMap<String, String>) -> String {
    // The hash of an id is as good for a group's name.
    NotificationId::new(target, &format!("{labels:?}"), 0).to_string()
}

/// Several groups' notifications in one.
fn digest(
    target: &str,
    number: u32,
    parts: Vec<Notification>,
    held: Option<String>,
    now: Timestamp,
) -> Option<Notification> {
    let severity = parts.iter().map(|part| part.severity).max()?;
    let since = parts.iter().map(|part| part.since).min()?;
    let alert_count = parts.iter().map(|part| part.alert_count).sum();
    let mut outlets: Vec<String> = Vec::new();
    let mut alerts = Vec::new();
    for part in parts {
        for outlet in part.outlets {
            if !outlets.contains(&outlet) {
                outlets.push(outlet);
            }
        }
        alerts.extend(part.alerts.into_iter().take(SHOWN_OF_GROUP));
    }
    alerts.truncate(SHOWN_IN_DIGEST);
    let group = format!("digest/{target}");
    Some(Notification {
        id: NotificationId::new(target, &group, number),
        target: target.to_owned(),
        kind: NotificationKind::Digest,
        group,
        labels: BTreeMap::new(),
        sequence: number.saturating_sub(1),
        severity,
        alerts,
        alert_count,
        outlets,
        created: now,
        since,
        held,
    })
}
