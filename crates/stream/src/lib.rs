//! The one transactional loop between topics, with Kafka behind it.
//!
//! A [`Stage`] turns one input into any number of outputs. The runner takes a batch of inputs,
//! calls the stage for each, and commits all outputs together with the input position in one
//! Kafka transaction. Only this crate knows rdkafka, offsets and transactions.

mod bare_copy;
mod broker_check;
mod client;
mod config;
mod disk_usage;
mod effect;
mod error;
mod keyed_source;
mod outbox;
mod overview;
mod partition;
mod reader;
mod runner;
mod stage;
mod status;
mod topic;
mod topic_settings;

pub use bare_copy::copy_bare;
pub use broker_check::{BrokerInfo, check_broker};
pub use config::{BatchLimits, KafkaConfig, RestartLimits, RunnerConfig};
pub use effect::{Effect, EffectError};
pub use error::StreamError;
pub use keyed_source::{Assignment, KeyedSource, SourceError};
pub use outbox::{Outbox, OutgoingRecord};
pub use overview::{TopicOverview, count_records, topic_overview};
pub use partition::partition_of;
pub use reader::{RawRecord, ReadFrom, ReadUntil, Reader, ReaderEvent};
pub use runner::{produce_transactionally, run_effect, run_keyed_stage, run_stage};
pub use stage::{Reject, Stage};
pub use status::{StageState, StageStatus, StatusSnapshot};
pub use tokio_util::sync::CancellationToken;
pub use topic::{
    ALERTS, ARTICLES, DEAD_LETTERS, DELIVERIES, ENRICHED, ENTITIES, FEED_CURSORS, FEED_HEALTH,
    MENTIONS, NOTIFICATIONS, QUOTES, ROUTING, SILENCES, Topic,
};
pub use topic_settings::{TopicDifference, TopicSettings, create_topics};
