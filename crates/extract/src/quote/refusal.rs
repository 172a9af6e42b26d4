//! Refusals to comment, which are findings of their own; their verb is part of what is shown, so that
//! they read as refusals wherever content stands alone.

use std::ops::Range;

use model::SpeechAct;

use super::{
    circumstance::Circumstances,
    phrase::phrase_after,
    sentence::{Attribution, Sentence},
    subject::{Subject, finite_subject, whose},
    verb::is_finite,
};
use crate::{pack::holds, syntax::Tag};

/// Words between what went unanswered and the verb: "Calls by reporters to the office of the mayor rang".
const MOST_BETWEEN: usize = 16;

impl Sentence<'_, '_, '_> {
    /// "declined to comment", "did not respond to a request for comment", "calls went unanswered".
    pub(super) fn refusals(&self, all: &mut Vec<Attribution>) -> Vec<Range<usize>> {
        let view = self.view;
        let mut covered = Vec::new();
        for at in (0..view.len()).filter(|at| !view.is_marked(*at)) {
            let refusal = self.denied(at).or_else(|| self.unanswered(at));
            let Some((group, subject)) = refusal else {
                continue;
            };
            // `to say “the words,” others`: the comma may stand inside the marks.
            let end = (at + 1..view.end_of_words())
                .find(|place| view.is_comma(*place) && !view.is_marked(place + 2))
                .map(|comma| comma + 2 * usize::from(view.is_marked(comma)));
            // "Neither Morrow nor the court could be reached" reads as a refusal from its first word.
            let opens = self.neither_before(at).unwrap_or(group).min(group);
            let whole = opens..end.unwrap_or_else(|| view.end_of_words()).max(at + 1);
            all.push(Attribution {
                quotations: Vec::new(),
                has_marks: false,
                clauses: view.span(&whole).into_iter().collect(),
                act: SpeechAct::Refusal,
                cue: view.span(&(group..at + 1)),
                antecedent: subject
                    .as_ref()
                    .and_then(|subject| view.span(subject.antecedent.as_ref()?)),
                subject: subject.and_then(|subject| view.span(&subject.range)),
                addressee: None,
                circumstances: Circumstances::default(),
                rules: vec!["refusal to comment"],
                sentence: self.range.clone(),
            });
            covered.push(whole);
        }
        covered
    }

    /// "declined to comment", "did not respond to questions": where the group of the verb at `at`
    /// starts, and who is asked.
    fn denied(&self, at: usize) -> Option<(usize, Option<Subject>)> {
        let view = self.view;
        let words = &self.pack.refusals;
        let not = ["not", "n't", "n’t", "never"];
        let is_denied = holds(&words.denied_verbs, view.word(at))
            && ((at.saturating_sub(4)..at).any(|place| view.is_any(place, &not))
                || self.neither_before(at).is_some());
        if !is_denied && !holds(&words.verbs, view.word(at)) {
            return None;
        }
        let limit = view.len().min(at + 12);
        let end = (at + 1..limit).find(|place| view.is_comma(*place) || view.is_stop(*place));
        let end = end.unwrap_or_else(|| view.end_of_words().min(at + 12));
        let is_named = (at + 1..end).any(|place| holds(&words.objects, view.word(place)));
        if !is_named && !self.is_asked(at) {
            return None;
        }
        let mut group = at;
        while group > 0
            && (view.tag(group - 1) == Tag::Adverb
                || is_finite(view, group - 1)
                || view.is_any(
                    group - 1,
                    &["not", "n't", "n’t", "be", "could", "have", "has"],
                ))
        {
            group -= 1;
        }
        let subject = finite_subject(view, group, at, 3);
        Some((group, subject.and_then(|subject| whose(view, subject))))
    }

    /// Where "Neither Morrow nor the court" begins, before what neither could be.
    fn neither_before(&self, at: usize) -> Option<usize> {
        let view = self.view;
        (at.saturating_sub(MOST_BETWEEN)..at)
            .rev()
            .take_while(|place| !view.is_stop(*place))
            .find(|place| view.is_any(*place, &["neither", "nobody", "none"]))
    }

    /// "Reached for comment, Morrow declined": nothing behind the verb says what, for the words before
    /// it did.
    fn is_asked(&self, at: usize) -> bool {
        let view = self.view;
        let words = &self.pack.refusals;
        let is_last = view.is_stop(at + 1) || view.is_comma(at + 1) || at + 1 >= view.len();
        if !is_last || !holds(&words.verbs, view.word(at)) {
            return false;
        }
        let comma = (0..at).find(|place| view.is_comma(*place)).unwrap_or(0);
        let mut opening = 0..comma;
        holds(&words.asked, view.word(0))
            || opening.any(|place| holds(&words.objects, view.word(place)))
    }

    /// "Calls to the mayor’s office went unanswered": from the verb on, and who was called.
    fn unanswered(&self, at: usize) -> Option<(usize, Option<Subject>)> {
        let view = self.view;
        let words = &self.pack.refusals;
        if !holds(&words.unanswered, view.word(at)) {
            return None;
        }
        let first = at.saturating_sub(MOST_BETWEEN);
        let object = (first..at)
            .rev()
            .find(|place| holds(&words.objects, view.word(*place)))?;
        let to = (object + 1..at).find(|place| view.is(*place, "to"))?;
        let range = phrase_after(view, to + 1).filter(|range| range.end <= at)?;
        let subject = Subject {
            range: range.clone(),
            antecedent: None,
            rule: "who was called",
        };
        let verb = (range.end..at)
            .rev()
            .take_while(|place| {
                is_finite(view, *place)
                    || view.tag(*place) == Tag::Adverb
                    || view.is(*place, "been")
            })
            .last();
        Some((verb.unwrap_or(at), Some(subject)))
    }
}
