//! Alerts: an official on the watch-list spoke or was spoken of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AlertId, ArticleRef, OfficialId, QuoteId, QuoteKind};

/// One alert, before delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// From rule, official and article; the idempotency key of every delivery.
    pub id: AlertId,
    /// The rule that fired, by its `name`.
    pub rule: String,
    /// How urgent the rule's author holds it.
    pub severity: Severity,
    /// Whom it is about.
    pub official: OfficialId,
    /// The official's name as the watch-list shows it.
    pub official_name: String,
    /// Whether the official spoke or was spoken of.
    pub trigger: AlertTrigger,
    /// The official's quotes in the article, in text order; empty for a bare mention.
    pub quotes: Vec<AlertedQuote>,
    /// The names under which the article mentions the official, each once, in text order.
    pub mentioned_as: Vec<String>,
    /// The article.
    pub article: ArticleRef,
}

/// What raised an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertTrigger {
    /// The official is quoted.
    Speaks,
    /// The official is mentioned.
    Mentioned,
}

/// A quote in an alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertedQuote {
    /// Which quote.
    pub id: QuoteId,
    /// Whether these are the speaker's own words.
    pub kind: QuoteKind,
    /// What was said.
    pub text: String,
    /// How likely content and speaker are both right, 0 to 1.
    pub confidence: f32,
}

/// How urgent an alert is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    #[default]
    Info,
    /// Wants a look today.
    Warning,
    /// Wants a look now.
    Critical,
}
