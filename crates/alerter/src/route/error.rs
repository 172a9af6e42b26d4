//! Why routing cannot work as configured.

use thiserror::Error;

use super::label::MatchersError;

/// Why routing cannot work as configured.
#[derive(Debug, Error)]
pub enum RouteError {
    /// A matcher of an inhibition.
    #[error("inhibit: {0}")]
    Matchers(#[from] MatchersError),
    /// A policy for a target that there is not.
    #[error("policy of {target}: no target is called so (there are {known})")]
    Target {
        /// Whose policy.
        target: String,
        /// The targets that there are.
        known: String,
    },
    /// A time zone.
    #[error("policy of {target}: time zone {zone} is not known: {source}")]
    Zone {
        /// Whose policy.
        target: String,
        /// The zone.
        zone: String,
        /// Why.
        source: jiff::Error,
    },
    /// A policy.
    #[error("policy of {target}: {reason}")]
    Policy {
        /// Whose policy.
        target: String,
        /// What is wrong.
        reason: &'static str,
    },
}
