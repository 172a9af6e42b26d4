//! Where a fetcher stands in a feed: the record that makes polling restartable.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, FeedId};

/// How far a feed has been read; written in the same transaction as the articles it accounts for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeedCursor {
    /// Which feed.
    pub feed: FeedId,
    /// The feed's configured URL, for people who read the topic.
    pub url: String,
    /// `ETag` of the last 200 or 304, exactly as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified` of the last 200 or 304, exactly as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Hash of the last body, by which an unchanged 200 is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
    /// Items already emitted, newest last; bounded by `fetcher.seen_items`.
    pub seen: Vec<SeenItem>,
    /// When the feed was polled last.
    pub polled: Timestamp,
    /// When the feed may be polled next.
    pub next_poll: Timestamp,
    /// What is known of the feed's health.
    pub health: FeedHealth,
}

/// An item of a feed that has been emitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeenItem {
    /// Identity of the item within the feed: hash of its guid, URL, or title and date.
    pub key: String,
    /// The article it became.
    pub article: ArticleId,
}

/// How a feed is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeedHealth {
    /// When the feed last answered with a readable document or 304.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Timestamp>,
    /// Polls that failed since then.
    pub failures: u32,
    /// The last failure, gone with the next success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FeedFault>,
}

/// Why a poll failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeedFault {
    /// A stable code, such as `dns`, `tls`, `timeout`, `http_404`, `not_a_feed`.
    pub code: String,
    /// The same in plain words.
    pub reason: String,
}
