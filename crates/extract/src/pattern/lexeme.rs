//! Words looked for in folded text.

use std::ops::Range;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use unicode_normalization::char::is_combining_mark;

use super::folded::Folded;

/// A list of words, found all at once; where two overlap, the leftmost and longest counts.
#[derive(Debug)]
pub(super) struct Lexeme {
    automaton: Option<AhoCorasick>,
    boundary: Boundary,
}

const TA_RO: &str = "\u{17d2}\u{178f}\u{17d2}\u{179a}";
const RO_TA: &str = "\u{17d2}\u{179a}\u{17d2}\u{178f}";

/// Whether a word must stand free of other letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Boundary {
    /// At both ends; an Arabic "and" may be glued to its start.
    Both,
    /// Nowhere but between clusters: the script has no spaces, or glues particles.
    None,
}

impl Lexeme {
    pub(super) fn new(words: &[String], boundary: Boundary) -> Self {
        let folded = words.iter().map(|word| Folded::new(word).text);
        let mut folded: Vec<String> = folded.filter(|word| !word.is_empty()).collect();
        // Khmer TA and RO under one letter are typed in either order.
        let swapped = folded.iter().filter(|word| word.contains(TA_RO));
        let swapped: Vec<String> = swapped.map(|word| word.replace(TA_RO, RO_TA)).collect();
        folded.extend(swapped);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&folded)
            .ok()
            .filter(|_| !folded.is_empty());
        Self {
            automaton,
            boundary,
        }
    }

    /// Where the words stand in the raw text, in order.
    pub(super) fn find(&self, folded: &Folded, raw_text: &str) -> Vec<Range<usize>> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(hit) = automaton.find(Input::new(&folded.text).range(from..)) {
            if self.stands_free(&folded.text, hit.start(), hit.end()) {
                found.extend(folded.raw_range(&(hit.start()..hit.end()), raw_text));
                from = hit.end();
            } else {
                // A shorter word may stand free inside: "said" in "…she said", where the longer
                // word is "he said".
                from = folded.text.ceil_char_boundary(hit.start() + 1);
            }
        }
        found
    }

    fn stands_free(&self, text: &str, start: usize, end: usize) -> bool {
        let after = text.get(end..).unwrap_or_default();
        if self.boundary == Boundary::None {
            let before = text.get(..start).unwrap_or_default();
            if before.ends_with(binds_next) {
                return false;
            }
            // Half a cluster is another letter: a Khmer or Burmese consonant without its vowel.
            return !after.chars().next().is_some_and(is_combining_mark);
        }
        let word = text.get(start..end).unwrap_or_default();
        let before = text.get(..start).unwrap_or_default();
        let glued_after = word.chars().next_back().is_some_and(char::is_alphanumeric)
            && after.chars().next().is_some_and(char::is_alphanumeric);
        !glued_after && !Self::glued_before(word, before)
    }

    fn glued_before(word: &str, before: &str) -> bool {
        if !word.chars().next().is_some_and(char::is_alphanumeric) {
            return false;
        }
        let mut letters = before.chars().rev();
        match letters.next() {
            Some('و' | 'ف') => letters.next().is_some_and(char::is_alphanumeric),
            Some(letter) => letter.is_alphanumeric(),
            None => false,
        }
    }
}

/// Signs that bind the letter behind them: the Khmer stacker, vowels that Thai and Lao write before
/// their letter. The Burmese stacker ends syllables in Zawgyi.
const fn binds_next(c: char) -> bool {
    matches!(c, '\u{17d2}' | 'เ'..='ไ' | 'ເ'..='ໄ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], boundary: Boundary, text: &str, expected: &[&str]) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let folded = Folded::new(text);
        let found = Lexeme::new(&words, boundary).find(&folded, text);
        let found: Vec<&str> = found
            .into_iter()
            .filter_map(|range| text.get(range))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_are_found_free_of_other_letters() {
        check(
            &["sagte", "so"],
            Boundary::Both,
            "Also sagte er, SO",
            &["sagte", "SO"],
        );
        check(&["قال"], Boundary::Both, "وقال الوزير", &["قال"]);
    }

    #[test]
    fn unspaced_scripts_have_no_boundary_and_hide_zero_width_spaces() {
        check(&["ថា"], Boundary::None, "ស្ថានភាព", &[]);
        check(&["មន្ត្រី"], Boundary::None, "មន្រ្តី", &["មន្រ្តី"]);
        check(
            &["និយាយថា"],
            Boundary::None,
            "បាននិយាយ\u{200B}ថា",
            &["និយាយ\u{200B}ថា"],
        );
    }
}
