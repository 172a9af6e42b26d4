//! Attributions within one sentence: each cue with its subject and what it reports.

use std::ops::Range;

use model::{Span, SpeechAct};

use super::{
    circumstance::{Circumstances, REACH, circumstances},
    content::{Content, addressee, complement, dateline_end, fronted},
    subject::{Subject, phrase_after, subject_of},
    verb::{Form, Verb, cues},
    view::View,
};
use crate::{
    Done,
    mark::Quotation,
    pack::{Frame, Pack, holds},
    sentence::Document,
    syntax::{Grammar, Tag},
    token::{Case, TokenKind},
};

/// An attribution, or a quotation that none was found for.
#[derive(Clone, Debug)]
pub(crate) struct Attribution {
    /// Quotations taken out of the sentence, by position in the list.
    pub(crate) quotations: Vec<usize>,
    /// The reporter's words, mixed with the speaker's or not.
    pub(crate) clauses: Vec<Span>,
    pub(crate) has_marks: bool,
    pub(crate) act: SpeechAct,
    pub(crate) cue: Option<Span>,
    pub(crate) subject: Option<Span>,
    pub(crate) antecedent: Option<Span>,
    pub(crate) addressee: Option<Span>,
    pub(crate) circumstances: Circumstances,
    pub(crate) rules: Vec<&'static str>,
    /// First token of the sentence, and one past its last.
    pub(crate) sentence: Range<usize>,
}

/// Everything reported in the document, sentence by sentence.
pub(crate) fn attributions(
    document: &Document<'_>,
    pack: &Pack,
    grammar: &Grammar,
    quotations: &[Quotation],
    is_name: &[bool],
    done: Done<'_>,
) -> Vec<Attribution> {
    let taken_out: Vec<bool> = quotations
        .iter()
        .map(|quotation| stands_alone(document, pack, *quotation))
        .collect();
    let mut all = Vec::new();
    let mut next = 0;
    for sentence in merged_sentences(document, pack, quotations) {
        while quotations
            .get(next)
            .is_some_and(|quotation| quotation.close <= sentence.start)
        {
            next += 1;
        }
        let mut last = next;
        while quotations
            .get(last)
            .is_some_and(|quotation| quotation.open < sentence.end)
        {
            last += 1;
        }
        let mut at = sentence.start;
        while at < sentence.end {
            // Those behind are done with: a long sentence has many views.
            while next < last
                && quotations
                    .get(next)
                    .is_some_and(|quotation| quotation.close <= at)
            {
                next += 1;
            }
            let (mut view, after) = View::new(
                document,
                at..sentence.end,
                quotations,
                next..last,
                &taken_out,
            );
            let range = at..after;
            at = after.max(at + 1);
            if view.quotes.is_empty() && !has_cue(&view, pack) {
                continue;
            }
            done("cues");
            let tagged = view.tag_words(grammar, is_name);
            done("tags");
            if view.quotes.is_empty() && !may_report(&view, pack) {
                continue;
            }
            view.parse(grammar, &tagged);
            done("trees");
            Sentence {
                view: &view,
                pack,
                quotations,
                range,
            }
            .attribute(&mut all);
            done("attributions");
        }
    }
    done("cues");
    all
}

fn has_cue(view: &View<'_, '_>, pack: &Pack) -> bool {
    (0..view.len()).any(|place| pack.cue(view.word(place)).is_some() || is_source(view, place))
}

/// Whether a sentence reports anything, as far as its tags tell: most words that can be cues are
/// nouns where they stand, and a tree costs the most of all.
fn may_report(view: &View<'_, '_>, pack: &Pack) -> bool {
    let refuses =
        |word| holds(&pack.refusals.verbs, word) || holds(&pack.refusals.denied_verbs, word);
    !cues(view, pack).is_empty()
        || (0..view.len()).any(|place| is_source(view, place) || refuses(view.word(place)))
}

fn is_source(view: &View<'_, '_>, place: usize) -> bool {
    view.is(place, "according") && view.is(place + 1, "to") && !view.is_marked(place)
}

/// Sentences, joined where a quotation holds them together, where one ends in a colon before a
/// quotation, and where the attribution follows a question ("Why?" Smith asked).
fn merged_sentences(
    document: &Document<'_>,
    pack: &Pack,
    quotations: &[Quotation],
) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    let mut last_close = None;
    for sentence in &document.sentences {
        while let Some(quotation) = quotations.get(next)
            && quotation.close <= sentence.start
        {
            last_close = Some(quotation.close);
            next += 1;
        }
        let coming = quotations.get(next).map(|quotation| quotation.open);
        let is_inside = coming.is_some_and(|open| open < sentence.start);
        let is_announced = coming == Some(sentence.start)
            && sentence.start > 0
            && document.word(sentence.start - 1) == ":";
        let is_attribution = last_close == Some(sentence.start)
            && (matches!(document.word(sentence.start), "—" | "–" | "--")
                || opens_with_attribution(document, pack, sentence));
        match merged.last_mut() {
            Some(last) if is_inside || is_announced || is_attribution => last.end = sentence.end,
            Some(_) | None => merged.push(sentence.clone()),
        }
    }
    merged
}

/// Whether a sentence is "Smith asked" with nothing reported behind it.
fn opens_with_attribution(document: &Document<'_>, pack: &Pack, sentence: &Range<usize>) -> bool {
    let is_close = document.paragraph_of(sentence.start)
        == document.paragraph_of(sentence.start.saturating_sub(1));
    let limit = sentence.end.min(sentence.start + 9);
    let cue = (sentence.start..limit).find(|place| {
        pack.cue(document.word(*place))
            .is_some_and(|cue| cue.has(Frame::Quote))
    });
    let signs = ["?", "!", "…", "...", "—", "–"];
    let ends_open = (1..4).any(|back| {
        sentence
            .start
            .checked_sub(back)
            .is_some_and(|place| signs.contains(&document.word(place)))
    });
    let Some(cue) = cue.filter(|_| is_close && ends_open) else {
        return false;
    };
    let next = document.word(cue + 1);
    matches!(
        next,
        "." | "," | "in" | "on" | "at" | "during" | "after" | ":" | "to" | "as" | "of"
    ) || document
        .tokens
        .get(cue + 1)
        .is_none_or(|token| token.gap > crate::token::Gap::Space)
        || cue == sentence.start
        || pack
            .cue(document.word(cue))
            .is_some_and(|cue| cue.has(Frame::Addressee))
        || holds(&pack.time_words, next)
}

/// Whether a quotation is a turn of its own, rather than words inside the reporter's sentence.
fn stands_alone(document: &Document<'_>, pack: &Pack, quotation: Quotation) -> bool {
    let word = |place: usize| document.word(place);
    // "‘If they come, don't cry,’”": the stop stands before the inner mark.
    let last = (quotation.first..quotation.end)
        .rev()
        .find(|place| !matches!(word(*place), "’" | "'" | "›" | "»"));
    let ends_inside = last.is_some_and(|last| {
        matches!(
            word(last),
            "," | "?" | "!" | "." | "…" | "—" | "–" | "--" | "-" | "..." | "…." | "...."
        )
    });
    let paragraph = document
        .paragraphs
        .get(document.paragraph_of(quotation.open))
        .cloned()
        .unwrap_or_default();
    let is_last = quotation.close >= paragraph.end;
    let next = word(quotation.close);
    let ends_outside = is_last || matches!(next, "," | "." | "—" | "–" | "--" | ":" | "?" | "!");
    if !ends_inside && !ends_outside {
        return pack.cue(next).is_some_and(|cue| cue.weight == 3) && quotation.len() > 3;
    }
    if quotation.open == paragraph.start {
        return ends_inside || quotation.len() > 2;
    }
    let before = quotation.open - 1;
    let is_title = document
        .tokens
        .get(quotation.first)
        .is_some_and(|t| matches!(t.case, Case::Title | Case::Upper | Case::Mixed));
    match word(before) {
        ":" => quotation.len() > 1,
        "," => {
            (is_title && quotation.len() > 2 || cue_near(document, pack, before))
                && quotation.len() > 1
        }
        "." | "!" | "?" | "”" | "\"" | "'" | "’" | "…" | ")" => {
            let is_attributed = next == "," && cue_behind(document, pack, quotation.close);
            (ends_inside || is_attributed) && (is_title || quotation.len() > 3)
        }
        "—" | "–" | "--" | "-" | ";" => is_title && quotation.len() > 2,
        text => {
            pack.cue(text).is_some_and(|cue| cue.has(Frame::Quote))
                && is_title
                && quotation.len() > 2
        }
    }
}

/// Whether a cue that takes words in marks stands within a few words behind the comma at `comma`.
fn cue_behind(document: &Document<'_>, pack: &Pack, comma: usize) -> bool {
    (comma + 1..comma + 7)
        .take_while(|at| !matches!(document.word(*at), "," | "." | ";" | ":"))
        .any(|at| {
            pack.cue(document.word(at))
                .is_some_and(|cue| cue.has(Frame::Quote) && cue.weight == 3)
        })
}

/// Whether a cue that takes words in marks stands within a few words before `place`.
fn cue_near(document: &Document<'_>, pack: &Pack, place: usize) -> bool {
    (place.saturating_sub(10)..place)
        .rev()
        .take_while(|at| {
            document
                .tokens
                .get(*at)
                .is_some_and(|t| t.kind != TokenKind::Stop)
        })
        .any(|at| {
            pack.cue(document.word(at))
                .is_some_and(|cue| cue.has(Frame::Quote))
        })
}

/// Words that make what stands before "he said" an aside of the reporter's.
const SUBORDINATORS: [&str; 14] = [
    "when", "as", "after", "while", "if", "before", "since", "because", "although", "though",
    "until", "once", "despite", "asked",
];

/// A sentence at work.
struct Sentence<'s, 'd, 't> {
    view: &'s View<'d, 't>,
    pack: &'s Pack,
    quotations: &'s [Quotation],
    range: Range<usize>,
}

impl Sentence<'_, '_, '_> {
    fn attribute(&self, all: &mut Vec<Attribution>) {
        let view = self.view;
        let verbs = cues(view, self.pack);
        let subjects: Vec<Option<Subject>> =
            verbs.iter().map(|verb| subject_of(view, verb)).collect();
        let owners: Vec<Option<usize>> = view
            .quotes
            .iter()
            .map(|(at, _)| self.owner(*at, &verbs, &subjects))
            .collect();
        let first = all.len();
        let mut covered: Vec<Range<usize>> = self.sources(all);
        covered.extend(self.refusals(all));
        if covered.is_empty()
            && let Some((verb, subject, content)) = self.trailing(&verbs, &subjects)
        {
            all.push(self.attribution(verb, Some(subject), Vec::new(), &[content]));
            covered.push(0..view.len());
        }
        let mut speaking: Option<Subject> = None;
        for (place, verb) in verbs.iter().enumerate() {
            if covered.iter().any(|range| range.contains(&verb.at)) {
                continue;
            }
            let subject = subjects.get(place).cloned().flatten();
            // ", adding that": whoever spoke before in the sentence, if anybody did.
            let subject = if verb.form == Form::Participle && speaking.is_some() {
                speaking.clone()
            } else {
                subject
            };
            let quotes: Vec<usize> = view
                .quotes
                .iter()
                .zip(&owners)
                .filter(|(_, owner)| **owner == Some(place))
                .map(|((_, quotation), _)| *quotation)
                .collect();
            let clauses = if quotes.is_empty() {
                self.clauses(place, &verbs, &subjects, &covered)
            } else {
                self.half_sentence(verb, subject.as_ref(), &quotes)
                    .into_iter()
                    .collect()
            };
            if quotes.is_empty() && clauses.is_empty() && !self.announces(verb, subject.as_ref()) {
                continue;
            }
            let is_object = clauses.iter().any(|content| content.rule == "object");
            if quotes.is_empty()
                && subject.is_none()
                && verb.cue.weight < 3
                && (verb.form == Form::Finite || is_object)
            {
                continue;
            }
            covered.extend(clauses.iter().map(|content| content.range.clone()));
            if verb.form == Form::Finite {
                speaking.clone_from(&subject);
            }
            all.push(self.attribution(verb, subject, quotes, &clauses));
        }
        self.leftovers(&owners, first, all);
    }

    /// The cue that a quotation before the word at `at` belongs to.
    fn owner(&self, at: usize, verbs: &[Verb<'_>], subjects: &[Option<Subject>]) -> Option<usize> {
        let view = self.view;
        let candidates = verbs
            .iter()
            .zip(subjects)
            .enumerate()
            .filter(|(_, (verb, _))| verb.cue.has(Frame::Quote) || verb.cue.has(Frame::Clause));
        let mut best: Option<(i32, usize)> = None;
        for (place, (verb, subject)) in candidates {
            let left = subject.as_ref().map_or(verb.group.start, |subject| {
                subject.range.start.min(verb.group.start)
            });
            let score = if verb.at >= at {
                // Behind the quotation: "…," he said.
                let gap = left.saturating_sub(at);
                if gap > 25 || view.has_quote_between(at, left) {
                    continue;
                }
                20 - i32::try_from(gap).unwrap_or(99)
            } else {
                // Before it: he said, "…"
                let gap = at - verb.at;
                if gap > 30 || view.has_quote_between(verb.at, at - 1) && gap > 12 {
                    continue;
                }
                let is_open = matches!(view.word(at - 1), "," | ":") || gap == 1;
                if is_open {
                    19 - i32::try_from(gap / 3).unwrap_or(99)
                } else {
                    8 - i32::try_from(gap).unwrap_or(99)
                }
            };
            let score = score + 2 * i32::from(verb.cue.weight)
                - if verb.form == Form::Finite || verb.form == Form::Participle {
                    0
                } else {
                    4
                };
            if score > 4 && best.is_none_or(|(other, _)| score > other) {
                best = Some((score, place));
            }
        }
        best.map(|(_, place)| place)
    }

    /// "He accused them of theft, his lawyer said in a letter.": an attribution that closes the
    /// sentence has all that stands before it, other cues included.
    fn trailing<'v, 'p>(
        &self,
        verbs: &'v [Verb<'p>],
        subjects: &[Option<Subject>],
    ) -> Option<(&'v Verb<'p>, Subject, Content)> {
        let view = self.view;
        if !view.quotes.is_empty() {
            return None;
        }
        let (verb, subject) = verbs.iter().zip(subjects).next_back()?;
        let subject = subject.as_ref()?;
        let left = subject.range.start;
        let is_attribution = verb.form == Form::Finite
            && verb.cue.weight == 3
            && verb.cue.has(Frame::Clause)
            && subject.antecedent.is_none()
            && subject.range.end == verb.group.start
            && left > 3
            && view.is_comma(left - 1)
            && (0..left).any(|place| super::verb::is_finite(view, place))
            && !view.is_any(0, &SUBORDINATORS);
        let after = if verb.cue.has(Frame::Addressee) {
            addressee(view, verb.at + 1).map_or(verb.at + 1, |person| person.end)
        } else {
            verb.at + 1
        };
        if !is_attribution || !self.is_closing(after) {
            return None;
        }
        let content = fronted(view, left, 0, false)?;
        Some((verb, subject.clone(), content))
    }

    /// Whether nothing but circumstances of the attribution stands from `start` to the end.
    fn is_closing(&self, start: usize) -> bool {
        let view = self.view;
        let end = view.end_of_words();
        let opens = start >= end
            || matches!(view.tag(start), Tag::Preposition | Tag::To)
            || holds(&self.pack.time_words, view.word(start));
        let is_clause = |place: &usize| {
            let is_reduced = matches!(view.tag(place - 1), Tag::Noun | Tag::Nouns)
                && view.tag(place + 1) == Tag::Preposition;
            view.is(*place, "that") || super::verb::is_finite(view, *place) && !is_reduced
        };
        opens && !(start..end).any(|place| is_clause(&place))
    }

    /// Whether a sentence ends in an attribution that the next one fills: "Smith said in a
    /// statement."
    fn announces(&self, verb: &Verb<'_>, subject: Option<&Subject>) -> bool {
        verb.cue.weight == 3
            && verb.form == Form::Finite
            && subject.is_some()
            && self.view.quotes.is_empty()
            && self.view.len() < verb.at + 9
    }

    /// The reporter's words that a quotation behind the attribution completes: `There was, she
    /// said, "an implicit bargain."`
    fn half_sentence(
        &self,
        verb: &Verb<'_>,
        subject: Option<&Subject>,
        quotes: &[usize],
    ) -> Option<Content> {
        let view = self.view;
        let left = subject.map_or(verb.group.start, |subject| {
            subject.range.start.min(verb.group.start)
        });
        let (at, first) = view.quotes.first()?;
        let goes_on = quotes.first() == Some(first)
            && *at > verb.at
            && self.quotations.get(*first).is_some_and(|quotation| {
                let word = view.document.word(quotation.first);
                word.starts_with(char::is_lowercase)
            });
        let comma = left.checked_sub(1).filter(|comma| view.is_comma(*comma))?;
        let start = usize::from(view.is_any(0, &["but", "and", "yet"]));
        let has_clause = (start..comma)
            .any(|place| super::verb::is_finite(view, place) || view.tag(place) == Tag::Name);
        (goes_on
            && comma > start
            && has_clause
            && !view.is_any(start, &["in", "on", "at", "when", "as", "after", "asked"]))
        .then_some(Content {
            range: start..comma,
            rule: "half a sentence in front",
        })
    }

    fn clauses(
        &self,
        place: usize,
        verbs: &[Verb<'_>],
        subjects: &[Option<Subject>],
        covered: &[Range<usize>],
    ) -> Vec<Content> {
        let view = self.view;
        let Some(verb) = verbs.get(place) else {
            return Vec::new();
        };
        let subject = subjects.get(place).and_then(Option::as_ref);
        let is_inverted = subject.is_some_and(|subject| subject.range.start > verb.at);
        let right = complement(view, self.pack, verb, verbs, subjects);
        if right.is_some() && !is_inverted {
            return right.into_iter().collect();
        }
        let is_claiming =
            verb.form == Form::Participle && (!verb.cue.has(Frame::Quote) || verb.cue.weight < 3);
        if !verb.cue.has(Frame::Clause)
            || verb.form == Form::Infinitive
            || verb.cue.weight < 2
            || is_claiming
        {
            return Vec::new();
        }
        let left = subject.map_or(verb.group.start, |subject| {
            subject.range.start.min(verb.group.start)
        });
        let from = covered
            .iter()
            .map(|range| range.end)
            .filter(|end| *end <= left)
            .max()
            .unwrap_or(0);
        let after = subject.map_or(verb.at + 1, |subject| subject.range.end.max(verb.at + 1));
        let rest = self.rest_of_interrupted(after).filter(|_| !is_inverted);
        let Some(front) = fronted(view, left, from, rest.is_some()) else {
            return Vec::new();
        };
        let mut contents = vec![front];
        contents.extend(rest);
        contents
    }

    fn attribution(
        &self,
        verb: &Verb<'_>,
        subject: Option<Subject>,
        quotations: Vec<usize>,
        clauses: &[Content],
    ) -> Attribution {
        let view = self.view;
        let mut rules = vec![if quotations.is_empty() {
            "cue with clause"
        } else {
            "cue beside marks"
        }];
        rules.extend(clauses.iter().map(|content| content.rule));
        rules.extend(subject.as_ref().map(|subject| subject.rule));
        let addressee = verb
            .cue
            .has(Frame::Addressee)
            .then(|| addressee(view, verb.at + 1))
            .flatten()
            .filter(|person| {
                subject.as_ref().is_none_or(|subject| {
                    subject.range.start >= person.end || subject.range.end <= person.start
                })
            });
        let circumstances = circumstances(
            view,
            self.pack,
            self.zones(verb, subject.as_ref(), clauses, &quotations),
        );
        Attribution {
            circumstances,
            quotations,
            has_marks: clauses
                .iter()
                .any(|content| content.range.clone().any(|place| view.is_marked(place))),
            clauses: clauses
                .iter()
                .filter_map(|content| view.span(&content.range))
                .collect(),
            act: verb.cue.act(),
            cue: view.span(&(verb.at..verb.at + 1)),
            antecedent: subject
                .as_ref()
                .and_then(|subject| view.span(subject.antecedent.as_ref()?)),
            subject: subject.and_then(|subject| view.span(&subject.range)),
            addressee: addressee.and_then(|range| view.span(&range)),
            rules,
            sentence: self.range.clone(),
        }
    }

    /// Where circumstances can stand: before the attribution, and between it and what was said.
    fn zones(
        &self,
        verb: &Verb<'_>,
        subject: Option<&Subject>,
        clauses: &[Content],
        quotations: &[usize],
    ) -> [Range<usize>; 2] {
        let view = self.view;
        let left = subject.map_or(verb.group.start, |subject| {
            subject.range.start.min(verb.group.start)
        });
        let right = subject.map_or(verb.at + 1, |subject| subject.range.end.max(verb.at + 1));
        let is_said = |place: usize| clauses.iter().any(|content| content.range.contains(&place));
        let is_front_free = left <= REACH
            && !(0..left).any(is_said)
            && !view.quotes.iter().any(|(at, _)| *at < left)
            && !(0..left).any(|place| super::verb::is_finite(view, place));
        let front = if is_front_free { 0..left } else { 0..0 };
        let has_before = quotations.iter().any(|quotation| {
            view.quotes
                .iter()
                .any(|(at, place)| place == quotation && *at <= left)
        });
        let reach = view.len().min(right + REACH);
        let stop = (right..reach).find(|place| {
            is_said(*place)
                || view.is(*place, "that")
                || !has_before && view.quote_before(*place).is_some()
                || super::verb::is_finite(view, *place)
        });
        let stop = stop.unwrap_or(reach);
        [front, right..stop.max(right)]
    }

    /// "According to the report, …" and "…, according to Smith"; returns what they cover.
    fn sources(&self, all: &mut Vec<Attribution>) -> Vec<Range<usize>> {
        let view = self.view;
        let mut covered: Vec<Range<usize>> = Vec::new();
        for at in (0..view.len()).filter(|place| is_source(view, *place)) {
            let Some(subject) = phrase_after(view, at + 2) else {
                continue;
            };
            let content = self.source_content(at, &subject, &covered);
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
                cue: view.span(&(at..at + 2)),
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

    fn source_content(
        &self,
        at: usize,
        subject: &Range<usize>,
        covered: &[Range<usize>],
    ) -> Option<Content> {
        let view = self.view;
        let end = view.end_of_words();
        let opens = at == 0 || at == 1 && view.is_any(0, &["but", "and"]);
        if opens {
            let comma = (subject.end..end).find(|place| view.is_comma(*place))?;
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
        let until = if view.is_comma(at - 1) { at - 1 } else { at };
        (until > from + 1).then_some(Content {
            range: from..until,
            rule: "according to, behind",
        })
    }

    /// The second half of a clause that "he said" interrupts.
    fn rest_of_interrupted(&self, after: usize) -> Option<Content> {
        let view = self.view;
        let end = view.end_of_words();
        let is_clause = (after + 1..end).any(|place| super::verb::is_finite(view, place));
        (view.is_comma(after) && after + 3 < end && is_clause).then_some(Content {
            range: after + 1..end,
            rule: "interrupted clause",
        })
    }

    /// "declined to comment", "did not respond to a request for comment".
    fn refusals(&self, all: &mut Vec<Attribution>) -> Vec<Range<usize>> {
        let view = self.view;
        let mut covered = Vec::new();
        let words = &self.pack.refusals;
        for at in 0..view.len() {
            if view.is_marked(at) {
                continue;
            }
            let is_refusal = holds(&words.verbs, view.word(at));
            let is_denied = holds(&words.denied_verbs, view.word(at))
                && (at.saturating_sub(4)..at)
                    .any(|place| view.is_any(place, &["not", "n't", "n’t", "never"]));
            if !is_refusal && !is_denied {
                continue;
            }
            let end = (at + 1..view.len().min(at + 12))
                .find(|place| view.is_comma(*place) || view.is_stop(*place));
            let end = end.unwrap_or_else(|| view.end_of_words().min(at + 12));
            let from = if view.is(at + 1, "to") && is_denied {
                at + 2
            } else {
                at + 1
            };
            if !(at + 1..end).any(|place| holds(&words.objects, view.word(place))) || from >= end {
                continue;
            }
            let mut group = at;
            while group > 0
                && (view.tag(group - 1) == Tag::Adverb
                    || super::verb::is_finite(view, group - 1)
                    || view.is_any(
                        group - 1,
                        &["not", "n't", "n’t", "be", "could", "have", "has"],
                    ))
            {
                group -= 1;
            }
            let subject = super::subject::finite_subject(view, group, at, 3);
            let whole_end = (from..view.end_of_words())
                .find(|place| view.is_comma(*place))
                .unwrap_or_else(|| view.end_of_words());
            all.push(Attribution {
                quotations: Vec::new(),
                has_marks: false,
                clauses: view.span(&(from..whole_end)).into_iter().collect(),
                act: SpeechAct::Refusal,
                cue: view.span(&(group..at + 1)),
                antecedent: subject
                    .as_ref()
                    .and_then(|subject| view.span(subject.antecedent.as_ref()?)),
                subject: subject.and_then(|subject| view.span(&subject.range)),
                addressee: None,
                circumstances: Circumstances::default(),
                rules: vec!["refusal to comment"],
                sentence: self.range.clone(),
            });
            covered.push(group..whole_end);
        }
        covered
    }

    /// Quotations that no cue took.
    fn leftovers(&self, owners: &[Option<usize>], first: usize, all: &mut Vec<Attribution>) {
        let view = self.view;
        let taken: Vec<usize> = all
            .iter()
            .skip(first)
            .flat_map(|found| found.quotations.clone())
            .collect();
        for ((at, quotation), owner) in view.quotes.iter().zip(owners) {
            if owner.is_some() || taken.contains(quotation) || self.is_title(*quotation) {
                continue;
            }
            let (subject, cue, rule) = self.without_verb(*at);
            all.push(Attribution {
                quotations: vec![*quotation],
                clauses: Vec::new(),
                has_marks: true,
                act: SpeechAct::Statement,
                cue: cue.and_then(|range| view.span(&range)),
                subject: subject.and_then(|range| view.span(&range)),
                antecedent: None,
                addressee: None,
                circumstances: Circumstances::default(),
                rules: vec![rule],
                sentence: self.range.clone(),
            });
        }
    }

    /// Whether a quotation is a name of something rather than speech: a few words, all capitalised.
    fn is_title(&self, quotation: usize) -> bool {
        let document = self.view.document;
        let Some(quotation) = self.quotations.get(quotation) else {
            return false;
        };
        let words = (quotation.first..quotation.end)
            .filter_map(|at| document.tokens.get(at))
            .filter(|token| token.kind == TokenKind::Word);
        let mut count = 0;
        for token in words {
            count += 1;
            if token.case == Case::Lower && token.span.len() > 3 || count > 6 {
                return false;
            }
        }
        count > 1
    }

    /// `Smith: "…"` and `"…" — Smith`.
    fn without_verb(
        &self,
        at: usize,
    ) -> (Option<Range<usize>>, Option<Range<usize>>, &'static str) {
        let view = self.view;
        if at > 1 && view.word(at - 1) == ":" && at < 10 {
            let phrase = phrase_after(view, 0).filter(|phrase| phrase.end == at - 1);
            if phrase.is_some() {
                return (phrase, Some(at - 1..at), "colon");
            }
        }
        if view.is_dash(at) {
            let phrase = phrase_after(view, at + 1)
                .filter(|phrase| phrase.end >= view.end_of_words().min(phrase.start + 8));
            if phrase.is_some() {
                return (phrase, Some(at..at + 1), "dash");
            }
        }
        (None, None, "marks without a cue")
    }
}
