//! A text cut into paragraphs, sentences and tokens.

use std::ops::Range;

use model::Span;

use crate::{
    pack::{Cue, Traits},
    token::{Case, Gap, Token, TokenKind, tokenize},
    vocabulary::Vocabulary,
};

/// A text with its tokens, sentences and paragraphs.
#[derive(Debug)]
pub struct Document<'t> {
    /// The text that all spans point into.
    pub text: &'t str,
    /// All tokens, in order.
    pub tokens: Vec<Token>,
    /// Sentences as ranges of token positions; they cover all tokens, in order.
    pub sentences: Vec<Range<usize>>,
    /// Paragraphs as ranges of token positions; they cover all tokens, in order.
    pub paragraphs: Vec<Range<usize>>,
    pub(crate) vocabulary: Vocabulary<'t>,
}

impl<'t> Document<'t> {
    /// Cuts `text`; linear in its length.
    pub fn new(text: &'t str) -> Self {
        let tokens = tokenize(text);
        let paragraphs = paragraphs(&tokens);
        let sentences = paragraphs
            .iter()
            .flat_map(|paragraph| sentences(text, &tokens, paragraph.clone()))
            .collect();
        let vocabulary = Vocabulary::new(text, &tokens);
        Self {
            text,
            tokens,
            sentences,
            paragraphs,
            vocabulary,
        }
    }

    /// The tokens of a sentence or paragraph; none where the range is of another document.
    pub fn tokens_of(&self, range: &Range<usize>) -> &[Token] {
        self.tokens.get(range.clone()).unwrap_or_default()
    }

    /// The text of the token at `position`; empty past the end.
    pub fn word(&self, position: usize) -> &'t str {
        let token = self.tokens.get(position);
        token
            .and_then(|token| token.span.text(self.text))
            .unwrap_or_default()
    }

    /// The same in lower case.
    pub(crate) fn lower(&self, position: usize) -> &str {
        let form = self.vocabulary.form(position);
        form.map_or("", |form| form.lower.as_ref())
    }

    /// What the word at `position` says of a person or body.
    pub(crate) fn traits(&self, position: usize) -> Traits {
        let form = self.vocabulary.form(position);
        form.map_or(Traits::default(), |form| form.traits)
    }

    /// The cue that the word at `position` is a form of.
    pub(crate) fn cue(&self, position: usize) -> Option<&'static Cue> {
        self.vocabulary.form(position)?.cue
    }

    /// Whether the word at `position` names a post or a calling.
    pub(crate) fn is_post(&self, position: usize) -> bool {
        let form = self.vocabulary.form(position);
        form.is_some_and(|form| form.is_post)
    }

    /// The bytes that the tokens of `range` cover, from the first's start to the last's end.
    pub fn span_of(&self, range: &Range<usize>) -> Option<Span> {
        let tokens = self.tokens.get(range.clone())?;
        Some(Span::new(
            tokens.first()?.span.start(),
            tokens.last()?.span.end(),
        ))
    }

    /// The position of the token at or after byte `offset`; the number of tokens past the last.
    pub fn token_at(&self, offset: usize) -> usize {
        self.tokens
            .partition_point(|token| token.span.end() <= offset)
    }

    /// The position of the sentence that holds the token at `position`.
    pub fn sentence_of(&self, position: usize) -> usize {
        self.sentences
            .partition_point(|range| range.end <= position)
    }

    /// The position of the paragraph that holds the token at `position`.
    pub fn paragraph_of(&self, position: usize) -> usize {
        self.paragraphs
            .partition_point(|range| range.end <= position)
    }
}

fn paragraphs(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for (position, token) in tokens.iter().enumerate().skip(1) {
        if token.gap == Gap::Paragraph {
            ranges.push(start..position);
            start = position;
        }
    }
    if !tokens.is_empty() {
        ranges.push(start..tokens.len());
    }
    ranges
}

fn sentences(text: &str, tokens: &[Token], paragraph: Range<usize>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = paragraph.start;
    let mut position = paragraph.start;
    while position < paragraph.end {
        let after = end_of_stop(text, tokens, position, paragraph.end);
        match after {
            Some(after)
                if after < paragraph.end && starts_sentence(text, tokens, position, after) =>
            {
                ranges.push(start..after);
                start = after;
                position = after;
            }
            Some(after) => position = after,
            None => position += 1,
        }
    }
    if start < paragraph.end {
        ranges.push(start..paragraph.end);
    }
    ranges
}

/// One past the stop at `position` and the marks and brackets that close with it; `None` where no
/// stop stands there.
fn end_of_stop(text: &str, tokens: &[Token], position: usize, limit: usize) -> Option<usize> {
    let token = tokens.get(position)?;
    let is_abbreviation = token.kind == TokenKind::Word && token.text(text).ends_with('.');
    if token.kind != TokenKind::Stop && !is_abbreviation {
        return None;
    }
    let mut after = position + 1;
    while after < limit {
        let Some(next) = tokens.get(after) else { break };
        let closes = next.kind == TokenKind::Stop
            || next.kind == TokenKind::Punctuation && closes_with_stop(text, tokens, after);
        if !closes {
            break;
        }
        after += 1;
    }
    Some(after)
}

/// Whether the mark or bracket at `position` belongs to the sentence before it. A straight mark
/// does where it is glued to what precedes it.
fn closes_with_stop(text: &str, tokens: &[Token], position: usize) -> bool {
    let Some(token) = tokens.get(position) else {
        return false;
    };
    match token.text(text) {
        "”" | "’" | "»" | "›" | ")" | "]" | "」" | "』" | "）" | "】" | "》" => true,
        "\"" | "'" => token.gap == Gap::None,
        // Closes in German; opens where the next word is glued to it.
        "“" | "‘" => {
            token.gap == Gap::None
                && tokens
                    .get(position + 1)
                    .is_none_or(|next| next.gap != Gap::None)
        }
        _ => false,
    }
}

/// Whether a sentence starts at `after`, given the stop at `stop`.
fn starts_sentence(text: &str, tokens: &[Token], stop: usize, after: usize) -> bool {
    let (Some(stop_token), Some(next)) = (tokens.get(stop), tokens.get(after)) else {
        return false;
    };
    let sign = stop_token.text(text);
    if stop_token.kind == TokenKind::Stop && !sign.is_ascii() && sign != "…" {
        return true;
    }
    if next.gap == Gap::None {
        return false;
    }
    let first = tokens
        .get(after..)
        .unwrap_or_default()
        .iter()
        .take(3)
        .find(|token| token.kind != TokenKind::Punctuation)
        .unwrap_or(next);
    let first_word = first.text(text);
    if stop_token.kind == TokenKind::Word {
        return is_sentence_ending_abbreviation(sign)
            && first.case == Case::Title
            && (SENTENCE_STARTERS.contains(&first_word) || opens_with_mark(next.text(text)));
    }
    if first.case == Case::Lower {
        // `"Why?" she asked.` and "wait ... and see" go on; but a stop before a new opening mark
        // or after a closed bracket has nothing to go on with only where the case says so.
        return false;
    }
    !(sign == "…" || sign.len() > 1) || first.case != Case::None
}

fn opens_with_mark(text: &str) -> bool {
    matches!(text, "\"" | "“" | "‘" | "«" | "„")
}

/// Abbreviations that may end a sentence; titles and initials may not.
fn is_sentence_ending_abbreviation(word: &str) -> bool {
    let dots = word.matches('.').count();
    dots > 1
        || matches!(
            word,
            "Inc." | "Ltd." | "Corp." | "Co." | "Bros." | "etc." | "Jr." | "Sr." | "Esq."
        )
}

/// Words that start sentences often and follow an abbreviation in mid-sentence hardly ever.
const SENTENCE_STARTERS: [&str; 48] = [
    "A", "After", "All", "Although", "An", "And", "As", "At", "Before", "But", "By", "During",
    "For", "From", "He", "Her", "His", "However", "I", "If", "In", "It", "Its", "Last", "Many",
    "More", "Mr.", "Mrs.", "Ms.", "No", "On", "One", "Our", "She", "Since", "So", "Some", "That",
    "The", "Their", "There", "These", "They", "This", "Those", "We", "When", "While",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let document = Document::new(text);
        let found: Vec<&str> = document
            .sentences
            .iter()
            .filter_map(|range| document.span_of(range)?.text(text))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn stops_end_sentences() {
        check(
            "It rained. We left! Why?",
            &["It rained.", "We left!", "Why?"],
        );
        check(
            "Gen. Oru of the U.S. Army left. He waved.",
            &["Gen. Oru of the U.S. Army left.", "He waved."],
        );
        check(
            "She lives in the U.S. The rest do not.",
            &["She lives in the U.S.", "The rest do not."],
        );
        check("He met John F. Oru. Then", &["He met John F. Oru.", "Then"]);
    }

    #[test]
    fn closing_marks_stay_with_their_sentence() {
        check("“We go.” Oru left.", &["“We go.”", "Oru left."]);
        check("\"We go.\" \"You stay.\"", &["\"We go.\"", "\"You stay.\""]);
        check("“Why?” she asked. “No.”", &["“Why?” she asked.", "“No.”"]);
        check("(It rained.) We left.", &["(It rained.)", "We left."]);
    }

    #[test]
    fn an_ellipsis_goes_on_in_lower_case() {
        check("We waited … and left.", &["We waited … and left."]);
        check(
            "We waited ... Then we left.",
            &["We waited ...", "Then we left."],
        );
    }

    #[test]
    fn unspaced_scripts_end_at_their_own_stops() {
        check("គាត់និយាយ។គាត់ទៅ។", &["គាត់និយាយ។", "គាត់ទៅ។"]);
        check(
            "他来了。“好。”他走了！",
            &["他来了。", "“好。”", "他走了！"],
        );
    }

    #[test]
    fn paragraphs_part_sentences() {
        let text = "A headline without stop\n\nThe first line,\nwrapped. Next.\n\nLast";
        let document = Document::new(text);
        assert_eq!(document.paragraphs.len(), 3);
        assert_eq!(document.sentences.len(), 4);
    }

    proptest! {
        #[test]
        fn sentences_cover_all_tokens_in_order(text in any::<String>()) {
            let document = Document::new(&text);
            let mut next = 0;
            for range in &document.sentences {
                prop_assert_eq!(range.start, next);
                prop_assert!(range.end > range.start);
                next = range.end;
            }
            prop_assert_eq!(next, document.tokens.len());
        }
    }
}
