//! Attributions that close their sentence.

use super::{
    content::{Content, addressee, fronted},
    sentence::Sentence,
    subject::Subject,
    verb::{Form, Verb, is_finite},
};
use crate::{
    pack::{Frame, holds},
    syntax::Tag,
};

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
        let subject = subject.as_ref()?;
        let left = subject.range.start;
        let is_attribution = verb.form == Form::Finite
            && verb.cue.weight == 3
            && verb.cue.has(Frame::Clause)
            && subject.antecedent.is_none()
            && subject.range.end == verb.group.start
            && left > 3
            && view.is_comma(left - 1)
            && (0..left).any(|place| is_finite(view, place))
            && !holds(&self.pack.fronting, &view.word(0).to_lowercase());
        let after = if verb.cue.has(Frame::Addressee) {
            addressee(view, verb.at + 1).map_or(verb.at + 1, |person| person.end)
        } else {
            verb.at + 1
        };
        if !is_attribution || !self.is_closing(after) {
            return None;
        }
        let content = fronted(view, left, 0, false)?;
        Some((verb, subject.clone(), content))
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
