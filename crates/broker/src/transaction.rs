//! What a transactional producer may do next: the rules, without any I/O.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::ResponseError;

use crate::{
    catalog::{PartitionOffset, TopicPartition, Transaction, TransactionState},
    log::Marker,
};

/// An epoch above this has no room left to fence; the producer gets a new id instead.
const LAST_EPOCH: i16 = i16::MAX - 2;

/// What ending a transaction comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Markers are to be written.
    Finish(Marker),
    /// It was done before; the client asks again.
    Done,
}

impl Transaction {
    /// An id whose first life has not begun; see [`next_life`](Self::next_life).
    pub(crate) fn new(producer_id: i64, timeout_ms: i32, now_ms: i64) -> Self {
        Self {
            producer_id,
            epoch: -1,
            timeout_ms,
            state: TransactionState::Empty,
            began_ms: now_ms,
            changed_ms: now_ms,
            partitions: BTreeSet::new(),
            offsets: BTreeMap::new(),
        }
    }

    /// Whether the producer is the one this id belongs to now.
    pub(crate) fn check_producer(&self, producer_id: i64, epoch: i16) -> Result<(), ResponseError> {
        if producer_id != self.producer_id {
            return Err(ResponseError::InvalidProducerIdMapping);
        }
        if epoch != self.epoch {
            return Err(ResponseError::ProducerFenced);
        }
        Ok(())
    }

    /// Whether a batch of the producer may be appended to a partition.
    pub(crate) fn check_write(
        &self,
        producer_id: i64,
        epoch: i16,
        topic: &str,
        partition: i32,
    ) -> Result<(), ResponseError> {
        self.check_producer(producer_id, epoch)
            .map_err(|error| match error {
                // The word that clients expect in answer to a produce request.
                ResponseError::ProducerFenced => ResponseError::InvalidProducerEpoch,
                other => other,
            })?;
        let is_added = self
            .partitions
            .contains(&TopicPartition::new(topic, partition));
        if self.state == TransactionState::Ongoing && is_added {
            Ok(())
        } else {
            Err(ResponseError::InvalidTxnState)
        }
    }

    /// Takes partitions in, and begins the transaction where none is open; says whether that
    /// changes anything.
    pub(crate) fn add_partitions(
        &mut self,
        partitions: impl IntoIterator<Item = TopicPartition>,
        now_ms: i64,
    ) -> Result<bool, ResponseError> {
        let mut is_changed = self.begin(now_ms)?;
        for partition in partitions {
            is_changed |= self.partitions.insert(partition);
        }
        Ok(is_changed)
    }

    /// Begins the transaction where none is open; says whether it did.
    pub(crate) fn begin(&mut self, now_ms: i64) -> Result<bool, ResponseError> {
        self.changed_ms = now_ms;
        match self.state {
            TransactionState::Ongoing => Ok(false),
            TransactionState::Prepared(_) => Err(ResponseError::ConcurrentTransactions),
            TransactionState::Empty | TransactionState::Complete(_) => {
                self.state = TransactionState::Ongoing;
                self.began_ms = now_ms;
                Ok(true)
            }
        }
    }

    /// Takes offsets in, to be committed with the transaction.
    pub(crate) fn add_offsets(
        &mut self,
        group: &str,
        offsets: Vec<PartitionOffset>,
        now_ms: i64,
    ) -> Result<(), ResponseError> {
        if self.state != TransactionState::Ongoing {
            return Err(ResponseError::InvalidTxnState);
        }
        self.changed_ms = now_ms;
        let known = self.offsets.entry(group.to_owned()).or_default();
        known.retain(|old| !offsets.iter().any(|new| new.partition == old.partition));
        known.extend(offsets);
        Ok(())
    }

    /// What a client's wish to end the transaction comes to.
    pub(crate) fn end(&self, wish: Marker) -> Result<Ending, ResponseError> {
        match self.state {
            TransactionState::Ongoing => Ok(Ending::Finish(wish)),
            TransactionState::Prepared(marker) if marker == wish => Ok(Ending::Finish(marker)),
            TransactionState::Complete(marker) if marker == wish => Ok(Ending::Done),
            _ => Err(ResponseError::InvalidTxnState),
        }
    }

    /// Whether the open transaction has taken longer than its producer allowed.
    pub(crate) fn is_overdue(&self, now_ms: i64) -> bool {
        self.state == TransactionState::Ongoing && self.deadline_ms() <= now_ms
    }

    pub(crate) fn deadline_ms(&self) -> i64 {
        self.began_ms + i64::from(self.timeout_ms)
    }

    /// Shuts the present producer out. Its next life begins one epoch later.
    pub(crate) fn fence(&mut self) {
        self.epoch = self.epoch.saturating_add(1);
    }

    /// Gives the id to the producer's next life.
    pub(crate) fn next_life(
        &mut self,
        timeout_ms: i32,
        now_ms: i64,
        new_id: impl FnOnce() -> Result<i64, ResponseError>,
    ) -> Result<(), ResponseError> {
        if self.epoch >= LAST_EPOCH {
            self.producer_id = new_id()?;
            self.epoch = 0;
        } else {
            self.epoch += 1;
        }
        self.timeout_ms = timeout_ms;
        self.state = TransactionState::Empty;
        self.changed_ms = now_ms;
        self.partitions.clear();
        self.offsets.clear();
        Ok(())
    }

    /// Ended; hands out the offsets that it held.
    pub(crate) fn complete(
        &mut self,
        marker: Marker,
        now_ms: i64,
    ) -> BTreeMap<String, Vec<PartitionOffset>> {
        self.state = TransactionState::Complete(marker);
        self.changed_ms = now_ms;
        self.partitions.clear();
        std::mem::take(&mut self.offsets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::offset;

    fn open() -> Transaction {
        let mut transaction = Transaction::new(7, 1000, 0);
        transaction.next_life(1000, 0, || Ok(8)).unwrap();
        let added = transaction.add_partitions([TopicPartition::new("t", 0)], 10);
        assert_eq!(added, Ok(true));
        transaction
    }

    #[test]
    fn only_added_partitions_are_written_to() {
        let transaction = open();
        assert_eq!(transaction.check_write(7, 0, "t", 0), Ok(()));
        let refused = Err(ResponseError::InvalidTxnState);
        assert_eq!(transaction.check_write(7, 0, "t", 1), refused);
        let refused = Err(ResponseError::InvalidProducerEpoch);
        assert_eq!(transaction.check_write(7, 1, "t", 0), refused);
    }

    #[test]
    fn an_ended_transaction_can_be_ended_again_the_same_way_only() {
        let mut transaction = open();
        assert_eq!(
            transaction.end(Marker::Commit),
            Ok(Ending::Finish(Marker::Commit))
        );
        transaction.complete(Marker::Commit, 20);
        assert_eq!(transaction.end(Marker::Commit), Ok(Ending::Done));
        assert!(transaction.end(Marker::Abort).is_err());
        assert!(transaction.check_write(7, 0, "t", 0).is_err());
    }

    #[test]
    fn a_decided_transaction_takes_nothing_more() {
        let mut transaction = open();
        transaction.state = TransactionState::Prepared(Marker::Commit);
        let refused = Err(ResponseError::ConcurrentTransactions);
        assert_eq!(
            transaction.add_partitions([TopicPartition::new("t", 1)], 20),
            refused
        );
        assert!(
            transaction
                .add_offsets("g", vec![offset("t", 1)], 20)
                .is_err()
        );
        assert!(transaction.end(Marker::Abort).is_err());
    }

    #[test]
    fn the_last_offset_of_a_partition_counts() {
        let mut transaction = open();
        transaction
            .add_offsets("g", vec![offset("t", 1)], 11)
            .unwrap();
        transaction
            .add_offsets("g", vec![offset("t", 2)], 12)
            .unwrap();
        let offsets = transaction.complete(Marker::Commit, 13);
        assert_eq!(offsets["g"], vec![offset("t", 2)]);
    }

    #[test]
    fn a_new_life_fences_and_runs_out_of_epochs_in_time() {
        let mut transaction = open();
        transaction.next_life(1000, 20, || Ok(9)).unwrap();
        assert_eq!((transaction.producer_id, transaction.epoch), (7, 1));
        let fenced = Err(ResponseError::ProducerFenced);
        assert_eq!(transaction.check_producer(7, 0), fenced);
        transaction.epoch = LAST_EPOCH;
        transaction.next_life(1000, 30, || Ok(9)).unwrap();
        assert_eq!((transaction.producer_id, transaction.epoch), (9, 0));
    }

    #[test]
    fn only_open_transactions_run_late() {
        let mut transaction = open();
        assert!(!transaction.is_overdue(1009));
        assert!(transaction.is_overdue(1010));
        transaction.complete(Marker::Abort, 20);
        assert!(!transaction.is_overdue(5000));
    }
}
