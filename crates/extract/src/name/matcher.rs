//! The matcher: from a text to the officials it mentions.

use std::{collections::HashSet, fmt};

use model::{Language, Mention, MentionEvidence, Official, Span};

use super::{
    apposition,
    edge::{self, Edges},
    evidence::{self, Contexts, Lexicon},
    index::NameIndex,
    normal::{Normal, Normalizer},
    transcription::{Listening, Transcribed, Transcriptions},
    watch_list::{Alias, Strength, WatchList},
    weak,
};
use crate::{script::Script, token::Case};

/// Given names in lower case: the word before a one-word name that makes it somebody else's.
const GIVEN_NAMES: &str = include_str!("given_names.txt");

/// Score of a full name of two words or more.
const FULL_SCORE: f32 = 0.98;
/// Score of a full name of one word, or of a short one inside a run of an unspaced script.
const SHORT_SCORE: f32 = 0.9;
/// Score of a name inside the name of a street, party or book.
const EPONYM_SCORE: f32 = 0.35;

/// Finds the officials of a watch-list in texts; built once, shared by threads.
pub struct Matcher {
    normalizer: Normalizer,
    index: NameIndex,
    list: WatchList,
    lexicon: Lexicon,
    given_names: HashSet<&'static str>,
    transcriptions: Transcriptions,
}

/// A name seen between good boundaries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'m> {
    pub(super) edges: Edges,
    /// The folded bytes of the name.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) alias: &'m Alias,
}

impl Candidate<'_> {
    pub(super) fn span(&self) -> Span {
        self.edges.span
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Matcher")
            .field("officials", &self.list.facts.len())
            .field("aliases", &self.list.aliases.len())
            .finish_non_exhaustive()
    }
}

impl Matcher {
    /// A matcher for `officials`; names without a letter are passed over.
    pub fn new(officials: Vec<Official>) -> Self {
        let normalizer = Normalizer::new();
        let lexicon = Lexicon::new(&normalizer);
        let (list, patterns) = WatchList::new(&officials, &normalizer);
        // A long list is held once, not once as it was read and once as it is used.
        drop(officials);
        Self {
            index: NameIndex::new(patterns),
            transcriptions: Transcriptions::new(&list, &lexicon, |name| normalizer.folded(name)),
            normalizer,
            list,
            lexicon,
            given_names: GIVEN_NAMES.split_whitespace().collect(),
        }
    }

    /// The mentions of officials in `text`, in text order.
    pub fn find(&self, text: &str, language: &Language) -> Vec<Mention> {
        let normal = self.normalizer.normalize(text);
        let candidates = self.candidates(&normal, text, language);
        let contexts = Contexts::new(&normal);
        let listening = Listening {
            normal: &normal,
            text,
            language,
            lexicon: &self.lexicon,
            list: &self.list,
            contexts: &contexts,
        };
        let mut transcribed = self.transcriptions.find(&listening);
        transcribed.retain(|found| {
            // They stand in order, so the last that starts before the end is the one to ask.
            let end =
                candidates.partition_point(|candidate| candidate.span().start() < found.span.end());
            let before = candidates.get(end.saturating_sub(4)..end);
            !before
                .unwrap_or_default()
                .iter()
                .any(|candidate| candidate.span().overlaps(found.span))
        });
        transcribed.sort_by_key(|found| found.span);
        transcribed.dedup_by(|found, before| found.span.overlaps(before.span));
        if candidates.is_empty() && transcribed.is_empty() {
            return Vec::new();
        }
        let mut mentions = self.judge(&candidates, transcribed, &listening);
        apposition::add_glosses(&mut mentions, text);
        mentions.sort_by_key(|mention| (mention.span, mention.official.clone()));
        mentions
    }

    fn candidates<'m>(
        &'m self,
        normal: &Normal,
        text: &str,
        language: &Language,
    ) -> Vec<Candidate<'m>> {
        let mut candidates = Vec::new();
        let may_start = |start| !cuts_word(&normal.bytes, start);
        self.index
            .find(&normal.bytes, may_start, |start, end, aliases| {
                let Some(span) = normal.raw_span(start, end, text) else {
                    return;
                };
                for alias in aliases {
                    let Some(alias) = self.list.aliases.get(*alias as usize) else {
                        continue;
                    };
                    let edges = edge::edges(text, span, language, alias.letters())
                        .filter(|edges| is_written_as(alias, self.list.text(alias), *edges, text));
                    if let Some(edges) = edges {
                        candidates.push(Candidate {
                            edges,
                            start,
                            end,
                            alias,
                        });
                    }
                }
            });
        longest(candidates)
    }

    /// Full names first, since weak ones lean on them.
    fn judge(
        &self,
        candidates: &[Candidate<'_>],
        transcribed: Vec<Transcribed>,
        scene: &Listening<'_>,
    ) -> Vec<Mention> {
        let (normal, text) = (scene.normal, scene.text);
        let mut mentions = Vec::new();
        let (full, weak): (Vec<&Candidate<'_>>, Vec<&Candidate<'_>>) = candidates
            .iter()
            .partition(|candidate| candidate.alias.strength == Strength::Full);
        let mut named = HashSet::new();
        for candidate in full {
            if self.is_somebody_else(candidate, text) {
                continue;
            }
            let score = if candidate.alias.is_one_word {
                SHORT_SCORE
            } else {
                FULL_SCORE
            };
            let eponym = self.lexicon.eponym(normal, candidate.start, candidate.end);
            let is_eponym = eponym.is_some();
            let evidence = match eponym {
                Some(word) => vec![MentionEvidence::FullAlias, MentionEvidence::Eponym { word }],
                None => vec![MentionEvidence::FullAlias],
            };
            if !is_eponym {
                named.insert(candidate.alias.official());
            }
            let score = if is_eponym { EPONYM_SCORE } else { score };
            mentions.extend(self.mention(candidate, evidence, score));
        }
        for found in transcribed {
            let Some(alias) = self.list.aliases.get(found.alias) else {
                continue;
            };
            let Some(facts) = self.list.facts.get(alias.official()) else {
                continue;
            };
            named.insert(alias.official());
            mentions.push(Mention {
                official: facts.id.clone(),
                span: found.span,
                alias: self.list.text(alias).to_owned(),
                evidence: found.evidence,
                score: found.score,
                entity: None,
            });
        }
        let scene = weak::Scene {
            normal,
            text,
            language: scene.language,
            lexicon: &self.lexicon,
            facts: &self.list.facts,
            given_names: &self.given_names,
            contexts: scene.contexts,
            named: &named,
        };
        for verdict in weak::judge(&scene, &weak) {
            mentions.extend(self.mention(verdict.candidate, verdict.evidence, verdict.score));
        }
        mentions
    }

    fn mention(
        &self,
        candidate: &Candidate<'_>,
        evidence: Vec<MentionEvidence>,
        score: f32,
    ) -> Option<Mention> {
        let facts = self.list.facts.get(candidate.alias.official())?;
        Some(Mention {
            official: facts.id.clone(),
            span: candidate.span(),
            alias: self.list.text(candidate.alias).to_owned(),
            evidence,
            score,
            entity: None,
        })
    }

    /// Whether a one-word full name stands behind another person's given name ("Ann Oru" where
    /// only "Oru" is listed), or before "Jr.".
    fn is_somebody_else(&self, candidate: &Candidate<'_>, text: &str) -> bool {
        let after = text.get(candidate.span().end()..).unwrap_or_default();
        if after.starts_with(" Jr") || after.starts_with(", Jr") {
            return true;
        }
        if !candidate.alias.is_one_word {
            return false;
        }
        let facts = self.list.facts.get(candidate.alias.official());
        evidence::name_before(text, candidate.span()).is_some_and(|word| {
            let folded = self.normalizer.folded(word);
            let is_own = facts.is_some_and(|facts| facts.owns_word(&folded));
            !is_own && self.given_names.contains(word.to_lowercase().as_str())
        })
    }
}

/// Whether folded byte `start` stands inside a word of ASCII letters: the cheap test that most hits of short names fail.
fn cuts_word(bytes: &[u8], start: usize) -> bool {
    let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    start > 0 && is_letter(start) && is_letter(start - 1)
}

/// Whether case and accents are those of a name: a name of a script with case is capitalised, and
/// where both the list and the text write accents on a one-word name they must agree, since
/// Vietnamese tells words apart by them.
fn is_written_as(alias: &Alias, listed: &str, edges: Edges, text: &str) -> bool {
    let Some(written) = edges.span.text(text) else {
        return false;
    };
    let first = written.chars().next().unwrap_or(' ');
    let has_case = matches!(
        Script::of(first),
        Script::Latin | Script::Cyrillic | Script::Greek
    );
    if has_case && listed.chars().next().is_some_and(char::is_uppercase) {
        if !first.is_uppercase() {
            return false;
        }
        let is_short = alias.letters() <= 3;
        if is_short && Case::of(written) == Case::Upper && alias.is_one_word {
            return false;
        }
        if !alias.is_one_word
            && written
                .split([' ', '-', '\u{a0}'])
                .next_back()
                .is_some_and(|w| Case::of(w) == Case::Lower && w.len() > 3 && !listed.contains(w))
        {
            return false;
        }
    }
    let is_plain = written.is_ascii() || listed.is_ascii() || !has_case;
    is_plain || !alias.is_one_word || same_accents(listed, written)
}

fn same_accents(listed: &str, written: &str) -> bool {
    use unicode_normalization::UnicodeNormalization;
    let lower = |text: &str| text.nfc().flat_map(char::to_lowercase).collect::<String>();
    lower(written).starts_with(&lower(listed))
        || Script::of(listed.chars().next().unwrap_or(' ')) == Script::Cyrillic
}

/// The candidates that no longer one covers, in text order; names of the same bytes all stay.
fn longest(mut candidates: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    candidates.sort_by_key(|c| (c.start, std::cmp::Reverse(c.end), c.alias.official()));
    let mut kept: Vec<Candidate<'_>> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let is_covered = kept.last().is_some_and(|last| {
            let is_same = last.start == candidate.start && last.end == candidate.end;
            let is_repeated = is_same && last.alias.official() == candidate.alias.official();
            is_repeated || !is_same && candidate.start < last.end && candidate.end <= last.end
        });
        if is_covered {
            continue;
        }
        // Of two that overlap the first stays, unless the second is longer.
        match kept.last() {
            Some(last) if candidate.start < last.end && candidate.end > last.end => {
                let longer = candidate.end - candidate.start > last.end - last.start;
                if longer {
                    kept.pop();
                    kept.push(candidate);
                }
            }
            _ => kept.push(candidate),
        }
    }
    kept
}
