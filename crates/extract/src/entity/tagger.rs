//! Named entities by a greedy averaged perceptron over hashed features (Collins 2002; Ratinov and
//! Roth 2009 for the features).

use std::borrow::Cow;

use thiserror::Error;

use super::word::{Memory, Word, feature};

/// Outside any name, then begin, inside, last and unit of each type.
pub(crate) const LABELS: u8 = 13;
/// Labels padded to a power of two, so that rows stay aligned.
pub(crate) const WIDTH: usize = 16;
/// Features of a word.
pub(crate) const FEATURES: usize = 38;
/// Label of a word outside any name.
pub(crate) const OUTSIDE: u8 = 0;

/// What stands before the first word.
const START: u8 = 15;

/// The weights.
#[derive(Debug)]
pub(crate) struct Tagger {
    /// Signed weights of each feature, by label, where they stand in the program.
    rows: Cow<'static, [[u8; WIDTH]]>,
}

/// Why a model cannot be read.
#[derive(Debug, Error)]
#[error("entity model is not a power of two of {WIDTH}-byte rows: {0} bytes")]
pub(crate) struct DamagedModel(usize);

/// Where in a name a label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Outside,
    Begin,
    Inside,
    Last,
    Unit,
}

/// The place of a label in a name, and the type of the name.
pub(crate) const fn parts(label: u8) -> (Place, u8) {
    if label == OUTSIDE || label >= LABELS {
        return (Place::Outside, 0);
    }
    let kind = (label - 1) / 4;
    let place = match (label - 1) % 4 {
        0 => Place::Begin,
        1 => Place::Inside,
        2 => Place::Last,
        _ => Place::Unit,
    };
    (place, kind)
}

/// Whether `label` may follow `before`.
pub(crate) const fn may_follow(before: u8, label: u8) -> bool {
    let (before_place, before_kind) = parts(before);
    let (place, kind) = parts(label);
    let is_open = matches!(before_place, Place::Begin | Place::Inside);
    let goes_on = matches!(place, Place::Inside | Place::Last);
    if is_open {
        goes_on && kind == before_kind
    } else {
        !goes_on
    }
}

impl Tagger {
    /// Reads a model: its rows and nothing else.
    pub(crate) fn read(bytes: Cow<'static, [u8]>) -> Result<Self, DamagedModel> {
        let length = bytes.len();
        let rows = match bytes {
            Cow::Borrowed(bytes) => whole_rows(bytes).map(Cow::Borrowed),
            Cow::Owned(bytes) => whole_rows(&bytes).map(|rows| Cow::Owned(rows.to_vec())),
        };
        rows.map(|rows| Self { rows }).ok_or(DamagedModel(length))
    }

    /// The labels of a sentence; `memory` holds what the same words were before.
    pub(crate) fn label(&self, words: &[Word], memory: &mut Memory, labels: &mut Vec<u8>) {
        labels.clear();
        let mut before = OUTSIDE;
        for place in 0..words.len() {
            if !is_worth_a_look(words, place)
                && !matches!(parts(before).0, Place::Begin | Place::Inside)
            {
                labels.push(OUTSIDE);
                before = OUTSIDE;
                continue;
            }
            let scores = self.scores(&features(words, labels, memory, place));
            let is_last = place + 1 == words.len();
            let label = best(&scores, before, is_last);
            remember(memory, words, place, label);
            labels.push(label);
            before = label;
        }
    }

    /// Sums in sixteen bits: 38 weights of at most 127 each fit.
    fn scores(&self, features: &[u32; FEATURES]) -> [i16; WIDTH] {
        let mask = self.rows.len().wrapping_sub(1);
        let mut scores = [0_i16; WIDTH];
        for feature in features {
            let Some(row) = self.rows.get(*feature as usize & mask) else {
                continue;
            };
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += i16::from(weight.cast_signed());
            }
        }
        scores
    }
}

/// The bytes as a power of two of rows.
fn whole_rows(bytes: &[u8]) -> Option<&[[u8; WIDTH]]> {
    let (rows, rest) = bytes.as_chunks();
    (rest.is_empty() && rows.len().is_power_of_two()).then_some(rows)
}

/// Names hold a capital or stand within three words of one; all else is outside.
pub(crate) fn is_worth_a_look(words: &[Word], place: usize) -> bool {
    let start = place.saturating_sub(1);
    words
        .iter()
        .skip(start)
        .take(2 + usize::from(place > 0))
        .any(|word| word.is_capital)
}

/// The best label that may follow `before`; at the end of a sentence no name may stay open.
pub(crate) fn best<S: PartialOrd + Copy>(scores: &[S; WIDTH], before: u8, is_last: bool) -> u8 {
    let mut best: Option<(u8, S)> = None;
    for (label, score) in (0..LABELS).zip(scores) {
        let opens = matches!(parts(label).0, Place::Begin | Place::Inside);
        if !may_follow(before, label) || is_last && opens {
            continue;
        }
        if best.is_none_or(|(_, top)| *score > top) {
            best = Some((label, *score));
        }
    }
    best.map_or(OUTSIDE, |(label, _)| label)
}

/// Keeps the type given to a capitalised word for its next use.
pub(crate) fn remember(memory: &mut Memory, words: &[Word], place: usize, label: u8) {
    let Some(word) = words.get(place).filter(|word| word.is_capital) else {
        return;
    };
    let (place, kind) = parts(label);
    let kind = if place == Place::Outside { 4 } else { kind + 1 };
    memory.insert(word.form, kind);
}

/// The features of the word at `place`, given the labels before it.
pub(crate) fn features(
    words: &[Word],
    labels: &[u8],
    memory: &Memory,
    place: usize,
) -> [u32; FEATURES] {
    let word = |offset: isize| {
        place
            .checked_add_signed(offset)
            .and_then(|at| words.get(at))
            .copied()
            .unwrap_or_default()
    };
    let label = |back: usize| {
        u32::from(
            place
                .checked_sub(back)
                .and_then(|at| labels.get(at))
                .copied()
                .unwrap_or(START),
        )
    };
    let this = word(0);
    let (before, after) = (word(-1), word(1));
    let (before2, after2) = (word(-2), word(2));
    let (label1, label2) = (label(1), label(2));
    let start = u32::from(this.opens_sentence);
    let seen = u32::from(memory.get(&this.form).copied().unwrap_or(0));
    let seen_after = u32::from(memory.get(&after.form).copied().unwrap_or(0));
    let look = this.shape
        | start << 12
        | this.habit << 13
        | u32::from(this.is_glued) << 15
        | u32::from(this.is_common) << 16;
    [
        feature(0, [this.form]),
        feature(1, [before.form]),
        feature(2, [after.form]),
        feature(3, [before2.form]),
        feature(4, [after2.form]),
        feature(5, [before.form, this.form]),
        feature(6, [this.form, after.form]),
        feature(7, [look]),
        feature(8, [before.shape, this.shape, after.shape]),
        feature(9, [this.prefix, u32::from(this.is_capital)]),
        feature(10, [this.suffix2, u32::from(this.is_capital)]),
        feature(11, [this.suffix3, u32::from(this.is_capital)]),
        feature(12, [this.suffix4, this.prefix]),
        feature(13, [this.lists]),
        feature(14, [before.lists, this.lists]),
        feature(15, [this.lists, after.lists]),
        feature(16, [before.lists, this.lists, after.lists]),
        feature(17, [label1]),
        feature(18, [label1, this.form]),
        feature(19, [label1, look]),
        feature(20, [label1, this.lists, start]),
        feature(21, [label1, label2]),
        feature(22, [label1, after.form]),
        feature(23, [label1, before.form]),
        feature(24, [this.lists, look]),
        feature(25, [seen, this.shape & 0x38]),
        feature(26, [seen, label1]),
        feature(27, [seen_after, label1, this.shape & 0x38]),
        feature(28, [before.form, look]),
        feature(29, [after.form, look]),
        feature(30, [before2.form, before.form]),
        feature(31, [after.form, after2.form]),
        feature(32, [before.suffix3, this.shape]),
        feature(33, [after.suffix3, this.shape]),
        feature(34, [label1, before.lists, this.lists]),
        feature(35, [before.lists, this.shape, u32::from(before.is_capital)]),
        feature(36, [label1, label2, this.shape, after.shape]),
        feature(37, [label1, after.lists, after.shape & 0x38]),
    ]
}
