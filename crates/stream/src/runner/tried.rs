//! How often the first record of a partition was tried.
//!
//! Kept in the metadata of the committed position, in one transaction with the reports of the
//! attempts: whoever owns the partition next, this process or another, counts on from there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The attempts at the record at the committed position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tried {
    /// How many there were.
    pub(crate) attempts: u32,
    /// When the next may be made.
    pub(crate) until: Timestamp,
}

impl Tried {
    /// As it stands in the metadata.
    pub(crate) fn metadata(&self) -> String {
        serde_json::to_string(self).expect("a number and a time are plain data")
    }

    /// Reads metadata; `None` where it says nothing of attempts.
    pub(crate) fn read(metadata: &str) -> Option<Self> {
        serde_json::from_str(metadata).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_reads_back_and_that_of_others_is_none() {
        let tried = Tried {
            attempts: 7,
            until: "2026-03-02T12:00:00Z".parse().unwrap(),
        };
        assert_eq!(Tried::read(&tried.metadata()), Some(tried));
        assert_eq!(Tried::read(""), None);
        assert_eq!(Tried::read("ownership"), None);
    }
}
