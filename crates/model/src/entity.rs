//! The people, organisations, places and other named things of an article.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{OfficialId, Span};

/// One entity of an article, with everything that refers to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// The fullest name that the article uses.
    pub name: String,
    /// Where it is referred to, in text order.
    pub mentions: Vec<EntityMention>,
    /// Titles and roles that the article gives it ("prime minister").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<Title>,
    /// The watched official that it is, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<OfficialId>,
}

/// Kinds of entity.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A human being.
    Person,
    /// A company, party, ministry, court, outlet or other body.
    Organization,
    /// A country, region, town, building or natural place.
    Place,
    /// A law, treaty, event, work or other named thing.
    Other,
}

impl EntityKind {
    /// As it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organization => "organization",
            Self::Place => "place",
            Self::Other => "other",
        }
    }
}

/// One place where an entity is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntityMention {
    /// Where.
    pub span: Span,
    /// By what form.
    pub form: MentionForm,
}

/// How a mention refers to its entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MentionForm {
    /// By name, in full or in part, or by acronym.
    Name,
    /// By a description ("the prime minister").
    Nominal,
    /// By a pronoun.
    Pronoun,
}

/// A title or role of a person, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Title {
    /// Where it stands.
    pub span: Span,
    /// Its words.
    pub text: String,
}
