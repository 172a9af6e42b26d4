//! The persons whom an article names in full, so that a family name leads back to them.

use super::{hits::Hits, pack::Pack, subject::SubjectFinder};
use model::SpeakerKind;

/// Names looked through for a shorter one, the last first: no article names as many people.
const REACH: usize = 60;
/// Longest full name of a script without spaces and capitals, in characters: what is longer has run
/// into the sentence.
const LONGEST_UNSPACED: usize = 4;

/// Full names with where they stand, in text order as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Known {
    titled: Vec<(usize, String)>,
    /// Those who spoke.
    speakers: Vec<(usize, String)>,
}

impl Known {
    /// The persons named behind titles in `text`.
    pub(super) fn of(text: &str, pack: &Pack, hits: &Hits) -> Self {
        let finder = SubjectFinder { text, hits, pack };
        let named = finder.titled(&(0..text.len()));
        let named = named
            .into_iter()
            .filter(|found| found.kind == SpeakerKind::Named);
        Self {
            titled: named
                .filter_map(|found| {
                    let name = text.get(found.span.clone())?;
                    Some((found.span.start, name.to_owned()))
                })
                .collect(),
            speakers: Vec::new(),
        }
    }

    /// Adds one who spoke.
    pub(super) fn add(&mut self, name: &str, at: usize) {
        self.speakers.push((at, name.to_owned()));
    }

    /// The full name that `name` at `at` stands for; itself where nobody named before has it.
    pub(super) fn fullest<'k>(&'k self, name: &'k str, at: usize) -> &'k str {
        let end = self.titled.partition_point(|(start, _)| *start < at);
        let titled = self.titled.get(..end).unwrap_or_default();
        let speakers = self.speakers.iter().rev().take(REACH);
        speakers
            .chain(titled.iter().rev().take(REACH))
            .map(|(_, full)| full.as_str())
            .find(|full| is_short_for(name, full))
            .unwrap_or(name)
    }
}

/// Whether `name` is the last word of `full`, its first where capitals show it to be a name, or the
/// family name that a name without spaces begins with.
fn is_short_for(name: &str, full: &str) -> bool {
    if name.len() >= full.len() || name.contains(char::is_whitespace) {
        return false;
    }
    let behind = |rest: &str| rest.starts_with(char::is_whitespace);
    if full.contains(char::is_whitespace) {
        let is_last = full
            .strip_suffix(name)
            .is_some_and(|rest| rest.ends_with(char::is_whitespace));
        let is_first =
            name.starts_with(char::is_uppercase) && full.strip_prefix(name).is_some_and(behind);
        return is_last || is_first;
    }
    !name.is_ascii()
        && !name.contains(char::is_lowercase)
        && full.starts_with(name)
        && full.chars().count() <= LONGEST_UNSPACED
}
