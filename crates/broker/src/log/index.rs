//! Where in a segment an offset stands, to within a few kilobytes.

use serde::{Deserialize, Serialize};

/// Bytes between entries while a segment grows, as in Kafka.
const DENSE: u64 = 4 * 1024;
/// Bytes between entries of a segment that is full, so that a large log needs little memory.
const SPARSE: u64 = 128 * 1024;

/// A sparse index of a segment, in order of position.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Index {
    entries: Vec<IndexEntry>,
}

/// A batch begins here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(i64, u64, i64)", into = "(i64, u64, i64)")]
struct IndexEntry {
    offset: i64,
    position: u64,
    /// The latest timestamp before this position.
    max_timestamp_before: i64,
}

impl Index {
    /// Takes note of a batch at the end of the segment.
    pub(crate) fn note(&mut self, offset: i64, position: u64, max_timestamp_before: i64) {
        let is_far = self
            .entries
            .last()
            .is_none_or(|last| position - last.position >= DENSE);
        if is_far {
            self.entries.push(IndexEntry {
                offset,
                position,
                max_timestamp_before,
            });
        }
    }

    /// The last known position at or before the batch that holds `offset`.
    pub(crate) fn before_offset(&self, offset: i64) -> u64 {
        self.last_where(|entry| entry.offset <= offset)
    }

    /// The last known batch boundary at or before `position`.
    pub(crate) fn before_position(&self, position: u64) -> u64 {
        self.last_where(|entry| entry.position <= position)
    }

    /// The last known position before which everything is older than `timestamp`.
    pub(crate) fn before_timestamp(&self, timestamp: i64) -> u64 {
        self.last_where(|entry| entry.max_timestamp_before < timestamp)
    }

    /// Drops what a full segment does not need.
    pub(crate) fn thin(&mut self) {
        let mut next = 0;
        self.entries.retain(|entry| {
            let is_kept = entry.position >= next;
            if is_kept {
                next = entry.position + SPARSE;
            }
            is_kept
        });
        self.entries.shrink_to_fit();
    }

    fn last_where(&self, holds: impl Fn(&IndexEntry) -> bool) -> u64 {
        let after = self.entries.partition_point(holds);
        let entry = after.checked_sub(1).and_then(|n| self.entries.get(n));
        entry.map_or(0, |entry| entry.position)
    }
}

impl From<(i64, u64, i64)> for IndexEntry {
    fn from((offset, position, max_timestamp_before): (i64, u64, i64)) -> Self {
        Self {
            offset,
            position,
            max_timestamp_before,
        }
    }
}

impl From<IndexEntry> for (i64, u64, i64) {
    fn from(entry: IndexEntry) -> Self {
        (entry.offset, entry.position, entry.max_timestamp_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_never_land_behind_what_is_sought() {
        let mut index = Index::default();
        for n in 0..1000_u32 {
            let n = i64::from(n);
            index.note(n * 10, n.unsigned_abs() * 1000, n * 100);
        }
        let check = |index: &Index, slack: u64| {
            for offset in 0..10_000_i64 {
                let position = offset.unsigned_abs() / 10 * 1000;
                let found = index.before_offset(offset);
                assert!(found <= position && position - found <= slack);
                assert!(index.before_position(position) <= position);
            }
            // Batch n ends at timestamp n × 100 - 1 at most before it.
            assert!(index.before_timestamp(5_000) <= 50_000);
        };
        check(&index, DENSE + 1000);
        index.thin();
        check(&index, SPARSE + 5000);
        assert!(index.entries.len() < 10);
    }
}
