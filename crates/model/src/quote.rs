//! Quotes: what was said, the words that report it, and who said it.
//!
//! Content, cue and speaker are the field's triple for attribution (PARC, PolNeAR, Citron).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{OfficialId, Span};

/// One turn of reported speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// Whether the words are the speaker's own.
    pub kind: QuoteKind,
    /// What is done by speaking: stating, refusing to comment, …
    pub act: SpeechAct,
    /// What was said, without outer quotation marks; several spans where the attribution
    /// interrupts, in text order, at least one.
    pub content: Vec<Span>,
    /// The words that report ("said", "according to"); empty where nothing does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cue: Vec<Span>,
    /// Who spoke; `None` where nobody was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Speaker>,
    /// Whom the speaker spoke to, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<Span>,
    /// How it was said ("in a statement", "on Facebook"), where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<Span>,
    /// When it was said ("on Tuesday"), where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Span>,
    /// Whether the article says that the words are a translation.
    #[serde(default)]
    pub translated: bool,
    /// Entities named in the content: positions in `Extraction::entities`, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<usize>,
    /// How likely content and speaker are both right, 0 to 1.
    pub confidence: f32,
    /// The chain of rules that led here, first to last.
    pub rules: Vec<String>,
}

/// Whether a quote's words are the speaker's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteKind {
    /// All inside quotation marks.
    Direct,
    /// Partly inside quotation marks.
    Mixed,
    /// The reporter's words.
    Indirect,
}

impl QuoteKind {
    /// As it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Mixed => "mixed",
            Self::Indirect => "indirect",
        }
    }
}

/// What a speaker does by speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeechAct {
    /// Says, asks, answers or writes something.
    Statement,
    /// Tells somebody to do something.
    Command,
    /// Undertakes to do something.
    Promise,
    /// Declines to comment.
    Refusal,
}

/// The one to whom a quote is attributed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Speaker {
    /// The words that name or point to the speaker; empty where the speaker is carried on from an
    /// earlier quote.
    pub spans: Vec<Span>,
    /// By what kind of expression.
    pub kind: SpeakerKind,
    /// The speaker's name after coreference, or the words themselves where there is no name.
    pub name: String,
    /// The entity: a position in `Extraction::entities`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<usize>,
    /// The watched official that speaks, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<OfficialId>,
    /// How likely the speaker is right, 0 to 1.
    pub confidence: f32,
}

/// By what kind of expression a speaker is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeakerKind {
    /// A person's name.
    Named,
    /// A title or description ("the prime minister").
    Titled,
    /// A pronoun.
    Pronoun,
    /// An organisation or government.
    Organization,
    /// Several people ("the two ministers").
    Plural,
    /// Somebody kept unnamed ("a senior official").
    Unnamed,
}
