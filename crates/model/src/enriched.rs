//! An article with what was found in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Article, Entity, Mention, Quote};

/// An article with its extraction: what the processor writes and the sink routes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Enriched {
    /// The article, unchanged.
    pub article: Article,
    /// What was found in its body.
    pub extraction: Extraction,
}

/// Everything found in one text; lists are in text order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Extraction {
    /// Who said what.
    pub quotes: Vec<Quote>,
    /// The people, organisations, places and other named things.
    pub entities: Vec<Entity>,
    /// Where officials of the watch-list are mentioned.
    pub mentions: Vec<Mention>,
}
