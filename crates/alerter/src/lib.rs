//! Watches enriched articles for named officials and delivers alerts.
//!
//! Names are matched once, in `extract`; here rules compare ids and look at text for phrases only.
//! [`AlertStage`] is pure and writes the `alerts` topic; the [`Router`] makes notifications of
//! them, groups and times them; a [`Notifier`] a target acts on the world, at least once, with the
//! notification's id as idempotency key.

mod config;
#[cfg(test)]
mod fixture;
mod message;
mod notify;
mod rehearsal;
mod route;
mod rule;
mod sample;
mod secret;
mod stage;

pub use config::{Config, EmailConfig, Encryption, HookConfig, TargetConfig};
pub use message::{Messages, silence_command, title};
pub use notify::{Notifier, NotifierError, preview};
pub use rehearsal::{Rehearsal, RehearsalResult};
pub use route::{
    Day, InhibitConfig, Label, Matchers, MatchersError, QuietHours, RateLimit, RouteConfig,
    RouteError, RouteStage, Routed, Router, RouterSource, TargetPolicy,
};
pub use rule::{Rule, RuleConfig, RuleError, RuleTrial, Watchlist};
pub use sample::sample;
pub use secret::SecretError;
pub use stage::AlertStage;
