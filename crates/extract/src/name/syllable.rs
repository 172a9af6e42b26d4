//! Khmer and Burmese syllables in one order and spelling.
//!
//! Both scripts let the same written syllable be typed in several orders, and both have pairs of
//! signs that look alike. A folded syllable is for comparison only: it is never shown.

use super::zawgyi;

const KHMER_COENG: char = '\u{17d2}';
const BURMESE_VIRAMA: char = '\u{1039}';
const BURMESE_ASAT: char = '\u{103a}';

/// The end of the Khmer syllable that starts at `text`'s beginning: a letter with all that is
/// written onto it. Zero-width characters inside belong to it.
pub(super) fn khmer_len(text: &str) -> usize {
    let mut end = 0;
    let mut after_coeng = false;
    for (at, c) in text.char_indices() {
        let belongs = at == 0 || after_coeng && is_khmer_letter(c) || is_khmer_sign(c);
        if belongs {
            after_coeng = c == KHMER_COENG;
            end = at + c.len_utf8();
        } else if !is_joiner(c) {
            break;
        }
    }
    end
}

/// One Khmer syllable, folded.
pub(super) fn fold_khmer(syllable: &str, into: &mut String) {
    let mut base = None;
    let mut parts: Vec<(u8, char)> = Vec::new();
    let mut after_coeng = false;
    for c in syllable.chars() {
        match c {
            KHMER_COENG => after_coeng = true,
            _ if after_coeng => {
                after_coeng = false;
                // Subscript DA and TA look the same.
                let c = if c == '\u{178a}' { '\u{178f}' } else { c };
                let rank = if c == '\u{179a}' { 3 } else { 2 };
                parts.push((rank, c));
            }
            // Register shifters, the U that stands in for them, and signs without sound.
            '\u{17c9}' | '\u{17ca}' | '\u{17b4}' | '\u{17b5}' | '\u{17cb}' | '\u{17cd}'
            | '\u{17ce}' | '\u{17cf}' => {}
            _ if is_khmer_sign(c) => parts.push((4, c)),
            _ if base.is_none() => base = Some(if c == '\u{17b2}' { '\u{17b1}' } else { c }),
            _ => {}
        }
    }
    let has = |sign: char| parts.iter().any(|part| part.1 == sign);
    let above = parts
        .iter()
        .any(|p| matches!(p.1, '\u{17b7}'..='\u{17ba}' | '\u{17be}'));
    let merged = match (has('\u{17c1}'), has('\u{17b8}'), has('\u{17b6}')) {
        (true, true, _) => Some(('\u{17b8}', '\u{17be}')),
        (true, _, true) => Some(('\u{17b6}', '\u{17c4}')),
        _ => None,
    };
    if above {
        parts.retain(|part| part.1 != '\u{17bb}');
    }
    if let Some((other, whole)) = merged {
        parts.retain(|part| part.1 != other);
        for part in parts.iter_mut().filter(|part| part.1 == '\u{17c1}') {
            part.1 = whole;
        }
    }
    parts.sort_unstable();
    into.extend(base);
    for (rank, c) in parts {
        if rank < 4 {
            into.push(KHMER_COENG);
        }
        into.push(c);
    }
}

/// The end of the Burmese syllable that starts at `text`'s beginning. In Zawgyi the vowel E and
/// the medial RA come before their letter.
pub(super) fn burmese_len(text: &str, is_zawgyi: bool) -> usize {
    let mut end = 0;
    let mut seen_base = false;
    let mut after_virama = false;
    for (at, c) in text.char_indices() {
        let is_prefix = is_zawgyi && zawgyi::is_prefix(c);
        let belongs = if is_prefix {
            !seen_base
        } else if is_burmese_letter(c) {
            !seen_base || after_virama
        } else {
            at == 0 || is_burmese_sign(c)
        };
        if belongs {
            seen_base |= is_burmese_letter(c);
            after_virama = c == BURMESE_VIRAMA && !is_zawgyi;
            end = at + c.len_utf8();
        } else if !is_joiner(c) {
            break;
        }
    }
    end
}

/// One Burmese syllable, folded; Zawgyi is turned into Unicode on the way.
pub(super) fn fold_burmese(syllable: &str, is_zawgyi: bool, into: &mut String) {
    let converted: String;
    let syllable = if is_zawgyi {
        converted = zawgyi::to_unicode(syllable);
        converted.as_str()
    } else {
        syllable
    };
    let mut base = None;
    let mut parts: Vec<(u8, char)> = Vec::new();
    let mut after_virama = false;
    for c in syllable.chars() {
        let c = match c {
            // Letter U for NYA, digit zero for WA, tall AA: written alike.
            '\u{1025}' => '\u{1009}',
            '\u{1040}' => '\u{101d}',
            '\u{102b}' => '\u{102c}',
            other => other,
        };
        match c {
            BURMESE_VIRAMA => after_virama = true,
            _ if after_virama => {
                after_virama = false;
                parts.push((1, c));
            }
            '\u{1026}' => {
                base = base.or(Some('\u{1009}'));
                parts.push((7, '\u{102e}'));
            }
            _ if is_burmese_sign(c) => parts.push((burmese_rank(c), c)),
            _ if base.is_none() => base = Some(c),
            _ => {}
        }
    }
    parts.sort_unstable();
    parts.dedup();
    into.extend(base);
    for (rank, c) in parts {
        if rank == 1 {
            into.push(BURMESE_VIRAMA);
        }
        into.push(c);
    }
}

/// Whether `text` starts with a letter that closes the syllable before it (letter and asat).
pub(super) fn starts_with_burmese_final(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| !is_joiner(*c));
    characters.next().is_some_and(is_burmese_letter)
        && characters
            .take_while(|c| is_burmese_sign(*c))
            .take(3)
            .any(|c| c == BURMESE_ASAT)
        && text
            .chars()
            .nth(1)
            .is_some_and(|c| matches!(c, BURMESE_ASAT | '\u{1037}'))
}

const fn burmese_rank(c: char) -> u8 {
    match c {
        '\u{103b}' => 2,
        '\u{103c}' => 3,
        '\u{103d}' => 4,
        '\u{103e}' => 5,
        '\u{1031}' => 6,
        '\u{102d}' | '\u{102e}' | '\u{1032}' => 7,
        '\u{102f}' | '\u{1030}' => 8,
        '\u{102c}' => 9,
        '\u{1036}' => 10,
        BURMESE_ASAT => 11,
        '\u{1037}' => 12,
        _ => 13,
    }
}

const fn is_joiner(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{2063}' | '\u{feff}'
    )
}

const fn is_khmer_letter(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17b3}')
}

const fn is_khmer_sign(c: char) -> bool {
    matches!(c, '\u{17b4}'..='\u{17d3}' | '\u{17dd}')
}

pub(super) const fn is_burmese_letter(c: char) -> bool {
    matches!(c, '\u{1000}'..='\u{102a}' | '\u{103f}'..='\u{1049}' | '\u{104e}' | '\u{1050}'..='\u{1055}' | '\u{108f}'..='\u{1092}' | '\u{106e}' | '\u{106f}')
}

/// Signs of Unicode and of Zawgyi, which uses the code points of other languages for its own.
const fn is_burmese_sign(c: char) -> bool {
    matches!(c, '\u{102b}'..='\u{103e}' | '\u{1056}'..='\u{106d}' | '\u{1070}'..='\u{108e}' | '\u{1093}'..='\u{109d}')
}
