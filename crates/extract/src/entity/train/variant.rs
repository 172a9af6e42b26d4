//! Texts of other people and places: a labelled text with its names exchanged.
//!
//! What is learnt from few articles must be how names stand in a sentence, not which names these
//! were. Some of the new names are on the lists and some are put together from parts of such.

use std::{collections::HashMap, ops::Range};

use model::Span;

use super::Example;
use crate::entity::gazetteer;

/// Words that a name of a place keeps: "Koh Kong Province" becomes "Ayuna Province".
const KEPT: [&str; 16] = [
    "province",
    "district",
    "commune",
    "township",
    "village",
    "river",
    "city",
    "state",
    "region",
    "county",
    "mountain",
    "island",
    "prefecture",
    "town",
    "sea",
    "lake",
];

const FIELDS: [&str; 24] = [
    "Human Rights",
    "Justice",
    "Land Reform",
    "Labor",
    "Press Freedom",
    "Election",
    "Water Resources",
    "Education",
    "Public Security",
    "Foreign Affairs",
    "Health",
    "Mining",
    "Women",
    "Farmers",
    "Environmental",
    "Refugee",
    "Information",
    "Energy",
    "Religious Affairs",
    "Rubber",
    "Development",
    "Trade",
    "Democracy",
    "Fisheries",
];
const HEADS: [&str; 24] = [
    "Association",
    "Committee",
    "Party",
    "Department",
    "Bureau",
    "Union",
    "Network",
    "Center",
    "Council",
    "Watch",
    "Group",
    "Front",
    "Army",
    "Alliance",
    "Institute",
    "Commission",
    "Company",
    "Foundation",
    "Movement",
    "University",
    "Court",
    "Monastery",
    "Federation",
    "Initiative",
];

/// Where new names come from.
pub(super) struct Names {
    persons: Vec<String>,
    places: Vec<String>,
    random: fastrand::Rng,
}

impl Names {
    pub(super) fn new() -> Self {
        Self {
            persons: gazetteer::asian_names().map(capitalised).collect(),
            places: gazetteer::places().map(str::to_owned).collect(),
            random: fastrand::Rng::with_seed(0),
        }
    }

    fn below(&mut self, count: usize) -> usize {
        self.random.usize(..count.max(1))
    }

    fn is_one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// A name of the lists, or the beginning of one and the end of another.
    fn person_word(&mut self) -> String {
        let one = self.below(self.persons.len());
        let first = self.persons[one].clone();
        if self.is_one_in(2) {
            return first;
        }
        let two = self.below(self.persons.len());
        let head: String = first.chars().take(1 + first.chars().count() / 2).collect();
        let other = self.persons[two].to_lowercase();
        let half = other.chars().count() / 2;
        head + &other.chars().skip(half).collect::<String>()
    }

    fn place(&mut self) -> String {
        if self.is_one_in(3) {
            let first = self.person_word();
            return if self.is_one_in(2) {
                first
            } else {
                first + " " + &self.person_word()
            };
        }
        let at = self.below(self.places.len());
        self.places[at].clone()
    }

    fn field(&mut self) -> &'static str {
        FIELDS[self.below(FIELDS.len())]
    }

    fn body(&mut self) -> String {
        let (field, other) = (self.field(), self.field());
        let head = HEADS[self.below(HEADS.len())];
        match self.below(7) {
            0 => format!("Ministry of {field}"),
            1 => format!("Ministry of {field} and {other}"),
            2 => format!("{head} for {field} and {other}"),
            3 => format!("{} {field} {head}", self.place()),
            4 => format!("{} {head}", self.person_word()),
            5 => format!("{} {head} for {field}", self.place()),
            _ => format!("{field} {head}"),
        }
    }

    fn letters(&mut self) -> String {
        let count = 3 + self.below(3);
        (0..count)
            .map(|_| char::from(b'A' + self.below(26) as u8))
            .collect()
    }

    /// `example` with other names; each of the old ones has one new name throughout.
    pub(super) fn exchanged(&mut self, example: &Example) -> Example {
        let mut known: HashMap<(u8, String), String> = HashMap::new();
        let mut text = String::with_capacity(example.text.len());
        let mut names = Vec::with_capacity(example.names.len());
        let mut end = 0;
        for (span, kind) in &example.names {
            let range: Range<usize> = span.start()..span.end();
            if range.start < end {
                continue;
            }
            let piece = |range: Range<usize>| example.text.get(range).unwrap_or_default();
            text.push_str(piece(end..range.start));
            let old = piece(range.clone());
            let new = match kind {
                0 => self.other_person(old, &mut known),
                1 => self.other_body(old, &mut known),
                _ => self.other_place(old, &mut known),
            };
            let start = text.len();
            text.push_str(&new);
            names.push((start..text.len(), *kind));
            end = range.end;
        }
        text.push_str(example.text.get(end..).unwrap_or_default());
        let names = names
            .into_iter()
            .filter_map(|(range, kind)| Some((Span::of(&text, range)?, kind)))
            .collect();
        Example {
            text,
            names,
            weight: 1,
        }
    }

    fn other_person(&mut self, old: &str, known: &mut HashMap<(u8, String), String>) -> String {
        let words = old.split(' ').map(|word| {
            if !word.starts_with(char::is_uppercase) || word.ends_with('.') {
                return word.to_owned();
            }
            known
                .entry((0, word.to_owned()))
                .or_insert_with(|| self.person_word())
                .clone()
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn other_body(&mut self, old: &str, known: &mut HashMap<(u8, String), String>) -> String {
        let key = (1, old.to_owned());
        if let Some(new) = known.get(&key) {
            return new.clone();
        }
        let is_acronym =
            (2..=6).contains(&old.len()) && old.chars().all(|c| c.is_ascii_uppercase());
        let new = if is_acronym && self.is_one_in(2) {
            self.letters()
        } else if old.contains(' ') && self.is_one_in(3) {
            self.body()
        } else {
            old.to_owned()
        };
        known.insert(key, new.clone());
        new
    }

    fn other_place(&mut self, old: &str, known: &mut HashMap<(u8, String), String>) -> String {
        let unit = old
            .rsplit_once(' ')
            .filter(|(_, last)| KEPT.contains(&last.to_lowercase().as_str()));
        let (name, unit) = unit.map_or((old, ""), |(name, unit)| (name, unit));
        let is_upper = name.len() > 4 && !name.chars().any(char::is_lowercase);
        let key = (2, name.to_lowercase());
        let new = if let Some(new) = known.get(&key) {
            new.clone()
        } else {
            let new = if self.is_one_in(4) || name.contains('.') {
                name.to_owned()
            } else {
                self.place()
            };
            known.insert(key, new.clone());
            new
        };
        let new = if is_upper { new.to_uppercase() } else { new };
        if unit.is_empty() {
            new
        } else {
            new + " " + unit
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
