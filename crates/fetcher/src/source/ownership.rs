//! Which feeds are ours: partitions that come and go, with the cursors in them.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use jiff::Timestamp;
use model::{FeedCursor, FeedId, FeedState};
use stream::{Assignment, partition_of};

use super::FeedSource;
use crate::health::count_state;

impl FeedSource {
    /// Takes over the feeds of a partition, each with its cursor.
    pub(super) fn take_over(&mut self, assignment: Assignment<FeedCursor>) {
        let Assignment {
            partition,
            partitions,
            states,
        } = assignment;
        let mut states: HashMap<_, _> = states
            .into_iter()
            .map(|cursor| (cursor.feed.clone(), cursor))
            .collect();
        let now = Timestamp::now();
        for (at, slot) in self.slots.iter_mut().enumerate() {
            if partition_of(&slot.site, partitions) != partition {
                continue;
            }
            slot.epoch += 1;
            slot.partition = Some(partition);
            let state_before = slot.state();
            let cursor = states.remove(&slot.feed.id);
            let cursor = cursor.or_else(|| self.strays.remove(&slot.feed.id));
            slot.cursor = cursor.map(Arc::new);
            count_state(state_before, slot.state());
            for item in slot.cursor.iter().flat_map(|cursor| &cursor.seen) {
                self.recent.remember(&item.article);
            }
            slot.last_written = slot.cursor.as_ref().map(|cursor| cursor.polled);
            if let (Some(hubs), Some(cursor)) = (&self.hubs, &slot.cursor) {
                hubs.restore(at, cursor, now);
            }
            self.progress.took_over(slot.feed.id.clone());
            let cursor = slot.cursor.as_ref();
            if cursor.is_some_and(|cursor| cursor.health.state == FeedState::Gone) {
                self.progress.rests(&slot.feed.id);
                continue;
            }
            let due = cursor.map_or(now, |cursor| cursor.next_poll);
            if due > now {
                // Polled lately by this instance's forerunner: nothing is owed.
                self.progress.rests(&slot.feed.id);
            }
            slot.due = Some(due);
            slot.pushed = None;
            self.timers.push(Reverse((due, at, slot.epoch)));
        }
        self.take_strays(states, now);
        tracing::debug!(partition, partitions, "feeds taken over");
    }

    /// Drops all that is under way for the feeds of a partition.
    pub(super) fn give_up(&mut self, partition: u32) {
        for (at, slot) in self.slots.iter_mut().enumerate() {
            if slot.partition == Some(partition) {
                slot.epoch += 1;
                slot.partition = None;
                count_state(slot.state(), None);
                slot.cursor = None;
                slot.last_written = None;
                slot.told = None;
                slot.due = None;
                slot.pushed = None;
                if let Some(hubs) = &self.hubs {
                    hubs.forget(at);
                }
                self.progress.gave_up(&slot.feed.id);
            }
        }
        self.recent.abort();
        let slots = &self.slots;
        let is_ours = |at: usize, epoch: u64| slots.get(at).is_some_and(|slot| slot.epoch == epoch);
        self.timers
            .retain(|Reverse((_, at, epoch))| is_ours(*at, *epoch));
        self.uncommitted
            .retain(|moved| is_ours(moved.slot, moved.epoch));
    }

    /// Keeps the cursors of a partition whose feeds do not belong there, and gives those of feeds
    /// that are already ours, and have none, to them.
    fn take_strays(&mut self, states: HashMap<FeedId, FeedCursor>, now: Timestamp) {
        self.strays.extend(states);
        for at in 0..self.slots.len() {
            let Some(slot) = self.slots.get_mut(at) else {
                return;
            };
            if slot.partition.is_none() || slot.cursor.is_some() || slot.due.is_none() {
                continue;
            }
            let Some(cursor) = self.strays.remove(&slot.feed.id) else {
                continue;
            };
            for item in &cursor.seen {
                self.recent.remember(&item.article);
            }
            let due = cursor.next_poll.max(now);
            if due > now {
                self.progress.rests(&slot.feed.id);
            }
            slot.cursor = Some(Arc::new(cursor));
            count_state(None, slot.state());
            self.set_timer(at, due);
        }
    }
}
