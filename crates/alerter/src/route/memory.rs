//! What the router remembers, and what of it has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use model::{
    AlertGroup, ArticleRef, Inhibitor, NextOffset, NotificationId, RoutedState, RoutingState,
    TargetState,
};

use super::story::Stories;

const POSITION: &str = "position";
const GROUP: &str = "group/";
const STORY: &str = "story/";
const TARGET: &str = "target/";

/// What survives a restart.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub(super) groups: BTreeMap<String, AlertGroup>,
    pub(super) stories: Stories,
    pub(super) targets: BTreeMap<String, TargetState>,
    pub(super) inhibitors: BTreeMap<String, Inhibitor>,
    pub(super) offsets: BTreeMap<i32, i64>,
    /// Keys of what changed since it was last asked for.
    changed: BTreeSet<String>,
}

impl Memory {
    /// Takes up what an earlier router remembered.
    pub(super) fn restore(&mut self, RoutingState { key, state, .. }: RoutingState) {
        match state {
            RoutedState::Position { offsets } => {
                let pairs = offsets.iter().map(|next| (next.partition, next.offset));
                self.offsets = pairs.collect();
            }
            RoutedState::Group(group) => drop(self.groups.insert(group.id.clone(), group)),
            RoutedState::Story(story) => {
                drop(self.stories.by_id.insert(story.id.clone(), story));
            }
            RoutedState::Target(target) => {
                drop(self.targets.insert(target.target.clone(), target));
            }
            RoutedState::Inhibitor(inhibitor) => {
                drop(self.inhibitors.insert(key, inhibitor));
            }
        }
    }

    /// The story of an article, by the id of its first.
    pub(super) fn story_of(&mut self, article: &ArticleRef, now: Timestamp) -> String {
        let story = self.stories.of(article, now).to_string();
        self.changed.insert(format!("{STORY}{story}"));
        story
    }

    /// Notes that the alert before this offset is taken in.
    pub(super) fn read_to(&mut self, partition: i32, next: i64) {
        self.offsets.insert(partition, next);
        self.changed.insert(POSITION.to_owned());
    }

    pub(super) fn group_changed(&mut self, id: &str) {
        self.changed.insert(format!("{GROUP}{id}"));
    }

    pub(super) fn target_changed(&mut self, name: &str) {
        self.changed.insert(format!("{TARGET}{name}"));
    }

    /// What is known of a target; changed by the caller.
    pub(super) fn target(&mut self, name: &str) -> &mut TargetState {
        self.target_changed(name);
        let state = self.targets.entry(name.to_owned());
        state.or_insert_with(|| TargetState {
            target: name.to_owned(),
            sent: Vec::new(),
            waiting: Vec::new(),
            due: None,
            held: None,
            digests: 0,
        })
    }

    pub(super) fn inhibit(&mut self, inhibitor: Inhibitor) {
        let key = inhibitor_key(&inhibitor);
        self.changed.insert(key.clone());
        self.inhibitors.insert(key, inhibitor);
    }

    /// What changed since the last time: the new state of a key, or that it is forgotten.
    pub(super) fn changes(&mut self, now: Timestamp) -> Vec<(String, Option<RoutingState>)> {
        let changed = std::mem::take(&mut self.changed);
        let state = |key: &String| {
            let state = self.state(key)?;
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

    /// Forgets what is older than `age`.
    pub(super) fn sweep(&mut self, age: Duration, now: Timestamp) {
        let changed = &mut self.changed;
        let waiting: BTreeSet<String> = self
            .targets
            .values()
            .flat_map(|target| target.waiting.clone())
            .collect();
        self.groups.retain(|id, group| {
            let keep = group.due.is_some() || waiting.contains(id) || group.last_alert + age > now;
            if !keep {
                changed.insert(format!("{GROUP}{id}"));
            }
            keep
        });
        self.stories.by_id.retain(|id, story| {
            let keep = story.seen + age > now;
            if !keep {
                changed.insert(format!("{STORY}{id}"));
            }
            keep
        });
        self.inhibitors.retain(|key, inhibitor| {
            let keep = inhibitor.until > now;
            if !keep {
                changed.insert(key.clone());
            }
            keep
        });
    }

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
