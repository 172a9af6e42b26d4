//! Reads what publishers call a feed: RSS, Atom, JSON Feed or a news sitemap, well formed or not.
//!
//! Pure and bounded: no I/O, no clock, and no input makes it panic or run for long.

mod entry;
mod parse;
mod parsed_feed;
mod plain_text;
mod repair;

pub use entry::{Enclosure, Entry};
pub use parse::{FeedContext, ParseFeedError, parse_feed};
pub use parsed_feed::ParsedFeed;
pub use plain_text::html_to_text;
pub use repair::Repair;
