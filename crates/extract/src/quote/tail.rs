//! What the reporter adds behind reported words.

use std::ops::Range;

use super::{
    phrase::phrase_after,
    verb::{Verb, is_finite},
    view::View,
};
use crate::{
    pack::{Occasions, Pack, holds},
    syntax::Tag,
};

/// Where the reporter goes on behind what `verb` says was said from `from` on. Each of these gained
/// on the development articles; ", when", ", so", ", though" and a colon lost.
pub(super) fn tail(view: &View<'_, '_>, verb: &Verb<'_>, from: usize, end: usize) -> Option<usize> {
    (from + 1..end).find(|place| {
        !view.is_marked(*place)
            && (view.is(*place, ";")
                || comments(view, from, *place)
                || goes_on(view, verb, from, *place))
    })
}

/// ", compared with 64 percent", ", prompting a reply", ", a claim that others deny".
fn comments(view: &View<'_, '_>, from: usize, comma: usize) -> bool {
    let comments = &Pack::english().comments;
    let next = comma + 1;
    if !view.is_comma(comma) {
        return false;
    }
    let is_compared = view.is(next, "compared") && view.is_any(next + 1, &["with", "to"]);
    let is_result = view.tag(next) == Tag::Gerund && holds(&comments.results, view.word(next));
    let is_verdict = || {
        let phrase = phrase_after(view, next).filter(|_| from + 2 < comma);
        view.is_any(next, &["a", "an", "another", "one"])
            && phrase.is_some_and(|phrase| {
                holds(&comments.verdicts, view.word(phrase.end - 1))
                    || view.is_any(phrase.end, &["that", "which"])
            })
    };
    // ", without giving details".
    let is_missing = view.is(next, "without") && holds(&comments.omissions, view.word(next + 1));
    is_compared || is_result || is_missing || is_verdict()
}

/// "but declined to give a list", "but gave no list": something else that was done.
fn goes_on(view: &View<'_, '_>, verb: &Verb<'_>, from: usize, joint: usize) -> bool {
    let next = joint + 1;
    let is_refusal = holds(&Pack::english().refusals.verbs, view.word(next))
        && (from..joint).any(|place| is_finite(view, place));
    let is_beside = view.tag(next) == Tag::Past
        && view.tag(verb.at) == Tag::Past
        && view.head(next) == Some(verb.at);
    // "he would check, then hung up".
    let is_next = view.is_comma(joint) && view.is(next, "then") && is_finite(view, next + 1);
    // "and referred further questions to the ministry".
    let is_passed_on = view.is(next, "referred")
        && (next..next + 4)
            .any(|place| view.is_any(place, &["questions", "reporters", "inquiries"]));
    is_next
        || view.is(joint, "and") && is_passed_on
        || view.is(joint, "but") && (is_refusal || is_beside)
        || view.is(joint, "and") && is_refusal
}

/// Where the words that say when and in what it was done start behind an object: "endorsed Morrow on
/// Tuesday in an interview".
pub(super) fn occasion_behind(view: &View<'_, '_>, object: &Range<usize>) -> Option<usize> {
    let occasions = &Pack::english().occasions;
    (object.start + 1..object.end)
        .find(|place| !view.is_marked(*place) && opens_occasion(view, occasions, *place))
}

/// Where the reporter explains an object that holds no clause: "the programme, the first of its kind",
/// "his visit to the park, outside Selin".
pub(super) fn explained_behind(view: &View<'_, '_>, object: &Range<usize>) -> Option<usize> {
    let comma = (object.start + 1..object.end)
        .find(|place| view.is_comma(*place) && !view.is_marked(*place))?;
    let next = comma + 1;
    let explains = view.is_any(next, &["the", "a", "an", "like", "one", "which", "who"])
        || matches!(
            view.tag(next),
            Tag::Preposition | Tag::Gerund | Tag::Participle
        );
    let is_list = (next..object.end).any(|place| {
        view.is_comma(place) && view.is_any(place + 1, &["and", "or"])
            || view.is_any(place, &["and", "or"]) && !view.is_marked(place)
    });
    let has_clause = (object.start..comma).any(|place| is_finite(view, place));
    (explains && !is_list && !has_clause).then_some(comma)
}

fn opens_occasion(view: &View<'_, '_>, occasions: &Occasions, place: usize) -> bool {
    let next = place + 1;
    let is_day =
        |day: usize| holds(&occasions.days, view.word(day)) && !view.is_any(day + 1, &["'s", "’s"]);
    // "called on the council Monday to vote": what is asked stands behind the day.
    let is_parting = view.is(next, "to") && view.tag(next + 1) == Tag::Base;
    let is_bare =
        is_day(place) && !is_parting && !view.is(place, "today") && view.tag(next) != Tag::Noun;
    let is_on = view.is_any(place, &["on", "late", "early", "earlier"]) && is_day(next);
    let is_medium = view.is_any(place, &["in", "during", "at"])
        && (view.tag(next) == Tag::Possessive || view.is_any(next, &["a", "an"]))
        && phrase_after(view, next)
            .is_some_and(|phrase| holds(&occasions.media, view.word(phrase.end - 1)));
    is_bare || is_on || is_medium
}
