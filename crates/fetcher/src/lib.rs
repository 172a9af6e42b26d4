//! Polls feeds, fetches article pages and emits articles with the moved cursor.

mod article;
mod article_body;
mod article_pages;
mod canonical_url;
mod client;
mod config;
mod content_coding;
mod cpu_pool;
mod cursor;
mod discovery;
mod explain;
mod fault;
mod feed;
mod feed_log;
mod feed_site;
mod freshness;
mod health;
mod host_gate;
mod identity;
mod item_key;
mod page;
mod poll_task;
mod poller;
mod progress;
mod recent_articles;
mod report;
mod revisit;
mod robots;
mod schedule;
mod set_up_error;
mod site_links;
mod source;
mod stage;
mod tls;
mod websub;

pub use address::{AddressBlock, ParseAddressBlockError};
pub use config::{Config, RevisitAge, WebSubConfig};
pub use discovery::{Discovery, FeedFinder, FoundBy, FoundFeed, TriedAddress};
pub use explain::poll_once;
pub use fault::Fault;
pub use feed::{
    Enclosure, Entry, FeedContext, FeedDocument, Media, ParseFeedError, ParsedFeed, Repair,
    html_to_text, node as feed_document, parse_feed, read_feed_document,
};
pub use page::{FieldSource, Found, Page, PageError, extract_page};
pub use progress::FetchProgress;
pub use report::{
    AnswerReport, DocumentReport, ItemReport, PageReport, PollReport, RedirectReport, RequestReport,
};
pub use robots::robots_allow;
pub use set_up_error::SetUpError;
pub use source::FeedSource;
pub use stage::{FetchStage, Polled};
