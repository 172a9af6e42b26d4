//! What one target wants: how urgent, how often, when not.

use std::time::Duration;

use model::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quiet::QuietHours;

/// What a target wants otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetPolicy {
    /// The target, by name; `*` for all that have no policy of their own.
    pub target: String,
    /// Alerts of lower severity are not told at all.
    #[serde(default)]
    pub min_severity: Severity,
    /// From this severity on, quiet hours and digests do not count.
    #[serde(default = "critical")]
    pub urgent: Severity,
    /// When nothing is told; what comes meanwhile is told when they end.
    #[serde(default)]
    pub quiet: Vec<QuietHours>,
    /// At most so many notifications in a time; what is more is told together later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<RateLimit>,
    /// Everything is told together once in this time.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "jiff::fmt::serde::unsigned_duration::friendly::compact::optional"
    )]
    #[schemars(with = "Option<String>")]
    pub digest: Option<Duration>,
}

/// At most so many in a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many, at least 1.
    pub count: usize,
    /// In which time.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub per: Duration,
}

/// Stands for every target without a policy of its own.
const EVERY: &str = "*";

fn critical() -> Severity {
    Severity::Critical
}

impl TargetPolicy {
    /// Whether it is for every target, or for one of these.
    pub(super) fn is_for(&self, targets: &[String]) -> bool {
        self.target == EVERY || targets.contains(&self.target)
    }

    /// The policy for a target.
    pub(super) fn of(target: &str, policies: &[Self]) -> Self {
        let named = |name: &str| policies.iter().find(|policy| policy.target == name);
        named(target)
            .or_else(|| named(EVERY))
            .cloned()
            .unwrap_or_else(|| Self {
                target: target.to_owned(),
                min_severity: Severity::Info,
                urgent: Severity::Critical,
                quiet: Vec::new(),
                rate: None,
                digest: None,
            })
    }
}
