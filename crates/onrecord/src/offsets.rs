//! Positions in a text, counted as the user wants them.

use clap::ValueEnum;
use model::Span;

/// What a position counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unit {
    /// UTF-8 bytes, as Rust and Go count.
    Bytes,
    /// Unicode code points, as Python counts.
    Chars,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

/// Distance between the positions whose count is kept: a lookup scans half of it on average.
const STRIDE: usize = 128;

/// Converts byte positions of one text.
pub(crate) struct OffsetMap<'a> {
    text: &'a str,
    unit: Unit,
    /// Count before byte `n * STRIDE`; empty where a byte is a unit.
    counts: Vec<usize>,
}

impl<'a> OffsetMap<'a> {
    /// A map for `text`; one pass over it.
    pub(crate) fn new(text: &'a str, unit: Unit) -> Self {
        let mut counts = Vec::new();
        if unit != Unit::Bytes && !text.is_ascii() {
            let mut total = 0;
            for chunk in text.as_bytes().chunks(STRIDE) {
                counts.push(total);
                total += count(chunk, unit);
            }
        }
        Self { text, unit, counts }
    }

    /// `[start, end]` of a span, in the unit asked for.
    pub(crate) fn span(&self, span: Span) -> [usize; 2] {
        [self.position(span.start()), self.position(span.end())]
    }

    fn position(&self, byte: usize) -> usize {
        if self.counts.is_empty() {
            return byte;
        }
        // A position at the very end of a text of whole strides has no count of its own.
        let place = (byte / STRIDE).min(self.counts.len() - 1);
        let before = self.counts.get(place).copied().unwrap_or_default();
        let rest = self.text.as_bytes().get(place * STRIDE..byte);
        before + rest.map_or(0, |bytes| count(bytes, self.unit))
    }
}

/// How many units begin in `bytes`, which may cut characters at either end.
fn count(bytes: &[u8], unit: Unit) -> usize {
    match unit {
        Unit::Bytes => bytes.len(),
        Unit::Chars => bytes.iter().filter(|byte| is_lead(**byte)).count(),
        Unit::Utf16 => bytes.iter().map(|byte| utf16_units(*byte)).sum(),
    }
}

fn is_lead(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// UTF-16 units of the character that this byte begins; 0 where it begins none.
fn utf16_units(byte: u8) -> usize {
    if byte >= 0b1111_0000 {
        2
    } else {
        usize::from(is_lead(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, unit: Unit) {
        let map = OffsetMap::new(text, unit);
        for (start, c) in text.char_indices() {
            let before = text.get(..start).unwrap();
            let expected = match unit {
                Unit::Bytes => start,
                Unit::Chars => before.chars().count(),
                Unit::Utf16 => before.encode_utf16().count(),
            };
            let end = start + c.len_utf8();
            assert_eq!(map.span(Span::new(start, end))[0], expected, "{start}");
        }
        let whole = map.span(Span::new(0, text.len()));
        let expected = match unit {
            Unit::Bytes => text.len(),
            Unit::Chars => text.chars().count(),
            Unit::Utf16 => text.encode_utf16().count(),
        };
        assert_eq!(whole, [0, expected]);
    }

    #[test]
    fn every_position_is_counted_right() {
        let texts = [
            String::new(),
            "plain words ".repeat(40),
            "ពាក្យ 🜁 é ".repeat(60),
            "🜁".repeat(STRIDE),
            "é".repeat(STRIDE / 2),
        ];
        for text in &texts {
            for unit in [Unit::Bytes, Unit::Chars, Unit::Utf16] {
                check(text, unit);
            }
        }
    }
}
