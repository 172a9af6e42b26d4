//! "According to the report, …" and "…, according to Smith"; "in the words of Smith, …" and "as
//! Smith put it, …".

use std::ops::Range;

use model::SpeechAct;

use super::{
    circumstance::Circumstances,
    content::{Content, dateline_end},
    phrase::phrase_after,
    sentence::{Attribution, Sentence},
    verb::is_finite,
    view::View,
};
use crate::{pack::holds, syntax::Tag};

/// Words of a source that is no plain phrase.
const LONGEST_SOURCE: usize = 14;

/// Words of a source.
struct Source {
    cue: Range<usize>,
    subject: Range<usize>,
    /// One past the last of them.
    end: usize,
}

/// Whether the word at `place` opens a source.
pub(super) fn names_source(view: &View<'_, '_>, place: usize) -> bool {
    let opens = view.is(place, "according") && view.is(place + 1, "to")
        || is_wording(view, place)
        || view.is(place, "as") && saying(view, place).is_some();
    opens && !view.is_marked(place)
}

/// "in the words of".
fn is_wording(view: &View<'_, '_>, place: usize) -> bool {
    view.is(place, "in")
        && view.is(place + 1, "the")
        && view.is(place + 2, "words")
        && view.is(place + 3, "of")
}

/// "as Smith put it".
fn saying(view: &View<'_, '_>, at: usize) -> Option<Source> {
    let subject = phrase_after(view, at + 1)?;
    let put = subject.end;
    let is_put = view.is_any(put, &["put", "puts"]) && view.is(put + 1, "it");
    is_put.then_some(Source {
        cue: put..put + 2,
        subject,
        end: put + 2,
    })
}

impl Sentence<'_, '_, '_> {
    /// "According to the report, …" and "…, according to Smith"; returns what they cover.
    /// `reporters` are the places of verbs that have quotations of their own.
    pub(super) fn sources(
        &self,
        reporters: &[usize],
        all: &mut Vec<Attribution>,
    ) -> Vec<Range<usize>> {
        let view = self.view;
        let mut covered: Vec<Range<usize>> = Vec::new();
        for at in (0..view.len()).filter(|place| names_source(view, *place)) {
            let Some(Source { cue, subject, end }) = self.source(at) else {
                continue;
            };
            // "carried out according to the law": nobody's word.
            let last = view.word(subject.end - 1);
            let is_set_apart = at == 0 || view.is_comma(at - 1);
            if !is_set_apart && holds(&self.pack.rulebooks, &last.to_lowercase()) {
                continue;
            }
            // "Here is, in the words of the patient: “…”".
            let has_words = !view.quotes.is_empty() && !view.is(at, "according");
            let content = self
                .source_content(at, end, &covered)
                .filter(|_| !has_words);
            // `“No,” Morrow said, according to the paper`: Morrow speaks, the paper only tells of it.
            let is_told = content.as_ref().is_some_and(|content| {
                let mut reporters = reporters.iter();
                content.rule == "according to, behind"
                    && reporters.any(|reporter| content.range.contains(reporter))
            });
            if is_told {
                continue;
            }
            let quotes: Vec<usize> = view
                .quotes
                .iter()
                .map(|(_, quotation)| *quotation)
                .collect();
            let taken = if content.is_none() {
                quotes
            } else {
                Vec::new()
            };
            if content.is_none() && taken.is_empty() {
                continue;
            }
            let content: Vec<Content> = content
                .into_iter()
                .flat_map(|front| self.with_rest(front, end))
                .collect();
            covered.extend(content.iter().map(|content| content.range.clone()));
            all.push(Attribution {
                quotations: taken,
                has_marks: content
                    .iter()
                    .any(|content| content.range.clone().any(|place| view.is_marked(place))),
                clauses: content
                    .iter()
                    .filter_map(|content| view.span(&content.range))
                    .collect(),
                act: SpeechAct::Statement,
                cue: view.span(&cue),
                subject: view.span(&subject),
                antecedent: None,
                addressee: None,
                circumstances: Circumstances::default(),
                rules: ["source phrase"]
                    .into_iter()
                    .chain(content.iter().map(|content| content.rule))
                    .collect(),
                sentence: self.range.clone(),
            });
        }
        covered
    }

    /// The source that opens at `at`.
    fn source(&self, at: usize) -> Option<Source> {
        let view = self.view;
        if view.is(at, "as") {
            return saying(view, at);
        }
        let start = at + if is_wording(view, at) { 4 } else { 2 };
        let subject = phrase_after(view, start).or_else(|| self.up_to_comma(start))?;
        Some(Source {
            cue: at..start,
            end: subject.end,
            subject,
        })
    }

    /// What stands before a source, with what stands behind where the first alone is no clause: "The
    /// plan, according to Morrow, would fail".
    fn with_rest(&self, front: Content, after: usize) -> Vec<Content> {
        let view = self.view;
        let is_whole = front
            .range
            .clone()
            .any(|place| is_finite(view, place) && !view.is_marked(place));
        let is_front = front.rule == "according to, behind";
        let rest = self
            .rest_of_interrupted(after)
            .filter(|rest| is_front && (!is_whole || is_finite(view, rest.range.start)));
        std::iter::once(front).chain(rest).collect()
    }

    /// The words from `start` to the next comma or verb: a source that is no plain phrase
    /// ("according to a just-released poll").
    fn up_to_comma(&self, start: usize) -> Option<Range<usize>> {
        let view = self.view;
        let end = view.end_of_words().min(start + LONGEST_SOURCE);
        let ends = |place: &usize| {
            view.is_comma(*place)
                || view.is_dash(*place)
                || is_finite(view, *place)
                || view.tag(*place) == Tag::Pronoun
        };
        let end = (start..end).find(ends).unwrap_or(end);
        (end > start + 1).then_some(start..end)
    }

    fn source_content(&self, at: usize, after: usize, covered: &[Range<usize>]) -> Option<Content> {
        let view = self.view;
        let end = view.end_of_words();
        let opens = at == 0 || at == 1 && view.is_any(0, &["but", "and"]);
        if opens {
            let commas = || (after..end).filter(|place| view.is_comma(*place));
            let first = commas().next()?;
            // "According to his aunt, Jana Kelm, “…”".
            let is_explained = view.quotes.iter().any(|(quote, _)| {
                (first + 1..first + LONGEST_SOURCE).contains(quote)
                    && !(first..*quote).any(|place| is_finite(view, place))
            });
            if is_explained {
                return None;
            }
            // "According to Morrow, who lives near the port, …".
            let behind_aside = commas()
                .nth(1)
                .filter(|_| view.is_any(first + 1, &["who", "whose", "which", "a", "an"]))
                .filter(|second| (second + 1..end).any(|place| is_finite(view, place)));
            let comma = behind_aside.unwrap_or(first);
            let range = comma + 1..end;
            return (range.len() > 1).then_some(Content {
                range,
                rule: "according to, in front",
            });
        }
        let mut from = covered.iter().map(|range| range.end).max().unwrap_or(0);
        from = from.max(dateline_end(view));
        while from < at
            && (view.is_any(from, &["but", "and", "still", "yet"]) || view.is_comma(from))
        {
            from += 1;
        }
        // "An inquiry found that they came late; nobody cared, according to Morrow".
        let semicolon = (from..at)
            .rev()
            .find(|place| view.word(*place) == ";" && !view.is_marked(*place))
            .filter(|semicolon| {
                !view.is_any(semicolon + 1, &["and", "or", "but"])
                    && (from..*semicolon).any(|place| view.cue(place).is_some())
            });
        from = semicolon.map_or(from, |semicolon| semicolon + 1);
        let until = if view.is_comma(at - 1) { at - 1 } else { at };
        (until > from + 1).then_some(Content {
            range: from..until,
            rule: "according to, behind",
        })
    }
}
