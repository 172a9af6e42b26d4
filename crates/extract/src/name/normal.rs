//! A text folded for comparison, with the way back to where each folded byte came from.

use model::Span;
use unicode_normalization::char::is_combining_mark;

use super::{
    fold::{FoldTable, fold_slow, is_jamo},
    syllable, zawgyi,
};
use crate::script::Script;

/// A folded text.
#[derive(Debug, Default)]
pub(super) struct Normal {
    /// The folded bytes; UTF-8.
    pub(super) bytes: Vec<u8>,
    /// For each folded byte, where the character or syllable it comes from starts in the raw text.
    starts: Vec<u32>,
    /// Length of the raw text.
    raw_len: usize,
}

impl Normal {
    /// The raw span behind folded bytes `start..end`; `None` where an edge cuts a syllable.
    pub(super) fn raw_span(&self, start: usize, end: usize, raw: &str) -> Option<Span> {
        let first = *self.starts.get(start)?;
        let last = *self.starts.get(end.checked_sub(1)?)?;
        let before = start.checked_sub(1).and_then(|at| self.starts.get(at));
        let after = self.starts.get(end);
        if before == Some(&first) || after == Some(&last) {
            return None;
        }
        let from = first as usize;
        let to = after.map_or(self.raw_len, |at| *at as usize);
        let covered = raw.get(from..to)?;
        let trimmed = covered.trim_end_matches(is_edge_filler);
        Span::of(raw, from..from + trimmed.len())
    }
}

/// Signs that hang between names without belonging to them.
fn is_edge_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
                | '\u{ad}' | '-' | '\u{2010}'..='\u{2015}' | '·' | '・' | '་' | '༌' | '\u{640}' | '_'
        )
}

/// Folds texts.
#[derive(Debug)]
pub(super) struct Normalizer {
    table: FoldTable,
}

/// Texts longer than this are cut: their offsets would not fit.
const MAX_LEN: usize = u32::MAX as usize;

impl Normalizer {
    /// Builds its table; some ten milliseconds.
    pub(super) fn new() -> Self {
        Self {
            table: FoldTable::new(),
        }
    }

    /// The folded form of a short text by itself, as names and context words are stored.
    pub(super) fn folded(&self, text: &str) -> Vec<u8> {
        self.normalize(text).bytes
    }

    /// Folds `text`; linear in its length.
    pub(super) fn normalize(&self, text: &str) -> Normal {
        let text = text.get(..MAX_LEN).unwrap_or(text);
        let mut fold = Fold {
            table: &self.table,
            text,
            normal: Normal {
                bytes: Vec::with_capacity(text.len() + 1),
                starts: Vec::with_capacity(text.len() + 1),
                raw_len: text.len(),
            },
            space: None,
            joins: false,
            letter_at: 0,
            is_zawgyi: text.contains(['\u{1031}', '\u{1039}']) && zawgyi::is_zawgyi(text),
            scratch: String::new(),
        };
        fold.run();
        fold.normal
    }
}

struct Fold<'t> {
    table: &'t FoldTable,
    text: &'t str,
    normal: Normal,
    /// A space not yet written, by where it stands.
    space: Option<usize>,
    /// Whether the last letter written is of a script that ignores spaces.
    joins: bool,
    /// Where the last letter that marks can hang on starts.
    letter_at: usize,
    is_zawgyi: bool,
    scratch: String,
}

impl Fold<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric() {
                self.write_space(false);
                self.push(byte.to_ascii_lowercase(), at);
                self.letter_at = at;
                self.joins = false;
                at += 1;
            } else if byte == b' ' {
                self.space = self.space.or(Some(at));
                at += 1;
            } else {
                at = self.step(at);
            }
        }
    }

    fn push(&mut self, byte: u8, at: usize) {
        self.normal.bytes.push(byte);
        // `normalize` cuts longer texts.
        self.normal
            .starts
            .push(u32::try_from(at).unwrap_or(u32::MAX));
    }

    /// Writes the space that waits, unless it stands between two letters of joining scripts.
    fn write_space(&mut self, joins: bool) {
        if let Some(space) = self.space.take()
            && !(joins && self.joins)
        {
            self.push(b' ', space);
        }
    }

    /// Folds what starts at `at`; returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        let Some(rest) = self.text.get(at..) else {
            return self.text.len();
        };
        let mut characters = rest.chars();
        let Some(c) = characters.next() else {
            return self.text.len();
        };
        let folded = self.table.get(c);
        if folded.is_space() {
            self.space = self.space.or(Some(at));
            return at + c.len_utf8();
        }
        if !c.is_ascii() {
            let next = characters.clone().next().unwrap_or(' ');
            let needs_composing =
                matches!(next, '\u{306}' | '\u{308}') || is_jamo(next) || is_jamo(c);
            if folded.is_slow() || needs_composing {
                return self.slow(at, c, rest);
            }
            if is_indic_nasal(c) && next == '\u{94d}' {
                // A nasal before a consonant is also written as anusvara.
                characters.next();
                let is_cluster = characters
                    .next()
                    .is_some_and(|c| ('\u{915}'..='\u{939}').contains(&c));
                if is_cluster {
                    self.write("ं", at, false);
                    return at + c.len_utf8() + next.len_utf8();
                }
            }
        }
        let (bytes, len) = folded.bytes();
        let start = if folded.is_mark() { self.letter_at } else { at };
        if len > 0 {
            self.write_space(folded.joins());
            for byte in bytes.iter().take(len) {
                self.push(*byte, start);
            }
            self.joins = folded.joins();
            self.letter_at = start;
        }
        at + c.len_utf8()
    }

    fn write(&mut self, folded: &str, at: usize, joins: bool) {
        if folded.is_empty() {
            return;
        }
        self.write_space(joins);
        for byte in folded.bytes() {
            self.push(byte, at);
        }
        self.joins = joins;
        self.letter_at = at;
    }

    /// Folds a whole syllable, or a letter with the marks that compose with it.
    fn slow(&mut self, at: usize, c: char, rest: &str) -> usize {
        let (syllable, len) = match Script::of(c) {
            Script::Khmer => syllable::khmer(rest),
            Script::Myanmar => syllable::burmese(rest, self.is_zawgyi),
            script => return self.composed(at, c, rest, script),
        };
        if !syllable.is_empty() {
            self.write_space(true);
            let bytes = &mut self.normal.bytes;
            syllable.each(|c| {
                let mut buffer = [0; 4];
                bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            });
            let len = self.normal.bytes.len();
            // `normalize` cuts longer texts.
            let start = u32::try_from(at).unwrap_or(u32::MAX);
            self.normal.starts.resize(len, start);
            self.joins = true;
            self.letter_at = at;
        }
        at + len.max(c.len_utf8())
    }

    fn composed(&mut self, at: usize, c: char, rest: &str, script: Script) -> usize {
        let mut folded = std::mem::take(&mut self.scratch);
        folded.clear();
        let len = composing_len(rest).max(c.len_utf8());
        let cluster = rest.get(..len).unwrap_or_default();
        fold_slow(cluster, self.table, &mut folded);
        let joins = script.is_unspaced() || script == Script::Hangul;
        self.write(&folded, at, joins);
        self.scratch = folded;
        at + len
    }
}

/// Length of a letter with the combining marks or Korean vowels and finals behind it.
fn composing_len(text: &str) -> usize {
    let mut len = 0;
    let mut seen_final = false;
    for (at, c) in text.char_indices() {
        let belongs = at == 0
            || is_combining_mark(c)
            || matches!(c, '\u{ff9e}' | '\u{ff9f}')
            || matches!(c, '\u{1160}'..='\u{11ff}') && !seen_final;
        if !belongs {
            break;
        }
        seen_final |= matches!(c, '\u{11a8}'..='\u{11ff}');
        len = at + c.len_utf8();
    }
    len
}

const fn is_indic_nasal(c: char) -> bool {
    matches!(c, 'ङ' | 'ञ' | 'ण' | 'न' | 'म')
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static NORMALIZER: LazyLock<Normalizer> = LazyLock::new(Normalizer::new);

    #[track_caller]
    fn check_same(one: &str, other: &str) {
        let text = |raw| String::from_utf8(NORMALIZER.folded(raw)).unwrap();
        assert_eq!(text(one), text(other));
    }

    #[test]
    fn spellings_of_one_name_fold_alike() {
        check_same("Erdoğan", "ERDOGAN");
        check_same("Đặng Thị", "dang thi");
        check_same("Jong-un", "Jong Un");
        check_same("ホルヘ・アマド", "ホルヘ アマド");
        check_same("ホルヘ", "ﾎﾙﾍ");
        check_same("Пётр", "Петр");
        check_same("Андрей", "Андреи\u{306}");
        check_same("أحمد", "احمد");
        check_same("مُحَمَّد", "محـمد");
        check_same("علی", "علي");
        check_same("習近平", "习近平");
        check_same("ＡＢＣ", "abc");
        check_same("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}");
        check_same("नरेन्द्र", "नरेंद्र");
    }

    #[test]
    fn khmer_and_burmese_syllables_fold_alike() {
        check_same("សម្តេច", "សម្ដេច");
        check_same("ហ៊ុន\u{200b} សែន", "ហ៊ុនសែន");
        check_same("ស្រ្តី", "ស្ត្រី");
        check_same("ေအာင္", "အောင်");
        check_same("ျမန္မာႏိုင္ငံ", "မြန်မာနိုင်ငံ");
    }

    #[test]
    fn a_span_is_the_raw_name() {
        let raw = "លោក\u{200b} ហ៊ុន\u{200b} សែន\u{200b} បាន";
        let normal = NORMALIZER.normalize(raw);
        let name = NORMALIZER.folded("ហ៊ុន សែន");
        let start = normal
            .bytes
            .windows(name.len())
            .position(|w| w == name)
            .unwrap();
        let span = normal.raw_span(start, start + name.len(), raw).unwrap();
        assert_eq!(span.text(raw), Some("ហ៊ុន\u{200b} សែន"));
    }

    proptest! {
        #[test]
        fn any_text_folds_to_utf8_with_a_way_back(raw in any::<String>()) {
            let normal = NORMALIZER.normalize(&raw);
            prop_assert!(std::str::from_utf8(&normal.bytes).is_ok());
            prop_assert_eq!(normal.bytes.len(), normal.starts.len());
            for start in &normal.starts {
                prop_assert!(raw.is_char_boundary(*start as usize));
            }
        }
    }
}
