//! Persons whom titles and honorifics name.

use std::ops::Range;

use model::SpeakerKind;

use super::{Subject, SubjectFinder};
use crate::pattern::{
    hits::inside,
    name_shape::{is_gap, is_khmer, is_whole},
    sentences::start_before,
};

impl SubjectFinder<'_> {
    /// Names behind titles and honorifics.
    pub(in crate::pattern) fn titled(&self, region: &Range<usize>) -> Vec<Subject> {
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
    pub(super) fn is_compound(&self, title: &Range<usize>, name: &Range<usize>) -> bool {
        let text = self.slice(name.clone());
        let gap = self.slice(title.end..name.start);
        text.starts_with(is_khmer) && !gap.contains([' ', '\u{a0}']) && !is_whole(text)
    }

    /// A title without a name: a pronoun where the language uses the honorific as one.
    pub(super) fn nameless(&self, span: Range<usize>) -> Subject {
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
    pub(in crate::pattern) fn antecedent(
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
    pub(super) fn is_complement(&self, subject: &Subject) -> bool {
        let near = subject.phrase.start.saturating_sub(8);
        let before = self.slice(self.text.ceil_char_boundary(near)..subject.phrase.start);
        let has_case = self
            .slice(subject.span.clone())
            .contains(|c: char| c.is_uppercase() || c.is_lowercase());
        !has_case && before.trim_end().ends_with([',', '،', '、', '，'])
    }

    /// The honorific that the phrase starts with, where the language uses it as a pronoun too.
    pub(in crate::pattern) fn honorific_of(&self, subject: &Subject) -> &str {
        let titles = &self.hits.titles_before;
        let found = titles.binary_search_by_key(&subject.phrase.start, |hit| hit.start);
        let hit = found.ok().and_then(|place| titles.get(place));
        let hit = hit.filter(|hit| inside(&self.hits.pronouns, hit).any(|pronoun| pronoun == *hit));
        hit.map_or("", |hit| self.slice(hit.clone()))
    }

    /// Names before titles and honorifics, as in Japanese; not where a name stands behind as well.
    pub(super) fn suffixed(&self, region: &Range<usize>, titled: &[Subject]) -> Vec<Subject> {
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

    pub(super) fn is_title(&self, word: &Range<usize>) -> bool {
        let titles = &self.hits.titles_before;
        let next = titles.partition_point(|title| title.start <= word.start);
        next.checked_sub(1)
            .and_then(|place| titles.get(place))
            .is_some_and(|title| title.end >= word.end)
    }

    /// `S, minister of …,`: a short phrase without a title, and a title behind the comma.
    pub(super) fn appositive(&self, region: &Range<usize>) -> Option<Subject> {
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

    /// Whether a title stands behind the comma that ends the phrase: "S, minister of …".
    pub(super) fn is_titled_behind(&self, found: &Subject, to: usize) -> bool {
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
}
