//! Full names whose letters stand behind them: "Transitional Authority in Tolveria (TAT)".

use std::ops::{Range, RangeInclusive};

use model::EntityKind;

use super::{
    recognizer::Name,
    repair::{Reading, put_over},
};
use crate::{
    pack::Trait,
    token::{Case, TokenKind},
};

/// Letters of a short name by which the full one is found; two letters are too few to say.
const LETTERS: RangeInclusive<usize> = 3..=8;
/// Most small words of a full name.
const MOST_SMALL: usize = 5;

impl Reading<'_, '_> {
    /// Makes one name of the words whose first letters stand in brackets behind them, where they
    /// were read in pieces or in part (after Schwartz and Hearst 2003, by first letters only).
    pub(super) fn spell_out(&self, names: &mut Vec<Name>) {
        let mut found = Vec::new();
        for bracket in (1..self.words.len()).filter(|at| self.word(*at) == "(") {
            let Some(tokens) = self.spelled_before(bracket) else {
                continue;
            };
            let first = names.partition_point(|name| name.tokens.end <= tokens.start);
            let inside = names.get(first..).unwrap_or_default();
            let read: Vec<&Name> = inside
                .iter()
                .take_while(|name| name.tokens.start < bracket)
                .collect();
            let is_covered = read
                .iter()
                .any(|name| name.tokens.start <= tokens.start && name.tokens.end >= tokens.end);
            // What begins before is another reading of it, and may know more.
            let crosses = read
                .first()
                .is_some_and(|name| name.tokens.start < tokens.start);
            if is_covered || crosses {
                continue;
            }
            let kind = match read.as_slice() {
                [only] if only.kind != EntityKind::Person => only.kind,
                _ => EntityKind::Organization,
            };
            found.push(self.retype(Name { tokens, kind }));
        }
        put_over(names, found);
    }

    /// The words before a bracket whose first letters it holds, of one sentence.
    fn spelled_before(&self, bracket: usize) -> Option<Range<usize>> {
        let short = self.word(bracket + 1);
        let fits = short.chars().all(char::is_uppercase)
            && LETTERS.contains(&short.chars().count())
            && self.word(bracket + 2) == ")";
        if !fits {
            return None;
        }
        let sentence = self.document.sentence_of(bracket);
        let sentence = self.document.sentences.get(sentence)?;
        let mut letters = short.chars().rev().peekable();
        let mut small = 0;
        let mut at = bracket;
        while letters.peek().is_some() {
            at = at.checked_sub(1).filter(|at| *at >= sentence.start)?;
            let word = self.word(at);
            let is_mark = matches!(word, "'s" | "’s" | "'" | "’" | "-" | ",");
            if is_mark && at + 1 < bracket {
                continue;
            }
            if self.case(at) == Case::Lower && self.is_small_word(at) {
                small += 1;
                if small > MOST_SMALL {
                    return None;
                }
                continue;
            }
            let is_word = self.document.tokens.get(at)?.kind == TokenKind::Word;
            let begins_so = word.chars().next() == letters.next();
            if !is_word || !begins_so {
                return None;
            }
        }
        Some(at..bracket)
    }

    /// "of", "in", "for".
    fn is_small_word(&self, at: usize) -> bool {
        self.document.traits(at).has(Trait::NoNames)
    }
}
