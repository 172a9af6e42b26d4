//! Who speaks: the noun phrase that a language puts before or after its cue.

mod name_edge;
mod titled;

use std::ops::Range;

use model::SpeakerKind;

use super::{
    hits::{Hits, inside},
    name_shape::{bracket_steps, is_gap, is_joint, words},
    pack::Pack,
};

/// How far behind a cue its subject may start, in bytes.
const FARTHEST_SUBJECT: usize = 160;

/// A phrase that may name the speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) span: Range<usize>,
    pub(super) kind: SpeakerKind,
    /// The whole phrase: titles and name.
    pub(super) phrase: Range<usize>,
    /// Which rule found it.
    pub(super) rule: &'static str,
}

impl Subject {
    fn pronoun(span: Range<usize>) -> Self {
        Self {
            phrase: span.clone(),
            span,
            kind: SpeakerKind::Pronoun,
            rule: "pronoun",
        }
    }
}

/// Looks for subjects in one text.
#[derive(Clone, Copy, Debug)]
pub(super) struct SubjectFinder<'t> {
    pub(super) text: &'t str,
    pub(super) hits: &'t Hits,
    pub(super) pack: &'t Pack,
}

impl SubjectFinder<'_> {
    /// The subject in `region`, which ends at the cue.
    pub(super) fn before(&self, region: &Range<usize>) -> Option<Subject> {
        let region = self.trimmed(&self.behind_colon(region));
        if let Some(pronoun) = self
            .pronoun(&region)
            .filter(|found| self.slice(found.span.end..region.end).trim().is_empty())
        {
            return Some(pronoun);
        }
        self.appositive(&region)
            .or_else(|| self.adjacent(&region))
            .or_else(|| self.best(&region))
    }

    /// A name in capitals right before the cue.
    fn adjacent(&self, region: &Range<usize>) -> Option<Subject> {
        let last = self.capitalised(region).pop()?;
        let gap = self.slice(last.span.end..region.end);
        let is_adjacent = gap.trim().is_empty() && !self.is_governed(&last, region);
        is_adjacent.then_some(last)
    }

    /// The subject in `region`, which starts at the cue's end: before any break.
    pub(super) fn after(&self, region: &Range<usize>) -> Option<Subject> {
        let end = self
            .text
            .floor_char_boundary(region.end.min(region.start + FARTHEST_SUBJECT));
        let whole = region.start..self.clause_end(region.start, end);
        let cut = inside(&self.hits.breaks, &whole)
            .next()
            .map_or(whole.end, |hit| hit.start);
        let region = self.trimmed(&(region.start..cut.max(region.start)));
        if let Some(pronoun) = self
            .pronoun(&region)
            .filter(|found| found.span.start <= region.start + 1)
        {
            return Some(pronoun);
        }
        let found = self.best(&region)?;
        let is_introduced =
            found.rule == "leading phrase" && self.is_titled_behind(&found, whole.end);
        Some(if is_introduced {
            Subject {
                kind: SpeakerKind::Named,
                rule: "apposition",
                ..found
            }
        } else {
            found
        })
    }

    /// What stands behind a colon or a dateline's dash in `region`, where anything does.
    fn behind_colon(&self, region: &Range<usize>) -> Range<usize> {
        let text = self.slice(region.clone());
        let Some((at, sign)) = text.rmatch_indices([':', '：', '—']).next() else {
            return region.clone();
        };
        let behind = at + sign.len();
        let is_blank = !text
            .get(behind..)
            .unwrap_or_default()
            .contains(char::is_alphanumeric);
        if is_blank {
            region.clone()
        } else {
            region.start + behind..region.end
        }
    }

    fn best(&self, region: &Range<usize>) -> Option<Subject> {
        self.candidates(region)
            .into_iter()
            .find(|candidate| !self.is_governed(candidate, region))
            .or_else(|| self.pronoun(region))
            .or_else(|| self.leading_phrase(region))
    }

    /// Named candidates, the likeliest first: behind an honorific, behind or before a title, in
    /// capitals, or marked by a particle.
    fn candidates(&self, region: &Range<usize>) -> Vec<Subject> {
        let titled = self.titled(region);
        let mut found = self.suffixed(region, &titled);
        found.extend(self.capitalised(region));
        found.extend(self.particle_marked(region));
        found.extend(titled);
        let only_initial = |candidate: &Subject| {
            candidate.rule == "capitals"
                && candidate.span.start == region.start
                && !self.slice(candidate.span.clone()).contains(is_gap)
        };
        found.sort_by_key(|candidate| {
            let is_title = candidate.kind != SpeakerKind::Named;
            let is_honoured = candidate.rule == "honorific";
            (
                is_title,
                !is_honoured,
                only_initial(candidate),
                candidate.span.start,
            )
        });
        found
    }

    /// Runs of capitalised words that are not titles.
    fn capitalised(&self, region: &Range<usize>) -> Vec<Subject> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        let mut depth = 0_i32;
        let mut counted = region.start;
        for word in words(self.slice(region.clone())) {
            let span = region.start + word.start..region.start + word.end;
            depth += bracket_steps(self.slice(counted..span.start));
            counted = span.end;
            let is_capital = self
                .slice(span.clone())
                .chars()
                .next()
                .is_some_and(char::is_uppercase);
            if !is_capital || depth > 0 || self.is_title(&span) {
                continue;
            }
            match runs.last_mut() {
                Some(last) if is_joint(self.slice(last.end..span.start)) => last.end = span.end,
                _ => runs.push(span),
            }
        }
        let is_function_word = |run: &Range<usize>| {
            run.len() < 2
                || inside(&self.hits.breaks, run).any(|hit| hit == run)
                || inside(&self.hits.pronouns, run).any(|hit| hit == run)
        };
        runs.retain(|run| !is_function_word(run));
        let subjects = runs.into_iter().map(|span| {
            let phrase = span.clone();
            Subject {
                span,
                kind: SpeakerKind::Named,
                phrase,
                rule: "capitals",
            }
        });
        subjects.collect()
    }

    /// What stands before a particle that marks the subject.
    fn particle_marked(&self, region: &Range<usize>) -> Vec<Subject> {
        let markers = inside(&self.hits.subject_markers, region);
        let found = markers.filter_map(|marker| {
            let span = self.name_until(marker.start, region.start)?;
            {
                let phrase = span.start..marker.end;
                Some(Subject {
                    span,
                    kind: SpeakerKind::Named,
                    phrase,
                    rule: "particle",
                })
            }
        });
        found.take(1).collect()
    }

    /// The pronoun that a cue holds: "a-t-elle ajouté".
    pub(super) fn within(&self, cue: &Range<usize>) -> Option<Subject> {
        let span = inside(&self.hits.pronouns, cue).next()?.clone();
        Some(Subject::pronoun(span))
    }

    fn pronoun(&self, region: &Range<usize>) -> Option<Subject> {
        let names = self.titled(region);
        let is_part_of_name = |pronoun: &Range<usize>| {
            names.iter().any(|name| {
                name.kind == SpeakerKind::Named
                    && name.phrase.start < pronoun.end
                    && pronoun.start < name.phrase.end
            })
        };
        let span = inside(&self.hits.pronouns, region)
            .find(|hit| !is_part_of_name(hit))?
            .clone();
        Some(Subject::pronoun(span))
    }

    /// The first words of the region, up to a break: a speaker without name or known title.
    fn leading_phrase(&self, region: &Range<usize>) -> Option<Subject> {
        let end = self.phrase_end(region.start, region.end);
        let span = self.trimmed(&(region.start..end));
        let phrase = span.clone();
        self.is_name_sized(&span).then_some(Subject {
            span,
            kind: SpeakerKind::Titled,
            phrase,
            rule: "leading phrase",
        })
    }

    /// Whether a preposition stands right before the candidate, or before its titles.
    fn is_governed(&self, candidate: &Subject, region: &Range<usize>) -> bool {
        let mut start = candidate.span.start;
        let titles_end = self
            .hits
            .titles_before
            .partition_point(|title| title.start < start);
        for title in self.hits.titles_before.iter().take(titles_end).rev() {
            let touches = title.end <= start && self.slice(title.end..start).trim().is_empty();
            if title.start < region.start || !touches {
                break;
            }
            start = title.start;
        }
        inside(&self.hits.prepositions, &(region.start..start))
            .next_back()
            .is_some_and(|hit| self.slice(hit.end..start).trim().is_empty())
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}
