//! What `feeds test` shows: one feed explained end to end.

use jiff::Timestamp;
use model::{ArticleId, FeedFault, Language, Origin};
use schemars::JsonSchema;
use serde::Serialize;

/// One feed explained: the request, the document, its items, some pages, the next poll.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PollReport {
    /// The feed's URL as given.
    pub url: String,
    /// The request that was sent.
    pub request: RequestReport,
    /// What robots.txt says of the feed's address, and whether that counts, in words.
    pub robots: String,
    /// Redirects on the way, in order.
    pub redirects: Vec<RedirectReport>,
    /// What the server answered; absent where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerReport>,
    /// Why the feed could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FeedFault>,
    /// The document, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentReport>,
    /// The pages of the newest items that have one; empty where pages are not wanted.
    pub pages: Vec<PageReport>,
    /// When the feed would be polled next.
    pub next_poll: Timestamp,
    /// Why then.
    pub next_poll_reason: String,
}

/// The request for the feed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RequestReport {
    /// Who asks.
    pub user_agent: String,
    /// For what.
    pub accept: String,
}

/// A redirect on the way to the feed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RedirectReport {
    /// From here,
    pub from: String,
    /// with this status,
    pub status: u16,
    /// to here.
    pub to: String,
}

/// The answer to the feed's request.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AnswerReport {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// How the body was compressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    /// Bytes of the body as sent.
    pub body_bytes: usize,
    /// Whether the whole body came.
    pub is_complete: bool,
    /// Where the document was found, after redirects.
    pub url: String,
    /// Whether permanent redirects led there: after repeated sightings it is polled there.
    pub moved_for_good: bool,
    /// `ETag`, to be sent back with the next poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`, to be sent back with the next poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Seconds that the server says the answer stays fresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fresh_for_seconds: Option<u64>,
    /// Seconds that the server asks to wait (`Retry-After`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}

/// A feed's document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DocumentReport {
    /// Format and version.
    pub format: String,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Stated language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What had to be mended, in words.
    pub repairs: Vec<String>,
    /// Whether it breaks off.
    pub truncated: bool,
    /// Address of the hub that pushes the feed (`WebSub`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub: Option<String>,
    /// Its items in document order.
    pub items: Vec<ItemReport>,
}

/// One item of the document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ItemReport {
    /// Headline.
    pub title: String,
    /// Canonical address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// The date as the feed writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_raw: Option<String>,
    /// The id that its article would have, unless its page names another address.
    pub article: ArticleId,
    /// The publisher's identity for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// What it is known by: `guid`, `link`, `title and date`, ….
    pub identity: String,
    /// Whether it would count as news or as history if the feed were added now.
    pub origin: Origin,
    /// Characters of text in the feed itself.
    pub text_characters: usize,
    /// What is odd about it, in words.
    pub warnings: Vec<String>,
}

/// An article's page.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PageReport {
    /// Its address.
    pub url: String,
    /// Why its text is not used; absent where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Characters of text.
    pub text_characters: usize,
    /// What else was found, as `field (source): value`.
    pub fields: Vec<String>,
}
