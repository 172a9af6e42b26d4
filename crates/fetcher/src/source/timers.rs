//! When polls start: the heap of timers, and what moves a feed in it.

use std::{cmp::Reverse, sync::Arc, time::Duration};

use jiff::Timestamp;

use super::FeedSource;
use crate::{poll_task::spawn_poll, poller::PollTask, schedule::since};

/// After a push the feed is polled no sooner than this after its last poll.
pub(super) const PUSH_SPACING: Duration = Duration::from_secs(10);

impl FeedSource {
    /// Starts the polls that are due, as far as the limit of polls in flight allows.
    pub(super) fn start_due_polls(&mut self) {
        let now = Timestamp::now();
        while self.in_flight < self.poller.config.concurrency
            && let Some(Reverse((due, at, epoch))) = self.timers.peek().copied()
            && due <= now
        {
            self.timers.pop();
            let timed = self.slots.get_mut(at);
            let Some(slot) = timed.filter(|slot| slot.epoch == epoch && slot.due == Some(due))
            else {
                continue;
            };
            slot.due = None;
            let hubs = self.hubs.as_ref();
            let task = PollTask {
                is_pushed: hubs.is_some_and(|hubs| hubs.is_pushed(at, now)),
                subscription: hubs.and_then(|hubs| hubs.agreed(at, now)),
                feed: Arc::clone(&slot.feed),
                before: slot.cursor.clone(),
                last_written: slot.last_written,
            };
            if let Some(runtime) = &self.runtime {
                let poller = Arc::clone(&self.poller);
                spawn_poll(runtime, poller, task, at, epoch, self.to_turns.clone());
            }
            self.in_flight += 1;
        }
        self.progress.set_in_flight(self.in_flight);
    }

    /// How long until the next timer, where one can be served.
    pub(super) fn until_next_timer(&self) -> Option<Duration> {
        if self.in_flight >= self.poller.config.concurrency {
            return None;
        }
        let Reverse((due, _, _)) = self.timers.peek()?;
        Some(since(Timestamp::now(), *due))
    }

    /// Sets the timer of a feed; one that was set before is void.
    pub(super) fn set_timer(&mut self, at: usize, due: Timestamp) {
        if let Some(slot) = self.slots.get_mut(at) {
            slot.due = Some(due);
            self.timers.push(Reverse((due, at, slot.epoch)));
        }
    }

    /// A hub says that a feed has news: it is due at once, or again where a poll is under way.
    pub(super) fn take_push(&mut self, at: usize) {
        let now = Timestamp::now();
        let Some(slot) = self
            .slots
            .get_mut(at)
            .filter(|slot| slot.partition.is_some())
        else {
            return;
        };
        slot.pushed = Some(now);
        self.make_due(at, now);
    }

    /// Has a feed polled as soon as it may be, where no poll is under way. A hub that begins to
    /// push asks for that too: what was published since the last poll was pushed to nobody, and
    /// the poll writes down what the hub has agreed to.
    pub(super) fn make_due(&mut self, at: usize, now: Timestamp) {
        let Some(slot) = self.slots.get(at) else {
            return;
        };
        let (Some(due), Some(cursor)) = (slot.due, &slot.cursor) else {
            return;
        };
        // A feed that fails, or that asked us to stay away, is left alone all the same.
        let spacing = PUSH_SPACING.min(self.poller.config.min_interval);
        let earliest = cursor.polled.saturating_add(spacing).unwrap_or(now);
        let soon = earliest.max(now);
        if cursor.health.failures == 0 && soon < due {
            self.set_timer(at, soon);
        }
    }

    /// Sets the timer of a feed whose poll broke down without an outcome.
    pub(super) fn try_later(&mut self, at: usize, epoch: u64) {
        let Some(slot) = self.slots.get(at).filter(|slot| slot.epoch == epoch) else {
            return;
        };
        tracing::error!(feed.url = %slot.feed.url, "poll broke down, trying again later");
        let later = Timestamp::now().saturating_add(self.poller.config.interval);
        self.set_timer(at, later.unwrap_or(Timestamp::MAX));
    }
}
