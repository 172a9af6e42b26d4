//! What a verb says was said, where the words are the reporter's.

use std::ops::Range;

use super::{
    phrase::{is_nominal, opens_phrase, phrase_after},
    verb::is_finite,
    view::View,
};
use crate::{syntax::Tag, token::Case};

/// A stretch of a sentence that reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) range: Range<usize>,
    pub(crate) rule: &'static str,
}

/// The one spoken to: "told reporters", "told the Daily News".
pub(crate) fn addressee(view: &View<'_, '_>, start: usize) -> Option<Range<usize>> {
    if view.tag(start) == Tag::Pronoun {
        // "told them", but "told he was" is a slip of the tagger.
        let object = ["me", "us", "him", "her", "them", "you", "it"];
        return view.is_any(start, &object).then_some(start..start + 1);
    }
    phrase_after(view, start).map(|phrase| {
        // A phrase that runs on into the subject of what was said: "told CNN the plan".
        let inner =
            (phrase.start + 1..phrase.end).find(|place| view.tag(*place) == Tag::Determiner);
        let mut end = inner.unwrap_or(phrase.end);
        // "told reporters at the scene".
        while end > phrase.start + 1 && matches!(view.tag(end - 1), Tag::Preposition | Tag::To) {
            end -= 1;
        }
        phrase.start..end
    })
}

pub(super) fn has_finite(view: &View<'_, '_>, range: &Range<usize>) -> bool {
    range.clone().any(|place| {
        is_finite(view, place) || view.tag(place) == Tag::Base || view.tag(place) == Tag::Participle
    })
}

/// Where the sentence starts behind "PORT SELIN, Meravia — "; 0 where it has no dateline.
pub(crate) fn dateline_end(view: &View<'_, '_>) -> usize {
    let Some(dash) = (1..view.len().min(10)).find(|place| view.is_dash(*place)) else {
        return 0;
    };
    let is_place = (0..dash).all(|place| {
        matches!(view.word(place), "," | "(" | ")" | "." | "/")
            || matches!(view.case(place), Case::Title | Case::Upper | Case::Mixed)
    });
    let opens_sentence = !matches!(view.case(dash + 1), Case::Lower | Case::None);
    if is_place && opens_sentence {
        dash + 1
    } else {
        0
    }
}

/// What stands before "he said" at the end of a sentence: `left` is where the attribution starts.
/// Where the clause goes on behind the attribution (`is_half`), a subject alone will do.
pub(crate) fn fronted(
    view: &View<'_, '_>,
    left: usize,
    from: usize,
    is_half: bool,
) -> Option<Content> {
    let comma = left.checked_sub(1)?;
    if !view.is_comma(comma) && !view.is_dash(comma) && !(view.is_marked(comma)) {
        return None;
    }
    let mut start = from.max(dateline_end(view));
    while start < comma
        && (view.is_any(
            start,
            &["but", "and", "still", "yet", "so", "nor", "or", "then"],
        ) || view.is_comma(start))
        && !view.is_marked(start)
    {
        start += 1;
    }
    let end = if view.is_marked(comma) {
        comma + 1
    } else {
        comma
    };
    let range = start..end;
    if view.is(start, "asked") {
        return None;
    }
    // "The job marks his return, a friend said.": taggers take many a verb for a noun.
    let is_long = range.len() > 5
        && (opens_phrase(view.tag(range.start)) || is_nominal(view.tag(range.start)));
    (is_half && !range.is_empty() || range.len() > 2 && (is_long || has_finite(view, &range)))
        .then_some(Content {
            range,
            rule: "fronted clause",
        })
}
