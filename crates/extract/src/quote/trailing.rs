//! Attributions that close their sentence.

use super::{
    content::{Content, addressee, fronted},
    phrase::{is_nominal, opens_phrase},
    sentence::Sentence,
    subject::Subject,
    verb::{Form, Verb, is_finite, is_verb},
    view::View,
};
use crate::{
    pack::{Frame, holds},
    syntax::Tag,
};

/// Words of a subject that closes a sentence with its verb.
const LONGEST_SUBJECT: usize = 14;

/// "…, people familiar with the matter said": all that stands between the comma and the verb, where
/// it is one phrase.
fn whole_subject(view: &View<'_, '_>, verb: &Verb<'_>) -> Option<Subject> {
    let end = verb.group.start;
    let comma = (end.saturating_sub(LONGEST_SUBJECT)..end)
        .rev()
        .find(|place| view.is_comma(*place))?;
    let range = comma + 1..end;
    let opens = opens_phrase(view.tag(range.start))
        || matches!(
            view.tag(range.start),
            Tag::Noun | Tag::Nouns | Tag::Name | Tag::Names | Tag::Adjective | Tag::Number
        );
    let is_phrase = range.clone().all(|place| {
        let tag = view.tag(place);
        // "people briefed on the matter", "people familiar with it", of which taggers make verbs.
        let is_reduced = is_verb(tag)
            && place > range.start
            && is_nominal(view.tag(place - 1))
            && view.tag(place + 1) == Tag::Preposition;
        is_reduced
            || opens_phrase(tag)
            || is_nominal(tag) && tag != Tag::Pronoun
            || matches!(
                tag,
                Tag::Adjective | Tag::Preposition | Tag::PossessiveMark | Tag::Hyphen
            )
    });
    let is_noun = range.end > range.start && is_nominal(view.tag(range.end - 1));
    // "a prospect Morrow denied": what was denied stands before who did.
    let is_relative = view.is_any(range.start, &["a", "an"])
        && view.tag(range.end - 1) == Tag::Name
        && view.tag(range.end - 2) == Tag::Noun;
    (opens && is_phrase && is_noun && !is_relative).then_some(Subject {
        range,
        antecedent: None,
        rule: "subject that closes the sentence",
    })
}

/// Behind "a doctor" or "who had never smoked", where that ends the sentence after a name.
fn behind_explanation(view: &View<'_, '_>, end: usize) -> usize {
    let explains = view.is_comma(end) && view.is_any(end + 1, &["a", "an", "the", "who", "whose"]);
    let goes_on = (end + 1..view.end_of_words()).any(|place| view.is_comma(place));
    if explains && !goes_on {
        view.end_of_words()
    } else {
        end
    }
}

impl Sentence<'_, '_, '_> {
    /// "He accused them of theft, his lawyer said in a letter.": an attribution that closes the
    /// sentence has all that stands before it, other cues included.
    pub(super) fn trailing<'v, 'p>(
        &self,
        verbs: &'v [Verb<'p>],
        subjects: &[Option<Subject>],
    ) -> Option<(&'v Verb<'p>, Subject, Content)> {
        let view = self.view;
        if !view.quotes.is_empty() {
            return None;
        }
        let (verb, subject) = verbs.iter().zip(subjects).next_back()?;
        let subject = whole_subject(view, verb).or_else(|| subject.clone())?;
        let is_inverted = subject.range.start > verb.at;
        let left = verb.start_with(Some(&subject));
        let is_attribution = verb.form == Form::Finite
            && verb.cue.weight >= 2
            && verb.cue.has(Frame::Clause)
            && subject.antecedent.is_none()
            && (is_inverted || subject.range.end == verb.group.start)
            && left > 3
            && view.is_comma(left - 1)
            && (0..left).any(|place| is_finite(view, place))
            && !self.is_fronted();
        let after = if is_inverted {
            behind_explanation(view, subject.range.end)
        } else if verb.cue.has(Frame::Addressee) {
            addressee(view, verb.at + 1).map_or(verb.at + 1, |person| person.end)
        } else {
            verb.at + 1
        };
        // "…, a deal announced Monday": nobody's word.
        let is_thing = verb.cue.weight < 3 && self.is_thing(&subject);
        if !is_attribution || is_thing || !self.is_closing(after) {
            return None;
        }
        let content = fronted(view, left, 0, false)?;
        Some((verb, subject, content))
    }

    /// Whether nothing but circumstances of the attribution stands from `start` to the end.
    pub(super) fn is_closing(&self, start: usize) -> bool {
        let view = self.view;
        let end = view.end_of_words();
        let opens = start >= end
            || matches!(view.tag(start), Tag::Preposition | Tag::To)
            || holds(&self.pack.time_words, view.word(start));
        let is_clause = |place: &usize| {
            let is_reduced = matches!(view.tag(place - 1), Tag::Noun | Tag::Nouns)
                && view.tag(place + 1) == Tag::Preposition;
            view.is(*place, "that") || is_finite(view, *place) && !is_reduced
        };
        opens && !(start..end).any(|place| is_clause(&place))
    }
}
