//! The transactions of a partition: those still open, which bound what a reader of committed
//! records may see, and those aborted, which it must skip.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::batch::Marker;

/// Open and aborted transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransactionIndex {
    /// By producer.
    open: BTreeMap<i64, OpenTransaction>,
    /// In order of their last offset.
    aborted: Vec<AbortedTransaction>,
}

/// Where a transaction began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenTransaction {
    pub(crate) first_offset: i64,
    /// The segment that holds the first batch, and where in it that stands.
    pub(crate) segment: i64,
    pub(crate) position: u64,
}

/// A transaction whose records do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AbortedTransaction {
    pub(crate) producer_id: i64,
    pub(crate) first_offset: i64,
    /// Where its marker stands.
    pub(crate) last_offset: i64,
}

impl TransactionIndex {
    /// A batch of a transaction was appended.
    pub(crate) fn wrote(&mut self, producer_id: i64, at: OpenTransaction) {
        self.open.entry(producer_id).or_insert(at);
    }

    /// A marker was appended at `offset`.
    pub(crate) fn ended(&mut self, producer_id: i64, marker: Marker, offset: i64) {
        let Some(open) = self.open.remove(&producer_id) else {
            return;
        };
        if marker == Marker::Abort {
            self.aborted.push(AbortedTransaction {
                producer_id,
                first_offset: open.first_offset,
                last_offset: offset,
            });
        }
    }

    pub(crate) fn is_open(&self, producer_id: i64) -> bool {
        self.open.contains_key(&producer_id)
    }

    /// The earliest that is open.
    pub(crate) fn first_open(&self) -> Option<OpenTransaction> {
        self.open
            .values()
            .min_by_key(|open| open.first_offset)
            .copied()
    }

    /// The aborted ones with records or a marker from `from` up to (not with) `to`.
    pub(crate) fn aborted_between(&self, from: i64, to: i64) -> Vec<AbortedTransaction> {
        let start = self
            .aborted
            .partition_point(|aborted| aborted.last_offset < from);
        let rest = self.aborted.get(start..).unwrap_or_default();
        let touching = rest.iter().filter(|aborted| aborted.first_offset < to);
        touching.copied().collect()
    }

    /// Forgets the aborted ones that end before `offset`.
    pub(crate) fn forget_before(&mut self, offset: i64) {
        self.aborted.retain(|aborted| aborted.last_offset >= offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(first_offset: i64) -> OpenTransaction {
        OpenTransaction {
            first_offset,
            segment: 0,
            position: 0,
        }
    }

    #[test]
    fn the_earliest_open_transaction_bounds_readers() {
        let mut index = TransactionIndex::default();
        index.wrote(1, at(10));
        index.wrote(2, at(5));
        index.wrote(2, at(20));
        assert_eq!(index.first_open(), Some(at(5)));
        index.ended(2, Marker::Commit, 30);
        assert_eq!(index.first_open(), Some(at(10)));
        index.ended(1, Marker::Commit, 31);
        assert_eq!(index.first_open(), None);
    }

    #[test]
    fn aborted_ones_are_found_by_overlap() {
        let mut index = TransactionIndex::default();
        index.wrote(1, at(10));
        index.ended(1, Marker::Abort, 15);
        index.ended(9, Marker::Abort, 16);
        let check = |from, to, expected: usize| {
            assert_eq!(
                index.aborted_between(from, to).len(),
                expected,
                "{from}..{to}"
            );
        };
        check(0, 10, 0);
        check(0, 11, 1);
        check(12, 13, 1);
        check(15, 99, 1);
        check(16, 99, 0);
    }
}
