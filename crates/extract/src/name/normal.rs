//! A text folded for comparison, with the way back to where each folded byte came from.

use model::Span;
use unicode_normalization::char::is_combining_mark;

use super::{
    fold::{FoldTable, fold_slow},
    plain_syllable, syllable, zawgyi,
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

/// Bytes written at once.
const WORD: usize = 4;

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
                bytes: vec![0; text.len() + WORD],
                starts: vec![0; text.len() + WORD],
                raw_len: text.len(),
            },
            len: 0,
            space: None,
            joins: false,
            letter_at: 0,
            is_zawgyi: text.contains(['\u{1031}', '\u{1039}']) && zawgyi::is_zawgyi(text),
            scratch: String::new(),
        };
        fold.run();
        fold.normal.bytes.truncate(fold.len);
        fold.normal.starts.truncate(fold.len);
        fold.normal
    }
}

struct Fold<'t> {
    table: &'t FoldTable,
    text: &'t str,
    /// Longer than what is written yet, so that a character is written without asking for room.
    normal: Normal,
    /// Folded bytes written.
    len: usize,
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
        self.put([byte, 0, 0, 0], 1, at);
    }

    /// Writes the first `len` bytes of `word`, which come from raw byte `at`.
    fn put(&mut self, word: [u8; WORD], len: usize, at: usize) {
        // `normalize` cuts longer texts.
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        let place = self.len..self.len + WORD;
        if place.end > self.normal.bytes.len() {
            self.grow();
        }
        if let Some(bytes) = self.normal.bytes.get_mut(place.clone()) {
            bytes.copy_from_slice(&word);
        }
        if let Some(starts) = self.normal.starts.get_mut(place) {
            starts.fill(start);
        }
        self.len += len;
    }

    #[cold]
    fn grow(&mut self) {
        let len = self.normal.bytes.len() * 2 + WORD;
        self.normal.bytes.resize(len, 0);
        self.normal.starts.resize(len, 0);
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
        if let Some(next) = self.plain_syllable(at) {
            return next;
        }
        let Some(rest) = self.text.get(at..) else {
            return self.text.len();
        };
        let Some(c) = rest.chars().next() else {
            return self.text.len();
        };
        let next = at + c.len_utf8();
        let folded = self.table.get(c);
        if folded.is_space() {
            self.space = self.space.or(Some(at));
            return next;
        }
        if !c.is_ascii() {
            let behind = self.text.as_bytes().get(next..).unwrap_or_default();
            if folded.is_slow() || starts_with_composing(behind) {
                return self.slow(at, c, rest);
            }
            if folded.is_indic_nasal() && is_before_consonant(behind) {
                // A nasal before a consonant is also written as anusvara.
                self.write("ं", at, false);
                return next + '\u{94d}'.len_utf8();
            }
        }
        let (bytes, len) = folded.bytes();
        let start = if folded.is_mark() { self.letter_at } else { at };
        if len > 0 {
            self.write_space(folded.joins());
            self.put(bytes, len, start);
            self.joins = folded.joins();
            self.letter_at = start;
        }
        next
    }

    /// Folds a Khmer or Burmese syllable that is written in folded order already.
    fn plain_syllable(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(at..)?;
        let (plain, len) = match rest {
            [0xe1, 0x9e..=0x9f, ..] => plain_syllable::khmer(rest)?,
            [0xe1, 0x80..=0x82, ..] if !self.is_zawgyi => plain_syllable::burmese(rest)?,
            _ => return None,
        };
        self.write_space(true);
        for character in plain.bytes().chunks_exact(3) {
            if let [one, two, three] = character {
                self.put([*one, *two, *three, 0], 3, at);
            }
        }
        self.joins = true;
        self.letter_at = at;
        Some(at + len)
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
            syllable.each(|c| {
                let mut word = [0; WORD];
                let len = c.encode_utf8(&mut word).len();
                self.put(word, len, at);
            });
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

/// Whether `bytes` start with a mark that composes with the letter before: a breve, two dots,
/// Korean letters, Japanese voicing.
const fn starts_with_composing(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xcc, 0x86 | 0x88, ..]
            | [0xe1, 0x84..=0x87, ..]
            | [0xe3, 0x82, 0x99 | 0x9a, ..]
            | [0xef, 0xbe, 0x9e | 0x9f, ..]
    )
}

/// Whether `bytes` start with the virama of Devanagari and a consonant behind it.
fn is_before_consonant(bytes: &[u8]) -> bool {
    let consonant = bytes.strip_prefix("\u{94d}".as_bytes());
    // KA to HA, U+0915 to U+0939.
    matches!(consonant, Some([0xe0, 0xa4, 0x95..=0xb9, ..]))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::{super::fold::is_jamo, *};

    static NORMALIZER: LazyLock<Normalizer> = LazyLock::new(Normalizer::new);

    #[track_caller]
    fn check_same(one: &str, other: &str) {
        let text = |raw| String::from_utf8(NORMALIZER.folded(raw)).unwrap();
        assert_eq!(text(one), text(other));
    }

    #[test]
    fn composing_marks_are_told_by_their_bytes() {
        for c in '\u{80}'..=char::MAX {
            let is_composing = matches!(c, '\u{306}' | '\u{308}') || is_jamo(c);
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            assert_eq!(starts_with_composing(bytes), is_composing, "{c:?}");
        }
    }

    #[test]
    fn a_letter_behind_a_burmese_stop_is_kept() {
        check_same("ကို၊ကို", "ကို၊ ကို");
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
