//! Where an article mentions an official of the watch-list.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{OfficialId, Span};

/// One mention of a watched official.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mention {
    /// Who.
    pub official: OfficialId,
    /// Where: the name with what is fused to it in writing, without titles.
    pub span: Span,
    /// The alias of the watch-list that fired.
    pub alias: String,
    /// Why it was believed, at least one.
    pub evidence: Vec<MentionEvidence>,
    /// How likely it is that official, 0 to 1.
    pub score: f32,
    /// The entity it belongs to: a position in `Extraction::entities`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<usize>,
}

/// What speaks for a mention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MentionEvidence {
    /// A full alias stands there.
    FullAlias,
    /// The words sound like a full alias in Latin letters, and a title stands beside them.
    Transcription,
    /// A weak alias stands there, and the full name elsewhere in the article.
    FullNameElsewhere,
    /// A weak alias stands there with a title, organisation, country or context word near by.
    Context {
        /// The word.
        word: String,
    },
    /// The article's coreference ties the words to a name that matched.
    Coreference,
    /// Speaks against it: with this word the name is that of a street, a party or a book.
    Eponym {
        /// The word.
        word: String,
    },
}
