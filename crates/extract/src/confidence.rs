//! How sure a quote is: rates that were measured on labelled news, by chain of rules.

use std::{collections::HashMap, sync::OnceLock};

use model::{Speaker, SpeakerKind};
use serde::Deserialize;

/// Rates of right quotes and speakers, see `training/confidence.py`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rates {
    /// By chain of rules and, behind a bar, kind of speaker.
    quotes: HashMap<String, f32>,
    /// By kind of speaker, where the content is right.
    speakers: HashMap<String, f32>,
}

impl Rates {
    /// English, read once.
    pub(crate) fn english() -> &'static Self {
        static RATES: OnceLock<Rates> = OnceLock::new();
        RATES.get_or_init(|| {
            toml::from_str(include_str!("../packs/en.confidence.toml"))
                .expect("the rates that are compiled in pass their test")
        })
    }

    /// How often content and speaker were both right of quotes found by this chain of rules: by the
    /// longest beginning of the chain that was seen often enough.
    pub(crate) fn of_quote(&self, rules: &[&str], speaker: Option<&Speaker>) -> f32 {
        let kind = name(speaker.map(|speaker| speaker.kind));
        let mut chain = rules.join(" > ");
        for length in (0..=rules.len()).rev() {
            if let Some(rate) = self.quotes.get(&format!("{chain} | {kind}")) {
                return *rate;
            }
            let Some(last) = length.checked_sub(1).and_then(|at| rules.get(at)) else {
                break;
            };
            chain.truncate(chain.len().saturating_sub(last.len() + " > ".len()));
        }
        self.quotes.get("").copied().unwrap_or(0.5)
    }

    /// How often the speaker was right where the content was.
    pub(crate) fn of_speaker(&self, kind: SpeakerKind) -> f32 {
        let rate = self.speakers.get(name(Some(kind)));
        rate.or_else(|| self.speakers.get(""))
            .copied()
            .unwrap_or(0.5)
    }
}

/// As the rates name it.
const fn name(kind: Option<SpeakerKind>) -> &'static str {
    match kind {
        Some(SpeakerKind::Named) => "named",
        Some(SpeakerKind::Titled) => "titled",
        Some(SpeakerKind::Pronoun) => "pronoun",
        Some(SpeakerKind::Organization) => "organization",
        Some(SpeakerKind::Plural) => "plural",
        Some(SpeakerKind::Unnamed) => "unnamed",
        None => "nobody",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_chain_that_was_never_seen_has_the_rate_of_its_beginning() {
        let rates = Rates::english();
        let known = rates.of_quote(&["cue beside marks"], None);
        let unseen = rates.of_quote(&["cue beside marks", "a rule of tomorrow"], None);
        assert!((known - unseen).abs() < f32::EPSILON);
        assert!(known < rates.of_speaker(SpeakerKind::Named));
    }
}
