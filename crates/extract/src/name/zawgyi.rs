//! Zawgyi: a widespread font encoding of Burmese on code points that Unicode gave to other signs.

/// Whether `text` is written in Zawgyi: its vowel E stands before the letter, and its asat is
/// Unicode's virama, which can only stand between two letters.
#[expect(
    clippy::match_same_arms,
    clippy::collapsible_match,
    reason = "each sign of either encoding has its arm"
)]
pub(super) fn is_zawgyi(text: &str) -> bool {
    let mut zawgyi = 0_u32;
    let mut unicode = 0_u32;
    let mut before = ' ';
    let mut characters = text.chars().filter(|c| *c != '\u{200b}').peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        match c {
            '\u{1031}' if is_consonant(before) || matches!(before, '\u{103b}'..='\u{103e}') => {
                // After a letter it may still open the next syllable of Zawgyi.
                if !is_consonant(next) && next != '\u{103b}' {
                    unicode += 1;
                }
            }
            '\u{1031}' => zawgyi += 1,
            // Between two letters it may stack them (Unicode) or end a syllable (Zawgyi).
            '\u{1039}' if is_consonant(next) => {}
            '\u{1039}' => zawgyi += 1,
            '\u{103a}'
                if matches!(before, '\u{102c}' | '\u{102b}')
                    || matches!(next, '\u{1037}' | '\u{1038}') =>
            {
                unicode += 1;
            }
            '\u{103b}' if !is_consonant(before) && is_consonant(next) => zawgyi += 1,
            '\u{1060}'..='\u{1069}'
            | '\u{106c}'
            | '\u{1070}'..='\u{107c}'
            | '\u{107e}'..='\u{1085}'
            | '\u{1087}'..='\u{1090}'
            | '\u{1094}'..='\u{1097}' => zawgyi += 1,
            _ => {}
        }
        before = c;
    }
    zawgyi > unicode
}

/// Signs that Zawgyi writes before their letter: the vowel E and the forms of medial RA.
pub(super) const fn is_prefix(c: char) -> bool {
    matches!(c, '\u{1031}' | '\u{103b}' | '\u{107e}'..='\u{1084}')
}

/// One Zawgyi syllable in Unicode, its signs in no particular order.
pub(super) fn to_unicode(syllable: &str) -> String {
    let mut base = String::new();
    let mut signs = String::new();
    let mut has_kinzi = false;
    for c in syllable.chars() {
        let (kinzi, replacement) = sign(c);
        has_kinzi |= kinzi;
        if let Some(replacement) = replacement {
            signs.push_str(replacement);
        } else if let Some(replacement) = letter(c) {
            base.push_str(replacement);
        } else if is_consonant(c)
            || ('\u{103f}'..='\u{1049}').contains(&c)
            || base.is_empty() && signs.is_empty() && !is_prefix(c)
        {
            base.push(c);
        } else if !kinzi {
            signs.push(c);
        }
    }
    if has_kinzi {
        return format!("\u{1004}\u{103a}\u{1039}{base}{signs}");
    }
    base + &signs
}

const fn is_consonant(c: char) -> bool {
    matches!(c, '\u{1000}'..='\u{102a}')
}

/// Letters and fixed pairs of letters.
const fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{106a}' => "\u{1009}",
        '\u{106b}' => "\u{100a}",
        '\u{106e}' => "\u{100d}\u{1039}\u{100d}",
        '\u{106f}' => "\u{100e}\u{1039}\u{100d}",
        '\u{1086}' => "\u{103f}",
        '\u{108f}' => "\u{1014}",
        '\u{1090}' => "\u{101b}",
        '\u{1091}' => "\u{100f}\u{1039}\u{100d}",
        '\u{1092}' => "\u{100b}\u{1039}\u{100c}",
        '\u{1097}' => "\u{100b}\u{1039}\u{100b}",
        _ => return None,
    })
}

/// Whether a sign carries the kinzi, and what it is in Unicode.
const fn sign(c: char) -> (bool, Option<&'static str>) {
    let replacement = match c {
        '\u{1033}' => "\u{102f}",
        '\u{1034}' => "\u{1030}",
        '\u{1039}' => "\u{103a}",
        '\u{103a}' | '\u{107d}' => "\u{103b}",
        '\u{103b}' | '\u{107e}'..='\u{1084}' => "\u{103c}",
        '\u{103c}' => "\u{103d}",
        '\u{103d}' | '\u{1087}' => "\u{103e}",
        '\u{105a}' => "\u{102b}\u{103a}",
        '\u{1060}' => "\u{1039}\u{1000}",
        '\u{1061}' => "\u{1039}\u{1001}",
        '\u{1062}' => "\u{1039}\u{1002}",
        '\u{1063}' => "\u{1039}\u{1003}",
        '\u{1064}' => return (true, None),
        '\u{1065}' => "\u{1039}\u{1005}",
        '\u{1066}' | '\u{1067}' => "\u{1039}\u{1006}",
        '\u{1068}' => "\u{1039}\u{1007}",
        '\u{1069}' => "\u{1039}\u{1008}",
        '\u{106c}' => "\u{1039}\u{100b}",
        '\u{106d}' => "\u{1039}\u{100c}",
        '\u{1070}' => "\u{1039}\u{100f}",
        '\u{1071}' | '\u{1072}' => "\u{1039}\u{1010}",
        '\u{1073}' | '\u{1074}' => "\u{1039}\u{1011}",
        '\u{1075}' => "\u{1039}\u{1012}",
        '\u{1076}' => "\u{1039}\u{1013}",
        '\u{1077}' => "\u{1039}\u{1014}",
        '\u{1078}' => "\u{1039}\u{1015}",
        '\u{1079}' => "\u{1039}\u{1016}",
        '\u{107a}' => "\u{1039}\u{1017}",
        '\u{107b}' | '\u{1093}' => "\u{1039}\u{1018}",
        '\u{107c}' => "\u{1039}\u{1019}",
        '\u{1085}' => "\u{1039}\u{101c}",
        '\u{1088}' => "\u{103e}\u{102f}",
        '\u{1089}' => "\u{103e}\u{1030}",
        '\u{108a}' => "\u{103d}\u{103e}",
        '\u{108b}' => return (true, Some("\u{102d}")),
        '\u{108c}' => return (true, Some("\u{102e}")),
        '\u{108d}' => return (true, Some("\u{1036}")),
        '\u{108e}' => "\u{102d}\u{1036}",
        '\u{1094}' | '\u{1095}' => "\u{1037}",
        '\u{1096}' => "\u{1039}\u{1010}\u{103d}",
        _ => return (false, None),
    };
    (false, Some(replacement))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zawgyi_is_told_from_unicode() {
        // "The country's leader said" in either encoding.
        assert!(is_zawgyi("ႏိုင္ငံေခါင္းေဆာင္က ေျပာသည္"));
        assert!(!is_zawgyi("နိုင်ငံခေါင်းဆောင်က ပြောသည်"));
        assert!(!is_zawgyi("no Burmese at all"));
    }

    #[test]
    fn syllables_are_converted() {
        assert_eq!(to_unicode("ေျပာ"), "\u{1015}\u{1031}\u{103c}\u{102c}");
        assert_eq!(to_unicode("င္"), "\u{1004}\u{103a}");
    }
}
