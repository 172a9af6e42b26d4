//! Spans: where in an article's body something stands.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A half-open UTF-8 byte range `[start, end)` into `Article::body`; on the wire `[start, end]`.
///
/// A span reproduces its text: `span.text(body)` is `Some` for the body it was made for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "(usize, usize)", into = "(usize, usize)")]
#[schemars(with = "(usize, usize)")]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The span of `range` in `text`; `None` where it is out of bounds or cuts a character.
    pub fn of(text: &str, range: Range<usize>) -> Option<Self> {
        text.get(range.clone()).map(|_| Self {
            start: range.start,
            end: range.end,
        })
    }

    /// The span from `start` to `end`, for positions already known to be character boundaries.
    ///
    /// # Panics
    /// In debug builds, where `end` is before `start`.
    #[inline]
    pub const fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// First byte.
    #[inline]
    pub const fn start(self) -> usize {
        self.start
    }

    /// One past the last byte.
    #[inline]
    pub const fn end(self) -> usize {
        self.end
    }

    /// Length in bytes.
    #[inline]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers nothing.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The text the span covers; `None` where the span was made for another text.
    #[inline]
    pub fn text(self, body: &str) -> Option<&str> {
        body.get(self.start..self.end)
    }

    /// Whether `other` lies wholly inside.
    #[inline]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    #[inline]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// As a range, for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl TryFrom<(usize, usize)> for Span {
    type Error = String;

    fn try_from((start, end): (usize, usize)) -> Result<Self, String> {
        if start > end {
            return Err(format!("span ends before it starts: [{start}, {end}]"));
        }
        Ok(Self { start, end })
    }
}

impl From<Span> for (usize, usize) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_cuts_a_character_is_refused() {
        assert_eq!(Span::of("é", 0..1), None);
        assert_eq!(
            Span::of("é", 0..2).and_then(|span| span.text("é")),
            Some("é")
        );
    }

    #[test]
    fn a_reversed_span_does_not_decode() {
        assert!(serde_json::from_str::<Span>("[3,1]").is_err());
    }
}
