//! The lists that people keep: feeds and officials.
//!
//! Edits leave comments and order of a TOML list as they are; imports read what other programs
//! export, and name each row that cannot be taken.

pub mod feeds;
pub mod officials;
mod text_file;

pub use text_file::{SaveError, decode_text, save_text};
