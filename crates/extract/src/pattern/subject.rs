//! Who speaks: the noun phrase that a language puts before or after its cue.

use std::ops::Range;

use model::SpeakerKind;

use super::{
    hits::{Hits, inside},
    name_shape::{
        bracket_steps, cased_name, is_gap, is_joint, is_khmer, is_sign, is_whole, uncased_name,
        words,
    },
    pack::Pack,
    sentences::{is_full_stop, start_before},
};

/// Longest name in characters; what is longer has run into the sentence.
const LONGEST_NAME: usize = 48;
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

    /// Whether a title stands behind the comma that ends the phrase: "S, minister of …".
    fn is_titled_behind(&self, found: &Subject, to: usize) -> bool {
        let gap = self.slice(found.span.end..self.text.floor_char_boundary(to + 40));
        let titles = &self.hits.titles_before;
        let next = titles.partition_point(|title| title.start < found.span.end);
        let Some(title) = titles.get(next) else {
            return false;
        };
        let gap = gap.get(..title.start - found.span.end).unwrap_or("none");
        gap.trim_start().starts_with([',', '،', '、', '，'])
            && gap.chars().all(|c| !c.is_alphanumeric())
            && self.slice(found.span.clone()).contains(is_gap)
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

    /// Names behind titles and honorifics.
    pub(super) fn titled(&self, region: &Range<usize>) -> Vec<Subject> {
        let mut found = Vec::new();
        let titles: Vec<&Range<usize>> = inside(&self.hits.titles_before, region).collect();
        let mut place = 0;
        while let Some(title) = titles.get(place) {
            let mut last = *title;
            place += 1;
            while let Some(next) = titles.get(place)
                && self.slice(last.end..next.start).trim().is_empty()
            {
                last = next;
                place += 1;
            }
            let limit = titles.get(place).map_or(region.end, |next| next.start);
            let rule = if self
                .hits
                .honorifics
                .binary_search_by_key(&last.start, |hit| hit.start)
                .is_ok()
            {
                "honorific"
            } else {
                "title"
            };
            let name = self.name_from(last.end, limit);
            found.push(
                if let Some(span) = name
                    .clone()
                    .filter(|name| rule == "title" && self.is_compound(last, name))
                {
                    // "environment activist": the noun that goes on without a space is no name.
                    let span = title.start..span.end;
                    let phrase = span.clone();
                    Subject {
                        span,
                        kind: SpeakerKind::Titled,
                        phrase,
                        rule: "title alone",
                    }
                } else if let Some(span) = name {
                    let phrase = title.start..span.end;
                    Subject {
                        span,
                        kind: SpeakerKind::Named,
                        phrase,
                        rule,
                    }
                } else {
                    self.nameless(title.start..last.end)
                },
            );
        }
        found
    }

    /// Whether a Khmer word goes on with a title as one compound: no space between, and none inside.
    fn is_compound(&self, title: &Range<usize>, name: &Range<usize>) -> bool {
        let text = self.slice(name.clone());
        let gap = self.slice(title.end..name.start);
        text.starts_with(is_khmer) && !gap.contains([' ', '\u{a0}']) && !is_whole(text)
    }

    /// A title without a name: a pronoun where the language uses the honorific as one.
    fn nameless(&self, span: Range<usize>) -> Subject {
        let is_pronoun = inside(&self.hits.pronouns, &span).any(|hit| *hit == span);
        let phrase = span.clone();
        let (kind, rule) = if is_pronoun {
            (SpeakerKind::Pronoun, "pronoun")
        } else {
            (SpeakerKind::Titled, "title alone")
        };
        Subject {
            span,
            kind,
            phrase,
            rule,
        }
    }

    /// The person named by title or honorific whom a pronoun at the end of `region` means: the
    /// first of the last sentence that names one. A pronoun that is an honorific means somebody
    /// with that honorific.
    pub(super) fn antecedent(
        &self,
        region: &Range<usize>,
        pronoun: &str,
        ends: &[char],
    ) -> Option<Subject> {
        let mut named = self.titled(region);
        named.retain(|subject| {
            subject.kind == SpeakerKind::Named
                && is_whole(self.slice(subject.span.clone()))
                && !self.is_governed(subject, region)
                && !self.is_complement(subject)
        });
        let has_same = |subject: &Subject| self.honorific_of(subject) == pronoun;
        if named.iter().any(has_same) {
            named.retain(has_same);
        }
        let last = named.last()?;
        let before = self.slice(region.start..last.phrase.start);
        let line = region.start + before.rfind('\n').map_or(0, |at| at + 1);
        let sentence = start_before(self.text, line, last.phrase.start, ends);
        named
            .iter()
            .find(|subject| subject.phrase.start >= sentence)
            .cloned()
    }

    /// Whether the name behind a title is what somebody leads, who is named before: "S, leader of
    /// the Harbour Party" in a language that writes no "of" and no capitals.
    fn is_complement(&self, subject: &Subject) -> bool {
        let near = subject.phrase.start.saturating_sub(8);
        let before = self.slice(self.text.ceil_char_boundary(near)..subject.phrase.start);
        let has_case = self
            .slice(subject.span.clone())
            .contains(|c: char| c.is_uppercase() || c.is_lowercase());
        !has_case && before.trim_end().ends_with([',', '،', '、', '，'])
    }

    /// The honorific that the phrase starts with, where the language uses it as a pronoun too.
    pub(super) fn honorific_of(&self, subject: &Subject) -> &str {
        let titles = &self.hits.titles_before;
        let found = titles.binary_search_by_key(&subject.phrase.start, |hit| hit.start);
        let hit = found.ok().and_then(|place| titles.get(place));
        let hit = hit.filter(|hit| inside(&self.hits.pronouns, hit).any(|pronoun| pronoun == *hit));
        hit.map_or("", |hit| self.slice(hit.clone()))
    }

    /// Names before titles and honorifics, as in Japanese; not where a name stands behind as well.
    fn suffixed(&self, region: &Range<usize>, titled: &[Subject]) -> Vec<Subject> {
        let is_taken = |title: &Range<usize>| {
            titled.iter().any(|subject| {
                subject.kind == SpeakerKind::Named
                    && subject.phrase.start <= title.start
                    && title.end <= subject.phrase.end
            })
        };
        inside(&self.hits.titles_after, region)
            .filter(|title| !is_taken(title))
            .filter_map(|title| {
                let span = self.name_until(title.start, region.start)?;
                let phrase = span.start..title.end;
                Some(Subject {
                    span,
                    kind: SpeakerKind::Named,
                    phrase,
                    rule: "title behind",
                })
            })
            .collect()
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

    fn is_title(&self, word: &Range<usize>) -> bool {
        let titles = &self.hits.titles_before;
        let next = titles.partition_point(|title| title.start <= word.start);
        next.checked_sub(1)
            .and_then(|place| titles.get(place))
            .is_some_and(|title| title.end >= word.end)
    }

    /// `S, minister of …,`: a short phrase without a title, and a title behind the comma.
    fn appositive(&self, region: &Range<usize>) -> Option<Subject> {
        let text = self.slice(region.clone());
        let comma = region.start + text.find([',', '،', '、', '，'])?;
        let span = self.trimmed(&(region.start..comma));
        let words = self.slice(span.clone()).split_whitespace().count();
        let behind = comma..region.end;
        let title = inside(&self.hits.titles_before, &behind).next()?;
        let is_name = (1..=4).contains(&words)
            && inside(&self.hits.titles_before, &span).next().is_none()
            && inside(&self.hits.breaks, &span).next().is_none()
            && self
                .slice(comma..title.start)
                .chars()
                .all(|c| !c.is_alphanumeric());
        let phrase = region.start..title.end;
        // "Mrs S, leader of …,": the honorific is no title that says who is meant.
        let honoured = self.titled(&span).into_iter().find(|subject| {
            subject.kind == SpeakerKind::Named
                && subject.phrase.start == span.start
                && self.slice(subject.span.end..span.end).trim().is_empty()
        });
        if let Some(honoured) = honoured.filter(|_| words <= 5) {
            return Some(Subject { phrase, ..honoured });
        }
        is_name.then_some(Subject {
            span,
            kind: SpeakerKind::Named,
            phrase,
            rule: "apposition",
        })
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
        let phrase = span.clone();
        Some(Subject {
            span,
            kind: SpeakerKind::Pronoun,
            phrase,
            rule: "pronoun",
        })
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
        let phrase = span.clone();
        Some(Subject {
            span,
            kind: SpeakerKind::Pronoun,
            phrase,
            rule: "pronoun",
        })
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

    /// The name that starts at `from`, up to a break, a bracket or a change to small letters.
    fn name_from(&self, from: usize, limit: usize) -> Option<Range<usize>> {
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
    fn name_until(&self, to: usize, limit: usize) -> Option<Range<usize>> {
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
    fn without_body(&self, span: Range<usize>) -> Range<usize> {
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

    fn is_name_sized(&self, span: &Range<usize>) -> bool {
        let text = self.slice(span.clone());
        (1..=LONGEST_NAME).contains(&text.chars().count())
            && text.chars().any(char::is_alphanumeric)
    }

    /// Where the phrase that starts at `from` ends: at a break, a cue, a sign or a number.
    fn phrase_end(&self, from: usize, limit: usize) -> usize {
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
    fn clause_end(&self, from: usize, limit: usize) -> usize {
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

    fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.slice(range.clone());
        let is_edge = |c: char| is_gap(c) || is_sign(c);
        let start = range.start + text.len() - text.trim_start_matches(is_edge).len();
        let end = range.end - (text.len() - text.trim_end_matches(is_edge).len());
        start.min(end)..end.max(start)
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}
