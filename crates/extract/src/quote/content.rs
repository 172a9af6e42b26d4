//! What a verb says was said, where the words are the reporter's.

use std::ops::Range;

use super::{
    clause_end::clause_end,
    phrase::{is_nominal, opens_phrase, phrase_after},
    subject::Subject,
    verb::{Form, Verb, is_finite, is_verb},
    view::View,
};
use crate::{
    pack::{Frame, Pack, holds},
    syntax::Tag,
    token::{Case, TokenKind},
};

/// A stretch of a sentence that reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) range: Range<usize>,
    pub(crate) rule: &'static str,
}

/// The complement of `verb`: the clause, question, infinitive or object behind it.
pub(crate) fn complement(
    view: &View<'_, '_>,
    pack: &Pack,
    verb: &Verb<'_>,
    others: &[Verb<'_>],
    subjects: &[Option<Subject>],
) -> Option<Content> {
    let limit = view
        .quotes
        .iter()
        .map(|(at, _)| *at)
        .find(|at| *at > verb.at);
    let limit = limit.unwrap_or(view.len()).min(view.end_of_words());
    let cue = verb.cue;
    let start = verb.at + 1;
    // "requested anonymity", "asked for anonymity": of no interest but to the reporter.
    if start >= limit || (start..start + 3).any(|place| view.is(place, "anonymity")) {
        return None;
    }
    // "asked not to be named".
    let is_unnamed = |place: usize| {
        view.is(place, "not") && view.is(place + 1, "to") && view.is(place + 2, "be")
    };
    if is_unnamed(start) {
        return None;
    }
    let ended = |from: usize, rule| {
        let range = from..clause_end(view, verb, others, subjects, from, limit);
        (!range.is_empty()).then_some(Content { range, rule })
    };
    if cue.has(Frame::Clause) {
        let mut from = start;
        if cue.has(Frame::Addressee) {
            from = addressee(view, from)
                .map_or_else(|| over_one_word(view, from), |person| person.end);
        }
        let takes_infinitive = cue.has(Frame::Infinitive);
        let is_told = from > start && view.is(from, "that") && !view.is_marked(from);
        if is_told && from + 1 < limit {
            return ended(from + 1, "complement clause");
        }
        if let Some(that) = complementizer(view, pack, from, limit, takes_infinitive) {
            let from = if view.is(that, "that") {
                that + 1 + usize::from(view.is_comma(that + 1))
            } else {
                that
            };
            return ended(from, "complement clause");
        }
        let from = over_modifiers(view, pack, from, limit);
        if let Some(content) =
            question(view, pack, from).and_then(|from| ended(from, "reported question"))
        {
            return Some(content);
        }
        let is_sure = cue.weight == 3
            && from == start
            && (is_word(view, from) || counts(view, from) || is_plain_clause(view, from, limit));
        if !cue.needs_complementizer && (starts_clause(view, from, limit) || is_sure) {
            let content = ended(from, "bare clause")?;
            // "said she last spoke": who is in the nominative does something, whatever the tagger says.
            let is_nominative = view.is_any(from, &["he", "she", "they", "we", "i"]);
            // "said her husband suffers": a verb that the tagger takes for a noun.
            let is_long = is_sure
                && content.range.len() > 4
                && !cue.has(Frame::Addressee)
                && (opens_phrase(view.tag(from)) || view.tag(from) == Tag::Nouns);
            if is_nominative && content.range.len() > 2
                || is_long
                || has_finite(view, &content.range)
            {
                return Some(content);
            }
        }
    }
    // `replied “absolutely”`: a word or two in marks are what was said.
    if cue.has(Frame::Quote) && cue.weight >= 2 && view.is_marked(start) {
        let end = (start..limit).find(|place| !view.is_marked(*place));
        let range = start..end.unwrap_or(limit);
        return (range.len() > 2).then_some(Content {
            range,
            rule: "words in marks",
        });
    }
    let from = over_modifiers(view, pack, start, limit);
    if cue.has(Frame::Wh)
        && let Some(from) = question(view, pack, from)
    {
        return ended(from, "reported question");
    }
    if cue.has(Frame::Infinitive) {
        let person = if cue.has(Frame::Addressee) {
            phrase_after(view, from)
        } else {
            None
        };
        let to = person.as_ref().map_or(from, |person| person.end);
        // `to “increase`: a mark may stand before the verb.
        let is_marked = view.kind(to + 1) == TokenKind::Punctuation && view.is_marked(to + 2);
        // "asked to be identified by one name": of no interest but to the reporter.
        let is_formula = view.is(to + 1, "be")
            && view.is_any(
                to + 2,
                &["named", "identified", "referred", "quoted", "called"],
            );
        if is_formula {
            return None;
        }
        if view.is(to, "to") && (is_marked || is_verb(view.tag(to + 1))) {
            return ended(from, "infinitive");
        }
    }
    if cue.has(Frame::Gerund) && view.tag(from) == Tag::Gerund {
        return ended(from, "gerund");
    }
    if cue.has(Frame::Object) {
        // "addresses the issue by saying he has …": what was said stands behind the other verb.
        let by_saying = others.iter().any(|other| {
            other.at > from
                && other.form == Form::Participle
                && other.cue.has(Frame::Clause)
                && view.is(other.at - 1, "by")
        });
        if by_saying {
            return None;
        }
        let mut content = object(view, verb, from).and_then(|from| ended(from, "object"))?;
        if let Some(cut) = other_deed(view, &content.range) {
            content.range.end = cut;
        }
        return Some(content);
    }
    None
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

/// Where the object of a verb starts, behind the particle it asks for.
fn object(view: &View<'_, '_>, verb: &Verb<'_>, from: usize) -> Option<usize> {
    if verb.form == Form::Passive {
        return None;
    }
    let has_particle = holds(&verb.cue.particles, view.word(from));
    let from = if has_particle { from + 1 } else { from };
    let tag = view.tag(from);
    let starts = is_nominal(tag)
        || matches!(
            tag,
            Tag::Adjective | Tag::Possessive | Tag::Superlative | Tag::WhPronoun | Tag::OpenQuote
        )
        || view.is_marked(from)
        || has_particle && tag == Tag::Gerund;
    starts.then_some(from)
}

/// The one spoken to: "told reporters", "told the Daily News".
pub(crate) fn addressee(view: &View<'_, '_>, start: usize) -> Option<Range<usize>> {
    if view.tag(start) == Tag::Pronoun {
        // "told them", but "told he was" is a slip of the tagger.
        let object = ["me", "us", "him", "her", "them", "you", "it"];
        return view.is_any(start, &object).then_some(start..start + 1);
    }
    phrase_after(view, start).map(|phrase| {
        // A phrase that runs on into the subject of what was said: "told CNN the plan".
        let inner =
            (phrase.start + 1..phrase.end).find(|place| view.tag(*place) == Tag::Determiner);
        phrase.start..inner.unwrap_or(phrase.end)
    })
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

/// "that" or its kin behind at most a few words of time, place or addressee.
fn complementizer(
    view: &View<'_, '_>,
    pack: &Pack,
    start: usize,
    limit: usize,
    takes_infinitive: bool,
) -> Option<usize> {
    let mut place = start;
    while place < limit.min(start + 18) {
        if holds(&pack.complementizers, view.word(place)) && !view.is_marked(place) {
            // "in a statement that": what stands behind is the statement.
            let is_stated = place > start && holds(&pack.occasions.media, view.word(place - 1));
            let is_relative = view.tag(place) == Tag::WhDeterminer
                && place > start
                && !is_stated
                && !opens_circumstance(view, pack, start);
            let is_determiner = view.is(place, "that")
                && matches!(view.tag(place + 1), Tag::Noun)
                && view.tag(place) == Tag::Determiner;
            return (!is_relative && !is_determiner).then_some(place);
        }
        let other_begins = view.is_comma(place) && view.tag(place + 1) == Tag::Gerund;
        // "vowed to pardon them if she wins".
        let is_infinitive =
            takes_infinitive && view.is(place, "to") && is_verb(view.tag(place + 1));
        // "at his house surrounded by trees that": no verb of a clause.
        let is_reduced = view.tag(place) == Tag::Past
            && place > start
            && matches!(view.tag(place - 1), Tag::Noun | Tag::Nouns)
            && view.is_any(place + 1, &["by", "in", "with", "at", "on"]);
        if is_infinitive
            || is_finite(view, place) && !is_reduced
            || view.is_stop(place)
            || view.word(place) == ":"
            || other_begins
        {
            return None;
        }
        if view.tag(place) == Tag::Pronoun
            && place > start
            && !view.is_any(place, &["him", "them", "us", "me"])
        {
            return None;
        }
        place += 1;
    }
    None
}

/// Whether what stands between a verb and "that" says when or where it was said ("said Friday
/// that", "said on CNN that"): no noun is there that "that" could explain.
fn opens_circumstance(view: &View<'_, '_>, pack: &Pack, start: usize) -> bool {
    matches!(view.tag(start), Tag::Preposition | Tag::To | Tag::Adverb)
        || holds(&pack.time_words, view.word(start))
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
    let number = place + usize::from(view.is_any(place, &["about", "around", "almost", "over"]));
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
fn starts_clause(view: &View<'_, '_>, start: usize, limit: usize) -> bool {
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

fn has_finite(view: &View<'_, '_>, range: &Range<usize>) -> bool {
    range.clone().any(|place| {
        is_finite(view, place) || view.tag(place) == Tag::Base || view.tag(place) == Tag::Participle
    })
}

/// Where the sentence starts behind "PORT SELIN, Meravia — "; 0 where it has no dateline.
pub(crate) fn dateline_end(view: &View<'_, '_>) -> usize {
    let Some(dash) = (1..view.len().min(10)).find(|place| view.is_dash(*place)) else {
        return 0;
    };
    let is_place = (0..dash).all(|place| {
        matches!(view.word(place), "," | "(" | ")" | "." | "/")
            || matches!(view.case(place), Case::Title | Case::Upper | Case::Mixed)
    });
    let opens_sentence = !matches!(view.case(dash + 1), Case::Lower | Case::None);
    if is_place && opens_sentence {
        dash + 1
    } else {
        0
    }
}

/// What stands before "he said" at the end of a sentence: `left` is where the attribution starts.
/// Where the clause goes on behind the attribution (`is_half`), a subject alone will do.
pub(crate) fn fronted(
    view: &View<'_, '_>,
    left: usize,
    from: usize,
    is_half: bool,
) -> Option<Content> {
    let comma = left.checked_sub(1)?;
    if !view.is_comma(comma) && !view.is_dash(comma) && !(view.is_marked(comma)) {
        return None;
    }
    let mut start = from.max(dateline_end(view));
    while start < comma
        && (view.is_any(
            start,
            &["but", "and", "still", "yet", "so", "nor", "or", "then"],
        ) || view.is_comma(start))
        && !view.is_marked(start)
    {
        start += 1;
    }
    let end = if view.is_marked(comma) {
        comma + 1
    } else {
        comma
    };
    let range = start..end;
    if view.is(start, "asked") {
        return None;
    }
    // "The job marks his return, a friend said.": taggers take many a verb for a noun.
    let is_long = range.len() > 5
        && (opens_phrase(view.tag(range.start)) || is_nominal(view.tag(range.start)));
    (is_half && !range.is_empty() || range.len() > 2 && (is_long || has_finite(view, &range)))
        .then_some(Content {
            range,
            rule: "fronted clause",
        })
}
