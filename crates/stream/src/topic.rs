//! The topics, each with the one type of record that it carries.

use std::marker::PhantomData;

use model::{
    Alert, Article, Delivery, Enriched, EntityRecord, FeedCursor, FeedHealthRecord, MentionRecord,
    Notification, QuoteRecord, Record, Rejected, RoutingState, Silence,
};

/// A topic and the type of its records.
#[derive(Debug)]
pub struct Topic<T> {
    name: &'static str,
    record: PhantomData<fn() -> T>,
}

/// Where the fetcher stands in each feed; compacted, keyed by feed.
pub const FEED_CURSORS: Topic<FeedCursor> = Topic::new("feed-cursors");
/// How each feed is doing, for people; compacted, keyed by feed.
pub const FEED_HEALTH: Topic<FeedHealthRecord> = Topic::new("feed-health");
/// Articles as fetched, keyed by feed.
pub const ARTICLES: Topic<Article> = Topic::new("articles");
/// Articles with their extraction, keyed by article.
pub const ENRICHED: Topic<Enriched> = Topic::new("enriched");
/// One quote a record, keyed by article.
pub const QUOTES: Topic<QuoteRecord> = Topic::new("quotes");
/// One entity a record, keyed by article.
pub const ENTITIES: Topic<EntityRecord> = Topic::new("entities");
/// One mention of a watched official a record, keyed by article.
pub const MENTIONS: Topic<MentionRecord> = Topic::new("mentions");
/// Alerts as rules raise them, keyed by article.
pub const ALERTS: Topic<Alert> = Topic::new("alerts");
/// What the router of alerts remembers; compacted, one partition: rates and silences hold for all.
pub const ROUTING: Topic<RoutingState> = Topic::new("routing");
/// Alerts that nobody wants to hear of; compacted, keyed by silence.
pub const SILENCES: Topic<Silence> = Topic::new("silences");
/// What targets are to be told, keyed by target.
pub const NOTIFICATIONS: Topic<Notification> = Topic::new("notifications");
/// Attempts to deliver notifications, keyed by notification.
pub const DELIVERIES: Topic<Delivery> = Topic::new("deliveries");
/// Records that can never work, with the reason.
pub const DEAD_LETTERS: Topic<Rejected> = Topic::new("dead-letters");

impl<T: Record> Topic<T> {
    /// A topic besides those of the pipeline, by its name before the configured prefix.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            record: PhantomData,
        }
    }

    /// The name, before the configured prefix.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T> Clone for Topic<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Topic<T> {}
