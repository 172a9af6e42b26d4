//! From bytes to a feed.

use std::{panic::AssertUnwindSafe, time::Duration};

use feed_rs::model as raw;
use jiff::Timestamp;
use thiserror::Error;

use super::{Enclosure, Entry, ParsedFeed};

/// Larger documents are refused: the largest feeds of news sites are under 10 MB.
const MAX_FEED_BYTES: usize = 128 << 20;

/// What is known of a feed document besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeedContext<'a> {
    /// Where the document was found, after redirects; base of relative links.
    pub url: &'a str,
    /// The `Content-Type` header, whole.
    pub content_type: Option<&'a str>,
    /// The `Content-Location` header: overrides `url` as the base of links.
    pub content_location: Option<&'a str>,
    /// The `Content-Language` header.
    pub content_language: Option<&'a str>,
}

/// Why bytes are not read as a feed.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ParseFeedError {
    /// Something else, mostly an HTML page.
    #[error("not a feed but a page{}", .html_title.as_ref().map_or(String::new(), |title| format!(" titled {title:?}")))]
    NotAFeed {
        /// The page's title.
        html_title: Option<String>,
        /// Feeds that the page links to, absolute.
        discovered: Vec<String>,
    },
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// Over the size limit.
    #[error("the document has {bytes} bytes, over the limit of {limit_bytes}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// Neither a feed nor a page.
    #[error("the document cannot be read as a feed: {reason}")]
    Unreadable {
        /// What stands in the way.
        reason: String,
    },
}

/// Reads a feed, mending what can be mended.
///
/// # Errors
/// Where the bytes are no feed at all, see [`ParseFeedError`].
pub fn parse_feed(bytes: &[u8], context: &FeedContext<'_>) -> Result<ParsedFeed, ParseFeedError> {
    if bytes.len() > MAX_FEED_BYTES {
        return Err(ParseFeedError::TooLarge {
            bytes: bytes.len(),
            limit_bytes: MAX_FEED_BYTES,
        });
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ParseFeedError::Empty);
    }
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(context.url))
        .id_generator(|_, _, _| String::new())
        .build();
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| parser.parse(bytes)));
    match outcome {
        Ok(Ok(feed)) => Ok(read(feed)),
        Ok(Err(error)) => Err(ParseFeedError::Unreadable {
            reason: error.to_string(),
        }),
        Err(_) => Err(ParseFeedError::Unreadable {
            reason: "the parser failed on it".into(),
        }),
    }
}

fn read(feed: raw::Feed) -> ParsedFeed {
    let link = |rel: &str| {
        feed.links
            .iter()
            .find(|link| link.rel.as_deref().unwrap_or("alternate") == rel)
            .map(|link| link.href.clone())
    };
    ParsedFeed {
        format: format!("{:?}", feed.feed_type),
        site_url: link("alternate"),
        hub: link("hub"),
        self_url: link("self"),
        title: feed.title.map(|title| title.content),
        language: feed.language.and_then(|tag| tag.parse().ok()),
        ttl: feed
            .ttl
            .map(|minutes| Duration::from_secs(60 * u64::from(minutes))),
        entries: feed.entries.into_iter().map(read_entry).collect(),
        ..ParsedFeed::default()
    }
}

fn read_entry(entry: raw::Entry) -> Entry {
    Entry {
        guid: Some(entry.id).filter(|id| !id.is_empty()),
        url: entry
            .links
            .iter()
            .find(|link| link.rel.as_deref().unwrap_or("alternate") == "alternate")
            .map(|link| link.href.clone()),
        title: entry.title.map(|title| title.content).unwrap_or_default(),
        summary_html: entry.summary.map(|summary| summary.content),
        content_html: entry.content.and_then(|content| content.body),
        authors: entry
            .authors
            .into_iter()
            .filter_map(|person| person.name)
            .collect(),
        published: entry
            .published
            .and_then(|date| Timestamp::from_second(date.timestamp()).ok()),
        published_raw: entry.published.map(|date| date.to_rfc3339()),
        updated: entry
            .updated
            .and_then(|date| Timestamp::from_second(date.timestamp()).ok()),
        language: entry.language.and_then(|tag| tag.parse().ok()),
        categories: entry
            .categories
            .into_iter()
            .map(|category| category.term)
            .collect(),
        enclosures: entry
            .media
            .into_iter()
            .flat_map(|media| media.content)
            .filter_map(|content| {
                Some(Enclosure {
                    url: content.url?.to_string(),
                    media_type: content.content_type.map(|kind| kind.to_string()),
                    length_bytes: content.size,
                })
            })
            .collect(),
    }
}
