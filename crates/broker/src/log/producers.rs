//! What a partition knows of its producers: so that a retried batch is not written twice, a lost
//! one is noticed, and one of an earlier life is refused.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::batch::BatchHeader;

/// Batches remembered per producer. Clients have at most five requests under way.
const REMEMBERED: usize = 5;
/// A producer not heard of for a day is forgotten, as in Kafka.
const FORGOTTEN_AFTER_MS: i64 = 24 * 60 * 60 * 1000;

/// The producers of a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Producers {
    by_id: BTreeMap<i64, Producer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Producer {
    epoch: i16,
    recent: VecDeque<Remembered>,
    last_seen_ms: i64,
    in_transaction: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    first_sequence: i32,
    last_sequence: i32,
    base_offset: i64,
}

/// Whether a batch may be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Append,
    /// It stands in the log already, from this offset on.
    Duplicate(i64),
    /// Batches before it are missing.
    OutOfOrder,
    /// A later life of the producer has written here.
    Fenced,
}

impl Producers {
    /// Judges a batch; those without a producer id may always be appended.
    pub(crate) fn judge(&self, header: &BatchHeader) -> Verdict {
        let Some(producer) = self.by_id.get(&header.producer_id) else {
            return Verdict::Append;
        };
        if header.producer_epoch < producer.epoch {
            return Verdict::Fenced;
        }
        if header.producer_epoch > producer.epoch {
            // A new life starts counting from nothing.
            let starts_anew = header.base_sequence == 0;
            return if starts_anew {
                Verdict::Append
            } else {
                Verdict::OutOfOrder
            };
        }
        let known = producer.recent.iter().find(|batch| {
            batch.first_sequence == header.base_sequence
                && batch.last_sequence == header.last_sequence()
        });
        if let Some(known) = known {
            return Verdict::Duplicate(known.base_offset);
        }
        // A producer of whom nothing is remembered (its batches have been dropped, or a marker
        // has raised its epoch) may go on anywhere, as in Kafka.
        let Some(last) = producer.recent.back() else {
            return Verdict::Append;
        };
        let next = last.last_sequence.wrapping_add(1) & i32::MAX;
        if header.base_sequence == next {
            Verdict::Append
        } else {
            Verdict::OutOfOrder
        }
    }

    /// Remembers a batch of data that has been appended.
    pub(crate) fn appended(&mut self, header: &BatchHeader, now_ms: i64) {
        if header.producer_id < 0 {
            return;
        }
        let producer = self.entry(header.producer_id, header.producer_epoch);
        producer.last_seen_ms = now_ms;
        producer.in_transaction = header.is_transactional();
        if producer.recent.len() == REMEMBERED {
            producer.recent.pop_front();
        }
        producer.recent.push_back(Remembered {
            first_sequence: header.base_sequence,
            last_sequence: header.last_sequence(),
            base_offset: header.base_offset,
        });
    }

    /// Takes note of the end of a transaction; its epoch shuts out earlier lives.
    pub(crate) fn ended(&mut self, header: &BatchHeader, now_ms: i64) {
        let producer = self.entry(header.producer_id, header.producer_epoch);
        producer.last_seen_ms = now_ms;
        producer.in_transaction = false;
    }

    /// Forgets those not heard of for a day.
    pub(crate) fn forget_old(&mut self, now_ms: i64) {
        self.by_id.retain(|_, producer| {
            producer.in_transaction || now_ms - producer.last_seen_ms < FORGOTTEN_AFTER_MS
        });
    }

    fn entry(&mut self, id: i64, epoch: i16) -> &mut Producer {
        let producer = self.by_id.entry(id).or_insert_with(|| Producer {
            epoch,
            recent: VecDeque::new(),
            last_seen_ms: 0,
            in_transaction: false,
        });
        if epoch > producer.epoch {
            producer.epoch = epoch;
            producer.recent.clear();
        }
        producer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::batch::tests::batch_of;

    fn appended(producers: &mut Producers, producer: (i64, i16, i32), records: i32, offset: i64) {
        let mut header = batch_of(producer, records, false).header;
        header.base_offset = offset;
        assert_eq!(producers.judge(&header), Verdict::Append);
        producers.appended(&header, 0);
    }

    fn judge(producers: &Producers, producer: (i64, i16, i32), records: i32) -> Verdict {
        producers.judge(&batch_of(producer, records, false).header)
    }

    #[test]
    fn a_retry_is_a_duplicate_and_a_gap_is_refused() {
        let mut producers = Producers::default();
        appended(&mut producers, (1, 0, 0), 2, 10);
        appended(&mut producers, (1, 0, 2), 1, 12);
        assert_eq!(judge(&producers, (1, 0, 0), 2), Verdict::Duplicate(10));
        assert_eq!(judge(&producers, (1, 0, 4), 1), Verdict::OutOfOrder);
        assert_eq!(judge(&producers, (1, 0, 3), 1), Verdict::Append);
        assert_eq!(judge(&producers, (2, 0, 7), 1), Verdict::Append);
    }

    #[test]
    fn a_new_life_starts_at_zero_and_shuts_the_old_one_out() {
        let mut producers = Producers::default();
        appended(&mut producers, (1, 0, 0), 2, 0);
        assert_eq!(judge(&producers, (1, 1, 5), 1), Verdict::OutOfOrder);
        appended(&mut producers, (1, 1, 0), 1, 2);
        assert_eq!(judge(&producers, (1, 0, 2), 1), Verdict::Fenced);
    }

    #[test]
    fn only_five_batches_are_remembered() {
        let mut producers = Producers::default();
        for n in 0..6 {
            appended(&mut producers, (1, 0, n), 1, i64::from(n));
        }
        assert_eq!(judge(&producers, (1, 0, 0), 1), Verdict::OutOfOrder);
        assert_eq!(judge(&producers, (1, 0, 1), 1), Verdict::Duplicate(1));
    }

    #[test]
    fn the_silent_are_forgotten_after_a_day() {
        let mut producers = Producers::default();
        appended(&mut producers, (1, 0, 0), 1, 0);
        producers.forget_old(FORGOTTEN_AFTER_MS - 1);
        assert_eq!(judge(&producers, (1, 0, 5), 1), Verdict::OutOfOrder);
        producers.forget_old(FORGOTTEN_AFTER_MS);
        assert_eq!(judge(&producers, (1, 0, 5), 1), Verdict::Append);
    }
}
