//! Names with another in marks between their parts: Karel “the Hammer” Dunn.

use std::ops::Range;

use model::EntityKind;

use super::{
    gazetteer::{DATE_WORD, DEMONYM, ORGANISATION, PLACE_WHOLE, TITLE_WORD},
    recognizer::Name,
    repair::{Reading, put_over},
};
use crate::{
    pack::{Pack, Trait},
    token::{Case, Gap},
};

/// Most words of a nickname.
const LONGEST: usize = 3;

impl Reading<'_, '_> {
    /// Makes one person of a name with a nickname in it, which was read in pieces.
    pub(super) fn join_nicknames(&self, names: &mut Vec<Name>) {
        let mut found: Vec<Name> = Vec::new();
        for open in 1..self.words.len() {
            let Some(whole) = self.nicknamed(open) else {
                continue;
            };
            let first = names.partition_point(|name| name.tokens.end <= whole.start);
            let before = names
                .get(first)
                .filter(|name| name.tokens.start <= whole.start);
            if before.is_some_and(|name| name.tokens.end >= whole.end) {
                continue;
            }
            // What was read before the nickname belongs to the name as well.
            let before = before.filter(|name| {
                name.kind == EntityKind::Person && name.tokens.end == whole.start + 1
            });
            let start = before.map_or(whole.start, |name| name.tokens.start);
            if found.last().is_none_or(|last| last.tokens.end <= start) {
                found.push(Name {
                    tokens: start..whole.end,
                    kind: EntityKind::Person,
                });
            }
        }
        put_over(names, found);
    }

    /// The word before the mark at `open`, the nickname, and the word behind it.
    fn nicknamed(&self, open: usize) -> Option<Range<usize>> {
        let close = match self.word(open) {
            "“" => "”",
            "\"" => "\"",
            _ => return None,
        };
        let end = (open + 2..open + 2 + LONGEST).find(|at| self.word(*at) == close)?;
        let is_glued = |at: usize| {
            let token = self.document.tokens.get(at);
            token.is_some_and(|token| token.gap == Gap::None)
        };
        let is_spaced = |at: usize| {
            let token = self.document.tokens.get(at);
            token.is_some_and(|token| token.gap == Gap::Space)
        };
        let stands_in_name = is_spaced(open)
            && is_glued(open + 1)
            && is_glued(end)
            && is_spaced(end + 1)
            && self.is_own(open - 1)
            && self.is_own(end + 1)
            && (open + 1..end).any(|at| self.case(at) == Case::Title);
        stands_in_name.then_some(open - 1..end + 2)
    }

    /// A word that can be part of a person's name.
    fn is_own(&self, at: usize) -> bool {
        let lower = self.lower(at);
        let traits = Pack::english().traits(lower);
        let others = [
            Trait::NoNames,
            Trait::Titles,
            Trait::Posts,
            Trait::Organizations,
        ];
        self.case(at) == Case::Title
            && self.lists(at) & (PLACE_WHOLE | ORGANISATION | TITLE_WORD | DEMONYM | DATE_WORD) == 0
            && !traits.has_any(&others)
            && !self.heads.bodies.contains(lower)
    }
}
