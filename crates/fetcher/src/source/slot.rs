//! A configured feed as the source holds it.

use std::sync::Arc;

use jiff::Timestamp;
use model::{Feed, FeedCursor, FeedState};

use crate::{feed_site::site_of, health::ToldHealth};

/// One configured feed.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) feed: Arc<Feed>,
    pub(super) cursor: Option<Arc<FeedCursor>>,
    pub(super) last_written: Option<Timestamp>,
    /// What this instance told of the feed's health last.
    pub(super) told: Option<ToldHealth>,
    /// What its partition is chosen by.
    pub(super) site: String,
    /// The partition that makes the feed ours.
    pub(super) partition: Option<u32>,
    /// When its timer goes off; older timers are void.
    pub(super) due: Option<Timestamp>,
    /// When a hub said that there is news, until a poll has looked.
    pub(super) pushed: Option<Timestamp>,
    /// Counts up whenever work in flight for the feed becomes void.
    pub(super) epoch: u64,
}

/// A cursor that moves with the next commit.
#[derive(Debug)]
pub(super) struct Moved {
    pub(super) slot: usize,
    pub(super) epoch: u64,
    pub(super) cursor: Arc<FeedCursor>,
    pub(super) is_last: bool,
    pub(super) brings_articles: bool,
    pub(super) told: Option<ToldHealth>,
}

impl Slot {
    /// A feed that is nobody's yet.
    pub(super) fn of(feed: Feed) -> Self {
        Self {
            site: site_of(&feed.url).unwrap_or_else(|| feed.id.to_string()),
            due: None,
            pushed: None,
            feed: Arc::new(feed),
            cursor: None,
            last_written: None,
            told: None,
            partition: None,
            epoch: 0,
        }
    }

    pub(super) fn state(&self) -> Option<FeedState> {
        self.cursor.as_ref().map(|cursor| cursor.health.state)
    }
}
