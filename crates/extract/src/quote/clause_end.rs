//! Where what was said ends, and who goes on.

use std::ops::Range;

use super::{
    phrase::{phrase_after, phrase_before},
    subject::Subject,
    tail::tail,
    verb::{Form, Verb, is_finite, is_verb},
    view::View,
};
use crate::{
    pack::holds,
    syntax::{Label, Tag},
};

/// Where what was said ends: at the end of the sentence, or before another attribution that
/// stands beside this one.
pub(super) fn clause_end(
    view: &View<'_, '_>,
    verb: &Verb<'_>,
    others: &[Verb<'_>],
    subjects: &[Option<Subject>],
    from: usize,
    limit: usize,
) -> usize {
    let mut end = limit;
    for (other, subject) in others.iter().zip(subjects) {
        if other.at <= from || other.at >= end {
            continue;
        }
        let cut = cut_before(view, verb, other, subject.as_ref(), from);
        if let Some(cut) = cut
            && !is_in_opening(view, from..cut)
        {
            end = cut;
            break;
        }
    }
    let is_relative = verb
        .group
        .start
        .checked_sub(1)
        .is_some_and(|before| view.is_any(before, &["who", "which", "that"]));
    let main_clause = |place: &usize| {
        is_relative
            && view.is_comma(*place)
            && !view.is_marked(*place)
            && (is_finite(view, place + 1) || is_verb(view.tag(place + 1)))
    };
    // "Unlike Reyl, who said he fled, Morrow recalls staying": another's attribution is the main clause.
    // "When the ministry said it would pay, advocates said": so is what follows a clause of time.
    let is_fronted = view.is_any(
        0,
        &[
            "when", "after", "while", "although", "though", "as", "since", "before",
        ],
    ) && !(0..verb.group.start).any(|place| view.is_comma(place));
    if verb.form == Form::Participle
        && let Some(comma) = others
            .iter()
            .zip(subjects)
            .find(|(other, _)| other.at == verb.at)
            .and_then(|(_, subject)| subject.as_ref()?.range.start.checked_sub(1))
            .filter(|comma| (from + 1..end).contains(comma) && view.is_comma(*comma))
    {
        end = comma;
    }
    if is_relative || is_fronted {
        let others_turn = others.iter().zip(subjects).find_map(|(other, subject)| {
            let start = subject.as_ref()?.range.start;
            let comma = start.checked_sub(1)?;
            (other.form == Form::Finite
                && (from + 1..end).contains(&comma)
                && other.at > start
                && view.is_comma(comma)
                && !view.is_marked(comma))
            .then_some(comma)
        });
        end = others_turn.unwrap_or(end);
    }
    if let Some(cut) = (from + 1..end).find(main_clause) {
        end = cut;
    }
    if is_relative && let Some(cut) = main_verb(view, verb.group.start - 1, from, end) {
        end = cut;
    }
    let said = from..end;
    let cut = said
        .clone()
        .skip(2)
        .find(|place| reporter_resumes(view, *place, end) && is_whole(view, said.start..*place));
    if let Some(cut) = cut {
        end = cut;
    }
    if let Some(cut) = source_cut(view, from, end) {
        end = cut;
    }
    if is_subordinate(view, verb)
        && let Some(cut) = (from + 2..end).find(|place| main_clause_opens(view, *place, end))
    {
        end = cut;
    }
    let explained = (from + 2..end)
        .find(|place| explains_by_cue(view, *place, others) || comments(view, *place, end));
    if let Some(cut) = explained {
        end = cut;
    }
    if let Some(cut) = tail(view, verb, from, end) {
        end = cut;
    }
    while end > from
        && !view.is_marked(end - 1)
        && (matches!(
            view.word(end - 1),
            "," | ":" | ";" | "—" | "–" | "--" | "..."
        ) || view.tag(end - 1) == Tag::Conjunction
            && view.is_any(end - 1, &["and", "but", "or"]))
    {
        end -= 1;
    }
    end
}

/// "after they drank and swore, they would": the clause that opens what was said is not over yet.
fn is_in_opening(view: &View<'_, '_>, range: Range<usize>) -> bool {
    let opens = [
        "if", "when", "after", "before", "once", "because", "while", "although",
    ];
    view.is_any(range.start, &opens) && !range.into_iter().any(|place| view.is_comma(place))
}

/// Where the main clause goes on behind a relative clause without commas ("the man who vowed to stay
/// seems frail"), by the parser's word.
fn main_verb(view: &View<'_, '_>, who: usize, from: usize, end: usize) -> Option<usize> {
    // A subject stands close before "who", and no relative clause is longer.
    (from + 1..end.min(from + 60)).find(|place| {
        is_finite(view, *place)
            && !view.is_marked(*place)
            && (who.saturating_sub(12)..who).any(|subject| {
                view.head(subject) == Some(*place) && view.label(subject) == Label::Subject
            })
    })
}

/// Where `other` takes the sentence over from `verb`.
fn cut_before(
    view: &View<'_, '_>,
    verb: &Verb<'_>,
    other: &Verb<'_>,
    subject: Option<&Subject>,
    from: usize,
) -> Option<usize> {
    let start = other.group.start;
    let before = start.checked_sub(1)?;
    if before <= from {
        return None;
    }
    // "who heads the party and said he would stay, said on Monday": the main clause goes on.
    let resumes =
        view.is_comma(before) && subject.is_some_and(|subject| subject.range.end < verb.at);
    if other.form == Form::Finite && resumes {
        return Some(before);
    }
    // "Asked whether he would stay, Smith said": the aside is over.
    if let Some(subject) = subject
        && matches!(verb.form, Form::Passive | Form::Participle)
        && subject.range.start > from + 1
        && view.is_comma(subject.range.start - 1)
    {
        return Some(subject.range.start - 1);
    }
    match other.form {
        Form::Participle if view.is_comma(before) => Some(before),
        // `called it “chilling,” adding that`: the comma stands inside the marks.
        Form::Participle if view.is_marked(before) && view.is_comma(before - 1) => Some(start),
        Form::Participle if view.is(before, "and") && view.is_comma(before - 1) => Some(before - 1),
        Form::Finite if view.is_any(before, &["and", "but"]) || view.is_comma(before) => {
            // "say the suspect, who was not named, told them": what is told is part of what they say.
            let is_inside = view.is_comma(before)
                && subject.is_some_and(|subject| {
                    let start = subject.range.start;
                    start >= from && !(start > 0 && view.is_any(start - 1, &["and", "but"]))
                });
            let is_beside = view.label(other.at) == Label::Conjunct
                && view.head(other.at) == Some(verb.at)
                && !is_inside;
            let same_tense = view.tag(other.at) == view.tag(verb.at);
            let is_joined = view.is_any(before, &["and", "but"]);
            // "said it was concerned and called for his release".
            let is_alone = other.group.len() == 1
                && view.tag(verb.at) == Tag::Past
                && matches!(view.tag(other.at), Tag::Past | Tag::Participle)
                && (view.tag(other.at + 1) != Tag::Preposition
                    || holds(&other.cue.particles, view.word(other.at + 1)));
            (is_beside || is_joined && (is_alone || same_tense && other.cue.weight >= 2))
                .then_some(before)
        }
        Form::Finite => {
            let subject = phrase_before(view, before)?;
            let joint = subject.start.checked_sub(1)?;
            let is_joined =
                view.is_any(joint, &["and", "but", "while", "though", "although"]) && joint > from;
            let is_beside =
                view.label(other.at) == Label::Conjunct && view.head(other.at) == Some(verb.at);
            let after_comma = joint > from && view.is_comma(joint - 1);
            (is_joined && (is_beside || after_comma) || view.word(joint) == ";").then_some(joint)
        }
        Form::Passive | Form::Infinitive | Form::Participle => None,
    }
}

/// Whether the reporter goes on by himself behind the comma at `comma`: with a clause of its own
/// ("…, but he has since left", "…, Smith left"), or an explanation that runs to the end ("…, which
/// was founded in 1951"). Each of these gained on the development articles; "as", "after",
/// "because" and participles lost.
fn reporter_resumes(view: &View<'_, '_>, comma: usize, end: usize) -> bool {
    if view.is_marked(comma) {
        return false;
    }
    // `“… relief,” while`: the comma stands inside the marks.
    let is_inside = comma > 2
        && view.is(comma, "while")
        && view.is_marked(comma - 1)
        && (view.is_comma(comma - 1) || view.is_comma(comma - 2));
    if !view.is_comma(comma) && !is_inside {
        return false;
    }
    let next = comma + usize::from(!is_inside);
    let has_clause = |start: usize| {
        let subject = phrase_after(view, start);
        subject.is_some_and(|subject| subject.end < end && is_finite(view, subject.end))
    };
    let explains = view.is_any(next, &["which", "who", "whose", "whom"]);
    explains && !(next..end).any(|place| view.is_comma(place))
        || view.is(next, "but") && has_clause(next + 1)
        || view.is(next, "while")
        || view.tag(next) == Tag::Pronoun && is_finite(view, next + 1)
}

/// Whether the clause of the verb only opens its sentence: "Even as the mayor said he would stay, …".
fn is_subordinate(view: &View<'_, '_>, verb: &Verb<'_>) -> bool {
    let opener = (0..verb.group.start)
        .rev()
        .take(12)
        .take_while(|place| !view.is_comma(*place))
        .find(|place| {
            view.is_any(
                *place,
                &[
                    "while", "when", "as", "after", "although", "though", "since", "before",
                ],
            )
        });
    opener.is_some_and(|place| place < 5 && !view.is_marked(place))
}

/// Whether a comma is followed by a subject and its verb.
fn main_clause_opens(view: &View<'_, '_>, comma: usize, end: usize) -> bool {
    view.is_comma(comma) && !view.is_marked(comma) && clause_opens(view, comma + 1, end)
}

/// Whether a subject and its verb stand at `start`.
fn clause_opens(view: &View<'_, '_>, start: usize, end: usize) -> bool {
    let subject = phrase_after(view, start);
    subject.is_some_and(|subject| {
        let verb = subject.end + usize::from(view.tag(subject.end) == Tag::Adverb);
        verb < end && is_finite(view, verb)
    })
}

/// ", which he said was a mistake": an explanation that holds another report.
fn explains_by_cue(view: &View<'_, '_>, comma: usize, others: &[Verb<'_>]) -> bool {
    view.is_comma(comma)
        && !view.is_marked(comma)
        && view.is_any(comma + 1, &["which", "who", "something"])
        && others
            .iter()
            .any(|other| (comma + 2..comma + 6).contains(&other.at))
}

/// "— something that aides dispute", "— the actress also pointed out": the reporter's comment.
fn comments(view: &View<'_, '_>, sign: usize, end: usize) -> bool {
    if view.is_marked(sign) {
        return false;
    }
    let is_dash = view.is_dash(sign);
    let next = sign + 1;
    let is_only_one = || !(next..end).any(|place| view.is_dash(place));
    (is_dash || view.is_comma(sign)) && view.is(next, "something")
        || is_dash
            && is_only_one()
            && view.tag(next) != Tag::Pronoun
            && clause_opens(view, next, end)
}

/// Whether the words are a clause that can end here: not "if elected" and not "the list, while
/// long", behind which the clause only begins or goes on.
fn is_whole(view: &View<'_, '_>, range: Range<usize>) -> bool {
    let opens_aside = view.is_any(
        range.start,
        &[
            "if", "when", "while", "although", "though", "unless", "once", "because", "after",
            "before", "since",
        ],
    );
    let is_main_behind = !opens_aside || range.clone().any(|place| view.is_comma(place));
    // "to join": an infinitive is whole without a verb of its own.
    let is_infinitive = view.is(range.start, "to");
    is_main_behind && (is_infinitive || range.into_iter().any(|place| is_finite(view, place)))
}

/// ", according to the report" ends what another reports.
fn source_cut(view: &View<'_, '_>, from: usize, end: usize) -> Option<usize> {
    (from + 1..end).find(|place| {
        view.is_comma(*place) && view.is(place + 1, "according") && view.is(place + 2, "to")
    })
}
