//! What a noun reports: "his claim that …", "a warning from the ministry that …".

use std::ops::Range;

use model::SpeechAct;

use super::{
    circumstance::Circumstances,
    phrase::{phrase_after, phrase_before},
    sentence::{Attribution, Sentence},
    verb::is_finite,
};
use crate::{
    pack::holds,
    syntax::{Label, Tag},
};

/// Words between an owner and the noun: "his earlier claim".
const MOST_BETWEEN: usize = 2;

impl Sentence<'_, '_, '_> {
    /// What nouns report outside the ranges that verbs were found to.
    pub(super) fn nouns(&self, covered: &[Range<usize>], all: &mut Vec<Attribution>) {
        let view = self.view;
        for at in 1..view.len() {
            let is_noun = matches!(view.tag(at), Tag::Noun | Tag::Nouns)
                && !view.is_marked(at)
                && holds(&self.pack.nouns, view.word(at));
            if !is_noun || covered.iter().any(|range| range.contains(&at)) {
                continue;
            }
            let Some((speaker, from)) = self.owner_of(at) else {
                continue;
            };
            let Some(end) = self.noun_end(at, from) else {
                continue;
            };
            let clause = from + 1..end;
            if !view.is(from, "that") || !clause.clone().any(|place| is_finite(view, place)) {
                continue;
            }
            all.push(Attribution {
                quotations: Vec::new(),
                has_marks: clause.clone().any(|place| view.is_marked(place)),
                clauses: view.span(&clause).into_iter().collect(),
                act: SpeechAct::Statement,
                cue: view.span(&(at..at + 1)),
                subject: view.span(&speaker),
                antecedent: None,
                addressee: None,
                circumstances: Circumstances::default(),
                rules: vec!["noun with clause"],
                sentence: self.range.clone(),
            });
        }
    }

    /// Whose the noun at `at` is, and where what it reports may start.
    fn owner_of(&self, at: usize) -> Option<(Range<usize>, usize)> {
        let view = self.view;
        if view.is_any(at + 1, &["by", "from"]) {
            let phrase = phrase_after(view, at + 2)?;
            let end = phrase.end;
            return Some((phrase, end));
        }
        let mut before = at.checked_sub(1)?;
        for _ in 0..MOST_BETWEEN {
            if !matches!(view.tag(before), Tag::Adjective | Tag::Noun) {
                break;
            }
            before = before.checked_sub(1)?;
        }
        if view.is_any(before, &["his", "her", "their"]) {
            return Some((before..before + 1, at + 1));
        }
        if view.tag(before) != Tag::PossessiveMark {
            return None;
        }
        Some((phrase_before(view, before.checked_sub(1)?)?, at + 1))
    }

    /// Where what the noun at `at` reports ends: before the verb whose subject it is, or else with
    /// the sentence or at the next comma behind another clause.
    fn noun_end(&self, at: usize, from: usize) -> Option<usize> {
        let view = self.view;
        let end = view.end_of_words();
        let verb = view
            .head(at)
            .filter(|_| view.label(at) == Label::Subject)
            .filter(|verb| (from + 2..end).contains(verb));
        if let Some(verb) = verb {
            let starts = |place: &usize| view.is_comma(*place) || is_finite(view, *place);
            let cut = (from + 2..=verb).rev().take_while(starts).last();
            return Some(cut.unwrap_or(verb));
        }
        let has_verb_before = (0..at).any(|place| is_finite(view, place));
        if !has_verb_before {
            return None;
        }
        let comma = (from + 3..end).find(|place| view.is_comma(*place) && !view.is_marked(*place));
        Some(comma.unwrap_or(end))
    }
}
