//! A second reading: what the document's own names say of each other.
//!
//! The tagger reads a sentence at a time. This pass trims and retypes names by their words, makes
//! all uses of one name agree, adds uses that were missed, and leaves credits out.

use std::{collections::BTreeMap, ops::Range};

use model::EntityKind;

use super::{
    evidence::{add_shown, opens_as_club},
    gazetteer::{
        BODY_BEGIN, DEMONYM, GIVEN_NAME, ORGANISATION, PLACE_BEGIN, PLACE_INSIDE, PLACE_WHOLE,
        SURNAME,
    },
    recognizer::Name,
    word::Word,
};
use crate::{Document, heads::Heads, pack::Pack, table::Map, token::Case};

/// Repairs the names of a document; they stay in text order and apart.
pub(super) fn repair(document: &Document<'_>, words: &[Word], names: Vec<Name>) -> Vec<Name> {
    let heads = &Pack::english().heads;
    let reading = Reading {
        document,
        words,
        heads,
    };
    let mut names: Vec<Name> = names
        .into_iter()
        .flat_map(|name| reading.parted(name))
        .map(|name| reading.retype(reading.extend(name)))
        .filter_map(|name| reading.trim(name))
        .map(|name| reading.joined(reading.retype(name)))
        .filter(|name| !reading.is_credit(name) && !reading.is_common_word(name))
        .collect();
    apart(&mut names);
    let read: Vec<Range<usize>> = names.iter().map(|name| name.tokens.clone()).collect();
    add_shown(document, words, &mut names);
    let is_new = |name: &Name| {
        let place = read.binary_search_by_key(&name.tokens.start, |tokens| tokens.start);
        place.ok().and_then(|at| read.get(at)) != Some(&name.tokens)
    };
    let mut names: Vec<Name> = names
        .into_iter()
        .filter_map(|name| {
            if is_new(&name) {
                let name = reading.joined(reading.trim(name)?);
                (!reading.is_credit(&name)).then_some(name)
            } else {
                Some(name)
            }
        })
        .collect();
    apart(&mut names);
    reading.agree_in_rows(&mut names);
    reading.spell_out(&mut names);
    reading.join_nicknames(&mut names);
    reading.introduce(&mut names);
    apart(&mut names);
    reading.agree(&mut names);
    reading.name_by_full_form(&mut names);
    reading.end_in_headings(&mut names);
    reading.drop_from_headings(&mut names);
    reading.make_whole(&mut names);
    reading.add_missed(&mut names);
    apart(&mut names);
    names
}

/// Puts names in that take the place of all that they hold or cross; both are in text order.
pub(super) fn put_over(names: &mut Vec<Name>, over: Vec<Name>) {
    let mut next = 0;
    names.retain(|name| {
        while over
            .get(next)
            .is_some_and(|over| over.tokens.end <= name.tokens.start)
        {
            next += 1;
        }
        over.get(next)
            .is_none_or(|over| name.tokens.end <= over.tokens.start)
    });
    names.extend(over);
    apart(names);
}

/// Sorts names and drops those that overlap one before.
fn apart(names: &mut Vec<Name>) {
    names.sort_by_key(|name| (name.tokens.start, std::cmp::Reverse(name.tokens.end)));
    let mut end = 0;
    names.retain(|name| {
        let is_free = name.tokens.start >= end;
        if is_free {
            end = name.tokens.end;
        }
        is_free
    });
}

/// A document with its words, while its names are repaired.
pub(super) struct Reading<'r, 't> {
    pub(super) document: &'r Document<'t>,
    pub(super) words: &'r [Word],
    pub(super) heads: &'static Heads,
}

impl<'r, 't> Reading<'r, 't> {
    pub(super) fn word(&self, at: usize) -> &'t str {
        self.document.word(at)
    }

    pub(super) fn lower(&self, at: usize) -> &str {
        self.document.lower(at)
    }

    pub(super) fn lists(&self, at: usize) -> u32 {
        self.words.get(at).map_or(0, |word| word.lists)
    }

    pub(super) fn case(&self, at: usize) -> Case {
        self.document
            .tokens
            .get(at)
            .map_or(Case::None, |token| token.case)
    }

    pub(super) fn is_capital(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.is_capital)
    }

    pub(super) fn opens_sentence(&self, at: usize) -> bool {
        self.words.get(at).is_none_or(|word| word.opens_sentence)
    }

    pub(super) fn is_given(&self, at: usize) -> bool {
        self.lists(at) & GIVEN_NAME != 0
    }

    /// Lets the words of a name and the title before it say what it is.
    pub(super) fn retype(&self, mut name: Name) -> Name {
        let (start, end) = (name.tokens.start, name.tokens.end);
        if self.heads.outlets.contains(self.word(start))
            && end == start + 1
            && self.lists(end) & DEMONYM != 0
        {
            let next = self.case(end + 1);
            if self.case(end) == Case::Title && next != Case::Title {
                name.tokens.end += 1;
            }
            name.kind = EntityKind::Organization;
            return name;
        }
        // "Radio Harbour" is no place, whatever stands behind "told".
        if end > start + 1 && self.heads.outlet_openers.contains(self.word(start)) {
            name.kind = EntityKind::Organization;
            return name;
        }
        if let Some(first) = self.club_start(&name.tokens) {
            name.tokens.start = first;
            name.kind = EntityKind::Organization;
            return name;
        }
        let last = self.lower(end.saturating_sub(1));
        let is_long = end > start + 1;
        if is_long && self.heads.other_ends.contains(last) {
            name.kind = EntityKind::Other;
            return name;
        }
        if is_long && name.kind != EntityKind::Organization && self.heads.body_ends.contains(last) {
            name.kind = EntityKind::Organization;
            return name;
        }
        if is_long && self.heads.place_ends.contains(last) {
            name.kind = EntityKind::Place;
            return name;
        }
        let is_body =
            is_long && self.lists(start) & BODY_BEGIN != 0 || self.lists(start) & ORGANISATION != 0;
        if self.heads.units.contains(self.lower(end)) && !is_body {
            name.kind = EntityKind::Place;
            return name;
        }
        // "Tolveria's Prime Minister": a country, be it on no list.
        let owns_power = matches!(self.word(end), "'s" | "’s")
            && self.heads.powers.contains(self.lower(end + 1))
            && (start..end).all(|at| {
                self.case(at) == Case::Title && self.lists(at) & (GIVEN_NAME | SURNAME) == 0
            });
        if owns_power && name.kind == EntityKind::Person {
            name.kind = EntityKind::Place;
            return name;
        }
        let is_royal = is_long
            && matches!(self.word(start), "Prince" | "Princess")
            && self.word(end) != "-"
            && (start..end).all(|at| self.is_capital(at));
        if is_royal && name.kind == EntityKind::Place {
            name.kind = EntityKind::Person;
            return name;
        }
        let before = start
            .checked_sub(1)
            .map(|at| self.lower(at))
            .unwrap_or_default();
        let has_honorific = self.heads.honorifics.contains(before);
        let speaks = matches!(self.word(end), "said" | "says" | "told" | "added");
        let looks_like_person = is_long
            && end - start <= 4
            && (start..end).all(|at| self.case(at) == Case::Title || self.word(at).ends_with('.'))
            && self.lists(start) & (GIVEN_NAME | SURNAME) != 0
            && !(start..end).any(|at| {
                let lower = self.lower(at);
                self.heads.body_ends.contains(lower)
                    || self.lists(at) & (PLACE_WHOLE | PLACE_BEGIN | PLACE_INSIDE | ORGANISATION)
                        != 0
            });
        let in_place = matches!(before, "in" | "at" | "from" | "near" | "to");
        let is_person =
            looks_like_person && (speaks || name.kind == EntityKind::Organization || !in_place);
        let may_be = name.kind != EntityKind::Place || !self.is_place(&name);
        if has_honorific || is_person && may_be {
            name.kind = EntityKind::Person;
        }
        name
    }

    /// Where the name of a club begins: "Dynamo Harbour", whatever "Harbour" is.
    fn club_start(&self, name: &Range<usize>) -> Option<usize> {
        let is_opener = |at: usize| self.heads.club_openers.contains(self.word(at));
        let before = name.start.checked_sub(1).filter(|at| {
            is_opener(*at)
                && self.document.sentence_of(*at) == self.document.sentence_of(name.start)
                && self.case(name.start) == Case::Title
        });
        before.or_else(|| opens_as_club(self.document, name).then_some(name.start))
    }

    fn is_place(&self, name: &Name) -> bool {
        name.tokens
            .clone()
            .any(|at| self.lists(at) & (PLACE_WHOLE | PLACE_BEGIN | PLACE_INSIDE) != 0)
    }

    /// A name in a line of credits ("Editing: …"), or of a photographer ("(Name/Agency)").
    pub(super) fn is_credit(&self, name: &Name) -> bool {
        let paragraph = self
            .document
            .paragraphs
            .get(self.document.paragraph_of(name.tokens.start));
        let Some(paragraph) = paragraph else {
            return false;
        };
        let first = self.lower(paragraph.start);
        let is_short = paragraph.len() < 40;
        let opens_credit = self.heads.credit_openers.contains(first)
            && (paragraph.start + 1..(paragraph.start + 7).min(paragraph.end))
                .any(|at| self.word(at) == ":" || self.word(at) == "by" && is_short);
        let is_byline =
            first == "by" && paragraph.len() < 12 && self.is_capital(paragraph.start + 1);
        let is_photo = name.kind == EntityKind::Person
            && self.word(name.tokens.start.saturating_sub(1)) == "("
            && self.word(name.tokens.end) == "/";
        opens_credit || is_byline || is_photo
    }

    /// A single word that only opened a sentence and that the document, or everyone, writes small.
    fn is_common_word(&self, name: &Name) -> bool {
        let at = name.tokens.start;
        let Some(word) = self.words.get(at) else {
            return false;
        };
        name.tokens.len() == 1
            && word.opens_sentence
            && self.case(at) == Case::Title
            && word.lists & (PLACE_WHOLE | ORGANISATION | GIVEN_NAME | SURNAME) == 0
            && (word.habit & 1 != 0 || word.habit & 2 == 0 && self.is_derived(at))
    }

    /// A word of an abstract thing or a deed: "Tourism".
    fn is_derived(&self, at: usize) -> bool {
        let lower = self.lower(at);
        let mut ends = self.heads.derived_ends.iter();
        ends.any(|end| lower.ends_with(end.as_str()))
    }

    /// What is equal for all uses of one name, whatever apostrophes it is written with.
    pub(super) fn key(&self, tokens: &Range<usize>) -> &'r [u32] {
        let keys = self.document.vocabulary.keys();
        keys.get(tokens.clone()).unwrap_or_default()
    }

    /// Makes all uses of one form agree on what it is; the parts of full names follow them.
    fn agree(&self, names: &mut [Name]) {
        let mut votes: BTreeMap<&[u32], BTreeMap<EntityKind, usize>> = BTreeMap::new();
        for name in names.iter() {
            let before = name
                .tokens
                .start
                .checked_sub(1)
                .map(|at| self.lower(at))
                .unwrap_or_default();
            let is_unit = self.heads.units.contains(self.lower(name.tokens.end));
            let weight = if is_unit || self.heads.honorifics.contains(before) {
                5
            } else {
                1
            };
            *votes
                .entry(self.key(&name.tokens))
                .or_default()
                .entry(name.kind)
                .or_default() += weight;
        }
        let verdicts: Map<&[u32], EntityKind> = votes
            .into_iter()
            .filter_map(|(key, kinds)| {
                let kind = kinds.into_iter().max_by_key(|(_, count)| *count)?.0;
                Some((key, kind))
            })
            .collect();
        for name in names.iter_mut() {
            if let Some(kind) = verdicts.get(self.key(&name.tokens)) {
                name.kind = *kind;
            }
        }
        let parts = self.person_parts(names);
        for name in names.iter_mut().filter(|name| name.tokens.len() == 1) {
            let is_listed = self.lists(name.tokens.start) & (PLACE_WHOLE | ORGANISATION) != 0;
            if !is_listed && self.document.vocabulary.is_in(&parts, name.tokens.start) {
                name.kind = EntityKind::Person;
            }
        }
    }

    /// What stands in brackets behind the name that it is the initials of is the same thing.
    fn name_by_full_form(&self, names: &mut Vec<Name>) {
        let mut kinds: Map<&str, EntityKind> = Map::default();
        let mut missed = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let short = name.tokens.end + 1;
            let is_bracketed = self.word(name.tokens.end) == "(" && self.word(short + 1) == ")";
            let initials: String = name
                .tokens
                .clone()
                .filter(|at| self.is_capital(*at))
                .filter_map(|at| self.word(at).chars().next())
                .collect();
            // No letters are a person.
            let is_person = name.kind == EntityKind::Person;
            let is_long = name.tokens.len() > 1;
            if is_person || !is_bracketed || !is_long || self.word(short) != initials {
                continue;
            }
            kinds.insert(self.word(short), name.kind);
            let is_read = names
                .get(place + 1)
                .is_some_and(|next| next.tokens.start == short);
            if !is_read {
                missed.push(Name {
                    tokens: short..short + 1,
                    kind: name.kind,
                });
            }
        }
        for name in names.iter_mut().filter(|name| name.tokens.len() == 1) {
            if let Some(kind) = kinds.get(self.word(name.tokens.start)) {
                name.kind = *kind;
            }
        }
        names.append(&mut missed);
        apart(names);
    }
}
