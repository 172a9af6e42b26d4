//! What the tagger knows of each word: hashes of its form and parts, and what lists say of it.

use foldhash::fast::RandomState;

use super::gazetteer::{
    BODY_BEGIN, BODY_INSIDE, Gazetteer, PLACE_BEGIN, PLACE_INSIDE, PLACE_WHOLE,
};
use crate::{
    Document,
    table::Map,
    token::{Case, Gap, Token, TokenKind},
};

/// One word as the tagger sees it; the default stands outside the sentence.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing of its own that is seen of a word"
)]
pub(crate) struct Word {
    /// Hash of the lower-case form, digits made one.
    pub(crate) form: u32,
    pub(crate) prefix: u32,
    pub(crate) suffix2: u32,
    pub(crate) suffix3: u32,
    pub(crate) suffix4: u32,
    /// Case, kind and length class.
    pub(crate) shape: u32,
    /// What the lists say, see [`Gazetteer`].
    pub(crate) lists: u32,
    /// Whether the document writes the word in lower case, or capitalised in mid-sentence.
    pub(crate) habit: u32,
    pub(crate) opens_sentence: bool,
    /// Glued to the word before.
    pub(crate) is_glued: bool,
    pub(crate) is_capital: bool,
    /// A word of the language, when written small.
    pub(crate) is_common: bool,
}

/// The words of a document, token by token.
pub(crate) fn words(document: &Document<'_>, gazetteer: &Gazetteer) -> Vec<Word> {
    let mut words = Vec::with_capacity(document.tokens.len());
    let mut forms = Forms::new(document.vocabulary.len());
    let mut places = document.vocabulary.places().iter();
    for sentence in &document.sentences {
        let mut opens = true;
        for token in document.tokens_of(sentence) {
            let text = token.text(document.text);
            let form = places.next().copied().unwrap_or_default() as usize;
            let (mut word, class) = forms.word(form, text, token, gazetteer);
            word.opens_sentence = opens;
            word.is_glued = token.gap == Gap::None;
            if token.kind == TokenKind::Word {
                if token.case == Case::Lower {
                    forms.note(class, SMALL);
                } else if !opens && word.is_capital {
                    forms.note(class, LARGE);
                }
                opens = false;
            } else if token.kind == TokenKind::Number || token.kind == TokenKind::Address {
                opens = false;
            }
            words.push(word);
        }
    }
    mark_places(&mut words, gazetteer);
    mark_bodies(&mut words, gazetteer);
    for (word, form) in words.iter_mut().zip(document.vocabulary.places()) {
        word.habit = forms.habit(*form as usize);
    }
    words
}

/// The document writes the word in lower case.
const SMALL: u32 = 1;
/// The document writes the word capitalised in mid-sentence.
const LARGE: u32 = 1 << 1;

/// The words of a document, by their forms: each is hashed and looked up once.
struct Forms {
    /// By place of the form: the word, and the place of its habit.
    known: Vec<Option<(Word, usize)>>,
    /// By hash of the form in lower case.
    classes: Map<u32, usize>,
    habits: Vec<u32>,
    buffer: String,
}

impl Forms {
    fn new(count: usize) -> Self {
        Self {
            known: vec![None; count],
            classes: Map::with_capacity_and_hasher(count, RandomState::default()),
            habits: Vec::with_capacity(count),
            buffer: String::new(),
        }
    }

    /// The word of a token with this form, and the place of its habit.
    fn word(
        &mut self,
        form: usize,
        text: &str,
        token: &Token,
        gazetteer: &Gazetteer,
    ) -> (Word, usize) {
        let known = self.known.get(form).copied().flatten();
        let (mut word, class) = known.unwrap_or_else(|| {
            let word = word(text, token.kind, token.case, &mut self.buffer, gazetteer);
            let class = *self.classes.entry(word.form).or_insert(self.habits.len());
            if class == self.habits.len() {
                self.habits.push(0);
            }
            if let Some(slot) = self.known.get_mut(form) {
                *slot = Some((word, class));
            }
            (word, class)
        });
        // The same letters can be a word here and part of an address there.
        word.shape = word.shape & !KIND | token.kind as u32;
        (word, class)
    }

    /// Notes that the document writes a word so.
    fn note(&mut self, class: usize, habit: u32) {
        if let Some(habits) = self.habits.get_mut(class) {
            *habits |= habit;
        }
    }

    /// How the document writes the words of a form.
    fn habit(&self, form: usize) -> u32 {
        let known = self.known.get(form).copied().flatten();
        let habit = known.and_then(|(_, class)| self.habits.get(class));
        habit.copied().unwrap_or_default()
    }
}

/// Where the kind stands in a word's shape.
const KIND: u32 = 0b111;

fn word(
    text: &str,
    kind: TokenKind,
    case: Case,
    buffer: &mut String,
    gazetteer: &Gazetteer,
) -> Word {
    buffer.clear();
    let mut letters = 0_u32;
    let (plain, rest) = text.split_at(text.bytes().take_while(u8::is_ascii).count());
    for byte in plain.bytes() {
        letters += 1;
        buffer.push(match byte {
            b'0'..=b'9' => '0',
            other => char::from(other.to_ascii_lowercase()),
        });
    }
    for c in rest.chars() {
        letters += 1;
        if c.is_numeric() {
            buffer.push('0');
        } else if c == '’' {
            buffer.push('\'');
        } else {
            buffer.extend(c.to_lowercase());
        }
    }
    let lower = buffer.as_str();
    let form = hash(lower.as_bytes());
    let has_stop = lower.len() > 1 && lower.ends_with('.');
    let is_capital = matches!(case, Case::Title | Case::Upper | Case::Mixed);
    Word {
        form,
        prefix: hash(head(lower, 3).as_bytes()),
        suffix2: hash(tail(lower, 2).as_bytes()),
        suffix3: hash(tail(lower, 3).as_bytes()),
        suffix4: hash(tail(lower, 4).as_bytes()),
        shape: kind as u32
            | (case as u32) << 3
            | u32::from(has_stop) << 6
            | letters.min(5) << 7
            | u32::from(text.chars().next().is_some_and(char::is_uppercase)) << 10,
        lists: gazetteer.flags(form, lower, is_capital),
        habit: 0,
        opens_sentence: false,
        is_glued: false,
        is_capital,
        is_common: is_capital && gazetteer.is_common(form),
    }
}

/// Marks the longest places that start at each word.
fn mark_places(words: &mut [Word], gazetteer: &Gazetteer) {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let len = if word.is_capital {
            let forms = words.iter().skip(at).take(5).map(|word| word.form);
            gazetteer.place_len(forms)
        } else {
            0
        };
        for (offset, word) in words.iter_mut().skip(at).take(len).enumerate() {
            word.lists |= match (len, offset) {
                (1, _) => PLACE_WHOLE,
                (_, 0) => PLACE_BEGIN,
                _ => PLACE_INSIDE,
            };
        }
        at += len.max(1);
    }
}

/// Longest known body, in tokens.
const LONGEST_BODY: usize = 12;

/// Marks the longest known bodies of several words.
fn mark_bodies(words: &mut [Word], gazetteer: &Gazetteer) {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let len = if word.is_capital {
            let forms = words.iter().skip(at).take(LONGEST_BODY);
            gazetteer.body_len(forms.map(|word| word.form))
        } else {
            0
        };
        let is_name = len > 1 && words.get(at + len - 1).is_some_and(|last| last.is_capital);
        for (offset, word) in words
            .iter_mut()
            .skip(at)
            .take(if is_name { len } else { 0 })
            .enumerate()
        {
            word.lists |= if offset == 0 { BODY_BEGIN } else { BODY_INSIDE };
        }
        at += if is_name { len } else { 1 };
    }
}

fn head(text: &str, count: usize) -> &str {
    if text.is_ascii() {
        return text.get(..count).unwrap_or(text);
    }
    let end = text
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn tail(text: &str, count: usize) -> &str {
    if text.is_ascii() {
        return text.get(text.len().saturating_sub(count)..).unwrap_or(text);
    }
    let start = text
        .char_indices()
        .rev()
        .nth(count - 1)
        .map_or(0, |(at, _)| at);
    text.get(start..).unwrap_or(text)
}

/// FNV-1a: the model file depends on it, so it must never change.
pub(crate) fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// Mixes a template's number and its parts into a feature.
pub(crate) fn feature<const N: usize>(template: u32, parts: [u32; N]) -> u32 {
    let mut mixed = template.wrapping_mul(0x9e37_79b1) ^ 0x85eb_ca6b;
    for part in parts {
        mixed = (mixed ^ part).wrapping_mul(0xcc9e_2d51).rotate_left(13);
    }
    mixed ^= mixed >> 16;
    mixed = mixed.wrapping_mul(0x85eb_ca6b);
    mixed ^ (mixed >> 13)
}

/// Types last given to each form of the document.
pub(crate) type Memory = Map<u32, u8>;
