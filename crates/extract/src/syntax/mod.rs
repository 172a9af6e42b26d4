//! Parts of speech and dependency trees of English sentences.
//!
//! Trained on GUM (see `training/README.md`); run only where a sentence carries a cue.

mod closed;
mod label;
mod moves;
mod parser;
mod state;
mod tagger;
#[cfg(feature = "training")]
pub mod train;
mod weights;
mod word;

use std::sync::OnceLock;

pub(crate) use self::word::Word;
use self::{
    closed::ClosedTags,
    label::{Labeller, Punctuation},
    moves::MoveWeights,
    parser::Parser,
    state::{LabelId, NOWHERE},
    tagger::{TagId, Tagger},
    weights::{DamagedModel, Reader, Weights},
};

/// Longest sentence that is parsed in one piece, in words; longer ones are cut. News sentences stay
/// under 120, and a bound keeps positions in 16 bits.
pub(crate) const LONGEST_SENTENCE: usize = 400;

/// A tagger and a parser with the names of what they find.
#[derive(Debug)]
pub(crate) struct Grammar {
    tagger: Tagger,
    parser: Parser,
    tags: Vec<Tag>,
    labels: Vec<Label>,
}

/// A word in its sentence's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Part of speech.
    pub(crate) tag: Tag,
    /// The position of the word it depends on, counted from the sentence's start.
    pub(crate) head: Option<usize>,
    /// How it depends on it.
    pub(crate) label: Label,
}

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name {
            $(#[doc = concat!("Called \"", $text, "\".")] $variant,)*
            /// Any other.
            Other,
        }

        impl $name {
            /// By its treebank name.
            pub(crate) fn named(name: &str) -> Self {
                match name {
                    $($text => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

named! {
    /// Penn Treebank parts of speech that rules ask for.
    Tag {
        Noun = "NN", Nouns = "NNS", Name = "NNP", Names = "NNPS", Pronoun = "PRP",
        Possessive = "PRP$", PossessiveMark = "POS", Determiner = "DT", Adjective = "JJ",
        Comparative = "JJR", Superlative = "JJS", Number = "CD", Preposition = "IN", To = "TO",
        Base = "VB", Past = "VBD", Present3 = "VBZ", Present = "VBP", Gerund = "VBG",
        Participle = "VBN", Modal = "MD", Adverb = "RB", Conjunction = "CC", WhDeterminer = "WDT",
        WhPronoun = "WP", WhPossessive = "WP$", WhAdverb = "WRB", Particle = "RP",
        Existential = "EX", Predeterminer = "PDT", Comma = ",", Stop = ".", Colon = ":",
        OpenQuote = "``", CloseQuote = "''", OpenBracket = "-LRB-", CloseBracket = "-RRB-",
        Hyphen = "HYPH", Foreign = "FW", Symbol = "SYM", Interjection = "UH",
    }
}

named! {
    /// Universal Dependencies relations that rules ask for; finer ones are mapped in training.
    Label {
        Root = "root", Subject = "nsubj", PassiveSubject = "nsubj:pass", ClauseSubject = "csubj",
        Object = "obj", IndirectObject = "iobj", ClauseComplement = "ccomp",
        OpenComplement = "xcomp", Oblique = "obl", ObliqueUnmarked = "obl:unmarked",
        Agent = "obl:agent", AdverbClause = "advcl", AdnominalClause = "acl",
        RelativeClause = "acl:relcl", Parataxis = "parataxis", Conjunct = "conj",
        Coordinator = "cc", Marker = "mark", Case = "case", Auxiliary = "aux",
        PassiveAuxiliary = "aux:pass", Copula = "cop", Determiner = "det", AdjectiveModifier = "amod",
        Adverb = "advmod", Compound = "compound", Flat = "flat", Apposition = "appos",
        NounModifier = "nmod", Possessor = "nmod:poss", Number = "nummod", Particle = "compound:prt",
        Punctuation = "punct", Expletive = "expl", Discourse = "discourse", Vocative = "vocative",
    }
}

impl Grammar {
    /// The grammar of English, read once.
    pub(crate) fn english() -> &'static Self {
        static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
        GRAMMAR.get_or_init(|| {
            Self::read(include_bytes!("../../models/en.syntax"))
                .expect("the model that is compiled in was written by the same code")
        })
    }

    /// Reads a model: tags, labels, those of either direction, sure words, and the tables.
    fn read(bytes: &'static [u8]) -> Result<Self, DamagedModel> {
        let mut reader = Reader::new(bytes);
        let tags = reader
            .names()?
            .iter()
            .map(|name| Tag::named(name))
            .collect::<Vec<_>>();
        let labels = reader
            .names()?
            .iter()
            .map(|name| Label::named(name))
            .collect::<Vec<_>>();
        let root = reader.byte()?;
        let lists = [reader.labels()?, reader.labels()?];
        let mut certain = Vec::new();
        let mut form = 0_u32;
        for _ in 0..reader.number()? {
            form = form.wrapping_add(reader.number()?);
            let tag: TagId = reader.byte()?;
            certain.push((form, tag));
        }
        Ok(Self {
            tagger: Tagger {
                weights: Weights::read(&mut reader)?,
                tags: tags.len(),
                certain,
                closed: ClosedTags::of(&tags),
                name: (0..)
                    .zip(&tags)
                    .find(|(_, tag)| **tag == Tag::Name)
                    .map(|(id, _)| id),
            },
            parser: Parser {
                moves: MoveWeights::read(&mut reader)?,
                labeller: Labeller {
                    weights: Weights::read(&mut reader)?,
                    lists,
                    punctuation: Punctuation::of(&tags, &labels),
                },
                root,
            },
            tags,
            labels,
        })
    }

    /// The words of one sentence of at most [`LONGEST_SENTENCE`] words with their tags.
    pub(crate) fn tag(&self, sentence: impl Iterator<Item = Word>) -> Tagged {
        let words: Vec<Word> = sentence.take(LONGEST_SENTENCE).collect();
        let mut tags = Vec::with_capacity(words.len());
        self.tagger.tag(&words, &mut tags);
        Tagged { words, tags }
    }

    /// The nodes of a sentence that has tags and no tree yet.
    pub(crate) fn nodes(&self, sentence: &Tagged) -> Vec<Node> {
        let tags = sentence.tags.iter();
        tags.map(|tag| Node {
            tag: self.tag_of(*tag),
            head: None,
            label: Label::Other,
        })
        .collect()
    }

    /// Gives the nodes of a sentence their tree.
    pub(crate) fn parse(&self, sentence: &Tagged, nodes: &mut [Node]) {
        let (heads, labels) = self.parser.parse(&sentence.words, &sentence.tags);
        for ((node, head), label) in nodes.iter_mut().zip(heads).zip(labels) {
            node.head = (head != NOWHERE).then_some(usize::from(head));
            let label = self.labels.get(usize::from(label)).copied();
            node.label = label.unwrap_or(Label::Other);
        }
    }

    fn tag_of(&self, tag: TagId) -> Tag {
        let tag = self.tags.get(usize::from(tag)).copied();
        tag.unwrap_or(Tag::Other)
    }
}

/// A sentence after its first reading.
#[derive(Debug)]
pub(crate) struct Tagged {
    words: Vec<Word>,
    tags: Vec<TagId>,
}

impl Reader {
    /// A list of labels by their numbers.
    fn labels(&mut self) -> Result<Vec<LabelId>, DamagedModel> {
        (0..self.number()?).map(|_| self.byte()).collect()
    }

    /// A list of names, each with its length in front.
    fn names(&mut self) -> Result<Vec<String>, DamagedModel> {
        let mut names = Vec::new();
        for _ in 0..self.number()? {
            let length = self.number()?;
            let bytes = (0..length)
                .map(|_| self.byte())
                .collect::<Result<Vec<u8>, _>>()?;
            names.push(String::from_utf8_lossy(&bytes).into_owned());
        }
        Ok(names)
    }
}
