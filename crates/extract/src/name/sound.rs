//! What a name sounds like: its consonants in nine classes, whatever script it is written in.
//!
//! Transcriptions of one name differ in vowels, in voicing and aspiration, and in letters that a
//! language does not have; the classes are what stays. Own compilation.

use super::syllable::is_burmese_letter;
use crate::script::{Script, is_letter};

/// A class of consonants; `W`, `Y` and `H` are soft: they come and go between spellings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Sound {
    P = 1,
    T,
    K,
    S,
    J,
    M,
    N,
    R,
    /// A Burmese stop at the end of a syllable, whichever it is.
    Stop,
    W,
    Y,
    H,
}

use Sound::{H, J, K, M, N, P, R, S, Stop, T, W, Y};

impl Sound {
    pub(super) const fn is_soft(self) -> bool {
        matches!(self, W | Y | H)
    }
}

/// Most sounds of a name that count: four bits each in a key.
const LONGEST: usize = 14;
/// Marks a key that holds soft sounds too.
const WITH_SOFT: u64 = 0xF;

/// The key of sounds without the soft ones, and how many they are.
pub(super) fn hard_key(sounds: impl IntoIterator<Item = Sound>) -> (u64, usize) {
    pack(sounds.into_iter().filter(|sound| !sound.is_soft()), 0)
}

/// The key of all sounds, which no hard key equals, and how many they are.
pub(super) fn full_key(sounds: impl IntoIterator<Item = Sound>) -> (u64, usize) {
    pack(sounds, WITH_SOFT)
}

fn pack(sounds: impl IntoIterator<Item = Sound>, start: u64) -> (u64, usize) {
    let mut key = start;
    let mut len = 0;
    for sound in sounds.into_iter().take(LONGEST) {
        key = key << 4 | sound as u64;
        len += 1;
    }
    (key, len)
}

/// A sound and the folded bytes that it is heard in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    pub(super) sound: Sound,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Puts the sounds of folded text that is not Latin into `sounds`. Ends before the first sign that
/// no name holds, and after `most` sounds, or `hard` ones that are not soft: who asks only how a
/// name begins need not hear all of it.
pub(super) fn hear(folded: &str, most: usize, hard: usize, sounds: &mut Vec<Heard>) {
    sounds.clear();
    let longest = most * 6;
    let mut characters = folded.char_indices().take(longest).peekable();
    let mut place = 0;
    let mut hard_len = 0;
    let mut before = ' ';
    while let Some((at, c)) = characters.next() {
        let end = at + c.len_utf8();
        let is_part = is_letter(c) || matches!(c, ' ' | '\'' | '\u{17d2}');
        if !is_part || sounds.len() >= most || hard_len >= hard {
            break;
        }
        let next = characters.peek().map_or(' ', |(_, c)| *c);
        let found = match Script::of(c) {
            Script::Cyrillic => cyrillic(c, before, next),
            Script::Arabic => arabic(c, before, next),
            Script::Indic => devanagari(c, before, next),
            Script::Thai => thai(c),
            Script::Lao => lao(c),
            Script::Khmer => khmer(c, before),
            Script::Myanmar => {
                let rest = folded.get(end..).unwrap_or_default();
                burmese(c, before, rest, longest - place - 1)
            }
            Script::Hangul => {
                let [first, others @ ..] = hangul(c);
                // A doubled ㄹ is one L.
                let last = sounds.last().filter(|last| last.end == at);
                let doubles = last.is_some_and(|last| last.sound == R && first == Some(R));
                let first = first.filter(|_| !doubles);
                for sound in std::iter::once(first).chain(others).flatten() {
                    hard_len += usize::from(!sound.is_soft());
                    sounds.push(Heard {
                        sound,
                        start: at,
                        end,
                    });
                }
                None
            }
            Script::Kana => kana(c),
            Script::Common => None,
            Script::Latin
            | Script::Greek
            | Script::Hebrew
            | Script::Tibetan
            | Script::Han
            | Script::Other => break,
        };
        match found {
            // "ហ្វ": one sound in two letters.
            Some((sound, true)) => {
                let whole = sounds.pop();
                hard_len -= usize::from(whole.is_some_and(|whole| !whole.sound.is_soft()));
                let start = whole.map_or(at, |before| before.start);
                sounds.push(Heard { sound, start, end });
            }
            Some((sound, false)) => sounds.push(Heard {
                sound,
                start: at,
                end,
            }),
            None => {}
        }
        if found.is_some_and(|(sound, _)| !sound.is_soft()) {
            hard_len += 1;
        }
        before = c;
        place += 1;
    }
}

/// A sound, and whether it takes the place of the one before.
type Letter = Option<(Sound, bool)>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every table of letters gives this"
)]
const fn new(sound: Sound) -> Letter {
    Some((sound, false))
}

fn is_boundary(c: char) -> bool {
    !c.is_alphabetic()
}

fn cyrillic(c: char, before: char, next: char) -> Letter {
    match c {
        'б' | 'п' | 'ф' => new(P),
        'в' => new(W),
        // "нг" at the end of a syllable is one sound.
        'г' | 'ґ' if before == 'н' && !is_cyrillic_vowel(next) => None,
        'г' | 'ґ' | 'к' => new(K),
        'х' => new(H),
        // "дж" is one sound.
        'д' if next == 'ж' => None,
        'д' | 'т' => new(T),
        'ж' | 'ч' => new(J),
        'з' | 'с' | 'ц' | 'ш' | 'щ' => new(S),
        'м' => new(M),
        'н' => new(N),
        'л' | 'р' => new(R),
        'й' | 'ё' | 'ю' | 'я' | 'ї' | 'є' if is_boundary(before) => new(Y),
        _ => None,
    }
}

fn is_cyrillic_vowel(c: char) -> bool {
    "аеёиоуыэюяіїє".contains(c)
}

fn arabic(c: char, before: char, next: char) -> Letter {
    match c {
        'ب' | 'پ' | 'ف' => new(P),
        'ڤ' | 'ۋ' => new(W),
        'ت' | 'ط' | 'ث' | 'د' | 'ذ' | 'ض' => new(T),
        'ج' | 'غ' | 'گ' if before == 'ن' && is_boundary(next) => None,
        'ك' | 'گ' | 'ق' | 'غ' => new(K),
        'ج' | 'چ' | 'ژ' => new(J),
        'س' | 'ص' | 'ش' | 'ز' | 'ظ' => new(S),
        'م' => new(M),
        'ن' | 'ڭ' => new(N),
        'ل' | 'ر' => new(R),
        'خ' | 'ح' => new(H),
        'ه' if !is_boundary(next) && !is_boundary(before) => None,
        'ه' if is_boundary(before) => new(H),
        'و' if is_boundary(before) => new(W),
        'ي' if is_boundary(before) => new(Y),
        _ => None,
    }
}

fn devanagari(c: char, before: char, next: char) -> Letter {
    let ends = |c: char| !matches!(c, 'ा'..='ौ' | 'अ'..='औ');
    match c {
        'ग' | 'घ' if before == 'ं' && ends(next) && is_boundary(next) => None,
        'क'..='घ' => new(K),
        'च'..='झ' => new(J),
        'ट'..='ढ' | 'त'..='ध' => new(T),
        'ङ' | 'ञ' | 'ण' | 'न' | 'ं' => new(N),
        'प'..='भ' => new(P),
        'म' => new(M),
        'य' => new(Y),
        'र' | 'ल' => new(R),
        'व' => new(W),
        'श'..='स' => new(S),
        'ह' => new(H),
        _ => None,
    }
}

fn thai(c: char) -> Letter {
    match c {
        'ก'..='ฆ' => new(K),
        'ง' | 'ณ' | 'น' => new(N),
        'จ' | 'ฉ' | 'ช' | 'ฌ' => new(J),
        'ซ' | 'ศ' | 'ษ' | 'ส' => new(S),
        'ญ' | 'ย' => new(Y),
        'ฎ'..='ฒ' | 'ด'..='ธ' => new(T),
        'บ'..='ภ' => new(P),
        'ม' => new(M),
        'ร' | 'ล' | 'ฬ' => new(R),
        'ว' => new(W),
        'ห' | 'ฮ' => new(H),
        _ => None,
    }
}

fn lao(c: char) -> Letter {
    match c {
        'ກ' | 'ຂ' | 'ຄ' => new(K),
        'ງ' | 'ນ' => new(N),
        'ຈ' => new(J),
        'ຊ' | 'ສ' => new(S),
        'ຍ' | 'ຢ' => new(Y),
        'ດ'..='ທ' => new(T),
        'ບ'..='ຟ' => new(P),
        'ມ' => new(M),
        'ຣ' | 'ລ' => new(R),
        'ວ' => new(W),
        'ຫ' | 'ຮ' => new(H),
        _ => None,
    }
}

fn khmer(c: char, before: char) -> Letter {
    // Under HA these are the foreign F and G.
    let is_under = before == '\u{17d2}';
    match c {
        'វ' if is_under => Some((P, true)),
        'ក'..='ឃ' => new(K),
        'ង' | 'ញ' | 'ណ' | 'ន' => new(N),
        'ច'..='ឈ' => new(J),
        'ដ'..='ឍ' | 'ត'..='ធ' => new(T),
        'ប'..='ភ' => new(P),
        'ម' => new(M),
        'យ' => new(Y),
        'រ' | 'ល' | 'ឡ' => new(R),
        'វ' => new(W),
        'ឝ'..='ស' => new(S),
        'ហ' => new(H),
        _ => None,
    }
}

/// `rest` is what follows, of which up to `most` characters are looked at.
fn burmese(c: char, before: char, rest: &str, most: usize) -> Letter {
    if !is_burmese_letter(c) && c != '\u{1036}' {
        return None;
    }
    let (mut is_final, mut has_ya, mut has_ha) = (false, false, false);
    for sign in rest.chars().take(most) {
        match sign {
            '\u{103a}' => is_final = true,
            '\u{103b}' | '\u{103c}' => has_ya = true,
            '\u{103e}' => has_ha = true,
            ' ' => break,
            sign if is_burmese_letter(sign) => break,
            _ => {}
        }
    }
    match c {
        'က'..='ဃ' | 'စ' | 'ဆ' | 'တ'..='ဓ' | 'ဋ'..='ဎ' | 'ပ'..='ဘ' | 'သ' | 'ဇ' | 'ဈ' if is_final => {
            new(Stop)
        }
        'က'..='ဃ' if has_ya => new(J),
        'က'..='ဃ' => new(K),
        'င' | 'ဉ' | 'ည' | 'ဏ' | 'န' | '\u{1036}' => new(N),
        'မ' if is_final => new(N),
        'မ' => new(M),
        'စ' | 'ဆ' | 'ဇ' | 'ဈ' | 'သ' => new(S),
        'ဋ'..='ဎ' | 'တ'..='ဓ' => new(T),
        'ပ'..='ဘ' => new(P),
        'ယ' | 'ရ' | 'လ' | 'ဠ' if is_final => None,
        'ယ' => new(Y),
        'ရ' if has_ha => new(S),
        'ရ' | 'လ' | 'ဠ' => new(R),
        'ဝ' => new(W),
        'ဟ' if before != '\u{1039}' => new(H),
        _ => None,
    }
}

/// First and last consonant of a Korean syllable.
fn hangul(c: char) -> [Option<Sound>; 3] {
    let Some(code) = u32::from(c)
        .checked_sub(0xAC00)
        .filter(|code| *code < 11_172)
    else {
        return [None; 3];
    };
    let (first, vowel, last) = (code / 588, code / 28 % 21, code % 28);
    let initial = match first {
        0 | 1 | 15 => Some(K),
        2 => Some(N),
        3 | 4 | 16 => Some(T),
        5 => Some(R),
        6 => Some(M),
        7 | 8 | 17 => Some(P),
        9 | 10 => Some(S),
        12..=14 => Some(J),
        18 => Some(H),
        _ => None,
    };
    let glide = match vowel {
        2 | 3 | 6 | 7 | 12 | 17 if initial.is_none() => Some(Y),
        9 | 10 | 14..=16 if initial.is_none() => Some(W),
        _ => None,
    };
    let coda = match last {
        1..=3 | 9 | 24 => Some(K),
        4..=6 | 21 => Some(N),
        7 | 19 | 20 | 22 | 23 | 25 => Some(T),
        8 | 11..=15 => Some(R),
        10 | 16 => Some(M),
        17 | 18 | 26 => Some(P),
        27 => Some(H),
        _ => None,
    };
    [initial, glide, coda]
}

fn kana(c: char) -> Letter {
    // Hiragana and katakana stand in the same order.
    let code = u32::from(c);
    let row = if code >= 0x30a1 {
        code - 0x30a1
    } else {
        code.saturating_sub(0x3041)
    };
    match row {
        10..=19 => new(K),
        // ジ and チ are near to each other, not to their rows.
        23 | 32 | 33 => new(J),
        20..=22 | 24..=29 | 35 | 36 => new(S),
        30 | 31 | 37..=40 => new(T),
        41..=45 | 82 => new(N),
        46 | 49 | 55 | 58 => new(H),
        47 | 48 | 50..=54 | 56 | 57 | 59 | 60 => new(P),
        61..=65 => new(M),
        67 | 69 | 71 => new(Y),
        72..=76 => new(R),
        78 | 83 => new(W),
        _ => None,
    }
}
