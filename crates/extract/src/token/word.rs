//! Words: where they end, the clitics that hang on them, and abbreviations that keep their stop.

use unicode_normalization::char::is_combining_mark;

use super::{
    TokenKind,
    scanner::Scanner,
    sign::{continues_word, is_apostrophe, is_word_letter},
};
use crate::script::Script;

/// Clitics parted from one word; what hangs on behind them stays one token.
const MOST_CLITICS: usize = 8;
/// Letters of an abbreviation such as "U.S.S.R.": longer ones are a run of something else.
const MOST_INITIALS: usize = 16;

impl Scanner<'_> {
    /// A word from `at`, parted where a clitic hangs on it.
    pub(super) fn word(&mut self, at: usize, first: char) -> usize {
        let plain = self.plain_word(at);
        if first.is_ascii() && self.ends_plainly(plain) {
            return self.push(at, plain, TokenKind::Word);
        }
        let script = Script::of(first);
        if script == Script::Han {
            let end = at + first.len_utf8();
            let end = self.run(end, is_combining_mark);
            return self.push(at, end, TokenKind::Word);
        }
        let mut end = if first.is_ascii() { plain } else { at };
        loop {
            end = self.run(end, |c| continues_word(c, script));
            let Some(sign) = self.peek(end) else { break };
            let after = end + sign.len_utf8();
            let joins = is_apostrophe(sign)
                && end > at
                && self
                    .peek(after)
                    .is_some_and(|c| is_word_letter(c) && Script::of(c) == script);
            if !joins {
                break;
            }
            end = after;
        }
        let end = self.abbreviation(at, end).unwrap_or(end);
        self.push_parted(at, end, MOST_CLITICS)
    }

    /// The end of the ASCII letters and digits from `at`.
    fn plain_word(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let letters = rest.iter();
        at + letters
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count()
    }

    /// Whether nothing at `end` can go on with the Latin word before it.
    fn ends_plainly(&self, end: usize) -> bool {
        let next = self.text.as_bytes().get(end);
        next.is_none_or(|next| next.is_ascii() && !matches!(next, b'\'' | b'.'))
    }

    /// Pushes a word as one token, or as several where clitics hang on it, `clitics` at most.
    fn push_parted(&mut self, at: usize, end: usize, clitics: usize) -> usize {
        let word = self.slice(at, end);
        let Some(mark) = word.rfind(is_apostrophe) else {
            return self.push(at, end, TokenKind::Word);
        };
        let mark_len = word
            .get(mark..)
            .and_then(|w| w.chars().next())
            .map_or(1, char::len_utf8);
        let tail = word.get(mark + mark_len..).unwrap_or_default();
        let head = word.get(..mark).unwrap_or_default();
        let is_negation =
            tail.eq_ignore_ascii_case("t") && head.ends_with(['n', 'N']) && head.len() > 1;
        if is_negation {
            self.push(at, at + mark - 1, TokenKind::Word);
            return self.push(at + mark - 1, end, TokenKind::Word);
        }
        let is_clitic = ENGLISH_CLITICS
            .iter()
            .any(|clitic| tail.eq_ignore_ascii_case(clitic));
        if clitics > 0 && is_clitic {
            self.push_parted(at, at + mark, clitics - 1);
            return self.push(at + mark, end, TokenKind::Word);
        }
        if ROMANCE_PROCLITICS.contains(&head) {
            self.push(at, at + mark + mark_len, TokenKind::Word);
            return self.push(at + mark + mark_len, end, TokenKind::Word);
        }
        self.push(at, end, TokenKind::Word)
    }

    /// The end of the abbreviation that starts at `at`, stop included: "U.S.", "p.m.", "Gen.", "J.".
    fn abbreviation(&self, at: usize, end: usize) -> Option<usize> {
        if self.peek(end) != Some('.') {
            return None;
        }
        let word = self.slice(at, end);
        let letters = word.chars().count();
        if letters == 1 || (letters <= 3 && self.peek(end + 1).is_some_and(char::is_alphabetic)) {
            return self.dotted(at, end);
        }
        if word == "Sen" && self.is_surname_sen() {
            return None;
        }
        let next = self.run(end + 1, |c| c == ' ' || c == '\u{a0}');
        let follower = self.peek(next);
        let known = TITLE_ABBREVIATIONS.contains(&word) && follower.is_some_and(char::is_uppercase)
            || ABBREVIATIONS.contains(&word)
            || NUMBERED_ABBREVIATIONS.contains(&word) && follower.is_some_and(char::is_numeric);
        known.then_some(end + 1)
    }

    /// Letters with a stop after each. A single letter before the end of the text or a line is
    /// taken for a word, not an initial.
    fn dotted(&self, at: usize, first_end: usize) -> Option<usize> {
        let mut end = first_end + 1;
        let mut parts = 1;
        loop {
            let part = self.run(end, char::is_alphabetic);
            let is_part = part > end
                && self.slice(end, part).chars().count() <= 2
                && self.peek(part) == Some('.');
            if !is_part || parts > MOST_INITIALS {
                break;
            }
            parts += 1;
            end = part + 1;
        }
        if self.peek(end).is_some_and(char::is_alphanumeric) {
            // "example.org" or a missing space: the stop is not the word's own.
            return None;
        }
        let is_initial =
            self.peek(at).is_some_and(char::is_uppercase) && self.peek(end) == Some(' ');
        (parts > 1 || is_initial && first_end - at <= 2 && self.peek(at) != Some('I'))
            .then_some(end)
    }

    /// "Hun Sen.": the surname, not the senator.
    fn is_surname_sen(&self) -> bool {
        let before = self.tokens.last().map(|t| t.text(self.text));
        before.is_some_and(|b| matches!(b, "Hun" | "Amartya" | "Aung" | "Soe" | "Samdech"))
    }
}

const ENGLISH_CLITICS: [&str; 6] = ["s", "re", "ve", "ll", "d", "m"];

/// French and Italian articles and prepositions that are written together with the next word.
const ROMANCE_PROCLITICS: [&str; 18] = [
    "l", "d", "c", "s", "n", "j", "m", "t", "qu", "jusqu", "lorsqu", "dell", "all", "nell", "dall",
    "sull", "un", "quell",
];

/// Titles that only stand before a name.
const TITLE_ABBREVIATIONS: [&str; 29] = [
    "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Gen", "Lt", "Col", "Maj", "Capt", "Cpl", "Sgt", "Brig",
    "Adm", "Cmdr", "Sen", "Rep", "Gov", "Pres", "Rev", "Fr", "Hon", "St", "Sr", "Jr", "Amb",
    "Supt", "Insp",
];

const ABBREVIATIONS: [&str; 16] = [
    "Inc", "Ltd", "Corp", "Co", "Bros", "vs", "etc", "Esq", "Ph.D", "Dept", "Univ", "approx",
    "est", "Mt", "Ft", "Ave",
];

/// Abbreviations that are common words or names unless a number follows.
const NUMBERED_ABBREVIATIONS: [&str; 17] = [
    "No", "Nos", "Art", "pp", "vol", "Vol", "Jan", "Feb", "Mar", "Apr", "Aug", "Sept", "Sep",
    "Oct", "Nov", "Dec", "Sec",
];
