//! Quotation marks: which opens, which closes, and what they enclose.
//!
//! Marks are paired by type, not by order, and only within a paragraph, so that one stray mark
//! costs one quotation at most.

use crate::{
    pack::{MarkPair, Pack},
    sentence::Document,
    token::{Gap, TokenKind},
};

/// Words between marks, as token positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quotation {
    /// The opening mark.
    pub(crate) open: usize,
    /// The first token inside.
    pub(crate) first: usize,
    /// One past the last token inside.
    pub(crate) end: usize,
    /// One past the closing mark; `end` where the quotation goes on in the next paragraph.
    pub(crate) close: usize,
    /// Whether the next paragraph opens with a mark that goes on with it.
    pub(crate) continues: bool,
}

impl Quotation {
    /// How many tokens it encloses.
    pub(crate) const fn len(self) -> usize {
        self.end - self.first
    }
}

/// All quotations of a document, in order, without those inside others.
pub(crate) fn quotations(document: &Document<'_>, pack: &Pack) -> Vec<Quotation> {
    let first_level = pair(document, &pack.marks, Level::First);
    if first_level.is_empty() {
        return pair(document, &pack.second_marks, Level::Second);
    }
    first_level
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    First,
    Second,
}

/// A mark as it stands in the text.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: usize,
    after: usize,
    family: usize,
    opens: bool,
    closes: bool,
    /// Whether it can close what a low mark opened („…“).
    closes_low: bool,
}

impl Mark {
    /// Whether it stands on the line, as German marks open.
    const fn is_low(&self) -> bool {
        self.family == LOW
    }
}

/// Position of the low marks among the pairs of a pack.
const LOW: usize = 5;

fn pair(document: &Document<'_>, pairs: &[MarkPair], level: Level) -> Vec<Quotation> {
    let mut found: Vec<Quotation> = Vec::new();
    let mut unclosed: Option<Quotation> = None;
    for paragraph in &document.paragraphs {
        let mut open: Option<Mark> = None;
        let mut at = paragraph.start;
        while at < paragraph.end {
            let Some(mark) = mark_at(document, pairs, level, at, paragraph.end) else {
                at += 1;
                continue;
            };
            at = mark.after;
            if mark.at == paragraph.start && mark.opens {
                found.extend(unclosed.take());
            }
            match open {
                None if mark.opens => open = Some(mark),
                Some(start) if start.is_low() && mark.closes_low => {
                    found.push(quotation(start, mark.at, mark.after));
                    open = None;
                }
                // A low mark that nothing closed is the stray.
                Some(start) if start.is_low() && mark.opens && !mark.closes => open = Some(mark),
                Some(start) if mark.closes && related(start.family, mark.family) => {
                    if mark.at > start.after {
                        found.push(quotation(start, mark.at, mark.after));
                    }
                    open = None;
                }
                // The one before was never closed: it is the stray.
                Some(start) if start.family == mark.family => open = Some(mark),
                None | Some(_) => {}
            }
        }
        unclosed = open
            .filter(|mark| mark.after < paragraph.end)
            .map(|mark| Quotation {
                continues: true,
                ..quotation(mark, paragraph.end, paragraph.end)
            });
    }
    found
}

const fn quotation(mark: Mark, end: usize, close: usize) -> Quotation {
    Quotation {
        open: mark.at,
        first: mark.after,
        end,
        close,
        continues: false,
    }
}

/// Curly and straight double marks are mixed up by editors and converters; others are not.
const fn related(open: usize, close: usize) -> bool {
    open == close || open < 2 && close < 2 || (open == 2 || open == 3) && (close == 2 || close == 3)
}

fn mark_at(
    document: &Document<'_>,
    pairs: &[MarkPair],
    level: Level,
    at: usize,
    limit: usize,
) -> Option<Mark> {
    let token = document.tokens.get(at)?;
    if token.kind != TokenKind::Punctuation {
        return None;
    }
    let word = document.word(at);
    let glued = |place: usize| {
        document
            .tokens
            .get(place)
            .is_some_and(|t| t.gap == Gap::None)
    };
    let doubled = at + 1 < limit && glued(at + 1) && document.word(at + 1) == word;
    let is = |sign: &str| sign == word || doubled && sign.len() == 2 && sign.starts_with(word);
    let family = pairs
        .iter()
        .position(|pair| is(&pair.open) || is(&pair.close))?;
    let shape = pairs.get(family)?;
    let sign_tokens = if shape.open.len() == 2 && shape.open.is_ascii() {
        2
    } else {
        1
    };
    let after = at + sign_tokens;
    if sign_tokens == 2 && !doubled {
        return None;
    }
    let glued_before = glued(at) && at > 0 && !opens_bracket(document.word(at - 1));
    let glued_after = after < limit && glued(after);
    let after_is_sign = document
        .tokens
        .get(after)
        .is_some_and(|t| matches!(t.kind, TokenKind::Punctuation | TokenKind::Stop));
    let at_edge = after >= limit;
    let (mut opens, mut closes) = if shape.open == shape.close || sign_tokens == 2 {
        let could_open = !glued_before && glued_after;
        let could_close = glued_before && (!glued_after || after_is_sign || at_edge);
        if could_open == could_close {
            (!at_edge, true)
        } else {
            (could_open, could_close)
        }
    } else {
        let is_open = shape.open == word;
        // A mark of the wrong shape, by its spaces.
        let turned = if is_open {
            glued_before && !glued_after
        } else {
            !glued_before && glued_after
        };
        (is_open != turned, is_open == turned)
    };
    if level == Level::Second {
        opens = opens && !glued_before;
        let before = at
            .checked_sub(1)
            .and_then(|place| document.tokens.get(place));
        let after_sign =
            before.is_some_and(|t| matches!(t.kind, TokenKind::Stop | TokenKind::Punctuation));
        closes = closes && glued_before && (after_sign || after_is_sign || at_edge);
    }
    Some(Mark {
        at,
        after,
        family,
        opens,
        closes,
        closes_low: glued_before && matches!(word, "“" | "”" | "\""),
    })
}

fn opens_bracket(word: &str) -> bool {
    matches!(word, "(" | "[" | "{" | "—" | "–" | "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let document = Document::new(text);
        let found = quotations(&document, Pack::english());
        let texts: Vec<&str> = found
            .iter()
            .filter_map(|q| document.span_of(&(q.first..q.end)))
            .filter_map(|span| span.text(text))
            .collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn marks_pair_by_type() {
        check(
            "“We go,” she said. \"They stay.\"",
            &["We go,", "They stay."],
        );
        check("''We go,'' she said.", &["We go,"]);
    }

    #[test]
    fn a_stray_mark_costs_one_quotation() {
        check("“We go, she said. “They stay,” he said.", &["They stay,"]);
        check("A 6\" pipe.\n\n\"We go,\" she said.", &["We go,"]);
    }

    #[test]
    fn a_reopened_paragraph_goes_on() {
        check("“We go.\n\n“We stay,” she said.", &["We go.", "We stay,"]);
    }

    #[test]
    fn single_marks_count_where_there_are_no_others() {
        check("‘We go,’ she said of the workers’ march.", &["We go,"]);
        check("“I said ‘no’,” he added.", &["I said ‘no’,"]);
    }
}
