//! Subjects that stand behind their verb: "said Smith".

use std::ops::Range;

use super::{
    phrase::{opens_phrase, phrase_after},
    subject::{Subject, is_month_or_day},
    verb::{Verb, is_finite},
    view::View,
};
use crate::{
    pack::Frame,
    syntax::Tag,
    token::{Case, TokenKind},
};

/// "said Smith": the phrase after the cue, where content stands before it.
pub(super) fn inverted(view: &View<'_, '_>, verb: &Verb<'_>) -> Option<Subject> {
    let start = verb.group.start;
    let opens = start == 0
        || view.quote_before(start).is_some()
        || view.is_comma(start - 1)
        || view.is_marked(start - 1)
        || view.is_dash(start - 1);
    let fits = verb.group.len() == 1 || verb.cue.weight == 3;
    // "…, told Radio Harbour": who is told stands behind it, never who tells.
    let is_told = view.is_any(verb.at, &["told", "tells", "tell"]);
    if !opens || !fits || is_told {
        return None;
    }
    let first = verb.at + 1;
    // "…,” tweeted another.".
    let is_one = view.is_any(first, &["another", "others", "one", "some", "many"])
        && (view.is_stop(first + 1) || first + 1 >= view.len());
    // "said Cuban, who": a name that the tagger takes for an adjective.
    let is_title = view.case(first) == Case::Title
        && view.tag(first) == Tag::Adjective
        && (view.is_comma(first + 1) || view.is_stop(first + 1));
    let alone = (is_one || is_title).then_some(first..first + 1);
    let range = with_second(view, phrase_after(view, first).or(alone)?);
    // "…, said he remembers": the subject of what was said.
    let is_nominative = view.is_any(range.start, &["he", "she", "they", "we", "it"]);
    if is_nominative && view.quotes.is_empty() && is_finite(view, range.end) {
        return None;
    }
    Some(Subject {
        range,
        antecedent: None,
        rule: "inverted subject",
    })
}

/// `“…,” the 43-year-old asked`: what opens behind the marks, where nothing else could be read.
pub(super) fn behind_marks(view: &View<'_, '_>, verb: &Verb<'_>) -> Option<Subject> {
    let end = verb.group.start;
    let start = view
        .quotes
        .iter()
        .rev()
        .map(|(at, _)| *at)
        .find(|at| *at < end)
        .filter(|at| end - at <= LONGEST_SUBJECT)?;
    let close = (start..end)
        .find(|place| view.is_comma(*place))
        .unwrap_or(end);
    let is_open = (start..close).any(|place| is_finite(view, place) || view.is_stop(place))
        || matches!(
            view.tag(start),
            Tag::Preposition | Tag::Adverb | Tag::Conjunction | Tag::WhAdverb
        )
        || view.kind(start) != TokenKind::Word
        || close < end && !view.is_comma(end - 1);
    (close > start && !is_open).then_some(Subject {
        range: start..close,
        antecedent: None,
        rule: "subject behind marks",
    })
}

/// Words between marks and the verb, an aside included.
const LONGEST_SUBJECT: usize = 24;

/// "said Morrow and others": the phrase with another behind "and", where a comma or the end follows.
fn with_second(view: &View<'_, '_>, first: Range<usize>) -> Range<usize> {
    let second = phrase_after(view, first.end + 1).filter(|second| {
        view.is(first.end, "and")
            && (view.is_comma(second.end) || second.end >= view.end_of_words())
    });
    first.start..second.map_or(first.end, |second| second.end)
}

/// "…, 54, a former mayor, was detained, said Keo Sreymom.": an inverted subject that ends the
/// sentence, whatever could be the subject before it.
pub(super) fn closing(view: &View<'_, '_>, verb: &Verb<'_>) -> Option<Subject> {
    let before = verb.at.checked_sub(1)?;
    // `“…,” said`: the comma stands inside the marks.
    let is_inside = view.is_marked(before) && before > 0 && view.is_comma(before - 1);
    let is_behind_comma = view.is_comma(before) || is_inside;
    let is_weak = verb.cue.weight < 3 && !(is_inside && verb.cue.has(Frame::Quote));
    if is_weak || verb.group.len() > 1 || !is_behind_comma {
        return None;
    }
    // "Am Sokhom, a coordinator with Licado, said the arrest violates": no clause stands before.
    let has_clause = (0..before).any(|place| {
        view.is_marked(place)
            || is_finite(view, place)
                && !(place > 0 && view.is_any(place - 1, &["who", "which", "that"]))
    });
    let has_aside = (0..before).any(|place| view.is_comma(place));
    if !has_clause && has_aside && view.quotes.is_empty() {
        return None;
    }
    let subject = inverted(view, verb)?;
    let Range { start, end } = subject.range;
    let is_last = end >= view.end_of_words();
    let is_name =
        view.tag(start) == Tag::Name && view.tag(start + 1) == Tag::Name && start + 1 < end;
    let is_single =
        view.tag(start) == Tag::Name && end == start + 1 && !is_month_or_day(view.word(start));
    let is_described = opens_phrase(view.tag(start)) && !view.is_any(start, &["this", "that"]);
    // "said the firm's director, John Ferriola.".
    let is_named = view.is_comma(end)
        && phrase_after(view, end + 1).is_some_and(|name| name.end >= view.end_of_words());
    // "said Arun, a doctor.", "said Arun, who had never smoked.".
    let is_explained = is_single
        && view.is_comma(end)
        && view.is_any(end + 1, &["a", "an", "the", "who", "whose"]);
    let is_whole = is_last || is_described && is_named || is_explained;
    (is_name && (is_last || view.is_comma(end)) || (is_described || is_single) && is_whole)
        .then_some(subject)
}
