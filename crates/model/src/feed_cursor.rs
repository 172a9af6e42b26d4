//! Where a fetcher stands in a feed: the record that makes polling restartable.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ArticleId, FeedId};

/// How far a feed has been read; written in the same transaction as the articles it accounts for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeedCursor {
    /// Which feed.
    pub feed: FeedId,
    /// The feed's configured URL, for people who read the topic.
    pub url: String,
    /// The site that the feed belongs to, by which its instance of the fetcher is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The hub that pushes the feed, where it names one (`WebSub`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<FeedHub>,
    /// What that hub has agreed to, so that its pushes count after a restart too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<HubSubscription>,
    /// Where permanent redirects lead, counted until the new address is taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<MovedFeed>,
    /// `ETag` of the last 200 or 304, exactly as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified` of the last 200 or 304, exactly as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Hash of the last body, by which an unchanged 200 is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<String>,
    /// When the whole document was last had by a request without validators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_full: Option<Timestamp>,
    /// Items already emitted, latest seen last; bounded by `fetcher.seen_items`.
    pub seen: Vec<SeenItem>,
    /// Since when the feed is watched: the first poll that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_since: Option<Timestamp>,
    /// When the feed was polled last.
    pub polled: Timestamp,
    /// When the feed may be polled next.
    pub next_poll: Timestamp,
    /// Why then, in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next_poll_reason: String,
    /// How often the feed brings news.
    #[serde(default)]
    pub rhythm: Rhythm,
    /// What the last document says of when it may be fetched.
    #[serde(default)]
    pub wishes: PollWishes,
    /// Article pages to look at again for changes, soonest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisits: Vec<Revisit>,
    /// What is known of the feed's health.
    pub health: FeedHealth,
}

/// A hub that pushes a feed (`WebSub`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeedHub {
    /// Where subscriptions are asked for.
    pub url: String,
    /// The address by which the hub knows the feed.
    pub topic: String,
}

/// A subscription that a hub has verified.
///
/// Its secret lets those who read the topic make the feed due sooner, and no more than that: what
/// is pushed is never read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HubSubscription {
    /// The address that the hub pushes to; its last segment nobody can guess.
    pub callback: String,
    /// What the hub signs its pushes with.
    pub secret: String,
    /// When the hub agreed.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Where a feed's permanent redirects lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MovedFeed {
    /// The address they lead to.
    pub url: String,
    /// Polls in a row that were sent there.
    pub sightings: u32,
    /// Whether the feed is polled there now.
    pub adopted: bool,
}

/// An item of a feed that has been emitted.
///
/// On the wire one text, `key.twin.title.article` (a key that the item lacks is empty), since a
/// cursor holds hundreds of them; what may follow a further full stop is ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct SeenItem {
    /// Identity of the item within the feed: its guid, URL, or title and date.
    pub key: ItemKey,
    /// Second identity, by title, date and link, for feeds whose guids change.
    pub twin: Option<ItemKey>,
    /// The title alone, by which the renewal of a whole feed is known.
    pub title: Option<ItemKey>,
    /// The article it became.
    pub article: ArticleId,
}

/// A 64-bit hash of what identifies an item; 16 hex digits on the wire.
///
/// Keys are compared within one feed's some thousand items only: a collision has odds of 1e-13.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey(pub u64);

/// Why a text is not a seen item.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not a seen item (expected `key.twin.title.article`): {0:?}")]
pub struct ParseSeenItemError(String);

/// How often a feed brings news.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rhythm {
    /// Items that arrived since the feed is watched, those of the first poll left out.
    pub arrivals: u32,
    /// Usual time between arrivals in seconds, a moving average; absent while unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_gap_seconds: Option<u64>,
    /// When an item arrived last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_arrival: Option<Timestamp>,
    /// Items by the day (UTC) on which they arrived, days without any left out, latest last; the
    /// last 15 days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayVolume>,
}

/// How many items arrived on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DayVolume {
    /// The day, UTC.
    pub day: Date,
    /// Items that arrived on it.
    pub items: u32,
}

/// What a feed's document says of when it may be fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PollWishes {
    /// Seconds between polls, the longer of `ttl` and `sy:updatePeriod`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u64>,
    /// Hours of the day (0 to 23, GMT) in which not to poll.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip_hours: Vec<u8>,
    /// Days of the week (1 is Monday, GMT) on which not to poll.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip_days: Vec<u8>,
}

/// An article page to look at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revisit {
    /// The article.
    pub article: ArticleId,
    /// Its page.
    pub url: String,
    /// The version that was emitted last.
    pub version: u32,
    /// Hash of that version's words.
    pub body_hash: String,
    /// When to look again.
    pub due: Timestamp,
    /// When the page was fetched first: the later looks are counted from here.
    pub first_fetched: Timestamp,
    /// The title that was emitted last.
    pub title: String,
    /// When the publisher says it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
}

/// How a feed is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeedHealth {
    /// The state in one word.
    #[serde(default)]
    pub state: FeedState,
    /// When the feed last answered with a readable document or 304.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Timestamp>,
    /// Polls that failed since then.
    pub failures: u32,
    /// The last failure, gone with the next success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FeedFault>,
    /// The last time that most of the feed came back under new ids, and was held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
}

/// A feed's state in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    /// Answers, but is too young for its rhythm to be known.
    #[default]
    Learning,
    /// Answers and brings news as usual.
    Healthy,
    /// Answers, but has brought nothing for far longer than usual.
    Silent,
    /// Does not answer, or not with a feed; still polled.
    Failing,
    /// The server says that the feed is gone for good (410); no longer polled.
    Gone,
}

/// Why a poll failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeedFault {
    /// A stable code, such as `dns`, `tls`, `timeout`, `http_404`, `not_a_feed`.
    pub code: String,
    /// The same in plain words.
    pub reason: String,
}

/// Known items that came back under new ids all at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Renewal {
    /// When.
    pub at: Timestamp,
    /// How many items were held back.
    pub items: u32,
}

impl fmt::Display for ItemKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl FromStr for ItemKey {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl From<SeenItem> for String {
    fn from(item: SeenItem) -> Self {
        let optional = |key: Option<ItemKey>| key.map(|key| key.to_string()).unwrap_or_default();
        format!(
            "{}.{}.{}.{}",
            item.key,
            optional(item.twin),
            optional(item.title),
            item.article
        )
    }
}

impl TryFrom<String> for SeenItem {
    type Error = ParseSeenItemError;

    fn try_from(text: String) -> Result<Self, ParseSeenItemError> {
        let read = || {
            let mut parts = text.split('.');
            let key = parts.next()?.parse().ok()?;
            let twin = optional_key(parts.next()?)?;
            let title = optional_key(parts.next()?)?;
            let article = ArticleId::from_hex(parts.next()?)?;
            Some(Self {
                key,
                twin,
                title,
                article,
            })
        };
        read().ok_or_else(|| ParseSeenItemError(text.clone()))
    }
}

/// A key or its absence; `None` where the text is neither.
#[expect(
    clippy::option_option,
    reason = "absent and unreadable are different answers"
)]
fn optional_key(text: &str) -> Option<Option<ItemKey>> {
    if text.is_empty() {
        return Some(None);
    }
    text.parse().ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> SeenItem {
        SeenItem {
            key: ItemKey(7),
            twin: None,
            title: Some(ItemKey(u64::MAX)),
            article: ArticleId::from_canonical_url("https://news.example/a"),
        }
    }

    #[test]
    fn a_seen_item_is_one_text() {
        let json = serde_json::to_string(&item()).unwrap();
        assert!(json.starts_with("\"0000000000000007..ffffffffffffffff."));
        assert_eq!(serde_json::from_str::<SeenItem>(&json).unwrap(), item());
    }

    #[test]
    fn later_releases_may_add_to_a_seen_item() {
        let longer = format!("{}.more", String::from(item()));
        assert_eq!(SeenItem::try_from(longer), Ok(item()));
    }

    #[test]
    fn what_is_no_seen_item_does_not_decode() {
        assert!(SeenItem::try_from("7.x.y.z".to_owned()).is_err());
        assert!(SeenItem::try_from(String::new()).is_err());
    }
}
