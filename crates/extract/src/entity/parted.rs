//! Where one name is two, and where it goes on: "Ada Morrow of the Harbour Party", "Ministry of
//! Economy" and "Finance".

use std::ops::Range;

use model::EntityKind;

use super::{
    gazetteer::{DATE_WORD, GIVEN_NAME, ORGANISATION, PLACE_BEGIN, PLACE_WHOLE, SURNAME},
    recognizer::Name,
    repair::Reading,
};
use crate::{pack::Trait, token::Case};

impl Reading<'_, '_> {
    /// "Department of Taxation of the Ministry of Finance" names two bodies.
    pub(super) fn parted(&self, name: Name) -> Vec<Name> {
        let Range { start, end } = name.tokens;
        let inner = (start + 1..end.saturating_sub(2)).find(|at| {
            self.word(*at) == "of"
                && self.word(at + 1) == "the"
                && self.heads.fields.contains(self.lower(at + 2))
        });
        let kind = name.kind;
        let has_head = |of: &usize| {
            let mut words = (start..*of).map(|at| self.lower(at));
            words.any(|word| self.heads.fields.contains(word))
        };
        if let Some(of) = inner.filter(|of| kind == EntityKind::Organization && has_head(of)) {
            return vec![
                Name {
                    tokens: start..of,
                    kind,
                },
                Name {
                    tokens: of + 2..end,
                    kind,
                },
            ];
        }
        if let Some(of) = self.owned(&name) {
            let person = (of + 2..end).find(|at| self.is_capital(*at)).unwrap_or(end);
            return vec![
                Name {
                    tokens: start..of,
                    kind: EntityKind::Organization,
                },
                Name {
                    tokens: person..end,
                    kind: EntityKind::Person,
                },
            ];
        }
        if let Some((body, person)) = self.titled(&name) {
            let body = body.map(|tokens| Name { tokens, kind });
            let person = Name {
                tokens: person,
                kind: EntityKind::Person,
            };
            return body.into_iter().chain([person]).collect();
        }
        if let Some(at) = self.served(&name) {
            return vec![
                Name {
                    tokens: start..at,
                    kind,
                },
                Name {
                    tokens: at + 2..end,
                    kind,
                },
            ];
        }
        if let Some(of) = self.member(&name) {
            return vec![
                Name {
                    tokens: start..of,
                    kind: EntityKind::Person,
                },
                Name {
                    tokens: of + 2..end,
                    kind,
                },
            ];
        }
        vec![name]
    }

    /// Where "of tycoon" stands between a body and a person: "Harbour Group of tycoon Ada Morrow".
    fn owned(&self, name: &Name) -> Option<usize> {
        let Range { start, end } = name.tokens;
        (start + 1..end.saturating_sub(2)).find(|at| {
            self.word(*at) == "of"
                && self.case(at + 1) == Case::Lower
                && self.document.is_post(at + 1)
                && self.is_capital(end - 1)
        })
    }

    /// "White House Press Secretary Ada Morrow": the body, where one is left before the title, and
    /// the person behind it.
    fn titled(&self, name: &Name) -> Option<(Option<Range<usize>>, Range<usize>)> {
        let Range { start, end } = name.tokens;
        let is_title = |at: &usize| {
            let own = self.document.traits(*at);
            self.is_capital(*at) && own.has_any(&[Trait::Titles, Trait::MaleTitles])
        };
        let title = (start + 1..end.saturating_sub(1)).rev().find(is_title)?;
        let person = title + 1..end;
        let last = self.lower(end - 1);
        let ends_body = self.heads.bodies.contains(last) || self.heads.fields.contains(last);
        let is_person = (2..=3).contains(&person.len())
            && person.clone().all(|at| self.case(at) == Case::Title)
            && self.lists(person.start) & GIVEN_NAME != 0
            && !ends_body;
        // "House Speaker Ada Morrow" may be read as a person whole, "Ada King Morrow" is one.
        let is_whole = name.kind == EntityKind::Person && self.lists(start) & GIVEN_NAME != 0;
        if name.kind == EntityKind::Place || is_whole || !is_person {
            return None;
        }
        let mut until = title;
        while until > start && self.document.traits(until - 1).has(Trait::PostModifiers) {
            until -= 1;
        }
        let is_body = until > start + 1
            && (self.lists(until - 1) & ORGANISATION != 0
                || self.heads.bodies.contains(self.lower(until - 1)));
        let is_body = is_body && name.kind == EntityKind::Organization;
        Some((is_body.then_some(start..until), person))
    }

    /// Where "for the" stands between two bodies: "Legislative Council for the Civic Party".
    fn served(&self, name: &Name) -> Option<usize> {
        let Range { start, end } = name.tokens;
        let is_head = |at: usize| self.heads.bodies.contains(self.lower(at));
        (start + 2..end.saturating_sub(3)).find(|at| {
            self.word(*at) == "for"
                && self.word(at + 1) == "the"
                && is_head(at - 1)
                && is_head(end - 1)
        })
    }

    /// Where "of the" stands between a person and a body: "Ada Morrow of the Harbour Party".
    fn member(&self, name: &Name) -> Option<usize> {
        let Range { start, end } = name.tokens;
        let of = (start + 2..end.saturating_sub(2).min(start + 5))
            .find(|at| self.word(*at) == "of" && self.word(at + 1) == "the")?;
        let is_person = self.lists(start) & (GIVEN_NAME | SURNAME) != 0
            && (start..of).all(|at| {
                let lower = self.lower(at);
                self.case(at) == Case::Title
                    && !self.heads.bodies.contains(lower)
                    && !self.heads.fields.contains(lower)
                    && self.lists(at) & (PLACE_WHOLE | ORGANISATION) == 0
            });
        (is_person && name.kind != EntityKind::Person).then_some(of)
    }

    /// "Ministry of Economy" + "and Finance": the name of a body goes on behind "and" and "in".
    pub(super) fn extend(&self, mut name: Name) -> Name {
        let has_head = (name.tokens.start..name.tokens.end).any(|at| {
            self.heads.fields.contains(self.lower(at))
                && matches!(self.word(at + 1), "of" | "for" | "on")
        });
        if name.kind != EntityKind::Organization || !has_head {
            return name;
        }
        let mut end = name.tokens.end;
        // "United States Institute" + "of Peace".
        let is_cut = name.tokens.len() > 1
            && self.heads.fields.contains(self.lower(end - 1))
            && self.case(end + 1) == Case::Title
            && self.lists(end + 1) & (GIVEN_NAME | SURNAME | DATE_WORD | PLACE_WHOLE | PLACE_BEGIN)
                == 0;
        end += usize::from(is_cut);
        while self.is_capital(end) && self.case(end) != Case::None && !self.opens_sentence(end) {
            end += 1;
        }
        if matches!(self.word(end), "and" | "&")
            && self.is_capital(end + 1)
            && !self.heads.fields.contains(self.lower(end + 1))
            && self.lists(end + 1) & (GIVEN_NAME | PLACE_WHOLE | ORGANISATION) == 0
            && !matches!(self.word(end + 2), "of" | "for")
            && !self.is_inside_list(end)
        {
            end += 2;
            while self.is_capital(end) && !self.opens_sentence(end) {
                end += 1;
            }
        }
        if self.word(end) == "in" && self.lists(end + 1) & PLACE_WHOLE != 0 && has_for(self, &name)
        {
            end += 2;
        }
        name.tokens.end = end;
        name
    }

    fn is_inside_list(&self, and: usize) -> bool {
        self.word(and.saturating_sub(2)) == ","
            && self.lists(and.saturating_sub(1)) & PLACE_WHOLE != 0
    }
}

fn has_for(reading: &Reading<'_, '_>, name: &Name) -> bool {
    name.tokens.clone().any(|at| reading.word(at) == "for")
}
