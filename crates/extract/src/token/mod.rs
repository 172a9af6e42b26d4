//! Tokens: words, numbers, addresses and signs as byte ranges of the text.
//!
//! The rules are those of the Universal Dependencies treebanks for English: possessives and
//! contractions are parted ("Clinton" + "'s", "do" + "n't"), hyphens stand alone, abbreviations
//! keep their stop ("U.S.", "Gen."). A run of an unspaced script is one token, except that each
//! Chinese character is one. Linear in the text.

mod scanner;
mod sign;
mod word;

use model::Span;

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
    scanner::Scanner::new(text).tokens()
}

impl Case {
    /// How the letters of `text` are cased.
    pub fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self::of_ascii(text.as_bytes());
        }
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
        Self::by_counts(upper, lower, starts_upper)
    }

    fn of_ascii(text: &[u8]) -> Self {
        let upper = text.iter().filter(|byte| byte.is_ascii_uppercase()).count();
        let lower = text.iter().filter(|byte| byte.is_ascii_lowercase()).count();
        let first = text.iter().find(|byte| byte.is_ascii_alphabetic());
        Self::by_counts(upper, lower, first.is_some_and(u8::is_ascii_uppercase))
    }

    /// By the number of letters of either case, and whether the first is upper.
    const fn by_counts(upper: usize, lower: usize, starts_upper: bool) -> Self {
        match (upper, lower) {
            (0, 0) => Self::None,
            (0, _) => Self::Lower,
            (1, _) if starts_upper => Self::Title,
            (_, 0) => Self::Upper,
            (_, _) => Self::Mixed,
        }
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
