//! Polls feeds, fetches article pages and emits articles with the moved cursor.

mod address;
mod config;
mod feed;
mod page;
mod progress;

pub use address::{AddressBlock, ParseAddressBlockError};
pub use config::{Config, RevisitAge};
pub use feed::{
    Enclosure, Entry, FeedContext, ParseFeedError, ParsedFeed, Repair, html_to_text, parse_feed,
};
pub use page::{FieldSource, Found, Page, PageError, extract_page};
pub use progress::FetchProgress;
