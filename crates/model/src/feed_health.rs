//! A feed's health as a record: what people and dashboards look at.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FeedFault, FeedId, FeedState, Renewal};

/// How a feed is doing; written in the same transaction as the cursor it is drawn from, and only
/// when it has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeedHealthRecord {
    /// Which feed.
    pub feed: FeedId,
    /// Its configured URL.
    pub url: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The publisher.
    pub outlet: String,
    /// The state in one word.
    pub state: FeedState,
    /// The state in one sentence, with its cause.
    pub summary: String,
    /// When the feed was polled for this record.
    pub polled: Timestamp,
    /// When it last answered with a readable document or 304.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Timestamp>,
    /// Polls that failed since then.
    #[serde(default)]
    pub failures: u32,
    /// Why the last poll failed; absent where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FeedFault>,
    /// When the next poll is due; absent where none will be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_poll: Option<Timestamp>,
    /// Why then, or why never, in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next_poll_reason: String,
    /// How much it brings, against its own norm.
    pub volume: FeedVolume,
    /// Where permanent redirects lead, where the feed is polled there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// The last time that most of the feed came back under new ids, and was held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
}

/// How much a feed brings, against its own norm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeedVolume {
    /// Since when the feed is watched: the first poll that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_since: Option<Timestamp>,
    /// Items that arrived since then, those of the first poll left out.
    pub arrivals: u32,
    /// When an item arrived last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_arrival: Option<Timestamp>,
    /// Usual time between arrivals in seconds; absent while unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_gap_seconds: Option<u64>,
    /// Items so far on the day (UTC) of the poll.
    pub today: u32,
    /// Items on the day before.
    pub yesterday: u32,
    /// Items on a usual day in tenths: the mean of the last whole days that the feed was watched,
    /// 14 at most; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_day_tenths: Option<u32>,
}
