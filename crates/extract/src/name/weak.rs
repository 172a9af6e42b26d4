//! Whether a weak name means the official.

use std::collections::HashSet;

use model::{Language, MentionEvidence, Span};

use super::{
    evidence::{self, Beside, Contexts, Kind, Lexicon, Nearness},
    matcher::Candidate,
    normal::Normal,
    watch_list::{Facts, Strength, country_words},
};
use crate::script::Script;

/// The text around the names.
pub(super) struct Scene<'s> {
    pub(super) normal: &'s Normal,
    pub(super) text: &'s str,
    pub(super) language: &'s Language,
    pub(super) lexicon: &'s Lexicon,
    pub(super) facts: &'s [Facts],
    pub(super) given_names: &'s HashSet<&'static str>,
    pub(super) contexts: &'s Contexts<'s>,
    /// The officials whose full names are found, by position.
    pub(super) named: &'s HashSet<usize>,
}

/// What stands around a weak name.
struct Look<'v, 'm> {
    candidate: &'v Candidate<'m>,
    beside: Option<Beside>,
    is_rival: bool,
}

/// A weak name that is believed.
pub(super) struct Verdict<'v, 'm> {
    pub(super) candidate: &'v Candidate<'m>,
    pub(super) evidence: Vec<MentionEvidence>,
    pub(super) score: f32,
}

/// Belief below which a weak name is dropped.
const THRESHOLD: f32 = 0.45;
const FULL_NAME_ELSEWHERE: f32 = 0.6;
const TITLE_BESIDE: f32 = 0.35;
/// For an official of the country whose language it is, where people go by given names: these are
/// told apart by a title, as family names are not.
const AT_HOME: f32 = 0.1;
const HONORIFIC_BESIDE: f32 = 0.2;
const CONTEXT_NEAR: f32 = 0.45;
const CONTEXT_FAR: f32 = 0.25;

/// Judges weak names; of several officials at one place the most likely stays, or none where two
/// are equally likely.
pub(super) fn judge<'v, 'm>(
    scene: &Scene<'_>,
    candidates: &[&'v Candidate<'m>],
) -> Vec<Verdict<'v, 'm>> {
    let looks: Vec<Look<'v, 'm>> = candidates
        .iter()
        .map(|candidate| {
            let beside = scene
                .lexicon
                .beside(scene.normal, candidate.start, candidate.end);
            Look {
                candidate,
                is_rival: is_rival(scene, candidate, beside.is_some()),
                beside,
            }
        })
        .collect();
    // Where the name was seen as part of another person's name, by folded bytes.
    let bytes_of = |look: &Look<'_, '_>| {
        let bytes = &scene.normal.bytes;
        bytes.get(look.candidate.start..look.candidate.end)
    };
    let rivals = looks.iter().filter(|look| look.is_rival);
    let taken: HashSet<&[u8]> = rivals.filter_map(bytes_of).collect();
    let mut verdicts: Vec<Verdict<'v, 'm>> = Vec::new();
    for look in &looks {
        let candidate = look.candidate;
        let is_taken = bytes_of(look).is_some_and(|bytes| taken.contains(bytes));
        let Some(verdict) = believe(scene, look, is_taken) else {
            continue;
        };
        match verdicts.last_mut() {
            Some(last) if last.candidate.span() == candidate.span() => {
                if verdict.score > last.score {
                    *last = verdict;
                } else if verdict.score.total_cmp(&last.score).is_eq() {
                    verdicts.pop();
                }
            }
            _ => verdicts.push(verdict),
        }
    }
    verdicts
}

fn believe<'v, 'm>(
    scene: &Scene<'_>,
    look: &Look<'v, 'm>,
    is_taken: bool,
) -> Option<Verdict<'v, 'm>> {
    let candidate = look.candidate;
    let official = candidate.alias.official();
    let facts = scene.facts.get(official)?;
    let full_name = scene.named.contains(&official);
    let needs_full_name = is_taken || candidate.alias.strength == Strength::Dependent;
    if needs_full_name && !full_name || look.is_rival || is_number_beside(scene, candidate) {
        return None;
    }
    let mut evidence = Vec::new();
    let mut belief = 0.0;
    if full_name {
        evidence.push(MentionEvidence::FullNameElsewhere);
        belief += FULL_NAME_ELSEWHERE;
    }
    match &look.beside {
        Some(Beside::Title(word)) => {
            evidence.push(MentionEvidence::Context { word: word.clone() });
            belief += TITLE_BESIDE;
            if is_at_home(facts, scene.language) {
                belief += AT_HOME;
            }
        }
        Some(Beside::Honorific(word)) => {
            evidence.push(MentionEvidence::Context { word: word.clone() });
            belief += HONORIFIC_BESIDE;
        }
        None => {}
    }
    if !stands_free(scene, candidate, look.beside.is_some()) {
        return None;
    }
    for (kind, words) in [
        (Kind::Context, facts.context.as_slice()),
        (Kind::Country, country_words(facts, scene.lexicon)),
    ] {
        let name = (candidate.start, candidate.end);
        let found = scene.contexts.find((official, kind), words, name);
        if let Some((word, nearness)) = found {
            belief += match nearness {
                Nearness::Near => CONTEXT_NEAR,
                Nearness::Far => CONTEXT_FAR,
            };
            evidence.push(MentionEvidence::Context {
                word: String::from_utf8_lossy(word).into_owned(),
            });
        }
    }
    (belief >= THRESHOLD).then(|| Verdict {
        candidate,
        evidence,
        score: (0.5 + 0.4 * (belief - THRESHOLD)).min(0.9),
    })
}

fn is_at_home(facts: &Facts, language: &Language) -> bool {
    matches!(
        (facts.country.as_deref(), language.primary()),
        (Some("TH"), "th")
            | (Some("LA"), "lo")
            | (Some("KH"), "km")
            | (Some("MM"), "my")
            | (Some("ID"), "id")
    )
}

/// Whether the name is part of another person's: a given name before it or a family name behind.
fn is_rival(scene: &Scene<'_>, candidate: &Candidate<'_>, has_title: bool) -> bool {
    let Some(facts) = scene.facts.get(candidate.alias.official()) else {
        return true;
    };
    let span = candidate.span();
    let is_foreign = |word: &str| {
        let lower = word.to_lowercase();
        !facts.owns_word(lower.as_bytes()) && !NOT_NAMES.contains(&lower.as_str())
    };
    let before = evidence::name_before(scene.text, span).filter(|word| is_foreign(word));
    if let Some(word) = before {
        let is_given = scene.given_names.contains(word.to_lowercase().as_str());
        let opens = evidence::opens_sentence(scene.text, word, span);
        let names_country = country_words(facts, scene.lexicon)
            .iter()
            .any(|stem| word.to_lowercase().as_bytes().starts_with(stem));
        if is_given || !opens && !has_title && !names_country {
            return true;
        }
    }
    let after = evidence::name_after(scene.text, span).filter(|word| is_foreign(word));
    after.is_some_and(|word| {
        !has_title
            || word.chars().count() > 1 && scene.given_names.contains(word.to_lowercase().as_str())
    })
}

/// A number beside makes "May" a month and "សែន" a numeral.
fn is_number_beside(scene: &Scene<'_>, candidate: &Candidate<'_>) -> bool {
    let span = candidate.span();
    let before = scene
        .text
        .get(..span.start())
        .unwrap_or_default()
        .trim_end();
    let after = scene
        .text
        .get(span.end()..)
        .unwrap_or_default()
        .trim_start();
    is_month(before, span.text(scene.text).unwrap_or_default())
        || before.chars().next_back().is_some_and(char::is_numeric)
        || before.ends_with(". ")
            && before
                .trim_end_matches(['.', ' '])
                .ends_with(char::is_numeric)
        || before
            .strip_suffix('.')
            .is_some_and(|b| b.ends_with(char::is_numeric))
        || after.chars().next().is_some_and(char::is_numeric)
        || COUNTING_BEFORE
            .iter()
            .any(|word| before.trim_end_matches('\u{200b}').ends_with(word))
        || COUNTED_BEHIND
            .iter()
            .any(|word| after.trim_start_matches('\u{200b}').starts_with(word))
}

/// Whether the name is an English month that something happens in: "in May".
fn is_month(before: &str, name: &str) -> bool {
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next();
    let word = word.unwrap_or_default();
    MONTHS.contains(&name)
        && BEFORE_MONTHS
            .iter()
            .any(|before| word.eq_ignore_ascii_case(before))
}

/// Months that are also names of people.
const MONTHS: [&str; 5] = ["March", "April", "May", "June", "August"];

const BEFORE_MONTHS: [&str; 12] = [
    "in", "since", "until", "till", "last", "this", "next", "early", "late", "mid", "during",
    "every",
];

/// Khmer, Lao and Thai "tens of", "several": what follows is a numeral, not a name.
const COUNTING_BEFORE: [&str; 8] = ["រាប់", "ជាច្រើន", "ប៉ុន្មាន", "កន្លះ", "ຫຼາຍ", "ຫລາຍ", "หลาย", "นับ"];

/// What is counted: persons, money, times.
const COUNTED_BEHIND: [&str; 12] = [
    "នាក់",
    "រៀល",
    "ដុល្លារ",
    "ដង",
    "ហិកតា",
    "តោន",
    "คน",
    "บาท",
    "ຄົນ",
    "ກີບ",
    "ယောက်",
    "ကျပ်",
];

/// Whether the name stands by itself rather than inside a common word of an unspaced script.
fn stands_free(scene: &Scene<'_>, candidate: &Candidate<'_>, has_title: bool) -> bool {
    let span = candidate.span();
    let name = span.text(scene.text).unwrap_or_default();
    let script = Script::of(name.chars().next().unwrap_or(' '));
    let is_open = candidate.edges.is_open_left && candidate.edges.is_open_right;
    match script {
        Script::Khmer | Script::Thai | Script::Lao | Script::Myanmar => is_open || has_title,
        Script::Han if candidate.alias.letters() == 1 => has_title || is_han_free(scene.text, span),
        Script::Latin if name.is_ascii() => true,
        Script::Latin => !is_vietnamese_compound(scene.text, span),
        Script::Kana => is_open || has_title || candidate.alias.letters() > 2,
        _ => true,
    }
}

/// Whether a single Chinese character is followed by what can follow a name: a conjunction, a
/// particle, a mark.
fn is_han_free(text: &str, span: Span) -> bool {
    let after = text.get(span.end()..).unwrap_or_default();
    after.chars().next().is_none_or(|c| {
        !c.is_alphabetic()
            || matches!(
                c,
                '与' | '與'
                    | '和'
                    | '跟'
                    | '及'
                    | '同'
                    | '對'
                    | '对'
                    | '说'
                    | '說'
                    | '称'
                    | '稱'
                    | '也'
                    | 'と'
                    | 'は'
                    | 'が'
                    | 'も'
                    | 'を'
                    | 'に'
                    | '氏'
                    | '、'
            )
    })
}

/// "Chính phủ" (government), "Lâm Đồng" (a province): the syllable is part of a word.
fn is_vietnamese_compound(text: &str, span: Span) -> bool {
    let after = text.get(span.end()..).unwrap_or_default();
    let next: String = after
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphabetic())
        .collect();
    let next = next.to_lowercase();
    VIETNAMESE_SECONDS.contains(&next.as_str())
}

/// Second syllables of common words whose first is also a given name.
const VIETNAMESE_SECONDS: [&str; 40] = [
    "phủ",
    "quyền",
    "sách",
    "trị",
    "thức",
    "xác",
    "nghĩa",
    "đồng",
    "nghiệp",
    "sản",
    "tâm",
    "yếu",
    "hạm",
    "điểm",
    "lượng",
    "thương",
    "bình",
    "lực",
    "hùng",
    "quốc",
    "khí",
    "lợi",
    "chúng",
    "thể",
    "hội",
    "trường",
    "giang",
    "hà",
    "thành",
    "thọ",
    "yên",
    "nam",
    "bắc",
    "đông",
    "tây",
    "minh",
    "chắn",
    "chỉnh",
    "đại",
    "thủ",
];

/// Capitalised words before or behind a name that are no names: sentence openers, weekdays.
const NOT_NAMES: [&str; 64] = [
    "the",
    "a",
    "an",
    "and",
    "but",
    "in",
    "on",
    "at",
    "of",
    "for",
    "as",
    "if",
    "when",
    "while",
    "since",
    "after",
    "before",
    "with",
    "by",
    "from",
    "to",
    "that",
    "this",
    "what",
    "how",
    "why",
    "who",
    "so",
    "then",
    "now",
    "today",
    "yesterday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "also",
    "both",
    "even",
    "only",
    "former",
    "ex",
    "i",
    "he",
    "she",
    "it",
    "we",
    "they",
    "his",
    "her",
    "its",
    "der",
    "die",
    "das",
    "und",
    "mit",
    "von",
    "el",
    "la",
    "le",
    "les",
];
