//! Khmer and Burmese syllables that are written in folded order already, as nearly all are: these
//! are copied byte by byte, and only others are taken apart and sorted.

use super::syllable::{burmese_rank, is_burmese_letter, is_burmese_sign};

/// Bytes of the longest syllable that is taken for plain.
const LONGEST: usize = 30;

/// A folded syllable.
pub(super) struct Plain {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Plain {
    const fn new() -> Self {
        let bytes = [0; LONGEST];
        Self { bytes, len: 0 }
    }

    /// Its UTF-8.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Adds a character; `None` where it has no room.
    fn push(&mut self, character: [u8; 3]) -> Option<()> {
        let place = self.bytes.get_mut(self.len..self.len + 3)?;
        place.copy_from_slice(&character);
        self.len += 3;
        Some(())
    }
}

/// What a character is in a syllable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Opens a syllable.
    Letter,
    /// A sign that stands behind those of lower rank.
    Sign(u8),
    /// A Khmer vowel: two of them may be one, so they are not plain.
    Vowel,
    /// Has a letter written below the one before.
    Coeng,
    /// Belongs to the syllable, and counts for nothing.
    Dropped,
    /// Needs the careful way.
    Special,
    /// No part of a syllable.
    Other,
}

const CODES: usize = 0x100;

/// Rank of Khmer signs, and of the subscript RO and other subscripts before them.
const KHMER_SIGN: u8 = 4;
const KHMER_RO: u8 = 3;
const KHMER_SUBSCRIPT: u8 = 2;

#[expect(
    clippy::indexing_slicing,
    reason = "checked by the compiler, which makes the table"
)]
static KHMER: [Class; CODES] = {
    let mut classes = [Class::Other; CODES];
    let mut code = 0x80;
    while code < CODES {
        classes[code] = match code {
            0xb2 => Class::Special,
            0x80..=0xb3 => Class::Letter,
            0xb4 | 0xb5 | 0xc9..=0xcb | 0xcd..=0xcf => Class::Dropped,
            0xb6..=0xc5 => Class::Vowel,
            0xd2 => Class::Coeng,
            0xc6..=0xd3 | 0xdd => Class::Sign(KHMER_SIGN),
            _ => Class::Other,
        };
        code += 1;
    }
    classes
};

#[expect(
    clippy::indexing_slicing,
    reason = "checked by the compiler, which makes the table"
)]
static BURMESE: [Class; CODES] = {
    let mut classes = [Class::Other; CODES];
    let mut code: u8 = 0;
    while code < 0xa0 {
        let Some(c) = char::from_u32(0x1000 + code as u32) else {
            break;
        };
        classes[code as usize] = match c {
            '\u{1026}' | '\u{1039}' => Class::Special,
            _ if is_burmese_letter(c) => Class::Letter,
            '\u{102b}' => Class::Sign(burmese_rank('\u{102c}')),
            _ if is_burmese_sign(c) => Class::Sign(burmese_rank(c)),
            _ => Class::Other,
        };
        code += 1;
    }
    classes
};

/// The low byte of the code point, where three bytes of UTF-8 write one of the block that starts
/// with `second` or goes on for three more.
fn code(character: [u8; 3], second: u8) -> Option<u8> {
    let [0xe1, block, last] = character else {
        return None;
    };
    let block = block.checked_sub(second).filter(|block| *block < 4)?;
    Some(block << 6 | last & 0x3f)
}

/// Three bytes of UTF-8 of `code` in the block that starts with `second`.
const fn character(code: u8, second: u8) -> [u8; 3] {
    [0xe1, second + (code >> 6), 0x80 | code & 0x3f]
}

fn next(text: &[u8], at: usize) -> Option<[u8; 3]> {
    text.get(at..at + 3)?.try_into().ok()
}

/// Second byte of Khmer and of Burmese, less the quarter of the block they start in.
const KHMER_BLOCK: u8 = 0x9c;
const BURMESE_BLOCK: u8 = 0x80;

/// The Khmer syllable that `text` starts with, and its length; `None` where it is not plain.
pub(super) fn khmer(text: &[u8]) -> Option<(Plain, usize)> {
    let class = |at: usize| {
        let code = code(next(text, at)?, KHMER_BLOCK)?;
        Some((*KHMER.get(usize::from(code))?, code))
    };
    let mut plain = Plain::new();
    let (Class::Letter, _) = class(0)? else {
        return None;
    };
    plain.push(next(text, 0)?)?;
    let mut end = 3;
    let mut last = (0, 0);
    let mut has_vowel = false;
    while let Some((next, code)) = class(end) {
        let mut sign = (KHMER_SIGN, code);
        match next {
            Class::Letter | Class::Other => return Some((plain, end)),
            Class::Special => return None,
            Class::Dropped => {
                end += 3;
                continue;
            }
            Class::Vowel if has_vowel => return None,
            Class::Vowel => has_vowel = true,
            Class::Sign(_) => {}
            Class::Coeng => {
                let (Class::Letter, below) = class(end + 3)? else {
                    return None;
                };
                // Subscript DA and TA look the same.
                let below = if below == 0x8a { 0x8f } else { below };
                let rank = if below == 0x9a {
                    KHMER_RO
                } else {
                    KHMER_SUBSCRIPT
                };
                plain.push(character(code, KHMER_BLOCK))?;
                sign = (rank, below);
                end += 3;
            }
        }
        if sign < last {
            return None;
        }
        last = sign;
        plain.push(character(sign.1, KHMER_BLOCK))?;
        end += 3;
    }
    let goes_on =
        |at| class(at).is_some_and(|(class, _)| !matches!(class, Class::Letter | Class::Other));
    ends(text, end, goes_on).then_some((plain, end))
}

/// The Burmese syllable that `text`, which is not Zawgyi, starts with, and its length; `None` where
/// it is not plain.
pub(super) fn burmese(text: &[u8]) -> Option<(Plain, usize)> {
    let class = |at: usize| {
        let code = code(next(text, at)?, BURMESE_BLOCK)?;
        Some((*BURMESE.get(usize::from(code))?, code))
    };
    let mut plain = Plain::new();
    let (Class::Letter, code) = class(0)? else {
        return None;
    };
    plain.push(character(written_alike(code), BURMESE_BLOCK))?;
    let mut end = 3;
    let mut last = (0, 0);
    while let Some((next, code)) = class(end) {
        let rank = match next {
            Class::Letter | Class::Other => return Some((plain, end)),
            Class::Sign(rank) => rank,
            _ => return None,
        };
        let sign = (rank, written_alike(code));
        if sign <= last {
            return None;
        }
        last = sign;
        plain.push(character(sign.1, BURMESE_BLOCK))?;
        end += 3;
    }
    let goes_on =
        |at| class(at).is_some_and(|(class, _)| !matches!(class, Class::Letter | Class::Other));
    ends(text, end, goes_on).then_some((plain, end))
}

/// Burmese characters that look alike, as `syllable` has them.
const fn written_alike(code: u8) -> u8 {
    match code {
        0x25 => 0x09,
        0x40 => 0x1d,
        0x2b => 0x2c,
        other => other,
    }
}

/// Whether a syllable ends at `end`, where another script goes on: not where a zero-width character
/// stands inside it.
fn ends(text: &[u8], end: usize, goes_on: impl Fn(usize) -> bool) -> bool {
    let is_joiner = |at: usize| {
        matches!(
            text.get(at..at + 3),
            Some([0xe2, 0x80, 0x8b..=0x8d] | [0xe2, 0x81, 0xa0 | 0xa3] | [0xef, 0xbb, 0xbf])
        )
    };
    !is_joiner(end) || !is_joiner(end + 3) && !goes_on(end + 3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::syllable, *};

    #[track_caller]
    fn check_same(plain: Option<(Plain, usize)>, careful: (syllable::Syllable, usize)) {
        let Some((plain, len)) = plain else {
            return;
        };
        let mut folded = String::new();
        careful.0.each(|c| folded.push(c));
        assert_eq!(plain.bytes(), folded.as_bytes());
        assert_eq!(len, careful.1);
    }

    #[test]
    fn everyday_syllables_are_plain() {
        for text in ["សែន", "ស្តេច", "កម្ពុជា", "ហ៊ុន\u{200b} សែន"]
        {
            assert!(khmer(text.as_bytes()).is_some(), "{text}");
        }
        for text in ["ကို", "မြန်မာ", "ဟွန်ဆန်", "ပြောသည်။"]
        {
            assert!(burmese(text.as_bytes()).is_some(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn plain_syllables_fold_as_others_do(
            text in "[\u{1780}-\u{17d5}\u{17d2}\u{17d2}\u{17b6}-\u{17c8}\u{200b} a]{1,8}",
        ) {
            check_same(khmer(text.as_bytes()), syllable::khmer(&text));
        }

        #[test]
        fn plain_burmese_syllables_too(
            text in "[\u{1000}-\u{109f}\u{102b}-\u{103e}\u{102b}-\u{103e}\u{200b} a]{1,8}",
        ) {
            check_same(burmese(text.as_bytes()), syllable::burmese(&text, false));
        }
    }
}
