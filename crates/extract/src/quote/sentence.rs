//! Attributions within one sentence: each cue with its subject and what it reports.

use std::ops::Range;

use model::{Span, SpeechAct};

use super::{
    boundary::{merged_sentences, stands_alone},
    circumstance::{Circumstances, REACH, circumstances},
    content::{Content, addressee},
    source::names_source,
    subject::{Subject, main_subject, subject_of},
    verb::{Form, Verb, cues, is_finite},
    view::View,
};
use crate::{
    Done,
    mark::Quotation,
    pack::{Frame, Pack, holds},
    sentence::Document,
    syntax::Grammar,
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
    let mut all: Vec<Attribution> = Vec::new();
    let mut next = 0;
    let mut sentence_before: Option<Range<usize>> = None;
    for sentence in merged_sentences(document, pack, quotations) {
        let before = sentence_before
            .replace(sentence.clone())
            .filter(|before| stands_before(document, before, &sentence));
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
            let verbs = cues(&view, pack);
            if view.quotes.is_empty() && verbs.is_empty() && !reports_without_verb(&view, pack) {
                continue;
            }
            view.parse(grammar, &tagged);
            done("trees");
            let first = all.len();
            let opens = view.quotes.first().is_some_and(|(place, _)| *place == 0);
            Sentence {
                view: &view,
                pack,
                quotations,
                range,
            }
            .attribute(&verbs, &mut all);
            if opens {
                let (known, new) = all.split_at_mut(first);
                let before = before.clone().filter(|before| {
                    known
                        .last()
                        .is_none_or(|last| last.sentence.end <= before.start)
                });
                if let (Some(before), Some(alone)) = (before, new.first_mut()) {
                    alone.speaks_for(document, grammar, is_name, before);
                }
            }
            done("attributions");
        }
    }
    done("cues");
    all
}

impl Attribution {
    /// Gives a quotation without a cue the subject of the sentence before it, if that is a person:
    /// `Reyl pointed to the track. “We built it.”`
    fn speaks_for(
        &mut self,
        document: &Document<'_>,
        grammar: &Grammar,
        is_name: &[bool],
        before: Range<usize>,
    ) {
        let is_alone = self.cue.is_none() && self.subject.is_none() && !self.quotations.is_empty();
        if !is_alone {
            return;
        }
        let (mut view, _) = View::new(document, before, &[], 0..0, &[]);
        let tagged = view.tag_words(grammar, is_name);
        view.parse(grammar, &tagged);
        let subject = main_subject(&view);
        if let Some(range) = subject {
            self.subject = view.span(&range);
            self.rules.push("subject of the sentence before");
        }
    }
}

/// Whether a quotation that opens `sentence` may be said by the subject of the sentence `before`: one
/// in the same paragraph, or the end of the one before, where the quotation is all of its own.
fn stands_before(document: &Document<'_>, before: &Range<usize>, sentence: &Range<usize>) -> bool {
    let this = document.paragraph_of(sentence.start);
    let other = document.paragraph_of(before.start);
    let is_alone = document
        .paragraphs
        .get(this)
        .is_some_and(|paragraph| *paragraph == *sentence);
    other == this || other + 1 == this && is_alone
}

fn has_cue(view: &View<'_, '_>, pack: &Pack) -> bool {
    (0..view.len()).any(|place| {
        view.cue(place).is_some()
            || names_source(view, place)
            || reports_without_cue(view, place, pack)
    })
}

/// Whether the word at `place` may report without being a cue: a noun, with "that" behind it, or
/// the verb of a refusal, with what is refused.
fn reports_without_cue(view: &View<'_, '_>, place: usize, pack: &Pack) -> bool {
    let is_object = |at| view.is(at, "that") || holds(&pack.refusals.objects, view.word(at));
    view.can_report(place) && (0..view.len()).any(is_object)
}

/// Whether a sentence none of whose verbs is a cue reports anything, as far as its tags tell: most
/// words that can be cues are nouns where they stand, and a tree costs the most of all.
fn reports_without_verb(view: &View<'_, '_>, pack: &Pack) -> bool {
    (0..view.len()).any(|place| names_source(view, place) || reports_without_cue(view, place, pack))
}

/// "This explains why …", "you can tell it is larger": the reporter reasons, or anybody might.
fn is_nobody(view: &View<'_, '_>, subject: &Subject) -> bool {
    subject.range.len() == 1
        && (view.is_any(subject.range.start, &["this", "that", "these", "those"])
            && subject.antecedent.is_none()
            || view.is(subject.range.start, "you"))
}

/// Ends what was said before the word at `limit`.
fn cut(clauses: &mut Vec<Content>, limit: usize) {
    for content in clauses.iter_mut() {
        content.range.end = content.range.end.min(limit);
    }
    clauses.retain(|content| !content.range.is_empty());
}

/// "if he agreed to join": nobody did.
fn is_supposed(view: &View<'_, '_>, verb: &Verb<'_>, subject: Option<&Subject>) -> bool {
    verb.cue.weight < 3
        && subject
            .and_then(|subject| subject.range.start.checked_sub(1))
            .is_some_and(|before| view.is_any(before, &["if", "unless"]))
}

/// A sentence at work.
pub(super) struct Sentence<'s, 'd, 't> {
    pub(super) view: &'s View<'d, 't>,
    pub(super) pack: &'s Pack,
    pub(super) quotations: &'s [Quotation],
    pub(super) range: Range<usize>,
}

impl Sentence<'_, '_, '_> {
    /// Whether it opens with the clause of another ("When he died, …").
    pub(super) fn is_fronted(&self) -> bool {
        holds(&self.pack.fronting, &self.view.word(0).to_lowercase())
    }

    fn attribute(&self, verbs: &[Verb<'_>], all: &mut Vec<Attribution>) {
        let view = self.view;
        let subjects: Vec<Option<Subject>> =
            verbs.iter().map(|verb| subject_of(view, verb)).collect();
        let owners: Vec<Option<usize>> = view
            .quotes
            .iter()
            .map(|(at, _)| self.owner(*at, verbs, &subjects))
            .collect();
        let first = all.len();
        let reporters: Vec<usize> = owners
            .iter()
            .filter_map(|owner| Some(verbs.get((*owner)?)?.at))
            .collect();
        let mut covered: Vec<Range<usize>> = self.sources(&reporters, all);
        covered.extend(self.refusals(all));
        let mut closing = None;
        if covered.is_empty()
            && let Some((verb, subject, content)) = self.trailing(verbs, &subjects)
        {
            let left = verb.start_with(Some(&subject));
            closing = Some(left);
            covered.push(left..view.len());
            all.push(self.attribution(verb, Some(subject), Vec::new(), &[content]));
        }
        let mut speaking: Option<Subject> = None;
        for (place, verb) in verbs.iter().enumerate() {
            if covered.iter().any(|range| range.contains(&verb.at))
                && !self.opens_marks(place, verb, &owners)
            {
                continue;
            }
            let subject = subjects.get(place).cloned().flatten();
            // ", adding that": whoever spoke before in the sentence, if anybody did.
            // "announced that X would vote, and repeated": what X would do ended before the "and".
            let is_behind = covered
                .iter()
                .any(|range| (range.end..range.end + 3).contains(&verb.group.start));
            let is_shared = subject.as_ref().is_some_and(|s| s.rule == "shared subject");
            let goes_on = verb.form == Form::Participle || is_shared && is_behind;
            let subject = if goes_on && speaking.is_some() {
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
            // Within what the whole sentence is said to say, only a sure report is one of its own.
            let is_sure = verb.cue.weight == 3 && verb.form == Form::Finite;
            if closing.is_some() && !(is_sure && subject.is_some()) {
                continue;
            }
            let clauses = if quotes.is_empty() {
                let mut clauses = self.clauses(place, verbs, &subjects, &covered);
                if let Some(left) = closing {
                    cut(&mut clauses, left - 1);
                }
                clauses
            } else {
                self.half_sentence(verb, subject.as_ref(), &quotes)
                    .into_iter()
                    .collect()
            };
            // "told the paper, citing sources, that": what was told is not cited once more.
            let is_taken = |clause: &Content| {
                let start = clause.range.start;
                covered.iter().any(|range| range.start == start)
            };
            if verb.form == Form::Participle && quotes.is_empty() && clauses.iter().any(is_taken) {
                continue;
            }
            if quotes.is_empty() && clauses.is_empty() && !self.announces(verb, subject.as_ref()) {
                continue;
            }
            let is_supposed = quotes.is_empty() && is_supposed(view, verb, subject.as_ref());
            if is_supposed {
                covered.extend(clauses.iter().map(|content| content.range.clone()));
            }
            let is_nobody = subject
                .as_ref()
                .is_some_and(|subject| is_nobody(view, subject));
            if is_supposed || quotes.is_empty() && is_nobody {
                continue;
            }
            if quotes.is_empty()
                && subject.is_none()
                && (verb.cue.weight < 3 || verb.form != Form::Finite)
            {
                continue;
            }
            covered.extend(clauses.iter().map(|content| content.range.clone()));
            if verb.form == Form::Finite || subject.is_some() {
                speaking.clone_from(&subject);
            }
            all.push(self.attribution(verb, subject, quotes, &clauses));
        }
        self.nouns(&covered, all);
        self.leftovers(&owners, first, all);
    }

    /// Whether a verb within what was said has words in marks behind a colon, which are a report of
    /// their own: "adding that Morrow had told them: “You’ll be paid.”".
    fn opens_marks(&self, place: usize, verb: &Verb<'_>, owners: &[Option<usize>]) -> bool {
        let view = self.view;
        let mut owned = view.quotes.iter().zip(owners);
        verb.cue.weight == 3
            && verb.form == Form::Finite
            && !view.is_marked(verb.at)
            && owned.any(|((at, _), owner)| {
                *owner == Some(place) && *at > verb.at && view.word(at - 1) == ":"
            })
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
            let left = verb.start_with(subject.as_ref());
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
                // `he said, adding: “…”`: who adds has the marks, not who said something before.
                if is_open && gap <= 2 && view.quotes.iter().any(|(place, _)| *place < verb.at) {
                    22
                } else if is_open {
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

    /// Whether a sentence ends in an attribution that the next one fills: "Smith said in a
    /// statement."
    fn announces(&self, verb: &Verb<'_>, subject: Option<&Subject>) -> bool {
        verb.cue.weight == 3
            && verb.form == Form::Finite
            && subject.is_some()
            && self.view.quotes.is_empty()
            && self.view.len() < verb.at + 9
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
        let left = verb.start_with(subject);
        let right = subject.map_or(verb.at + 1, |subject| subject.range.end.max(verb.at + 1));
        let is_said = |place: usize| clauses.iter().any(|content| content.range.contains(&place));
        let is_front_free = left <= REACH
            && !(0..left).any(is_said)
            && !view.quotes.iter().any(|(at, _)| *at < left)
            && !(0..left).any(|place| is_finite(view, place));
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
                || is_finite(view, *place)
        });
        let stop = stop.unwrap_or(reach);
        [front, right..stop.max(right)]
    }
}
