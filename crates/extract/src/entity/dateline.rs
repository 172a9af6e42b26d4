//! The line that opens a report: "PORT SELIN, Tolveria (Harbor Wire) — ".

use std::ops::Range;

use model::EntityKind;

use super::{evidence::Shown, recognizer::Name};

/// Most tokens of a dateline before its dash.
const LONGEST_DATELINE: usize = 14;

impl Shown<'_, '_> {
    /// "PORT SELIN (Harbor Wire) — ": whose report it is.
    pub(super) fn agency(&self, run: &Range<usize>) -> Option<Name> {
        let paragraph = self.document.paragraph_of(run.start);
        let opened = self.document.paragraphs.get(paragraph)?.start;
        let is_bracketed = run.start > opened
            && run.start < opened + LONGEST_DATELINE
            && self.word(run.start - 1) == "("
            && self.word(run.end) == ")"
            && is_dash(self.word(run.end + 1));
        is_bracketed.then(|| Name {
            tokens: run.clone(),
            kind: EntityKind::Organization,
        })
    }

    /// Whether nothing but the rest of a dateline stands from `at` to its dash: ", Laos (Harbor Wire) —".
    pub(super) fn ends_dateline(&self, at: usize) -> bool {
        let rest = at..at + LONGEST_DATELINE;
        let mut rest = rest
            .skip_while(|at| self.is_part(*at) || matches!(self.word(*at), "," | "(" | ")" | "."));
        rest.next().is_some_and(|at| is_dash(self.word(at)))
    }
}

fn is_dash(word: &str) -> bool {
    matches!(word, "—" | "–" | "-" | "--")
}
