//! Watches enriched articles for named officials and delivers alerts.
//!
//! Matching is done once, in `extract`; here rules compare ids and never look at text.
//! [`AlertStage`] is pure and writes the `alerts` topic; the notifiers read that topic and act on
//! the world, at least once, with the alert's id as idempotency key.

mod config;
mod message;
mod notify;
mod rule;
mod stage;

pub use config::{Config, TargetConfig, WebhookConfig};
pub use message::summary;
pub use notify::{FileNotifier, NotifierError, TerminalNotifier, WebhookNotifier};
pub use rule::{Rule, Trigger};
pub use stage::AlertStage;
