//! Who a verb says is doing it.

use std::ops::Range;

use super::{
    aside::{hangs_on_gerund, named_before, over_aside},
    inverted::{behind_marks, closing, inverted},
    occasion::before_occasion,
    participle::{before_lost_verb, before_participle, issued, quoted_as},
    phrase::{is_nominal, phrase_after, phrase_before, phrase_end, with_coordination},
    relative::{before_bare_relative, before_relative, relative},
    verb::{Form, Verb, is_finite},
    view::View,
};
use crate::{
    pack::{Pack, holds},
    syntax::{Label, Tag},
};

/// The subject of a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) range: Range<usize>,
    /// Where the subject is "who", the phrase it stands for.
    pub(crate) antecedent: Option<Range<usize>>,
    pub(crate) rule: &'static str,
}

/// How far shared subjects are followed through a sentence.
const LONGEST_CHAIN: usize = 3;

/// How many verbs are asked for their subject at each step; more would make the work of a sentence
/// without end grow with its square.
const MOST_GOVERNORS: usize = 3;

/// The subject of `verb`.
pub(crate) fn subject_of(view: &View<'_, '_>, verb: &Verb<'_>) -> Option<Subject> {
    whose(view, any_subject_of(view, verb)?)
}

/// The name that a subject is said of, where it is an age or explains one.
pub(super) fn whose(view: &View<'_, '_>, subject: Subject) -> Option<Subject> {
    let range = &subject.range;
    let is_single = range.len() == 1;
    // "San Sak, 41, says": the age is no speaker.
    if is_single && view.tag(range.start) == Tag::Number && range.start >= 2 {
        let comma = range.start - 1;
        let named = phrase_before(view, comma - 1).filter(|_| view.is_comma(comma));
        return named.map(|range| Subject { range, ..subject });
    }
    if let Some(range) = over_with(view, range)
        && subject.rule != "subject behind with"
    {
        return Some(Subject { range, ..subject });
    }
    if let Some(named) = named_before(view, range) {
        return Some(Subject {
            range: named,
            ..subject
        });
    }
    let is_bare = is_single && view.is_any(range.start, &["the", "a", "an"]);
    (!is_bare).then_some(subject)
}

/// "Another villager with relatives in the area": the phrase that opens the sentence, with the one
/// that hangs on it.
fn over_with(view: &View<'_, '_>, range: &Range<usize>) -> Option<Range<usize>> {
    let with = range
        .start
        .checked_sub(1)
        .filter(|with| view.is(*with, "with"))?;
    let owner = phrase_before(view, with.checked_sub(1)?)?;
    let opens = owner
        .start
        .checked_sub(1)
        .is_none_or(|before| view.is_comma(before) || view.tag(before) == Tag::Conjunction);
    opens.then_some(owner.start..range.end)
}

fn any_subject_of(view: &View<'_, '_>, verb: &Verb<'_>) -> Option<Subject> {
    match verb.form {
        Form::Passive => agent(view, verb.at + 1),
        Form::Finite => closing(view, verb)
            .or_else(|| finite_subject(view, verb.group.start, verb.at, LONGEST_CHAIN))
            .or_else(|| inverted(view, verb))
            .or_else(|| behind_marks(view, verb)),
        Form::Participle if verb.group.start == 0 => behind_comma(view, verb.at + 1),
        Form::Participle | Form::Infinitive => quoted_as(view, verb.group.start)
            .or_else(|| issued(view, verb.group.start))
            .or_else(|| with_subject(view, verb.group.start))
            .or_else(|| governor_subject(view, verb.group.start, LONGEST_CHAIN))
            .or_else(|| {
                let range = before_lost_verb(view, verb.group.start)?;
                let rule = "subject of the governing clause";
                (verb.form == Form::Participle).then_some(Subject {
                    range,
                    antecedent: None,
                    rule,
                })
            }),
    }
}

/// The subject of a sentence's first clause, where it is a name, "he" or "she".
pub(crate) fn main_subject(view: &View<'_, '_>) -> Option<Range<usize>> {
    let range = first_subject(view)?;
    let is_person = view.is_any(range.start, &["he", "she"])
        || range.len() < 8 && view.tag(range.end - 1) == Tag::Name;
    is_person.then_some(range)
}

/// The subject of a sentence's first clause.
pub(crate) fn first_subject(view: &View<'_, '_>) -> Option<Range<usize>> {
    let verb = (1..view.len()).find(|place| is_finite(view, *place))?;
    let mut group = verb;
    while group > 0 && view.tag(group - 1) == Tag::Adverb {
        group -= 1;
    }
    Some(finite_subject(view, group, verb, 1)?.range)
}

/// "Alleging that votes were bought, Reyl left": the subject of the main clause.
fn behind_comma(view: &View<'_, '_>, from: usize) -> Option<Subject> {
    let mut commas = (from..view.len())
        .filter(|place| view.is_comma(*place))
        .take(3);
    commas.find_map(|comma| {
        let range = phrase_after(view, comma + 1)?;
        is_finite(view, range.end).then_some(Subject {
            range,
            antecedent: None,
            rule: "subject of the main clause",
        })
    })
}

/// "with one minister telling them": a participle with a subject of its own.
fn with_subject(view: &View<'_, '_>, start: usize) -> Option<Subject> {
    let range = phrase_before(view, start.checked_sub(1)?)?;
    let with = range.start.checked_sub(1)?;
    view.is(with, "with").then_some(Subject {
        range,
        antecedent: None,
        rule: "subject behind with",
    })
}

/// "by Smith" after a passive.
fn agent(view: &View<'_, '_>, start: usize) -> Option<Subject> {
    let by = (start..view.len().min(start + 6)).find(|place| view.is(*place, "by"))?;
    let range = phrase_after(view, by + 1)?;
    Some(Subject {
        range,
        antecedent: None,
        rule: "passive agent",
    })
}

/// The subject that stands before the group at `start` of the verb at `at`.
pub(crate) fn finite_subject(
    view: &View<'_, '_>,
    start: usize,
    at: usize,
    chain: usize,
) -> Option<Subject> {
    let before = start.checked_sub(1)?;
    if view.quote_before(start).is_some() {
        return None;
    }
    // "Smith, author of “A Book,” said": the comma stands inside the marks.
    let before = if view.is_marked(before) && before > 1 && view.is_comma(before - 1) {
        before - 1
    } else {
        before
    };
    // "Morrow on Tuesday said", "Morrow in a statement said".
    let subject_end = before_occasion(view, before);
    if subject_end != before
        && let Some(subject) = finite_subject(view, subject_end + 1, at, chain)
    {
        return Some(subject);
    }
    let tag = view.tag(before);
    if matches!(tag, Tag::WhPronoun | Tag::WhDeterminer) || view.is_any(before, &["who", "which"]) {
        return relative(view, before);
    }
    if tag == Tag::Conjunction
        || view.is_comma(before) && start >= 2 && view.tag(start - 2) == Tag::Conjunction
    {
        return shared(view, before, chain);
    }
    if view.is_comma(before) || view.is_dash(before) || view.word(before) == ")" {
        if let Some(subject) = over_aside(view, before, at) {
            return Some(subject);
        }
        if view.word(before) != ")" {
            return None;
        }
    }
    // "a source close to him said": what hangs on a preposition is no subject.
    if view.is_any(before, &["him", "her", "them", "me", "us"])
        && let Some(subject) = governor_of_pronoun(view, before)
    {
        return Some(subject);
    }
    if let Some(range) = phrase_before(view, before) {
        if let Some(auxiliary) = auxiliary_before(view, range.start) {
            return finite_subject(view, auxiliary, at, chain.checked_sub(1)?);
        }
        // "another source speaking to the paper said".
        let before_gerund = range.start.checked_sub(3);
        if hangs_on_gerund(view, range.start)
            && let Some(range) = before_gerund.and_then(|end| phrase_before(view, end))
        {
            return Some(Subject {
                range,
                antecedent: None,
                rule: "subject before cue",
            });
        }
        if let Some(subject) = governing(view, &range, at) {
            return Some(subject);
        }
        // "the economist who founded the group in Phnom Penh told": what hangs on "in" is no subject.
        let is_governed = range.start.checked_sub(1).is_some_and(|before| {
            view.is_any(before, &["in", "on", "near", "with", "against", "by"])
        });
        if is_governed && let Some(owner) = owner_with(view, range.start) {
            return Some(Subject {
                range: owner..range.end,
                antecedent: None,
                rule: "subject before its place",
            });
        }
        if is_governed && let Some(subject) = governor(view, range.start - 1) {
            return Some(subject);
        }
        let is_time = range.len() == 1 && is_governed && is_month_or_day(view.word(range.start));
        let relative = before_relative(view, range.start);
        if is_time && relative.is_none() {
            return parsed(view, at);
        }
        if let Some(range) = relative {
            return Some(Subject {
                range,
                antecedent: None,
                rule: "subject before relative clause",
            });
        }
        let range = closing_pair(view, &range, at).unwrap_or(range);
        let range = with_coordination(view, range);
        return Some(Subject {
            range,
            antecedent: None,
            rule: "subject before cue",
        });
    }
    let phrase = |range| Subject {
        range,
        antecedent: None,
        rule: "subject before cue",
    };
    let reduced = before_participle(view, before).map(phrase);
    reduced.or_else(|| parsed(view, at)).or_else(|| {
        Some(Subject {
            rule: "subject before relative clause",
            ..phrase(before_bare_relative(view, start)?)
        })
    })
}

/// Where "another villager with contacts in the valley" begins, of which the phrase at `start` is the
/// place.
fn owner_with(view: &View<'_, '_>, start: usize) -> Option<usize> {
    let place = start.checked_sub(1)?;
    let had = phrase_before(view, place.checked_sub(1)?)?;
    let with = had.start.checked_sub(1).filter(|at| view.is(*at, "with"))?;
    let owner = phrase_before(view, with.checked_sub(1)?)?;
    let before = owner.start.checked_sub(1);
    let opens = before.is_none_or(|before| view.is_comma(before) || view.is_marked(before))
        || view.quote_before(owner.start).is_some();
    opens.then_some(owner.start)
}

/// "two people with knowledge of the matter": the phrase that, by the parser's word, the one before
/// the verb only belongs to.
fn governing(view: &View<'_, '_>, nearest: &Range<usize>, at: usize) -> Option<Subject> {
    let preposition = nearest.start.checked_sub(1)?;
    if view.tag(preposition) != Tag::Preposition {
        return None;
    }
    let subject = parsed(view, at)?;
    let is_governor = subject.range.end == preposition
        && (nearest.clone()).all(|place| view.head(place) != Some(at));
    is_governor.then_some(Subject {
        range: subject.range.start..nearest.end,
        ..subject
    })
}

/// "a source close to him": the phrase that a pronoun behind a preposition belongs to.
fn governor_of_pronoun(view: &View<'_, '_>, pronoun: usize) -> Option<Subject> {
    let preposition = pronoun.checked_sub(1)?;
    if !matches!(view.tag(preposition), Tag::Preposition | Tag::To) {
        return None;
    }
    let adjective = preposition.checked_sub(1)?;
    let is_close = matches!(
        view.tag(adjective),
        Tag::Adjective | Tag::Participle | Tag::Adverb
    );
    let noun = adjective.checked_sub(usize::from(is_close))?;
    let range = phrase_before(view, noun)?;
    Some(Subject {
        range: range.start..pronoun + 1,
        antecedent: None,
        rule: "subject before cue",
    })
}

/// "The post was taken down, his wife and a lawyer said.": two who close a sentence, which parsers
/// take for the end of a list.
fn closing_pair(view: &View<'_, '_>, last: &Range<usize>, at: usize) -> Option<Range<usize>> {
    let joint = last
        .start
        .checked_sub(1)
        .filter(|joint| view.is(*joint, "and"))?;
    let first = phrase_before(view, joint.checked_sub(1)?)?;
    let comma = first
        .start
        .checked_sub(1)
        .filter(|comma| view.is_comma(*comma))?;
    let closes = at + 1 >= view.end_of_words()
        || view.is_comma(at + 1)
        || view.tag(at + 1) == Tag::Preposition;
    let has_clause = (0..comma).any(|place| is_finite(view, place));
    (closes && has_clause).then_some(first.start..last.end)
}

pub(super) fn is_month_or_day(word: &str) -> bool {
    let occasions = &Pack::english().occasions;
    holds(&occasions.months, word) || holds(&occasions.days, word)
}

/// Who a phrase of place behind the preposition at `preposition` is said of: "a villager" before "in
/// Kampot", or the name before an aside that nothing closes ("Virak, the economist who founded the
/// group").
pub(super) fn governor(view: &View<'_, '_>, preposition: usize) -> Option<Subject> {
    let mut last = preposition.checked_sub(1)?;
    // "sources in the region and in exile".
    if view.is(last, "and") {
        let place = phrase_before(view, last.checked_sub(1)?)?;
        let before = place.start.checked_sub(1)?;
        last = before
            .checked_sub(1)
            .filter(|_| view.tag(before) == Tag::Preposition)?;
    }
    // "residents reached by telephone".
    let is_reduced = matches!(view.tag(last), Tag::Participle | Tag::Past);
    let noun = phrase_before(view, last.checked_sub(usize::from(is_reduced))?)?;
    let subject = |range, rule| {
        Some(Subject {
            range,
            antecedent: None,
            rule,
        })
    };
    let before = noun.start.checked_sub(1);
    let opens = before.is_none_or(|before| {
        view.is_comma(before) || view.is_marked(before) || view.tag(before) == Tag::Conjunction
    }) || view.quote_before(noun.start).is_some();
    if opens {
        return subject(noun.start..noun.end, "subject before its place");
    }
    // "villagers involved in disputes in Kampot".
    if let Some(before) = before
        && view.is_any(before, &["in", "near", "outside"])
    {
        return governor(view, before);
    }
    let limit = noun.start.saturating_sub(20);
    let comma = (limit..noun.start).rev().find(|at| view.is_comma(*at))?;
    let is_aside = view.is_any(comma + 1, &["the", "a", "an", "who"]);
    let name = comma
        .checked_sub(1)
        .filter(|at| view.tag(*at) == Tag::Name)?;
    let named = phrase_before(view, name).filter(|_| is_aside)?;
    let is_open = (comma..noun.start).any(|at| view.is(at, "who")) || view.is(comma + 1, "the");
    if is_open {
        return subject(named, "subject before aside");
    }
    None
}

/// "has for years": the auxiliary before a phrase of time that parts it from its verb.
fn auxiliary_before(view: &View<'_, '_>, phrase: usize) -> Option<usize> {
    let preposition = phrase.checked_sub(1)?;
    let auxiliary = phrase.checked_sub(2)?;
    let is_time = view.is_any(preposition, &["for", "in", "on", "over", "since"]);
    let is_auxiliary = view.is_any(auxiliary, &["has", "have", "had"]);
    (is_time && is_auxiliary).then_some(auxiliary)
}

/// The subject by the parser's word.
pub(super) fn parsed(view: &View<'_, '_>, at: usize) -> Option<Subject> {
    let is_subject = |place: &usize| {
        view.head(*place) == Some(at)
            && matches!(view.label(*place), Label::Subject | Label::PassiveSubject)
            && is_nominal(view.tag(*place))
    };
    let found = (0..at).rev().find(is_subject)?;
    if view.has_quote_between(found, at) {
        return None;
    }
    let end = phrase_end(view, found);
    let range = phrase_before(view, end)?;
    Some(Subject {
        range,
        antecedent: None,
        rule: "subject by parse",
    })
}

/// "said A and added B": the subject of the verb before the conjunction at `joint`.
fn shared(view: &View<'_, '_>, joint: usize, chain: usize) -> Option<Subject> {
    let subject = governor_subject(view, joint, chain).or_else(|| {
        let range = before_lost_verb(view, joint)?;
        Some(Subject {
            range,
            antecedent: None,
            rule: "shared subject",
        })
    })?;
    Some(Subject {
        rule: "shared subject",
        ..subject
    })
}

/// "…, a spokesman confirmed, but stressed": a cue that the tagger took for a participle.
fn is_lost_cue(view: &View<'_, '_>, place: usize) -> bool {
    view.tag(place) == Tag::Participle
        && view.is_comma(place + 1)
        && view.cue(place).is_some()
        && place
            .checked_sub(1)
            .and_then(|last| phrase_before(view, last))
            .and_then(|phrase| phrase.start.checked_sub(1))
            .is_some_and(|before| view.is_comma(before))
}

/// The subject of the nearest clause that governs what starts at `start`.
fn governor_subject(view: &View<'_, '_>, start: usize, chain: usize) -> Option<Subject> {
    let chain = chain.checked_sub(1)?;
    let mut place = start;
    let mut asked = 0;
    while place > 0 && asked < MOST_GOVERNORS {
        place -= 1;
        if view.is_marked(place) || !is_finite(view, place) && !is_lost_cue(view, place) {
            continue;
        }
        // "a syllabus called “Perception”": no clause of its own.
        if view.label(place) == Label::AdnominalClause && view.is_marked(place + 1) {
            continue;
        }
        asked += 1;
        let mut group = place;
        while group > 0 && (view.tag(group - 1) == Tag::Adverb || is_finite(view, group - 1)) {
            group -= 1;
        }
        let found = finite_subject(view, group, place, chain);
        if let Some(subject) = found
            && !view.is_any(
                subject.range.start,
                &["it", "that", "which", "this", "there"],
            )
        {
            return Some(Subject {
                rule: "subject of the governing clause",
                ..subject
            });
        }
        place = group;
    }
    None
}
