//! The fetcher's stage: articles, the moved cursor and the feed's health, in one transaction.

use std::sync::Arc;

use model::{Article, FeedCursor, FeedHealthRecord};
use stream::{ARTICLES, FEED_CURSORS, FEED_HEALTH, Outbox, Reject, Stage};

/// What one poll, or a part of a long one, brought.
#[derive(Clone, Debug)]
pub struct Polled {
    /// New articles and new versions, oldest first.
    pub articles: Vec<Article>,
    /// The cursor that accounts for them.
    pub cursor: Arc<FeedCursor>,
    /// The feed's health, where it has changed.
    pub health: Option<FeedHealthRecord>,
}

impl Polled {
    /// About how many bytes its records will have.
    pub(crate) fn bytes(&self) -> usize {
        /// What a seen item takes in its cursor's record.
        const SEEN_ITEM_BYTES: usize = 84;
        let bodies: usize = self
            .articles
            .iter()
            .map(|article| article.body.len() + 1024)
            .sum();
        bodies + self.cursor.seen.len() * SEEN_ITEM_BYTES
    }
}

/// Emits what a poll brought. All that needs a network or a clock has happened in the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct FetchStage;

impl FetchStage {
    /// The stage.
    pub const fn new() -> Self {
        Self
    }
}

impl Stage for FetchStage {
    type Input = Polled;

    fn name(&self) -> &'static str {
        "fetcher"
    }

    fn process(&mut self, input: Polled, outbox: &mut Outbox) -> Result<(), Reject> {
        for article in &input.articles {
            outbox.send(ARTICLES, article)?;
        }
        if let Some(health) = &input.health {
            outbox.send(FEED_HEALTH, health)?;
        }
        outbox.send(FEED_CURSORS, &input.cursor)
    }
}
