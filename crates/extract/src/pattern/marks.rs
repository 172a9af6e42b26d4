//! Quotation marks in any script, paired by type within a paragraph.

use std::ops::Range;

/// Words in marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    /// From the opening mark to one past the closing one.
    pub(super) outer: Range<usize>,
    /// What stands between.
    pub(super) inner: Range<usize>,
    /// Which marks are there.
    pub(super) marks: Marks,
}

/// Which marks a quotation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// Both.
    Full,
    /// No closing mark: it runs to the end of its paragraph.
    OpenOnly,
    /// No opening mark: it runs from the start of its paragraph.
    CloseOnly,
}

/// Pairs of marks; editors and converters mix the double ones.
const PAIRS: &[(char, &[char])] = &[
    ('“', &['”', '"', '“']),
    ('"', &['"', '”', '“']),
    ('„', &['“', '”', '"']),
    ('«', &['»']),
    ('»', &['«']),
    ('「', &['」']),
    ('『', &['』']),
    ('”', &['”']),
    ('‹', &['›']),
];
/// Single marks, which count only where a paragraph has no others.
const SINGLE_PAIRS: &[(char, &[char])] = &[('‘', &['’']), ('‚', &['‘', '’'])];

/// The quotations of a paragraph, in order.
pub(super) fn marked(text: &str, paragraph: &Range<usize>) -> Vec<Marked> {
    let doubles = pair(text, paragraph, PAIRS);
    if doubles.is_empty() {
        return pair(text, paragraph, SINGLE_PAIRS);
    }
    doubles
}

fn pair(text: &str, paragraph: &Range<usize>, pairs: &[(char, &[char])]) -> Vec<Marked> {
    let mut found: Vec<Marked> = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let body = text.get(paragraph.clone()).unwrap_or_default();
    let mut before: Option<char> = None;
    let mut chars = body.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let at = paragraph.start + offset;
        let after = chars.peek().map(|(_, next)| *next);
        match open {
            Some((mark, start))
                if closers(pairs, mark).contains(&c) && !reopens(mark, c, before, after) =>
            {
                found.push(Marked {
                    outer: start..at + c.len_utf8(),
                    inner: start + mark.len_utf8()..at,
                    marks: Marks::Full,
                });
                open = None;
            }
            // The mark before was never closed: it is the stray.
            Some((mark, _)) if mark == c => open = Some((c, at)),
            None if is_mark(pairs, c) && closes_only(c, before, after) => {
                let start = found.last().map_or(paragraph.start, |last| last.outer.end);
                let only = Marked {
                    outer: start..at + c.len_utf8(),
                    inner: start..at,
                    marks: Marks::CloseOnly,
                };
                found.push(only);
            }
            None if !closers(pairs, c).is_empty() => open = Some((c, at)),
            None | Some(_) => {}
        }
        before = Some(c);
    }
    if let Some((mark, start)) = open {
        found.push(Marked {
            outer: start..paragraph.end,
            inner: start + mark.len_utf8()..paragraph.end,
            marks: Marks::OpenOnly,
        });
    }
    found
}

fn closers<'p>(pairs: &[(char, &'p [char])], mark: char) -> &'p [char] {
    pairs
        .iter()
        .find(|(open, _)| *open == mark)
        .map_or(&[], |(_, close)| close)
}

fn is_mark(pairs: &[(char, &[char])], c: char) -> bool {
    pairs
        .iter()
        .any(|(open, close)| *open == c || close.contains(&c))
}

/// Whether a mark that could also open stands as an opening one: space before it, a word behind.
fn reopens(open: char, c: char, before: Option<char>, after: Option<char>) -> bool {
    open != '"'
        && c != open
        && matches!(c, '“' | '"')
        && before.is_some_and(char::is_whitespace)
        && after.is_some_and(char::is_alphanumeric)
}

/// Whether a mark that nothing opened can only be a closing one.
fn closes_only(c: char, before: Option<char>, after: Option<char>) -> bool {
    let word_before = before.is_some_and(|b| !b.is_whitespace() && !"([{—–-:：".contains(b));
    let gap_after = after.is_none_or(|a| a.is_whitespace() || ".,;:!?，。、،)".contains(a));
    match c {
        '」' | '』' | '›' => true,
        '”' | '»' | '’' | '"' => word_before && gap_after,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = marked(text, &(0..text.len()));
        let found: Vec<&str> = found
            .into_iter()
            .filter_map(|m| text.get(m.inner))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn marks_of_every_script_are_paired() {
        check("„Wir gehen“, sagte sie.", &["Wir gehen"]);
        check("»Wir gehen«, sagte sie.", &["Wir gehen"]);
        check("« On part », dit-elle.", &[" On part "]);
        check("「行く」と述べた。", &["行く"]);
        check("nói : \" tôi đi \" .", &[" tôi đi "]);
    }

    #[test]
    fn half_marked_words_are_found() {
        check("Saya pergi,” kata dia.", &["Saya pergi,"]);
        check("Dia berkata: “Saya pergi.", &["Saya pergi."]);
    }

    #[test]
    fn a_stray_mark_costs_one_quotation() {
        check("「行く「来る」と述べた。", &["来る"]);
    }
}
