//! Definite descriptions: "the senator" who was named just before, "the department" that was.

use model::Span;

use super::{
    Resolver,
    figure::{Figure, Naming},
    head_of,
};
use crate::pack::{Trait, Traits};

/// How many namings back a body is looked for by the noun of its name.
const FARTHEST_BODY: usize = 60;

/// Sentences between a name and the description that takes it up.
const MOST_SENTENCES: usize = 2;

impl Resolver<'_, '_> {
    /// "Morrow opposes the plan. The Republican candidate says …": whoever would be "he" or "she"
    /// there, where nobody else of the sentences before could be.
    pub(super) fn by_description(
        &self,
        words: &str,
        span: Span,
        addressee: Option<Span>,
    ) -> Option<usize> {
        let rest = definite(words)?;
        let head = head_of(rest).to_lowercase();
        let own = self.pack.traits(&head);
        let is_person = own.has_any(&[
            Trait::Titles,
            Trait::Posts,
            Trait::MaleTitles,
            Trait::FemaleTitles,
        ]);
        let is_other = own.has_any(&[Trait::Bodies, Trait::PluralNouns, Trait::Organizations]);
        if !is_person || is_other || rest.contains("'s ") || rest.contains("’s ") {
            return None;
        }
        let pronoun = match (own.has(Trait::MaleTitles), own.has(Trait::FemaleTitles)) {
            (true, false) => self.pack.traits("he"),
            (false, true) => self.pack.traits("she"),
            (_, _) => Traits::default(),
        };
        let (figure, weighed) = self.by_pronoun(span, pronoun, addressee);
        let figure = figure?;
        let best = weighed
            .iter()
            .find(|candidate| candidate.figure == figure)?;
        let is_rivalled = weighed.iter().any(|other| {
            other.figure != figure && !other.is_barred() && other.score + LEAD > best.score
        });
        let named = self.cast.figures.get(figure)?;
        let is_near = self.is_near(span, figure) && self.suits(named, figure, &head, span);
        (is_near && !is_rivalled && named.is_person && !self.holds_other_post(named, &head))
            .then_some(figure)
    }

    /// "The official" is no "his lawyer", and "the man" whoever speaks on: mostly it is somebody
    /// who stays unnamed.
    fn suits(&self, named: &Figure, figure: usize, head: &str, span: Span) -> bool {
        let is_anybody = self.pack.heads.anybody.contains(head);
        if named.is_described {
            return is_anybody || named.name.split(' ').any(|word| word == head);
        }
        let paragraph = |at: usize| self.document.paragraph_of(self.document.token_at(at));
        let goes_on = self.said.last().is_some_and(|(at, speaker)| {
            *speaker == figure && paragraph(at.start()) == paragraph(span.start())
        });
        !is_anybody || goes_on
    }

    /// Whether a figure is named or speaks at most a few sentences before.
    fn is_near(&self, span: Span, figure: usize) -> bool {
        let sentence = |at: usize| self.document.sentence_of(self.document.token_at(at));
        let here = sentence(span.start());
        let spoke = self.said.iter().rev().take(2);
        let spoke = spoke
            .filter(|(_, speaker)| *speaker == figure)
            .map(|(at, _)| sentence(at.start()));
        let named = self.cast.namings_before(span).iter().rev().take(20);
        let named = named
            .filter(|naming| naming.figure == figure)
            .map(|naming| naming.sentence);
        spoke
            .chain(named)
            .any(|sentence| here.saturating_sub(sentence) <= MOST_SENTENCES)
    }

    /// A spokesman is not "the minister".
    fn holds_other_post(&self, figure: &Figure, head: &str) -> bool {
        let is_post = |title: &&String| self.pack.traits(title).has(Trait::Posts);
        self.pack.traits(head).has(Trait::Titles)
            && figure.titles.iter().any(|title| is_post(&title))
            && !figure.titles.iter().any(|title| title == head)
            && !figure.titles.iter().any(|title| title == "former")
            && !figure.is_described
    }

    /// "The department": the body named last whose name ends or begins with that noun.
    pub(super) fn body_by_noun(&self, noun: &str, span: Span) -> Option<&Naming> {
        let before = self.cast.namings_before(span).iter().rev();
        before.take(FARTHEST_BODY).find(|naming| {
            let figure = self.cast.figures.get(naming.figure);
            figure.is_some_and(|figure| {
                let mut words = figure.name.split(' ');
                figure.is_organization
                    && figure.entity.is_some()
                    && words.any(|word| word.eq_ignore_ascii_case(noun))
            })
        })
    }
}

/// By how much whom a description means is ahead of all others.
const LEAD: f32 = 1.0;

/// What stands behind "the".
pub(super) fn definite(words: &str) -> Option<&str> {
    words
        .strip_prefix("the ")
        .or_else(|| words.strip_prefix("The "))
}
