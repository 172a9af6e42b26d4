//! Events that come twice: told by what their topic's partition holds before them.
//!
//! CloudEvents says that two events of one source with one id are the same. Where two writers may
//! each write an event that the other wrote as well (two fetchers that find one article in the
//! feeds of two sites), the reader passes over the second. Which one that is depends on the
//! partition alone: on what stands in the [`WINDOW`] offsets before it. So a restart, another
//! member or an aborted transaction come to the same answer, and there is no state to keep.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

use rdkafka::{
    Message,
    message::{BorrowedMessage, Headers},
};

/// How many offsets before an event are looked at, and read again when a member begins: some
/// 24,000 records over the six partitions of a topic, which is a day of a thousand feeds.
pub(crate) const WINDOW: i64 = 4_096;

/// What a record is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// Work.
    New,
    /// The same event as one before it.
    Repeat,
    /// Behind the group's position already: read for what it says about those to come.
    Past,
}

/// The events of one source that were read lately, by partition.
#[derive(Debug)]
pub(crate) struct Repeats {
    source: String,
    partitions: BTreeMap<i32, Partition>,
}

#[derive(Debug)]
struct Partition {
    /// Where the group goes on.
    resumes_at: i64,
    /// Where each event of the window stands last.
    last: HashMap<u64, i64>,
    /// All of the window's events in the order of the partition.
    order: VecDeque<(i64, u64)>,
}

impl Repeats {
    /// Of the events that the stage of that name writes.
    pub(crate) fn of(writer: &str) -> Self {
        Self {
            source: source_of(writer),
            partitions: BTreeMap::new(),
        }
    }

    /// Begins anew, with the partitions that are owned now and where the group goes on in each.
    pub(crate) fn assigned(&mut self, partitions: impl Iterator<Item = (i32, i64)>) {
        self.partitions = partitions
            .map(|(partition, resumes_at)| {
                let begun = Partition {
                    resumes_at,
                    last: HashMap::new(),
                    order: VecDeque::new(),
                };
                (partition, begun)
            })
            .collect();
    }

    /// Takes note of a record, in the order of its partition.
    pub(crate) fn meet(&mut self, message: &BorrowedMessage<'_>) -> Meeting {
        let headers = message.headers();
        let header = |name| {
            let found = headers.into_iter().flat_map(Headers::iter);
            found
                .filter(|header| header.key == name)
                .find_map(|header| header.value)
        };
        let event = match (header("ce_source"), header("ce_id")) {
            (Some(source), Some(id)) if source == self.source.as_bytes() => Some(id),
            _ => None,
        };
        self.note(message.partition(), message.offset(), event)
    }

    fn note(&mut self, partition: i32, offset: i64, event: Option<&[u8]>) -> Meeting {
        let Some(partition) = self.partitions.get_mut(&partition) else {
            return Meeting::New;
        };
        let stands_before = event.is_some_and(|event| partition.stands_before(offset, event));
        if offset < partition.resumes_at {
            Meeting::Past
        } else if stands_before {
            Meeting::Repeat
        } else {
            Meeting::New
        }
    }
}

impl Partition {
    /// Whether the event stands in the window before `offset`; from now on it does.
    fn stands_before(&mut self, offset: i64, event: &[u8]) -> bool {
        while let Some((place, hash)) = self.order.front().copied()
            && place < offset - WINDOW
        {
            self.order.pop_front();
            if self.last.get(&hash) == Some(&place) {
                self.last.remove(&hash);
            }
        }
        // 64 bits: among the window's events two differing ones agree with odds of one in a
        // thousand billion.
        let mut hasher = DefaultHasher::new();
        event.hash(&mut hasher);
        let hash = hasher.finish();
        self.order.push_back((offset, hash));
        self.last.insert(hash, offset).is_some()
    }
}

/// What the records of a stage name as their source.
pub(crate) fn source_of(stage: &str) -> String {
    format!("/onrecord/{stage}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each event, given with its offset, is met as expected behind offset 10.
    #[track_caller]
    fn check(events: &[(i64, &str, Meeting)]) {
        let mut repeats = Repeats::of("fetcher");
        repeats.assigned([(0, 10)].into_iter());
        for (offset, event, expected) in events {
            let met = repeats.note(0, *offset, Some(event.as_bytes()));
            assert_eq!(met, *expected, "{event} at {offset}");
        }
    }

    #[test]
    fn the_second_of_two_is_a_repeat_wherever_the_first_stands() {
        check(&[
            (8, "a", Meeting::Past),
            (9, "a", Meeting::Past),
            (10, "b", Meeting::New),
            (11, "a", Meeting::Repeat),
            (13, "b", Meeting::Repeat),
            (14, "c", Meeting::New),
        ]);
    }

    #[test]
    fn beyond_the_window_an_event_is_new_again() {
        check(&[
            (10, "a", Meeting::New),
            (11, "b", Meeting::New),
            (10 + WINDOW, "a", Meeting::Repeat),
            (12 + WINDOW, "b", Meeting::New),
            (13 + WINDOW, "a", Meeting::Repeat),
        ]);
    }

    #[test]
    fn an_assignment_forgets_what_was_read_before() {
        let mut repeats = Repeats::of("fetcher");
        repeats.assigned([(0, 0)].into_iter());
        assert_eq!(repeats.note(0, 3, Some(b"a")), Meeting::New);
        // The transaction was aborted, and the record is read again.
        repeats.assigned([(0, 0)].into_iter());
        assert_eq!(repeats.note(0, 3, Some(b"a")), Meeting::New);
        assert_eq!(repeats.note(0, 4, None), Meeting::New);
    }
}
