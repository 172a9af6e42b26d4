//! Relative clauses between a speaker and the verb that reports.

use std::ops::Range;

use super::{phrase::phrase_before, subject::Subject, verb::is_finite, view::View};
use crate::syntax::Tag;

/// Most words of a relative clause without commas.
const LONGEST: usize = 15;

/// "who said": the relative pronoun, with the phrase it stands for.
pub(super) fn relative(view: &View<'_, '_>, who: usize) -> Option<Subject> {
    let mut before = who.checked_sub(1)?;
    if view.is_comma(before) {
        before = before.checked_sub(1)?;
    }
    let antecedent = phrase_before(view, before);
    if antecedent.is_none() && !view.is(who, "who") {
        return None;
    }
    Some(Subject {
        range: who..who + 1,
        antecedent,
        rule: "relative clause",
    })
}

/// "A farmer who asked for anonymity said": the phrase that a relative clause without commas, which
/// ends in the phrase at `start`, is said of.
pub(super) fn before_relative(view: &View<'_, '_>, start: usize) -> Option<Range<usize>> {
    let who = opener(view, start)?;
    let verb =
        is_finite(view, who + 1) || view.tag(who + 1) == Tag::Adverb && is_finite(view, who + 2);
    let is_object = who + 1 < start && !(who + 2..start).any(|at| view.is(at, "that"));
    if !verb || !is_object {
        return None;
    }
    said_of(view, who)
}

/// "A resident who did not want to be named said": the phrase that a relative clause without commas,
/// which ends in no phrase, is said of.
pub(super) fn before_bare_relative(view: &View<'_, '_>, start: usize) -> Option<Range<usize>> {
    said_of(view, opener(view, start)?)
}

/// The "who" that opens a clause before `start`, with no comma between.
fn opener(view: &View<'_, '_>, start: usize) -> Option<usize> {
    (start.saturating_sub(LONGEST)..start)
        .rev()
        .take_while(|at| !view.is_comma(*at) && !view.is_marked(*at))
        .find(|at| view.is(*at, "who"))
}

fn said_of(view: &View<'_, '_>, who: usize) -> Option<Range<usize>> {
    let near = phrase_before(view, who.checked_sub(1)?)?;
    Some(over_place(view, &near).unwrap_or(near))
}

/// "Residents of a village in Phong district": the phrase with the one that its place is said of.
fn over_place(view: &View<'_, '_>, near: &Range<usize>) -> Option<Range<usize>> {
    let preposition = near.start.checked_sub(1)?;
    let is_place = view.is_any(preposition, &["in", "near", "at", "with"]);
    let far = phrase_before(view, preposition.checked_sub(1)?).filter(|_| is_place)?;
    Some(far.start..near.end)
}
