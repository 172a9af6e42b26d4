//! Interviews in turns without marks: "WN: Why? / Kanto: Because …".
//!
//! One label proves nothing ("Photo: …"), so turns are only read where two labels come back.

use std::{collections::HashMap, ops::Range};

use model::{QuoteKind, Span, SpeechAct};

use super::{Circumstances, Found};
use crate::{
    pack::Pack,
    sentence::Document,
    token::{Case, Gap, TokenKind},
};

/// Words of a label: "Mayor Ada Morrow".
const LONGEST_LABEL: usize = 4;

/// How often each of two labels has to open a paragraph.
const LEAST_TURNS: usize = 2;

/// Paragraphs without a label that an answer may run on over.
const MOST_RUN_ON: usize = 4;

/// A paragraph that opens with who speaks.
struct Turn {
    paragraph: usize,
    label: Range<usize>,
    /// The sign that parts label and words.
    sign: usize,
}

/// The turns of an interview, and the rest of `found`: what somebody is quoted for inside a turn is
/// part of it.
pub(super) fn with_turns(document: &Document<'_>, pack: &Pack, found: Vec<Found>) -> Vec<Found> {
    let turns = turns(document, pack);
    if turns.is_empty() {
        return found;
    }
    let mut all: Vec<Found> = Vec::new();
    for (place, turn) in turns.iter().enumerate() {
        let next = turns.get(place + 1).map(|next| next.paragraph);
        all.extend(quote(document, turn, next));
    }
    let said: Vec<Span> = all.iter().flat_map(|turn| turn.content.clone()).collect();
    let is_inside = |span: &Span| {
        let before = said.partition_point(|turn| turn.end() <= span.start());
        said.get(before).is_some_and(|turn| turn.contains(*span))
    };
    all.extend(
        found
            .into_iter()
            .filter(|quote| !quote.content.iter().any(is_inside)),
    );
    all.sort_by_key(|quote| quote.content.first().copied());
    all
}

/// The paragraphs that open with a label, where two of the labels come back.
fn turns(document: &Document<'_>, pack: &Pack) -> Vec<Turn> {
    let mut turns: Vec<Turn> = document
        .paragraphs
        .iter()
        .enumerate()
        .filter_map(|(place, range)| turn(document, pack, place, range))
        .collect();
    let label = |turn: &Turn| document.word(turn.label.end - 1);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for turn in &turns {
        *counts.entry(label(turn)).or_default() += 1;
    }
    counts.retain(|_, count| *count >= LEAST_TURNS);
    if counts.len() < 2 {
        return Vec::new();
    }
    turns.retain(|turn| counts.contains_key(label(turn)));
    // Every other paragraph at least is a turn of somebody else.
    let changes = turns
        .windows(2)
        .filter(|pair| matches!(pair, [one, other] if label(one) != label(other)));
    if changes.count() * 2 < turns.len() {
        turns.clear();
    }
    turns
}

/// The label of a paragraph that has one, with words behind it that stand in no marks.
fn turn(
    document: &Document<'_>,
    pack: &Pack,
    paragraph: usize,
    range: &Range<usize>,
) -> Option<Turn> {
    let is_word = |place: usize| {
        document.tokens.get(place).is_some_and(|token| {
            token.kind == TokenKind::Word
                && matches!(token.case, Case::Title | Case::Upper | Case::Mixed)
        })
    };
    let brackets = (range.start..range.start + 2)
        .take_while(|place| document.word(*place) == "(")
        .count();
    let start = range.start + brackets;
    let end = (start..=start + LONGEST_LABEL)
        .find(|place| !is_word(*place))
        .filter(|end| *end > start)?;
    // "WN: …" or "((WN)) …".
    let sign = if brackets == 2 { end + 1 } else { end };
    let is_signed = match brackets {
        2 => document.word(end) == ")" && document.word(sign) == ")",
        0 => {
            document.word(end) == ":"
                && document
                    .tokens
                    .get(end)
                    .is_some_and(|token| token.gap == Gap::None)
        }
        _ => false,
    };
    // "Q:" and "A:" name nobody, and "Reyl: 1,547" is a count.
    let is_named = (start..end).any(|place| document.word(place).len() > 1);
    let has_words = document
        .tokens
        .get(sign + 1)
        .is_some_and(|token| token.kind != TokenKind::Number);
    let opens_marks = pack
        .marks
        .iter()
        .any(|pair| pair.open == document.word(sign + 1));
    (is_signed && is_named && has_words && sign + 1 < range.end && !opens_marks).then_some(Turn {
        paragraph,
        label: start..end,
        sign,
    })
}

/// What is said in a turn: to the end of its paragraph, or to the `next` turn where there is one.
fn quote(document: &Document<'_>, turn: &Turn, next: Option<usize>) -> Option<Found> {
    let first = document.paragraphs.get(turn.paragraph)?;
    let mut content = vec![document.span_of(&(turn.sign + 1..first.end))?];
    let behind = turn.paragraph + 1..next.unwrap_or(turn.paragraph + 1);
    if behind.len() <= MOST_RUN_ON {
        let runs_on = document.paragraphs.get(behind).unwrap_or_default();
        content.extend(runs_on.iter().filter_map(|range| document.span_of(range)));
    }
    Some(Found {
        content,
        kind: QuoteKind::Direct,
        act: SpeechAct::Statement,
        cue: document.span_of(&(turn.sign..turn.sign + 1)),
        speaker: document.span_of(&turn.label),
        antecedent: None,
        addressee: None,
        circumstances: Circumstances::default(),
        rules: vec!["turn of an interview"],
    })
}
