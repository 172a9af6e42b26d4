//! Where a name ends, and where its phrase and clause do.

use std::ops::Range;

use super::SubjectFinder;
use crate::pattern::{
    hits::inside,
    name_shape::{cased_name, is_gap, is_khmer, is_sign, uncased_name},
    sentences::is_full_stop,
};

/// Longest name in characters; what is longer has run into the sentence.
const LONGEST_NAME: usize = 48;

impl SubjectFinder<'_> {
    /// The name that starts at `from`, up to a break, a bracket or a change to small letters.
    pub(super) fn name_from(&self, from: usize, limit: usize) -> Option<Range<usize>> {
        let rest = self.slice(from..limit);
        let start = from + rest.len() - rest.trim_start_matches(is_gap).len();
        // A word that ends names elsewhere can begin one, as a family name with spaces around it.
        let first_word = self.slice(start..limit).find(is_gap).map(|len| start + len);
        let is_parted = start > from && self.slice(start..limit).starts_with(is_khmer);
        let end = match (self.phrase_end(start, limit), first_word) {
            (end, Some(behind)) if end == start && is_parted => self.phrase_end(behind, limit),
            (end, _) => end,
        };
        let name = self.slice(start..end);
        let is_cased = name.chars().any(|c| c.is_uppercase() || c.is_lowercase());
        let within = if is_cased {
            cased_name(name)?
        } else {
            0..uncased_name(name)
        };
        let span = self.trimmed(&(start + within.start..start + within.end));
        self.is_name_sized(&span).then_some(span)
    }

    /// The name that ends at `to`, back to a break, a sign or a number: two words at most.
    pub(super) fn name_until(&self, to: usize, limit: usize) -> Option<Range<usize>> {
        let before = self.slice(limit..to);
        let sign = before
            .char_indices()
            .rev()
            .find(|(_, c)| is_sign(*c) || c.is_numeric())
            .map_or(limit, |(at, c)| limit + at + c.len_utf8());
        let breaks = inside(&self.hits.breaks, &(sign..to)).rfind(|hit| hit.end < to);
        let start = breaks.map_or(sign, |hit| hit.end);
        let span = self.trimmed(&(start..to));
        let span = self.without_body(span);
        let name = self.slice(span.clone());
        let span = match name.rmatch_indices(is_gap).nth(1) {
            Some((cut, gap)) => span.start + cut + gap.len()..span.end,
            None => span,
        };
        self.is_name_sized(&span).then_some(span)
    }

    /// The name without the body behind it: "S Harbour-Party" before "leader".
    pub(super) fn without_body(&self, span: Range<usize>) -> Range<usize> {
        let name = self.slice(span.clone());
        let Some((cut, gap)) = name.rmatch_indices(is_gap).next() else {
            return span;
        };
        let last = name.get(cut + gap.len()..).unwrap_or_default();
        let is_body = last.chars().count() > 1
            && self
                .pack
                .body_endings
                .iter()
                .any(|end| last.ends_with(end.as_str()));
        if is_body {
            span.start..span.start + cut
        } else {
            span
        }
    }

    pub(super) fn is_name_sized(&self, span: &Range<usize>) -> bool {
        let text = self.slice(span.clone());
        (1..=LONGEST_NAME).contains(&text.chars().count())
            && text.chars().any(char::is_alphanumeric)
    }

    /// Where the phrase that starts at `from` ends: at a break, a cue, a sign or a number.
    pub(super) fn phrase_end(&self, from: usize, limit: usize) -> usize {
        let region = from..limit;
        let word_end = [
            &self.hits.breaks,
            &self.hits.cues,
            &self.hits.subject_markers,
        ]
        .into_iter()
        .filter_map(|hits| inside(hits, &region).next())
        .map(|hit| hit.start)
        .min()
        .unwrap_or(limit);
        let sign = self
            .slice(from..word_end)
            .char_indices()
            .find(|(_, c)| is_sign(*c) || c.is_numeric());
        sign.map_or(word_end, |(at, _)| from + at)
    }

    /// Where the clause that starts at `from` ends.
    pub(super) fn clause_end(&self, from: usize, limit: usize) -> usize {
        let ends_clause = |(at, c): &(usize, char)| match c {
            '.' => is_full_stop(self.text, from + at, limit),
            c => "!?;:,،，。！？；：«“„「".contains(*c),
        };
        let sign = self
            .slice(from..limit)
            .char_indices()
            .skip_while(|(_, c)| c.is_whitespace() || is_sign(*c))
            .find(ends_clause);
        sign.map_or(limit, |(at, _)| from + at)
    }

    pub(super) fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.slice(range.clone());
        let is_edge = |c: char| is_gap(c) || is_sign(c);
        let start = range.start + text.len() - text.trim_start_matches(is_edge).len();
        let end = range.end - (text.len() - text.trim_end_matches(is_edge).len());
        start.min(end)..end.max(start)
    }
}
