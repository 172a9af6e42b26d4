//! A rule in tokens.

use std::ops::Range;

use super::RuleError;

/// A piece of a rule and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) place: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters without quotes: a field, a value, `and`, `or`, `not`.
    Word(String),
    /// Words between quotes.
    Phrase(String),
    Colon,
    Comma,
    Open,
    Close,
    /// `>=`, `>`, `<=`, `<`, `=`.
    Comparison(&'static str),
}

const COMPARISONS: [&str; 5] = [">=", "<=", ">", "<", "="];

/// Cuts a rule into tokens.
///
/// # Errors
/// Where a quote is not closed.
pub(super) fn tokens(rule: &str) -> Result<Vec<Token>, RuleError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = rule.get(at..)
        && let Some(first) = rest.chars().next()
    {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = next(rest, first, at)?;
        tokens.push(Token {
            kind,
            place: at..at + length,
        });
        at += length;
    }
    Ok(tokens)
}

fn next(rest: &str, first: char, at: usize) -> Result<(TokenKind, usize), RuleError> {
    let single = |kind| Ok((kind, first.len_utf8()));
    match first {
        ':' => single(TokenKind::Colon),
        ',' => single(TokenKind::Comma),
        '(' | '[' => single(TokenKind::Open),
        ')' | ']' => single(TokenKind::Close),
        '"' => phrase(rest, '"', at),
        '\u{201c}' => phrase(rest, '\u{201d}', at),
        _ => {
            if let Some(sign) = COMPARISONS.iter().find(|sign| rest.starts_with(**sign)) {
                return Ok((TokenKind::Comparison(sign), sign.len()));
            }
            let end = rest.find(ends_word).unwrap_or(rest.len());
            let word = rest.get(..end).unwrap_or_default();
            Ok((TokenKind::Word(word.to_owned()), end))
        }
    }
}

fn phrase(rest: &str, close: char, at: usize) -> Result<(TokenKind, usize), RuleError> {
    let open_length = rest.chars().next().map_or(0, char::len_utf8);
    let inside = rest.get(open_length..).unwrap_or_default();
    let Some(length) = inside.find(close) else {
        return Err(RuleError::new(
            "quotation mark is not closed",
            at..at + rest.len(),
        ));
    };
    let words = inside.get(..length).unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().collect();
    let whole = open_length + length + close.len_utf8();
    if words.is_empty() {
        return Err(RuleError::new(
            "nothing between the quotation marks",
            at..at + whole,
        ));
    }
    Ok((TokenKind::Phrase(words.join(" ")), whole))
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || ":,()[]\"\u{201c}\u{201d}<>=".contains(c)
}
