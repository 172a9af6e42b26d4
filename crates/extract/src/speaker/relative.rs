//! Relatives who are described by whose they are and never named: "Kelm’s daughter".

use model::Span;

use super::{Resolver, figure::Gender};
use crate::pack::{Trait, Traits};

/// Words of a sentence before the name that owns the relative: "On Monday, Kelm’s".
const MOST_BEFORE: usize = 3;

impl Resolver<'_, '_> {
    /// "Kelm’s daughter was at home. “I heard a bang,” she said.": the relative with whom the
    /// sentence before opens, where the pronoun agrees and no name follows.
    pub(super) fn relative_before(&mut self, span: Span, traits: Traits) -> Option<usize> {
        let document = self.document;
        let here = document.sentence_of(document.token_at(span.start()));
        let opened = document
            .sentences
            .get(here.checked_sub(1)?)
            .filter(|before| !self.opens_with_mark(before.start))?;
        let naming = *self
            .cast
            .namings_in(document.span_of(opened)?)
            .iter()
            .find(|naming| {
                self.cast
                    .figures
                    .get(naming.figure)
                    .is_some_and(|figure| figure.is_person)
            })?;
        let first = document.token_at(naming.span.start());
        let mark = document.token_at(naming.span.end() - 1) + 1;
        let kin = mark + 1;
        let word = document.word(kin).to_lowercase();
        let own = self.pack.traits(&word);
        let agrees = traits.has(Trait::MalePronouns) && own.has(Trait::MaleTitles)
            || traits.has(Trait::FemalePronouns) && own.has(Trait::FemaleTitles);
        let is_relative = first <= opened.start + MOST_BEFORE
            && matches!(document.word(mark), "'s" | "’s")
            && self.pack.heads.kin.contains(&word)
            && document.word(kin + 1) != ","
            && !document.word(kin + 1).starts_with(char::is_uppercase);
        if !is_relative || !agrees || !self.cast.has_room() {
            return None;
        }
        let phrase = document.span_of(&(first..kin + 1))?;
        let name = phrase.text(document.text)?.to_owned();
        let figure = self.cast.describe(name, phrase, here - 1);
        if let Some(new) = self.cast.figures.get_mut(figure) {
            new.gender = if own.has(Trait::FemaleTitles) {
                Gender::Female
            } else {
                Gender::Male
            };
            new.titles.push(word);
        }
        Some(figure)
    }

    /// Whether a mark opens a sentence: what is quoted names nobody new.
    fn opens_with_mark(&self, token: usize) -> bool {
        let word = self.document.word(token);
        self.pack.marks.iter().any(|pair| pair.open == word)
    }
}
