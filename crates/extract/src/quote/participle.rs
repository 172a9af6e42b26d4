//! Subjects of participles and before them, and before verbs that the tagger takes for one.

use std::ops::Range;

use super::{
    phrase::{is_nominal, phrase_before},
    subject::{Subject, finite_subject},
    view::View,
};
use crate::{
    pack::{Pack, holds},
    syntax::Tag,
};

/// "Everybody interviewed said", "Villagers questioned by the paper said": the phrase before a lone
/// participle that opens the sentence.
pub(super) fn before_participle(view: &View<'_, '_>, last: usize) -> Option<Range<usize>> {
    let is_participle = matches!(view.tag(last), Tag::Participle | Tag::Past);
    let noun = last.checked_sub(1).filter(|_| is_participle)?;
    let range = phrase_before(view, noun)?;
    let opens = range.start == 0 || view.is_comma(range.start - 1);
    opens.then_some(range.start..last + 1)
}

/// "An official stopped by their home and said": a past tense that the tagger takes for a participle,
/// where no other verb stands before.
pub(super) fn before_lost_verb(view: &View<'_, '_>, joint: usize) -> Option<Range<usize>> {
    let start = joint.saturating_sub(LONGEST_DEED);
    let verb = (start..joint).rev().find(|place| {
        view.tag(*place) == Tag::Participle
            && !view.is_marked(*place)
            && *place > 0
            && is_nominal(view.tag(*place - 1))
    })?;
    let range = phrase_before(view, verb - 1)?;
    let opens = range.start == 0 || view.is_comma(range.start - 1);
    opens.then_some(range)
}

/// Words of what somebody did before he said something.
const LONGEST_DEED: usize = 20;

/// "state media quoted him as saying": who is quoted, not who quotes.
pub(super) fn quoted_as(view: &View<'_, '_>, start: usize) -> Option<Subject> {
    let as_ = start.checked_sub(1).filter(|at| view.is(*at, "as"))?;
    let range = phrase_before(view, as_.checked_sub(1)?)?;
    let verb = range.start.checked_sub(1)?;
    view.is_any(
        verb,
        &["quoted", "quotes", "quoting", "cited", "cites", "citing"],
    )
    .then_some(Subject {
        range,
        antecedent: None,
        rule: "subject that is quoted",
    })
}

/// "she released a statement saying": who released it; and "a sign reading": the sign.
pub(super) fn issued(view: &View<'_, '_>, start: usize) -> Option<Subject> {
    let occasions = &Pack::english().occasions;
    let last = start.checked_sub(1)?;
    let range = phrase_before(view, last)?;
    if holds(&occasions.bearers, view.word(last)) {
        return Some(Subject {
            range,
            antecedent: None,
            rule: "subject before cue",
        });
    }
    let verb = range.start.checked_sub(1)?;
    let is_issued =
        holds(&occasions.media, view.word(last)) && holds(&occasions.issuing, view.word(verb));
    finite_subject(view, verb, verb, 1).filter(|_| is_issued)
}
