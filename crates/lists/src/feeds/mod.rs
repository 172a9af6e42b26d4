//! The list of feeds: edited in place, imported and exported.

mod csv_list;
mod entry;
mod feed_file;
mod import;
mod opml;
mod tag;

pub use csv_list::write_csv;
pub use entry::FeedEntry;
pub use feed_file::{FeedFile, FeedFileError};
pub use import::{Import, ImportError, ImportedFeed, RowFault, read_import};
pub use opml::write_opml;
