//! Whom a noun phrase names or describes.

use model::Span;

use super::{
    Resolver,
    description::definite,
    figure::{Figure, Naming, is_possessor},
    head_of, plain,
};
use crate::{
    pack::{Pack, Trait, Traits},
    table::Set,
};

/// Turns and sentences back to which words are taken up.
const MOST_TURNS: usize = 8;
const MOST_SENTENCES: usize = 12;

/// Bytes of the titles in front of a name ("Lieutenant General").
const MOST_TITLE_BYTES: usize = 40;

impl Resolver<'_, '_> {
    /// The figure that a noun phrase names, or describes.
    pub(super) fn by_phrase(&self, span: Span) -> Option<usize> {
        if let Some(naming) = self.cast.head_of(self.document.text, span) {
            return Some(naming.figure);
        }
        if let Some(figure) = self.by_apposition(span) {
            return Some(figure);
        }
        let words = plain(span.text(self.document.text)?);
        let rest = definite(&words)?;
        let is_whole = !rest.contains(" of ") && !rest.contains(" for ");
        let words: Vec<String> = rest
            .split(' ')
            .take_while(|word| !matches!(*word, "of" | "for" | "from" | "at" | "in"))
            .map(str::to_lowercase)
            .collect();
        let (noun, modifiers) = words.split_last()?;
        let own = self.pack.traits(noun);
        if own.has(Trait::Organizations)
            && modifiers.is_empty()
            && let Some(naming) = self.body_by_noun(noun, span)
        {
            return Some(naming.figure);
        }
        // "The union of dockers" says itself which it is.
        if own.has(Trait::Bodies) && is_whole {
            return self
                .taken_up(noun, span)
                .or_else(|| self.last_body(noun, span));
        }
        if !self.pack.traits(noun).has_any(&[
            Trait::Titles,
            Trait::MaleTitles,
            Trait::FemaleTitles,
            Trait::Posts,
        ]) {
            return None;
        }
        let before = self.cast.namings_before(span);
        let titled = before.iter().rev().take(200).filter_map(|naming| {
            let titles = &self.cast.figures.get(naming.figure)?.titles;
            (titles.contains(noun) && !is_other_post(modifiers, titles)).then_some((naming, titles))
        });
        let shared = |titles: &[String]| {
            let words = modifiers.iter().filter(|word| titles.contains(word));
            words.count()
        };
        let mut best: Option<(usize, &Naming)> = None;
        for (naming, titles) in titled {
            let shared = shared(titles);
            if best.is_none_or(|(most, _)| shared > most) {
                best = Some((shared, naming));
            }
        }
        best.map(|(_, naming)| naming.figure)
    }

    /// "The 29-year-old": the figure of that age, or else the person who would be "he".
    pub(super) fn by_age(&self, words: &str, span: Span, addressee: Option<Span>) -> Option<usize> {
        let is_definite = definite(words).is_some();
        let word = words
            .split(' ')
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .filter(|_| is_definite)?;
        let age = word
            .strip_suffix("-year-old")
            .or_else(|| word.strip_suffix("-years-old"))?;
        let before = self.cast.namings_before(span);
        let of_that_age = before.iter().rev().take(200).find(|naming| {
            let rest = self.document.text.get(naming.span.end()..);
            let rest = rest.and_then(|rest| rest.strip_prefix(", ")?.strip_prefix(age));
            rest.is_some_and(|rest| rest.starts_with([',', '.', ' ']))
        });
        match of_that_age {
            Some(naming) => Some(naming.figure),
            None => self.by_pronoun(span, Traits::default(), addressee).0,
        }
    }

    /// The figure named right behind a title: "Tolveria's foreign minister, Idris Kanto".
    pub(super) fn by_apposition(&self, span: Span) -> Option<usize> {
        let text = self.document.text;
        let words = span.text(text)?;
        let head = words.rsplit([' ', '\n']).next()?.to_lowercase();
        let titles = [Trait::Titles, Trait::MaleTitles, Trait::FemaleTitles];
        // "a teacher from one of the villages, Nang Kham,".
        let first = head_of(words).to_lowercase();
        let is_title = self.pack.traits(&head).has_any(&titles)
            || first != head && self.pack.traits(&first).has(Trait::Posts);
        let rest = text.get(span.end()..)?;
        let name = rest.strip_prefix(',')?.trim_start();
        if rest.len() - name.len() > 3 {
            return None;
        }
        let naming = self.named_behind_titles(text.len() - name.len())?;
        let is_person = self
            .cast
            .figures
            .get(naming.figure)
            .is_some_and(|figure| figure.is_person && figure.entity.is_some());
        // An apposition ends in a comma of its own, whatever the noun before it.
        let is_closed = text
            .get(naming.span.end()..)
            .is_some_and(|behind| behind.starts_with(','));
        ((is_title || is_person && is_closed) && !is_possessor(text, naming.span))
            .then_some(naming.figure)
    }

    /// Whether a figure is described and never named.
    pub(super) fn is_described(&self, figure: usize) -> bool {
        let figure = self.cast.figures.get(figure);
        figure.is_some_and(|figure| figure.is_described)
    }

    /// The person named right behind "by": "a report by Ada Morrow".
    pub(super) fn author_behind(&self, span: Span) -> Option<usize> {
        let text = self.document.text;
        let rest = text.get(span.end()..)?.strip_prefix(" by ")?;
        let naming = self.named_behind_titles(text.len() - rest.len())?;
        let figure = self.cast.figures.get(naming.figure)?;
        (figure.is_person && !is_possessor(text, naming.span)).then_some(naming.figure)
    }

    /// "The group" again: the body that spoke last under the same words, a little before.
    fn taken_up(&self, noun: &str, span: Span) -> Option<usize> {
        let sentence = |at: Span| {
            self.document
                .sentence_of(self.document.token_at(at.start()))
        };
        let is_same = |at: Span| {
            let words = at.text(self.document.text).map(plain);
            words.is_some_and(|words| {
                definite(&words).is_some_and(|rest| rest.eq_ignore_ascii_case(noun))
            })
        };
        let mut spoke = self.said.iter().rev().take(MOST_TURNS);
        let (_, figure) = spoke.find(|(at, _)| {
            sentence(span).saturating_sub(sentence(*at)) <= MOST_SENTENCES && is_same(*at)
        })?;
        Some(*figure)
    }

    /// "The firm": the body named last, at most a few sentences before; "the group": one whose
    /// name says that it is a group, where there is one.
    fn last_body(&self, noun: &str, span: Span) -> Option<usize> {
        let heads = &self.pack.heads;
        let here = self
            .document
            .sentence_of(self.document.token_at(span.start()));
        let is_group = heads.group_nouns.contains(noun);
        let is_firm = heads.firm_nouns.contains(noun);
        let is_kind = |figure: &Figure, kinds: &Set<String>| {
            let mut words = figure.name.split(' ');
            words.any(|word| kinds.contains(word.to_lowercase().as_str()))
        };
        let before = self.cast.namings_before(span);
        let is_on = |naming: &Naming| {
            let before = self.document.text.get(..naming.span.start());
            before.is_some_and(|before| before.ends_with("on "))
        };
        let (mut near, mut anywhere) = (None, None);
        for naming in before.iter().rev().take(12) {
            let Some(figure) = self.cast.figures.get(naming.figure) else {
                continue;
            };
            let is_body = figure.is_organization && figure.entity.is_some();
            // "Wrote on Facebook" names where, not whom.
            if !is_body || here.saturating_sub(naming.sentence) > 2 || is_on(naming) {
                continue;
            }
            // A ministry is no firm.
            if is_firm && is_kind(figure, &heads.office_ends) {
                continue;
            }
            if is_group && is_kind(figure, &heads.group_ends) {
                return Some(naming.figure);
            }
            if naming.is_first {
                near = near.or(Some(naming.figure));
            }
            anywhere = anywhere.or(Some(naming.figure));
        }
        near.or(anywhere.filter(|_| is_firm))
    }

    /// The name at byte `start`, or behind titles there: "Colonel Tun Oo".
    fn named_behind_titles(&self, start: usize) -> Option<&Naming> {
        if let Some(naming) = self.cast.named_at(start) {
            return Some(naming);
        }
        let text = self.document.text;
        let limit = text.len().min(start + MOST_TITLE_BYTES);
        let naming = self.cast.namings_in(Span::new(start, limit)).first()?;
        let mut titles = text.get(start..naming.span.start())?.split_whitespace();
        let is_title = |word: &str| {
            let titled = [Trait::Titles, Trait::MaleTitles, Trait::FemaleTitles];
            self.pack.traits(&word.to_lowercase()).has_any(&titled)
        };
        titles.all(is_title).then_some(naming)
    }

    /// "It": the body that spoke last, at most a few sentences before.
    pub(super) fn body_that_spoke(&self, span: Span) -> Option<usize> {
        let sentence = |at: usize| self.document.sentence_of(self.document.token_at(at));
        let (at, last) = self.said.last()?;
        let figure = self.cast.figures.get(*last)?;
        let is_near = sentence(span.start()).saturating_sub(sentence(at.start())) <= 3;
        // "The coast guard" could be one guard, but not where "it" goes on.
        let is_body = figure.is_organization || figure.is_described && !figure.is_many;
        (is_body && is_near).then_some(*last)
    }
}

/// Whether somebody with these words of titles holds another post of the kind: the interior minister
/// is not "the prime minister".
fn is_other_post(modifiers: &[String], titles: &[String]) -> bool {
    let kinds = &Pack::english().heads.post_kinds;
    let is_kind = |word: &&String| kinds.contains(word.as_str());
    let Some(kind) = modifiers.last().filter(is_kind) else {
        return false;
    };
    !titles.contains(kind) && titles.iter().any(|word| is_kind(&word))
}
