//! Verb groups: a cue with its auxiliaries, and what they make of it.

use std::ops::Range;

use super::{
    phrase::{is_nominal, phrase_before},
    subject::Subject,
    view::View,
};
use crate::{
    pack::{Cue, Frame, Pack, holds},
    syntax::Tag,
    token::Case,
};

/// A cue in a sentence, with its auxiliaries.
#[derive(Clone, Debug)]
pub(crate) struct Verb<'p> {
    /// From the first auxiliary or adverb to the cue.
    pub(crate) group: Range<usize>,
    /// The cue itself.
    pub(crate) at: usize,
    pub(crate) form: Form,
    pub(crate) cue: &'p Cue,
}

impl Verb<'_> {
    /// Where the attribution starts: with the subject or the verb, whichever stands first.
    pub(super) fn start_with(&self, subject: Option<&Subject>) -> usize {
        subject.map_or(self.group.start, |subject| {
            subject.range.start.min(self.group.start)
        })
    }
}

/// How a verb stands in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// With a subject of its own, or one shared with another verb.
    Finite,
    /// "was told".
    Passive,
    /// "to say".
    Infinitive,
    /// ", saying".
    Participle,
}

/// Cues in one view; a sentence of 400 words with more is no prose, and each looks at the others.
const MOST_CUES: usize = 40;

/// The cues of a sentence outside marks, in order.
pub(crate) fn cues<'p>(view: &View<'_, '_>, pack: &'p Pack) -> Vec<Verb<'p>> {
    let places = (0..view.len()).filter(|place| !view.is_marked(*place));
    places
        .filter_map(|place| verb_at(view, pack, place))
        .take(MOST_CUES)
        .collect()
}

fn verb_at<'p>(view: &View<'_, '_>, pack: &'p Pack, at: usize) -> Option<Verb<'p>> {
    let cue = view.cue(at)?;
    let mut tag = view.tag(at);
    // Markup that was never taken out: `<tweet tweet-author=…>`.
    if at > 0 && matches!(view.word(at - 1), "<" | "/") || matches!(view.word(at + 1), "-" | "=") {
        return None;
    }
    let is_required = cue.requires.is_empty()
        || holds(&cue.requires, view.word(at + 1))
        || holds(&cue.requires, "that") && is_dated(view, pack, at + 1);
    if !is_required && !closes_verdict(view, pack, cue, at) {
        return None;
    }
    if !is_verb(tag) && closes_attribution(view, cue, at) {
        tag = Tag::Past;
    }
    // "The Gazette reports that": a noun to the tagger.
    let is_after_name =
        at > 0 && matches!(view.case(at - 1), Case::Title | Case::Upper | Case::Mixed);
    let is_bare_noun =
        matches!(tag, Tag::Noun | Tag::Nouns) && view.word(at).starts_with(char::is_lowercase);
    let is_behind_subject = is_after_name || at > 0 && view.is_comma(at - 1);
    if is_bare_noun
        && (is_behind_subject && cue.has(Frame::Clause) && view.is(at + 1, "that")
            || takes_object(view, cue, at, tag)
            || takes_that(view, cue, at, tag)
            || closes_sentence(view, cue, at))
    {
        tag = Tag::Present3;
    }
    let is_sure = cue.weight == 3 && view.word(at) != "say";
    if !is_verb(tag) && !is_sure {
        return None;
    }
    if is_no_verb(view, cue, at, tag) || is_reduced(view, pack, at, tag) {
        return None;
    }
    let mut start = at;
    let (mut be, mut to, mut finite, mut have) = (false, false, false, false);
    while start > 0 && !view.is_marked(start - 1) && view.quote_before(start).is_none() {
        let word = view.word(start - 1);
        let is_auxiliary = is_any(word, &BE)
            || is_any(word, &HAVE)
            || is_any(word, &DO)
            || view.tag(start - 1) == Tag::Modal;
        be |= is_any(word, &BE) && !to;
        have |= is_any(word, &HAVE);
        finite |= is_auxiliary && !is_any(word, &["be", "been", "being", "having"]);
        if view.tag(start - 1) == Tag::To || word == "to" {
            to = true;
            start -= 1;
            // "afraid to tell him that": nobody did.
            if start > 0 && holds(&pack.unsaid, view.word(start - 1)) {
                return None;
            }
            break;
        }
        // "is heard saying", "can be seen telling".
        let is_heard = start == at && view.word(at).ends_with("ing") && is_any(word, &HEARD);
        // "has since said".
        let is_since =
            start >= 2 && view.is(start - 1, "since") && is_any(view.word(start - 2), &HAVE);
        if !is_auxiliary && !is_heard && !is_since && !is_adverb(view, start - 1) {
            break;
        }
        start -= 1;
    }
    // "who’s called for": a clitic before a verb with its particle is "has".
    let is_clitic = view.is_any(start, &["'s", "’s"]) && holds(&cue.particles, view.word(at + 1));
    let be = be && !is_clitic;
    // ", adding, “…”", "a statement saying": nouns to the tagger.
    let is_ing = view.word(at).ends_with("ing");
    let is_gerund = tag == Tag::Gerund || is_ing;
    // "hung up when told that": he was.
    let is_told = start == at
        && at > 0
        && view.is_any(at, &["told", "informed", "asked", "reminded", "assured"])
        && view.is_any(
            at - 1,
            &["when", "once", "if", "though", "although", "unless"],
        );
    let form = if to {
        Form::Infinitive
    } else if is_told {
        Form::Passive
    } else if is_gerund && !be {
        Form::Participle
    } else if be && !is_gerund {
        Form::Passive
    } else if tag == Tag::Base && !finite {
        // An imperative, or a form mistaken for one: "reporters say".
        Form::Finite
    } else if tag == Tag::Participle
        && !(have
            || finite
            || has_subject_left(view, start)
            || cue.weight == 3
            || closes_attribution(view, cue, at))
    {
        Form::Passive
    } else {
        Form::Finite
    };
    Some(Verb {
        group: start..at + 1,
        at,
        form,
        cue,
    })
}

/// Whether the words before a form of a cue show that it is no verb there.
fn is_no_verb(view: &View<'_, '_>, cue: &Cue, at: usize, tag: Tag) -> bool {
    // "calls" and "reports" behind a determiner or an adjective are nouns, whatever the tagger says.
    if at > 0
        && matches!(
            view.tag(at - 1),
            Tag::Determiner | Tag::Possessive | Tag::PossessiveMark
        )
        && tag != Tag::Past
        && cue.weight < 3
    {
        return true;
    }
    // "an amnesty offer to join": a noun behind a noun, which no such verb agrees with.
    if at > 1
        && cue.weight < 3
        && matches!(tag, Tag::Base | Tag::Present)
        && view.tag(at - 1) == Tag::Noun
        && matches!(view.tag(at - 2), Tag::Determiner | Tag::Possessive)
    {
        return true;
    }
    // "with pronounced seasons": no subject stands before a preposition's noun.
    if at > 0
        && cue.weight < 3
        && matches!(tag, Tag::Past | Tag::Participle)
        && view.is_any(at - 1, &["with", "of", "for", "from"])
    {
        return true;
    }
    // "against defending champion Croatia": an adjective.
    if at > 0
        && cue.weight < 2
        && tag == Tag::Gerund
        && view.is_any(at - 1, &["against", "over", "with", "from"])
        && matches!(view.tag(at + 1), Tag::Noun | Tag::Nouns)
    {
        return true;
    }
    // "stopped short of discussing", "for fear of describing": nobody did.
    if at > 0
        && cue.weight < 2
        && tag == Tag::Gerund
        && view.is_any(at - 1, &["of", "for", "without"])
    {
        return true;
    }
    false
}

/// Whether a participle says of a statement or a video where it was made public: "said in a
/// statement posted on its website that".
fn is_reduced(view: &View<'_, '_>, pack: &Pack, at: usize, tag: Tag) -> bool {
    at > 0
        && matches!(tag, Tag::Past | Tag::Participle)
        && holds(&pack.occasions.media, view.word(at - 1))
        && view.is_any(at + 1, &["on", "by", "in", "to", "at", "late", "early"])
        && view.is_any(
            at,
            &["posted", "written", "reported", "released", "tweeted"],
        )
}

/// "a woman asks the mayor to come": no noun has a noun phrase right behind it.
fn takes_object(view: &View<'_, '_>, cue: &Cue, at: usize, tag: Tag) -> bool {
    let next = at + 1;
    let opens_object = matches!(view.tag(next), Tag::Determiner | Tag::Possessive)
        || view.is_any(next, &["him", "them", "us"]);
    tag == Tag::Nouns
        && opens_object
        && (cue.has(Frame::Clause) || cue.has(Frame::Infinitive))
        && at > 0
        && is_nominal(view.tag(at - 1))
}

/// "The government denies that it jails": a clause behind "that" needs a verb before it.
fn takes_that(view: &View<'_, '_>, cue: &Cue, at: usize, tag: Tag) -> bool {
    let opens_clause = matches!(
        view.tag(at + 2),
        Tag::Pronoun
            | Tag::Determiner
            | Tag::Possessive
            | Tag::Name
            | Tag::Existential
            | Tag::Number
            | Tag::Nouns
    );
    // "The ministry claims that", but "Local media report that".
    let agrees = |before: usize| {
        let is_plural = view.tag(before) == Tag::Nouns || view.is_any(before, &["media", "police"]);
        is_nominal(view.tag(before)) && is_plural == (tag == Tag::Noun)
    };
    matches!(tag, Tag::Noun | Tag::Nouns)
        && cue.has(Frame::Clause)
        && view.is(at + 1, "that")
        && opens_clause
        && at.checked_sub(1).is_some_and(agrees)
}

/// "The site could draw thousands, the ministry estimates.": a noun to the tagger.
fn closes_sentence(view: &View<'_, '_>, cue: &Cue, at: usize) -> bool {
    let is_last = view.is_stop(at + 1) || at + 1 >= view.len();
    let comma = at
        .checked_sub(1)
        .and_then(|last| phrase_before(view, last))
        .and_then(|subject| subject.start.checked_sub(1))
        .filter(|comma| view.is_comma(*comma));
    let is_sure = view.tag(at) == Tag::Nouns || cue.weight > 1;
    is_last
        && is_sure
        && cue.has(Frame::Clause)
        && comma.is_some_and(|comma| (0..comma).any(|place| is_finite(view, place)))
}

/// "found at the time that", "ruled last week that": a few words of time before what a verb asks for.
fn is_dated(view: &View<'_, '_>, pack: &Pack, start: usize) -> bool {
    let opens = view.is_any(start, &["at", "in", "on", "last", "this"])
        || holds(&pack.time_words, view.word(start));
    let that = (start + 1..start + 6)
        .take_while(|place| !view.is_comma(*place) && !is_finite(view, *place))
        .find(|place| view.is(*place, "that"));
    opens && that.is_some()
}

/// Whether a verb that asks for "that" ends its sentence instead: "…, the court ruled on Monday."
fn closes_verdict(view: &View<'_, '_>, pack: &Pack, cue: &Cue, at: usize) -> bool {
    let next = at + 1;
    let is_free = view.is_stop(next)
        || holds(&pack.time_words, view.word(next))
        || view.is_any(next, &["on", "in", "last", "this"]);
    // "Prints found in the valley are old": no end of anything.
    let goes_on = || (next..view.len()).any(|place| is_finite(view, place));
    is_free && cue.has(Frame::Clause) && holds(&cue.requires, "that") && !goes_on()
}

/// Whether a participle may be a past tense after all: a subject stands before it.
fn has_subject_left(view: &View<'_, '_>, start: usize) -> bool {
    let Some(before) = start.checked_sub(1) else {
        return !view.quotes.is_empty();
    };
    view.quote_before(start).is_some()
        || matches!(
            view.tag(before),
            Tag::Name
                | Tag::Names
                | Tag::Pronoun
                | Tag::WhPronoun
                | Tag::Conjunction
                | Tag::Nouns
                | Tag::Noun
        )
        || view.is_comma(before)
}

/// Whether the word ends an attribution behind a quotation ("…," Smith adds.), where taggers take
/// "adds" for a noun.
fn closes_attribution(view: &View<'_, '_>, cue: &Cue, at: usize) -> bool {
    if cue.has(Frame::Quote)
        && (view.is_comma(at + 1) || view.word(at + 1) == ":")
        && view.quote_before(at + 2).is_some()
    {
        return true;
    }
    cue.has(Frame::Quote)
        && (view
            .quotes
            .iter()
            .any(|(place, _)| (at.saturating_sub(8)..=at).contains(place))
            || (at.saturating_sub(4)..at).any(|place| view.is_marked(place)))
        && (at + 1 >= view.len()
            || view.is_stop(at + 1)
            || view.is_comma(at + 1)
            || view.word(at + 1) == ":"
            || view.quote_before(at + 1).is_some()
            || view.tag(at + 1) == Tag::Preposition)
}

pub(crate) const fn is_verb(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Base | Tag::Past | Tag::Present3 | Tag::Present | Tag::Gerund | Tag::Participle
    )
}

/// Whether the word can be the verb of a clause with a subject.
pub(crate) fn is_finite(view: &View<'_, '_>, place: usize) -> bool {
    matches!(
        view.tag(place),
        Tag::Past | Tag::Present3 | Tag::Present | Tag::Modal
    )
}

fn is_adverb(view: &View<'_, '_>, place: usize) -> bool {
    view.tag(place) == Tag::Adverb && !is_any(view.word(place), &["there", "here", "ago"])
}

fn is_any(word: &str, words: &[&str]) -> bool {
    words.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// Whether a word is a form of "be" or "have", or stands before a verb as "will" does.
pub(super) fn is_auxiliary(word: &str) -> bool {
    is_any(word, &BE)
        || is_any(word, &HAVE)
        || is_any(word, &DO)
        || is_any(
            word,
            &[
                "will", "would", "can", "could", "may", "might", "must", "should",
            ],
        )
}

const BE: [&str; 11] = [
    "is", "are", "was", "were", "be", "been", "being", "am", "'s", "’s", "'re",
];
const HAVE: [&str; 7] = ["has", "have", "had", "having", "'ve", "’ve", "’d"];
const HEARD: [&str; 5] = ["heard", "seen", "quoted", "filmed", "shown"];
const DO: [&str; 3] = ["do", "does", "did"];
