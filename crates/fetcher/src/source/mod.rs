//! The fetcher's source: polls the feeds of the partitions that this instance owns.
//!
//! An idle feed costs its configuration, its cursor and one entry in a heap of timers; there is
//! no task for it. A poll runs on the async runtime and hands its outcome back over a bounded
//! channel. Cursors in memory move only when the runner says that the outcome is committed.

mod ownership;
mod slot;
mod timers;
mod turns;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use model::{Feed, FeedCursor, FeedId};
use stream::{Assignment, BatchLimits, KeyedSource, SourceError};
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use self::slot::{Moved, Slot};
use crate::{
    Config, FetchProgress, Polled, SetUpError,
    poll_task::FromPoll,
    poller::Poller,
    recent_articles::RecentArticles,
    websub::{Endpoint, Subscriptions},
};

/// Turns that may wait for the runner before polls wait for it too.
const WAITING_TURNS: usize = 64;
/// Threads that drive requests; parsing runs on further, blocking threads.
const ASYNC_THREADS: usize = 2;
/// Blocking threads: name look-ups wait there, so there are more of them than cores.
const BLOCKING_THREADS: usize = 64;

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
                slots.push(Slot::of(feed));
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
        self.take_over(assignment);
    }

    fn revoked(&mut self, partition: u32) {
        self.give_up(partition);
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
