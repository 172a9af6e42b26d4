//! Uses of a document's own names that were read in pieces or passed over.

use std::ops::Range;

use model::EntityKind;

use super::{
    gazetteer::{
        DATE_WORD, DEMONYM, GIVEN_NAME, ORGANISATION, PLACE_BEGIN, PLACE_INSIDE, PLACE_WHOLE,
        PLACE_WORD, SURNAME, TITLE_WORD,
    },
    recognizer::Name,
    repair::Reading,
};
use crate::{
    pack::{Pack, Trait},
    table::{Map, Set},
    token::Case,
    vocabulary::FormSet,
};

/// Most tokens of a name that is looked for again.
const MAX_TOKENS: usize = 8;

/// Most tokens of a heading that names are ended in.
const LONGEST_HEADING: usize = 60;

/// Headings are looked for in texts of this many tokens; a shorter one may be nothing but names.
const SHORTEST_ARTICLE: usize = 300;

/// The document's names: how many words those have that a word begins, and what each is.
struct Known<'n> {
    /// By the form of the first word, a bit for each length.
    lengths: Vec<u16>,
    kinds: Map<&'n [u32], EntityKind>,
}

impl<'n> Known<'n> {
    fn new(reading: &Reading<'n, '_>) -> Self {
        Self {
            lengths: vec![0; reading.document.vocabulary.len()],
            kinds: Map::default(),
        }
    }

    fn add(&mut self, reading: &Reading<'n, '_>, name: &Name) {
        let first = reading.document.vocabulary.place(name.tokens.start);
        if let Some(lengths) = first.and_then(|first| self.lengths.get_mut(first)) {
            *lengths |= 1 << name.tokens.len().min(MAX_TOKENS);
        }
        self.kinds
            .entry(reading.key(&name.tokens))
            .or_insert(name.kind);
    }
}

impl Reading<'_, '_> {
    /// The first and last words of persons' full names.
    pub(super) fn person_parts(&self, names: &[Name]) -> FormSet {
        let full = names
            .iter()
            .filter(|name| name.kind == EntityKind::Person && (2..=4).contains(&name.tokens.len()));
        let parts = full
            .flat_map(|name| [name.tokens.start, name.tokens.end - 1])
            .filter(|at| self.word(*at).chars().nth(2).is_some() && !self.word(*at).ends_with('.'));
        self.document.vocabulary.set(parts)
    }

    /// Puts the document's full names together where they were read in pieces ("Chao" and "La").
    pub(super) fn make_whole(&self, names: &mut Vec<Name>) {
        let mut known = Known::new(self);
        let persons = names.iter().filter(|name| {
            name.kind == EntityKind::Person && (2..=MAX_TOKENS).contains(&name.tokens.len())
        });
        for name in persons {
            known.add(self, name);
        }
        let pieces = std::mem::take(names);
        let mut pieces = pieces.into_iter().peekable();
        while let Some(name) = pieces.next() {
            // The piece may be the end of the full name.
            let free = names.last().map_or(0, |last| last.tokens.end);
            let first = name.tokens.start.saturating_sub(2).max(free);
            let whole = (first..=name.tokens.start)
                .find_map(|at| {
                    let whole = self.known_at(at, self.words.len(), &known)?;
                    (whole.tokens.end >= name.tokens.end).then_some(whole)
                })
                .filter(|whole| whole.tokens.len() > name.tokens.len());
            // A longer name that begins inside is another one.
            let next = pieces.peek().map(|next| next.tokens.clone());
            let crosses = |whole: &Name| {
                next.is_some_and(|next| {
                    next.start < whole.tokens.end && next.end > whole.tokens.end
                })
            };
            let Some(whole) = whole.filter(|whole| !crosses(whole)) else {
                names.push(name);
                continue;
            };
            while pieces
                .next_if(|next| next.tokens.end <= whole.tokens.end)
                .is_some()
            {}
            names.push(whole);
        }
    }

    /// Persons who are named by one word, and speak.
    fn lone_persons(&self, names: &[Name]) -> FormSet {
        let lone = names
            .iter()
            .filter(|name| name.kind == EntityKind::Person && name.tokens.len() == 1);
        let reports = |at: usize| {
            self.case(at) == Case::Lower && self.document.cue(at).is_some_and(|cue| cue.weight == 3)
        };
        let speaking = lone.map(|name| name.tokens.start).filter(|at| {
            let speaks = reports(at + 1) || *at > 0 && reports(at - 1);
            speaks
                && self.words.get(*at).is_some_and(|word| word.habit == 2)
                && self.lists(*at) & (PLACE_WHOLE | ORGANISATION) == 0
        });
        let speaking = speaking.filter(|at| self.word(*at).chars().nth(2).is_some());
        self.document.vocabulary.set(speaking)
    }

    /// "Prem Buth", where "Prem" alone was found to be a person.
    fn full_name_at(
        &self,
        at: usize,
        limit: usize,
        parts: &FormSet,
        lone: &FormSet,
    ) -> Option<Name> {
        let is_in = |set: &FormSet| self.document.vocabulary.is_in(set, at);
        let fits = |at: usize| {
            self.case(at) == Case::Title
                && self.words.get(at).is_some_and(|word| word.habit & 1 == 0)
                && self.lists(at) & (PLACE_WHOLE | PLACE_WORD | DATE_WORD | DEMONYM) == 0
        };
        let is_pair = at + 1 < limit
            && is_in(lone)
            && !is_in(parts)
            && fits(at)
            && fits(at + 1)
            && !self.opens_sentence(at + 1)
            && !self.is_capital(at + 2);
        is_pair.then_some(Name {
            tokens: at..at + 2,
            kind: EntityKind::Person,
        })
    }

    /// A place of several words that the lists hold.
    fn listed_place_at(&self, at: usize, limit: usize) -> Option<Name> {
        if self.lists(at) & PLACE_BEGIN == 0 {
            return None;
        }
        let mut end = at + 1;
        while end < limit && self.lists(end) & PLACE_INSIDE != 0 {
            end += 1;
        }
        let is_whole = end > at + 1 && matches!(self.word(end), "," | "." | ")" | "and");
        let is_where = at > 0
            && matches!(
                self.word(at - 1),
                "in" | "for" | "to" | "from" | "near" | "at"
            );
        (is_whole && is_where).then_some(Name {
            tokens: at..end,
            kind: EntityKind::Place,
        })
    }

    /// A body of one word that opens a sentence, where the tagger listens to case less: the lists
    /// hold it, and no list as anything else.
    fn listed_body_at(&self, at: usize) -> Option<Name> {
        let others = GIVEN_NAME | SURNAME | PLACE_WHOLE | PLACE_BEGIN | TITLE_WORD | DEMONYM;
        let is_upper = self.case(at) == Case::Upper && self.word(at).chars().nth(2).is_some();
        let is_written = is_upper || self.case(at) == Case::Title;
        let is_alone = !self.is_capital(at + 1);
        let is_free = !matches!(self.word(at + 1), "-" | "." | "/" | "@");
        let is_listed = self.lists(at) & ORGANISATION != 0 && self.lists(at) & others == 0;
        (is_listed && is_written && is_alone && is_free && self.opens_sentence(at)).then_some(
            Name {
                tokens: at..at + 1,
                kind: EntityKind::Organization,
            },
        )
    }

    /// Adds the uses of the document's names that the tagger passed over.
    pub(super) fn add_missed(&self, names: &mut Vec<Name>) {
        let mut known = Known::new(self);
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
        let lone = self.lone_persons(names);
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
                .or_else(|| self.full_name_at(at, limit, &parts, &lone))
                .or_else(|| self.surname_at(at, limit, &parts))
                .or_else(|| self.surname_at(at, limit, &lone))
                .or_else(|| self.listed_place_at(at, limit))
                .or_else(|| self.listed_body_at(at));
            let found = found.or_else(|| {
                let is_acronym = self.case(at) == Case::Upper && acronyms.contains(self.lower(at));
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
    fn acronyms(&self, names: &[Name]) -> Set<String> {
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
        let first = self.document.vocabulary.place(at)?;
        let lengths = known.lengths.get(first).filter(|lengths| **lengths != 0)?;
        (1..=MAX_TOKENS)
            .rev()
            .filter(|len| lengths & 1 << len != 0 && at + len <= limit)
            .find_map(|len| {
                let tokens = at..at + len;
                let kind = *known.kinds.get(self.key(&tokens))?;
                Some(Name { tokens, kind })
            })
    }

    /// Whether the word before a surname belongs to the name: written large in mid-sentence, and
    /// neither a title nor what peoples and bodies are called by.
    fn is_first_of_name(&self, at: usize) -> bool {
        let pack = Pack::english();
        let lower = self.lower(at);
        let others = [
            Trait::NoNames,
            Trait::Titles,
            Trait::MaleTitles,
            Trait::FemaleTitles,
            Trait::Posts,
            Trait::PostModifiers,
            Trait::Organizations,
        ];
        let lists = DEMONYM | DATE_WORD | PLACE_WHOLE | ORGANISATION | TITLE_WORD;
        self.case(at) == Case::Title
            && !self.opens_sentence(at)
            && !self.word(at).ends_with('.')
            && !pack.traits(lower).has_any(&others)
            && self.lists(at) & lists == 0
            && !pack.heads.honorifics.contains(lower)
    }

    /// A lone surname of a person named in full elsewhere.
    fn surname_at(&self, at: usize, limit: usize, parts: &FormSet) -> Option<Name> {
        let word = self.words.get(at)?;
        let is_alone = !self.is_capital(at + 1) || at + 1 == limit;
        let is_part = self.document.vocabulary.is_in(parts, at);
        // "Long Savoeun" is somebody else than "Hang Savoeun".
        if let Some(first) = at.checked_sub(1)
            && is_alone
            && is_part
            && self.is_first_of_name(first)
        {
            return Some(Name {
                tokens: first..at + 1,
                kind: EntityKind::Person,
            });
        }
        let fits = self.case(at) == Case::Title
            && word.habit & 1 == 0
            && is_alone
            && is_part
            && word.lists & (PLACE_WHOLE | DATE_WORD | DEMONYM) == 0;
        fits.then(|| Name {
            tokens: at..at + 1,
            kind: EntityKind::Person,
        })
    }

    /// Ends a name in a heading where it ends elsewhere: "Ada Morrow Compares" is Ada Morrow.
    pub(super) fn end_in_headings(&self, names: &mut [Name]) {
        let full = |name: &&Name| name.kind == EntityKind::Person && name.tokens.len() > 1;
        let elsewhere: Set<&[u32]> = names
            .iter()
            .filter(full)
            .filter(|name| !self.is_in_heading(name))
            .map(|name| self.key(&name.tokens))
            .collect();
        for name in names.iter_mut().filter(|name| name.tokens.len() > 2) {
            let Range { start, end } = name.tokens;
            let is_known = |end: &usize| elsewhere.contains(self.key(&(start..*end)));
            if !is_known(&end)
                && name.kind != EntityKind::Place
                && let Some(known) = (start + 2..end).rev().find(is_known)
                && self.is_in_heading(name)
            {
                name.tokens.end = known;
                name.kind = EntityKind::Person;
            }
        }
    }

    /// Whether a name stands in a paragraph of one sentence whose long words are written large, four
    /// in five of them.
    fn is_in_heading(&self, name: &Name) -> bool {
        let sentence = self.document.sentence_of(name.tokens.start);
        let paragraph = self.document.paragraph_of(name.tokens.start);
        let sentence = self.document.sentences.get(sentence);
        let paragraph = self.document.paragraphs.get(paragraph);
        let (Some(sentence), Some(paragraph)) = (sentence, paragraph) else {
            return false;
        };
        if sentence.start != paragraph.start || paragraph.len() > LONGEST_HEADING {
            return false;
        }
        let long = |at: &usize| self.word(*at).chars().nth(3).is_some();
        let words = paragraph.clone().filter(long);
        let count = words.clone().count();
        let large = words.filter(|at| self.is_capital(*at)).count();
        (4..=25).contains(&count) && large * 5 >= count * 4
    }

    /// Drops names that stand in headings only: where every word is written large, "Vows" looks like
    /// one.
    pub(super) fn drop_from_headings(&self, names: &mut Vec<Name>) {
        let headings: Vec<&Range<usize>> = self
            .document
            .sentences
            .iter()
            .filter(|sentence| self.is_heading(sentence))
            .collect();
        if headings.is_empty() || self.words.len() < SHORTEST_ARTICLE {
            return;
        }
        let stands_in_heading = |name: &Name| {
            let after = headings.partition_point(|heading| heading.start <= name.tokens.start);
            after
                .checked_sub(1)
                .and_then(|at| headings.get(at))
                .is_some_and(|heading| heading.end > name.tokens.start)
        };
        let elsewhere: Set<&[u32]> = names
            .iter()
            .filter(|name| !stands_in_heading(name))
            .map(|name| self.key(&name.tokens))
            .collect();
        let listed = PLACE_WHOLE | PLACE_BEGIN | ORGANISATION | GIVEN_NAME;
        names.retain(|name| {
            let is_listed = name.tokens.clone().all(|at| self.lists(at) & listed != 0);
            !stands_in_heading(name) || is_listed || elsewhere.contains(self.key(&name.tokens))
        });
    }

    /// Whether a sentence is a paragraph of its own in which nearly all long words are written large.
    fn is_heading(&self, sentence: &Range<usize>) -> bool {
        let paragraph = self.document.paragraph_of(sentence.start);
        let is_whole = self
            .document
            .paragraphs
            .get(paragraph)
            .is_some_and(|paragraph| paragraph.start == sentence.start);
        if !is_whole {
            return false;
        }
        let long = |at: &usize| self.word(*at).chars().nth(3).is_some();
        let mut words = sentence.clone().filter(long);
        let count = words.clone().count();
        // Commas and figures are for lists, which hold names indeed.
        let is_list = sentence.clone().any(|at| {
            let word = self.word(at);
            matches!(word, "," | "." | ";" | "-" | "/" | "!" | "”" | "\"")
                || word.starts_with(|c: char| c.is_numeric())
        });
        (3..=20).contains(&count)
            && words.all(|at| self.is_capital(at) || self.lower(at) == "with")
            && !is_list
    }
}
