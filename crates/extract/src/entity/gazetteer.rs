//! Lists of names and of words that go with names.

use super::word::hash;
use crate::table::{Map, Set};

const MEN: &str = include_str!("gazetteer/men.txt");
const WOMEN: &str = include_str!("gazetteer/women.txt");
const GIVEN: &str = include_str!("gazetteer/given.txt");
const SURNAMES: &str = include_str!("gazetteer/surnames.txt");
const ASIAN_GIVEN: &str = include_str!("gazetteer/asian_given.txt");
const ASIAN_SURNAMES: &str = include_str!("gazetteer/asian_surnames.txt");
const PLACES: &str = include_str!("gazetteer/places.txt");
const BODIES: &str = include_str!("gazetteer/bodies.txt");
const COMMON: &str = include_str!("gazetteer/common.txt");
const WORDS: &str = include_str!("gazetteer/words.txt");

pub(crate) const MAN: u32 = 1;
pub(crate) const WOMAN: u32 = 1 << 1;
pub(crate) const GIVEN_NAME: u32 = 1 << 2;
pub(crate) const SURNAME: u32 = 1 << 3;
pub(crate) const PLACE_WHOLE: u32 = 1 << 4;
pub(crate) const PLACE_BEGIN: u32 = 1 << 5;
pub(crate) const PLACE_INSIDE: u32 = 1 << 6;
/// "Party", "Ministry", "Inc.": heads of organisations' names.
pub(crate) const ORGANISATION_WORD: u32 = 1 << 7;
/// "Mr.", "President": stands before persons.
pub(crate) const TITLE_WORD: u32 = 1 << 8;
/// "River", "Province": heads of places' names.
pub(crate) const PLACE_WORD: u32 = 1 << 9;
/// "Khmer", "American".
pub(crate) const DEMONYM: u32 = 1 << 10;
/// "Monday", "July".
pub(crate) const DATE_WORD: u32 = 1 << 11;
/// Known organisations of one word: "NATO".
pub(crate) const ORGANISATION: u32 = 1 << 12;

/// Known organisations of several words: the first, and the others.
pub(crate) const BODY_BEGIN: u32 = 1 << 13;
pub(crate) const BODY_INSIDE: u32 = 1 << 14;

/// The lists, by hash of the lower-case form.
#[derive(Debug)]
pub(crate) struct Gazetteer {
    flags: Map<u32, u32>,
    /// What is known of words written small: a table that stays in the core's cache.
    small: Map<u32, u32>,
    places: Phrases,
    bodies: Phrases,
    /// Words that are written small.
    common: Set<u32>,
}

/// Names of several words, by hash of whole names and of their beginnings.
#[derive(Debug, Default)]
struct Phrases {
    wholes: Set<u64>,
    beginnings: Set<u64>,
}

impl Gazetteer {
    pub(crate) fn new() -> Self {
        let mut gazetteer = Self {
            flags: Map::default(),
            small: Map::default(),
            places: Phrases::default(),
            bodies: Phrases::default(),
            common: Set::default(),
        };
        for (list, flag) in [
            (MEN, MAN | GIVEN_NAME),
            (WOMEN, WOMAN | GIVEN_NAME),
            (GIVEN, GIVEN_NAME),
            (SURNAMES, SURNAME),
            (ASIAN_GIVEN, GIVEN_NAME),
            (ASIAN_SURNAMES, SURNAME),
        ] {
            for name in lines(list).flat_map(str::split_whitespace) {
                gazetteer.flag(name, flag);
            }
        }
        for line in lines(WORDS) {
            let Some((class, words)) = line.split_once('\t') else {
                continue;
            };
            let flag = match class {
                "organisation-word" => ORGANISATION_WORD,
                "title" => TITLE_WORD,
                "place-word" => PLACE_WORD,
                "demonym" => DEMONYM,
                "date" => DATE_WORD,
                _ => ORGANISATION,
            };
            for word in words.split(' ') {
                gazetteer.flag(&word.to_lowercase(), flag);
            }
        }
        let common = lines(COMMON).flat_map(str::split_whitespace);
        let common = common.map(|word| hash(word.as_bytes()));
        gazetteer.common.extend(common);
        let heads = ORGANISATION_WORD | TITLE_WORD | PLACE_WORD;
        let small = gazetteer.flags.iter();
        gazetteer.small = small
            .map(|(form, flags)| (*form, flags & heads))
            .filter(|(_, flags)| *flags != 0)
            .collect();
        for place in lines(PLACES) {
            gazetteer.places.add(place);
        }
        for body in lines(BODIES) {
            if crate::tokenize(body).len() == 1 {
                gazetteer.flag(&body.to_lowercase(), ORGANISATION);
            } else {
                gazetteer.bodies.add(body);
            }
        }
        gazetteer
    }

    fn flag(&mut self, name: &str, flag: u32) {
        *self.flags.entry(hash(name.as_bytes())).or_default() |= flag;
    }

    /// Whether the language has the word, written small.
    pub(crate) fn is_common(&self, form: u32) -> bool {
        self.common.contains(&form)
    }

    /// What the lists say of a word; names count where it is capitalised.
    pub(crate) fn flags(&self, form: u32, lower: &str, is_capital: bool) -> u32 {
        if !is_capital {
            return self.small.get(&form).copied().unwrap_or(0);
        }
        let flags = self.flags.get(&form).copied().unwrap_or(0);
        let is_demonym = ["ian", "ians", "ese"]
            .iter()
            .any(|end| lower.ends_with(end))
            && lower.len() > 5;
        if is_demonym { flags | DEMONYM } else { flags }
    }

    /// How many of the words make the longest place; none where they begin none.
    pub(crate) fn place_len(&self, forms: impl Iterator<Item = u32>) -> usize {
        self.places.longest(forms)
    }

    /// How many of the words make the longest known body; none where they begin none.
    pub(crate) fn body_len(&self, forms: impl Iterator<Item = u32>) -> usize {
        self.bodies.longest(forms)
    }
}

impl Phrases {
    fn add(&mut self, name: &str) {
        let mut key = 0;
        for token in crate::tokenize(name) {
            if key != 0 {
                self.beginnings.insert(key);
            }
            key = next_key(key, hash(token.text(name).to_lowercase().as_bytes()));
        }
        self.wholes.insert(key);
    }

    fn longest(&self, forms: impl Iterator<Item = u32>) -> usize {
        let mut key = 0;
        let mut longest = 0;
        for (at, form) in forms.enumerate() {
            key = next_key(key, form);
            if self.wholes.contains(&key) {
                longest = at + 1;
            }
            if !self.beginnings.contains(&key) {
                break;
            }
        }
        longest
    }
}

/// Words of persons' names of the regions whose news is read most.
#[cfg(feature = "training")]
pub(super) fn asian_names() -> impl Iterator<Item = &'static str> {
    let lists = [ASIAN_GIVEN, ASIAN_SURNAMES].into_iter();
    lists.flat_map(lines).flat_map(str::split_whitespace)
}

#[cfg(feature = "training")]
pub(super) fn places() -> impl Iterator<Item = &'static str> {
    lines(PLACES)
}

fn next_key(key: u64, form: u32) -> u64 {
    (key.rotate_left(17) ^ u64::from(form)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
}
