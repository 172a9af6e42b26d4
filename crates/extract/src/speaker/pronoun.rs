//! Whom "he", "she" and "they" stand for.

use model::Span;

use super::{
    Resolver,
    candidate::{Candidate, Reason},
    figure::{Figure, Gender, Naming},
};
use crate::pack::{Trait, Traits, holds};

/// How many namings before a pronoun are looked at.
const REACH: usize = 40;

/// How many namings back whoever spoke last is looked for, so that long texts take linear time.
const FARTHEST: usize = 400;

/// A candidate under this is not believed.
const LEAST: f32 = 1.0;

impl Resolver<'_, '_> {
    /// The figure that the pronoun at `span` most likely stands for, and all that were weighed.
    /// `addressee` is spoken to in the same breath, and so somebody else.
    pub(super) fn by_pronoun(
        &self,
        span: Span,
        traits: Traits,
        addressee: Option<Span>,
    ) -> (Option<usize>, Vec<Candidate>) {
        let addressed = addressee
            .and_then(|span| self.cast.head_of(self.document.text, span))
            .map(|naming| naming.figure);
        let before = self.cast.namings_before(span);
        let mut weighed: Vec<Candidate> = Vec::new();
        for (distance, naming) in before.iter().rev().take(REACH).enumerate() {
            let Some(figure) = self.cast.figures.get(naming.figure) else {
                continue;
            };
            let known = weighed
                .iter()
                .position(|other| other.figure == naming.figure);
            let reason = if addressed == Some(naming.figure) {
                Some(Reason::SpokenTo)
            } else if figure.is_described && self.is_overheard(span) {
                Some(Reason::Gone)
            } else {
                self.bar(figure, naming, traits)
            };
            if let Some(reason) = reason {
                if known.is_none() {
                    weighed.push(Candidate::barred(naming.figure, &figure.name, reason));
                }
                continue;
            }
            let mut candidate = Candidate::new(naming.figure, &figure.name);
            self.weigh(&mut candidate, span, naming, distance, known.is_none());
            match known.and_then(|place| weighed.get_mut(place)) {
                Some(other) if other.is_barred() || candidate.score > other.score => {
                    *other = candidate;
                }
                Some(_) => {}
                None => weighed.push(candidate),
            }
        }
        self.weigh_last_speaker(span, traits, addressed, &mut weighed);
        self.weigh_named_behind(span, traits, addressed, &mut weighed);
        self.weigh_described_subject(span, traits, &mut weighed);
        // The first of the best, which is the nearest.
        let mut best: Option<&Candidate> = None;
        for candidate in weighed.iter().filter(|candidate| !candidate.is_barred()) {
            if best.is_none_or(|other| candidate.score > other.score) {
                best = Some(candidate);
            }
        }
        let figure = best
            .filter(|candidate| candidate.score > LEAST)
            .map(|candidate| candidate.figure);
        (figure, weighed)
    }

    /// Whoever spoke last is a candidate, however far back the name stands.
    fn weigh_last_speaker(
        &self,
        span: Span,
        traits: Traits,
        addressed: Option<usize>,
        weighed: &mut Vec<Candidate>,
    ) {
        let Some((_, last)) = self.said.last().copied() else {
            return;
        };
        if addressed == Some(last) || weighed.iter().any(|candidate| candidate.figure == last) {
            return;
        }
        let before = self.cast.namings_before(span);
        let Some(naming) = before
            .iter()
            .rev()
            .take(FARTHEST)
            .find(|naming| naming.figure == last)
        else {
            return;
        };
        let Some(figure) = self.cast.figures.get(last) else {
            return;
        };
        if self.bar(figure, naming, traits).is_none() {
            let mut candidate = Candidate::new(last, &figure.name);
            self.weigh(&mut candidate, span, naming, REACH, true);
            weighed.push(candidate);
        }
    }

    /// "The former banker was careful. “I met many,” he said.": whom the sentence before opens with.
    fn weigh_described_subject(&self, span: Span, traits: Traits, weighed: &mut [Candidate]) {
        let document = self.document;
        let here = document.sentence_of(document.token_at(span.start()));
        let before = here
            .checked_sub(1)
            .and_then(|before| document.sentences.get(before));
        let Some(start) = before.map(|range| range.start) else {
            return;
        };
        let is_same =
            document.paragraph_of(start) == document.paragraph_of(document.token_at(span.start()));
        if document.word(start) != "The" || !is_same {
            return;
        }
        let titled = [
            Trait::Posts,
            Trait::Titles,
            Trait::MaleTitles,
            Trait::FemaleTitles,
        ];
        let end = (start + 1..start + 5)
            .take_while(|at| document.word(*at).starts_with(char::is_alphabetic))
            .filter(|at| document.traits(*at).has_any(&titled))
            .last();
        let subject = end
            .and_then(|end| document.span_of(&(start..end + 1)))
            .and_then(|subject| self.by_phrase(subject));
        let agrees = |figure: usize| {
            self.cast
                .figures
                .get(figure)
                .is_some_and(|figure| agrees(figure, traits))
        };
        let meant = subject.filter(|figure| agrees(*figure));
        let candidate = weighed
            .iter_mut()
            .find(|other| Some(other.figure) == meant && !other.is_barred());
        if let Some(candidate) = candidate {
            candidate.add(Reason::FirstInSentence, 4.0);
        }
    }

    /// "Since she backed the plan, Ms. Vell has …": whoever is named behind the clause that opens the
    /// sentence is a candidate.
    fn weigh_named_behind(
        &self,
        span: Span,
        traits: Traits,
        addressed: Option<usize>,
        weighed: &mut Vec<Candidate>,
    ) {
        let document = self.document;
        let here = document.sentence_of(document.token_at(span.start()));
        let Some(sentence) = document.sentences.get(here) else {
            return;
        };
        let opens = |place: usize| holds(&self.pack.fronting, document.lower(place));
        if !opens(sentence.start) && !opens(sentence.start + 1) {
            return;
        }
        let Some(behind) = document.span_of(&(document.token_at(span.end())..sentence.end)) else {
            return;
        };
        let Some(naming) = self.cast.namings_in(behind).first() else {
            return;
        };
        let Some(figure) = self.cast.figures.get(naming.figure) else {
            return;
        };
        let at = document.token_at(naming.span.start());
        let is_subject = (1..=2).any(|back| {
            at.checked_sub(back)
                .is_some_and(|at| document.word(at) == ",")
        });
        let is_known = weighed
            .iter()
            .any(|other| other.figure == naming.figure && !other.is_barred());
        if is_subject
            && !is_known
            && figure.is_person
            && addressed != Some(naming.figure)
            && self.bar(figure, naming, traits).is_none()
        {
            let mut candidate = Candidate::new(naming.figure, &figure.name);
            self.weigh(&mut candidate, span, naming, 0, true);
            weighed.retain(|other| other.figure != naming.figure);
            weighed.push(candidate);
        }
    }

    /// Why a figure cannot be meant, where it cannot.
    fn bar(&self, figure: &Figure, naming: &Naming, traits: Traits) -> Option<Reason> {
        let last = self.said.last().map(|(_, speaker)| *speaker);
        let can_be = figure.is_person
            || figure.is_organization
            || figure.is_many
            || naming.is_first && figure.is_full_name();
        let can_be = can_be && !figure.is_thing && !(figure.is_people && figure.entity.is_none());
        let is_alone = traits.has_any(&[Trait::MalePronouns, Trait::FemalePronouns]);
        let can_be = can_be && !(is_alone && figure.is_words && figure.gender == Gender::Unknown);
        // "They" are no body that is only where something happens.
        let is_they = traits.has(Trait::PluralPronouns) && figure.is_organization;
        let spoke = self
            .said
            .iter()
            .rev()
            .take(3)
            .any(|(_, speaker)| *speaker == naming.figure);
        let can_be = can_be && !(is_they && !naming.is_first && !spoke);
        if figure.is_described && last != Some(naming.figure) {
            Some(Reason::Gone)
        } else if figure.is_place() {
            Some(Reason::Place)
        } else if !can_be {
            Some(Reason::NoPerson)
        } else if !agrees(figure, traits) {
            Some(Reason::Disagrees)
        } else if self.is_spoken(naming.span) {
            Some(Reason::InQuotedWords)
        } else {
            None
        }
    }

    fn weigh(
        &self,
        candidate: &mut Candidate,
        span: Span,
        naming: &Naming,
        distance: usize,
        is_nearest: bool,
    ) {
        let here = self
            .document
            .sentence_of(self.document.token_at(span.start()));
        let apart = here.saturating_sub(naming.sentence).min(20);
        // Whoever speaks on as "he" is near, though the name is not.
        let spoke = self.said.iter().rev().take(2);
        let spoke = spoke
            .filter(|(_, speaker)| is_nearest && *speaker == naming.figure)
            .map(|(at, _)| {
                let sentence = self
                    .document
                    .sentence_of(self.document.token_at(at.start()));
                here.saturating_sub(sentence)
            });
        let apart = spoke.min().map_or(apart, |spoke| apart.min(spoke + 2));
        #[expect(clippy::cast_precision_loss, reason = "both are under a hundred")]
        let nearness = 3.0 - 0.5 * apart as f32 - 0.05 * distance as f32;
        candidate.add(Reason::Nearness, nearness);
        let is_asked = apart == 0 && self.is_asked(naming);
        // "Asked whether Reyl knew, she replied": who replies is not asked about.
        let is_first = naming.is_first && !(apart == 0 && self.is_asked_about(naming));
        if is_first || is_asked {
            candidate.add(Reason::FirstInSentence, 1.5);
        }
        if is_asked {
            candidate.add(Reason::Asked, 3.0);
        }
        if is_nearest {
            candidate.add(Reason::SpokeBefore, self.spoke_before(span, naming.figure));
        }
        let Some(figure) = self.cast.figures.get(naming.figure) else {
            return;
        };
        if figure.is_person {
            candidate.add(Reason::Person, 1.5);
        }
        // Somebody new took the scene after the last turn.
        let last_turn = self.said.last().map(|(at, _)| *at);
        if is_first && last_turn.is_some_and(|at| naming.span.start() >= at.end()) {
            candidate.add(Reason::NewOnScene, 2.0);
        }
        if figure.gender != Gender::Unknown {
            candidate.add(Reason::GenderKnown, 1.0);
        }
        if figure.is_person && apart == 1 && last_turn.is_some_and(|at| self.closes_new(naming, at))
        {
            candidate.add(Reason::NewOnScene, 2.0);
        }
    }

    /// "Vell asked Reyl about what he had said": the one asked is the one who said it.
    fn is_asked(&self, naming: &Naming) -> bool {
        let first = self.document.token_at(naming.span.start());
        let behind = self.document.token_at(naming.span.end() - 1) + 1;
        let asks = |place: usize| {
            let word = self.document.word(place);
            self.pack.refusals.asked.iter().any(|asked| asked == word)
        };
        let is_object = (1..=2).any(|back| first.checked_sub(back).is_some_and(asks));
        is_object
            && matches!(
                self.document.word(behind),
                "about" | "why" | "whether" | "if" | "what" | "how"
            )
    }

    /// Whether a sentence opens with "Asked about …" and names somebody there.
    fn is_asked_about(&self, naming: &Naming) -> bool {
        let first = self.document.token_at(naming.span.start());
        if first > 0 && self.document.word(first - 1) == "," {
            return false;
        }
        let opens = self.document.sentences.get(naming.sentence);
        let opener = opens.map_or("", |range| self.document.word(range.start));
        let asked = &self.pack.refusals.asked;
        opener.starts_with(char::is_uppercase) && asked.contains(&opener.to_lowercase())
    }

    /// "It had been proposed by her predecessor, Arne Tofte. He": who closes the sentence before, in a
    /// paragraph in which nobody spoke yet.
    fn closes_new(&self, naming: &Naming, last_turn: Span) -> bool {
        let document = self.document;
        let end = document.token_at(naming.span.end() - 1) + 1;
        let closes = document
            .sentences
            .get(naming.sentence)
            .is_some_and(|sentence| end + 1 >= sentence.end);
        let paragraph = |at: usize| document.paragraph_of(document.token_at(at));
        let is_appositive = document.word(document.token_at(naming.span.start()).max(1) - 1) == ",";
        closes
            && is_appositive
            && !naming.is_first
            && paragraph(last_turn.start()) < paragraph(naming.span.start())
    }

    /// How much it speaks for a figure that it spoke last, or a turn before.
    fn spoke_before(&self, span: Span, figure: usize) -> f32 {
        let paragraph = |at: usize| self.document.paragraph_of(self.document.token_at(at));
        let here = paragraph(span.start());
        let turns = self.said.iter().rev().take(3).enumerate();
        for (back, (at, speaker)) in turns {
            if *speaker != figure {
                continue;
            }
            let apart = here.saturating_sub(paragraph(at.start()));
            let fresh = match apart {
                0 => 3.0,
                1 => 2.5,
                2 => 1.5,
                _ => 0.5,
            };
            return if back == 0 { fresh } else { fresh * 0.4 };
        }
        0.0
    }

    /// "he is heard saying": a recording speaks, and nobody who told of it.
    fn is_overheard(&self, span: Span) -> bool {
        let rest = self.document.text.get(span.end()..).unwrap_or_default();
        let words = rest.split_whitespace().take(3);
        rest.starts_with(' ') && words.skip(1).any(|word| word == "heard" || word == "seen")
    }

    /// Whether the bytes are words that somebody speaks.
    fn is_spoken(&self, span: Span) -> bool {
        let end = self
            .spoken
            .partition_point(|spoken| spoken.start() <= span.start());
        end.checked_sub(1)
            .and_then(|place| self.spoken.get(place))
            .is_some_and(|spoken| spoken.contains(span))
    }
}

/// Whether a figure can be meant by a pronoun of these traits.
fn agrees(figure: &Figure, traits: Traits) -> bool {
    if traits.has(Trait::MalePronouns) {
        !figure.is_organization && !figure.is_many && figure.gender != Gender::Female
    } else if traits.has(Trait::FemalePronouns) {
        !figure.is_organization && !figure.is_many && figure.gender != Gender::Male
    } else if traits.has(Trait::PluralPronouns) {
        figure.is_organization || figure.is_many
    } else {
        // "The 29-year-old": any one person.
        traits == Traits::default() && figure.is_person
    }
}
