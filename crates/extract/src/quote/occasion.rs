//! When and in what something was said, between a subject and its verb: "Morrow on Tuesday said".

use super::{
    phrase::{opens_phrase, phrase_before},
    view::View,
};
use crate::{
    pack::{Occasions, Pack, holds},
    syntax::Tag,
    token::TokenKind,
};

/// Phrases of time and medium that stand one behind the other.
const MOST_PHRASES: usize = 3;

/// The last word before the phrases of time and medium that end at `last`; `last` itself where there
/// are none, or nothing stands before them.
pub(super) fn before_occasion(view: &View<'_, '_>, last: usize) -> usize {
    let occasions = &Pack::english().occasions;
    let mut last = last;
    for _ in 0..MOST_PHRASES {
        let start =
            time_start(view, occasions, last).or_else(|| medium_start(view, occasions, last));
        let Some(before) = start.and_then(|start| start.checked_sub(1)) else {
            break;
        };
        if view.is_marked(before) || view.quote_before(before + 1).is_some() {
            break;
        }
        last = before;
    }
    last
}

/// Where "on Tuesday evening", "last week" or "later", which ends at `last`, starts.
fn time_start(view: &View<'_, '_>, occasions: &Occasions, last: usize) -> Option<usize> {
    let before = |back: usize| last.checked_sub(back);
    let is = |back: usize, list: &[String]| {
        before(back).is_some_and(|place| holds(list, view.word(place)))
    };
    let is_any =
        |back: usize, words: &[&str]| before(back).is_some_and(|place| view.is_any(place, words));
    if view.is_any(
        last,
        &["later", "earlier", "recently", "afterward", "afterwards"],
    ) {
        return Some(last);
    }
    let starts_capital = |place: usize| view.word(place).starts_with(char::is_uppercase);
    let is_time_of_day = is(0, &occasions.times_of_day) && is(1, &occasions.days);
    let is_period = is(0, &occasions.periods) && is_any(1, &["last", "this", "earlier"]);
    let is_number = view.kind(last) == TokenKind::Number;
    let is_month = is(0, &occasions.months) && starts_capital(last);
    let core = if is_time_of_day || is_period || is_number && is(1, &occasions.months) {
        last - 1
    } else if is(0, &occasions.days)
        || is_month && is_any(1, &["in", "since"])
        || is_number && view.word(last).len() == 4 && is_any(1, &["in"])
    {
        last
    } else {
        return None;
    };
    // "during a Sunday show" is no day.
    if core
        .checked_sub(1)
        .is_some_and(|before| opens_phrase(view.tag(before)))
        && !is_period
    {
        return None;
    }
    let is_before = |place: usize, words: &[&str]| {
        place
            .checked_sub(1)
            .is_some_and(|before| view.is_any(before, words))
    };
    let core = core - usize::from(is_before(core, &["early", "late", "earlier", "later"]));
    Some(core - usize::from(is_before(core, &["on", "in", "since"])))
}

/// Where "in a statement", which ends at `last`, starts.
fn medium_start(view: &View<'_, '_>, occasions: &Occasions, last: usize) -> Option<usize> {
    if !holds(&occasions.media, view.word(last)) {
        return None;
    }
    let phrase = phrase_before(view, last)?;
    let preposition = phrase.start.checked_sub(1)?;
    let is_medium = view.is_any(preposition, &["in", "during", "via"])
        && (view.tag(phrase.start) == Tag::Possessive || view.is_any(phrase.start, &["a", "an"]));
    is_medium.then_some(preposition)
}
