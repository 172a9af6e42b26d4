//! Reported clauses without marks: `S said that C`, and `C` behind a colon.

use std::ops::Range;

use model::QuoteKind;

use super::{
    attribution::Attribution,
    hits::{Hits, inside},
    name_shape::is_whole,
    pack::{Pack, Side},
    sentences::end_after,
    subject::{Subject, SubjectFinder},
};
use crate::script::Script;

/// Fewer letters than this are no clause.
const SHORTEST_CLAUSE: usize = 8;
/// Longest phrase between a quotative and its verb, in bytes.
const LONGEST_SUBJECT: usize = 150;
/// Longest dateline in bytes: a place, a region, a date.
const LONGEST_DATELINE: usize = 60;

/// The reported clauses of a region without marks, in order. `used_cue` reports a marked quotation
/// already, so its sentence holds no clause of its own.
pub(super) fn reported_clause(
    text: &str,
    pack: &Pack,
    hits: &Hits,
    region: &Range<usize>,
    used_cue: Option<&Range<usize>>,
) -> Vec<(Range<usize>, QuoteKind, Attribution)> {
    let mut found = Vec::new();
    let mut start = region.start;
    while start < region.end {
        let end = end_after(text, start, region.end, &pack.sentence_ends);
        let clause = Clause {
            text,
            pack,
            hits,
            sentence: start..end,
            used_cue,
        };
        found.extend(clause.read());
        start = end.max(start + 1);
        while !text.is_char_boundary(start) {
            start += 1;
        }
    }
    found
}

struct Clause<'t> {
    text: &'t str,
    pack: &'t Pack,
    hits: &'t Hits,
    sentence: Range<usize>,
    used_cue: Option<&'t Range<usize>>,
}

impl Clause<'_> {
    fn read(&self) -> Option<(Range<usize>, QuoteKind, Attribution)> {
        let Some(cue) = self.first(&self.hits.cues) else {
            return self.behind_bare_complementizer();
        };
        if Some(&cue) == self.used_cue {
            return None;
        }
        self.before_cue(&cue)
            .or_else(|| self.before_subject(&cue))
            .or_else(|| self.postposed(&cue))
            .or_else(|| self.behind_cue(&cue))
    }

    /// `S said that C`, `S said: C`, and where a language needs no word between, `S said C`.
    fn behind_cue(&self, cue: &Range<usize>) -> Option<(Range<usize>, QuoteKind, Attribution)> {
        let rest = cue.end..self.sentence.end;
        let colon = self
            .slice(rest)
            .find([':', '：', '៖'])
            .map(|at| cue.end + at);
        let complementizer = inside(&self.hits.complementizers, &(cue.start..self.sentence.end))
            .find(|hit| hit.end >= cue.end);
        let (from, kind, rule) = match (complementizer, colon) {
            (_, Some(at)) if self.is_empty(cue.end..at) => (at, QuoteKind::Direct, "colon"),
            (Some(word), Some(at)) if word.end <= at && self.is_empty(word.end..at) => {
                (at, QuoteKind::Direct, "colon")
            }
            (Some(word), _) => (word.end, QuoteKind::Indirect, "complementizer"),
            (None, Some(at)) => (at, QuoteKind::Direct, "colon"),
            (None, None) if self.pack.bare_clause => (cue.end, QuoteKind::Indirect, "cue before"),
            (None, None) => return None,
        };
        let content = self.content(from..self.sentence.end)?;
        let finder = self.finder();
        let before = finder.before(&(self.sentence.start..cue.start));
        let after = || finder.after(&(cue.end..from));
        let subject = match self.pack.subject.first() {
            Some(Side::After) => after()
                .filter(|found| found.rule != "leading phrase")
                .or(before),
            Some(Side::Before) | None => before.or_else(after),
        };
        Some((content, kind, self.attribution(cue, subject, rule)))
    }

    /// `S that C`, where a language needs no verb: the complementizer right behind a person.
    fn behind_bare_complementizer(&self) -> Option<(Range<usize>, QuoteKind, Attribution)> {
        if !self.pack.complementizer_reports {
            return None;
        }
        let word = self.first(&self.hits.complementizers)?;
        let subject = self
            .finder()
            .before(&(self.sentence.start..word.start))
            .filter(|subject| match subject.rule {
                "pronoun" => true,
                // "លោកយល់ថា": what follows an honorific without a space may be a verb.
                "honorific" | "title" => is_whole(self.slice(subject.span.clone())),
                _ => false,
            })
            .filter(|subject| self.is_empty(subject.phrase.end..word.start))?;
        let content = self.content(word.end..self.sentence.end)?;
        let attribution = self.attribution(&word, Some(subject), "complementizer");
        Some((content, QuoteKind::Indirect, attribution))
    }

    /// `C, said S`: a comma right before the cue and the speaker right behind it.
    fn postposed(&self, cue: &Range<usize>) -> Option<(Range<usize>, QuoteKind, Attribution)> {
        let lead = self.sentence.start..cue.start;
        let is_parted = self.slice(lead.clone()).trim_end().ends_with([',', '،']);
        if !is_parted || !self.pack.subject.contains(&Side::After) {
            return None;
        }
        let subject = self
            .finder()
            .after(&(cue.end..self.sentence.end))
            .filter(|found| found.rule != "leading phrase")?;
        let behind = subject.phrase.end..self.sentence.end;
        if inside(&self.hits.complementizers, &behind)
            .any(|hit| self.is_empty(behind.start..hit.start))
        {
            return None;
        }
        let content = self.content(lead)?;
        Some((
            content,
            QuoteKind::Indirect,
            self.attribution(cue, Some(subject), "cue behind"),
        ))
    }

    /// `S C quotative V`: what is said stands before the cue.
    fn before_cue(&self, cue: &Range<usize>) -> Option<(Range<usize>, QuoteKind, Attribution)> {
        let quotative =
            inside(&self.hits.quotatives, &(self.sentence.start..cue.end)).rfind(|hit| {
                hit.end <= cue.start + 1 && self.is_empty(hit.end..cue.start.max(hit.end))
            })?;
        let lead = self.sentence.start..quotative.start;
        let marker = inside(&self.hits.subject_markers, &lead).next()?;
        let content = self.content(marker.end..quotative.start)?;
        let subject = self.finder().before(&(lead.start..marker.end));
        Some((
            content,
            QuoteKind::Indirect,
            self.attribution(cue, subject, "quotative"),
        ))
    }

    /// `C quotative S V`: what is said stands before its speaker.
    fn before_subject(&self, cue: &Range<usize>) -> Option<(Range<usize>, QuoteKind, Attribution)> {
        let lead = self.sentence.start..cue.start;
        let quotative = inside(&self.hits.quotatives, &lead).next_back()?;
        let between = quotative.end..cue.start;
        let subject = self.finder().before(&between).filter(|subject| {
            between.len() < LONGEST_SUBJECT
                && matches!(
                    subject.rule,
                    "honorific" | "title" | "title behind" | "pronoun"
                )
        })?;
        let content = self.content(lead.start..quotative.start)?;
        Some((
            content,
            QuoteKind::Indirect,
            self.attribution(cue, Some(subject), "quotative"),
        ))
    }

    /// The clause in `range` without the signs at its ends; `None` where it is too short.
    fn content(&self, range: Range<usize>) -> Option<Range<usize>> {
        let text = self.slice(range.clone());
        let is_edge = |c: char| {
            c.is_whitespace() || ('\u{200B}'..='\u{200F}').contains(&c) || ",，、:：៖;".contains(c)
        };
        let text = text.get(dateline(text)..).unwrap_or(text);
        let start = range.end - text.trim_start_matches(is_edge).len();
        let ends = &self.pack.sentence_ends;
        let end = range.end
            - (text.len()
                - text
                    .trim_end_matches(|c| is_edge(c) || ends.contains(&c))
                    .len());
        let content = start..end.max(start);
        let letters = self
            .slice(content.clone())
            .chars()
            .filter(|c| c.is_alphanumeric())
            // A Chinese character says as much as two letters.
            .map(|c| 1 + usize::from(Script::of(c) == Script::Han))
            .sum::<usize>();
        (letters >= SHORTEST_CLAUSE).then_some(content)
    }

    fn attribution(&self, cue: &Range<usize>, subject: Option<Subject>, rule: &str) -> Attribution {
        let mut rules = vec![rule.to_owned(), format!("cue {}", self.slice(cue.clone()))];
        rules.extend(
            subject
                .iter()
                .map(|subject| format!("speaker by {}", subject.rule)),
        );
        Attribution {
            cue: Some(cue.clone()),
            subject,
            rules,
            is_strong: true,
        }
    }

    fn first(&self, hits: &[Range<usize>]) -> Option<Range<usize>> {
        inside(hits, &self.sentence).next().cloned()
    }

    fn is_empty(&self, range: Range<usize>) -> bool {
        self.slice(range).chars().all(|c| !c.is_alphanumeric())
    }

    const fn finder(&self) -> SubjectFinder<'_> {
        SubjectFinder {
            text: self.text,
            hits: self.hits,
            pack: self.pack,
        }
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}

/// Length of a dateline ("PORT SELIN — ") at the start of `text`.
fn dateline(text: &str) -> usize {
    let head = text
        .get(..text.floor_char_boundary(LONGEST_DATELINE))
        .unwrap_or_default();
    let Some((place, dash)) = head.match_indices(['—', '–']).next() else {
        return 0;
    };
    let name = head.get(..place).unwrap_or_default();
    let is_capital = name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase);
    if is_capital { place + dash.len() } else { 0 }
}
