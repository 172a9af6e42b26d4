//! Scripts: which writing system a character belongs to, as far as word boundaries ask.

use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;

/// Code points of the Basic Multilingual Plane.
const PLANE: u32 = 0x1_0000;

/// One bit for each code point of the plane.
struct Letters(Vec<u64>);

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let mut bits = vec![0_u64; PLANE as usize / 64];
    let letters = (0..PLANE)
        .filter_map(char::from_u32)
        .filter(|c| is_letter_slow(*c));
    for letter in letters {
        let code = letter as usize;
        if let Some(word) = bits.get_mut(code / 64) {
            *word |= 1 << (code % 64);
        }
    }
    Letters(bits)
});

/// Whether `c` is a letter or a mark that is written onto one. The tables of the standard library
/// are made to be small, and every character of an article is asked about several times.
pub(crate) fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    let code = c as usize;
    match LETTERS.0.get(code / 64) {
        Some(word) => word >> (code % 64) & 1 == 1,
        None => is_letter_slow(c),
    }
}

fn is_letter_slow(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

/// Code points of a block of [`BLOCKS`].
const BLOCK: u32 = 0x40;

/// The script of each block of the plane that is of one script: most characters of an article are
/// in such a block.
#[expect(
    clippy::indexing_slicing,
    reason = "checked by the compiler, which makes the table"
)]
static BLOCKS: [Option<Script>; (PLANE / BLOCK) as usize] = {
    let mut blocks = [None; (PLANE / BLOCK) as usize];
    let mut code = 0;
    while code < PLANE {
        let script = Script::of_code(code);
        let mut end = code + 1;
        while end < code + BLOCK && Script::of_code(end) as u8 == script as u8 {
            end += 1;
        }
        if end == code + BLOCK {
            blocks[(code / BLOCK) as usize] = Some(script);
        }
        code += BLOCK;
    }
    blocks
};

/// A writing system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// Latin, with all accented letters.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
    /// Arabic, as written for Arabic, Persian, Uyghur and others.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Devanagari and the other scripts of India that part words by spaces.
    Indic,
    /// Thai, without spaces between words.
    Thai,
    /// Lao, without spaces between words.
    Lao,
    /// Tibetan, with a tsheg between syllables.
    Tibetan,
    /// Burmese, without spaces between words.
    Myanmar,
    /// Khmer, without spaces between words.
    Khmer,
    /// Chinese characters.
    Han,
    /// Hiragana and Katakana.
    Kana,
    /// Korean.
    Hangul,
    /// Digits, marks and signs that no script owns.
    Common,
    /// Any other script.
    Other,
}

impl Script {
    /// The script of `c`; combining marks shared by scripts are `Common`.
    #[expect(
        clippy::indexing_slicing,
        reason = "every block of the plane is in the table"
    )]
    pub const fn of(c: char) -> Self {
        let code = c as u32;
        if code < PLANE
            && let Some(script) = BLOCKS[(code / BLOCK) as usize]
        {
            return script;
        }
        Self::of_code(code)
    }

    #[expect(
        clippy::match_same_arms,
        reason = "one arm a line reads better than one arm a script"
    )]
    const fn of_code(code: u32) -> Self {
        match code {
            0x41..=0x5A | 0x61..=0x7A => Self::Latin,
            0..=0xA9 | 0xAB..=0xB4 | 0xB6..=0xB9 | 0xBB..=0xBF | 0xD7 | 0xF7 => Self::Common,
            0xAA | 0xB5 | 0xBA | 0xC0..=0x2AF | 0x1D00..=0x1DBF | 0x1E00..=0x1EFF => Self::Latin,
            0x2C60..=0x2C7F | 0xA720..=0xA7FF | 0xFB00..=0xFB06 => Self::Latin,
            0xFF21..=0xFF3A | 0xFF41..=0xFF5A => Self::Latin,
            0x370..=0x3FF | 0x1F00..=0x1FFF => Self::Greek,
            0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Self::Cyrillic,
            0x591..=0x5FF | 0xFB1D..=0xFB4F => Self::Hebrew,
            0x600..=0x6FF | 0x750..=0x77F | 0x870..=0x8FF => Self::Arabic,
            0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Self::Arabic,
            0x900..=0xDFF => Self::Indic,
            0xE00..=0xE7F => Self::Thai,
            0xE80..=0xEFF => Self::Lao,
            0xF00..=0xFFF => Self::Tibetan,
            0x1000..=0x109F | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F => Self::Myanmar,
            0x1780..=0x17FF | 0x19E0..=0x19FF => Self::Khmer,
            0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF => Self::Hangul,
            0x3041..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => Self::Kana,
            0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3400..=0x4DBF => Self::Han,
            0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF => Self::Han,
            0x530..=0x590 | 0x700..=0x74F | 0x780..=0x86F | 0x10A0..=0x10FF => Self::Other,
            0x1200..=0x177F | 0x1800..=0x19DF | 0x1A00..=0x1C7F | 0x1C90..=0x1CFF => Self::Other,
            0x2C00..=0x2C5F | 0x2C80..=0x2DDF | 0xA000..=0xA63F | 0xA800..=0xA95F => Self::Other,
            0x1_0000..=0x1_EFFF => Self::Other,
            _ => Self::Common,
        }
    }

    /// Whether words are written without spaces between them.
    pub const fn is_unspaced(self) -> bool {
        matches!(
            self,
            Self::Thai
                | Self::Lao
                | Self::Tibetan
                | Self::Myanmar
                | Self::Khmer
                | Self::Han
                | Self::Kana
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_know_their_script() {
        let cases = [
            ('a', Script::Latin),
            ('Đ', Script::Latin),
            ('ế', Script::Latin),
            ('Ж', Script::Cyrillic),
            ('ك', Script::Arabic),
            ('ហ', Script::Khmer),
            ('洪', Script::Han),
            ('김', Script::Hangul),
            ('フ', Script::Kana),
            ('ཀ', Script::Tibetan),
            ('က', Script::Myanmar),
            ('7', Script::Common),
            ('“', Script::Common),
        ];
        for (c, expected) in cases {
            assert_eq!(Script::of(c), expected, "{c}");
        }
    }
}
