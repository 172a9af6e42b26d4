//! The fetcher's source: polls the feeds of the partitions that this instance owns.
//!
//! An idle feed costs its configuration, its cursor and one entry in a heap of timers; there is
//! no task for it. A poll runs on the async runtime and hands its outcome back over a bounded
//! channel. Cursors in memory move only when the runner says that the outcome is committed.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use model::{Feed, FeedCursor, FeedId, FeedState};
use stream::{Assignment, BatchLimits, KeyedSource, SourceError, partition_of};
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Config, FetchProgress, Polled, SetUpError,
    canonical_url::canonical_url,
    cursor::CursorMove,
    fault::Fault,
    feed_log::log_changes,
    feed_site::site_of,
    freshness::Freshness,
    health::{self, ToldHealth, count_state, health_record},
    poll_task::{FromPoll, PollEvent, spawn_poll},
    poller::{PollTask, Poller, Turn},
    recent_articles::RecentArticles,
    schedule::since,
    websub::{Endpoint, Subscriptions, subscribe},
};

/// Turns that may wait for the runner before polls wait for it too.
const WAITING_TURNS: usize = 64;
/// Threads that drive requests; parsing runs on further, blocking threads.
const ASYNC_THREADS: usize = 2;
/// Blocking threads: name look-ups wait there, so there are more of them than cores.
const BLOCKING_THREADS: usize = 64;

/// After a push the feed is polled no sooner than this after its last poll.
const PUSH_SPACING: Duration = Duration::from_secs(10);
/// A poll after a push that finds nothing is made again this much later: the server may have
/// answered from a cache.
const PUSH_AGAIN: Duration = Duration::from_mins(1);

/// Polls feeds for [`FetchStage`](crate::FetchStage).
#[derive(Debug)]
pub struct FeedSource {
    poller: Arc<Poller>,
    slots: Vec<Slot>,
    /// Owned feeds by when they are due: time, slot, and the epoch in which the entry holds.
    timers: BinaryHeap<Reverse<(Timestamp, usize, u64)>>,
    turns: mpsc::Receiver<FromPoll>,
    to_turns: mpsc::Sender<FromPoll>,
    in_flight: usize,
    /// What the last batch will have moved once it is committed.
    uncommitted: Vec<Moved>,
    recent: RecentArticles,
    /// Which feed's document is at which address.
    found_at: HashMap<String, usize>,
    /// Cursors that stand in another partition than their feed belongs to now: an earlier release
    /// chose it by the feed, not by its site.
    strays: HashMap<FeedId, FeedCursor>,
    /// What hubs have agreed to push; absent where no callback is configured.
    hubs: Option<Arc<Subscriptions>>,
    progress: FetchProgress,
    stop: CancellationToken,
    runtime: Option<Runtime>,
}

/// One configured feed.
#[derive(Debug)]
struct Slot {
    feed: Arc<Feed>,
    cursor: Option<Arc<FeedCursor>>,
    last_written: Option<Timestamp>,
    /// What this instance told of the feed's health last.
    told: Option<ToldHealth>,
    /// What its partition is chosen by.
    site: String,
    /// The partition that makes the feed ours.
    partition: Option<u32>,
    /// When its timer goes off; older timers are void.
    due: Option<Timestamp>,
    /// When a hub said that there is news, until a poll has looked.
    pushed: Option<Timestamp>,
    /// Counts up whenever work in flight for the feed becomes void.
    epoch: u64,
}

/// A cursor that moves with the next commit.
#[derive(Debug)]
struct Moved {
    slot: usize,
    epoch: u64,
    cursor: Arc<FeedCursor>,
    is_last: bool,
    brings_articles: bool,
    told: Option<ToldHealth>,
}

impl Slot {
    fn state(&self) -> Option<FeedState> {
        self.cursor.as_ref().map(|cursor| cursor.health.state)
    }
}

impl FeedSource {
    /// A source over `feeds`, of which it polls those whose partition it is assigned.
    ///
    /// A feed that is listed twice is taken once.
    ///
    /// # Errors
    /// Where the configuration makes no sense or the system gives no threads.
    pub fn new(
        config: Config,
        feeds: Vec<Feed>,
        progress: FetchProgress,
        stop: CancellationToken,
    ) -> Result<Self, SetUpError> {
        let poller = Poller::new(config)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(ASYNC_THREADS)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name("fetcher")
            .enable_all()
            .build()?;
        let (to_turns, turns) = mpsc::channel(WAITING_TURNS);
        let mut slots: Vec<Slot> = Vec::with_capacity(feeds.len());
        let mut known = HashSet::with_capacity(feeds.len());
        for feed in feeds {
            if known.insert(feed.id.clone()) {
                slots.push(Slot {
                    site: site_of(&feed.url).unwrap_or_else(|| feed.id.to_string()),
                    due: None,
                    pushed: None,
                    feed: Arc::new(feed),
                    cursor: None,
                    last_written: None,
                    told: None,
                    partition: None,
                    epoch: 0,
                });
            }
        }
        progress.configured(slots.len());
        let hubs = open_endpoint(&poller.config, &runtime, &to_turns)?;
        Ok(Self {
            poller,
            slots,
            timers: BinaryHeap::new(),
            turns,
            to_turns,
            in_flight: 0,
            uncommitted: Vec::new(),
            recent: RecentArticles::default(),
            found_at: HashMap::new(),
            strays: HashMap::new(),
            hubs,
            progress,
            stop,
            runtime: Some(runtime),
        })
    }

    /// Starts the polls that are due, as far as the limit of polls in flight allows.
    fn start_due_polls(&mut self) {
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
    fn until_next_timer(&self) -> Option<Duration> {
        if self.in_flight >= self.poller.config.concurrency {
            return None;
        }
        let Reverse((due, _, _)) = self.timers.peek()?;
        Some(since(Timestamp::now(), *due))
    }

    /// Waits for news from a poll; `None` where none comes in time or the fetcher is to stop.
    fn wait_for_poll(&mut self, wait: Duration) -> Option<FromPoll> {
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
    fn take_in(&mut self, news: FromPoll) -> Option<Polled> {
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
    fn first_at(&mut self, url: &str, at: usize) -> Option<Arc<Feed>> {
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
    fn as_duplicate(&mut self, at: usize, first: &Feed) -> Option<Turn> {
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
    fn apply(&mut self, moved: &Moved) {
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

    /// Sets the timer of a feed; one that was set before is void.
    fn set_timer(&mut self, at: usize, due: Timestamp) {
        if let Some(slot) = self.slots.get_mut(at) {
            slot.due = Some(due);
            self.timers.push(Reverse((due, at, slot.epoch)));
        }
    }

    /// A hub says that a feed has news: it is due at once, or again where a poll is under way.
    fn take_push(&mut self, at: usize) {
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
    fn make_due(&mut self, at: usize, now: Timestamp) {
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

    /// Asks the feed's hub for a subscription, where one is due.
    fn subscribe(&self, at: usize, cursor: &FeedCursor) {
        let (Some(hubs), Some(hub), Some(runtime)) = (&self.hubs, &cursor.hub, &self.runtime)
        else {
            return;
        };
        if let Some(ask) = hubs.due(at, hub, Timestamp::now()) {
            // The runtime owns the task and ends it when it is dropped with the source.
            runtime.spawn(subscribe(Arc::clone(&self.poller), ask));
        }
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

    /// Sets the timer of a feed whose poll broke down without an outcome.
    fn try_later(&mut self, at: usize, epoch: u64) {
        let Some(slot) = self.slots.get(at).filter(|slot| slot.epoch == epoch) else {
            return;
        };
        tracing::error!(feed.url = %slot.feed.url, "poll broke down, trying again later");
        let later = Timestamp::now().saturating_add(self.poller.config.interval);
        self.set_timer(at, later.unwrap_or(Timestamp::MAX));
    }
}

/// Opens the endpoint that hubs call, where one is configured.
fn open_endpoint(
    config: &Config,
    runtime: &Runtime,
    pushes: &mpsc::Sender<FromPoll>,
) -> Result<Option<Arc<Subscriptions>>, SetUpError> {
    let websub = &config.websub;
    if websub.callback.is_empty() {
        return Ok(None);
    }
    let hubs = Arc::new(Subscriptions::new(&websub.callback, websub.lease));
    let endpoint = Endpoint::new(Arc::clone(&hubs), pushes.clone(), config.max_feed_bytes);
    endpoint
        .listen(websub.listen, runtime)
        .map_err(|error| SetUpError::Endpoint {
            address: websub.listen,
            reason: error.to_string(),
        })?;
    Ok(Some(hubs))
}

impl KeyedSource for FeedSource {
    type State = FeedCursor;
    type Input = Polled;

    fn assigned(&mut self, assignment: Assignment<FeedCursor>) {
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

    fn revoked(&mut self, partition: u32) {
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

    fn next_batch(
        &mut self,
        limits: &BatchLimits,
        wait: Duration,
    ) -> Result<Vec<Polled>, SourceError> {
        let deadline = Instant::now() + wait;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while !self.stop.is_cancelled() {
            self.start_due_polls();
            let left = deadline.saturating_duration_since(Instant::now());
            let pause = self
                .until_next_timer()
                .map_or(left, |until| until.min(left));
            let mut news = self.wait_for_poll(pause);
            while let Some(from_poll) = news {
                if let Some(polled) = self.take_in(from_poll) {
                    bytes += polled.bytes();
                    batch.push(polled);
                }
                if batch.len() >= limits.records || bytes >= limits.bytes {
                    return Ok(batch);
                }
                news = self.turns.try_recv().ok();
            }
            if !batch.is_empty() || Instant::now() >= deadline {
                break;
            }
        }
        Ok(batch)
    }

    fn committed(&mut self) {
        self.recent.commit();
        for moved in std::mem::take(&mut self.uncommitted) {
            if let Some(slot) = self.slots.get_mut(moved.slot)
                && slot.epoch == moved.epoch
            {
                slot.last_written = Some(moved.cursor.polled);
                if moved.told.is_some() {
                    slot.told.clone_from(&moved.told);
                }
            }
            self.apply(&moved);
        }
    }
}

impl Drop for FeedSource {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Requests in flight are given up: nothing of theirs was committed.
            runtime.shutdown_background();
        }
    }
}
