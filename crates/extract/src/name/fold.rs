//! One character, folded for comparison: case, accents, width, Arabic letter forms, Chinese forms.

use std::collections::BTreeMap;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::han;
use crate::script::Script;

/// How each character of the Basic Multilingual Plane folds, packed for speed.
///
/// Bits 0–23 hold up to three bytes of UTF-8, bits 24–25 their number, the rest are flags.
pub(super) struct FoldTable {
    packed: Vec<u32>,
}

const LEN_SHIFT: u32 = 24;
const SPACE: u32 = 1 << 26;
const JOINS: u32 = 1 << 27;
const MARK: u32 = 1 << 28;
const SLOW: u32 = 1 << 29;
const NASAL: u32 = 1 << 30;
const PLANE: u32 = 0x1_0000;

/// What a character folds to.
#[derive(Clone, Copy)]
pub(super) struct Folded(u32);

impl Folded {
    /// The folded bytes and how many they are; none where the character is dropped.
    pub(super) const fn bytes(self) -> ([u8; 4], usize) {
        (self.0.to_le_bytes(), ((self.0 >> LEN_SHIFT) & 3) as usize)
    }

    /// Parts words: a space, a hyphen, a middle dot, a tsheg.
    pub(super) const fn is_space(self) -> bool {
        self.0 & SPACE != 0
    }

    /// Belongs to a script in which a space between two letters of a name means nothing.
    pub(super) const fn joins(self) -> bool {
        self.0 & JOINS != 0
    }

    /// Is written onto the letter before.
    pub(super) const fn is_mark(self) -> bool {
        self.0 & MARK != 0
    }

    /// A nasal of India, which a virama and a consonant behind it make another sign.
    pub(super) const fn is_indic_nasal(self) -> bool {
        self.0 & NASAL != 0
    }

    /// Needs its neighbours to be folded, or folds to more than three bytes.
    pub(super) const fn is_slow(self) -> bool {
        self.0 & SLOW != 0
    }
}

impl FoldTable {
    /// Builds the table; some ten milliseconds.
    pub(super) fn new() -> Self {
        let han = han::simplified();
        let packed = (0..PLANE)
            .map(|code| char::from_u32(code).map_or(SPACE, |c| pack(c, &han)))
            .collect();
        Self { packed }
    }

    /// How `c` folds; characters of other planes stay as they are, slowly.
    pub(super) fn get(&self, c: char) -> Folded {
        Folded(self.packed.get(c as usize).copied().unwrap_or(SLOW))
    }
}

impl std::fmt::Debug for FoldTable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FoldTable").finish_non_exhaustive()
    }
}

fn pack(c: char, han: &BTreeMap<char, char>) -> u32 {
    let script = Script::of(c);
    let mut flags = 0;
    if is_word_parting(c) {
        return SPACE;
    }
    if script.is_unspaced() || script == Script::Hangul {
        flags |= JOINS;
    }
    if is_combining_mark(c) && !matches!(script, Script::Khmer | Script::Myanmar) {
        flags |= MARK;
    }
    if matches!(script, Script::Khmer | Script::Myanmar) || is_jamo(c) {
        return flags | SLOW;
    }
    if matches!(c, 'ङ' | 'ञ' | 'ण' | 'न' | 'म') {
        flags |= NASAL;
    }
    let mut folded = String::new();
    fold(c, script, han, &mut folded);
    let bytes = folded.as_bytes();
    if bytes.len() > 3 {
        return flags | SLOW;
    }
    let mut word = [0_u8; 4];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    let len = u32::try_from(bytes.len()).unwrap_or(0);
    u32::from_le_bytes(word) | len << LEN_SHIFT | flags
}

fn fold(c: char, script: Script, han: &BTreeMap<char, char>, into: &mut String) {
    if is_dropped(c) {
        return;
    }
    let strips_marks = matches!(script, Script::Latin | Script::Greek | Script::Common);
    for part in std::iter::once(c).nfkc().flat_map(char::to_lowercase) {
        if strips_marks {
            into.extend(
                std::iter::once(part)
                    .nfkd()
                    .filter(|p| !is_combining_mark(*p))
                    .map(letter),
            );
        } else {
            into.push(han.get(&part).copied().unwrap_or_else(|| letter(part)));
        }
    }
}

/// Folds the text of a slow character: composed first, then each part by itself.
pub(super) fn fold_slow(text: &str, table: &FoldTable, into: &mut String) {
    for c in text.nfkc() {
        let folded = table.get(c);
        if folded.is_slow() && !is_jamo(c) {
            // "ß", "㍿" and their like: as they are, but for case.
            into.extend(c.to_lowercase().map(letter));
            continue;
        }
        let (bytes, len) = folded.bytes();
        let bytes = bytes.get(..len).unwrap_or_default();
        into.push_str(std::str::from_utf8(bytes).unwrap_or_default());
    }
}

/// Letters that Unicode does not take apart, and letters that differ by keyboard only.
const fn letter(c: char) -> char {
    match c {
        'đ' | 'ð' => 'd',
        'ø' => 'o',
        'ł' => 'l',
        'ı' => 'i',
        'ħ' => 'h',
        '’' | '‘' | 'ʼ' | 'ʻ' | '`' => '\'',
        'ё' => 'е',
        // Alef forms; Persian and Urdu yeh, kaf, heh; teh marbuta; hamza carriers.
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ې' | 'ے' | 'ئ' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۀ' => 'ه',
        'ؤ' => 'و',
        'ँ' => 'ं',
        other => other,
    }
}

/// Signs without weight in a comparison: harakat, tatweel, nukta, zero-width and direction marks.
const fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
            | '\u{6d6}'..='\u{6ed}' | '\u{93c}' | '\u{e4c}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// Signs that part the words of a name: spaces, hyphens, middle dots, Tibetan tsheg.
fn is_word_parting(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '\u{2010}'
                ..='\u{2015}' | '·' | '・' | '･' | '‧' | '•' | '＝' | '゠' | '་' | '༌' | '_'
        )
}

/// Korean letters that are written as one syllable, and marks that compose with the letter before.
pub(super) const fn is_jamo(c: char) -> bool {
    matches!(
        c,
        '\u{1100}'..='\u{11ff}' | '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}'
    )
}
