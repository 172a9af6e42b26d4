//! Noun phrases: where one that ends or begins at a word reaches.

use std::ops::Range;

use super::view::View;
use crate::syntax::{Label, Tag};

/// Words in a noun phrase; no speaker is named at greater length.
const LONGEST_PHRASE: usize = 40;

pub(super) const fn is_nominal(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Noun
            | Tag::Nouns
            | Tag::Name
            | Tag::Names
            | Tag::Pronoun
            | Tag::Number
            | Tag::Foreign
            | Tag::Determiner
    )
}

/// Whether a word of this tag can stand inside a noun phrase, before its head.
const fn is_inside(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Noun
            | Tag::Nouns
            | Tag::Name
            | Tag::Names
            | Tag::Adjective
            | Tag::Comparative
            | Tag::Superlative
            | Tag::Number
            | Tag::Hyphen
            | Tag::PossessiveMark
            | Tag::Foreign
            | Tag::Symbol
    )
}

pub(super) const fn opens_phrase(tag: Tag) -> bool {
    matches!(tag, Tag::Determiner | Tag::Possessive | Tag::Predeterminer)
}

/// Prepositions that tie a noun to the noun before it.
const TIES: [&str; 5] = ["of", "for", "from", "at", "to"];

/// The noun phrase whose last word stands at `end`.
pub(super) fn phrase_before(view: &View<'_, '_>, end: usize) -> Option<Range<usize>> {
    let mut last = end;
    if view.word(end) == ")" {
        let limit = end.saturating_sub(10);
        last = (limit..end)
            .rev()
            .find(|place| view.word(*place) == "(")?
            .checked_sub(1)?;
    }
    if view.tag(last) == Tag::Pronoun {
        return Some(last..last + 1);
    }
    if !is_inside(view.tag(last)) && view.tag(last) != Tag::Determiner {
        return None;
    }
    let mut start = last;
    while last - start < LONGEST_PHRASE {
        if opens_phrase(view.tag(start)) && start != last {
            let Some(tied) = tie_before(view, start) else {
                break;
            };
            start = tied;
            continue;
        }
        let Some(before) = start.checked_sub(1) else {
            break;
        };
        if view.quote_before(start).is_some() {
            break;
        }
        let tag = view.tag(before);
        // "PORT SELIN — Mayor Ada Morrow": a dateline names nobody.
        if view.is_dash(before) || view.is_any(before, &["said", "says", "told"]) {
            break;
        }
        // "the neighboring province", "residents of neighboring Posat".
        // "the U.S.-based group".
        let is_adjectival = matches!(tag, Tag::Participle | Tag::Gerund)
            && before > 0
            && (view.tag(before - 1) == Tag::Hyphen
                || opens_phrase(view.tag(before - 1))
                || view.is_any(before - 1, &TIES));
        // The rest of "editor-in-chief".
        let is_compound = view.word(start) == "-" && !view.is_dash(start);
        if is_inside(tag) || opens_phrase(tag) || is_adjectival || is_compound {
            start = before;
        } else if let Some(tied) = tie_before(view, start) {
            start = tied;
        } else {
            break;
        }
    }
    Some(start..end + 1)
}

/// The noun that the phrase starting at `start` is tied to.
fn tie_before(view: &View<'_, '_>, start: usize) -> Option<usize> {
    let preposition = start.checked_sub(1)?;
    let noun = start.checked_sub(2)?;
    let ties = view.is_any(preposition, &TIES)
        && matches!(
            view.tag(noun),
            Tag::Noun | Tag::Nouns | Tag::Name | Tag::Names | Tag::Number | Tag::Symbol
        );
    ties.then_some(noun)
}

/// Puts "Smith, Jones and" before "Brown" where the parser holds them for one subject.
pub(super) fn with_coordination(view: &View<'_, '_>, range: Range<usize>) -> Range<usize> {
    let Some(joint) = range.start.checked_sub(1) else {
        return range;
    };
    if !view.is(joint, "and") || joint == 0 {
        return range;
    }
    let head = range.end - 1;
    let is_joined = (range.start..range.end).any(|place| {
        view.label(place) == Label::Conjunct
            && view
                .head(place)
                .is_some_and(|to| to < joint && is_nominal(view.tag(to)))
    });
    if !is_joined || !is_nominal(view.tag(head)) && view.word(head) != ")" {
        return range;
    }
    let Some(first) = phrase_before(view, joint - 1) else {
        return range;
    };
    first.start..range.end
}

/// The last word of the base noun phrase around `place`.
pub(super) fn phrase_end(view: &View<'_, '_>, place: usize) -> usize {
    let mut end = place;
    while is_inside(view.tag(end + 1))
        && view.quote_before(end + 1).is_none()
        && end + 1 < view.len()
    {
        end += 1;
    }
    end
}

/// The noun phrase that starts at `start`.
pub(super) fn phrase_after(view: &View<'_, '_>, start: usize) -> Option<Range<usize>> {
    if view.tag(start) == Tag::Pronoun {
        return Some(start..start + 1);
    }
    let mut end = start;
    let mut has_noun = false;
    while end < view.len().min(start + LONGEST_PHRASE)
        && (end == start || view.quote_before(end).is_none())
    {
        let tag = view.tag(end);
        if opens_phrase(tag) {
            if end != start && !view.is_any(end - 1, &TIES) && !opens_phrase(view.tag(end - 1)) {
                break;
            }
        } else if is_inside(tag) {
            has_noun |= !matches!(tag, Tag::Adjective | Tag::Hyphen | Tag::PossessiveMark);
        } else if matches!(tag, Tag::Participle | Tag::Gerund | Tag::Past)
            && is_inside(view.tag(end + 1))
            && (!has_noun || is_owned(view, start, end))
        {
            // An adjective by origin: "leading critics".
        } else if tag == Tag::Adverb && is_owned(view, start, end) {
            // "the firm's recently named director".
        } else if !(has_noun && view.is_any(end, &TIES) && can_start(view, end + 1)) {
            break;
        }
        end += 1;
    }
    has_noun.then_some(start..end)
}

/// Whether the word is the first behind "'s", or the second behind an adverb there.
fn is_owned(view: &View<'_, '_>, start: usize, place: usize) -> bool {
    let is_owner = |place: usize| place > start && view.tag(place - 1) == Tag::PossessiveMark;
    is_owner(place) || place > start && view.tag(place - 1) == Tag::Adverb && is_owner(place - 1)
}

fn can_start(view: &View<'_, '_>, place: usize) -> bool {
    opens_phrase(view.tag(place)) || is_inside(view.tag(place))
}
