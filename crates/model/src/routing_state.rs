//! What the router of alerts remembers, kept on a compacted topic.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Alert, ArticleId, Severity, StoryKey};

/// One thing that the router remembers; the latest of each key counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoutingState {
    /// Names it among the states.
    pub key: String,
    /// When it changed.
    pub changed: Timestamp,
    /// What it is.
    pub state: RoutedState,
}

/// What the router remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RoutedState {
    /// How far it has read the alerts: the next offset of each partition.
    Position {
        /// By partition.
        offsets: Vec<NextOffset>,
    },
    /// A group of alerts to one target.
    Group(AlertGroup),
    /// A story that alerts tell of.
    Story(AlertStory),
    /// What one target was told of late, and what waits for it.
    Target(TargetState),
    /// An alert that keeps others quiet.
    Inhibitor(Inhibitor),
}

/// Where reading of a partition goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextOffset {
    /// The partition.
    pub partition: i32,
    /// The first offset not read.
    pub offset: i64,
}

/// Alerts that one target is told of together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertGroup {
    /// Names it; from target and labels.
    pub id: String,
    /// The target.
    pub target: String,
    /// What its alerts have in common.
    pub labels: BTreeMap<String, String>,
    /// The highest of what waits.
    pub severity: Severity,
    /// Alerts that the target was not told of, oldest first.
    pub pending: Vec<Alert>,
    /// How many more wait that are only counted.
    pub uncounted: u32,
    /// Whether something waits that says more than what was told.
    pub has_news: bool,
    /// The alerts taken in of late, by event id.
    pub seen: Vec<String>,
    /// The stories of its alerts.
    pub stories: Vec<String>,
    /// What was said in them, in a form that copies share.
    pub words: Vec<String>,
    /// The outlets of its alerts, in the order seen.
    pub outlets: Vec<String>,
    /// How many notifications were made.
    pub sequence: u32,
    /// How many of them told of nothing but copies since there was news.
    pub copy_updates: u32,
    /// When the first of what waits came.
    pub since: Timestamp,
    /// When the last alert came.
    pub last_alert: Timestamp,
    /// When the target was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sent: Option<Timestamp>,
    /// When it is to be told next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Why that is later than the group's own times have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// The last alert told, for reminders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Box<Alert>>,
}

/// Articles that are copies of one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertStory {
    /// Names it: its first article.
    pub id: ArticleId,
    /// Its articles of late.
    pub articles: Vec<ArticleId>,
    /// Story keys of some of its articles.
    pub keys: Vec<StoryKey>,
    /// When it was seen last.
    pub seen: Timestamp,
}

/// What one target was told of late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetState {
    /// The target.
    pub target: String,
    /// When it was told, the last few times.
    pub sent: Vec<Timestamp>,
    /// Groups that wait to be told of together.
    pub waiting: Vec<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Why they wait, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// How many digests were made.
    pub digests: u32,
}

/// An alert that keeps others quiet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Inhibitor {
    /// Which inhibition of the configuration.
    pub inhibition: String,
    /// The labels in which others must be equal to it.
    pub labels: BTreeMap<String, String>,
    /// Until when.
    pub until: Timestamp,
}
