//! A feed as read from one document.

use std::time::Duration;

use jiff::civil::Weekday;
use model::Language;

use super::{Entry, Repair};

/// A feed as read from one document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedFeed {
    /// Format and version, such as `rss20`, `atom10`, `json11` or `news-sitemap`.
    pub format: String,
    /// The feed's title in plain text.
    pub title: Option<String>,
    /// Language stated for the whole feed.
    pub language: Option<Language>,
    /// The website that the feed belongs to, absolute.
    pub site_url: Option<String>,
    /// WebSub hub.
    pub hub: Option<String>,
    /// The feed's own address as it states it.
    pub self_url: Option<String>,
    /// How long the publisher wants the document kept.
    pub ttl: Option<Duration>,
    /// Hours (0 to 23, GMT) in which not to poll.
    pub skip_hours: Vec<u8>,
    /// Days on which not to poll.
    pub skip_days: Vec<Weekday>,
    /// Time between updates by the syndication module.
    pub update_interval: Option<Duration>,
    /// What had to be mended, in order of first occurrence.
    pub repairs: Vec<Repair>,
    /// Whether the document breaks off or was cut at a limit; the entries before that are here.
    pub truncated: bool,
    /// The items in document order.
    pub entries: Vec<Entry>,
}
