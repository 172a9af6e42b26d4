//! What the patterns need to know of a language, read from its data file.

use std::{collections::HashMap, ops::Range, sync::OnceLock};

use model::Language;
use serde::Deserialize;

use super::{
    folded::Folded,
    hits::Hits,
    lexeme::{Boundary, Lexeme},
};

/// The data files, by language.
const FILES: &[(&str, &str)] = &[
    ("ar", include_str!("../../packs/ar.toml")),
    ("bo", include_str!("../../packs/bo.toml")),
    ("de", include_str!("../../packs/de.toml")),
    ("es", include_str!("../../packs/es.toml")),
    ("fa", include_str!("../../packs/fa.toml")),
    ("fr", include_str!("../../packs/fr.toml")),
    ("hi", include_str!("../../packs/hi.toml")),
    ("id", include_str!("../../packs/id.toml")),
    ("it", include_str!("../../packs/it.toml")),
    ("ja", include_str!("../../packs/ja.toml")),
    ("km", include_str!("../../packs/km.toml")),
    ("ko", include_str!("../../packs/ko.toml")),
    ("lo", include_str!("../../packs/lo.toml")),
    ("ms", include_str!("../../packs/ms.toml")),
    ("my", include_str!("../../packs/my.toml")),
    ("prs", include_str!("../../packs/prs.toml")),
    ("pt", include_str!("../../packs/pt.toml")),
    ("ru", include_str!("../../packs/ru.toml")),
    ("th", include_str!("../../packs/th.toml")),
    ("tr", include_str!("../../packs/tr.toml")),
    ("ug", include_str!("../../packs/ug.toml")),
    ("uk", include_str!("../../packs/uk.toml")),
    ("vi", include_str!("../../packs/vi.toml")),
    ("yue", include_str!("../../packs/yue.toml")),
    ("zh-Hans", include_str!("../../packs/zh-Hans.toml")),
    ("zh-Hant", include_str!("../../packs/zh-Hant.toml")),
    ("und", include_str!("../../packs/und.toml")),
];

/// A data file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    #[expect(
        dead_code,
        reason = "says to people what the file is; the table above is the key"
    )]
    language: String,
    /// The language whose words this one has as well.
    #[serde(default)]
    inherits: Option<String>,
    boundary: Boundary,
    subject: Vec<Side>,
    cues: Vec<String>,
    complementizers: Vec<String>,
    bare_clause: bool,
    quotatives: Vec<String>,
    honorifics: Vec<String>,
    titles_before: Vec<String>,
    titles_after: Vec<String>,
    pronouns: Vec<String>,
    subject_markers: Vec<String>,
    breaks: Vec<String>,
    prepositions: Vec<String>,
    sentence_ends: Vec<String>,
    /// Longer words in which no word above counts.
    #[serde(default)]
    masks: Vec<String>,
    /// Words that open the sentence behind a quotation and name its speaker.
    #[serde(default)]
    trailers: Vec<String>,
    /// Whether a complementizer right behind a name or pronoun reports by itself: "S that C".
    #[serde(default)]
    complementizer_reports: bool,
    /// Whether a verb needs no subject: one without goes on with the last speaker.
    #[serde(default)]
    drops_subject: bool,
    /// How the names of bodies end that stand between a name and its title, without a space.
    #[serde(default)]
    body_endings: Vec<String>,
    /// Sentences that the pack must read right: its own tests.
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "read by the tests of the packs")
    )]
    example: Vec<Example>,
}

/// A sentence with what is to be found in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "read by the tests of the packs")
)]
struct Example {
    text: String,
    content: Vec<String>,
    speaker: String,
}

/// Which side of the cue the speaker stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    /// "S said".
    Before,
    /// "said S".
    After,
}

/// A language, ready to look things up.
#[derive(Debug)]
pub(super) struct Pack {
    /// Most usual first.
    pub(super) subject: Vec<Side>,
    /// Whether a clause is reported without a word between: "S said C".
    pub(super) bare_clause: bool,
    /// Whether a complementizer right behind a name or pronoun reports by itself.
    pub(super) complementizer_reports: bool,
    /// Whether a verb needs no subject.
    pub(super) drops_subject: bool,
    /// How the names of bodies end that stand between a name and its title.
    pub(super) body_endings: Vec<String>,
    /// Characters that end a sentence.
    pub(super) sentence_ends: Vec<char>,
    cues: Lexeme,
    complementizers: Lexeme,
    quotatives: Lexeme,
    honorifics: Lexeme,
    titles_before: Lexeme,
    titles_after: Lexeme,
    pronouns: Lexeme,
    subject_markers: Lexeme,
    breaks: Lexeme,
    prepositions: Lexeme,
    masks: Lexeme,
    trailers: Lexeme,
}

impl Pack {
    /// The pack for a language: its own, else that of its primary language, else the fallback.
    pub(super) fn of(language: &Language) -> &'static Self {
        let packs = packs();
        let tag = language.as_str();
        let simplified = ["zh-CN", "zh-SG", "zh"];
        let key = match language.primary() {
            "zh" if tag.contains("Hant") || tag.ends_with("-TW") || tag.ends_with("-HK") => {
                "zh-Hant"
            }
            "zh" if tag.contains("Hans") || simplified.contains(&tag) => "zh-Hans",
            primary => primary,
        };
        packs
            .get(key)
            .or_else(|| packs.get("und"))
            .expect("the fallback pack is compiled in")
    }

    /// Looks for all words of the pack at once.
    pub(super) fn search(&self, text: &str) -> Hits {
        let folded = Folded::new(text);
        let masks = self.masks.find(&folded, text);
        let find = |lexeme: &Lexeme| {
            let mut hits = lexeme.find(&folded, text);
            hits.retain(|hit| !is_masked(hit, &masks));
            hits
        };
        let honorifics = find(&self.honorifics);
        Hits {
            titles_before: merged(&find(&self.titles_before), &honorifics),
            honorifics,
            cues: find(&self.cues),
            complementizers: find(&self.complementizers),
            quotatives: find(&self.quotatives),
            titles_after: find(&self.titles_after),
            pronouns: find(&self.pronouns),
            subject_markers: find(&self.subject_markers),
            breaks: find(&self.breaks),
            prepositions: find(&self.prepositions),
            trailers: find(&self.trailers),
        }
    }
}

fn packs() -> &'static HashMap<&'static str, Pack> {
    static PACKS: OnceLock<HashMap<&'static str, Pack>> = OnceLock::new();
    PACKS.get_or_init(|| {
        let files: HashMap<&str, PackFile> = FILES
            .iter()
            .map(|(language, text)| {
                let file = toml::from_str(text).expect("packs are compiled in and tested");
                (*language, file)
            })
            .collect();
        FILES
            .iter()
            .map(|(language, _)| (*language, build(language, &files)))
            .collect()
    })
}

fn build(language: &str, files: &HashMap<&str, PackFile>) -> Pack {
    let own = files.get(language).expect("the table holds every language");
    let base = own.inherits.as_deref().and_then(|base| files.get(base));
    let lexeme = |words: fn(&PackFile) -> &Vec<String>, boundary| {
        let mut all = words(own).clone();
        all.extend(base.into_iter().flat_map(|base| words(base).clone()));
        Lexeme::new(&all, boundary)
    };
    Pack {
        subject: own.subject.clone(),
        bare_clause: own.bare_clause,
        drops_subject: own.drops_subject || base.is_some_and(|base| base.drops_subject),
        body_endings: own.body_endings.clone(),
        complementizer_reports: own.complementizer_reports,
        sentence_ends: own
            .sentence_ends
            .iter()
            .flat_map(|end| end.chars())
            .collect(),
        cues: lexeme(|file| &file.cues, own.boundary),
        complementizers: lexeme(|file| &file.complementizers, own.boundary),
        quotatives: lexeme(|file| &file.quotatives, Boundary::None),
        honorifics: lexeme(|file| &file.honorifics, own.boundary),
        titles_before: lexeme(|file| &file.titles_before, own.boundary),
        titles_after: lexeme(|file| &file.titles_after, Boundary::None),
        pronouns: lexeme(|file| &file.pronouns, own.boundary),
        subject_markers: lexeme(|file| &file.subject_markers, Boundary::None),
        breaks: lexeme(|file| &file.breaks, own.boundary),
        prepositions: lexeme(|file| &file.prepositions, own.boundary),
        masks: lexeme(|file| &file.masks, own.boundary),
        trailers: lexeme(|file| &file.trailers, own.boundary),
    }
}

/// Whether the hit is part of a longer word that is something else.
fn is_masked(hit: &Range<usize>, masks: &[Range<usize>]) -> bool {
    let next = masks.partition_point(|mask| mask.start <= hit.start);
    next.checked_sub(1)
        .and_then(|place| masks.get(place))
        .is_some_and(|mask| hit.end <= mask.end && mask != hit)
}

/// Both lists in order; of two that overlap, the longer.
fn merged(titles: &[Range<usize>], honorifics: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = titles.iter().chain(honorifics).cloned().collect();
    all.sort_by_key(|hit| (hit.start, usize::MAX - hit.end));
    let mut kept: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for hit in all {
        if kept.last().is_none_or(|last| last.end <= hit.start) {
            kept.push(hit);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use crate::pattern::quotes;

    use super::*;

    #[test]
    fn every_pack_reads_its_own_examples() {
        let mut wrong = Vec::new();
        for (language, text) in FILES {
            let file: PackFile = toml::from_str(text).unwrap_or_else(|e| panic!("{language}: {e}"));
            for example in &file.example {
                let found = quotes(&example.text, &language.parse().unwrap());
                let texts = |spans: &[model::Span]| -> Vec<String> {
                    spans
                        .iter()
                        .filter_map(|s| s.text(&example.text))
                        .map(str::to_owned)
                        .collect()
                };
                let read: Vec<(Vec<String>, Vec<String>)> = found
                    .iter()
                    .map(|quote| {
                        let speaker = quote.speaker.as_ref();
                        (
                            texts(&quote.content),
                            texts(speaker.map_or(&[], |found| &found.spans)),
                        )
                    })
                    .collect();
                if read != [(example.content.clone(), vec![example.speaker.clone()])] {
                    wrong.push(format!("{language}: {} gives {read:?}", example.text));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_language_is_found_by_script_region_and_primary_tag() {
        let same = |a: &str, b: &str| {
            std::ptr::eq(Pack::of(&a.parse().unwrap()), Pack::of(&b.parse().unwrap()))
        };
        assert!(same("zh-TW", "zh-Hant"));
        assert!(same("zh", "zh-Hans"));
        assert!(same("pt-BR", "pt"));
        assert!(same("xx", "und"));
    }
}
