//! What becomes of a poll's outcome: articles told once, cursors moved, the next timer set.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use model::{Feed, FeedCursor, FeedState};
use tokio::time::timeout;

use super::{FeedSource, slot::Moved, timers::PUSH_SPACING};
use crate::{
    Polled,
    canonical_url::canonical_url,
    cursor::CursorMove,
    fault::Fault,
    feed_log::log_changes,
    freshness::Freshness,
    health::{self, ToldHealth, count_state, health_record},
    poll_task::{FromPoll, PollEvent},
    poller::Turn,
    websub::subscribe,
};

/// A poll after a push that finds nothing is made again this much later: the server may have
/// answered from a cache.
const PUSH_AGAIN: Duration = Duration::from_mins(1);

impl FeedSource {
    /// Waits for news from a poll; `None` where none comes in time or the fetcher is to stop.
    pub(super) fn wait_for_poll(&mut self, wait: Duration) -> Option<FromPoll> {
        let runtime = self.runtime.as_ref()?;
        let (turns, stop) = (&mut self.turns, &self.stop);
        runtime.block_on(async {
            // Both are cancel-safe: a message stays in the channel, a token stays cancelled.
            tokio::select! {
                biased;
                news = timeout(wait, turns.recv()) => news.ok().flatten(),
                () = stop.cancelled() => None,
            }
        })
    }

    /// Takes in what a poll reports; returns what is to be committed.
    pub(super) fn take_in(&mut self, news: FromPoll) -> Option<Polled> {
        let FromPoll {
            slot: at,
            epoch,
            event,
        } = news;
        let turn = match event {
            PollEvent::Over { failed } => {
                self.in_flight = self.in_flight.saturating_sub(1);
                self.progress.set_in_flight(self.in_flight);
                if failed {
                    self.try_later(at, epoch);
                }
                return None;
            }
            PollEvent::Pushed => {
                self.take_push(at);
                return None;
            }
            PollEvent::Subscribed => {
                self.make_due(at, Timestamp::now());
                return None;
            }
            PollEvent::Turn(turn) => *turn,
        };
        self.slots.get(at).filter(|slot| slot.epoch == epoch)?;
        let mut turn = match turn
            .found_at
            .as_deref()
            .and_then(|url| self.first_at(url, at))
        {
            Some(first) => self.as_duplicate(at, &first)?,
            None => turn,
        };
        for doubled in self.recent.take_doubled(&mut turn.articles) {
            // Whoever emitted the article looks at its page again.
            if turn.articles.iter().all(|article| article.id != doubled) {
                let revisits = &mut turn.cursor.revisits;
                revisits.retain(|revisit| revisit.article != doubled);
            }
        }
        let brings_articles = turn.articles.iter().any(|article| article.version == 1);
        if let Some(hubs) = self.hubs.as_ref().filter(|_| brings_articles) {
            hubs.found_news(at, turn.cursor.polled);
        }
        let slot = self.slots.get(at)?;
        let epoch = slot.epoch;
        log_changes(&slot.feed, slot.cursor.as_deref(), &turn.cursor);
        let cursor = Arc::new(turn.cursor);
        if !turn.is_worth_writing {
            let moved = Moved {
                slot: at,
                epoch,
                cursor,
                is_last: turn.is_last,
                told: None,
                brings_articles,
            };
            self.apply(&moved);
            return None;
        }
        let config = &self.poller.config;
        let health = turn.is_last && health::is_worth_writing(config, slot.told.as_ref(), &cursor);
        let health = health.then(|| health_record(&slot.feed, &cursor));
        self.uncommitted.push(Moved {
            slot: at,
            epoch,
            cursor: Arc::clone(&cursor),
            is_last: turn.is_last,
            told: health.as_ref().map(|_| ToldHealth::of(&cursor)),
            brings_articles,
        });
        Some(Polled {
            articles: turn.articles,
            cursor,
            health,
        })
    }

    /// The feed that is listed before `at` and has the same document, which is then polled for
    /// both; `None` where `at` is the first.
    pub(super) fn first_at(&mut self, url: &str, at: usize) -> Option<Arc<Feed>> {
        let url = canonical_url(url)?;
        let other = self.found_at.get(&url).copied().filter(|other| *other < at);
        let other = other
            .and_then(|other| self.slots.get(other))
            .filter(|slot| {
                let cursor = slot.cursor.as_ref();
                slot.partition.is_some() && cursor.is_some_and(|cursor| cursor.health.failures == 0)
            });
        if let Some(other) = other {
            return Some(Arc::clone(&other.feed));
        }
        self.found_at.insert(url, at);
        None
    }

    /// What is made of a poll that led to another feed's document: nothing but a report. Further
    /// turns of the same poll are void.
    pub(super) fn as_duplicate(&mut self, at: usize, first: &Feed) -> Option<Turn> {
        let slot = self.slots.get_mut(at)?;
        slot.epoch += 1;
        let step = CursorMove {
            config: &self.poller.config,
            feed: &slot.feed,
            before: slot.cursor.as_deref(),
            now: Timestamp::now(),
            is_pushed: false,
            subscription: None,
        };
        let fault = Fault::Duplicate(first.url.clone());
        let cursor = step.failed(&fault, &Freshness::default());
        Some(Turn {
            articles: Vec::new(),
            is_worth_writing: step.is_worth_writing(&cursor, slot.last_written),
            cursor,
            is_last: true,
            found_at: None,
        })
    }

    /// Moves a feed's cursor in memory, and sets its timer where the poll is over.
    pub(super) fn apply(&mut self, moved: &Moved) {
        let Some(slot) = self
            .slots
            .get_mut(moved.slot)
            .filter(|slot| slot.epoch == moved.epoch)
        else {
            return;
        };
        count_state(slot.state(), Some(moved.cursor.health.state));
        slot.cursor = Some(Arc::clone(&moved.cursor));
        if !moved.is_last {
            return;
        }
        let fault = moved.cursor.health.fault.as_ref();
        self.progress.finished(&slot.feed.id, &slot.feed.url, fault);
        if moved.cursor.health.state == FeedState::Gone {
            return;
        }
        let again = slot.pushed.take().and_then(|pushed| {
            let polled = moved.cursor.polled;
            let wait = match (pushed > polled, moved.brings_articles) {
                // The push came while the poll was under way: it may tell of later news.
                (true, _) => PUSH_SPACING,
                (false, false) => PUSH_AGAIN,
                (false, true) => return None,
            };
            polled.saturating_add(wait).ok()
        });
        let next = moved.cursor.next_poll;
        self.set_timer(moved.slot, again.map_or(next, |again| again.min(next)));
        if fault.is_none() {
            self.subscribe(moved.slot, &moved.cursor);
        }
    }

    /// Asks the feed's hub for a subscription, where one is due.
    pub(super) fn subscribe(&self, at: usize, cursor: &FeedCursor) {
        let (Some(hubs), Some(hub), Some(runtime)) = (&self.hubs, &cursor.hub, &self.runtime)
        else {
            return;
        };
        if let Some(ask) = hubs.due(at, hub, Timestamp::now()) {
            // The runtime owns the task and ends it when it is dropped with the source.
            runtime.spawn(subscribe(Arc::clone(&self.poller), ask));
        }
    }
}
