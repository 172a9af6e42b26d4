//! From bytes to a feed.

use thiserror::Error;
use url::Url;

use super::{
    FeedDocument, ParsedFeed, Repair, charset::decode, json_feed::read_json, link::resolve_base,
    page_check::explain, reader::read_xml,
};

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
    read_feed_document(bytes, context).map(ParsedFeed::from)
}

/// Reads everything that a feed says, for those who want more than [`parse_feed`] keeps.
///
/// # Errors
/// As [`parse_feed`].
pub fn read_feed_document(
    bytes: &[u8],
    context: &FeedContext<'_>,
) -> Result<FeedDocument, ParseFeedError> {
    if bytes.len() > MAX_FEED_BYTES {
        return Err(ParseFeedError::TooLarge {
            bytes: bytes.len(),
            limit_bytes: MAX_FEED_BYTES,
        });
    }
    let decoded = decode(bytes, context.content_type);
    let text = decoded
        .text
        .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(ParseFeedError::Empty);
    }
    let own = Url::parse(context.url).ok();
    let base = match context.content_location {
        Some(location) => resolve_base(own.as_ref(), location),
        None => own,
    };
    let language = context
        .content_language
        .map(|language| language.trim().to_owned())
        .filter(|language| !language.is_empty());
    let read = if text.starts_with(['{', '[']) {
        read_json(text, base.as_ref()).ok_or_else(|| ParseFeedError::Unreadable {
            reason: "JSON, but no JSON Feed".into(),
        })
    } else {
        read_xml(text, base.clone(), language).ok_or_else(|| explain(text, base.as_ref()))
    };
    let mut document = read?;
    document.encoding = decoded.encoding;
    let marked = decoded.repair.into_iter();
    let lead = !text.starts_with(['<', '{', '[']);
    let lead = lead.then(|| Repair::IllFormed("text before the document".into()));
    document.repairs.splice(0..0, marked.chain(lead));
    Ok(document)
}
