//! How far the fetcher has come, for those who watch it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{FeedFault, FeedId};

/// How far the fetcher has come; clones share one state.
#[derive(Clone, Debug, Default)]
pub struct FetchProgress {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    feeds: usize,
    owned: HashSet<FeedId>,
    committed: HashSet<FeedId>,
    in_flight: usize,
    polls: u64,
    faults: BTreeMap<FeedId, (String, FeedFault)>,
}

impl FetchProgress {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Feeds configured.
    pub fn feeds(&self) -> usize {
        self.lock().feeds
    }

    /// Feeds that this instance owns by its partitions.
    pub fn owned(&self) -> usize {
        self.lock().owned.len()
    }

    /// Owned feeds that have been polled with the outcome committed, by this process or lately by
    /// its forerunner.
    pub fn polled(&self) -> usize {
        let state = self.lock();
        state.committed.intersection(&state.owned).count()
    }

    /// Polls under way.
    pub fn in_flight(&self) -> usize {
        self.lock().in_flight
    }

    /// Polls whose outcome is committed, since the start.
    pub fn polls(&self) -> u64 {
        self.lock().polls
    }

    /// The feeds that fail, by URL, with the reason; sorted by feed id.
    pub fn faults(&self) -> Vec<(String, FeedFault)> {
        self.lock().faults.values().cloned().collect()
    }

    /// Whether every feed that this instance owns has been polled to the end at least once; false
    /// as long as it owns none, unless none is configured.
    pub fn all_polled(&self) -> bool {
        let state = self.lock();
        state.feeds == 0
            || (!state.owned.is_empty()
                && state.owned.iter().all(|id| state.committed.contains(id)))
    }

    pub(crate) fn configured(&self, feeds: usize) {
        self.lock().feeds = feeds;
    }

    pub(crate) fn took_over(&self, feed: FeedId) {
        self.lock().owned.insert(feed);
    }

    pub(crate) fn gave_up(&self, feed: &FeedId) {
        self.lock().owned.remove(feed);
    }

    pub(crate) fn set_in_flight(&self, polls: usize) {
        self.lock().in_flight = polls;
    }

    /// The feed need not be polled now, and so owes nothing.
    pub(crate) fn rests(&self, feed: &FeedId) {
        self.lock().committed.insert(feed.clone());
    }

    pub(crate) fn finished(&self, feed: &FeedId, url: &str, fault: Option<&FeedFault>) {
        let mut state = self.lock();
        state.polls += 1;
        state.committed.insert(feed.clone());
        match fault {
            Some(fault) => {
                let entry = (url.to_owned(), fault.clone());
                state.faults.insert(feed.clone(), entry);
            }
            None => {
                state.faults.remove(feed);
            }
        }
    }

    /// A panic elsewhere while the lock was held leaves counters that are still usable.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_polled_waits_for_every_owned_feed() {
        let progress = FetchProgress::new();
        progress.configured(2);
        assert!(!progress.all_polled());
        let (one, two) = (FeedId::from_url("1"), FeedId::from_url("2"));
        progress.took_over(one.clone());
        progress.took_over(two.clone());
        progress.finished(&one, "1", None);
        assert!(!progress.all_polled());
        progress.finished(&two, "2", None);
        assert!(progress.all_polled());
    }
}
