//! Names that the words around them show to be bodies: "Kelm Marine, a firm", "the newspaper Vesna",
//! "Oster Hold researcher Ada Morrow"; and persons by whose relatives they are.

use std::ops::Range;

use model::EntityKind;

use super::{
    evidence::{Shown, Sureness},
    gazetteer::{
        DATE_WORD, DEMONYM, GIVEN_NAME, PLACE_BEGIN, PLACE_INSIDE, PLACE_WHOLE, SURNAME, TITLE_WORD,
    },
    recognizer::Name,
    title::is_post,
};
use crate::token::{Case, TokenKind};

/// How far the noun of an apposition is looked for.
const NOUN_REACH: usize = 6;

/// Most words of a body that only its setting shows.
const LONGEST: usize = 5;

impl Shown<'_, '_> {
    /// The body that a run of capitalised words names, where the words around say so.
    pub(super) fn body_by_setting(
        &self,
        run: &Range<usize>,
        sentence: &Range<usize>,
    ) -> Option<(Name, Sureness)> {
        let mut start = run.start;
        while start < run.end && self.is_small(start) && start == sentence.start {
            start += 1;
        }
        let tokens = start..run.end;
        if tokens.is_empty() || tokens.len() > LONGEST || self.is_other(&tokens) {
            return None;
        }
        let is_said = self.is_introduced(&tokens, sentence) || self.is_explained(&tokens, sentence);
        let sureness = if is_said {
            Sureness::Sure
        } else if self.employs(&tokens, sentence) || self.is_served(&tokens, sentence) {
            Sureness::Likely
        } else {
            return None;
        };
        let kind = EntityKind::Organization;
        Some((Name { tokens, kind }, sureness))
    }

    /// Whether lists or its own words say that a run is something else.
    fn is_other(&self, run: &Range<usize>) -> bool {
        let others = PLACE_WHOLE | PLACE_BEGIN | PLACE_INSIDE | DATE_WORD;
        let is_other = |at: usize| {
            self.lists(at) & others != 0
                || self.lists(at) & TITLE_WORD != 0 && self.lists(at) & (GIVEN_NAME | SURNAME) == 0
                || self.document.is_post(at)
        };
        let is_people = |at: usize| self.lists(at) & DEMONYM != 0;
        run.clone().any(is_other) || run.clone().all(is_people)
    }

    fn is_personal(&self, run: &Range<usize>) -> bool {
        let names = GIVEN_NAME | SURNAME;
        self.lists(run.start) & names != 0 || run.len() > 1 && self.lists(run.end - 1) & names != 0
    }

    /// "the newspaper Vesna", "a company called Vesna", "a Nordic charity, Vesna,".
    fn is_introduced(&self, run: &Range<usize>, sentence: &Range<usize>) -> bool {
        let Some(before) = run.start.checked_sub(1).filter(|at| *at > sentence.start) else {
            return false;
        };
        let heads = &self.pack.heads;
        let is_noun =
            |at: usize| self.case(at) == Case::Lower && heads.body_nouns.contains(self.word(at));
        let is_closed = self.is_end(run.end);
        let is_called = heads.callings.contains(self.word(before)) && is_noun(before - 1);
        let is_aside = self.word(before) == ","
            && is_noun(before - 1)
            && is_closed
            && !self.is_list(run, before);
        let next = self.word(run.end);
        let is_open = is_closed || heads.body_verbs.contains(next);
        let is_named = is_noun(before) && is_open;
        is_called || (is_aside || is_named) && !self.is_personal(run)
    }

    /// Whether a comma, a stop or a possessive stands at `at`.
    fn is_end(&self, at: usize) -> bool {
        matches!(self.word(at), "," | "." | ";" | "’s" | "'s")
    }

    /// "a union, Vesna, Kelm and Oster": no aside.
    fn is_list(&self, run: &Range<usize>, comma: usize) -> bool {
        let article = (comma.saturating_sub(5)..comma)
            .rev()
            .any(|at| matches!(self.word(at), "a" | "an" | "its" | "their" | "the"));
        !article || self.word(run.end) == "," && matches!(self.word(run.end + 1), "and" | "or")
    }

    /// "Kelm Marine, a shipping firm that".
    fn is_explained(&self, run: &Range<usize>, sentence: &Range<usize>) -> bool {
        let article = run.end + 1;
        if self.word(run.end) != "," || !matches!(self.word(article), "a" | "an" | "the" | "one") {
            return false;
        }
        let limit = (article + 1 + NOUN_REACH).min(sentence.end);
        let heads = &self.pack.heads;
        let stops = |at: usize| {
            self.kind(at) != TokenKind::Word && self.word(at) != "-"
                || heads.noun_stops.contains(self.word(at)) && self.word(article) != "one"
        };
        let noun = (article + 1..limit)
            .take_while(|at| !stops(*at))
            .find(|at| heads.body_nouns.contains(self.word(*at)));
        noun.is_some_and(|at| {
            let next = self.word(at + 1);
            // "Ada Kelm, a developer and spokeswoman": some nouns are of persons as well.
            let is_agent = self.word(at).ends_with("er") || self.word(at).ends_with("or");
            let is_person = next == "and" && self.document.is_post(at + 2);
            if is_agent && (is_person || self.is_personal(run)) {
                return false;
            }
            let is_end = self.kind(at + 1) != TokenKind::Word && !matches!(next, "-" | "'s" | "’s");
            is_end || next.ends_with("ed") || heads.noun_followers.contains(next)
        })
    }

    /// "Oster Hold researcher Ada Morrow".
    fn employs(&self, run: &Range<usize>, sentence: &Range<usize>) -> bool {
        // "Oster Hold senior researcher".
        let has_modifier = run.end < sentence.end
            && self.case(run.end) == Case::Lower
            && !self.document.is_post(run.end);
        let at = run.end + usize::from(has_modifier);
        let post = self.lower(at);
        self.case(at) == Case::Lower
            && is_post(post)
            && !self.pack.heads.local_posts.contains(post)
            && self.case(at + 1) == Case::Title
            && self.kind(at + 1) == TokenKind::Word
            && !self.is_small(at + 1)
            && self.lists(at + 1) & DATE_WORD == 0
            && (run.start > sentence.start
                || run.len() > 1
                || self.is_large(run.start)
                || self.case(run.start) == Case::Upper)
            && !self.is_possessed(run)
    }

    fn is_possessed(&self, run: &Range<usize>) -> bool {
        matches!(self.word(run.end), "'s" | "’s" | "-")
    }

    /// Written large in mid-sentence elsewhere, and nowhere small.
    fn is_large(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.habit == 2)
    }

    /// "a researcher at Oster Hold,", "spokeswoman for Vesna", "Morrow, of MHEL,".
    fn is_served(&self, run: &Range<usize>, sentence: &Range<usize>) -> bool {
        let article = run.start.checked_sub(1);
        let article = article.filter(|at| matches!(self.word(*at), "the" | "The"));
        let Some(small) = article.unwrap_or(run.start).checked_sub(1) else {
            return false;
        };
        let Some(before) = small.checked_sub(1).filter(|at| *at >= sentence.start) else {
            return false;
        };
        let post = self.lower(before);
        let is_employed = matches!(self.word(small), "at" | "for" | "with" | "of")
            && self.case(before) == Case::Lower
            && is_post(post)
            && !self.pack.heads.local_posts.contains(post)
            && !self.pack.heads.agents.contains(post)
            && !self.pack.heads.kin.contains(post);
        let is_aside = self.word(small) == "of"
            && self.word(before) == ","
            && self.word(run.end) == ","
            && before
                .checked_sub(1)
                .is_some_and(|at| self.case(at) == Case::Title);
        (is_employed || is_aside)
            && !self.is_personal(run)
            && self.lists(run.start) & DEMONYM == 0
            && run
                .clone()
                .all(|at| self.kind(at) == TokenKind::Word || self.word(at) == "-")
    }

    /// "his daughter, Lhamo,", "daughter Lhamo".
    pub(super) fn is_kin(&self, name: &Range<usize>) -> bool {
        let comma = name.start.checked_sub(1);
        let aside = comma.filter(|at| self.word(*at) == ",");
        let is_closed = matches!(self.word(name.end), "," | "." | ";");
        let noun = match aside {
            Some(at) if is_closed => at.checked_sub(1),
            Some(_) => None,
            None => comma,
        };
        noun.is_some_and(|at| {
            self.case(at) == Case::Lower && self.pack.heads.kin.contains(self.word(at))
        })
    }
}
