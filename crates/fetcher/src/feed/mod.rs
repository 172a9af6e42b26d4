//! Reads what publishers call a feed: RSS, Atom, JSON Feed or a news sitemap, well formed or not.
//!
//! Pure and bounded: no I/O, no clock, and no input makes it panic or run for long.

mod character_reference;
mod charset;
mod date;
mod element;
mod entry;
mod html;
mod json_feed;
mod link;
mod markup;
pub mod node;
mod page_check;
mod parse;
mod parsed_feed;
mod reader;
mod repair;
mod typed;

pub use entry::{Enclosure, Entry};
pub use html::html_to_text;
pub use node::FeedDocument;
pub use parse::{FeedContext, ParseFeedError, parse_feed, read_feed_document};
pub use parsed_feed::ParsedFeed;
pub use repair::Repair;
pub use typed::Media;

pub(crate) use character_reference::resolve_html;
pub(crate) use charset::decode;
pub(crate) use date::parse_date;
pub(crate) use html::html_to_line;
pub(crate) use link::{resolve_base, resolve_link};
pub(crate) use markup::{Token, Tokens, attributes};
