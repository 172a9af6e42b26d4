//! What rules need to know of a language: marks, cues, pronouns. Data, not code.

use std::sync::OnceLock;

use model::SpeechAct;
use serde::Deserialize;

use crate::{
    fact::{Fact, Facts},
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
    facts: Facts,
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
    /// "others", "we": nobody who was named.
    OpenPronouns,
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
                pack.facts.add(form, |fact| {
                    fact.cue.get_or_insert(place);
                });
            }
        }
        let refusals = &pack.refusals;
        let openers = [
            &pack.nouns,
            &refusals.verbs,
            &refusals.denied_verbs,
            &refusals.unanswered,
        ];
        for word in openers.into_iter().flatten() {
            pack.facts.add(word, |fact| fact.opens = true);
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "sets do not depend on the order"
        )]
        for (one, words) in &pack.people {
            for word in words {
                pack.facts.add(word, |fact| fact.traits.add(*one));
            }
        }
        pack.add_given_names(include_str!("entity/gazetteer/men.txt"), Trait::MaleNames);
        pack.add_given_names(
            include_str!("entity/gazetteer/women.txt"),
            Trait::FemaleNames,
        );
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
            self.facts.add(name, |fact| {
                if !fact.traits.has_any(&[Trait::MaleNames, Trait::FemaleNames]) {
                    fact.traits.add(gender);
                }
            });
        }
    }

    /// What the lists say of `word`, in any case.
    pub(crate) fn fact(&self, word: &str) -> Fact {
        self.facts.of(word)
    }

    /// What `word`, in any case, says of a person or body.
    pub(crate) fn traits(&self, word: &str) -> Traits {
        self.fact(word).traits
    }

    /// The cue that `word` is a form of, in any case.
    pub(crate) fn cue(&self, word: &str) -> Option<&Cue> {
        self.cue_of(self.fact(word))
    }

    /// The cue that a fact is of.
    pub(crate) fn cue_of(&self, fact: Fact) -> Option<&Cue> {
        self.cue.get(fact.cue?)
    }
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
