//! The grammar: `or` binds weakest, then `and`, then `not`; parentheses as usual.

use std::ops::Range;

use super::{
    RuleError,
    field::Field,
    token::{Token, TokenKind, tokens},
};

/// Deeper nesting is no rule that a person wrote.
const MAX_DEPTH: usize = 64;

/// A rule as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Parsed {
    All(Vec<Parsed>),
    Any(Vec<Parsed>),
    Not(Box<Parsed>),
    /// `field:value` or `field:[value, value]`.
    Term {
        field: Field,
        values: Vec<Value>,
        place: Range<usize>,
        written: String,
    },
    /// `confidence >= 0.8`.
    Confidence {
        sign: &'static str,
        bound: f32,
        place: Range<usize>,
        written: String,
    },
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) place: Range<usize>,
}

/// Parses a rule.
///
/// # Errors
/// The first place that does not fit the grammar.
pub(super) fn parse(rule: &str) -> Result<Parsed, RuleError> {
    let mut parser = Parser {
        rule,
        tokens: tokens(rule)?,
        at: 0,
    };
    if parser.tokens.is_empty() {
        return Err(RuleError::new("rule is empty", 0..rule.len())
            .with_help("write speaker:any for every quote of a watched official".to_owned()));
    }
    let parsed = parser.any(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(parsed),
        Some(token) => Err(Parser::unexpected(token)),
    }
}

struct Parser<'a> {
    rule: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl Parser<'_> {
    fn any(&mut self, depth: usize) -> Result<Parsed, RuleError> {
        let mut parts = vec![self.all(depth)?];
        while self.take_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(single_or(parts, Parsed::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Parsed, RuleError> {
        let mut parts = vec![self.negation(depth)?];
        while self.take_word("and") {
            parts.push(self.negation(depth)?);
        }
        Ok(single_or(parts, Parsed::All))
    }

    fn negation(&mut self, depth: usize) -> Result<Parsed, RuleError> {
        if depth > MAX_DEPTH {
            return Err(RuleError::new("nested too deeply", self.end()));
        }
        if self.take_word("not") {
            return Ok(Parsed::Not(Box::new(self.negation(depth + 1)?)));
        }
        if self.take(&TokenKind::Open).is_some() {
            let inner = self.any(depth + 1)?;
            if self.take(&TokenKind::Close).is_none() {
                return Err(match self.tokens.get(self.at) {
                    Some(token) => Self::unexpected(token),
                    None => RuleError::new("parenthesis is not closed", self.end()),
                });
            }
            return Ok(inner);
        }
        self.term()
    }

    fn term(&mut self) -> Result<Parsed, RuleError> {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(RuleError::new(
                "rule ends where a condition should stand",
                self.end(),
            ));
        };
        self.at += 1;
        let start = token.place.start;
        match token.kind {
            TokenKind::Phrase(text) => Ok(Parsed::Term {
                field: Field::Text,
                values: vec![Value {
                    text,
                    place: token.place.clone(),
                }],
                written: self.written(token.place.clone()),
                place: token.place,
            }),
            TokenKind::Word(word) if word == "confidence" => self.confidence(start),
            TokenKind::Word(word) => {
                let Some(field) = Field::of(&word) else {
                    return Err(self.no_field(&word, &token.place));
                };
                self.expect_colon(&word)?;
                let values = self.values()?;
                let place = start..self.last_end();
                Ok(Parsed::Term {
                    field,
                    values,
                    written: self.written(place.clone()),
                    place,
                })
            }
            TokenKind::Colon
            | TokenKind::Comma
            | TokenKind::Open
            | TokenKind::Close
            | TokenKind::Comparison(_) => Err(RuleError::new(
                "a condition should stand here, such as speaker:any",
                token.place,
            )),
        }
    }

    fn no_field(&self, word: &str, place: &Range<usize>) -> RuleError {
        let has_colon =
            self.tokens.get(self.at).map(|token| &token.kind) == Some(&TokenKind::Colon);
        if matches!(word, "and" | "or") {
            return RuleError::new(
                format!("`{word}` joins two conditions; one is missing"),
                place.clone(),
            );
        }
        let (message, help) = if has_colon {
            let names = Field::ALL.map(Field::as_str);
            let list = || Some(format!("the fields are {}", names.join(", ")));
            (
                format!("no such field: {word}"),
                super::error::nearest(word, names).or_else(list),
            )
        } else {
            (
                format!("a bare word means nothing: {word}"),
                Some(format!("write \"{word}\" to look for it in the text")),
            )
        };
        RuleError::new(message, place.clone()).with_help(help)
    }

    fn expect_colon(&mut self, field: &str) -> Result<(), RuleError> {
        if self.take(&TokenKind::Colon).is_some() {
            return Ok(());
        }
        let place = self
            .tokens
            .get(self.at - 1)
            .map_or(0..0, |t| t.place.clone());
        Err(RuleError::new(format!("{field} lacks its value"), place)
            .with_help(format!("write {field}:value")))
    }

    fn confidence(&mut self, start: usize) -> Result<Parsed, RuleError> {
        let sign = match self.tokens.get(self.at).map(|token| token.kind.clone()) {
            Some(TokenKind::Comparison(sign)) => sign,
            // `confidence:0.8` reads as "at least".
            Some(TokenKind::Colon) => ">=",
            _ => {
                return Err(
                    RuleError::new("confidence lacks its bound", start..self.last_end())
                        .with_help("write confidence >= 0.8".to_owned()),
                );
            }
        };
        self.at += 1;
        let number = self.tokens.get(self.at).cloned();
        let Some(Token {
            kind: TokenKind::Word(word),
            place,
        }) = number
        else {
            return Err(
                RuleError::new("confidence lacks its bound", start..self.last_end())
                    .with_help("write confidence >= 0.8".to_owned()),
            );
        };
        self.at += 1;
        match word.parse::<f32>() {
            Ok(bound) if (0.0..=1.0).contains(&bound) => {
                let place = start..self.last_end();
                Ok(Parsed::Confidence {
                    sign,
                    bound,
                    written: self.written(place.clone()),
                    place,
                })
            }
            _ => Err(RuleError::new(
                format!("confidence goes from 0 to 1: {word}"),
                place,
            )),
        }
    }

    fn values(&mut self) -> Result<Vec<Value>, RuleError> {
        if self.take(&TokenKind::Open).is_none() {
            return Ok(vec![self.value()?]);
        }
        let mut values = vec![self.value()?];
        loop {
            if self.take(&TokenKind::Close).is_some() {
                return Ok(values);
            }
            if self.take(&TokenKind::Comma).is_none() && !self.take_word("or") {
                return Err(match self.tokens.get(self.at) {
                    Some(token) => {
                        RuleError::new("a list is parted by commas", token.place.clone())
                    }
                    None => RuleError::new("list is not closed", self.end()),
                });
            }
            values.push(self.value()?);
        }
    }

    fn value(&mut self) -> Result<Value, RuleError> {
        let token = self.tokens.get(self.at).cloned();
        match token {
            Some(Token {
                kind: TokenKind::Word(text) | TokenKind::Phrase(text),
                place,
            }) => {
                self.at += 1;
                Ok(Value { text, place })
            }
            Some(token) => Err(RuleError::new("a value should stand here", token.place)),
            None => Err(RuleError::new(
                "rule ends where a value should stand",
                self.end(),
            )),
        }
    }

    fn take(&mut self, kind: &TokenKind) -> Option<Token> {
        let token = self.tokens.get(self.at)?;
        if token.kind != *kind {
            return None;
        }
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let is_it = matches!(
            self.tokens.get(self.at).map(|token| &token.kind),
            Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case(wanted)
        );
        if is_it {
            self.at += 1;
        }
        is_it
    }

    fn unexpected(token: &Token) -> RuleError {
        match &token.kind {
            TokenKind::Close => {
                RuleError::new("nothing was opened that this closes", token.place.clone())
            }
            _ => RuleError::new("`and` or `or` is missing before this", token.place.clone()),
        }
    }

    fn written(&self, place: Range<usize>) -> String {
        self.rule.get(place).unwrap_or_default().to_owned()
    }

    /// End of the last token taken.
    fn last_end(&self) -> usize {
        self.tokens
            .get(self.at.saturating_sub(1))
            .or(self.tokens.last())
            .map_or(0, |token| token.place.end)
    }

    /// The last token: where something is missing behind it.
    fn end(&self) -> Range<usize> {
        self.tokens.last().map_or(0..0, |token| token.place.clone())
    }
}

fn single_or(mut parts: Vec<Parsed>, join: fn(Vec<Parsed>) -> Parsed) -> Parsed {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}
