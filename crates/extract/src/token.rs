//! Tokens: words, numbers, addresses and signs as byte ranges of the text.
//!
//! The rules are those of the Universal Dependencies treebanks for English: possessives and
//! contractions are parted ("Clinton" + "'s", "do" + "n't"), hyphens stand alone, abbreviations
//! keep their stop ("U.S.", "Gen."). A run of an unspaced script is one token, except that each
//! Chinese character is one. Linear in the text.

use model::Span;
use unicode_normalization::char::is_combining_mark;

use crate::script::Script;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands, in bytes.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// How its letters are cased.
    pub case: Case,
    /// The script of its first letter; `Common` where it has none.
    pub script: Script,
    /// What parts it from the token before; `Line` for the first.
    pub gap: Gap,
}

/// Kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters; "n't" and "'s" are words.
    Word,
    /// Starts with a digit: "1,000.5", "10:30", "1990s", "2nd".
    Number,
    /// A web or mail address, a handle or a hashtag.
    Address,
    /// Ends a sentence: `.`, `!`, `?`, `…`, `。`, `។`, `॥` and their like.
    Stop,
    /// Any other punctuation or sign.
    Punctuation,
}

/// How a token's letters are cased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// No cased letters.
    None,
    /// "word".
    Lower,
    /// "Word".
    Title,
    /// "WORD", two letters or more.
    Upper,
    /// Upper case inside the word, as "eBay".
    Mixed,
}

/// What parts a token from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    /// Nothing.
    None,
    /// Spaces.
    Space,
    /// A line end inside a paragraph, or the start of the text.
    Line,
    /// A paragraph end.
    Paragraph,
}

impl Token {
    /// The token's text in the `text` it was made from.
    pub fn text(self, text: &str) -> &str {
        self.span.text(text).unwrap_or_default()
    }
}

/// The tokens of `text`, in order.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut scanner = Scanner {
        text,
        tokens: Vec::with_capacity(text.len() / 5 + 1),
        gap: Gap::Line,
    };
    let mut at = 0;
    while let Some(c) = scanner.peek(at) {
        at = scanner.step(at, c);
    }
    scanner.tokens
}

struct Scanner<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    gap: Gap,
}

impl Scanner<'_> {
    fn peek(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text.get(at..)?.chars().next(),
        }
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Reads what starts with `c` at `at`; returns where to go on.
    fn step(&mut self, at: usize, c: char) -> usize {
        if c.is_whitespace() || is_invisible(c) {
            return self.gap(at);
        }
        if let Some(end) = self.address(at, c) {
            return self.push(at, end, TokenKind::Address);
        }
        if c.is_numeric() {
            let end = self.number(at);
            return self.push(at, end, TokenKind::Number);
        }
        if is_word_letter(c) {
            return self.word(at, c);
        }
        if is_stop(c) {
            let end = self.run(at, |next| {
                next == c || (is_stop(c) && next == '.' && c == '.')
            });
            return self.push(at, end, TokenKind::Stop);
        }
        self.push(at, at + c.len_utf8(), TokenKind::Punctuation)
    }

    fn push(&mut self, start: usize, end: usize, kind: TokenKind) -> usize {
        let text = self.slice(start, end);
        let script = text.chars().map(Script::of).find(|s| *s != Script::Common);
        let token = Token {
            span: Span::new(start, end),
            kind,
            case: Case::of(text),
            script: script.unwrap_or(Script::Common),
            gap: self.gap,
        };
        self.tokens.push(token);
        self.gap = Gap::None;
        end
    }

    fn run(&self, start: usize, belongs: impl Fn(char) -> bool) -> usize {
        let mut end = start;
        while let Some(c) = self.peek(end).filter(|c| belongs(*c)) {
            end += c.len_utf8();
        }
        end
    }

    /// Space from `at`: a blank line ends a paragraph. So does a single line end, unless the line
    /// was only wrapped: it has no stop and the next goes on in lower case.
    fn gap(&mut self, at: usize) -> usize {
        let end = self.run(at, |c| c.is_whitespace() || is_invisible(c));
        let space = self.slice(at, end);
        let lines = space.chars().filter(|c| is_line_end(*c)).count();
        let crlf = space.matches("\r\n").count();
        let gap = match lines - crlf {
            0 if space.chars().all(is_invisible) => Gap::None,
            0 => Gap::Space,
            1 if self.is_wrapped(end) => Gap::Line,
            _ => Gap::Paragraph,
        };
        self.gap = self.gap.max(gap);
        end
    }

    fn is_wrapped(&self, next: usize) -> bool {
        let stopped = self.tokens.last().is_none_or(|t| t.kind == TokenKind::Stop);
        !stopped && self.peek(next).is_some_and(char::is_lowercase)
    }

    /// The end of a web or mail address, handle or hashtag at `at`.
    fn address(&self, at: usize, c: char) -> Option<usize> {
        if !c.is_ascii_alphanumeric() && c != '@' && c != '#' {
            return None;
        }
        if self
            .tokens
            .last()
            .is_some_and(|t| t.span.end() == at && t.kind == TokenKind::Word)
        {
            return None;
        }
        if c == '@' || c == '#' {
            let end = self.run(at + 1, |c| c.is_alphanumeric() || c == '_');
            return (end > at + 1).then_some(end);
        }
        if !matches!(c, 'h' | 'H' | 'w' | 'W') {
            return None;
        }
        let rest = self.text.as_bytes().get(at..)?;
        let starts = ["http://", "https://", "www."];
        let known = starts.iter().any(|start| {
            rest.get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
        });
        if !known {
            return None;
        }
        let end = self.run(at, |c| {
            !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '”' | '»')
        });
        Some(
            at + self
                .slice(at, end)
                .trim_end_matches(['.', ',', ')', ']', ';', ':', '\'', '’'])
                .len(),
        )
    }

    /// Digits with separators inside and letters behind: "1,000.5", "10:30", "1990s".
    fn number(&self, at: usize) -> usize {
        let mut end = self.run(at, char::is_alphanumeric);
        while let Some(separator) = self.peek(end).filter(|c| matches!(c, '.' | ',' | ':')) {
            let after = end + separator.len_utf8();
            if !self.peek(after).is_some_and(char::is_numeric) {
                break;
            }
            end = self.run(after, char::is_alphanumeric);
        }
        end
    }

    /// A word from `at`, parted where a clitic hangs on it.
    fn word(&mut self, at: usize, first: char) -> usize {
        let script = Script::of(first);
        if script == Script::Han {
            let end = at + first.len_utf8();
            let end = self.run(end, is_combining_mark);
            return self.push(at, end, TokenKind::Word);
        }
        let mut end = at;
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
        self.push_parted(at, end)
    }

    /// Pushes a word as one token, or as two or three where clitics hang on it.
    fn push_parted(&mut self, at: usize, end: usize) -> usize {
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
        if ENGLISH_CLITICS
            .iter()
            .any(|clitic| tail.eq_ignore_ascii_case(clitic))
        {
            self.push_parted(at, at + mark);
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
            if !is_part {
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

impl Case {
    /// How the letters of `text` are cased.
    pub fn of(text: &str) -> Self {
        let mut upper = 0_usize;
        let mut lower = 0_usize;
        let mut starts_upper = false;
        for c in text.chars() {
            if c.is_uppercase() {
                starts_upper |= upper + lower == 0;
                upper += 1;
            } else if c.is_lowercase() {
                lower += 1;
            }
        }
        match (upper, lower) {
            (0, 0) => Self::None,
            (0, _) => Self::Lower,
            (1, _) if starts_upper => Self::Title,
            (_, 0) => Self::Upper,
            (_, _) => Self::Mixed,
        }
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

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// Zero-width space, joiners' kin and direction marks: no letter, no sign.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

const fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

const fn is_stop(c: char) -> bool {
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

fn is_word_letter(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

fn continues_word(c: char, script: Script) -> bool {
    if c.is_ascii_alphanumeric() || c == '_' {
        return c.is_ascii_digit() || script == Script::Latin;
    }
    if matches!(c, '\u{200c}' | '\u{200d}' | '·' | '་' | '\u{0f0c}') {
        return matches!(
            script,
            Script::Arabic | Script::Indic | Script::Tibetan | Script::Khmer | Script::Myanmar
        ) || (c == '·' && script == Script::Latin);
    }
    (c.is_alphanumeric() || is_combining_mark(c)) && {
        let own = Script::of(c);
        own == script || own == Script::Common
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let tokens = tokenize(text);
        let words: Vec<&str> = tokens.iter().map(|token| token.text(text)).collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn clitics_are_parted() {
        check("I don't", &["I", "do", "n't"]);
        check("Clinton's", &["Clinton", "'s"]);
        check("they’re", &["they", "’re"]);
        check("O'Brien's", &["O'Brien", "'s"]);
        check("workers' rights", &["workers", "'", "rights"]);
        check("l'État", &["l'", "État"]);
        check("He'd've", &["He", "'d", "'ve"]);
    }

    #[test]
    fn abbreviations_keep_their_stop() {
        check("the U.S.-based", &["the", "U.S.", "-", "based"]);
        check("Gen. Marta Oru", &["Gen.", "Marta", "Oru"]);
        check("John F. Oru", &["John", "F.", "Oru"]);
        check("at 5 p.m. today", &["at", "5", "p.m.", "today"]);
        check(
            "He saw the gen. It left.",
            &["He", "saw", "the", "gen", ".", "It", "left", "."],
        );
        check("No. 5", &["No.", "5"]);
        check("He said no.", &["He", "said", "no", "."]);
        check("by Hun Sen. Then", &["by", "Hun", "Sen", ".", "Then"]);
        check("Sen. Oru", &["Sen.", "Oru"]);
    }

    #[test]
    fn numbers_and_addresses_stay_whole() {
        check("1,000.50 at 10:30.", &["1,000.50", "at", "10:30", "."]);
        check("the 1990s, 2nd", &["the", "1990s", ",", "2nd"]);
        check(
            "(see https://a.example/b?c=1).",
            &["(", "see", "https://a.example/b?c=1", ")", "."],
        );
        check("@oru_m and #Vote", &["@oru_m", "and", "#Vote"]);
    }

    #[test]
    fn scripts_are_parted() {
        check("លោកOruនិយាយ។", &["លោក", "Oru", "និយាយ", "។"]);
        check("金正恩说", &["金", "正", "恩", "说"]);
        check("ហ៊ុន\u{200b}សែន", &["ហ៊ុន", "សែន"]);
        check("И.И. Петров", &["И.И.", "Петров"]);
    }

    #[test]
    fn gaps_tell_lines_from_paragraphs() {
        let gaps = |text| tokenize(text).last().map(|token| token.gap);
        assert_eq!(gaps("one\n\ntwo"), Some(Gap::Paragraph));
        assert_eq!(gaps("one,\ntwo"), Some(Gap::Line));
        assert_eq!(gaps("one.\r\nTwo"), Some(Gap::Paragraph));
        assert_eq!(gaps("one two"), Some(Gap::Space));
        assert_eq!(gaps("one-"), Some(Gap::None));
    }

    proptest! {
        #[test]
        fn tokens_are_ordered_and_cut_no_character(text in any::<String>()) {
            let mut last = 0;
            for token in tokenize(&text) {
                prop_assert!(token.span.start() >= last);
                prop_assert!(!token.span.is_empty());
                prop_assert!(token.span.text(&text).is_some());
                last = token.span.end();
            }
        }

        #[test]
        fn everything_but_space_is_in_a_token(text in "[ a-zA-Z.'’\"0-9ក-៿@#\n-]{0,60}") {
            let covered: usize = tokenize(&text).iter().map(|t| t.span.len()).sum();
            let visible: usize = text.chars().filter(|c| !c.is_whitespace()).map(char::len_utf8).sum();
            prop_assert_eq!(covered, visible);
        }
    }
}
