//! What stands behind a verb and is what was said: a clause, a question, an infinitive or an object.

use std::ops::Range;

use super::{
    clause_end::clause_end,
    complementizer::complementizer,
    content::{Content, addressee, has_finite},
    phrase::{is_nominal, opens_phrase, phrase_after, phrase_before},
    predicate::is_predicated,
    subject::Subject,
    tail::{explained_behind, occasion_behind},
    verb::{Form, Verb, is_finite, is_verb},
    view::View,
};
use crate::{
    pack::{Frame, Pack, holds},
    syntax::Tag,
    token::{Case, TokenKind},
};

/// What is asked for its complement.
pub(super) struct Complement<'c, 'd, 't, 'p> {
    pub(super) view: &'c View<'d, 't>,
    pub(super) pack: &'c Pack,
    pub(super) verb: &'c Verb<'p>,
    pub(super) others: &'c [Verb<'p>],
    pub(super) subjects: &'c [Option<Subject>],
}

impl Complement<'_, '_, '_, '_> {
    /// The clause, question, infinitive or object behind the verb.
    pub(super) fn find(&self) -> Option<Content> {
        let (view, cue) = (self.view, self.verb.cue);
        let start = self.verb.at + 1;
        let limit = view
            .quotes
            .iter()
            .map(|(at, _)| *at)
            .find(|at| *at >= start);
        let limit = limit.unwrap_or(view.len()).min(view.end_of_words());
        if start >= limit || self.is_about_anonymity(start) {
            return None;
        }
        if cue.has(Frame::Clause)
            && let Some(content) = self.clause(start, limit)
        {
            return Some(content);
        }
        // `replied “absolutely”`: a word or two in marks are what was said.
        let is_infinitive = self.verb.form == Form::Infinitive && cue.weight < 3;
        // `said, “as long as we can”`: marks to the end, or they are part of a clause.
        let is_behind_comma = view.is_comma(start)
            && view.is_marked(start + 1)
            && (start + 1..limit).all(|place| view.is_marked(place));
        let start = start + usize::from(is_behind_comma);
        if cue.has(Frame::Quote) && cue.weight >= 2 && view.is_marked(start) && !is_infinitive {
            let end = (start..limit).find(|place| !view.is_marked(*place));
            let range = start..end.unwrap_or(limit);
            return (range.len() > 2).then_some(Content {
                range,
                rule: "words in marks",
            });
        }
        // "called on the mayor to stay": no circumstance.
        let from = if holds(&cue.particles, view.word(start)) {
            start
        } else {
            over_modifiers(view, self.pack, start, limit)
        };
        if cue.has(Frame::Wh)
            && let Some(from) = question(view, self.pack, from)
        {
            return self.ended(from, limit, "reported question");
        }
        if cue.has(Frame::Infinitive)
            && let Some(from) = self.infinitive(from)
        {
            return self.ended(from, limit, "infinitive");
        }
        if cue.has(Frame::Gerund) && view.tag(from) == Tag::Gerund {
            return self.ended(from, limit, "gerund");
        }
        if cue.has(Frame::Object) && !self.is_by_saying(from) {
            let from = object(view, self.verb, from)?;
            let mut content = self.ended(from, limit, "object")?;
            if self.verb.form == Form::Passive {
                let end = content.range.clone().find(|place| !view.is_marked(*place));
                content.range.end = end.unwrap_or(content.range.end);
            }
            if let Some(cut) = other_deed(view, &content.range) {
                content.range.end = cut;
            }
            if let Some(cut) = occasion_behind(view, &content.range) {
                content.range.end = cut;
            }
            if let Some(cut) = explained_behind(view, &content.range) {
                content.range.end = cut;
            }
            return Some(content);
        }
        None
    }

    /// The words from `from` to where what was said ends.
    fn ended(&self, from: usize, limit: usize, rule: &'static str) -> Option<Content> {
        let end = clause_end(
            self.view,
            self.verb,
            self.others,
            self.subjects,
            from,
            limit,
        );
        let range = from..end;
        (!range.is_empty()).then_some(Content { range, rule })
    }

    /// "requested anonymity", "asked not to be named", "asked to be identified by one name": of no
    /// interest but to the reporter.
    fn is_about_anonymity(&self, start: usize) -> bool {
        let view = self.view;
        let names = ["named", "identified", "referred", "quoted", "called"];
        let to = start + usize::from(view.is(start, "not"));
        let is_passive = view.is(to, "to") && view.is(to + 1, "be");
        // "asked that his name not be used".
        let is_name = view.is(start, "that")
            && (start..start + 4).any(|place| view.is_any(place, &["name", "identity"]))
            && (start..start + 6).any(|place| view.is_any(place, &["not", "withheld"]));
        is_name
            || (start..start + 3).any(|place| view.is(place, "anonymity"))
            || is_passive && view.is_any(to + 2, &names)
    }

    /// The clause or question behind "said", with "that" or without.
    fn clause(&self, start: usize, limit: usize) -> Option<Content> {
        let (view, pack, cue) = (self.view, self.pack, self.verb.cue);
        let mut from = start;
        if cue.has(Frame::Addressee) {
            from = addressee(view, from)
                .map_or_else(|| over_one_word(view, from), |person| person.end);
        }
        // "urged the young to study": who is asked is part of what is asked.
        let is_asked = from > start
            && cue.has(Frame::Infinitive)
            && (view.is(from, "to") && is_verb(view.tag(from + 1))
                || view.is(from, "not") && view.is(from + 1, "to"));
        if is_asked {
            return self.ended(start, limit, "infinitive");
        }
        let is_told = from > start && view.is(from, "that") && !view.is_marked(from);
        if is_told && from + 1 < limit {
            return self.ended(from + 1, limit, "complement clause");
        }
        if let Some(answer) = self.answer(from, limit) {
            return Some(answer);
        }
        let takes_infinitive = cue.has(Frame::Infinitive);
        if let Some(that) = complementizer(view, pack, from, limit, takes_infinitive) {
            let from = if view.is(that, "that") {
                that + 1 + usize::from(view.is_comma(that + 1))
            } else {
                that
            };
            return self.ended(from, limit, "complement clause");
        }
        if is_gap(view, self.verb) {
            let mut content = self.ended(start, limit, "clause with a gap")?;
            let comma = content
                .range
                .clone()
                .find(|place| view.is_comma(*place) && !view.is_marked(*place));
            content.range.end = comma.unwrap_or(content.range.end);
            return Some(content);
        }
        let from = over_modifiers(view, pack, from, limit);
        let asked = question(view, pack, from);
        if let Some(content) = asked.and_then(|from| self.ended(from, limit, "reported question")) {
            return Some(content);
        }
        let is_sure = cue.weight == 3
            && from == start
            && (is_word(view, from) || counts(view, from) || is_plain_clause(view, from, limit));
        if cue.needs_complementizer || !is_sure && !starts_clause(view, from, limit) {
            return None;
        }
        let content = self.ended(from, limit, "bare clause")?;
        if self.is_main_clause(&content.range) {
            return None;
        }
        // "said she last spoke": who is in the nominative does something, whatever the tagger says.
        let is_nominative = view.is_any(from, &["he", "she", "they", "we", "i"]);
        // "said her husband suffers": a verb that the tagger takes for a noun.
        let is_long = is_sure
            && content.range.len() > 4
            && !cue.has(Frame::Addressee)
            && (opens_phrase(view.tag(from)) || view.tag(from) == Tag::Nouns);
        let is_clause =
            is_nominative && content.range.len() > 2 || is_long || has_finite(view, &content.range);
        is_clause.then_some(content)
    }

    /// "Asked whether he would stay, Morrow said no.".
    fn answer(&self, from: usize, limit: usize) -> Option<Content> {
        let view = self.view;
        let at = from + usize::from(view.is_comma(from));
        let is_answer = view.is_any(at, &["yes", "no"])
            && !view.is_marked(at)
            && (at + 1 >= limit || view.is_stop(at + 1));
        (is_answer && self.verb.cue.weight >= 2).then_some(Content {
            range: at..at + 1,
            rule: "answer",
        })
    }

    /// "the demand to swear allegiance, Morrow was distressed": the clause of somebody else, behind
    /// the comma that ends an infinitive.
    fn is_main_clause(&self, range: &Range<usize>) -> bool {
        let view = self.view;
        self.verb.form == Form::Infinitive
            && self.verb.cue.weight < 3
            && range
                .clone()
                .take_while(|place| !is_finite(view, *place))
                .any(|place| view.is_comma(place) && !view.is_marked(place))
    }

    /// Where "to do" starts behind the verb, with whom it asks: "urged the mayor to stay".
    fn infinitive(&self, from: usize) -> Option<usize> {
        let view = self.view;
        let has_person = self.verb.cue.has(Frame::Addressee);
        // "appealed to supporters to stay".
        let from = from + usize::from(holds(&self.verb.cue.particles, view.word(from)));
        let person = phrase_after(view, from).filter(|_| has_person);
        let to = person.map_or(from, |person| person.end);
        // `appealed to them “not to forget”`.
        let opens_marks = view.kind(to) == TokenKind::Punctuation && view.is_marked(to + 1);
        let to = to + usize::from(opens_marks);
        let to = to + usize::from(view.is(to, "not"));
        // `to “increase`: a mark may stand before the verb.
        let is_marked = view.kind(to + 1) == TokenKind::Punctuation && view.is_marked(to + 2);
        // "to debate": the tagger takes many a verb for a noun.
        let is_marker = view.tag(to) == Tag::To && view.case(to + 1) == Case::Lower;
        let is_infinitive = is_marked || is_marker || is_verb(view.tag(to + 1));
        (view.is(to, "to") && is_infinitive).then_some(from)
    }

    /// "addresses the issue by saying he has …": what was said stands behind the other verb.
    fn is_by_saying(&self, from: usize) -> bool {
        self.others.iter().any(|other| {
            other.at > from
                && other.form == Form::Participle
                && other.cue.has(Frame::Clause)
                && self.view.is(other.at - 1, "by")
        })
    }
}

/// "the date but doubted the promise": where the reporter goes on with something else that was done.
fn other_deed(view: &View<'_, '_>, range: &Range<usize>) -> Option<usize> {
    let joint = (range.start + 1..range.end).find(|place| {
        view.is_any(*place, &["and", "but"])
            && !view.is_marked(*place)
            && view.tag(*place + 1) == Tag::Past
    })?;
    let has_clause = (range.start..joint).any(|place| is_finite(view, place));
    (!has_clause && joint + 1 < range.end).then_some(joint)
}

/// Whether the verb stands within a relative clause and reports the rest of it: "a free kick that
/// Morrow insisted should never have been given".
fn is_gap(view: &View<'_, '_>, verb: &Verb<'_>) -> bool {
    let subject = verb.group.start.checked_sub(1);
    let subject = subject.and_then(|last| phrase_before(view, last));
    let before = subject.and_then(|subject| subject.start.checked_sub(1));
    let is_relative =
        before.is_some_and(|before| view.is_any(before, &["that", "which", "who", "whom"]));
    is_relative && verb.cue.weight >= 2 && is_finite(view, verb.at + 1)
}

/// Where the object of a verb starts, behind the particle it asks for.
fn object(view: &View<'_, '_>, verb: &Verb<'_>, from: usize) -> Option<usize> {
    // "whom he described as “brave”", "was called “nonsense” by X".
    if verb.form == Form::Passive {
        let agent = phrase_after(view, from + 1).filter(|_| view.is(from, "by"));
        let from = agent.map_or(from, |agent| agent.end);
        let from = from + usize::from(view.is(from, "as"));
        return view.is_marked(from).then_some(from);
    }
    if view.is(from, "as") && view.is_marked(from + 1) {
        return Some(from + 1);
    }
    let has_particle = holds(&verb.cue.particles, view.word(from));
    if verb.cue.has(Frame::Predicate) && !has_particle && !is_predicated(view, verb, from) {
        return None;
    }
    let from = if has_particle { from + 1 } else { from };
    let tag = view.tag(from);
    let starts = is_nominal(tag)
        || view.is_any(from, &["more", "less", "fewer", "$"])
        || counts(view, from)
        || matches!(
            tag,
            Tag::Adjective
                | Tag::Possessive
                | Tag::Comparative
                | Tag::Superlative
                | Tag::WhPronoun
                | Tag::OpenQuote
        )
        || view.is_marked(from)
        || has_particle && tag == Tag::Gerund;
    starts.then_some(from)
}

/// Behind a word that only the tagger does not hold for somebody spoken to ("told reporters the").
fn over_one_word(view: &View<'_, '_>, start: usize) -> usize {
    let opens = matches!(
        view.tag(start + 1),
        Tag::Determiner | Tag::Pronoun | Tag::Possessive | Tag::Name
    );
    let is_verb_like = is_verb(view.tag(start)) && view.kind(start) == TokenKind::Word;
    if opens && is_verb_like {
        start + 1
    } else {
        start
    }
}

/// Behind adverbs, days and short prepositional phrases.
fn over_modifiers(view: &View<'_, '_>, pack: &Pack, start: usize, limit: usize) -> usize {
    let mut place = start;
    for _ in 0..4 {
        let before = place;
        while place < limit
            && (holds(&pack.time_words, view.word(place)) || is_particle(view, place))
        {
            place += 1;
        }
        if view.is_any(place, &["last", "this", "next"])
            && view.is_any(
                place + 1,
                &[
                    "week", "month", "year", "night", "weekend", "summer", "spring", "fall",
                ],
            )
        {
            place += 2;
        }
        if is_medium(view, place)
            && let Some(phrase) = phrase_after(view, place + 1)
            && phrase.end < limit
        {
            if starts_clause(view, phrase.end, limit) {
                place = phrase.end;
            } else if view.is(phrase.end, "that") {
                return phrase.end;
            }
        }
        if place == before {
            break;
        }
    }
    place
}

fn is_particle(view: &View<'_, '_>, place: usize) -> bool {
    view.tag(place) == Tag::Particle || view.is(place, "out")
}

fn is_medium(view: &View<'_, '_>, place: usize) -> bool {
    view.tag(place) == Tag::Preposition
        && view.is_any(
            place,
            &[
                "in", "on", "at", "during", "to", "of", "through", "via", "by",
            ],
        )
}

/// Whether something other than a sign, a preposition or a conjunction stands here.
fn is_word(view: &View<'_, '_>, place: usize) -> bool {
    view.kind(place) == TokenKind::Word
        && !matches!(
            view.tag(place),
            Tag::Preposition | Tag::Conjunction | Tag::To | Tag::Particle | Tag::Adverb
        )
}

/// Whether a number stands here, rounded or not: "said about 20 people had come".
fn counts(view: &View<'_, '_>, place: usize) -> bool {
    let number =
        place + usize::from(view.is_any(place, &["about", "around", "almost", "nearly", "over"]));
    let number = number + usize::from(view.is(number, "$"));
    view.kind(number) == TokenKind::Number || view.is_any(number, &["half", "one", "two", "three"])
}

/// Whether a clause of subject and verb stands here, whatever its first word was taken for.
fn is_plain_clause(view: &View<'_, '_>, start: usize, limit: usize) -> bool {
    let end = (start..limit)
        .find(|place| view.is_comma(*place))
        .unwrap_or(limit);
    view.kind(start) == TokenKind::Word
        && !view.is_any(start, &["to", "so", "on", "as"])
        && (start + 2..end).any(|place| {
            is_finite(view, place)
                && (is_nominal(view.tag(place - 1)) || view.tag(place - 1) == Tag::Adverb)
        })
}

fn question(view: &View<'_, '_>, pack: &Pack, start: usize) -> Option<usize> {
    (holds(&pack.question_words, view.word(start)) || view.is_any(start, &["whether", "if"]))
        .then_some(start)
}

/// Whether a clause can start here: a subject, or words that stand before one.
pub(super) fn starts_clause(view: &View<'_, '_>, start: usize, limit: usize) -> bool {
    start < limit
        && (view.is_marked(start)
            || matches!(
                view.tag(start),
                Tag::Pronoun
                    | Tag::Determiner
                    | Tag::Possessive
                    | Tag::Existential
                    | Tag::Name
                    | Tag::Names
                    | Tag::Noun
                    | Tag::Nouns
                    | Tag::Adjective
                    | Tag::Number
                    | Tag::Comparative
                    | Tag::Superlative
                    | Tag::Predeterminer
                    | Tag::Gerund
                    | Tag::WhAdverb
                    | Tag::WhPronoun
                    | Tag::OpenQuote
                    | Tag::Adverb
            )
            || view.is_any(
                start,
                &[
                    "if", "while", "although", "despite", "because", "after", "when", "in", "as",
                    "to", "both", "neither", "unlike", "without", "with", "even", "for", "at",
                    "by", "until", "since", "under",
                ],
            ))
}
