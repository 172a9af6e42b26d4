//! Markdown has one sentence a line, so that a change shows what it changes.

use std::path::Path;

use super::{assert_none, text_files};

/// Ends with a full stop without ending a sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g.", "i.e.", "vs.", "cf.", "Mr.", "Ms.", "Mrs.", "Dr.", "St.",
];

#[test]
fn prose_has_one_sentence_a_line() {
    let mut mistakes = Vec::new();
    for (path, text) in text_files() {
        // Case files hold texts to read, as a newspaper prints them.
        let is_markdown = Path::new(&path)
            .extension()
            .is_some_and(|extension| extension == "md");
        if !is_markdown || path.contains("/cases/") {
            continue;
        }
        let mut is_code = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            }
            let is_prose = !is_code && !line.trim_start().starts_with('|');
            if is_prose && has_two_sentences(line) {
                mistakes.push(format!("{path}:{}: {line}", number + 1));
            }
        }
    }
    assert_none(&mistakes);
}

#[test]
fn a_second_sentence_is_told_from_an_abbreviation_and_from_code() {
    assert!(has_two_sentences("It polls. Then it waits."));
    assert!(has_two_sentences("It polls (often). Then it waits."));
    assert!(has_two_sentences("Run `x`. Then `y`."));
    assert!(!has_two_sentences("Say e.g. Monday."));
    assert!(!has_two_sentences("1. Build it."));
    assert!(!has_two_sentences("The line `A. B` is code."));
    assert!(!has_two_sentences("The name is J. Quist."));
}

/// Light on purpose: a word of at least two letters or a closing mark, a stop, a capital.
fn has_two_sentences(line: &str) -> bool {
    let outside_code: Vec<&str> = line.split('`').step_by(2).collect();
    // What stood between back-ticks counts as one closing mark.
    let line = outside_code.join("\u{201d}");
    let words: Vec<&str> = line.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let (word, next) = (pair[0], pair[1]);
        let Some(before) = word.strip_suffix(['.', '!', '?']) else {
            return false;
        };
        let ends = before.chars().rev().take(2);
        let closes = before.ends_with([')', '"', '\u{201d}', '*'])
            || (before.chars().count() > 1 && ends.clone().all(char::is_alphabetic));
        closes && !ABBREVIATIONS.contains(&word) && next.starts_with(char::is_uppercase)
    })
}
