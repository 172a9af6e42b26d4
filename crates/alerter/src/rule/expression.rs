//! A rule after checking: conditions on findings, joined.

use std::{collections::BTreeSet, ops::Range};

use model::{Language, OfficialId, QuoteKind, SpeechAct};

/// Conditions, joined.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Condition(Condition),
}

/// One condition and how its author wrote it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    pub(super) test: Test,
    pub(super) written: String,
    pub(super) place: Range<usize>,
}

/// What a condition asks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// The quote is by one of these.
    Speaker(Officials),
    /// The quote's words name one of these.
    About(Officials),
    /// The article mentions one of these.
    Mentions(Officials),
    /// The official holds an office of one of these titles when the article comes out.
    Office(Vec<String>),
    /// The official belongs to one of these bodies.
    Organisation(Vec<String>),
    /// The official is of one of these countries.
    Country(Vec<String>),
    /// The article is in one of these languages; `zh` also takes `zh-Hant`.
    Language(Vec<Language>),
    /// The article is by one of these outlets, case aside.
    Outlet(Vec<String>),
    /// The feed is of one of these countries.
    FeedCountry(Vec<String>),
    /// The quote is of one of these kinds.
    Kind(Vec<QuoteKind>),
    /// The quote's cue is of one of these classes.
    Cue(Vec<SpeechAct>),
    /// The quote's words hold one of these phrases.
    Said(Vec<String>),
    /// The headline holds one of these phrases.
    Title(Vec<String>),
    /// Headline or body hold one of these phrases.
    Text(Vec<String>),
    /// The quote's confidence, or the mention's score.
    Confidence(&'static str, f32),
}

/// Some officials of the watch-list, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Officials {
    Any,
    These(BTreeSet<OfficialId>),
}

impl Officials {
    pub(super) fn contain(&self, official: &OfficialId) -> bool {
        match self {
            Self::Any => true,
            Self::These(ids) => ids.contains(official),
        }
    }
}

impl Expression {
    /// All conditions, in the order written.
    pub(super) fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Self::conditions).collect()
            }
            Self::Not(inner) => inner.conditions(),
            Self::Condition(condition) => vec![condition],
        }
    }

    /// Whether it is about officials at all; a rule that is not looks at articles.
    pub(super) fn names_officials(&self) -> bool {
        self.conditions().iter().any(|condition| {
            matches!(
                condition.test,
                Test::Speaker(_)
                    | Test::About(_)
                    | Test::Mentions(_)
                    | Test::Office(_)
                    | Test::Organisation(_)
                    | Test::Country(_)
            )
        })
    }

    /// Whether it asks something that only a quote can answer.
    pub(super) fn asks_of_quotes(&self) -> bool {
        self.conditions().iter().any(|condition| {
            matches!(
                condition.test,
                Test::Speaker(_) | Test::About(_) | Test::Kind(_) | Test::Cue(_) | Test::Said(_)
            )
        })
    }
}

/// Text as it is compared: small letters, single spaces.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}
