//! A feed as the user configures it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::{FeedId, Language};

/// A feed to poll: RSS, Atom or JSON Feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Feed {
    /// By URL, see [`FeedId::from_url`].
    pub id: FeedId,
    /// Where the feed is fetched, as configured (`http` or `https`).
    pub url: String,
    /// What people call the feed, such as "RFA Khmer, news".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The publisher, such as "Radio Free Asia"; the feed's host where not given.
    pub outlet: String,
    /// Language of the feed's articles, where the user knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Country the feed reports from or on, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Where the feed stands among others, such as "Asia/Cambodia".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Time between polls where the user wants another than the fetcher's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// Where this feed's articles take their text from, where not as the fetcher's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<PagePolicy>,
    /// Whether robots.txt counts for the feed's own URL, where not as the fetcher's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robots: Option<RobotsPolicy>,
    /// User agent for this feed, where its server wants another than the fetcher's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// Where articles take their text from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PagePolicy {
    /// From each article's page; from the feed where the page cannot be had.
    #[default]
    Fetch,
    /// From the feed alone; no page is ever requested.
    FeedText,
}

/// Whether robots.txt counts for a feed's own URL; for article pages it always does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RobotsPolicy {
    /// A feed that robots.txt forbids is not polled.
    #[default]
    Obey,
    /// The feed is polled because the user asked for it by name.
    IgnoreForFeed,
}

/// Why a text cannot be the URL of a feed.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ParseFeedUrlError {
    /// Not a URL at all.
    #[error("feed url cannot be read ({reason}): {url}")]
    Invalid {
        /// The text.
        url: String,
        /// What the URL parser said.
        reason: url::ParseError,
    },
    /// Neither `http` nor `https`.
    #[error("feed url is not http or https: {0}")]
    Scheme(String),
    /// No host.
    #[error("feed url has no host: {0}")]
    Host(String),
}

impl Feed {
    /// A feed known by its URL alone; the host stands in for the outlet.
    ///
    /// # Errors
    /// Where `url` is not an absolute `http` or `https` URL with a host.
    pub fn from_url(url: &str) -> Result<Self, ParseFeedUrlError> {
        let parsed = Url::parse(url).map_err(|reason| ParseFeedUrlError::Invalid {
            url: url.to_owned(),
            reason,
        })?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(ParseFeedUrlError::Scheme(url.to_owned()));
        }
        let Some(host) = parsed.host_str() else {
            return Err(ParseFeedUrlError::Host(url.to_owned()));
        };
        Ok(Self {
            id: FeedId::from_url(url),
            url: url.to_owned(),
            name: None,
            outlet: host.trim_start_matches("www.").to_owned(),
            language: None,
            country: None,
            folder: None,
            interval: None,
            pages: None,
            robots: None,
            user_agent: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_known_by_its_url() {
        let feed = Feed::from_url("https://www.news.example/rss").unwrap();
        assert_eq!(feed.outlet, "news.example");
        assert_eq!(feed.id, FeedId::from_url("https://www.news.example/rss"));
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        assert!(matches!(
            Feed::from_url("news.example"),
            Err(ParseFeedUrlError::Invalid { .. })
        ));
        assert!(matches!(
            Feed::from_url("file:///etc/x"),
            Err(ParseFeedUrlError::Scheme(_))
        ));
    }
}
