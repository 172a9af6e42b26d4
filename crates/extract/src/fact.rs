//! What the lists of a language say of its words, all in one table: a word is looked up once.

use crate::{pack::Traits, table::Map};

/// What the lists say of one word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fact {
    pub(crate) traits: Traits,
    /// Position of the cue that it is a form of.
    pub(crate) cue: Option<usize>,
    /// Whether it may report without being a cue: "claim", "declined".
    pub(crate) opens: bool,
}

/// Facts by word.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    by_word: Map<Letters, Fact>,
    filter: Filter,
}

/// A word in lower case, as ASCII has it, and its length, at the end: keys that need no memory of
/// their own are compared without going there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Letters([u64; 3]);

/// Longest word in bytes; no list has a longer one.
const LONGEST: usize = 23;

/// Bits of which the words of the lists set one each: most words of an article are in no list, and
/// are told so without asking a table of half a megabyte.
#[derive(Debug)]
struct Filter(Vec<u64>);

/// Two to this power are the bits, 32 kilobytes: fifteen thousand words set one in eighteen.
const FILTER_BITS: u32 = 18;

impl Facts {
    /// Changes what is known of a word; one with a capital would never be found, nor one that is
    /// too long.
    pub(crate) fn add(&mut self, word: &str, change: impl FnOnce(&mut Fact)) {
        let is_lower = !word.bytes().any(|byte| byte.is_ascii_uppercase());
        if let Some(letters) = Letters::of(word).filter(|_| is_lower) {
            self.filter.add(letters);
            change(self.by_word.entry(letters).or_default());
        }
    }

    /// What is known of `word`, in any case.
    pub(crate) fn of(&self, word: &str) -> Fact {
        let letters = Letters::of(word).filter(|letters| self.filter.may_hold(*letters));
        let found = letters.and_then(|letters| self.by_word.get(&letters));
        found.copied().unwrap_or_default()
    }
}

impl Letters {
    fn of(word: &str) -> Option<Self> {
        let mut bytes = [0_u8; LONGEST + 1];
        let lower = bytes.get_mut(..word.len())?;
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let length = u8::try_from(word.len()).ok();
        let length = length.filter(|length| usize::from(*length) <= LONGEST)?;
        *bytes.last_mut()? = length;
        let (eights, _) = bytes.as_chunks();
        let mut letters = [0; 3];
        for (to, eight) in letters.iter_mut().zip(eights) {
            *to = u64::from_le_bytes(*eight);
        }
        Some(Self(letters))
    }

    /// Which bit of the filter it sets.
    fn bit(self) -> usize {
        let Self([first, second, third]) = self;
        let mixed = first ^ second.rotate_left(23) ^ third.rotate_left(47);
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS)) as usize
    }
}

impl Filter {
    fn add(&mut self, letters: Letters) {
        let bit = letters.bit();
        if let Some(bits) = self.0.get_mut(bit / 64) {
            *bits |= 1 << (bit % 64);
        }
    }

    fn may_hold(&self, letters: Letters) -> bool {
        let bit = letters.bit();
        let bits = self.0.get(bit / 64);
        bits.is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self(vec![0; 1 << (FILTER_BITS - 6)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_no_others() {
        let mut facts = Facts::default();
        let longest = "a".repeat(LONGEST);
        for word in ["said", "é", longest.as_str(), "Mr", &"a".repeat(24)] {
            facts.add(word, |fact| fact.opens = true);
        }
        let check =
            |word: &str, expected: bool| assert_eq!(facts.of(word).opens, expected, "{word}");
        check("said", true);
        check("SAID", true);
        check("é", true);
        check("É", false);
        check(&longest, true);
        check(&"a".repeat(22), false);
        check(&"a".repeat(24), false);
        check(&"a".repeat(1000), false);
        check("mr", false);
        check("said\0", false);
        check("", false);
    }
}
