//! Khmer and Burmese syllables in one order and spelling.
//!
//! Both scripts let the same written syllable be typed in several orders, and both have pairs of
//! signs that look alike. A folded syllable is for comparison only: it is never shown.

use super::zawgyi;

const KHMER_COENG: char = '\u{17d2}';
const BURMESE_VIRAMA: char = '\u{1039}';
const BURMESE_ASAT: char = '\u{103a}';

/// Signs of one syllable that are read together; what has more is no word of either language, and
/// the rest is read as if it were a syllable of its own.
const MOST_SIGNS: usize = 12;

/// A syllable taken apart: its letter, and what is written onto it, in one order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syllable {
    base: Option<char>,
    signs: [(u8, char); MOST_SIGNS],
    len: usize,
    /// Signs ranked below this are stacked letters.
    stacked: u8,
    stacker: char,
}

impl Syllable {
    const fn new(stacked: u8, stacker: char) -> Self {
        Self {
            base: None,
            signs: [(0, ' '); MOST_SIGNS],
            len: 0,
            stacked,
            stacker,
        }
    }

    const fn is_full(&self) -> bool {
        self.len >= MOST_SIGNS
    }

    /// Puts a sign where its rank wants it.
    fn insert(&mut self, sign: (u8, char)) {
        let signs = self.signs();
        let place = signs.iter().rposition(|other| *other <= sign);
        let place = place.map_or(0, |before| before + 1);
        if let Some(moved) = self.signs.get_mut(place..=self.len) {
            moved.rotate_right(1);
            if let Some(slot) = moved.first_mut() {
                *slot = sign;
            }
            self.len += 1;
        }
    }

    fn signs(&self) -> &[(u8, char)] {
        self.signs.get(..self.len).unwrap_or_default()
    }

    /// Keeps the signs for which `keep` says so, changed as it says.
    fn rewrite(&mut self, keep: impl Fn(char) -> Option<char>) {
        let before = *self;
        self.len = 0;
        for (rank, sign) in before.signs() {
            if let Some(sign) = keep(*sign) {
                self.insert((*rank, sign));
            }
        }
    }

    /// Whether nothing is left of it.
    pub(super) const fn is_empty(&self) -> bool {
        self.base.is_none() && self.len == 0
    }

    /// Calls `push` with each folded character.
    pub(super) fn each(&self, mut push: impl FnMut(char)) {
        if let Some(base) = self.base {
            push(base);
        }
        for (rank, sign) in self.signs() {
            if *rank < self.stacked {
                push(self.stacker);
            }
            push(*sign);
        }
    }
}

/// The Khmer syllable that `text` starts with, a letter with all that is written onto it, and its
/// length. Zero-width characters inside belong to it.
pub(super) fn khmer(text: &str) -> (Syllable, usize) {
    let mut syllable = Syllable::new(4, KHMER_COENG);
    let mut end = 0;
    let mut after_coeng = false;
    let mut seen = KhmerSigns::default();
    for (at, c) in text.char_indices() {
        match c {
            KHMER_COENG => after_coeng = true,
            '\u{1780}'..='\u{17b3}' | '\u{17b4}'..='\u{17d3}' | '\u{17dd}' if after_coeng => {
                if syllable.is_full() {
                    break;
                }
                after_coeng = false;
                // Subscript DA and TA look the same.
                let c = if c == '\u{178a}' { '\u{178f}' } else { c };
                syllable.insert((if c == '\u{179a}' { 3 } else { 2 }, c));
            }
            // Register shifters, the U that stands in for them, and signs without sound.
            '\u{17c9}' | '\u{17ca}' | '\u{17b4}' | '\u{17b5}' | '\u{17cb}' | '\u{17cd}'
            | '\u{17ce}' | '\u{17cf}' => {}
            _ if is_khmer_sign(c) => {
                if syllable.is_full() {
                    break;
                }
                seen.note(c);
                syllable.insert((4, c));
            }
            _ if at == 0 => syllable.base = Some(if c == '\u{17b2}' { '\u{17b1}' } else { c }),
            _ if is_joiner(c) => continue,
            _ => break,
        }
        end = at + c.len_utf8();
    }
    seen.merge(&mut syllable);
    (syllable, end)
}

/// Signs of a Khmer syllable that are one sign with another, or stand for one.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims about one syllable"
)]
struct KhmerSigns {
    e: bool,
    ii: bool,
    aa: bool,
    u: bool,
    above: bool,
}

impl KhmerSigns {
    fn note(&mut self, c: char) {
        match c {
            '\u{17c1}' => self.e = true,
            '\u{17b6}' => self.aa = true,
            '\u{17bb}' => self.u = true,
            _ => {}
        }
        self.ii |= c == '\u{17b8}';
        self.above |= matches!(c, '\u{17b7}'..='\u{17ba}' | '\u{17be}');
    }

    /// Writes E with II or AA as the one vowel that they make; U below another vowel is a register
    /// shifter.
    fn merge(&self, syllable: &mut Syllable) {
        if self.above && self.u {
            syllable.rewrite(|c| (c != '\u{17bb}').then_some(c));
        }
        let merged = match (self.e, self.ii, self.aa) {
            (true, true, _) => Some(('\u{17b8}', '\u{17be}')),
            (true, _, true) => Some(('\u{17b6}', '\u{17c4}')),
            _ => None,
        };
        if let Some((other, whole)) = merged {
            syllable.rewrite(|c| match c {
                '\u{17c1}' => Some(whole),
                c => (c != other).then_some(c),
            });
        }
    }
}

/// The Burmese syllable that `text` starts with, and its length. In Zawgyi, which is turned into
/// Unicode on the way, the vowel E and the medial RA come before their letter.
pub(super) fn burmese(text: &str, is_zawgyi: bool) -> (Syllable, usize) {
    let mut syllable = Syllable::new(2, BURMESE_VIRAMA);
    let len = burmese_len(text, is_zawgyi);
    let written = text.get(..len).unwrap_or_default();
    if is_zawgyi {
        read_burmese(&zawgyi::to_unicode(written), &mut syllable);
    } else {
        read_burmese(written, &mut syllable);
    }
    (syllable, len)
}

/// The end of the Burmese syllable that starts at `text`'s beginning.
fn burmese_len(text: &str, is_zawgyi: bool) -> usize {
    let mut end = 0;
    let mut signs = 0;
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
        if belongs && signs <= MOST_SIGNS {
            signs += 1;
            // A stop takes the place of a letter: the next one opens a syllable.
            seen_base |= is_burmese_letter(c) || at == 0 && !is_prefix && !is_burmese_sign(c);
            after_virama = c == BURMESE_VIRAMA && !is_zawgyi;
            end = at + c.len_utf8();
        } else if belongs || !is_joiner(c) {
            break;
        }
    }
    end
}

fn read_burmese(written: &str, syllable: &mut Syllable) {
    let mut after_virama = false;
    for c in written.chars() {
        let c = match c {
            // Letter U for NYA, digit zero for WA, tall AA: written alike.
            '\u{1025}' => '\u{1009}',
            '\u{1040}' => '\u{101d}',
            '\u{102b}' => '\u{102c}',
            other => other,
        };
        let sign = match c {
            BURMESE_VIRAMA => {
                after_virama = true;
                continue;
            }
            _ if after_virama => {
                after_virama = false;
                (1, c)
            }
            '\u{1026}' => {
                syllable.base = syllable.base.or(Some('\u{1009}'));
                (7, '\u{102e}')
            }
            _ if is_burmese_sign(c) => (burmese_rank(c), c),
            _ => {
                syllable.base = syllable.base.or(Some(c));
                continue;
            }
        };
        // Signs are typed twice by mistake.
        if !syllable.signs().contains(&sign) {
            syllable.insert(sign);
        }
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

pub(super) const fn burmese_rank(c: char) -> u8 {
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

const fn is_khmer_sign(c: char) -> bool {
    matches!(c, '\u{17b4}'..='\u{17d3}' | '\u{17dd}')
}

pub(super) const fn is_burmese_letter(c: char) -> bool {
    matches!(c, '\u{1000}'..='\u{102a}' | '\u{103f}'..='\u{1049}' | '\u{104e}' | '\u{1050}'..='\u{1055}' | '\u{108f}'..='\u{1092}' | '\u{106e}' | '\u{106f}')
}

/// Signs of Unicode and of Zawgyi, which uses the code points of other languages for its own.
pub(super) const fn is_burmese_sign(c: char) -> bool {
    matches!(c, '\u{102b}'..='\u{103e}' | '\u{1056}'..='\u{106d}' | '\u{1070}'..='\u{108e}' | '\u{1093}'..='\u{109d}')
}
