//! Polls feeds, fetches article pages and emits articles with the moved cursor.

mod feed;
mod page;

pub use feed::{
    Enclosure, Entry, FeedContext, ParseFeedError, ParsedFeed, Repair, html_to_text, parse_feed,
};
pub use page::{FieldSource, Found, Page, PageError, extract_page};
