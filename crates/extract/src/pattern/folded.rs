//! Text folded for look-up, with the way back to where each byte came from.

use std::ops::Range;

/// Folded text: lower case, without invisible characters, with letters that are written
/// interchangeably made one.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) text: String,
    /// Byte in the raw text for each byte of `text`, and one more for its end.
    raw: Vec<usize>,
}

impl Folded {
    pub(super) fn new(raw_text: &str) -> Self {
        let mut text = String::with_capacity(raw_text.len());
        let mut raw = Vec::with_capacity(raw_text.len() + 1);
        for (at, c) in raw_text.char_indices() {
            let Some(c) = fold(c) else {
                continue;
            };
            for lower in c.to_lowercase() {
                text.push(lower);
                raw.resize(text.len(), at);
            }
        }
        raw.push(raw_text.len());
        Self { text, raw }
    }

    /// The raw range that a folded range came from, without invisible characters behind it.
    pub(super) fn raw_range(&self, range: &Range<usize>, raw_text: &str) -> Option<Range<usize>> {
        let start = *self.raw.get(range.start)?;
        let last = *self.raw.get(range.end.checked_sub(1)?)?;
        let width = raw_text.get(last..)?.chars().next()?.len_utf8();
        Some(start..last + width)
    }
}

/// The letter that stands for `c`; `None` for what is not seen.
fn fold(c: char) -> Option<char> {
    match c {
        // Zero-width space and joiners, soft hyphen, byte order mark; Arabic vowel marks, tatweel.
        '\u{200B}'..='\u{200F}'
        | '\u{2060}'..='\u{2064}'
        | '\u{00AD}'
        | '\u{FEFF}'
        | '\u{064B}'..='\u{0652}'
        | '\u{0640}' => None,
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ي' => Some('ی'),
        'ك' => Some('ک'),
        // Khmer subscript da and ta look alike and are mixed up.
        'ដ' => Some('ត'),
        '’' | 'ʼ' => Some('\''),
        '\u{00A0}' | '\u{202F}' | '\u{3000}' => Some(' '),
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_leads_back_to_the_raw_text() {
        let raw = "a\u{200B}b É";
        let folded = Folded::new(raw);
        assert_eq!(folded.text, "ab é");
        assert_eq!(folded.raw_range(&(0..2), raw), Some(0..5));
        assert_eq!(folded.raw_range(&(3..5), raw), Some(6..8));
    }
}
