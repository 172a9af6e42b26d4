//! The watch-list, made ready for matching.

use std::collections::HashSet;

use model::{Language, Official, OfficialId};

use super::{evidence::Lexicon, index::Patterns, inflection::case_forms, normal::Normalizer};
use crate::script::{Script, is_letter};

/// How much a name says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// Enough by itself.
    Full,
    /// Needs evidence.
    Weak,
    /// A name by which the person is not called alone (the family name of a Cambodian): needs the
    /// full name elsewhere.
    Dependent,
}

/// One name of one official.
#[derive(Debug)]
pub(super) struct Alias {
    /// Position of the official.
    official: u32,
    /// Where its text stands among those of all names.
    text: (u32, u32),
    pub(super) strength: Strength,
    /// Whether the name is a single word of a script that parts words.
    pub(super) is_one_word: bool,
    /// Letters, not counting marks, up to 255.
    letters: u8,
}

impl Alias {
    /// Position of the official.
    pub(super) const fn official(&self) -> usize {
        self.official as usize
    }

    /// Letters, not counting marks.
    pub(super) fn letters(&self) -> usize {
        usize::from(self.letters)
    }
}

/// What is known of an official, folded.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) id: OfficialId,
    /// Context words, organisations and offices.
    pub(super) context: Vec<Vec<u8>>,
    pub(super) country: Option<String>,
    /// The words of all names, folded: they do not speak for another person.
    own_words: Box<[u8]>,
    /// Scripts in which the list has a name, each with the primary language it is filed under;
    /// none where it is filed under the script.
    pub(super) scripts: Vec<(Script, Option<Box<str>>)>,
}

/// Lists of thousands of officials have hundreds of thousands of names: these lie one behind the
/// other, and not each in a place of its own.
#[derive(Debug)]
pub(super) struct WatchList {
    pub(super) aliases: Vec<Alias>,
    /// The names as the watch-list has them.
    texts: String,
    pub(super) facts: Vec<Facts>,
}

impl WatchList {
    /// Folds the names of all officials.
    pub(super) fn new(officials: &[Official], normalizer: &Normalizer) -> (Self, Patterns) {
        let mut list = Self {
            aliases: Vec::new(),
            texts: String::new(),
            facts: Vec::with_capacity(officials.len()),
        };
        let mut patterns = Patterns::default();
        for official in officials {
            list.add(official, normalizer, &mut patterns);
        }
        list.aliases.shrink_to_fit();
        list.texts.shrink_to_fit();
        (list, patterns)
    }

    /// An alias as the watch-list has it.
    pub(super) fn text(&self, alias: &Alias) -> &str {
        let (start, end) = alias.text;
        let text = self.texts.get(start as usize..end as usize);
        text.unwrap_or_default()
    }

    fn add(&mut self, official: &Official, normalizer: &Normalizer, patterns: &mut Patterns) {
        let position = self.facts.len();
        let weak: HashSet<&str> = official.weak_aliases.iter().map(String::as_str).collect();
        let mut full: Vec<&str> = official
            .aliases
            .values()
            .flatten()
            .map(String::as_str)
            .collect();
        if Script::of(official.name.chars().next().unwrap_or(' ')) != Script::Common
            && !official.name.contains('(')
        {
            full.push(&official.name);
        }
        full.retain(|name| !weak.contains(name));
        full.sort_unstable();
        full.dedup();
        let folded_full: Vec<Vec<u8>> = full.iter().map(|name| normalizer.folded(name)).collect();
        for (name, folded) in full.iter().zip(&folded_full) {
            self.add_alias(position, name, folded, Strength::Full, normalizer, patterns);
        }
        for name in &official.weak_aliases {
            let folded = normalizer.folded(name);
            let strength = weak_strength(&folded, &folded_full, official.country.as_deref());
            self.add_alias(position, name, &folded, strength, normalizer, patterns);
        }
        let offices = official.offices.iter().map(|office| &office.title);
        let context = official
            .context
            .iter()
            .chain(&official.organisations)
            .chain(offices);
        let mut own_words: Vec<&[u8]> = folded_full
            .iter()
            .flat_map(|name| name.split(|byte| *byte == b' '))
            .collect();
        own_words.sort_unstable();
        own_words.dedup();
        self.facts.push(Facts {
            id: official.id.clone(),
            context: context.map(|word| normalizer.folded(word)).collect(),
            country: official.country.clone(),
            own_words: own_words.join(&b' ').into(),
            scripts: scripts(official),
        });
    }

    fn add_alias(
        &mut self,
        official: usize,
        name: &str,
        folded: &[u8],
        strength: Strength,
        normalizer: &Normalizer,
        patterns: &mut Patterns,
    ) {
        let letters = name
            .chars()
            .filter(|c| is_letter(*c) && !is_vowel_sign(*c))
            .count();
        if folded.is_empty() || letters == 0 || letters == 1 && name.is_ascii() {
            return;
        }
        let start = self.texts.len();
        let (Ok(position), Ok(official), Ok(start), Ok(end)) = (
            u32::try_from(self.aliases.len()),
            u32::try_from(official),
            u32::try_from(start),
            u32::try_from(start + name.len()),
        ) else {
            return;
        };
        self.texts.push_str(name);
        self.aliases.push(Alias {
            official,
            text: (start, end),
            strength,
            is_one_word: !folded.contains(&b' '),
            letters: u8::try_from(letters).unwrap_or(u8::MAX),
        });
        patterns.push(folded, position);
        if name
            .chars()
            .next()
            .is_some_and(|c| Script::of(c) == Script::Cyrillic)
        {
            for form in case_forms(&name.to_lowercase()) {
                patterns.push(&normalizer.folded(&form), position);
            }
        }
    }
}

fn scripts(official: &Official) -> Vec<(Script, Option<Box<str>>)> {
    let filed = official.aliases.iter().flat_map(|(key, names)| {
        let is_script = matches!(
            key.as_str(),
            "latin" | "cyrillic" | "arabic" | "han" | "und"
        );
        let language = (!is_script).then(|| key.split('-').next().unwrap_or(key));
        names.iter().map(move |name| (language, name))
    });
    let others = official.weak_aliases.iter().chain([&official.name]);
    let mut scripts: Vec<(Script, Option<Box<str>>)> = Vec::new();
    for (language, name) in filed.chain(others.map(|name| (None, name))) {
        let script = name
            .chars()
            .map(Script::of)
            .find(|script| *script != Script::Common);
        let entry = script.map(|script| (script, language.map(Box::from)));
        scripts.extend(entry.filter(|entry| !scripts.contains(entry)));
    }
    scripts.shrink_to_fit();
    scripts
}

impl Facts {
    /// Whether a folded word is part of one of the official's names.
    pub(super) fn owns_word(&self, folded: &[u8]) -> bool {
        self.own_words
            .split(|byte| *byte == b' ')
            .any(|word| word == folded)
    }

    /// Whether the list has a name of the official for texts of `language` in `script`.
    pub(super) fn is_named_in(&self, script: Script, language: &Language) -> bool {
        self.scripts.iter().any(|(known, filed)| {
            *known == script
                && filed
                    .as_deref()
                    .is_none_or(|filed| filed == language.primary() || language.primary() == "und")
        })
    }
}

/// Vowel signs that Unicode counts as letters.
fn is_vowel_sign(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// In Cambodia, Viet Nam and Myanmar a person is called by the full or the given name, never by
/// the first part alone: there a weak name that does not end a full name is dependent on it.
fn weak_strength(weak: &[u8], full: &[Vec<u8>], country: Option<&str>) -> Strength {
    let is_part = full
        .iter()
        .any(|name| memchr::memmem::find(name, weak).is_some());
    let is_end = full.iter().any(|name| name.ends_with(weak));
    match country {
        Some("KH" | "VN" | "MM") if is_part && !is_end => Strength::Dependent,
        _ => Strength::Weak,
    }
}

/// Whether the lexicon knows the official's country.
pub(super) fn country_words<'l>(facts: &Facts, lexicon: &'l Lexicon) -> &'l [Vec<u8>] {
    facts
        .country
        .as_deref()
        .map_or(&[], |code| lexicon.country(code))
}
