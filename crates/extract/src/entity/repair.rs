//! A second reading: what the document's own names say of each other.
//!
//! The tagger reads a sentence at a time. This pass trims and retypes names by their words, makes
//! all uses of one name agree, adds uses that were missed, and leaves credits out.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Range,
};

use model::EntityKind;

use super::{
    evidence::add_shown,
    gazetteer::{
        DATE_WORD, DEMONYM, GIVEN_NAME, ORGANISATION, PLACE_BEGIN, PLACE_INSIDE, PLACE_WHOLE,
        SURNAME, TITLE_WORD,
    },
    heads::{
        CREDIT_OPENERS, FIELD_HEADS, HONORIFICS, ORGANISATION_ENDS, OTHER_ENDS, OUTLETS,
        PLACE_ENDS, UNITS,
    },
    recognizer::Name,
    word::Word,
};
use crate::{
    Document,
    token::{Case, TokenKind},
};

/// Most tokens of a name that is looked for again.
const MAX_TOKENS: usize = 8;

/// Repairs the names of a document; they stay in text order and apart.
pub(super) fn repair(document: &Document<'_>, words: &[Word], names: Vec<Name>) -> Vec<Name> {
    let reading = Reading { document, words };
    let mut names: Vec<Name> = names
        .into_iter()
        .map(|name| reading.retype(reading.extend(name)))
        .filter_map(|name| reading.trim(name))
        .map(|name| reading.retype(name))
        .filter(|name| !reading.is_credit(name) && !reading.is_common_word(name))
        .collect();
    apart(&mut names);
    add_shown(document, words, &mut names);
    names.retain(|name| !reading.is_credit(name));
    apart(&mut names);
    reading.agree(&mut names);
    reading.name_by_full_form(&mut names);
    reading.add_missed(&mut names);
    apart(&mut names);
    names
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

/// The document's names: how many words those have that a word begins, and what each is.
#[derive(Default)]
struct Known<'t> {
    lengths: HashMap<&'t str, BTreeSet<usize>>,
    kinds: HashMap<String, EntityKind>,
}

impl<'t> Known<'t> {
    fn add(&mut self, reading: &Reading<'_, 't>, name: &Name) {
        let lengths = self.lengths.entry(reading.word(name.tokens.start));
        lengths.or_default().insert(name.tokens.len());
        self.kinds
            .entry(reading.key(&name.tokens))
            .or_insert(name.kind);
    }
}

struct Reading<'r, 't> {
    document: &'r Document<'t>,
    words: &'r [Word],
}

impl<'t> Reading<'_, 't> {
    fn word(&self, at: usize) -> &'t str {
        self.document.word(at)
    }

    fn lower(&self, at: usize) -> String {
        self.word(at).to_lowercase()
    }

    fn lists(&self, at: usize) -> u32 {
        self.words.get(at).map_or(0, |word| word.lists)
    }

    fn case(&self, at: usize) -> Case {
        self.document
            .tokens
            .get(at)
            .map_or(Case::None, |token| token.case)
    }

    fn is_capital(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.is_capital)
    }

    /// "Ministry of Economy" + "and Finance": the name of a body goes on behind "and" and "in".
    fn extend(&self, mut name: Name) -> Name {
        let has_head = (name.tokens.start..name.tokens.end).any(|at| {
            FIELD_HEADS.contains(&self.lower(at).as_str())
                && matches!(self.word(at + 1), "of" | "for" | "on")
        });
        if name.kind != EntityKind::Organization || !has_head {
            return name;
        }
        let mut end = name.tokens.end;
        while self.is_capital(end) && self.case(end) != Case::None && !self.opens_sentence(end) {
            end += 1;
        }
        if matches!(self.word(end), "and" | "&")
            && self.is_capital(end + 1)
            && !FIELD_HEADS.contains(&self.lower(end + 1).as_str())
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

    fn opens_sentence(&self, at: usize) -> bool {
        self.words.get(at).is_none_or(|word| word.opens_sentence)
    }

    /// Cuts titles, articles, possessives and small words off the ends; none where nothing is left.
    fn trim(&self, mut name: Name) -> Option<Name> {
        let Range { mut start, mut end } = name.tokens;
        // "Images on Facebook", "Khmer Rouge on January 7": the name ends before.
        if let Some(at) =
            (start + 1..end).find(|at| matches!(self.word(*at), "on" | "by" | "led" | "'s" | "’s"))
            && !(name.kind == EntityKind::Organization
                && FIELD_HEADS.contains(&self.lower(at - 1).as_str()))
            && !(name.kind != EntityKind::Person
                && matches!(self.word(at), "'s" | "’s")
                && at + 1 < end
                && self.is_capital(at + 1))
        {
            end = at;
        }
        while start < end {
            let lower = self.lower(start);
            let is_title = name.kind == EntityKind::Person
                && (self.lists(start) & TITLE_WORD != 0 && !self.is_given(start)
                    || matches!(lower.as_str(), "king" | "prince" | "princess" | "queen"));
            let is_small = lower == "the" || self.word(start) == "\"" || self.word(start) == "“";
            let is_possessive = matches!(lower.as_str(), "'s" | "’s" | "," | "-" | "(");
            if is_title || is_small || is_possessive {
                start += 1;
            } else {
                break;
            }
        }
        while start < end {
            let last = end - 1;
            let lower = self.lower(last);
            let is_lower = self.case(last) == Case::Lower
                && !(name.kind == EntityKind::Organization && matches!(lower.as_str(), "party"))
                && (start..last).any(|at| self.is_capital(at));
            let is_mark = self.document.tokens.get(last).is_some_and(|token| {
                matches!(token.kind, TokenKind::Punctuation | TokenKind::Stop)
            }) && !matches!(lower.as_str(), ")");
            if is_lower || is_mark || matches!(lower.as_str(), "'s" | "’s") {
                end -= 1;
            } else {
                break;
            }
        }
        name.tokens = start..end;
        let only_title = end == start + 1
            && self.lists(start) & (TITLE_WORD | DEMONYM | DATE_WORD) != 0
            && self.lists(start) & (GIVEN_NAME | SURNAME | PLACE_WHOLE | ORGANISATION) == 0;
        (start < end && !only_title).then_some(name)
    }

    fn is_given(&self, at: usize) -> bool {
        self.lists(at) & GIVEN_NAME != 0
    }

    /// Lets the words of a name and the title before it say what it is.
    fn retype(&self, mut name: Name) -> Name {
        let (start, end) = (name.tokens.start, name.tokens.end);
        if OUTLETS.contains(&self.word(start)) && end == start + 1 && self.lists(end) & DEMONYM != 0
        {
            let next = self.case(end + 1);
            if self.case(end) == Case::Title && next != Case::Title {
                name.tokens.end += 1;
            }
            name.kind = EntityKind::Organization;
            return name;
        }
        let last = self.lower(end.saturating_sub(1));
        let last = last.as_str();
        let is_long = end > start + 1;
        if is_long && OTHER_ENDS.contains(&last) {
            name.kind = EntityKind::Other;
            return name;
        }
        if is_long && name.kind != EntityKind::Organization && ORGANISATION_ENDS.contains(&last) {
            name.kind = EntityKind::Organization;
            return name;
        }
        if is_long && PLACE_ENDS.contains(&last) {
            name.kind = EntityKind::Place;
            return name;
        }
        if UNITS.contains(&self.lower(end).as_str()) {
            name.kind = EntityKind::Place;
            return name;
        }
        let before = start
            .checked_sub(1)
            .map(|at| self.lower(at))
            .unwrap_or_default();
        let has_honorific = HONORIFICS.contains(&before.as_str());
        let speaks = matches!(self.word(end), "said" | "says" | "told" | "added");
        let looks_like_person = is_long
            && end - start <= 4
            && (start..end).all(|at| self.case(at) == Case::Title || self.word(at).ends_with('.'))
            && self.lists(start) & (GIVEN_NAME | SURNAME) != 0
            && !(start..end).any(|at| {
                let lower = self.lower(at);
                ORGANISATION_ENDS.contains(&lower.as_str())
                    || self.lists(at) & (PLACE_WHOLE | PLACE_BEGIN | PLACE_INSIDE | ORGANISATION)
                        != 0
            });
        let in_place = matches!(before.as_str(), "in" | "at" | "from" | "near" | "to");
        let is_person =
            looks_like_person && (speaks || name.kind == EntityKind::Organization || !in_place);
        let may_be = name.kind != EntityKind::Place || !self.is_place(&name);
        if has_honorific || is_person && may_be {
            name.kind = EntityKind::Person;
        }
        name
    }

    fn is_place(&self, name: &Name) -> bool {
        name.tokens
            .clone()
            .any(|at| self.lists(at) & (PLACE_WHOLE | PLACE_BEGIN | PLACE_INSIDE) != 0)
    }

    /// A name in a line of credits ("Editing: …"), or of a photographer ("(Name/Agency)").
    fn is_credit(&self, name: &Name) -> bool {
        let paragraph = self
            .document
            .paragraphs
            .get(self.document.paragraph_of(name.tokens.start));
        let Some(paragraph) = paragraph else {
            return false;
        };
        let first = self.lower(paragraph.start);
        let is_short = paragraph.len() < 40;
        let opens_credit = CREDIT_OPENERS.contains(&first.as_str())
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
            && (word.habit & 1 != 0 || word.habit & 2 == 0 && is_derived(&self.lower(at)))
    }

    fn key(&self, tokens: &Range<usize>) -> String {
        let words: Vec<String> = tokens
            .clone()
            .map(|at| self.word(at).replace('’', "'"))
            .collect();
        words.join(" ")
    }

    /// Makes all uses of one form agree on what it is; the parts of full names follow them.
    fn agree(&self, names: &mut [Name]) {
        let mut votes: BTreeMap<String, BTreeMap<EntityKind, usize>> = BTreeMap::new();
        for name in names.iter() {
            let before = name
                .tokens
                .start
                .checked_sub(1)
                .map(|at| self.lower(at))
                .unwrap_or_default();
            let is_unit = UNITS.contains(&self.lower(name.tokens.end).as_str());
            let weight = if is_unit || HONORIFICS.contains(&before.as_str()) {
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
        let verdicts: HashMap<String, EntityKind> = votes
            .into_iter()
            .filter_map(|(key, kinds)| {
                let kind = kinds.into_iter().max_by_key(|(_, count)| *count)?.0;
                Some((key, kind))
            })
            .collect();
        for name in names.iter_mut() {
            if let Some(kind) = verdicts.get(&self.key(&name.tokens)) {
                name.kind = *kind;
            }
        }
        let parts = self.person_parts(names);
        for name in names.iter_mut().filter(|name| name.tokens.len() == 1) {
            let is_listed = self.lists(name.tokens.start) & (PLACE_WHOLE | ORGANISATION) != 0;
            if !is_listed && parts.contains(self.word(name.tokens.start)) {
                name.kind = EntityKind::Person;
            }
        }
    }

    /// What stands in brackets behind the name that it is the initials of is the same thing.
    fn name_by_full_form(&self, names: &mut Vec<Name>) {
        let mut kinds: HashMap<&str, EntityKind> = HashMap::new();
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
            if !is_bracketed || name.tokens.len() < 2 || self.word(short) != initials {
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

    /// The first and last words of persons' full names.
    fn person_parts(&self, names: &[Name]) -> HashSet<&'t str> {
        let full = names
            .iter()
            .filter(|name| name.kind == EntityKind::Person && (2..=4).contains(&name.tokens.len()));
        full.flat_map(|name| [name.tokens.start, name.tokens.end - 1])
            .map(|at| self.word(at))
            .filter(|word| word.chars().count() > 2 && !word.ends_with('.'))
            .collect()
    }

    /// Adds the uses of the document's names that the tagger passed over.
    fn add_missed(&self, names: &mut Vec<Name>) {
        let mut known = Known::default();
        for name in names.iter().filter(|name| name.tokens.len() <= MAX_TOKENS) {
            let at = name.tokens.start;
            let is_sure = name.tokens.len() > 1
                || self.case(at) == Case::Upper && self.word(at).len() > 1
                || self.lists(at) & (PLACE_WHOLE | ORGANISATION) != 0;
            if is_sure {
                known.add(self, name);
            }
        }
        let parts = self.person_parts(names);
        let acronyms = self.acronyms(names);
        let mut next = 0;
        let mut added = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            while names.get(next).is_some_and(|name| name.tokens.end <= at) {
                next += 1;
            }
            if let Some(name) = names.get(next).filter(|name| name.tokens.start <= at) {
                at = name.tokens.end;
                continue;
            }
            let limit = names
                .get(next)
                .map_or(self.words.len(), |name| name.tokens.start);
            let found = self
                .known_at(at, limit, &known)
                .or_else(|| self.surname_at(at, limit, &parts));
            let found = found.or_else(|| {
                let is_acronym = self.case(at) == Case::Upper && acronyms.contains(&self.lower(at));
                is_acronym.then(|| Name {
                    tokens: at..at + 1,
                    kind: EntityKind::Organization,
                })
            });
            let end = found.as_ref().map_or(at + 1, |name| name.tokens.end);
            added.extend(found.filter(|name| !self.is_credit(name)));
            at = end;
        }
        names.append(&mut added);
    }

    /// The first letters of bodies' capitalised words, three or more.
    fn acronyms(&self, names: &[Name]) -> HashSet<String> {
        names
            .iter()
            .filter(|name| name.kind == EntityKind::Organization && name.tokens.len() > 2)
            .map(|name| {
                let capital = name.tokens.clone().filter(|at| self.is_capital(*at));
                capital
                    .filter_map(|at| self.lower(at).chars().next())
                    .collect::<String>()
            })
            .filter(|letters| letters.chars().count() > 2)
            .collect()
    }

    /// The longest of the known names that stands at `at`.
    fn known_at(&self, at: usize, limit: usize, known: &Known<'_>) -> Option<Name> {
        let lengths = known.lengths.get(self.word(at))?;
        lengths
            .iter()
            .rev()
            .filter(|len| at + **len <= limit)
            .find_map(|len| {
                let tokens = at..at + len;
                let kind = *known.kinds.get(&self.key(&tokens))?;
                Some(Name { tokens, kind })
            })
    }

    /// A lone surname of a person named in full elsewhere.
    fn surname_at(&self, at: usize, limit: usize, parts: &HashSet<&str>) -> Option<Name> {
        let word = self.words.get(at)?;
        let is_alone = !self.is_capital(at + 1) || at + 1 == limit;
        let fits = self.case(at) == Case::Title
            && word.habit & 1 == 0
            && is_alone
            && parts.contains(self.word(at))
            && word.lists & (PLACE_WHOLE | DATE_WORD | DEMONYM) == 0;
        fits.then(|| Name {
            tokens: at..at + 1,
            kind: EntityKind::Person,
        })
    }
}

fn has_for(reading: &Reading<'_, '_>, name: &Name) -> bool {
    name.tokens.clone().any(|at| reading.word(at) == "for")
}

/// Endings of words that are no names by themselves.
fn is_derived(lower: &str) -> bool {
    [
        "ism", "tion", "ness", "ment", "body", "ing", "ly", "ity", "ance", "ence",
    ]
    .iter()
    .any(|end| lower.ends_with(end))
}
