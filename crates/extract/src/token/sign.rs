//! Classes of characters, as tokens ask for them.

use crate::script::{Script, is_letter};

pub(super) const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// Zero-width space, joiners' kin and direction marks: no letter, no sign.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

pub(super) const fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) const fn is_stop(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '。'
            | '！'
            | '？'
            | '．'
            | '｡'
            | '۔'
            | '؟'
            | '।'
            | '॥'
            | '។'
            | '៕'
            | '။'
            | '།'
            | '༎'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
    )
}

pub(super) fn is_word_letter(c: char) -> bool {
    is_letter(c)
}

pub(super) fn continues_word(c: char, script: Script) -> bool {
    if c.is_ascii_alphanumeric() || c == '_' {
        return c.is_ascii_digit() || script == Script::Latin;
    }
    if matches!(c, '\u{200c}' | '\u{200d}' | '·' | '་' | '\u{0f0c}') {
        return matches!(
            script,
            Script::Arabic | Script::Indic | Script::Tibetan | Script::Khmer | Script::Myanmar
        ) || (c == '·' && script == Script::Latin);
    }
    (is_letter(c) || c.is_numeric()) && {
        let own = Script::of(c);
        own == script || own == Script::Common
    }
}
