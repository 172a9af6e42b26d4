//! Turns: quotations that belong to one attribution, over sentences and paragraphs.

use model::{QuoteKind, Span};

use super::{Found, sentence::Attribution};
use crate::{mark::Quotation, sentence::Document};

/// Joins what one speaker says in one breath, and gives every quote its spans.
pub(crate) fn join(
    document: &Document<'_>,
    quotations: &[Quotation],
    attributed: Vec<Attribution>,
) -> Vec<Found> {
    let mut turns: Vec<Attribution> = Vec::new();
    for next in attributed {
        let Some(last) = turns.last_mut() else {
            turns.push(next);
            continue;
        };
        if next.cue.is_none() && last.is_open() && goes_on(document, quotations, last, &next) {
            last.quotations.extend(&next.quotations);
            last.sentence.end = next.sentence.end;
            last.note("turn goes on");
        } else if last.cue.is_none()
            && !next.quotations.is_empty()
            && opened_before(quotations, last, &next)
        {
            let mut joined = next;
            let behind =
                std::mem::replace(&mut joined.quotations, std::mem::take(&mut last.quotations));
            joined.quotations.extend(behind);
            joined.note("turn began in an earlier paragraph");
            *last = joined;
        } else if let Some(open) = open_beside(document, quotations, &mut turns, &next) {
            open.quotations.extend(&next.quotations);
            open.note("turn goes on");
        } else {
            let mut next = next;
            if next.cue.is_none()
                && let Some(last) = turns.last()
                && carries_on(document, last, &next)
            {
                next.subject = last.subject;
                next.antecedent = last.antecedent;
                next.rules.push(if last.is_open() {
                    "speaker carried on from the paragraph before"
                } else {
                    "speaker carried on from the sentence before"
                });
            }
            turns.push(next);
        }
    }
    let mut found: Vec<Found> = turns
        .into_iter()
        .filter_map(|turn| quote(document, quotations, turn))
        .collect();
    found.sort_by_key(|quote| quote.content.first().copied());
    found
}

impl Attribution {
    /// Adds a rule, once.
    fn note(&mut self, rule: &'static str) {
        if self.rules.last() != Some(&rule) {
            self.rules.push(rule);
        }
    }

    /// Whether a quotation behind it can belong to it.
    fn is_open(&self) -> bool {
        !self.quotations.is_empty() || self.clauses.is_empty()
    }
}

/// The turn that `next` goes on with, where words of the reporter's stand behind it in its sentence:
/// `"A," said Smith, who asked that no name be printed. "B."`
fn open_beside<'a>(
    document: &Document<'_>,
    quotations: &[Quotation],
    turns: &'a mut [Attribution],
    next: &Attribution,
) -> Option<&'a mut Attribution> {
    let [.., open, last] = turns else {
        return None;
    };
    let is_beside = next.cue.is_none()
        && !last.is_open()
        && open.is_open()
        && open.sentence == last.sentence
        && goes_on(document, quotations, open, next);
    is_beside.then_some(open)
}

/// Whether the quotation `next` goes on with the turn `last`.
fn goes_on(
    document: &Document<'_>,
    quotations: &[Quotation],
    last: &Attribution,
    next: &Attribution,
) -> bool {
    let carried = last
        .quotations
        .last()
        .and_then(|place| quotations.get(*place))
        .is_some_and(|quotation| quotation.continues);
    let adjacent = last.sentence.end == next.sentence.start;
    let same_paragraph =
        document.paragraph_of(last.sentence.start) == document.paragraph_of(next.sentence.start);
    same_paragraph || adjacent && carried
}

/// Whether a paragraph of nothing but marks follows one in which somebody was quoted, or a
/// quotation without a cue a sentence that says what somebody said.
fn carries_on(document: &Document<'_>, last: &Attribution, next: &Attribution) -> bool {
    let this = document.paragraph_of(next.sentence.start);
    let opens = document
        .paragraphs
        .get(this)
        .is_some_and(|range| range.start == next.sentence.start);
    let before = document.paragraph_of(last.sentence.start);
    let follows = last.sentence.end == next.sentence.start && before == this;
    // "“…,” she said. / How did you find it? / “By accident.”": an interview goes on.
    let is_asked = opens
        && before + 2 == this
        && last.is_open()
        && last.subject.is_some()
        && is_question(document, before + 1);
    is_asked
        || opens && before + 1 == this && (last.is_open() || last.subject.is_some())
        || follows && !last.is_open()
}

/// Words of a question that a reporter asks in a paragraph of its own.
const LONGEST_QUESTION: usize = 40;

/// Whether a paragraph is a question without marks.
fn is_question(document: &Document<'_>, paragraph: usize) -> bool {
    document.paragraphs.get(paragraph).is_some_and(|range| {
        range.len() <= LONGEST_QUESTION
            && range.end > range.start
            && document.word(range.end - 1) == "?"
            && !range
                .clone()
                .any(|at| matches!(document.word(at), "“" | "\"" | "”"))
    })
}

/// Whether an attribution at the end covers a quotation that a re-opened mark continued.
fn opened_before(quotations: &[Quotation], last: &Attribution, next: &Attribution) -> bool {
    let carried = last
        .quotations
        .last()
        .and_then(|place| quotations.get(*place))
        .is_some_and(|quotation| quotation.continues);
    carried && last.sentence.end == next.sentence.start
}

fn quote(document: &Document<'_>, quotations: &[Quotation], turn: Attribution) -> Option<Found> {
    let mut content: Vec<Span> = turn
        .quotations
        .iter()
        .filter_map(|place| quotations.get(*place))
        .filter_map(|quotation| document.span_of(&(quotation.first..quotation.end)))
        .collect();
    content.extend(&turn.clauses);
    content.sort_unstable();
    content.dedup();
    if content.is_empty() {
        return None;
    }
    let kind = match (
        turn.clauses.is_empty(),
        turn.has_marks || !turn.quotations.is_empty(),
    ) {
        (true, _) => QuoteKind::Direct,
        (false, true) => QuoteKind::Mixed,
        (false, false) => QuoteKind::Indirect,
    };
    Some(Found {
        content,
        kind,
        act: turn.act,
        cue: turn.cue,
        speaker: turn.subject,
        antecedent: turn.antecedent,
        addressee: turn.addressee,
        circumstances: turn.circumstances,
        rules: turn.rules,
    })
}
