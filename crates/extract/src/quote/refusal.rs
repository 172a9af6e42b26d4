//! Refusals to comment, which are findings of their own; their verb is part of what is shown, so that
//! they read as refusals wherever content stands alone.

use std::ops::Range;

use model::SpeechAct;

use super::{
    circumstance::Circumstances,
    sentence::{Attribution, Sentence},
};
use crate::pack::holds;

impl Sentence<'_, '_, '_> {
    /// "declined to comment", "did not respond to a request for comment".
    pub(super) fn refusals(&self, all: &mut Vec<Attribution>) -> Vec<Range<usize>> {
        let view = self.view;
        let mut covered = Vec::new();
        let words = &self.pack.refusals;
        for at in 0..view.len() {
            if view.is_marked(at) {
                continue;
            }
            let is_refusal = holds(&words.verbs, view.word(at));
            let is_denied = holds(&words.denied_verbs, view.word(at))
                && (at.saturating_sub(4)..at)
                    .any(|place| view.is_any(place, &["not", "n't", "n’t", "never"]));
            if !is_refusal && !is_denied {
                continue;
            }
            let end = (at + 1..view.len().min(at + 12))
                .find(|place| view.is_comma(*place) || view.is_stop(*place));
            let end = end.unwrap_or_else(|| view.end_of_words().min(at + 12));
            if !(at + 1..end).any(|place| holds(&words.objects, view.word(place))) {
                continue;
            }
            let mut group = at;
            while group > 0
                && (view.tag(group - 1) == crate::syntax::Tag::Adverb
                    || super::verb::is_finite(view, group - 1)
                    || view.is_any(
                        group - 1,
                        &["not", "n't", "n’t", "be", "could", "have", "has"],
                    ))
            {
                group -= 1;
            }
            let subject = super::subject::finite_subject(view, group, at, 3);
            let whole_end = (at + 1..view.end_of_words())
                .find(|place| view.is_comma(*place))
                .unwrap_or_else(|| view.end_of_words());
            all.push(Attribution {
                quotations: Vec::new(),
                has_marks: false,
                clauses: view.span(&(group..whole_end)).into_iter().collect(),
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
            covered.push(group..whole_end);
        }
        covered
    }
}
