//! What rules need to know of a language: marks, cues, pronouns. Data, not code.

use std::sync::OnceLock;

use model::SpeechAct;
use serde::Deserialize;

use crate::{
    heads::Heads,
    table::{Map, Set},
};

/// The words and signs of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pack {
    /// Marks of quotation.
    pub(crate) marks: Vec<MarkPair>,
    /// Marks that count only where a text has none of the others.
    pub(crate) second_marks: Vec<MarkPair>,
    /// Words that open a reported clause.
    pub(crate) complementizers: Vec<String>,
    /// Words that open a reported question.
    pub(crate) question_words: Vec<String>,
    /// What things are done according to, without anybody saying so.
    pub(crate) rulebooks: Vec<String>,
    /// Words for when something was said, which may stand between cue and content.
    pub(crate) time_words: Vec<String>,
    /// Before "to" and a cue, which then reports nothing: "afraid", "hard".
    pub(crate) unsaid: Vec<String>,
    /// What opens a clause before the main one: "asked", "when".
    pub(crate) fronting: Vec<String>,
    /// Prepositions that tie a person to the words before, so that it is no subject.
    pub(crate) companions: Vec<String>,
    /// Nouns that report what a clause with "that" behind them says.
    pub(crate) nouns: Vec<String>,
    pub(crate) occasions: Occasions,
    pub(crate) heads: Heads,
    pub(crate) comments: Comments,
    pub(crate) refusals: Refusals,
    /// "gen.": what else a word of a title is called.
    pub(crate) title_synonyms: Map<String, String>,
    /// What words say of who speaks.
    people: Map<Trait, Vec<String>>,
    cue: Vec<Cue>,
    #[serde(skip)]
    cues: Map<String, usize>,
    #[serde(skip)]
    cue_outlines: Outlines,
    /// Words other than cues that may begin a finding, so that no kind of it is passed over.
    #[serde(skip)]
    openers: Set<String>,
    #[serde(skip)]
    opener_outlines: Outlines,
    #[serde(skip)]
    traits: Map<String, Traits>,
    #[serde(skip)]
    trait_outlines: Outlines,
}

/// What a word says of a person or body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trait {
    /// "he".
    MalePronouns,
    /// "she".
    FemalePronouns,
    /// "they".
    PluralPronouns,
    /// "who".
    RelativePronouns,
    /// "I", "it".
    OtherPronouns,
    /// "Mr.", "spokesman".
    MaleTitles,
    /// "Ms.", "spokeswoman".
    FemaleTitles,
    /// "president".
    Titles,
    /// "ministry".
    Organizations,
    /// "Monday": never part of a name.
    NoNames,
    /// "James".
    MaleNames,
    /// "Mary".
    FemaleNames,
    /// "officials".
    PluralNouns,
    /// "spokesman", "villager": a post or calling.
    Posts,
    /// "deputy", "provincial": stands before a post in a title.
    PostModifiers,
    /// "firm", "ministry": behind "the", the body named last.
    Bodies,
}

/// A set of [`Trait`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits(u32);

impl Traits {
    /// Whether the word has the trait.
    pub(crate) const fn has(self, one: Trait) -> bool {
        self.0 & (1 << one as u16) != 0
    }

    /// Whether the word has one of the traits.
    pub(crate) fn has_any(self, list: &[Trait]) -> bool {
        list.iter().any(|one| self.has(*one))
    }

    fn add(&mut self, one: Trait) {
        self.0 |= 1 << one as u16;
    }
}

/// An opening mark and the mark that closes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkPair {
    pub(crate) open: String,
    pub(crate) close: String,
}

/// How it is worded where and when something was said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Occasions {
    /// "in", "via".
    pub(crate) media_prepositions: Vec<String>,
    /// "statement", "Facebook".
    pub(crate) media: Vec<String>,
    /// "interpreter".
    pub(crate) translation: Vec<String>,
    /// "Khmer": "in Khmer" says that English words are a translation.
    pub(crate) languages: Vec<String>,
    /// "Tuesday", "yesterday".
    pub(crate) days: Vec<String>,
    /// "night", behind a day.
    pub(crate) times_of_day: Vec<String>,
    /// "sign", in "a sign reading": what speaks by the words on it.
    pub(crate) bearers: Vec<String>,
    /// "released", in "released a statement saying".
    pub(crate) issuing: Vec<String>,
    /// "July".
    pub(crate) months: Vec<String>,
    /// "week", behind "last".
    pub(crate) periods: Vec<String>,
}

/// What the reporter adds behind reported words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Comments {
    /// What came of them: "prompting", in ", prompting a reply".
    pub(crate) results: Vec<String>,
    /// What they are called: "claim", in ", a claim that others deny".
    pub(crate) verdicts: Vec<String>,
    /// What was not done: "elaborating", in ", without elaborating".
    pub(crate) omissions: Vec<String>,
}

/// How a refusal to comment is worded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusals {
    /// "declined", "refused".
    pub(crate) verbs: Vec<String>,
    /// "respond", after a negation.
    pub(crate) denied_verbs: Vec<String>,
    /// "comment", "request": one of these must follow.
    pub(crate) objects: Vec<String>,
    /// "unanswered", of calls and messages.
    pub(crate) unanswered: Vec<String>,
    /// "contacted", where it opens a sentence.
    pub(crate) asked: Vec<String>,
}

/// A verb that reports.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cue {
    /// Dictionary form, which names the cue for those who read the pack.
    #[expect(dead_code, reason = "read by people")]
    lemma: String,
    forms: Vec<String>,
    frames: Vec<Frame>,
    act: SpeechAct,
    /// How sure it is that the word reports: 1 to 3.
    pub(crate) weight: u8,
    /// Whether a clause behind it counts only with "that" ("charged *that*").
    #[serde(default)]
    pub(crate) needs_complementizer: bool,
    /// Words that must follow for an object to count ("called *for*").
    #[serde(default)]
    pub(crate) particles: Vec<String>,
    /// One of these must follow for the word to report at all ("pointed *out*").
    #[serde(default)]
    pub(crate) requires: Vec<String>,
}

/// What can follow a cue as the thing said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Frame {
    /// A clause, with or without a complementizer.
    Clause,
    /// Words in marks.
    Quote,
    /// An infinitive.
    Infinitive,
    /// A noun phrase that is all that is reported.
    Object,
    /// A thing and what it is said to be: "called the plan a disaster".
    Predicate,
    /// A question.
    Wh,
    /// A gerund ("denied taking").
    Gerund,
    /// The one spoken to stands before the content.
    Addressee,
}

impl Cue {
    pub(crate) fn has(&self, frame: Frame) -> bool {
        self.frames.contains(&frame)
    }

    pub(crate) const fn act(&self) -> SpeechAct {
        self.act
    }
}

impl Pack {
    /// English, read once.
    pub(crate) fn english() -> &'static Self {
        static PACK: OnceLock<Pack> = OnceLock::new();
        PACK.get_or_init(|| {
            Self::read(include_str!("../packs/en.toml"))
                .expect("the pack that is compiled in passes its test")
        })
    }

    fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut pack: Self = toml::from_str(text)?;
        for (place, cue) in pack.cue.iter().enumerate() {
            for form in &cue.forms {
                pack.cues.entry(form.clone()).or_insert(place);
            }
        }
        let refusals = &pack.refusals;
        let lists = [
            &pack.nouns,
            &refusals.verbs,
            &refusals.denied_verbs,
            &refusals.unanswered,
        ];
        pack.openers = lists.into_iter().flatten().cloned().collect();
        #[expect(
            clippy::iter_over_hash_type,
            reason = "sets do not depend on the order"
        )]
        for (one, words) in &pack.people {
            for word in words {
                pack.traits.entry(word.clone()).or_default().add(*one);
            }
        }
        pack.add_given_names(include_str!("entity/gazetteer/men.txt"), Trait::MaleNames);
        pack.add_given_names(
            include_str!("entity/gazetteer/women.txt"),
            Trait::FemaleNames,
        );
        pack.cue_outlines = pack.cues.keys().collect();
        pack.opener_outlines = pack.openers.iter().collect();
        pack.trait_outlines = pack.traits.keys().collect();
        Ok(pack)
    }

    /// Given names of the lists that the entities are found by, where the pack says nothing else.
    /// Names that are surnames as well tell nothing: "Kim" begins the names of men and women.
    fn add_given_names(&mut self, list: &'static str, gender: Trait) {
        let words = |list: &'static str| {
            let lines = list.lines().filter(|line| !line.starts_with('#'));
            lines.flat_map(str::split_whitespace)
        };
        let surnames: Set<&str> = words(include_str!("entity/gazetteer/surnames.txt")).collect();
        for name in words(list).filter(|name| !surnames.contains(name)) {
            let traits = self.traits.entry(name.to_owned()).or_default();
            if !traits.has_any(&[Trait::MaleNames, Trait::FemaleNames]) {
                traits.add(gender);
            }
        }
    }

    /// What `word`, in any case, says of a person or body.
    pub(crate) fn traits(&self, word: &str) -> Traits {
        if !self.trait_outlines.may_hold(word) {
            return Traits::default();
        }
        with_lower(word, |lower| self.traits.get(lower).copied()).unwrap_or_default()
    }

    /// Whether `word`, in any case, may report without being a cue: "claim", "declined".
    pub(crate) fn can_report(&self, word: &str) -> bool {
        self.opener_outlines.may_hold(word)
            && with_lower(word, |lower| self.openers.contains(lower).then_some(())).is_some()
    }

    /// The cue that `word` is a form of, in any case.
    pub(crate) fn cue(&self, word: &str) -> Option<&Cue> {
        if !self.cue_outlines.may_hold(word) {
            return None;
        }
        let place = with_lower(word, |lower| self.cues.get(lower).copied())?;
        self.cue.get(place)
    }
}

/// First letters and lengths of the words of a list: what has none of them is not looked up. Every
/// word of an article is asked about several times, and hardly any is in a list.
#[derive(Debug)]
struct Outlines {
    /// By the first byte in lower case, a bit for each length.
    lengths: [u32; 256],
}

impl Outlines {
    /// The place of a word's first byte, and the bit of its length.
    fn of(word: &str) -> (usize, u32) {
        let first = word.as_bytes().first().copied().unwrap_or_default();
        let first = usize::from(first.to_ascii_lowercase());
        (first, 1 << word.len().min(31))
    }

    fn may_hold(&self, word: &str) -> bool {
        let (first, length) = Self::of(word);
        self.lengths
            .get(first)
            .is_some_and(|seen| seen & length != 0)
    }
}

impl Default for Outlines {
    fn default() -> Self {
        Self { lengths: [0; 256] }
    }
}

impl<'w> FromIterator<&'w String> for Outlines {
    fn from_iter<I: IntoIterator<Item = &'w String>>(words: I) -> Self {
        let mut outlines = Self::default();
        for word in words {
            let (first, length) = Self::of(word);
            if let Some(seen) = outlines.lengths.get_mut(first) {
                *seen |= length;
            }
        }
        outlines
    }
}

/// Calls `look` with `word` in lower case, without an allocation for short words.
pub(crate) fn with_lower<T>(word: &str, look: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let mut buffer = [0_u8; 24];
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    look(std::str::from_utf8(lower).ok()?)
}

/// Whether `list` holds `word`, in any case.
pub(crate) fn holds(list: &[String], word: &str) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_pack_reads_and_knows_its_cues() {
        let pack = Pack::english();
        let said = pack.cue("Said").expect("a form of say");
        assert!(said.has(Frame::Clause));
        assert!(pack.cue("table").is_none());
    }
}
