//! What a name looks like: its script, its length, the id made of it.

use super::common_word;

/// The key that a name without language is filed under: a language where only one uses its
/// script, else the script.
pub fn key_of(name: &str) -> &'static str {
    let mut key = "und";
    for c in name.chars() {
        let found = match u32::from(c) {
            0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => "latin",
            0x370..=0x3FF | 0x1F00..=0x1FFF => "el",
            0x400..=0x52F => "cyrillic",
            0x530..=0x58F => "hy",
            0x590..=0x5FF => "he",
            0x600..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF => "arabic",
            0x900..=0x97F => "hi",
            0x980..=0x9FF => "bn",
            0xB80..=0xBFF => "ta",
            0xC00..=0xC7F => "te",
            0xD80..=0xDFF => "si",
            0xE00..=0xE7F => "th",
            0xE80..=0xEFF => "lo",
            0xF00..=0xFFF => "bo",
            0x1000..=0x109F | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F => "my",
            0x10A0..=0x10FF => "ka",
            0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => "ko",
            0x1200..=0x139F => "am",
            0x1780..=0x17FF | 0x19E0..=0x19FF => "km",
            // Kana decide over the Chinese characters beside them.
            0x3040..=0x30FF | 0xFF66..=0xFF9F => return "ja",
            0x3400..=0x9FFF | 0xF900..=0xFAFF => "han",
            _ => continue,
        };
        if key == "und" {
            key = found;
        }
    }
    key
}

/// Whether Latin letters stand beside those of another script: a slip of the keyboard, mostly.
pub(super) fn mixes_scripts(name: &str) -> bool {
    let has_latin = name.chars().any(|c| c.is_ascii_alphabetic());
    has_latin
        && name
            .split(|c: char| !c.is_alphanumeric() && !is_mark(c))
            .any(|word| key_of(word) != "latin" && key_of(word) != "und")
}

/// Whether a name is too short or too common to be believed by itself.
pub fn needs_evidence(name: &str) -> bool {
    let name = name.trim();
    if name.contains(char::is_whitespace) || name.contains(['-', '·', '・']) {
        return false;
    }
    let fewest = match key_of(name) {
        "han" | "ko" | "ja" => 2,
        "latin" | "cyrillic" | "el" | "arabic" => 4,
        _ => 3,
    };
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.take(fewest).count() < fewest || common_word::is_common(name)
}

/// An id from a name in any script: its letters and digits in lower case, words parted by `-`.
pub fn id_of(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars() {
        let belongs = c.is_alphanumeric() || is_mark(c) && !id.is_empty() && !id.ends_with('-');
        if belongs {
            id.extend(c.to_lowercase());
        } else if !c.is_whitespace() && !matches!(c, '-' | '·' | '・' | '.' | '_') {
            // Apostrophes and invisible characters part nothing.
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.trim_end_matches('-').to_owned()
}

/// Vowel signs and the like of Asian scripts, which are no letters to Unicode.
fn is_mark(c: char) -> bool {
    let code = u32::from(c);
    !c.is_ascii() && !c.is_whitespace() && (0x300..0x2000).contains(&code) && !c.is_alphanumeric()
}

/// Letters, digits and marks; long lists ask it of millions of characters.
fn is_letter_or_mark(c: char) -> bool {
    match u32::from(c) {
        ..0x80 => c.is_ascii_alphanumeric(),
        0x300..0x2000 => !c.is_whitespace(),
        _ => c.is_alphanumeric(),
    }
}

/// A name for comparison: lower case, without spaces, hyphens and invisible characters.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| is_letter_or_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_marks_are_told_fast() {
        for c in '\0'..=char::MAX {
            assert_eq!(
                is_letter_or_mark(c),
                c.is_alphanumeric() || is_mark(c),
                "{c:?}"
            );
        }
    }

    #[test]
    fn names_are_filed_by_script() {
        for (name, key) in [
            ("Mara Venn", "latin"),
            ("Đặng Oru", "latin"),
            ("Мара Венн", "cyrillic"),
            ("ចាន់ ដារ៉ា", "km"),
            ("瑪拉賓", "han"),
            ("マーラ・ベン", "ja"),
            ("마라 벤", "ko"),
            ("123", "und"),
        ] {
            assert_eq!(key_of(name), key, "{name}");
        }
    }

    #[test]
    fn short_and_common_names_need_evidence() {
        for name in ["May", "Kim", "金", "김", "สม", "Moon", "តេ"] {
            assert!(needs_evidence(name), "{name}");
        }
        for name in ["Mara Venn", "Venn", "瑪拉", "문재", "Ki Oru", "ស ខេង"] {
            assert!(!needs_evidence(name), "{name}");
        }
    }

    #[test]
    fn ids_are_made_without_transliteration() {
        assert_eq!(id_of("Mara  O'Venn-Oru"), "mara-ovenn-oru");
        assert_eq!(id_of("ចាន់ ដារ៉ា"), "ចាន់-ដារ៉ា");
        assert_eq!(id_of("…"), "");
    }
}
