//! The story that a text tells: a key that survives editing, for telling copies of one report.
//!
//! `MinHash` (Broder 1997, "On the resemblance and containment of documents") over shingles of three
//! words, or of six characters in scripts that put no spaces between words. Of each of 64 minima
//! four bits are kept (Li and König 2010, "b-bit minwise hashing"): the share of equal slots tells
//! how many of their shingles two texts have in common, and a key takes 64 hex digits.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Slots of a key, of four bits each.
const SLOTS: usize = 64;
/// Slots per word of the key.
const SLOTS_PER_WORD: usize = 16;
/// Equal slots from which on two texts tell one story: a fifth to a quarter of their shingles in
/// common. Texts that share nothing agree in 4 of 64 slots by chance, in 20 with odds of 1e-9.
const SAME_STORY_SLOTS: u32 = 20;
/// A shorter text has too few shingles to tell a story: a stock phrase would do.
const MIN_SHINGLES: usize = 12;
/// Shingles read of a text, the first ones: longer than any news report.
const MAX_SHINGLES: usize = 5_000;
/// Words in a shingle.
const SHINGLE_WORDS: usize = 3;
/// Characters in a shingle of a script without spaces: about as much as two or three words.
const SHINGLE_CHARACTERS: usize = 6;

/// A key that copies of one report share in most of its parts, syndicated, cut or edited as they
/// may be.
///
/// It is compared with [`is_same_story`](Self::is_same_story); two keys of one story are seldom
/// equal. On the wire it is a text of 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct StoryKey([u64; SLOTS / SLOTS_PER_WORD]);

/// Why a text is not a story key.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not a story key (expected 64 hex digits): {0:?}")]
pub struct ParseStoryKeyError(String);

impl StoryKey {
    /// The key of a text; `None` where it is too short to tell a story (under some 15 words).
    ///
    /// Case, punctuation, spacing and numbers do not count. Takes a few hundred microseconds for a
    /// long report.
    pub fn of(text: &str) -> Option<Self> {
        let shingles = shingles(text);
        if shingles.len() < MIN_SHINGLES {
            return None;
        }
        let mut minima = [u64::MAX; SLOTS];
        for shingle in shingles {
            let mut value = shingle;
            for minimum in &mut minima {
                value = mixed(value);
                *minimum = (*minimum).min(value);
            }
        }
        let mut words = [0; SLOTS / SLOTS_PER_WORD];
        for (word, slots) in words.iter_mut().zip(minima.chunks(SLOTS_PER_WORD)) {
            *word = slots.iter().fold(0, |word, slot| word << 4 | (slot & 0xf));
        }
        Some(Self(words))
    }

    /// Whether two texts are copies of one report: about a fifth of their shingles or more are the
    /// same. Costs some nanoseconds, so that thousands of recent keys can be searched one by one.
    pub fn is_same_story(&self, other: &Self) -> bool {
        self.equal_slots(other) >= SAME_STORY_SLOTS
    }

    /// How alike the two texts are: the estimated share of their shingles, from 0 to 1, that both
    /// have. Its standard error is under 0.07.
    pub fn resemblance(&self, other: &Self) -> f64 {
        const BY_CHANCE: f64 = 1.0 / 16.0;
        const ALL: f64 = 64.0;
        let share = f64::from(self.equal_slots(other)) / ALL;
        ((share - BY_CHANCE) / (1.0 - BY_CHANCE)).max(0.0)
    }

    fn equal_slots(&self, other: &Self) -> u32 {
        let pairs = self.0.iter().zip(other.0);
        pairs
            .map(|(one, other)| {
                let differing = one ^ other;
                let differing = differing | differing >> 2;
                let differing = (differing | differing >> 1) & 0x1111_1111_1111_1111;
                16 - differing.count_ones()
            })
            .sum()
    }
}

/// A word, or a character of a script without spaces, as a hash.
#[derive(Clone, Copy)]
struct Unit {
    hash: u64,
    is_character: bool,
}

/// Hashes of the text's shingles in order, repetitions included.
fn shingles(text: &str) -> Vec<u64> {
    let units = units(text);
    let width = |unit: &Unit| {
        if unit.is_character {
            SHINGLE_CHARACTERS
        } else {
            SHINGLE_WORDS
        }
    };
    let starts = units.iter().enumerate();
    let windows = starts.filter_map(|(at, unit)| units.get(at..at + width(unit)));
    windows
        .map(|window| {
            let start = window.len() as u64;
            window
                .iter()
                .fold(start, |hash, unit| mixed(hash ^ unit.hash))
        })
        .collect()
}

fn units(text: &str) -> Vec<Unit> {
    let mut reader = UnitReader {
        units: Vec::new(),
        word: None,
        is_number: true,
    };
    for c in text.chars() {
        if reader.units.len() >= MAX_SHINGLES {
            break;
        }
        reader.take(c);
    }
    reader.end_word();
    reader.units
}

struct UnitReader {
    units: Vec<Unit>,
    /// Hash of the word so far.
    word: Option<u64>,
    /// Whether the word has digits only.
    is_number: bool,
}

impl UnitReader {
    fn take(&mut self, c: char) {
        if !c.is_alphanumeric() {
            self.end_word();
        } else if is_unspaced(c) {
            self.end_word();
            self.units.push(Unit {
                hash: mixed(u64::from(u32::from(c))),
                is_character: true,
            });
        } else {
            self.is_number &= c.is_numeric();
            let before = self.word.unwrap_or_default();
            let word = c.to_lowercase().fold(before, |word, lower| {
                mixed(word ^ u64::from(u32::from(lower)))
            });
            self.word = Some(word);
        }
    }

    fn end_word(&mut self) {
        if let Some(hash) = self.word.take().filter(|_| !self.is_number) {
            self.units.push(Unit {
                hash,
                is_character: false,
            });
        }
        self.is_number = true;
    }
}

/// Whether a script puts no spaces between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xaa60..=0xaa7f | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014): every bit depends on every other.
const fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl fmt::Display for StoryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|word| write!(formatter, "{word:016x}"))
    }
}

impl fmt::Debug for StoryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StoryKey({self})")
    }
}

impl FromStr for StoryKey {
    type Err = ParseStoryKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            if text.len() != SLOTS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            let mut words = [0; SLOTS / SLOTS_PER_WORD];
            for (at, word) in words.iter_mut().enumerate() {
                let digits = text.get(at * SLOTS_PER_WORD..(at + 1) * SLOTS_PER_WORD)?;
                *word = u64::from_str_radix(digits, 16).ok()?;
            }
            Some(Self(words))
        };
        read().ok_or_else(|| ParseStoryKeyError(text.to_owned()))
    }
}

impl TryFrom<String> for StoryKey {
    type Error = ParseStoryKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<StoryKey> for String {
    fn from(key: StoryKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "PORT VELM — The harbour of Port Velm will open on Friday, harbour minister \
        Ilsa Marrow told reporters on Tuesday. No fee will be charged in the first year, she said, \
        and ferries to the outer islands will run twice a day. The opposition Tide Alliance asked \
        who would pay for the dredging, which has cost twice what the council had planned for it.";

    const OTHER: &str = "The parliament of Velmora voted on Monday to raise the tax on imported \
        timber, a measure that the builders' union had fought for months. Prime minister Oren Hale \
        said that the forests of the north needed time to recover from three years of storms, and \
        that the revenue would go to the towns that had lost their sawmills.";

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        let (one, other) = (StoryKey::of(one).unwrap(), StoryKey::of(other).unwrap());
        let resemblance = one.resemblance(&other);
        assert_eq!(one.is_same_story(&other), expected, "{resemblance:.2}");
    }

    #[test]
    fn an_edited_copy_tells_the_same_story_and_another_report_does_not() {
        check(REPORT, OTHER, false);
        let edited = REPORT.replace("told reporters on Tuesday", "announced this week");
        check(REPORT, &edited.to_uppercase(), true);
        let agency = format!("(Velm Press) — {REPORT} More follows at 18:00.");
        check(REPORT, &agency, true);
        let (half, _) = REPORT.split_at(REPORT.len() / 2);
        check(REPORT, half, true);
    }

    #[test]
    fn numbers_spacing_and_punctuation_do_not_count() {
        let key = StoryKey::of(REPORT);
        let dressed = REPORT.replace(' ', "  ").replace('.', "… 1,204");
        assert_eq!(StoryKey::of(&dressed), key);
    }

    #[test]
    fn a_script_without_spaces_is_read_by_characters() {
        let report = "រដ្ឋមន្ត្រី\u{200b}កំពង់ផែ\u{200b}បាន\u{200b}ប្រាប់\u{200b}អ្នកសារព័ត៌មាន\u{200b}ថា កំពង់ផែ\u{200b}នឹង\u{200b}បើក\u{200b}នៅ\u{200b}ថ្ងៃសុក្រ ហើយ\u{200b}មិន\u{200b}យក\u{200b}ថ្លៃ\u{200b}ឡើយ\u{200b}ក្នុង\u{200b}ឆ្នាំ\u{200b}ដំបូង";
        let joined: String = report.chars().filter(|c| *c != '\u{200b}').collect();
        assert_eq!(StoryKey::of(report), StoryKey::of(&joined));
        let edited = joined.replace("ថ្ងៃសុក្រ", "ថ្ងៃចន្ទ");
        check(report, &edited, true);
        check(report, OTHER, false);
    }

    #[test]
    fn a_phrase_tells_no_story() {
        assert_eq!(StoryKey::of("More follows soon."), None);
        assert_eq!(StoryKey::of(""), None);
        assert_eq!(StoryKey::of(&"12,000 ".repeat(100)), None);
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = StoryKey::of(REPORT).unwrap();
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json.len(), SLOTS + 2);
        assert_eq!(serde_json::from_str::<StoryKey>(&json).unwrap(), key);
        for text in ["", "0", "é", &"g".repeat(64), &"0".repeat(65)] {
            assert!(text.parse::<StoryKey>().is_err(), "{text}");
        }
        assert!((key.resemblance(&key) - 1.0).abs() < f64::EPSILON);
    }
}
