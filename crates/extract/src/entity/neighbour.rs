//! What names that stand side by side say of each other: "Quang Ngai, Nghe An and Ha Tinh
//! provinces", "the Independent Journalists Association, or IJA".

use std::ops::Range;

use model::EntityKind;

use super::{
    gazetteer::{DEMONYM, ORGANISATION, PLACE_BEGIN, PLACE_WHOLE},
    recognizer::Name,
    repair::Reading,
};
use crate::{Document, table::Map, token::Case};

/// Longest acronym, in letters.
const LONGEST_ACRONYM: usize = 8;

/// The token of the short name that is given right behind a name that ends before `end`:
/// "(NEC)", ", or NEC,", ", known as NEC".
pub(super) fn short_name(document: &Document<'_>, end: usize) -> Option<usize> {
    let word = |at: usize| document.word(at);
    let at = if word(end) == "(" && word(end + 2) == ")" {
        end + 1
    } else if word(end) == "," && word(end + 1) == "or" {
        end + 2 + usize::from(word(end + 2) == "the")
    } else if word(end) == "," && word(end + 1) == "known" && word(end + 2) == "as" {
        end + 3 + usize::from(word(end + 3) == "the")
    } else {
        return None;
    };
    let letters = word(at);
    let is_upper = letters.chars().filter(|c| c.is_uppercase()).count() > 1;
    let is_short = (2..=LONGEST_ACRONYM).contains(&letters.chars().count());
    let is_closed = matches!(word(at + 1), ")" | "," | ".");
    (is_upper && is_short && is_closed && !letters.contains('.')).then_some(at)
}

impl Reading<'_, '_> {
    /// Names in a row before or behind "provinces" are places, all of them, and those behind
    /// "senators" persons.
    pub(super) fn agree_in_rows(&self, names: &mut [Name]) {
        let mut at = 0;
        while let Some(first) = names.get(at) {
            let before: Vec<&str> = (1..=2)
                .filter_map(|back| first.tokens.start.checked_sub(back))
                .map(|at| self.lower(at))
                .collect();
            let opens = before.first().is_some_and(|word| {
                let noun = before.get(1).copied().unwrap_or_default();
                self.is_units(word) || matches!(*word, "of" | ",") && self.is_units(noun)
            });
            let mut end = at + 1;
            while let (Some(one), Some(next)) = (names.get(end - 1), names.get(end)) {
                if !self.is_in_row(one, &next.tokens) {
                    break;
                }
                end += 1;
            }
            let closes = names
                .get(end - 1)
                .is_some_and(|last| self.is_units(self.lower(last.tokens.end)));
            let are_persons = before
                .first()
                .is_some_and(|word| self.heads.plural_titles.contains(*word));
            if are_persons {
                let listed = PLACE_WHOLE | PLACE_BEGIN | ORGANISATION | DEMONYM;
                for name in names.get_mut(at..end).into_iter().flatten() {
                    if self.lists(name.tokens.start) & listed == 0 {
                        name.kind = EntityKind::Person;
                    }
                }
            } else if opens && end > at + 1 || closes {
                for name in names.get_mut(at..end).into_iter().flatten() {
                    name.kind = EntityKind::Place;
                }
            }
            at = end;
        }
    }

    /// "provinces", "townships".
    fn is_units(&self, word: &str) -> bool {
        word.ends_with('s') && self.heads.units.contains(word)
    }

    /// Whether `next` stands behind `name` in a row: a comma, "and", or both between them.
    fn is_in_row(&self, name: &Name, next: &Range<usize>) -> bool {
        let mut between = name.tokens.end..next.start;
        let fits = |at: usize| matches!(self.word(at), "," | "and" | "or");
        (1..=2).contains(&between.len()) && between.all(fits)
    }

    /// The short name given with a name is a name of the same kind.
    pub(super) fn introduce(&self, names: &mut Vec<Name>) {
        let mut short: Vec<Name> = Vec::new();
        for name in names.iter() {
            let is_full = matches!(name.kind, EntityKind::Organization | EntityKind::Place)
                && name.tokens.len() > 1;
            let Some(at) = short_name(self.document, name.tokens.end).filter(|_| is_full) else {
                continue;
            };
            if self.lists(at) & (PLACE_WHOLE | DEMONYM) == 0 && self.case(at) != Case::Title {
                short.push(Name {
                    tokens: at..at + 1,
                    kind: name.kind,
                });
            }
        }
        let is_free = |introduced: &Name| {
            let at = introduced.tokens.start;
            let behind = names.partition_point(|name| name.tokens.end <= at);
            names
                .get(behind)
                .is_none_or(|name| !name.tokens.contains(&at))
        };
        let kinds: Map<&str, EntityKind> = short
            .iter()
            .map(|introduced| (self.word(introduced.tokens.start), introduced.kind))
            .collect();
        short.retain(is_free);
        names.append(&mut short);
        for name in names.iter_mut().filter(|name| name.tokens.len() == 1) {
            if let Some(kind) = kinds.get(self.word(name.tokens.start)) {
                name.kind = *kind;
            }
        }
    }
}
