//! What every record on a topic has: a type, an id, a key.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Alert, Article, Delivery, Enriched, EntityRecord, FeedCursor, FeedHealthRecord, MentionRecord,
    Notification, QuoteRecord, Rejected, RoutingState, Silence,
};

/// A type that travels on a topic.
///
/// The envelope is CloudEvents 1.0 in Kafka's binary binding: [`TYPE`](Self::TYPE) becomes
/// `ce_type`, [`event_id`](Self::event_id) `ce_id`, [`event_time`](Self::event_time) `ce_time`.
pub trait Record: Serialize + DeserializeOwned + Send + 'static {
    /// CloudEvents type with the major version of the wire contract.
    const TYPE: &'static str;

    /// Same for the same content, also on replay.
    fn event_id(&self) -> String;

    /// Records that must keep their order share a key.
    fn key(&self) -> String;

    /// What the record's partition is chosen by, where it is not the key: records that share it
    /// meet in one partition whatever their keys.
    fn partition_key(&self) -> Option<String> {
        None
    }

    /// When what the record tells of happened.
    fn event_time(&self) -> Option<Timestamp>;
}

impl Record for FeedCursor {
    const TYPE: &'static str = "onrecord.feed-cursor.v1";

    fn event_id(&self) -> String {
        format!("{}@{}", self.feed, self.polled)
    }

    fn key(&self) -> String {
        self.feed.to_string()
    }

    fn partition_key(&self) -> Option<String> {
        self.site.clone()
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.polled)
    }
}

impl Record for FeedHealthRecord {
    const TYPE: &'static str = "onrecord.feed-health.v1";

    fn event_id(&self) -> String {
        format!("{}@{}", self.feed, self.polled)
    }

    fn key(&self) -> String {
        self.feed.to_string()
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.polled)
    }
}

impl Record for Article {
    const TYPE: &'static str = "onrecord.article.v1";

    fn event_id(&self) -> String {
        format!("{}.{}", self.id, self.version)
    }

    fn key(&self) -> String {
        self.feed.to_string()
    }

    /// One article that two fetchers bring meets itself in one partition.
    fn partition_key(&self) -> Option<String> {
        Some(self.id.to_string())
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.ingested)
    }
}

impl Record for Enriched {
    const TYPE: &'static str = "onrecord.enriched.v1";

    fn event_id(&self) -> String {
        self.article.event_id()
    }

    fn key(&self) -> String {
        self.article.id.to_string()
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.article.ingested)
    }
}

macro_rules! routed_record {
    ($name:ident, $type:literal) => {
        impl Record for $name {
            const TYPE: &'static str = $type;

            fn event_id(&self) -> String {
                format!("{}.{}", self.id, self.article.version)
            }

            fn key(&self) -> String {
                self.article.id.to_string()
            }

            fn event_time(&self) -> Option<Timestamp> {
                Some(self.article.ingested)
            }
        }
    };
}

routed_record!(QuoteRecord, "onrecord.quote.v1");
routed_record!(EntityRecord, "onrecord.entity.v1");
routed_record!(MentionRecord, "onrecord.mention.v1");
routed_record!(Alert, "onrecord.alert.v1");

impl Record for Notification {
    const TYPE: &'static str = "onrecord.notification.v1";

    fn event_id(&self) -> String {
        self.id.to_string()
    }

    // All that a target is told keeps its order, digests and their groups included.
    fn key(&self) -> String {
        self.target.clone()
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.created)
    }
}

impl Record for Delivery {
    const TYPE: &'static str = "onrecord.delivery.v1";

    fn event_id(&self) -> String {
        format!("{}@{}", self.notification, self.at)
    }

    fn key(&self) -> String {
        self.notification.to_string()
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.at)
    }
}

impl Record for Silence {
    const TYPE: &'static str = "onrecord.silence.v1";

    fn event_id(&self) -> String {
        format!("{}@{}", self.id, self.ends)
    }

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.created)
    }
}

impl Record for RoutingState {
    const TYPE: &'static str = "onrecord.routing-state.v1";

    fn event_id(&self) -> String {
        format!("{}@{}", self.key, self.changed)
    }

    fn key(&self) -> String {
        self.key.clone()
    }

    fn event_time(&self) -> Option<Timestamp> {
        Some(self.changed)
    }
}

impl Record for Rejected {
    const TYPE: &'static str = "onrecord.rejected.v1";

    fn event_id(&self) -> String {
        let source = &self.source;
        format!(
            "{}/{}/{}/{}",
            self.stage, source.topic, source.partition, source.offset
        )
    }

    fn key(&self) -> String {
        self.key.clone().unwrap_or_else(|| self.event_id())
    }

    fn event_time(&self) -> Option<Timestamp> {
        self.written
    }
}
