//! What a cue reports in the reporter's words: behind it, before it, or on both sides.

use std::ops::Range;

use super::{
    complement::Complement,
    content::{Content, addressee, fronted},
    phrase::phrase_after,
    sentence::Sentence,
    subject::Subject,
    verb::{Form, Verb, is_auxiliary, is_finite},
    view::View,
};
use crate::{
    pack::{Frame, Trait, holds},
    syntax::Tag,
};

/// Words of the occasion between "he said" and the comma behind which a clause goes on.
const LONGEST_OCCASION: usize = 8;

/// Words of an aside behind the name of who speaks.
const LONGEST_ASIDE: usize = 24;

/// Whether nothing but "but" or "and so" and a comma stands before `left`.
fn opens_with_joint(view: &View<'_, '_>, left: usize) -> bool {
    let joints = ["but", "and", "so", "still", "yet", "then", "also", "or"];
    (2..=3).contains(&left)
        && view.is_comma(left - 1)
        && (0..left - 1).all(|place| view.is_any(place, &joints))
}

impl Sentence<'_, '_, '_> {
    /// The reporter's words that a quotation behind the attribution completes: `There was, she
    /// said, "an implicit bargain."`
    pub(super) fn half_sentence(
        &self,
        verb: &Verb<'_>,
        subject: Option<&Subject>,
        quotes: &[usize],
    ) -> Option<Content> {
        let view = self.view;
        let left = verb.start_with(subject);
        let (at, first) = view.quotes.first()?;
        let goes_on = quotes.first() == Some(first)
            && *at > verb.at
            && self.quotations.get(*first).is_some_and(|quotation| {
                let word = view.document.word(quotation.first);
                word.starts_with(char::is_lowercase)
            });
        let comma = left.checked_sub(1).filter(|comma| view.is_comma(*comma))?;
        let start = usize::from(view.is_any(0, &["but", "and", "yet"]));
        // `The film, she says, “is about my mother”`.
        let is_subject = || {
            let quotation = self.quotations.get(*first);
            let opens = quotation.map_or("", |quotation| view.document.word(quotation.first));
            phrase_after(view, start).is_some_and(|phrase| phrase.end == comma)
                && is_auxiliary(opens)
        };
        let has_clause = (start..comma)
            .any(|place| is_finite(view, place) || view.tag(place) == Tag::Name)
            || is_subject();
        (goes_on
            && comma > start
            && has_clause
            && !view.is_any(start, &["in", "on", "at", "when", "as", "after", "asked"]))
        .then_some(Content {
            range: start..comma,
            rule: "half a sentence in front",
        })
    }

    /// The reporter's words that the cue at `place` says were said.
    pub(super) fn clauses(
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
        if let Some(content) = self.behind_as(verb, subject) {
            return vec![content];
        }
        // `called “nonsense” by Morrow`: the agent of a passive stands behind it in any case.
        let is_inverted = (verb.form != Form::Passive || verb.cue.has(Frame::Clause))
            && subject.is_some_and(|subject| subject.range.start > verb.at);
        let right = Complement {
            view,
            pack: self.pack,
            verb,
            others: verbs,
            subjects,
        }
        .find();
        // "was told by a source that": what stands behind the agent was said.
        let is_told = verb.form == Form::Passive
            && right
                .as_ref()
                .is_some_and(|content| content.rule == "complement clause");
        if right.is_some() && (!is_inverted || is_told) {
            return right.into_iter().collect();
        }
        let is_claiming = verb.form == Form::Participle;
        // "…, a report estimated.": a weak verb reports what it closes.
        let is_closing = || self.is_closing(verb.at + 1) && !self.is_fronted();
        if !verb.cue.has(Frame::Clause)
            || verb.form == Form::Infinitive
            || verb.cue.weight < 2 && !is_closing()
            || is_claiming
            || subject.is_some_and(|subject| subject.antecedent.is_some())
        {
            return Vec::new();
        }
        // "…, a plan announced last year": nobody's word.
        let is_thing = verb.cue.weight < 3 && subject.is_some_and(|subject| self.is_thing(subject));
        if is_thing {
            return Vec::new();
        }
        let left = verb.start_with(subject);
        let from = covered
            .iter()
            .map(|range| range.end)
            .filter(|end| *end <= left)
            .max()
            .unwrap_or(0);
        let mut after = subject.map_or(verb.at + 1, |subject| subject.range.end.max(verb.at + 1));
        if verb.cue.has(Frame::Addressee) && !is_inverted {
            after = addressee(view, verb.at + 1).map_or(after, |person| person.end.max(after));
        }
        let rest = if is_inverted {
            self.rest_behind_name(after)
        } else {
            self.rest_of_interrupted(after)
                .or_else(|| self.rest_of_predicate(left, after))
                .or_else(|| self.rest_of_phrase(after))
        };
        // "But, he said, it is a risk": only the rest was said.
        let opens = from == 0 && opens_with_joint(view, left);
        if let Some(rest) = rest.clone().filter(|_| opens) {
            return vec![rest];
        }
        let Some(front) = fronted(view, left, from, rest.is_some()) else {
            return Vec::new();
        };
        let mut contents = vec![front];
        contents.extend(rest);
        contents
    }

    /// Whether a subject is "a" something that neither speaks nor is written.
    pub(super) fn is_thing(&self, subject: &Subject) -> bool {
        let view = self.view;
        let range = &subject.range;
        let speaks = [
            Trait::Posts,
            Trait::Titles,
            Trait::MaleTitles,
            Trait::FemaleTitles,
            Trait::Organizations,
            Trait::Bodies,
        ];
        let is_speaker = |place: usize| {
            let word = view.word(place);
            self.pack.traits(word).has_any(&speaks)
                || holds(&self.pack.occasions.media, word)
                || view.tag(place) == Tag::Name
        };
        view.is_any(range.start, &["a", "an"]) && !range.clone().any(is_speaker)
    }

    /// "She learned of it, she said, from a neighbour": a phrase that only the comma parts off.
    fn rest_of_phrase(&self, after: usize) -> Option<Content> {
        let view = self.view;
        let end = view.end_of_words();
        let opens = view.is_comma(after)
            && view.is_any(
                after + 1,
                &["from", "because", "for", "by", "not", "without"],
            )
            && !holds(&self.pack.comments.omissions, view.word(after + 2));
        let is_whole =
            !(after + 1..end).any(|place| view.is_comma(place) || is_finite(view, place));
        (opens && is_whole && after + 2 < end).then_some(Content {
            range: after + 1..end,
            rule: "interrupted clause",
        })
    }

    /// "It was, he said, one of many": the rest of a predicate that the attribution parts from its
    /// verb, which stands right before `left` and its comma.
    fn rest_of_predicate(&self, left: usize, after: usize) -> Option<Content> {
        let view = self.view;
        let verb = left.checked_sub(2)?;
        let range = after + 1..view.end_of_words();
        let is_parted = is_finite(view, verb) && view.is_comma(after) && range.len() > 1;
        is_parted.then_some(Content {
            range,
            rule: "interrupted clause",
        })
    }

    /// The second half of a clause that "he said" interrupts; `after` is where the attribution may
    /// end: "The bridge, he told Radio Harbour on Tuesday, will close".
    pub(super) fn rest_of_interrupted(&self, after: usize) -> Option<Content> {
        let view = self.view;
        let end = view.end_of_words();
        let comma = self.comma_behind(after)?;
        // "…, she confirmed, but stressed that": something else that was said.
        let is_other = view.is_any(comma + 1, &["but", "and"])
            && view.cue(comma + 2).is_some()
            && is_finite(view, comma + 2);
        if is_other {
            return None;
        }
        let is_clause =
            view.is(comma + 1, "to") || (comma + 1..end).any(|place| is_finite(view, place));
        (comma + 3 < end && is_clause).then_some(Content {
            range: comma + 1..end,
            rule: "interrupted clause",
        })
    }

    /// What stands behind "As the Herald noted on Tuesday, …" and "As reported by the Herald, …".
    fn behind_as(&self, verb: &Verb<'_>, subject: Option<&Subject>) -> Option<Content> {
        let view = self.view;
        let subject = subject?;
        let is_by = verb.form == Form::Passive && verb.group.start <= 1;
        let opens = view.is(0, "as") && (subject.range.start == 1 || is_by)
            || view.is(1, "as") && subject.range.start == 2 && view.is_any(0, &["but", "and"]);
        let fits = matches!(verb.form, Form::Finite | Form::Passive)
            && verb.cue.has(Frame::Clause)
            && verb.cue.weight > 1;
        if !opens || !fits || !view.quotes.is_empty() {
            return None;
        }
        let after = subject.range.end.max(verb.at + 1);
        let end = view.end_of_words();
        let comma = (after..end.min(after + LONGEST_OCCASION))
            .take_while(|place| !is_finite(view, *place) && !view.is(*place, "that"))
            .find(|place| view.is_comma(*place))?;
        let is_clause = (comma + 1..end).any(|place| is_finite(view, place));
        (is_clause && comma + 3 < end).then_some(Content {
            range: comma + 1..end,
            rule: "behind as",
        })
    }

    /// The comma at `after`, or behind words there that say when and where.
    fn comma_behind(&self, after: usize) -> Option<usize> {
        let view = self.view;
        if view.is_comma(after) {
            return Some(after);
        }
        let opens = matches!(view.tag(after), Tag::Preposition)
            || holds(&self.pack.time_words, view.word(after));
        let comma = (after..after + LONGEST_OCCASION)
            .take_while(|place| {
                !is_finite(view, *place) && !view.is(*place, "that") && !view.is_stop(*place)
            })
            .find(|place| view.is_comma(*place));
        comma.filter(|comma| opens && is_finite(view, comma + 1))
    }

    /// The same behind an inverted subject that ends at `after`, over an aside: "The plan, said Ada
    /// Morrow, a former judge, would fail".
    fn rest_behind_name(&self, after: usize) -> Option<Content> {
        let view = self.view;
        if !view.is_comma(after) {
            return None;
        }
        let end = view.end_of_words();
        let last = end.min(after + LONGEST_ASIDE);
        let goes_on = |comma: &usize| view.is_comma(*comma) && is_finite(view, comma + 1);
        let comma = (after..last).find(goes_on)?;
        let is_aside = comma == after
            || matches!(
                view.tag(after + 1),
                Tag::Determiner
                    | Tag::WhPronoun
                    | Tag::Possessive
                    | Tag::Noun
                    | Tag::Adjective
                    | Tag::Number
            );
        (is_aside && comma + 2 < end).then_some(Content {
            range: comma + 1..end,
            rule: "interrupted clause",
        })
    }
}
