//! A feed as read from one document.

use std::time::Duration;

use jiff::civil::Weekday;
use model::Language;

use super::{
    Entry, FeedDocument, Repair,
    html::html_to_line,
    node::{Node, Text},
    typed::read_typed,
};

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
    /// Address of the hub that pushes the feed (`WebSub`).
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

impl From<FeedDocument> for ParsedFeed {
    fn from(document: FeedDocument) -> Self {
        let mut typed = read_typed(&document).into_iter();
        let feed = document.feed;
        let link = |rel: &str| {
            let found = feed.links.iter().find(|link| link.rel == rel);
            found.map(|link| link.href.clone())
        };
        Self {
            title: feed
                .text("title")
                .map(plain_line)
                .filter(|title| !title.is_empty()),
            language: feed.value("language").and_then(|tag| tag.parse().ok()),
            site_url: feed
                .value("link")
                .map(str::to_owned)
                .or_else(|| link("alternate")),
            hub: link("hub"),
            self_url: link("self"),
            ttl: minutes(&feed, "ttl"),
            skip_hours: skip_hours(&feed),
            skip_days: skip_days(&feed),
            update_interval: update_interval(&feed),
            format: document.version,
            repairs: document.repairs,
            truncated: document.truncated,
            entries: document
                .entries
                .into_iter()
                .map(|node| Entry::from_node(node, typed.next().unwrap_or_default()))
                .collect(),
        }
    }
}

/// A text on one line without markup.
pub(crate) fn plain_line(text: &Text) -> String {
    match text.media_type.as_str() {
        "text/html" | "application/xhtml+xml" => html_to_line(&text.value),
        _ => text.value.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// A value in minutes; a year is as long as any cache need keep a feed.
fn minutes(feed: &Node, name: &str) -> Option<Duration> {
    let minutes: u64 = feed.value(name)?.trim().parse().ok()?;
    (1..=525_600)
        .contains(&minutes)
        .then(|| Duration::from_secs(60 * minutes))
}

/// Hours from 0 to 23; RSS 0.91 counted to 24.
fn skip_hours(feed: &Node) -> Vec<u8> {
    let stated = feed.value("skiphours").unwrap_or_default();
    let hours = stated
        .split_whitespace()
        .filter_map(|hour| hour.parse::<u8>().ok());
    let mut hours: Vec<u8> = hours
        .filter(|hour| *hour <= 24)
        .map(|hour| hour % 24)
        .collect();
    hours.sort_unstable();
    hours.dedup();
    hours
}

fn skip_days(feed: &Node) -> Vec<Weekday> {
    let stated = feed
        .value("skipdays")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let days = stated.split_whitespace().filter_map(|day| {
        Some(match day.get(..3)? {
            "mon" => Weekday::Monday,
            "tue" => Weekday::Tuesday,
            "wed" => Weekday::Wednesday,
            "thu" => Weekday::Thursday,
            "fri" => Weekday::Friday,
            "sat" => Weekday::Saturday,
            "sun" => Weekday::Sunday,
            _ => return None,
        })
    });
    let mut days: Vec<Weekday> = days.collect();
    days.sort_by_key(|day| day.to_monday_zero_offset());
    days.dedup();
    days
}

/// `sy:updatePeriod` divided by `sy:updateFrequency`.
fn update_interval(feed: &Node) -> Option<Duration> {
    let period_s: u64 = match feed
        .value("sy_updateperiod")?
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "hourly" => 3600,
        "daily" => 86_400,
        "weekly" => 604_800,
        "monthly" => 2_629_800,
        "yearly" => 31_557_600,
        _ => return None,
    };
    let frequency: u64 = feed
        .value("sy_updatefrequency")
        .and_then(|frequency| frequency.trim().parse().ok())
        .filter(|frequency| (1..=1000).contains(frequency))
        .unwrap_or(1);
    Some(Duration::from_secs(period_s / frequency))
}
