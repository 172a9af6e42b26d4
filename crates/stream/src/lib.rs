//! The one transactional loop between topics, with Kafka behind it.
//!
//! A [`Stage`] turns one input into any number of outputs. The runner takes a batch of inputs,
//! calls the stage for each, and commits all outputs together with the input position in one
//! Kafka transaction. Only this crate knows rdkafka, offsets and transactions.

mod config;
mod keyed_source;
mod outbox;
mod partition;
mod stage;
mod topic;

pub use config::{BatchLimits, KafkaConfig};
pub use keyed_source::{Assignment, KeyedSource, SourceError};
pub use outbox::{Outbox, OutgoingRecord};
pub use partition::partition_of;
pub use stage::{Reject, Stage};
pub use topic::{
    ALERTS, ARTICLES, DEAD_LETTERS, ENRICHED, ENTITIES, FEED_CURSORS, MENTIONS, QUOTES, Topic,
};
