//! Reads an article's page: its text, and what it says about itself.
//!
//! Pure and bounded: no I/O, no clock, and no input makes it panic or run for long.

mod body;
mod boilerplate;
mod dateline;
mod extract_page;
mod json_ld;
mod metadata;
mod survey;

pub use extract_page::{Page, PageError, extract_page};
pub use model::{FieldSource, Found};
