//! Where sentences end, outside quotation marks.

use std::ops::Range;

/// The end of the sentence that goes on at `from`: one past its last sign, or `limit`.
pub(super) fn end_after(text: &str, from: usize, limit: usize, ends: &[char]) -> usize {
    let Some(rest) = text.get(from..limit) else {
        return limit;
    };
    for (at, c) in rest.char_indices() {
        if ends.contains(&c) {
            let after = from + at + c.len_utf8();
            if c != '.' || is_full_stop(text, from + at, limit) {
                return after;
            }
        }
    }
    limit
}

/// The start of the sentence that `to` stands in, not before `limit`; without leading space.
pub(super) fn start_before(text: &str, limit: usize, to: usize, ends: &[char]) -> usize {
    let mut start = limit;
    loop {
        let end = end_after(text, start, to, ends);
        let rest = text.get(end..to).unwrap_or_default();
        if end >= to || rest.trim().is_empty() {
            return start + leading_space(text.get(start..to).unwrap_or_default());
        }
        start = end;
    }
}

/// The lines of a text: its paragraphs.
pub(super) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        if end > start {
            found.push(start..end);
        }
        start += line.len();
    }
    found
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Whether the stop at `at` ends a sentence rather than an abbreviation, an initial or a number.
pub(super) fn is_full_stop(text: &str, at: usize, limit: usize) -> bool {
    let after = text.get(at + 1..limit).unwrap_or_default();
    let next = after.trim_start().chars().next();
    let word = text.get(..at).unwrap_or_default();
    let parted = after.is_empty() || after.starts_with(char::is_whitespace);
    let goes_on = next.is_some_and(|c| c.is_lowercase() || c.is_numeric());
    parted && !goes_on && (next.is_none() || !ends_in_abbreviation(word))
}

/// Whether the last word is an initial, or short with a capital: "M", "Dr", "Gen".
fn ends_in_abbreviation(text: &str) -> bool {
    let mut letters = 0;
    let mut first = None;
    for c in text.chars().rev().take_while(|c| c.is_alphabetic()) {
        letters += 1;
        first = Some(c);
    }
    letters == 1 || letters <= 3 && first.is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let end = end_after(text, 0, text.len(), &['.', '!', '?', '។']);
        assert_eq!(text.get(..end), Some(expected));
    }

    #[test]
    fn a_stop_ends_a_sentence_unless_it_is_an_abbreviation() {
        check("Er kam gestern. Dann ging er.", "Er kam gestern.");
        check("M. Dubois parle. Il part.", "M. Dubois parle.");
        check("3.5 Prozent mehr! Ja.", "3.5 Prozent mehr!");
        check("លោកមក។ លោកទៅ។", "លោកមក។");
    }

    #[test]
    fn a_sentence_starts_behind_the_one_before() {
        let text = "Er kam gestern. Dann sagte er";
        assert_eq!(start_before(text, 0, text.len(), &['.']), 16);
    }
}
