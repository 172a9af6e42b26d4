//! A feed as the list has it.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use model::{Feed, Language, PagePolicy, ParseFeedUrlError, RobotsPolicy};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

/// A feed as the list has it: its address, and what the user says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedEntry {
    /// Where the feed is fetched.
    pub url: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The publisher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlet: Option<String>,
    /// Language of its articles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Country it reports from or on, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Where it stands among others, such as "Asia/Cambodia".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Time between polls.
    #[serde(
        default,
        with = "compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub interval: Option<Duration>,
    /// Where articles take their text from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<PagePolicy>,
    /// Whether robots.txt counts for the feed's own URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robots: Option<RobotsPolicy>,
    /// User agent for this feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// The keys in the order in which they are written.
pub(super) const KEYS: [&str; 10] = [
    "url",
    "name",
    "outlet",
    "language",
    "country",
    "folder",
    "interval",
    "pages",
    "robots",
    "user_agent",
];

impl FeedEntry {
    /// An entry with nothing but its address.
    pub fn from_url(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    /// The feed that the fetcher polls.
    ///
    /// # Errors
    /// Where the URL is none.
    pub fn to_feed(&self) -> Result<Feed, ParseFeedUrlError> {
        let feed = Feed::from_url(&self.url)?;
        Ok(Feed {
            name: self.name.clone(),
            outlet: self.outlet.clone().unwrap_or_else(|| feed.outlet.clone()),
            language: self.language.clone(),
            country: self.country.clone(),
            folder: self.folder.clone(),
            interval: self.interval,
            pages: self.pages,
            robots: self.robots,
            user_agent: self.user_agent.clone(),
            ..feed
        })
    }

    /// The keys that are set, with their values as text, in the order in which they are written.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let Ok(Value::Object(mut values)) = serde_json::to_value(self) else {
            return Vec::new();
        };
        KEYS.iter()
            .filter_map(|key| match values.remove(*key)? {
                Value::String(text) => Some((*key, text)),
                _ => None,
            })
            .collect()
    }

    /// Builds an entry from texts by key. What cannot be read costs that key alone and is told.
    ///
    /// # Errors
    /// Where the address is none, with the reason.
    pub(super) fn from_fields(
        url: &str,
        fields: &[(&'static str, String)],
    ) -> Result<(Self, Vec<String>), String> {
        let url = web_address(&url.replace(char::is_control, ""));
        Feed::from_url(&url).map_err(|error| error.to_string())?;
        let mut kept = Map::new();
        kept.insert("url".to_owned(), Value::from(url));
        let mut dropped = Vec::new();
        for (key, text) in fields {
            // No format can hold other control characters, and nobody means them.
            let text = text.replace(|c: char| c.is_control() && !c.is_whitespace(), "");
            let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if *key == "folder" {
                text = folder_path(&text).join("/");
            }
            if text.is_empty() {
                continue;
            }
            let text = if *key == "country" {
                text.to_ascii_uppercase()
            } else {
                text
            };
            let mut tried = kept.clone();
            tried.insert((*key).to_owned(), Value::from(text.clone()));
            let is_read = serde_json::from_value::<Self>(Value::Object(tried.clone())).is_ok();
            if is_read && (*key != "country" || is_country(&text)) {
                kept = tried;
            } else {
                dropped.push(format!("{key} {text:?} cannot be read and is left out"));
            }
        }
        serde_json::from_value(Value::Object(kept))
            .map(|entry| (entry, dropped))
            .map_err(|error| error.to_string())
    }
}

impl From<&Feed> for FeedEntry {
    fn from(feed: &Feed) -> Self {
        let host = Feed::from_url(&feed.url).map(|bare| bare.outlet);
        Self {
            url: feed.url.clone(),
            name: feed.name.clone(),
            outlet: Some(feed.outlet.clone()).filter(|outlet| Ok(outlet) != host.as_ref()),
            language: feed.language.clone(),
            country: feed.country.clone(),
            folder: feed.folder.clone(),
            interval: feed.interval,
            pages: feed.pages,
            robots: feed.robots,
            user_agent: feed.user_agent.clone(),
        }
    }
}

/// The folders on the way to a feed, outermost first.
pub(super) fn folder_path(folder: &str) -> Vec<&str> {
    let names = folder.split('/').map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

/// An address without the `feed:` that browsers once had before it.
fn web_address(url: &str) -> String {
    let url = url.trim();
    match url.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        Some(rest) => rest.to_owned(),
        None => url.to_owned(),
    }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase())
}

/// What two spellings of one address share: scheme, a final slash, the fragment and capitals in
/// the host make no other feed.
pub(super) fn address_key(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url.trim()) else {
        return url.trim().to_owned();
    };
    parsed.set_fragment(None);
    let text = parsed.as_str();
    let text = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or(text);
    text.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_cannot_be_read_costs_that_field() {
        let fields = [
            ("name", "The Vell\n Post".to_owned()),
            ("language", "km".to_owned()),
            ("country", "kh".to_owned()),
            ("interval", "now and then".to_owned()),
            ("pages", "feed_text".to_owned()),
        ];
        let (entry, dropped) = FeedEntry::from_fields("https://vell.example/rss", &fields).unwrap();
        assert_eq!(entry.name.as_deref(), Some("The Vell Post"));
        assert_eq!(entry.country.as_deref(), Some("KH"));
        assert_eq!(entry.pages, Some(PagePolicy::FeedText));
        assert_eq!(
            dropped,
            ["interval \"now and then\" cannot be read and is left out"]
        );
        assert!(FeedEntry::from_fields("vell.example", &[]).is_err());
        let url = |given: &str| FeedEntry::from_fields(given, &[]).unwrap().0.url;
        assert_eq!(url("feed://vell.example/rss"), "http://vell.example/rss");
        assert_eq!(url("feed:https://vell.example/"), "https://vell.example/");
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        let same = |one: &str, two: &str| address_key(one) == address_key(two);
        assert!(same(
            "http://Vell.example/rss/",
            "https://vell.example/rss#x"
        ));
        assert!(same("https://vell.example", "https://vell.example/"));
        assert!(!same(
            "https://vell.example/rss",
            "https://vell.example/RSS"
        ));
    }

    #[test]
    fn an_entry_becomes_a_feed_and_back() {
        let entry = FeedEntry {
            name: Some("Post".into()),
            interval: Some(Duration::from_secs(90)),
            folder: Some("Asia/Vell".into()),
            ..FeedEntry::from_url("https://www.vell.example/rss")
        };
        let feed = entry.to_feed().unwrap();
        assert_eq!(feed.outlet, "vell.example");
        assert_eq!(FeedEntry::from(&feed), entry);
        let keys: Vec<&str> = entry.fields().iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, ["url", "name", "folder", "interval"]);
    }
}
