//! Ties a marked quotation to the words that report it.

use std::ops::Range;

use super::{
    hits::{Hits, inside},
    marks::Marked,
    pack::{Pack, Side},
    sentences::{end_after, start_before},
    subject::{Subject, SubjectFinder},
};

/// How far behind the closing mark a cue may start, in bytes: about a line of text.
const FARTHEST_CUE: usize = 240;

/// Longest sentence looked back at, in bytes.
const LONGEST_SENTENCE: usize = 1_000;

/// Who reports a quotation, and by which words.
#[derive(Clone, Debug, Default)]
pub(super) struct Attribution {
    pub(super) cue: Option<Range<usize>>,
    pub(super) subject: Option<Subject>,
    /// The rules that led here.
    pub(super) rules: Vec<String>,
    /// Whether a cue or a colon stands right at the quotation.
    pub(super) is_strong: bool,
}

/// Looks for the attribution of the quotations of one text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributor<'t> {
    pub(super) text: &'t str,
    pub(super) pack: &'t Pack,
    pub(super) hits: &'t Hits,
}

impl Attributor<'_> {
    /// The attribution of `quotation`, between what stands before and behind it in its paragraph.
    pub(super) fn attribute(
        &self,
        quotation: &Marked,
        before: &Range<usize>,
        behind: &Range<usize>,
        paragraph_before: Option<&Range<usize>>,
    ) -> Option<Attribution> {
        let ends = &self.pack.sentence_ends;
        let left = start_before(self.text, before.start, before.end, ends)..before.end;
        let right = behind.start..self.right_end(quotation, behind);
        self.introduced(&left)
            .or_else(|| self.followed(&left, &right))
            .or_else(|| self.trailed(behind))
            .or_else(|| self.enclosed(&left))
            .or_else(|| self.introduced_by_sentence_before(before, &left))
            .or_else(|| self.introduced_by_paragraph(before, paragraph_before?))
    }

    /// A paragraph that ends with `said:`, and the quotation as a paragraph of its own.
    fn introduced_by_paragraph(
        &self,
        before: &Range<usize>,
        paragraph: &Range<usize>,
    ) -> Option<Attribution> {
        if !self
            .slice(before.clone())
            .chars()
            .all(|c| c.is_whitespace() || is_invisible(c))
        {
            return None;
        }
        let ends = &self.pack.sentence_ends;
        let sentence = start_before(self.text, paragraph.start, paragraph.end, ends)..paragraph.end;
        self.introduced(&sentence)
    }

    /// `S said: “…”`: a cue, a complementizer or a colon right before the mark.
    fn introduced(&self, left: &Range<usize>) -> Option<Attribution> {
        let text = self.slice(left.clone());
        let body = text.trim_end_matches(|c: char| {
            c.is_whitespace() || is_invisible(c) || c == ',' || c == '，' || c == '、'
        });
        let at = left.start + body.len();
        let colon = body.ends_with([':', '：', '៖']);
        let cue = inside(&self.hits.cues, left).next_back().cloned();
        let touches = |hit: &Range<usize>| {
            self.slice(hit.end..at)
                .chars()
                .all(|c| !c.is_alphanumeric())
        };
        let complementizer = inside(&self.hits.complementizers, left)
            .next_back()
            .cloned()
            .filter(|hit| touches(hit));
        match cue {
            Some(cue) if colon || touches(&cue) || complementizer.is_some() => {
                let subject = self.subject_of(&cue, left);
                Some(self.found(Some(cue), subject, "cue before", true))
            }
            None if colon => {
                let subject = self.finder().before(left);
                subject.as_ref()?;
                Some(self.found(None, subject, "colon", true))
            }
            Some(_) | None => None,
        }
    }

    /// `“…,” said S` or `“…” S V`: a cue behind the closing mark.
    fn followed(&self, left: &Range<usize>, right: &Range<usize>) -> Option<Attribution> {
        let region = right.start
            ..self
                .text
                .floor_char_boundary(right.end.min(right.start + FARTHEST_CUE));
        let cue = inside(&self.hits.cues, &region).next().cloned()?;
        let subject = self.subject_behind(&cue, left, right);
        Some(self.found(Some(cue), subject, "cue behind", true))
    }

    /// `“…”. So said S.`: the sentence behind says whose words these were.
    fn trailed(&self, behind: &Range<usize>) -> Option<Attribution> {
        let rest = self.slice(behind.clone());
        let lead = rest.find(char::is_alphanumeric)?;
        let start = behind.start + lead;
        let next = self.hits.trailers.partition_point(|hit| hit.start < start);
        let trailer = self
            .hits
            .trailers
            .get(next)
            .filter(|hit| hit.start == start)?;
        let end = end_after(self.text, trailer.end, behind.end, &self.pack.sentence_ends);
        let subject = self.finder().after(&(trailer.end..end));
        subject.as_ref()?;
        Some(self.found(
            Some(trailer.clone()),
            subject,
            "cue in sentence behind",
            true,
        ))
    }

    /// The quotation stands inside a reporting clause, away from its cue.
    fn enclosed(&self, left: &Range<usize>) -> Option<Attribution> {
        let cue = inside(&self.hits.cues, left).next_back().cloned()?;
        let subject = self.subject_of(&cue, left);
        Some(self.found(Some(cue), subject, "cue in clause", false))
    }

    /// `S spoke to the army. “…”`: the sentence before ends with its cue.
    fn introduced_by_sentence_before(
        &self,
        before: &Range<usize>,
        left: &Range<usize>,
    ) -> Option<Attribution> {
        if !self.slice(left.clone()).trim().is_empty() || left.start <= before.start {
            return None;
        }
        let ends = &self.pack.sentence_ends;
        let text = self.slice(before.start..left.start);
        let body = text.trim_end().trim_end_matches(|c| ends.contains(&c));
        let end = before.start + body.len();
        let sentence = start_before(self.text, before.start, end, ends)..end;
        let cue = inside(&self.hits.cues, &sentence).next_back().cloned()?;
        let subject = self.subject_of(&cue, &sentence);
        Some(self.found(Some(cue), subject, "cue in sentence before", false))
    }

    /// The subject of a cue in front of what it reports.
    fn subject_of(&self, cue: &Range<usize>, clause: &Range<usize>) -> Option<Subject> {
        let before = || self.finder().before(&(clause.start..cue.start));
        let after = || self.finder().after(&(cue.end..clause.end));
        self.by_side(before, after)
    }

    /// The subject of a cue behind what it reports.
    fn subject_behind(
        &self,
        cue: &Range<usize>,
        left: &Range<usize>,
        right: &Range<usize>,
    ) -> Option<Subject> {
        let quotative = inside(&self.hits.quotatives, &(right.start..cue.start))
            .next()
            .cloned();
        let between_start = quotative
            .filter(|hit| {
                self.slice(right.start..hit.start)
                    .chars()
                    .all(|c| !c.is_alphanumeric())
            })
            .map_or(right.start, |hit| hit.end);
        let between = between_start..cue.start;
        if let Some(pronoun) = self.finder().within(cue) {
            return Some(pronoun);
        }
        let has_words = self
            .slice(between.clone())
            .chars()
            .filter(|c| c.is_alphanumeric())
            .count()
            > 1
            || inside(&self.hits.pronouns, &between).next().is_some();
        let before = || {
            let own = has_words.then(|| self.finder().before(&between)).flatten();
            // "on Monday" stands there too.
            let (own, adverb) = match own {
                Some(own) if own.rule == "leading phrase" => (None, Some(own)),
                own => (own, None),
            };
            own.or_else(|| self.finder().before(left))
                .or(adverb)
                .or_else(|| self.in_sentence_before(left))
        };
        let after = || self.finder().after(&(cue.end..right.end));
        if has_words && self.pack.subject.contains(&Side::Before) {
            return before().or_else(after);
        }
        self.by_side(before, after)
    }

    /// The subject of the sentence before `left`, where `left` is empty.
    fn in_sentence_before(&self, left: &Range<usize>) -> Option<Subject> {
        let ends = &self.pack.sentence_ends;
        let text = self.slice(0..left.start).trim_end();
        let is_elsewhere = left.end > left.start || text.len() + 4 < left.start;
        if text.is_empty() || is_elsewhere || self.pack.drops_subject {
            return None;
        }
        let end = text.trim_end_matches(|c| ends.contains(&c)).len();
        let nearest = self
            .text
            .ceil_char_boundary(end.saturating_sub(LONGEST_SENTENCE));
        let paragraph = self
            .slice(nearest..end)
            .rfind('\n')
            .map_or(nearest, |at| nearest + at + 1);
        self.finder()
            .before(&(start_before(self.text, paragraph, end, ends)..end))
    }

    fn by_side(
        &self,
        before: impl Fn() -> Option<Subject>,
        after: impl Fn() -> Option<Subject>,
    ) -> Option<Subject> {
        let named = |subject: &Subject| subject.rule != "leading phrase";
        let look = |side: &Side| match side {
            Side::Before => before(),
            Side::After => after(),
        };
        let found: Vec<Subject> = self.pack.subject.iter().filter_map(look).collect();
        found
            .iter()
            .find(|subject| named(subject))
            .or(found.first())
            .cloned()
    }

    /// Where the sentence that the quotation stands in ends.
    fn right_end(&self, quotation: &Marked, behind: &Range<usize>) -> usize {
        let ends = &self.pack.sentence_ends;
        let is_ended = self
            .slice(quotation.inner.clone())
            .trim_end()
            .ends_with(|c| ends.contains(&c) && c != ',');
        let rest = self.slice(behind.clone());
        let next = rest.chars().find(|c| !c.is_whitespace());
        // “Q.” Then came … : a new sentence, unless its first words hold the cue.
        let starts_anew = is_ended && next.is_some_and(|c| ends.contains(&c));
        if starts_anew {
            return behind.start;
        }
        end_after(self.text, behind.start, behind.end, ends)
    }

    fn found(
        &self,
        cue: Option<Range<usize>>,
        subject: Option<Subject>,
        rule: &str,
        is_strong: bool,
    ) -> Attribution {
        let mut rules = vec![rule.to_owned()];
        if let Some(cue) = &cue {
            rules.push(format!("cue {}", self.slice(cue.clone())));
        }
        rules.extend(
            subject
                .iter()
                .map(|subject| format!("speaker by {}", subject.rule)),
        );
        Attribution {
            cue,
            subject,
            rules,
            is_strong,
        }
    }

    pub(super) const fn finder(&self) -> SubjectFinder<'_> {
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

fn is_invisible(c: char) -> bool {
    ('\u{200B}'..='\u{200F}').contains(&c) || c == '\u{2060}' || c == '\u{FEFF}'
}
