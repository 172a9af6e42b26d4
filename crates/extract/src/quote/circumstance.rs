//! How and when something was said, where the attribution says so.

use std::ops::Range;

use model::Span;

use super::{phrase::phrase_after, view::View};
use crate::{
    pack::{Pack, holds},
    syntax::Tag,
    token::TokenKind,
};

/// Words looked at behind a cue; what stands farther off belongs to something else.
pub(crate) const REACH: usize = 24;

/// What an attribution says of the occasion.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Circumstances {
    /// "in a statement", "on Facebook".
    pub(crate) medium: Option<Span>,
    /// "on Tuesday", "last week".
    pub(crate) date: Option<Span>,
    /// "through an interpreter", "in Khmer".
    pub(crate) translated: bool,
}

/// The circumstances that stand in the zones of the view, which hold the reporter's words alone.
pub(crate) fn circumstances(
    view: &View<'_, '_>,
    pack: &Pack,
    zones: [Range<usize>; 2],
) -> Circumstances {
    let mut found = Circumstances::default();
    for zone in zones {
        let end = zone.end.min(zone.start + REACH);
        let mut at = zone.start;
        while at < end {
            if let Some(range) = date(view, pack, at, end) {
                found.date = found.date.or_else(|| view.span(&range));
                at = range.end;
                continue;
            }
            if let Some((range, is_translation)) = medium(view, pack, at, end) {
                if is_translation {
                    found.translated = true;
                } else {
                    found.medium = found.medium.or_else(|| view.span(&range));
                }
                at = range.end;
                continue;
            }
            at += 1;
        }
    }
    found
}

/// "on Tuesday", "last week", "July 7", "in February": with the preposition.
fn date(view: &View<'_, '_>, pack: &Pack, at: usize, end: usize) -> Option<Range<usize>> {
    let words = &pack.occasions;
    let has_preposition = view.is_any(at, &["on", "in", "late", "early"]);
    let first = at + usize::from(has_preposition);
    if first >= end {
        return None;
    }
    let word = view.word(first);
    if holds(&words.days, word) {
        let last = usize::from(holds(&words.times_of_day, view.word(first + 1)));
        return Some(at..first + 1 + last);
    }
    if holds(&words.months, word) && view.word(first).starts_with(char::is_uppercase) {
        let mut stop = first + 1;
        while stop < end && view.kind(stop) == TokenKind::Number {
            stop += 1;
            let goes_on = view.is_comma(stop) && view.kind(stop + 1) == TokenKind::Number;
            stop += usize::from(goes_on);
        }
        return (has_preposition || stop > first + 1).then_some(at..stop);
    }
    let is_relative = view.is_any(first, &["last", "this", "next", "earlier"]);
    let second = first + 1 + usize::from(view.is(first, "earlier") && view.is(first + 1, "this"));
    (is_relative && second < end && holds(&words.periods, view.word(second)))
        .then_some(at..second + 1)
}

/// "in a statement", "on Facebook", "through an interpreter"; whether it tells of a translation.
fn medium(view: &View<'_, '_>, pack: &Pack, at: usize, end: usize) -> Option<(Range<usize>, bool)> {
    let words = &pack.occasions;
    if !holds(&words.media_prepositions, view.word(at)) {
        return None;
    }
    let phrase = match phrase_after(view, at + 1) {
        Some(phrase) => phrase,
        // "in fluent Khmer" is an adjective to the tagger.
        None if view.tag(at + 1) == Tag::Adjective => at + 1..at + 2,
        None => return None,
    };
    let stop = phrase.end.min(end);
    let names = |list: &[String]| {
        (phrase.start..stop)
            .rev()
            .find(|place| holds(list, view.word(*place)))
    };
    let is_language = view.is(at, "in") && stop <= at + 3;
    if let Some(last) = names(&words.translation)
        .or_else(|| names(&words.languages).filter(|last| is_language && *last + 1 == stop))
    {
        return Some((at..last + 1, true));
    }
    let last = names(&words.media)?;
    // "in a statement to reporters": the medium ends with its own phrase; a day behind it is a date.
    Some((at..last + 1, false))
}
