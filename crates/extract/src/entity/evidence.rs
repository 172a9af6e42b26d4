//! Names that the words around them show, whatever the tagger made of them.
//!
//! "Villager Touch Sarun", "Sarin, 39," and "…," said Chab Suy name persons; what ends in "Party" or
//! "Ministry" names a body from its first capitalised word on. Names of regions that no training
//! text comes from are found this way first, and the rest of the document follows.

use std::ops::Range;

use model::EntityKind;

use super::{
    gazetteer::{
        BODY_BEGIN, BODY_INSIDE, DATE_WORD, DEMONYM, GIVEN_NAME, ORGANISATION, ORGANISATION_WORD,
        PLACE_BEGIN, PLACE_INSIDE, PLACE_WHOLE, PLACE_WORD, SURNAME, TITLE_WORD,
    },
    recognizer::Name,
    title::is_post,
    word::Word,
};
use crate::{
    Document,
    pack::{Frame, Pack, Trait},
    token::{Case, Gap, TokenKind},
};

/// Most words of a person's name.
const LONGEST_PERSON: usize = 4;

/// Most words of a body's name before its last.
const LONGEST_BODY: usize = 9;

/// How far a role is looked for behind a comma.
const ROLE_REACH: usize = 7;

/// How sure the words around make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sureness {
    /// A person speaks, as bodies do too; a place is where something is, as events are too.
    Likely,
    /// A person has an age, a title or a role; a place or a body says by a word what it is.
    Sure,
}

/// Adds the names that the words around them show; they take the place of what the tagger read
/// there, unless that was as good.
pub(super) fn add_shown(document: &Document<'_>, words: &[Word], names: &mut Vec<Name>) {
    let shown = Shown {
        document,
        words,
        pack: Pack::english(),
    };
    let mut found = Vec::new();
    for sentence in &document.sentences {
        let mut at = sentence.start;
        while at < sentence.end {
            if shown.lists(at) & BODY_BEGIN != 0 {
                let inside = (at + 1..sentence.end)
                    .take_while(|at| shown.lists(*at) & BODY_INSIDE != 0)
                    .count();
                let tokens = at..at + 1 + inside;
                at = tokens.end;
                let kind = EntityKind::Organization;
                found.push((Name { tokens, kind }, Sureness::Sure));
                continue;
            }
            if !shown.is_part(at) {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < sentence.end && shown.goes_on(end) && shown.lists(end) & BODY_BEGIN == 0 {
                end += 1;
            }
            shown.read(at..end, sentence, &mut found);
            at = end;
        }
    }
    put(names, found);
}

/// Puts `found` in, in place of the names that they overlap; both in text order, in one pass.
fn put(names: &mut Vec<Name>, found: Vec<(Name, Sureness)>) {
    names.sort_by_key(|name| name.tokens.start);
    let mut known = std::mem::take(names).into_iter().peekable();
    for (shown, sureness) in found {
        while let Some(name) = known.next_if(|name| name.tokens.end <= shown.tokens.start) {
            names.push(name);
        }
        let mut overlapped = Vec::new();
        while let Some(name) = known.next_if(|name| name.tokens.start < shown.tokens.end) {
            overlapped.push(name);
        }
        let is_as_good = overlapped.iter().any(|name| {
            let holds =
                name.tokens.start <= shown.tokens.start && name.tokens.end >= shown.tokens.end;
            let is_longer = name.tokens.len() > shown.tokens.len();
            holds && (name.kind == shown.kind || sureness == Sureness::Likely || is_longer)
        });
        if is_as_good {
            names.append(&mut overlapped);
        } else {
            names.push(shown);
        }
    }
    names.extend(known);
}

pub(super) struct Shown<'s, 't> {
    pub(super) document: &'s Document<'t>,
    pub(super) words: &'s [Word],
    pub(super) pack: &'static Pack,
}

impl<'t> Shown<'_, 't> {
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
        let token = self.document.tokens.get(at);
        token.map_or(Case::None, |token| token.case)
    }

    pub(super) fn kind(&self, at: usize) -> TokenKind {
        let token = self.document.tokens.get(at);
        token.map_or(TokenKind::Punctuation, |token| token.kind)
    }

    fn is_glued(&self, at: usize) -> bool {
        let token = self.document.tokens.get(at);
        token.is_some_and(|token| token.gap == Gap::None)
    }

    pub(super) fn is_part(&self, at: usize) -> bool {
        self.kind(at) == TokenKind::Word
            && matches!(self.case(at), Case::Title | Case::Upper | Case::Mixed)
    }

    /// Whether the name before `at` goes on here: with a capitalised word, a glued hyphen before
    /// one, or the possessive of "People's Party".
    fn goes_on(&self, at: usize) -> bool {
        let is_spaced = self
            .document
            .tokens
            .get(at)
            .is_some_and(|token| token.gap <= Gap::Space);
        let is_hyphen = self.word(at) == "-" && self.is_glued(at) && self.is_glued(at + 1);
        let is_owner = matches!(self.word(at), "'s" | "’s" | "'" | "’")
            && at
                .checked_sub(1)
                .is_some_and(|before| self.is_group(before));
        is_spaced && (self.is_part(at) || (is_hyphen || is_owner) && self.is_part(at + 1))
    }

    /// "People", "Workers": owns a body without being a name of its own.
    fn is_group(&self, at: usize) -> bool {
        let lower = self.lower(at);
        matches!(lower, "people" | "women" | "men" | "children")
            || lower.ends_with("ers") && lower.len() > 5
            || ["ents", "ists", "ors"]
                .iter()
                .any(|end| lower.ends_with(end))
                && lower.len() > 6
            || matches!(lower, "citizens" | "students" | "journalists" | "peoples")
    }

    /// Reads the names off a run of capitalised words.
    fn read(&self, run: Range<usize>, sentence: &Range<usize>, found: &mut Vec<(Name, Sureness)>) {
        if let Some(body) = self.body(run.clone(), sentence) {
            found.push((body, Sureness::Sure));
            return;
        }
        if let Some(agency) = self.agency(&run) {
            found.push((agency, Sureness::Sure));
            return;
        }
        if let Some((place, sureness)) = self.place(&run, sentence) {
            found.push((place, sureness));
            return;
        }
        if let Some(body) = self.body_by_setting(&run, sentence) {
            found.push(body);
            return;
        }
        if self.is_club(&run) {
            let kind = EntityKind::Organization;
            found.push((Name { tokens: run, kind }, Sureness::Sure));
            return;
        }
        if let Some(person) = self.person_of_place(&run, sentence) {
            found.push((person, Sureness::Sure));
            return;
        }
        let (person, has_title) = self.without_titles(run);
        if person.is_empty() || person.len() > LONGEST_PERSON + 2 || !self.can_be_person(&person) {
            return;
        }
        let may_speak = person.len() > 1 || self.is_name_alone(person.start);
        let sureness = if has_title || self.has_role(&person, sentence) || self.is_kin(&person) {
            Sureness::Sure
        } else if may_speak && self.speaks(&person, sentence) {
            Sureness::Likely
        } else {
            return;
        };
        let name = Name {
            tokens: person,
            kind: EntityKind::Person,
        };
        found.push((name, sureness));
    }

    /// "Cambodian People's Party", "Supreme Court": from the first capitalised word to the head.
    fn body(&self, run: Range<usize>, sentence: &Range<usize>) -> Option<Name> {
        let head = (run.start + 1..run.end)
            .rev()
            .find(|at| self.pack.heads.bodies.contains(self.lower(*at)))?;
        let mut start = run.start.max(head.saturating_sub(LONGEST_BODY));
        let opens = start == sentence.start;
        while start < head && (self.is_small(start) || opens && self.is_verbal(start)) {
            start += 1;
        }
        let is_whole = head + 1 == run.end && !self.word(run.end).starts_with("of");
        (start < head && is_whole).then_some(Name {
            tokens: start..head + 1,
            kind: EntityKind::Organization,
        })
    }

    /// "Thmar Puok town", "KANDAL PROVINCE — ", and two words behind "in" that nothing else claims.
    fn place(&self, run: &Range<usize>, sentence: &Range<usize>) -> Option<(Name, Sureness)> {
        let mut start = run.start;
        // In mid-sentence "An" is the beginning of "An Giang".
        while start < run.end
            && self.is_small(start)
            && (start == sentence.start || self.word(start).len() > 2)
        {
            start += 1;
        }
        let end = run.end;
        let is_listed = |at: usize| self.lists(at) & (DEMONYM | DATE_WORD) != 0;
        // "Xinjiang Uyghur Autonomous Region" names the people as well.
        let is_autonomous = end - start > 2
            && self.word(end - 2) == "Autonomous"
            && matches!(self.word(end - 1), "Region" | "Prefecture" | "County");
        if is_autonomous && end - start < 7 {
            let kind = EntityKind::Place;
            let tokens = start..end;
            return Some((Name { tokens, kind }, Sureness::Sure));
        }
        if start >= end || end - start > 5 || (start..end).any(is_listed) {
            return None;
        }
        let upper = |at: usize| self.case(at) == Case::Upper;
        let opens_paragraph = self
            .document
            .paragraphs
            .get(self.document.paragraph_of(start))
            .is_some_and(|paragraph| start < paragraph.start + 10);
        let opened = self
            .document
            .paragraphs
            .get(self.document.paragraph_of(start))
            .map_or(start, |paragraph| paragraph.start);
        let is_dateline = opens_paragraph
            && (opened..end).all(|at| upper(at) || self.word(at) == ",")
            && (self.word(end) == "," && upper(end + 1) || self.ends_dateline(end));
        let has_unit = end - start > 1
            && !matches!(self.word(end - 1), "Town" | "Village")
            && self.case(end - 1) == Case::Title
            && self.pack.heads.units.contains(self.lower(end - 1));
        let unit = self.word(end);
        let is_unit = self.pack.heads.units.contains(unit)
            && self.case(end) == Case::Lower
            && end < sentence.end;
        let before = start.checked_sub(1).filter(|at| *at >= sentence.start);
        let is_where = before.is_some_and(|at| matches!(self.word(at), "in" | "near"));
        let is_plain = (start..end).all(|at| {
            self.case(at) == Case::Title
                && !self.document.is_post(at)
                && self.lists(at) & (ORGANISATION_WORD | GIVEN_NAME | SURNAME | TITLE_WORD) == 0
                && self.words.get(at).is_some_and(|word| word.habit & 1 == 0)
        });
        let is_closed = matches!(self.word(end), "," | ".");
        let ends_well = matches!(self.word(end), "," | "." | "and" | "to" | "since" | "from");
        // "residents of Trapeang Russei", "the village, Trapeang Russei,".
        let is_home = before.is_some_and(|at| {
            let heads = &self.pack.heads;
            let noun = at
                .checked_sub(1)
                .map(|at| self.lower(at))
                .unwrap_or_default();
            self.word(at) == "of" && heads.dwellers.contains(noun)
                || self.word(at) == "," && heads.units.contains(noun) && is_closed
        });
        let sureness = if is_dateline || is_unit || has_unit || is_home && is_plain {
            Sureness::Sure
        } else if is_where && is_plain && ends_well && end - start > 1 {
            Sureness::Likely
        } else {
            return None;
        };
        let tokens = start..end;
        let kind = EntityKind::Place;
        Some((Name { tokens, kind }, sureness))
    }

    /// "Dynamo Harbour".
    fn is_club(&self, run: &Range<usize>) -> bool {
        let next = run.start + 1;
        opens_as_club(self.document, run)
            && self.lists(next) & (ORGANISATION_WORD | TITLE_WORD | DATE_WORD) == 0
            && !self.document.is_post(next)
    }

    /// "Isabella of Aragon": a given name, "of", and a place.
    fn person_of_place(&self, run: &Range<usize>, sentence: &Range<usize>) -> Option<Name> {
        let (start, of) = (run.start, run.end);
        let others = SURNAME | PLACE_WHOLE | PLACE_BEGIN | ORGANISATION | TITLE_WORD | DATE_WORD;
        let is_given = self.lists(start) & GIVEN_NAME != 0 && self.lists(start) & others == 0;
        let is_where = self.word(of) == "of" && self.case(of + 1) == Case::Title;
        let mut end = of + 1;
        while end < sentence.end && self.is_part(end) {
            end += 1;
        }
        let is_place = self.lists(of + 1) & (PLACE_WHOLE | PLACE_BEGIN) != 0 || end == of + 2;
        let has_no_title = start
            .checked_sub(1)
            .is_none_or(|at| !self.document.is_post(at));
        let is_person = run.len() == 1 && is_given && is_where && is_place && has_no_title;
        (is_person && end < of + 4 && self.case(start) == Case::Title).then_some(Name {
            tokens: start..end,
            kind: EntityKind::Person,
        })
    }

    /// A word that no name begins with.
    pub(super) fn is_small(&self, at: usize) -> bool {
        self.document.traits(at).has(Trait::NoNames) && self.lists(at) & DEMONYM == 0
    }

    fn is_verbal(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.habit & 1 != 0)
    }

    /// The run behind its small words and titles, and whether a title stood there or before it.
    fn without_titles(&self, run: Range<usize>) -> (Range<usize>, bool) {
        let Range { mut start, mut end } = run;
        let mut has_title = false;
        while start < end {
            let lower = self.lower(start);
            let is_title = is_post(lower)
                || self.pack.heads.honorifics.contains(lower)
                || self.pack.heads.plural_titles.contains(lower)
                || self.lists(start) & TITLE_WORD != 0
                    && self.lists(start) & (GIVEN_NAME | SURNAME) == 0;
            let is_modifier = self.pack.traits(lower).has(Trait::PostModifiers);
            if !is_title && !is_modifier && !self.is_small(start) {
                break;
            }
            has_title = is_title || has_title && is_modifier;
            start += 1;
        }
        if start > 0 && self.kind(start - 1) == TokenKind::Word {
            let before = self.lower(start - 1);
            has_title |= self.case(start - 1) == Case::Lower
                && (is_post(before) || self.pack.heads.plural_titles.contains(before));
        }
        while end > start && (self.is_small(end - 1) || self.word(end - 1) == "-") {
            end -= 1;
        }
        (start..end, has_title)
    }

    /// Whether nothing in the words speaks against a person.
    pub(super) fn can_be_person(&self, name: &Range<usize>) -> bool {
        let against = DEMONYM
            | DATE_WORD
            | ORGANISATION
            | ORGANISATION_WORD
            | PLACE_WORD
            | PLACE_WHOLE
            | PLACE_INSIDE;
        // "spokesperson Lira Osk": no place, though Lira is one.
        let has_post = name.start > 0
            && self.case(name.start - 1) == Case::Lower
            && is_post(self.word(name.start - 1));
        name.clone().all(|at| {
            let lower = self.lower(at);
            let is_person_word = self.lists(at) & (GIVEN_NAME | SURNAME) != 0;
            (self.case(at) == Case::Title
                || self.case(at) == Case::Mixed && name.len() > 1
                || self.word(at) == "-"
                || self.word(at).ends_with('.'))
                && (self.lists(at) & against == 0
                    || at == name.start && (is_person_word || name.len() > 1 && has_post))
                && !self.pack.heads.place_ends.contains(lower)
                && !self.pack.heads.other_ends.contains(lower)
                && !self.pack.heads.bodies.contains(lower)
                && !is_post(lower)
        }) && !matches!(self.word(name.end), "'s" | "’s")
    }

    /// A word that the document never writes small, writes large in mid-sentence, and no list holds
    /// as anything else: "Prem".
    fn is_name_alone(&self, at: usize) -> bool {
        self.case(at) == Case::Title
            && self.words.get(at).is_some_and(|word| word.habit == 2)
            && self.lists(at) & (TITLE_WORD | PLACE_BEGIN) == 0
            && self.word(at).chars().count() > 2
    }

    /// "Sarin, 39," and "Ada Morrow, the party's deputy leader,".
    fn has_role(&self, name: &Range<usize>, sentence: &Range<usize>) -> bool {
        let comma = name.end;
        if self.word(comma) != "," {
            return false;
        }
        let next = comma + 1;
        let is_age = self.kind(next) == TokenKind::Number
            && self
                .word(next)
                .parse::<u8>()
                .is_ok_and(|age| (4..=110).contains(&age))
            && (self.word(next + 1) == "," || self.kind(next + 1) == TokenKind::Stop);
        if is_age {
            return true;
        }
        if name.len() < 2 {
            return false;
        }
        let limit = (next + ROLE_REACH).min(sentence.end);
        let mut words = (next..limit).take_while(|at| {
            self.kind(*at) == TokenKind::Word && !matches!(self.word(*at), "and" | "who" | "but")
        });
        let opens = matches!(self.word(next), "a" | "an" | "the" | "former" | "senior")
            || self.document.is_post(next)
            || matches!(self.word(next + 1), "'s" | "’s")
            || self.document.traits(next).has(Trait::PostModifiers);
        opens && words.any(|at| self.case(at) == Case::Lower && self.document.is_post(at))
    }

    /// "Chab Suy said", and "…,” said Chab Suy".
    fn speaks(&self, name: &Range<usize>, sentence: &Range<usize>) -> bool {
        let reports = |at: usize| {
            let cue = self.document.cue(at);
            self.case(at) == Case::Lower
                && cue.is_some_and(|cue| cue.weight == 3 && cue.has(Frame::Quote))
        };
        let behind = (sentence.start + 1..name.start).contains(&(name.start.wrapping_sub(1)))
            && reports(name.start - 1)
            && matches!(
                self.word(name.start - 2),
                "”" | "\"" | "," | "''" | "’" | "'"
            );
        reports(name.end) || behind
    }
}

/// Whether two or three words begin as names of clubs do.
pub(super) fn opens_as_club(document: &Document<'_>, words: &Range<usize>) -> bool {
    let openers = &Pack::english().heads.club_openers;
    (2..=3).contains(&words.len()) && openers.contains(document.word(words.start))
}
