//! From text to tokens: what starts where, and what parts it from the one before.

use model::Span;

use super::{
    Case, Gap, Token, TokenKind,
    sign::{is_invisible, is_line_end, is_stop, is_word_letter},
};
use crate::script::Script;

/// Reads a text front to back.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    gap: Gap,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5 + 1),
            gap: Gap::Line,
        }
    }

    /// All tokens.
    pub(super) fn tokens(mut self) -> Vec<Token> {
        let mut at = 0;
        while let Some(c) = self.peek(at) {
            at = self.step(at, c);
        }
        self.tokens
    }

    pub(super) fn peek(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text.get(at..)?.chars().next(),
        }
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Reads what starts with `c` at `at`; returns where to go on.
    fn step(&mut self, at: usize, c: char) -> usize {
        if c.is_whitespace() || is_invisible(c) {
            return self.gap(at);
        }
        if let Some(end) = self.address(at, c) {
            return self.push(at, end, TokenKind::Address);
        }
        if c.is_numeric() {
            let end = self.number(at);
            return self.push(at, end, TokenKind::Number);
        }
        if is_word_letter(c) {
            return self.word(at, c);
        }
        if is_stop(c) {
            let end = self.run(at, |next| {
                next == c || (is_stop(c) && next == '.' && c == '.')
            });
            return self.push(at, end, TokenKind::Stop);
        }
        self.push(at, at + c.len_utf8(), TokenKind::Punctuation)
    }

    pub(super) fn push(&mut self, start: usize, end: usize, kind: TokenKind) -> usize {
        let text = self.slice(start, end);
        let script = text.chars().map(Script::of).find(|s| *s != Script::Common);
        let token = Token {
            span: Span::new(start, end),
            kind,
            case: Case::of(text),
            script: script.unwrap_or(Script::Common),
            gap: self.gap,
        };
        self.tokens.push(token);
        self.gap = Gap::None;
        end
    }

    pub(super) fn run(&self, start: usize, belongs: impl Fn(char) -> bool) -> usize {
        let mut end = start;
        while let Some(c) = self.peek(end).filter(|c| belongs(*c)) {
            end += c.len_utf8();
        }
        end
    }

    /// Space from `at`: a blank line ends a paragraph. So does a single line end, unless the line
    /// was only wrapped: it has no stop and the next goes on in lower case.
    fn gap(&mut self, at: usize) -> usize {
        let end = self.run(at, |c| c.is_whitespace() || is_invisible(c));
        let space = self.slice(at, end);
        let lines = space.chars().filter(|c| is_line_end(*c)).count();
        let crlf = space.matches("\r\n").count();
        let gap = match lines - crlf {
            0 if space.chars().all(is_invisible) => Gap::None,
            0 => Gap::Space,
            1 if self.is_wrapped(end) => Gap::Line,
            _ => Gap::Paragraph,
        };
        self.gap = self.gap.max(gap);
        end
    }

    fn is_wrapped(&self, next: usize) -> bool {
        let stopped = self.tokens.last().is_none_or(|t| t.kind == TokenKind::Stop);
        !stopped && self.peek(next).is_some_and(char::is_lowercase)
    }

    /// The end of a web or mail address, handle or hashtag at `at`.
    fn address(&self, at: usize, c: char) -> Option<usize> {
        if !c.is_ascii_alphanumeric() && c != '@' && c != '#' {
            return None;
        }
        if self
            .tokens
            .last()
            .is_some_and(|t| t.span.end() == at && t.kind == TokenKind::Word)
        {
            return None;
        }
        if c == '@' || c == '#' {
            let end = self.run(at + 1, |c| c.is_alphanumeric() || c == '_');
            return (end > at + 1).then_some(end);
        }
        if !matches!(c, 'h' | 'H' | 'w' | 'W') {
            return None;
        }
        let rest = self.text.as_bytes().get(at..)?;
        let starts = ["http://", "https://", "www."];
        let known = starts.iter().any(|start| {
            rest.get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
        });
        if !known {
            return None;
        }
        let end = self.run(at, |c| {
            !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '”' | '»')
        });
        Some(
            at + self
                .slice(at, end)
                .trim_end_matches(['.', ',', ')', ']', ';', ':', '\'', '’'])
                .len(),
        )
    }

    /// Digits with separators inside and letters behind: "1,000.5", "10:30", "1990s".
    fn number(&self, at: usize) -> usize {
        let mut end = self.run(at, char::is_alphanumeric);
        while let Some(separator) = self.peek(end).filter(|c| matches!(c, '.' | ',' | ':')) {
            let after = end + separator.len_utf8();
            if !self.peek(after).is_some_and(char::is_numeric) {
                break;
            }
            end = self.run(after, char::is_alphanumeric);
        }
        end
    }
}
