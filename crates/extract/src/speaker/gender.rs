//! Who is "he" and who is "she", by titles and by the pronouns that follow a name.

use model::Span;

use super::figure::{Cast, Gender, Naming, is_possessor};
use crate::{
    pack::{Pack, Trait},
    sentence::Document,
};

/// What pronouns said of one figure.
#[derive(Clone, Copy, Debug, Default)]
struct Votes {
    male: usize,
    female: usize,
}

impl Cast {
    /// Learns who is "he" and who is "she" from sentences that name one person only ("Morrow sold
    /// her house"), and from those that go on with a pronoun behind them.
    pub(crate) fn learn_genders(&mut self, document: &Document<'_>, spoken: &[Span]) {
        let votes = self.votes(document, spoken);
        for (figure, votes) in self.figures.iter_mut().zip(votes) {
            if figure.gender != Gender::Unknown || figure.is_organization {
                continue;
            }
            if votes.male > 2 * votes.female {
                figure.gender = Gender::Male;
            } else if votes.female > 2 * votes.male {
                figure.gender = Gender::Female;
            }
        }
    }

    /// What pronouns say of each figure.
    fn votes(&self, document: &Document<'_>, spoken: &[Span]) -> Vec<Votes> {
        let mut votes = vec![Votes::default(); self.figures.len()];
        let mut next = 0;
        let mut before: Option<usize> = None;
        for (place, range) in document.sentences.iter().enumerate() {
            let first = next;
            while self
                .namings
                .get(next)
                .is_some_and(|naming| naming.sentence <= place)
            {
                next += 1;
            }
            let namings = self.namings.get(first..next).unwrap_or_default();
            let only = self.only_person(namings);
            let (whom, from) = match (only, before) {
                (Some(naming), _) if is_free(document, naming) => (
                    Some(naming.figure),
                    document.token_at(naming.span.end() - 1) + 1,
                ),
                // "He was appointed in 1994.", in the paragraph of the sentence before.
                (None, Some(before)) if namings.is_empty() || !self.has_person(namings) => {
                    let opens = document.traits(range.start);
                    let is_pronoun = opens.has_any(&[Trait::MalePronouns, Trait::FemalePronouns]);
                    let goes_on = range.start > 0
                        && document.paragraph_of(range.start)
                            == document.paragraph_of(range.start - 1);
                    (Some(before).filter(|_| is_pronoun && goes_on), range.start)
                }
                (_, _) => (None, range.end),
            };
            before = only.map(|naming| naming.figure);
            let Some(votes) = whom.and_then(|figure| votes.get_mut(figure)) else {
                continue;
            };
            let words = from..range.end.min(from + MOST_WORDS);
            match first_pronoun(document, spoken, words) {
                Gender::Male => votes.male += 1,
                Gender::Female => votes.female += 1,
                Gender::Unknown => {}
            }
        }
        votes
    }

    /// The naming of the only person of a sentence, the first where there are several.
    fn only_person<'n>(&self, namings: &'n [Naming]) -> Option<&'n Naming> {
        let mut persons = namings.iter().filter(|naming| self.is_person(naming));
        let first = persons.next()?;
        persons
            .all(|other| other.figure == first.figure)
            .then_some(first)
    }

    fn has_person(&self, namings: &[Naming]) -> bool {
        namings.iter().any(|naming| self.is_person(naming))
    }

    fn is_person(&self, naming: &Naming) -> bool {
        self.figures
            .get(naming.figure)
            .is_some_and(|figure| figure.is_person)
    }
}

/// Whether a name owns nothing and hangs on no other word: "Morrow's wife" and "the wife of
/// Morrow" say nothing of Morrow.
fn is_free(document: &Document<'_>, naming: &Naming) -> bool {
    let token = document.token_at(naming.span.start());
    let before = token
        .checked_sub(1)
        .map_or("", |place| document.word(place));
    naming.is_first
        && !is_possessor(document.text, naming.span)
        && !matches!(
            before,
            "of" | "for" | "with" | "by" | "to" | "from" | "and" | "against" | "about" | "told"
        )
}

/// What the first pronoun among `words` that nobody speaks says.
fn first_pronoun(
    document: &Document<'_>,
    spoken: &[Span],
    words: std::ops::Range<usize>,
) -> Gender {
    let mut genders = words.filter_map(|token| {
        let traits = document.traits(token);
        let gender = match (
            traits.has(Trait::MalePronouns),
            traits.has(Trait::FemalePronouns),
        ) {
            (true, _) => Gender::Male,
            (_, true) => Gender::Female,
            (false, false) => return None,
        };
        (!is_within(document, token, spoken)).then_some(gender)
    });
    genders.next().unwrap_or_default()
}

/// Words behind a name that are looked at for a pronoun.
const MOST_WORDS: usize = 40;

fn is_within(document: &Document<'_>, token: usize, spoken: &[Span]) -> bool {
    let Some(span) = document.tokens.get(token).map(|token| token.span) else {
        return false;
    };
    let end = spoken.partition_point(|spoken| spoken.start() <= span.start());
    end.checked_sub(1)
        .and_then(|place| spoken.get(place))
        .is_some_and(|spoken| spoken.contains(span))
}

/// What "spokeswoman" and "Prince" say of who is called so.
pub(super) fn gender_of_titles(titles: &[String], pack: &Pack) -> Gender {
    let has = |one: Trait| titles.iter().any(|title| pack.traits(title).has(one));
    match (has(Trait::MaleTitles), has(Trait::FemaleTitles)) {
        (true, false) => Gender::Male,
        (false, true) => Gender::Female,
        (_, _) => Gender::Unknown,
    }
}
