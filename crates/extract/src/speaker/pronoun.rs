//! Whom "he", "she" and "they" stand for.

use model::Span;

use super::{
    Resolver,
    figure::{Figure, Gender, Naming},
};
use crate::pack::{Trait, Traits};

/// How many namings before a pronoun are looked at.
const REACH: usize = 40;

/// A candidate under this is not believed.
const LEAST: f32 = 1.0;

impl Resolver<'_, '_> {
    /// The figure that the pronoun at `span` most likely stands for.
    pub(super) fn by_pronoun(&self, span: Span, traits: Traits) -> Option<usize> {
        let end = self
            .cast
            .namings
            .partition_point(|naming| naming.span.end() <= span.start());
        let before = self.cast.namings.get(end.saturating_sub(REACH)..end)?;
        let mut best: Option<(f32, usize)> = None;
        let mut seen: Vec<usize> = Vec::new();
        for (distance, naming) in before.iter().rev().enumerate() {
            let Some(figure) = self.cast.figures.get(naming.figure) else {
                continue;
            };
            let last = self.said.last().map(|(_, speaker)| *speaker);
            let is_gone = figure.is_described && last != Some(naming.figure);
            let can_be = figure.is_person
                || figure.is_organization
                || naming.is_first && figure.is_full_name();
            if !can_be
                || is_gone
                || figure.is_place()
                || !agrees(figure, traits)
                || self.is_spoken(naming.span)
            {
                continue;
            }
            let mut score = self.score(span, naming, distance);
            if !seen.contains(&naming.figure) {
                score += self.spoke_before(span, naming.figure);
                seen.push(naming.figure);
            }
            if figure.is_person {
                score += 1.5;
            }
            // Somebody new took the scene after the last turn.
            if naming.is_first
                && self
                    .said
                    .last()
                    .is_some_and(|(at, _)| naming.span.start() > *at)
            {
                score += 2.0;
            }
            if figure.gender != Gender::Unknown {
                score += 1.0;
            }
            if best.is_none_or(|(other, _)| score > other) {
                best = Some((score, naming.figure));
            }
        }
        best.filter(|(score, _)| *score > LEAST)
            .map(|(_, figure)| figure)
    }

    /// How much a naming speaks for its figure: nearness in sentences, and opening one.
    fn score(&self, span: Span, naming: &Naming, distance: usize) -> f32 {
        let here = self
            .document
            .sentence_of(self.document.token_at(span.start()));
        let apart = here.saturating_sub(naming.sentence).min(20);
        #[expect(clippy::cast_precision_loss, reason = "both are under a hundred")]
        let nearness = 3.0 - 0.5 * apart as f32 - 0.05 * distance as f32;
        nearness + if naming.is_first { 1.5 } else { 0.0 }
    }

    /// How much it speaks for a figure that it spoke last, or a turn before.
    fn spoke_before(&self, span: Span, figure: usize) -> f32 {
        let paragraph = |at: usize| self.document.paragraph_of(self.document.token_at(at));
        let here = paragraph(span.start());
        let turns = self.said.iter().rev().take(3).enumerate();
        for (back, (at, speaker)) in turns {
            if *speaker != figure {
                continue;
            }
            let apart = here.saturating_sub(paragraph(*at));
            let fresh = match apart {
                0 => 3.0,
                1 => 2.5,
                2 => 1.5,
                _ => 0.5,
            };
            return if back == 0 { fresh } else { fresh * 0.4 };
        }
        0.0
    }

    /// Whether the bytes are words that somebody speaks.
    fn is_spoken(&self, span: Span) -> bool {
        let end = self
            .spoken
            .partition_point(|spoken| spoken.start() <= span.start());
        end.checked_sub(1)
            .and_then(|place| self.spoken.get(place))
            .is_some_and(|spoken| spoken.contains(span))
    }
}

/// Whether a figure can be meant by a pronoun of these traits.
fn agrees(figure: &Figure, traits: Traits) -> bool {
    if traits.has(Trait::MalePronouns) {
        !figure.is_organization && figure.gender != Gender::Female
    } else if traits.has(Trait::FemalePronouns) {
        !figure.is_organization && figure.gender != Gender::Male
    } else if traits.has(Trait::PluralPronouns) {
        figure.is_organization
    } else {
        false
    }
}
