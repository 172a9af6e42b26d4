//! Who said what about whom, from the text of an article.
//!
//! Pure and without I/O: [`Extractor::extract`] turns a text and its language into quotes,
//! speakers, entities and mentions of watched officials. It cannot fail; odd text gives fewer
//! findings.

mod confidence;
#[cfg(not(feature = "training"))]
mod entity;
#[cfg(feature = "training")]
pub mod entity;
mod fact;
mod heads;
mod language_guess;
mod mark;
mod name;
mod pack;
mod pattern;
mod quote;
mod script;
mod sentence;
mod speaker;
#[cfg(not(feature = "training"))]
mod syntax;
#[cfg(feature = "training")]
pub mod syntax;
mod table;
mod token;
mod vocabulary;

pub use name::Matcher;
pub use script::Script;
pub use sentence::Document;
pub use speaker::{Candidate, Reason};
pub use token::{Case, Gap, Token, TokenKind, tokenize};

use model::{Entity, Extraction, Language, Mention, Official, Quote};

/// Extracts from articles; built once, shared by threads.
#[derive(Debug)]
pub struct Extractor {
    matcher: Matcher,
    recognizer: entity::Recognizer,
}

impl Extractor {
    /// An extractor that also looks for these officials.
    pub fn new(officials: Vec<Official>) -> Self {
        Self {
            matcher: Matcher::new(officials),
            recognizer: entity::Recognizer::new(),
        }
    }

    /// Everything found in `text`; spans point into it. A language of `und` is guessed.
    pub fn extract(&self, text: &str, language: &Language) -> Extraction {
        self.explain(text, language).extraction
    }

    /// The same, with those who were weighed as speakers.
    pub fn explain(&self, text: &str, language: &Language) -> Explained {
        self.explain_by_stage(text, language, &mut |_| {})
    }

    /// The same; `done` is told the name of each stage as it ends, for benches.
    #[doc(hidden)]
    pub fn explain_by_stage(&self, text: &str, language: &Language, done: Done<'_>) -> Explained {
        let language = &language_guess::known_or_guessed(text, language);
        done("language");
        let mut mentions = self.matcher.find(text, language);
        done("officials");
        let found = if is_english(language) {
            self.english(text, &mut mentions, done)
        } else {
            let mut entities = Vec::new();
            entity::link(&mut entities, &mut mentions, text);
            (entities, pattern::quotes(text, language), Vec::new())
        };
        let (mut entities, mut quotes, candidates) = found;
        entity::link_speakers(&mut quotes, &entities);
        speaker::fill_about(&mut quotes, &entities);
        speaker::add_references(&mut entities, &quotes);
        done("links");
        Explained {
            extraction: Extraction {
                quotes,
                entities,
                mentions,
            },
            candidates,
        }
    }

    /// Entities, quotes, and those who were weighed as their speakers.
    fn english(
        &self,
        text: &str,
        mentions: &mut [Mention],
        done: Done<'_>,
    ) -> (Vec<Entity>, Vec<Quote>, Vec<Vec<Candidate>>) {
        let document = Document::new(text);
        done("tokens and sentences");
        let words = self.recognizer.words(&document);
        done("words of entities");
        let names = self.recognizer.names(&document, &words);
        done("names");
        let mut entities = entity::entities(&document, &names);
        entity::link(&mut entities, mentions, text);
        done("coreference");
        let found = quote::find(&document, &entities, done);
        let resolved = speaker::resolve(&document, &words, &entities, found);
        let (quotes, candidates) = resolved.into_iter().unzip();
        done("speakers");
        (entities, quotes, candidates)
    }
}

/// Is told of each stage that ends.
type Done<'d> = &'d mut dyn FnMut(&'static str);

/// What was found, and how its speakers were chosen.
#[derive(Debug)]
pub struct Explained {
    /// What was found.
    pub extraction: Extraction,
    /// For each quote, those who were weighed as its speaker, nearest first; empty for languages
    /// other than English, whose speakers are taken as they stand.
    pub candidates: Vec<Vec<Candidate>>,
}

/// Texts of unknown language are tried as English: the rules find nothing in others.
fn is_english(language: &Language) -> bool {
    matches!(language.primary(), "en" | "und")
}
