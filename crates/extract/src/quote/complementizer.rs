//! "That" and its kin: where the clause that a verb reports opens.

use super::{
    complement::starts_clause,
    phrase::is_nominal,
    verb::{is_finite, is_verb},
    view::View,
};
use crate::{
    pack::{Pack, holds},
    syntax::Tag,
};

/// "that" or its kin behind at most a few words of time, place or addressee.
pub(super) fn complementizer(
    view: &View<'_, '_>,
    pack: &Pack,
    start: usize,
    limit: usize,
    takes_infinitive: bool,
) -> Option<usize> {
    // "would fail, he argues, though that means little": the reporter, or the speaker, goes on.
    let concedes = ["though", "although", "but", "while", "since", "because"];
    if view.is_comma(start) && view.is_any(start + 1, &concedes) {
        return None;
    }
    let mut place = start;
    while place < limit.min(start + 18) {
        if holds(&pack.complementizers, view.word(place)) && !view.is_marked(place) {
            // "in a statement that": what stands behind is the statement.
            let is_stated = place > start && holds(&pack.occasions.media, view.word(place - 1));
            let is_relative = view.tag(place) == Tag::WhDeterminer
                && place > start
                && !is_stated
                && !opens_circumstance(view, pack, start);
            if let Some(later) = behind_relative(view, place, limit) {
                return Some(later);
            }
            let is_determiner = view.is(place, "that")
                && matches!(view.tag(place + 1), Tag::Noun)
                && view.tag(place) == Tag::Determiner;
            // "promised a payment if they signed": a condition of what was promised.
            let is_condition = place > start + 1
                && takes_infinitive
                && view.is(place, "if")
                && is_nominal(view.tag(place - 1));
            return (!is_relative && !is_determiner && !is_condition).then_some(place);
        }
        let other_begins = view.is_comma(place) && view.tag(place + 1) == Tag::Gerund;
        // "told the paper, citing sources in the area, that".
        if other_begins && let Some(that) = behind_aside(view, place, limit) {
            return Some(that);
        }
        // "vowed to pardon them if she wins".
        let is_infinitive =
            takes_infinitive && view.is(place, "to") && is_verb(view.tag(place + 1));
        // "at his house surrounded by trees that": no verb of a clause.
        let is_reduced = view.tag(place) == Tag::Past
            && place > start
            && matches!(view.tag(place - 1), Tag::Noun | Tag::Nouns)
            && view.is_any(place + 1, &["by", "in", "with", "at", "on"]);
        if is_infinitive
            || is_finite(view, place) && !is_reduced
            || view.is_stop(place)
            || view.word(place) == ":"
            || other_begins
        {
            return None;
        }
        if view.tag(place) == Tag::Pronoun
            && place > start
            && !view.is_any(place, &["him", "them", "us", "me"])
        {
            return None;
        }
        place += 1;
    }
    None
}

/// The "that" right behind an aside that opens with a gerund at `comma`.
fn behind_aside(view: &View<'_, '_>, comma: usize, limit: usize) -> Option<usize> {
    let mut places = comma + 2..limit.min(comma + LONGEST_RELATIVE);
    let close = places.find(|place| view.is_comma(*place))?;
    view.is(close + 1, "that").then_some(close + 1)
}

/// "told them in a call that was leaked that": where the "that" at `place` only explains the noun
/// before it, the one that opens what was said.
fn behind_relative(view: &View<'_, '_>, place: usize, limit: usize) -> Option<usize> {
    let explains = place > 0
        && view.is(place, "that")
        && is_nominal(view.tag(place - 1))
        && is_finite(view, place + 1);
    let later = (place + 2..limit.min(place + LONGEST_RELATIVE))
        .find(|at| view.is(*at, "that") && !view.is_marked(*at))
        .filter(|_| explains)?;
    let is_set_off = (place..later).any(|at| view.is_comma(at) || view.is_stop(at));
    (!is_set_off && starts_clause(view, later + 1, limit)).then_some(later)
}

/// Words of a relative clause between a verb and what was said.
const LONGEST_RELATIVE: usize = 14;

/// Whether what stands between a verb and "that" says when or where it was said ("said Friday
/// that", "said on CNN that"): no noun is there that "that" could explain.
fn opens_circumstance(view: &View<'_, '_>, pack: &Pack, start: usize) -> bool {
    let is_period = view.is_any(start, &["last", "this", "next"])
        && holds(&pack.occasions.periods, view.word(start + 1));
    let is_day =
        view.is_any(start, &["early", "late"]) && holds(&pack.occasions.days, view.word(start + 1));
    matches!(view.tag(start), Tag::Preposition | Tag::To | Tag::Adverb)
        || is_period
        || is_day
        || holds(&pack.time_words, view.word(start))
}
