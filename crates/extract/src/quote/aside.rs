//! Asides: what stands between commas after a name, and whom it is said of.

use std::ops::Range;

use super::{
    phrase::{is_nominal, phrase_before},
    subject::{Subject, governor, parsed},
    view::View,
};
use crate::{
    pack::{Pack, Trait},
    syntax::Tag,
    token::TokenKind,
};

/// "Leap Narin, 63, a villager, said": the name that the phrase at `range` is said of, over an age.
pub(super) fn named_before(view: &View<'_, '_>, range: &Range<usize>) -> Option<Range<usize>> {
    let comma = range.start.checked_sub(1)?;
    // "a spokesman for the Hill Front": the names behind a preposition are no head.
    let head = range
        .clone()
        .take_while(|place| view.tag(*place) != Tag::Preposition);
    let has_name = head.into_iter().any(|place| view.tag(place) == Tag::Name);
    let is_set_off = view.is_comma(comma) && view.is_comma(range.end);
    if !is_set_off || has_name || view.tag(range.start) == Tag::Pronoun {
        return None;
    }
    let last = comma.checked_sub(1)?;
    let end = if view.kind(last) == TokenKind::Number && last >= 2 && view.is_comma(last - 1) {
        last - 2
    } else if view.is_any(range.start, &["a", "an", "the"]) {
        last
    } else {
        return None;
    };
    if view.tag(end) != Tag::Name {
        return None;
    }
    let named = phrase_before(view, end)?;
    let is_governed = named
        .start
        .checked_sub(1)
        .is_some_and(|before| view.tag(before) == Tag::Preposition || view.is_comma(before));
    (!is_governed).then_some(named)
}

/// "Smith, who leads the party, said": the phrase before the aside that ends at `close`.
pub(super) fn over_aside(view: &View<'_, '_>, close: usize, at: usize) -> Option<Subject> {
    if view.word(close) == ")" {
        return None;
    }
    if let Some(subject) = parsed(view, at)
        && subject.range.end <= close
        && !hangs_on_gerund(view, subject.range.start)
        && !is_in_relative(view, subject.range.start, close)
        && !is_in_dashes(view, subject.range.start, close)
        && !is_in_apposition(view, subject.range.start, close)
        && (view.is_comma(subject.range.end)
            || view.is_dash(subject.range.end)
            || subject.range.end == close)
    {
        return Some(Subject {
            rule: "subject before aside",
            ..subject
        });
    }
    let same = |place: usize| view.word(place) == view.word(close);
    let limit = close.saturating_sub(40);
    let mut place = close;
    let mut steps = 0;
    while place > limit {
        place -= 1;
        if view.has_quote_between(place, close) {
            return None;
        }
        if !same(place) || place == 0 {
            continue;
        }
        steps += 1;
        let is_aside = opens_aside(view, place + 1);
        if let Some(range) = phrase_before(view, place - 1)
            && is_aside
            && (is_nominal(view.tag(place - 1)) || view.word(place - 1) == ")")
        {
            // "a fellow at the institute in Selin, Meravia, said": where somebody works.
            let preposition = range.start.checked_sub(1);
            let is_place = |at: &usize| view.is_any(*at, &["in", "near", "outside"]);
            if let Some(preposition) = preposition.filter(is_place) {
                match over_place(view, preposition, place + 1..close) {
                    Some(subject) => return Some(subject),
                    None => continue,
                }
            }
            return Some(Subject {
                range,
                antecedent: None,
                rule: "subject before aside",
            });
        }
        if steps == MOST_COMMAS {
            break;
        }
    }
    None
}

/// Who works at the place behind the preposition, or who is named in the aside behind it.
fn over_place(view: &View<'_, '_>, preposition: usize, aside: Range<usize>) -> Option<Subject> {
    let Some(subject) = governor(view, preposition) else {
        return titled(view, aside).map(|range| Subject {
            range,
            antecedent: None,
            rule: "name before cue",
        });
    };
    let range = name_explained(view, &subject.range).unwrap_or(subject.range);
    Some(Subject { range, ..subject })
}

/// "The last to leave the race in the state, Gov. Jon Kass, said": a name with its title, though
/// commas stand around it.
fn titled(view: &View<'_, '_>, aside: Range<usize>) -> Option<Range<usize>> {
    let titles = [Trait::Titles, Trait::MaleTitles, Trait::FemaleTitles];
    let is_titled = Pack::english()
        .traits(view.word(aside.start))
        .has_any(&titles);
    let is_phrase = aside.len() > 1 && !aside.clone().any(|place| view.is_comma(place));
    (is_titled && is_phrase).then_some(aside)
}

/// "Nels, a fellow at the institute": the name that the phrase explains.
fn name_explained(view: &View<'_, '_>, phrase: &Range<usize>) -> Option<Range<usize>> {
    let comma = phrase
        .start
        .checked_sub(1)
        .filter(|at| view.is_comma(*at))?;
    let name = comma.checked_sub(1)?;
    let explains = view.is_any(phrase.start, &["a", "an", "the"]) && view.tag(name) == Tag::Name;
    phrase_before(view, name).filter(|_| explains)
}

/// Whether a phrase is the object of what somebody does: "Fiorina, speaking to Iowans, said".
pub(super) fn hangs_on_gerund(view: &View<'_, '_>, start: usize) -> bool {
    start >= 2
        && matches!(view.tag(start - 1), Tag::Preposition | Tag::To)
        && view.tag(start - 2) == Tag::Gerund
}

/// Whether what starts here can be said of the noun before the comma.
fn opens_aside(view: &View<'_, '_>, place: usize) -> bool {
    matches!(
        view.tag(place),
        Tag::WhPronoun
            | Tag::WhDeterminer
            | Tag::WhPossessive
            | Tag::Determiner
            | Tag::Noun
            | Tag::Nouns
            | Tag::Name
            | Tag::Adjective
            | Tag::Number
            | Tag::Participle
            | Tag::Gerund
            | Tag::Possessive
            | Tag::Preposition
            | Tag::Superlative
    ) || matches!(view.tag(place), Tag::Base | Tag::Present) && view.tag(place + 1) == Tag::Noun
        || view.tag(place) == Tag::Past && view.tag(place + 1) == Tag::Preposition
        || view.tag(place) == Tag::Adverb && view.is_comma(place + 1)
}

/// Whether the phrase at `start` is part of the relative clause that ends at the comma `close`: "Smith,
/// who leads the party, said".
fn is_in_relative(view: &View<'_, '_>, start: usize, close: usize) -> bool {
    let opener = (close.saturating_sub(LONGEST_RELATIVE)..start)
        .rev()
        .find(|place| view.word(*place) == view.word(close));
    opener.is_some_and(|comma| view.is_any(comma + 1, &["who", "whose", "which"]))
}

/// Whether the phrase at `start` is part of the aside that ends at the dash `close`: "Morrow — no
/// relation to the general — said".
fn is_in_dashes(view: &View<'_, '_>, start: usize, close: usize) -> bool {
    view.is_dash(close)
        && (close.saturating_sub(LONGEST_RELATIVE)..start).any(|place| view.is_dash(place))
}

/// Whether the phrase at `start` is part of what explains a name up to the comma `close`: "Open Hands,
/// a Vesna-based group, called".
fn is_in_apposition(view: &View<'_, '_>, start: usize, close: usize) -> bool {
    let comma = (close.saturating_sub(LONGEST_RELATIVE)..start)
        .rev()
        .find(|place| view.is_comma(*place));
    comma.is_some_and(|comma| {
        let explains = comma > 0
            && view.is_any(comma + 1, &["a", "an"])
            && (is_nominal(view.tag(comma - 1)) || view.word(comma - 1) == ")");
        explains && view.is_comma(close)
    })
}

/// Commas between a speaker and the verb that are looked at.
const MOST_COMMAS: usize = 5;

/// Words of a relative clause behind a speaker.
const LONGEST_RELATIVE: usize = 20;
