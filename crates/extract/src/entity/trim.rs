//! Where a name begins and ends: what the tagger took along is cut off.

use std::ops::Range;

use model::EntityKind;

use super::{
    gazetteer::{DATE_WORD, DEMONYM, GIVEN_NAME, ORGANISATION, PLACE_WHOLE, SURNAME, TITLE_WORD},
    recognizer::Name,
    repair::Reading,
};
use crate::{
    pack::Trait,
    token::{Case, TokenKind},
};

impl Reading<'_, '_> {
    /// Cuts titles, articles, possessives and small words off the ends; none where nothing is left.
    pub(super) fn trim(&self, mut name: Name) -> Option<Name> {
        name.tokens = self.before_small_word(&name);
        name.tokens = self.without_tie(&name);
        name.tokens.start = self.first_of_its_own(&name);
        name.tokens.end = self.end_of_its_own(&name);
        let Range { start, end } = name.tokens;
        if end == start + 1 && self.is_month(start) {
            return None;
        }
        let only_title = end == start + 1
            && self.lists(start) & (TITLE_WORD | DEMONYM | DATE_WORD) != 0
            && self.lists(start) & (GIVEN_NAME | SURNAME | PLACE_WHOLE | ORGANISATION) == 0;
        (start < end && !only_title).then_some(name)
    }

    /// "Images on Facebook", "Khmer Rouge on January 7": the name ends before.
    fn before_small_word(&self, name: &Name) -> Range<usize> {
        let Range { start, end } = name.tokens;
        let small = (start + 1..end)
            .find(|at| matches!(self.word(*at), "on" | "by" | "from" | "led" | "'s" | "’s"));
        let is_field = |at: usize| {
            name.kind == EntityKind::Organization && self.heads.fields.contains(self.lower(at - 1))
        };
        let is_owner = |at: usize| {
            name.kind != EntityKind::Person
                && matches!(self.word(at), "'s" | "’s")
                && at + 1 < end
                && self.is_capital(at + 1)
        };
        match small {
            Some(at) if !is_field(at) && !is_owner(at) => start..at,
            _ => start..end,
        }
    }

    /// "U.S.-aligned Lon Nol": the name stands behind the adjective, or is its beginning.
    fn without_tie(&self, name: &Name) -> Range<usize> {
        let Range { start, end } = name.tokens;
        let tie = (start + 1..end.saturating_sub(1))
            .find(|at| self.word(*at) == "-" && self.heads.ties.contains(self.word(at + 1)));
        let Some(at) = tie else {
            return start..end;
        };
        let behind = (at + 2..end).find(|at| self.is_capital(*at));
        behind.map_or(start..at, |behind| behind..end)
    }

    /// "since May", "May 4": no woman.
    fn is_month(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| self.lower(at));
        let kind = |at: usize| self.document.tokens.get(at).map(|token| token.kind);
        self.lists(at) & DATE_WORD != 0
            && (kind(at + 1) == Some(TokenKind::Number)
                || before.is_some_and(|word| self.heads.date_openers.contains(word)))
    }

    fn first_of_its_own(&self, name: &Name) -> usize {
        let Range { mut start, end } = name.tokens;
        let is_person = name.kind == EntityKind::Person;
        let opens = self.opens_sentence(start) && name.kind != EntityKind::Organization;
        while start + 1 < end && opens && self.is_small(start) && self.is_capital(start + 1) {
            start += 1;
        }
        while start < end {
            let lower = self.lower(start);
            let is_title = self.lists(start) & TITLE_WORD != 0 && !self.is_given(start)
                || self.heads.royals.contains(lower)
                || self.is_honorific(start, end);
            let is_article = lower == "the" && !self.has_article(start, name, end);
            let is_mark = matches!(lower, "'s" | "’s" | "," | "-" | "(" | "\"" | "“");
            if !(is_person && is_title || is_article || is_mark) {
                break;
            }
            start += 1;
        }
        start
    }

    fn end_of_its_own(&self, name: &Name) -> usize {
        let Range { start, mut end } = name.tokens;
        while start < end {
            let last = end - 1;
            let lower = self.lower(last);
            let is_hyphenated = name.kind == EntityKind::Person
                && last > start + 1
                && self.word(last - 1) == "-"
                && !self.heads.ties.contains(lower);
            let is_junior = last > start && matches!(self.word(last - 1), "Jr" | "Sr");
            let is_lower = self.case(last) == Case::Lower
                && !is_hyphenated
                && !(name.kind == EntityKind::Organization && matches!(lower, "party"))
                && (start..last).any(|at| self.is_capital(at));
            let is_mark = self.document.tokens.get(last).is_some_and(|token| {
                matches!(token.kind, TokenKind::Punctuation | TokenKind::Stop)
            }) && !matches!(lower, ")");
            // "Ministry of Public Security for 200".
            let is_count = self
                .document
                .tokens
                .get(last)
                .is_some_and(|token| token.kind == TokenKind::Number)
                && last > start + 1
                && self.case(last - 1) == Case::Lower
                && self.word(last - 1) != "of";
            // "Harbour Committee Tuesday": when it met.
            let is_day = name.kind == EntityKind::Organization
                && last > start + 1
                && self.lists(last) & DATE_WORD != 0
                && self.lists(last) & (GIVEN_NAME | SURNAME) == 0;
            if is_lower
                || is_count
                || is_day
                || is_mark && !is_junior
                || matches!(lower, "'s" | "’s")
            {
                end -= 1;
            } else {
                break;
            }
        }
        end
    }

    /// "The Harbour Daily": written large in mid-sentence the article belongs to the name.
    fn has_article(&self, at: usize, name: &Name, end: usize) -> bool {
        name.kind == EntityKind::Organization
            && self.case(at) == Case::Title
            && !self.opens_sentence(at)
            && end > at + 2
    }

    /// "U" of "U Aung Khaing", "Tan Sri" and "Datuk Seri": no part of the name.
    fn is_honorific(&self, start: usize, end: usize) -> bool {
        let before = start.checked_sub(1).map_or("", |at| self.word(at));
        let [first, second] = &self.heads.paired_honorifics;
        let (word, next) = (self.word(start), self.word(start + 1));
        if self.heads.short_honorifics.contains(word) {
            return end > start + 1 && self.is_given(start + 1) && self.word(start + 2) != "-";
        }
        first.contains(word) && second.contains(next)
            || second.contains(word) && first.contains(before)
    }

    /// "Across", "In": no name begins with it.
    fn is_small(&self, at: usize) -> bool {
        let traits = self.document.traits(at);
        traits.has(Trait::NoNames)
            && self.lists(at) & (DEMONYM | DATE_WORD | GIVEN_NAME | SURNAME) == 0
    }
}
