//! What the broker knows besides the records: topics, committed offsets, transactions.
//!
//! All of it changes by events only. The journal holds the events, so a start that applies them
//! in order knows what was known before.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::log::Marker;

/// A change. Events are written to disk: fields are only ever added, with a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    ClusterNamed(String),
    TopicSet {
        name: String,
        topic: TopicEntry,
    },
    TopicDeleted {
        name: String,
    },
    OffsetsCommitted {
        group: String,
        offsets: Vec<PartitionOffset>,
    },
    OffsetsDeleted {
        group: String,
        partitions: Vec<TopicPartition>,
    },
    GroupDeleted {
        group: String,
    },
    NextProducerId(i64),
    TransactionSet {
        id: String,
        transaction: Transaction,
    },
    TransactionForgotten {
        id: String,
    },
}

/// A topic as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TopicEntry {
    pub(crate) partitions: u32,
    /// Its own configuration, without defaults.
    pub(crate) config: BTreeMap<String, String>,
}

/// Names a partition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(String, i32)", into = "(String, i32)")]
pub(crate) struct TopicPartition {
    pub(crate) topic: String,
    pub(crate) partition: i32,
}

/// An offset that a group committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartitionOffset {
    #[serde(rename = "p")]
    pub(crate) partition: TopicPartition,
    #[serde(flatten)]
    pub(crate) committed: CommittedOffset,
}

/// A position, with what the client wrote beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CommittedOffset {
    #[serde(rename = "o")]
    pub(crate) offset: i64,
    #[serde(rename = "e")]
    pub(crate) leader_epoch: i32,
    #[serde(rename = "m")]
    pub(crate) metadata: Option<String>,
}

/// A transactional id's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transaction {
    pub(crate) producer_id: i64,
    pub(crate) epoch: i16,
    pub(crate) timeout_ms: i32,
    pub(crate) state: TransactionState,
    /// When the open transaction began.
    pub(crate) began_ms: i64,
    /// When it last changed.
    pub(crate) changed_ms: i64,
    /// What it has written to.
    pub(crate) partitions: BTreeSet<TopicPartition>,
    /// Offsets that count once it is committed, by group.
    pub(crate) offsets: BTreeMap<String, Vec<PartitionOffset>>,
}

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TransactionState {
    /// Nothing has been done under this id yet.
    Empty,
    /// Open.
    Ongoing,
    /// Decided; the markers are being written.
    Prepared(Marker),
    /// Ended.
    Complete(Marker),
}

/// Topics, offsets and transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalog {
    pub(crate) cluster: String,
    pub(crate) topics: BTreeMap<String, TopicEntry>,
    pub(crate) offsets: BTreeMap<String, BTreeMap<TopicPartition, CommittedOffset>>,
    pub(crate) next_producer_id: i64,
    pub(crate) transactions: BTreeMap<String, Transaction>,
}

impl Catalog {
    pub(crate) fn apply(&mut self, event: Event) {
        match event {
            Event::ClusterNamed(name) => self.cluster = name,
            Event::TopicSet { name, topic } => {
                self.topics.insert(name, topic);
            }
            Event::TopicDeleted { name } => self.delete_topic(&name),
            Event::OffsetsCommitted { group, offsets } => {
                let known = self.offsets.entry(group).or_default();
                known.extend(
                    offsets
                        .into_iter()
                        .map(|offset| (offset.partition, offset.committed)),
                );
            }
            Event::OffsetsDeleted { group, partitions } => {
                if let Some(known) = self.offsets.get_mut(&group) {
                    known.retain(|partition, _| !partitions.contains(partition));
                }
            }
            Event::GroupDeleted { group } => {
                self.offsets.remove(&group);
            }
            Event::NextProducerId(id) => self.next_producer_id = id,
            Event::TransactionSet { id, transaction } => {
                self.transactions.insert(id, transaction);
            }
            Event::TransactionForgotten { id } => {
                self.transactions.remove(&id);
            }
        }
    }

    /// Events that make this catalog from nothing.
    pub(crate) fn events(&self) -> Vec<Event> {
        let mut events = vec![
            Event::ClusterNamed(self.cluster.clone()),
            Event::NextProducerId(self.next_producer_id),
        ];
        events.extend(self.topics.iter().map(|(name, topic)| Event::TopicSet {
            name: name.clone(),
            topic: topic.clone(),
        }));
        events.extend(self.offsets.iter().map(|(group, offsets)| {
            let offsets = offsets
                .iter()
                .map(|(partition, committed)| PartitionOffset {
                    partition: partition.clone(),
                    committed: committed.clone(),
                });
            Event::OffsetsCommitted {
                group: group.clone(),
                offsets: offsets.collect(),
            }
        }));
        events.extend(
            self.transactions
                .iter()
                .map(|(id, transaction)| Event::TransactionSet {
                    id: id.clone(),
                    transaction: transaction.clone(),
                }),
        );
        events
    }

    /// Whether an undecided transaction holds an offset of the group for the partition.
    pub(crate) fn has_pending_offset(&self, group: &str, partition: &TopicPartition) -> bool {
        self.transactions.values().any(|transaction| {
            let offsets = transaction.offsets.get(group);
            offsets
                .is_some_and(|offsets| offsets.iter().any(|offset| offset.partition == *partition))
        })
    }

    pub(crate) fn partition_count(&self) -> usize {
        self.topics
            .values()
            .map(|topic| topic.partitions as usize)
            .sum()
    }

    fn delete_topic(&mut self, name: &str) {
        self.topics.remove(name);
        for offsets in self.offsets.values_mut() {
            offsets.retain(|partition, _| partition.topic != name);
        }
        for transaction in self.transactions.values_mut() {
            transaction
                .partitions
                .retain(|partition| partition.topic != name);
            for offsets in transaction.offsets.values_mut() {
                offsets.retain(|offset| offset.partition.topic != name);
            }
        }
    }
}

impl TopicPartition {
    pub(crate) fn new(topic: &str, partition: i32) -> Self {
        Self {
            topic: topic.to_owned(),
            partition,
        }
    }
}

impl From<(String, i32)> for TopicPartition {
    fn from((topic, partition): (String, i32)) -> Self {
        Self { topic, partition }
    }
}

impl From<TopicPartition> for (String, i32) {
    fn from(partition: TopicPartition) -> Self {
        (partition.topic, partition.partition)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn offset(topic: &str, offset: i64) -> PartitionOffset {
        PartitionOffset {
            partition: TopicPartition::new(topic, 0),
            committed: CommittedOffset {
                offset,
                leader_epoch: -1,
                metadata: None,
            },
        }
    }

    fn committed(group: &str, offsets: Vec<PartitionOffset>) -> Event {
        Event::OffsetsCommitted {
            group: group.to_owned(),
            offsets,
        }
    }

    #[test]
    fn its_own_events_rebuild_it() {
        let mut catalog = Catalog::default();
        catalog.apply(Event::ClusterNamed("c".to_owned()));
        catalog.apply(Event::NextProducerId(5));
        catalog.apply(Event::TopicSet {
            name: "t".to_owned(),
            topic: TopicEntry::default(),
        });
        catalog.apply(committed("g", vec![offset("t", 3), offset("u", 4)]));
        let mut rebuilt = Catalog::default();
        for event in catalog.events() {
            let json = serde_json::to_string(&event).unwrap();
            rebuilt.apply(serde_json::from_str(&json).unwrap());
        }
        assert_eq!(rebuilt, catalog);
    }

    #[test]
    fn a_deleted_topic_takes_its_offsets_along() {
        let mut catalog = Catalog::default();
        catalog.apply(committed("g", vec![offset("t", 3), offset("u", 4)]));
        catalog.apply(Event::TopicDeleted {
            name: "t".to_owned(),
        });
        assert_eq!(catalog.offsets["g"].len(), 1);
    }
}
