//! What is wrong with a rule, and where.

use std::ops::Range;

use thiserror::Error;

/// Names further apart than this share of their length are no misspelling of each other.
const NEAR: f64 = 0.6;

/// A mistake in a rule, or something odd about it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct RuleError {
    /// What, as a lowercase fragment.
    pub message: String,
    /// Where in the rule, in bytes.
    pub place: Range<usize>,
    /// What to write instead.
    pub help: Option<String>,
}

impl RuleError {
    pub(super) fn new(message: impl Into<String>, place: Range<usize>) -> Self {
        Self {
            message: message.into(),
            place,
            help: None,
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// The rule with a caret line under the mistake, for a terminal without colours.
    pub fn drawn(&self, rule: &str) -> String {
        let before = rule.get(..self.place.start).unwrap_or_default();
        let inside = rule.get(self.place.clone()).unwrap_or_default();
        let width = inside.chars().count().max(1);
        let mut drawn = format!(
            "{rule}\n{}{} {}",
            " ".repeat(before.chars().count()),
            "^".repeat(width),
            self.message
        );
        if let Some(help) = &self.help {
            drawn.push_str("; ");
            drawn.push_str(help);
        }
        drawn
    }
}

/// `did you mean …?` with the known word that is nearest to `given`, where one is near.
pub(super) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let given = given.to_lowercase();
    let likeness =
        |word: &str| strsim::normalized_damerau_levenshtein(&given, &word.to_lowercase());
    let (likeness, word) = known
        .into_iter()
        .map(|word| (likeness(word), word))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (likeness >= NEAR).then(|| format!("did you mean {}?", quoted(word)))
}

/// As it has to be written in a rule.
fn quoted(word: &str) -> String {
    if word.contains(|c: char| c.is_whitespace() || "()[],:\"".contains(c)) {
        format!("\"{word}\"")
    } else {
        word.to_owned()
    }
}
