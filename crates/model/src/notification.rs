//! Notifications: what a target is told of a group of alerts, and what became of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Alert, NotificationId, Severity};

/// What one target is told at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Notification {
    /// The idempotency key of every delivery.
    pub id: NotificationId,
    /// The target, by its name in the configuration.
    pub target: String,
    /// Whether it is the first of its group.
    pub kind: NotificationKind,
    /// The group; the notifications to one target keep their order.
    pub group: String,
    /// What the group's alerts have in common, by label.
    pub labels: BTreeMap<String, String>,
    /// How many the group was told of before, to this target.
    pub sequence: u32,
    /// The highest of the alerts.
    pub severity: Severity,
    /// The alerts that are new since the last one, oldest first; the first few where they are many.
    pub alerts: Vec<Alert>,
    /// How many are new, those left out of `alerts` included.
    pub alert_count: u32,
    /// Every outlet that the group's alerts came from so far, in the order seen.
    pub outlets: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When the first of its alerts came.
    pub since: Timestamp,
    /// Why it comes later than the group's own times have it, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
}

/// What a notification is to its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// The first.
    New,
    /// There is more.
    Update,
    /// Nothing is new; said again.
    Reminder,
    /// Several groups together.
    Digest,
}

impl NotificationKind {
    /// As it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Reminder => "reminder",
            Self::Digest => "digest",
        }
    }
}

/// One attempt to deliver a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// Which notification.
    pub notification: NotificationId,
    /// To which target.
    pub target: String,
    /// Which attempt, from 1, over all processes; begins anew where it is sent again by hand.
    pub attempt: u32,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// Why it failed, in plain words, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ended.
    pub at: Timestamp,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// The target took it.
    Delivered,
    /// It is tried again.
    PutOff,
    /// It is a dead letter.
    Refused,
}
