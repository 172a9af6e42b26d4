//! Lists of feeds from other programs: OPML or CSV, told apart by their text.

use thiserror::Error;

use super::{FeedEntry, csv_list::read_csv, opml::read_opml};
use crate::decode_text;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// The feeds that can be taken, in the order of the file.
    pub feeds: Vec<ImportedFeed>,
    /// Rows that cannot.
    pub faults: Vec<RowFault>,
    /// What was left out of rows that can.
    pub notes: Vec<RowFault>,
}

/// A feed out of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFeed {
    /// Where it stands, from 1.
    pub line: u64,
    /// The feed.
    pub entry: FeedEntry,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Where it stands, from 1.
    pub line: u64,
    /// What is wrong, in words.
    pub reason: String,
}

/// Why nothing can be taken from a file.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ImportError {
    /// Nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// XML without an outline.
    #[error("the file is XML but no OPML: it has no outline")]
    NoOutline,
    /// A table without addresses.
    #[error("the first line names no column of addresses: {0}")]
    NoUrlColumn(String),
}

/// Reads a list of feeds in OPML or CSV.
///
/// # Errors
/// Where nothing can be taken from it, see [`ImportError`].
pub fn read_import(bytes: &[u8]) -> Result<Import, ImportError> {
    let text = decode_text(bytes);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let mut import = if text.trim_start().starts_with('<') {
        read_opml(text)?
    } else {
        read_csv(text)?
    };
    import.faults.sort_by_key(|fault| fault.line);
    Ok(import)
}

impl Import {
    /// Takes a row in, or notes why it cannot be.
    pub(super) fn take(&mut self, line: u64, url: &str, fields: &[(&'static str, String)]) {
        match FeedEntry::from_fields(url, fields) {
            Ok((entry, dropped)) => {
                let notes = dropped.into_iter().map(|reason| RowFault { line, reason });
                self.notes.extend(notes);
                self.feeds.push(ImportedFeed { line, entry });
            }
            Err(reason) => self.refuse(line, reason),
        }
    }

    /// Notes a row that cannot be taken.
    pub(super) fn refuse(&mut self, line: u64, reason: impl Into<String>) {
        self.faults.push(RowFault {
            line,
            reason: reason.into(),
        });
    }
}
