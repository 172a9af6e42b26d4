//! Finds the names of a document: the tagger's first reading, then the document's own names.

use std::{borrow::Cow, ops::Range};

use model::EntityKind;

use super::{
    gazetteer::Gazetteer,
    repair::repair,
    tagger::{Place, Tagger, parts},
    word::{Memory, Word, words},
};
use crate::Document;

const MODEL: &[u8] = include_bytes!("../../models/en.entity");

/// Finds names; built once, shared by threads.
#[derive(Debug)]
pub(crate) struct Recognizer {
    pub(super) gazetteer: Gazetteer,
    tagger: Option<Tagger>,
}

/// A name in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its tokens.
    pub(crate) tokens: Range<usize>,
    pub(crate) kind: EntityKind,
}

impl Recognizer {
    /// The recogniser of the committed model.
    pub(crate) fn new() -> Self {
        Self::with_model(Cow::Borrowed(MODEL))
    }

    /// A recogniser of another model; it finds nothing where the model cannot be read.
    pub(crate) fn with_model(model: Cow<'static, [u8]>) -> Self {
        Self {
            gazetteer: Gazetteer::new(),
            tagger: Tagger::read(model).ok(),
        }
    }

    /// The words of a document as the tagger sees them.
    pub(crate) fn words(&self, document: &Document<'_>) -> Vec<Word> {
        words(document, &self.gazetteer)
    }

    /// The names of the document, in text order.
    pub(crate) fn names(&self, document: &Document<'_>, words: &[Word]) -> Vec<Name> {
        let Some(tagger) = &self.tagger else {
            return Vec::new();
        };
        let mut memory = Memory::default();
        let mut labels = Vec::new();
        let mut names = Vec::new();
        for sentence in &document.sentences {
            let Some(sentence_words) = words.get(sentence.clone()) else {
                continue;
            };
            tagger.label(sentence_words, &mut memory, &mut labels);
            collect(&labels, sentence.start, &mut names);
        }
        repair(document, words, names)
    }
}

/// Reads the names off the labels of a sentence that starts at token `start`.
fn collect(labels: &[u8], start: usize, names: &mut Vec<Name>) {
    let mut begin = 0;
    for (at, label) in labels.iter().enumerate() {
        let (place, kind) = parts(*label);
        let kind = match kind {
            0 => EntityKind::Person,
            1 => EntityKind::Organization,
            _ => EntityKind::Place,
        };
        match place {
            Place::Begin => begin = at,
            Place::Unit => names.push(Name {
                tokens: start + at..start + at + 1,
                kind,
            }),
            Place::Last => names.push(Name {
                tokens: start + begin..start + at + 1,
                kind,
            }),
            Place::Outside | Place::Inside => {}
        }
    }
}
