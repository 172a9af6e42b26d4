//! What the user sets about routing.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{label::Label, policy::TargetPolicy};

/// Which alerts are told together, to whom and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteConfig {
    /// Alerts that are equal in these labels are told together.
    pub group_by: Vec<Label>,
    /// How long the first alert of a group waits for others.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub group_wait: Duration,
    /// Shortest time between two notifications of a group.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub group_interval: Duration,
    /// How long after its last notification a group without news is told again; 0 for never.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub repeat_interval: Duration,
    /// How long after its last alert a group or story is forgotten.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub forget_after: Duration,
    /// Alerts that keep others quiet.
    pub inhibit: Vec<InhibitConfig>,
    /// What single targets want otherwise.
    pub policy: Vec<TargetPolicy>,
}

/// Alerts that keep others quiet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InhibitConfig {
    /// Those that do, such as `severity=critical`.
    pub source: String,
    /// Those that are kept quiet, such as `severity=info`.
    pub target: String,
    /// The labels in which both must be equal.
    pub equal: Vec<Label>,
    /// For how long after the source.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub lasts: Duration,
}
