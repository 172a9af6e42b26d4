//! The one transactional loop between topics, with Kafka behind it.
//!
//! A [`Stage`] turns one input into any number of outputs. The runner takes a batch of inputs,
//! calls the stage for each, and commits all outputs together with the input position in one
//! Kafka transaction. Only this crate knows rdkafka, offsets and transactions.
//!
//! A stage is written and tested without any Kafka, by what it puts into its [`Outbox`]:
//!
//! ```
//! use model::{Article, Enriched, Extraction};
//! use stream::{ENRICHED, Outbox, Reject, Stage};
//!
//! /// Passes articles on; those without text can never work.
//! struct Passing;
//!
//! impl Stage for Passing {
//!     type Input = Article;
//!
//!     fn name(&self) -> &'static str {
//!         "passing"
//!     }
//!
//!     fn process(&mut self, article: Article, outbox: &mut Outbox) -> Result<(), Reject> {
//!         if article.body.is_empty() {
//!             return Err(Reject::new(format!("article has no text: {}", article.id)));
//!         }
//!         let extraction = Extraction::default();
//!         outbox.send(ENRICHED, &Enriched { article, extraction })
//!     }
//! }
//!
//! # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../model/golden/article.json"));
//! let article: Article = serde_json::from_str(json)?;
//! let mut outbox = Outbox::new();
//! Passing.process(article.clone(), &mut outbox)?;
//! assert_eq!(outbox.sent_to(ENRICHED)[0].article, article);
//!
//! let empty = Article { body: String::new(), ..article };
//! assert!(Passing.process(empty, &mut Outbox::new()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`run_stage`] then runs it on a thread until it is told to stop.

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

pub use bare_copy::{BareOutput, copy_bare};
pub use broker_check::{BrokerInfo, check_broker};
pub use config::{BatchLimits, KafkaConfig, RestartLimits, RunnerConfig};
pub use effect::{Effect, EffectError};
pub use error::StreamError;
pub use keyed_source::{Assignment, KeyedSource, SourceError};
pub use outbox::{Outbox, OutgoingRecord};
pub use overview::{TopicOverview, count_records, topic_overview};
pub use partition::partition_of;
pub use reader::{RawRecord, ReadFrom, ReadUntil, Reader, ReaderEvent};
pub use runner::{
    produce_transactionally, run_effect, run_keyed_stage, run_stage, sleep_unless_stopped,
};
pub use stage::{Reject, Stage};
pub use status::{StageState, StageStatus, StatusSnapshot};
pub use tokio_util::sync::CancellationToken;
pub use topic::{
    ALERTS, ARTICLES, DEAD_LETTERS, DELIVERIES, ENRICHED, ENTITIES, FEED_CURSORS, FEED_HEALTH,
    MENTIONS, NOTIFICATIONS, QUOTES, ROUTING, SILENCES, Topic,
};
pub use topic_settings::{TopicDifference, TopicSettings, create_topics};
