//! Alerts: an official on the watch-list spoke or was spoken of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AlertId, ArticleRef, MentionEvidence, OfficialId, QuoteId, QuoteKind};

/// One alert: a rule fired on an article, before routing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// From rule, official and article; the idempotency key of every delivery.
    pub id: AlertId,
    /// The rule that fired, by its `name`.
    pub rule: String,
    /// How urgent the rule's author holds it.
    pub severity: Severity,
    /// Whom it is about; `None` where the rule names no official.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<OfficialId>,
    /// The official's name as the watch-list shows it; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub official_name: String,
    /// Whether the official spoke or was spoken of.
    pub trigger: AlertTrigger,
    /// The quotes that the rule fired on, in text order; empty for a bare mention.
    pub quotes: Vec<AlertedQuote>,
    /// The names under which the article mentions the official, each once, in text order.
    pub mentioned_as: Vec<String>,
    /// The clauses of the rule that were met, as its author wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// By which alias and evidence the official was known, each alias once, in text order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<AlertEvidence>,
    /// The targets that the rule names; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// The article.
    pub article: ArticleRef,
}

/// What raised an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertTrigger {
    /// The official is quoted.
    Speaks,
    /// A quote of somebody else names the official.
    About,
    /// The official is mentioned.
    Mentioned,
    /// The rule names no official: the article itself met it.
    Article,
}

/// A quote in an alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertedQuote {
    /// Which quote.
    pub id: QuoteId,
    /// Whether these are the speaker's own words.
    pub kind: QuoteKind,
    /// What was said, with `…` where the attribution interrupts it.
    pub text: String,
    /// The words that report it ("said", "declined"); `None` where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<String>,
    /// Who said it, by the article's word; `None` where nobody was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// The watched officials that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// How likely content and speaker are both right, 0 to 1.
    pub confidence: f32,
}

/// Why a name was taken for an official.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertEvidence {
    /// The alias of the watch-list that fired.
    pub alias: String,
    /// Why it was believed.
    pub evidence: Vec<MentionEvidence>,
    /// How likely it is that official, 0 to 1.
    pub score: f32,
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

impl Severity {
    /// As it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl AlertTrigger {
    /// As it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Speaks => "speaks",
            Self::About => "about",
            Self::Mentioned => "mentioned",
            Self::Article => "article",
        }
    }
}
