//! Everything that the binary is built from may be shipped with it.

use super::{assert_none, metadata::Metadata};

/// Licences that ask for no more than a notice, or (MPL) for changes to the library itself.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_licence_lets_the_binary_be_shipped() {
    let metadata = Metadata::read();
    let mut mistakes = Vec::new();
    for package in &metadata.packages {
        match &package.license {
            None => mistakes.push(format!("{} states no licence", package.name)),
            Some(licence) if !is_allowed(licence) => {
                mistakes.push(format!("{} is under {licence}", package.name));
            }
            Some(_) => {}
        }
    }
    assert_none(&mistakes);
}

#[test]
fn one_allowed_licence_of_a_choice_is_enough_and_all_of_a_sum_are_needed() {
    assert!(is_allowed("MIT OR LGPL-2.1-or-later"));
    assert!(is_allowed("Unlicense/MIT"));
    assert!(is_allowed("(GPL-3.0 OR MIT) AND Unicode-3.0"));
    assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0"));
    assert!(!is_allowed("MIT AND GPL-3.0"));
    assert!(!is_allowed("(MIT OR Apache-2.0) AND AGPL-3.0-only"));
    assert!(!is_allowed("GPL-3.0"));
}

/// Whether an SPDX expression (or crates.io's older form with a slash) can be met.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let parts = split_outside_parentheses(&expression, " OR ");
    if parts.len() > 1 {
        return parts.into_iter().any(is_allowed);
    }
    let parts = split_outside_parentheses(&expression, " AND ");
    if parts.len() > 1 {
        return parts.into_iter().all(is_allowed);
    }
    let single = expression.trim();
    match single
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
    {
        Some(inner) => is_allowed(inner),
        None => ALLOWED.contains(&single),
    }
}

fn split_outside_parentheses<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (place, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 && place >= start && text[place..].starts_with(separator) => {
                parts.push(&text[start..place]);
                start = place + separator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
