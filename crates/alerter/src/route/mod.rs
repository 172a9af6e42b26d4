//! Routing: which alerts are told together, to whom and when, in Alertmanager's words.
//!
//! [`Router`] is a state machine: the clock is passed in, and what it remembers goes out as
//! records. [`RouterSource`] runs it between the `alerts` and the `notifications` topic.

mod agenda;
mod config;
mod digest;
mod error;
mod group;
mod label;
mod memory;
mod mute;
mod policy;
mod quiet;
mod router;
mod source;
mod story;
mod target;

pub use config::{InhibitConfig, RouteConfig};
pub use error::RouteError;
pub use label::{Label, Matchers, MatchersError};
pub use policy::{RateLimit, TargetPolicy};
pub use quiet::{Day, QuietHours};
pub use router::Router;
pub use source::{RouteStage, Routed, RouterSource};

#[cfg(test)]
mod tests;
