//! Those who may have spoken, and what spoke for and against each.

/// Somebody who was weighed as the speaker of a quote.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub(crate) figure: usize,
    /// The name, or the words that describe.
    pub name: String,
    /// The sum of what speaks for it; more is better.
    pub score: f32,
    /// What speaks for it, and how much; a lone reason of no weight rules it out.
    pub reasons: Vec<(Reason, f32)>,
}

/// What speaks for a candidate, or rules it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Named or described by the words of the attribution themselves.
    ByItsWords,
    /// Named near the pronoun.
    Nearness,
    /// First person of a sentence, as subjects are.
    FirstInSentence,
    /// Spoke last, or the turn before.
    SpokeBefore,
    /// Asked just before.
    Asked,
    /// Known to be a person.
    Person,
    /// Named first since the last turn.
    NewOnScene,
    /// Known to be a man or a woman, and the pronoun agrees.
    GenderKnown,
    /// Ruled out: described earlier, and somebody else spoke since.
    Gone,
    /// Ruled out: a place.
    Place,
    /// Ruled out: nothing shows that it is a person or a body.
    NoPerson,
    /// Ruled out: number or gender.
    Disagrees,
    /// Ruled out: named in quoted words only.
    InQuotedWords,
    /// Ruled out: the one spoken to.
    SpokenTo,
}

impl Reason {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByItsWords => "named by the attribution",
            Self::Nearness => "named near",
            Self::FirstInSentence => "first in its sentence",
            Self::SpokeBefore => "spoke before",
            Self::Asked => "was asked",
            Self::Person => "a person",
            Self::NewOnScene => "new since the last turn",
            Self::GenderKnown => "gender agrees",
            Self::Gone => "described before, and another spoke since",
            Self::Place => "a place",
            Self::NoPerson => "not known to be a person or body",
            Self::Disagrees => "number or gender disagrees",
            Self::InQuotedWords => "named in quoted words",
            Self::SpokenTo => "is the one spoken to",
        }
    }
}

impl Candidate {
    pub(super) fn new(figure: usize, name: &str) -> Self {
        Self {
            figure,
            name: name.to_owned(),
            score: 0.0,
            reasons: Vec::new(),
        }
    }

    /// One that is ruled out.
    pub(super) fn barred(figure: usize, name: &str, reason: Reason) -> Self {
        Self {
            reasons: vec![(reason, 0.0)],
            ..Self::new(figure, name)
        }
    }

    pub(super) fn add(&mut self, reason: Reason, weight: f32) {
        if weight != 0.0 {
            self.score += weight;
            self.reasons.push((reason, weight));
        }
    }

    /// Whether it was ruled out.
    pub fn is_barred(&self) -> bool {
        self.reasons.iter().any(|(reason, _)| {
            matches!(
                reason,
                Reason::Gone
                    | Reason::Place
                    | Reason::NoPerson
                    | Reason::Disagrees
                    | Reason::InQuotedWords
                    | Reason::SpokenTo
            )
        })
    }
}
