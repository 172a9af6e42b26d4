//! Where a name may start and end: the boundary rules of each script.

use model::{Language, Span};

use super::syllable::starts_with_burmese_final;
use crate::script::{self, Script};

/// Fewest letters with which a name of an unspaced script is believed without an edge before it.
const FREE_LETTERS: usize = 4;
/// Letters looked at before a name and behind it, in a word that may have no end: more than any
/// proclitic and any ending has.
const LONGEST_PROCLITIC: usize = 4;
const LONGEST_ENDING: usize = 16;
/// Bytes looked at behind a Tibetan name.
const TIBETAN_SYLLABLE: usize = 30;

/// How firmly the name is parted from what stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edges {
    /// The name with the ending that is fused to it.
    pub(super) span: Span,
    /// Something that is no letter of the script stands before it.
    pub(super) is_open_left: bool,
    /// The same behind it.
    pub(super) is_open_right: bool,
}

/// The edges of the name at `span`; `None` where it is part of a longer word.
///
/// `letters` counts the letters of the name.
pub(super) fn edges(raw: &str, span: Span, language: &Language, letters: usize) -> Option<Edges> {
    let before = raw.get(..span.start())?;
    let after = raw.get(span.end()..)?;
    let name = span.text(raw)?;
    let first = name.chars().next()?;
    let last = name.chars().next_back()?;
    let is_open_left = starts(before, first, letters)?;
    let (suffix, is_open_right) = ends(after, last, name, language, letters)?;
    Some(Edges {
        span: Span::new(span.start(), span.end() + suffix),
        is_open_left,
        is_open_right,
    })
}

/// Whether a name that begins with `first` may start after `before`, and with an open edge.
fn starts(before: &str, first: char, letters: usize) -> Option<bool> {
    let script = Script::of(first);
    let Some(previous) = before.chars().next_back() else {
        return Some(true);
    };
    let glued = is_letter(previous) && Script::of(previous) == script;
    if !glued {
        let is_zwnj = previous == '\u{200c}';
        let continues = is_zwnj && before.trim_end_matches('\u{200c}').ends_with(is_letter);
        return (!continues || letters >= FREE_LETTERS).then_some(true);
    }
    match script {
        // A name never cuts a syllable: its span would not lead back to the raw text.
        Script::Han | Script::Khmer | Script::Myanmar => Some(false),
        Script::Kana => {
            let is_other_kana = is_hiragana(previous) != is_hiragana(first);
            (is_other_kana || before.ends_with("アル")).then_some(false)
        }
        Script::Thai | Script::Lao => {
            let leads = matches!(previous, 'เ'..='ไ' | 'ເ'..='ໄ');
            (!leads).then_some(false)
        }
        Script::Arabic => is_proclitic(before, letters).then_some(false),
        _ => None,
    }
}

/// The length of the ending fused to a name that ends in `last`, and whether the edge is open.
fn ends(
    after: &str,
    last: char,
    name: &str,
    language: &Language,
    letters: usize,
) -> Option<(usize, bool)> {
    let script = Script::of(last);
    let Some(next) = after.chars().next() else {
        return Some((0, true));
    };
    if !(is_letter(next) && Script::of(next) == script) {
        if next == '\u{200c}' && letters < FREE_LETTERS {
            return None;
        }
        return Some((0, true));
    }
    match script {
        Script::Han | Script::Khmer => Some((0, false)),
        Script::Kana => (is_hiragana(next) != is_hiragana(last)).then_some((0, false)),
        Script::Thai | Script::Lao => {
            let continues = matches!(next, 'ะ' | 'า' | 'ำ' | 'ๅ' | 'ະ' | 'າ' | 'ຳ' | 'ຽ');
            (!continues).then_some((0, false))
        }
        Script::Myanmar => (!starts_with_burmese_final(after)).then_some((0, false)),
        Script::Hangul => hangul_ends(after, name).then_some((0, false)),
        Script::Tibetan => {
            let near = after.get(..after.floor_char_boundary(TIBETAN_SYLLABLE));
            let syllable = near
                .unwrap_or_default()
                .split(['་', '།', ' ', '\n', '༌'])
                .next()
                .unwrap_or_default();
            TIBETAN_PARTICLES.contains(&syllable).then_some((0, false))
        }
        _ => suffix(after, script, language, letters).map(|len| (len, true)),
    }
}

fn is_letter(c: char) -> bool {
    script::is_letter(c) || c == 'ー'
}

const fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}')
}

/// Arabic conjunctions, prepositions and the article, written together with the next word.
fn is_proclitic(before: &str, letters: usize) -> bool {
    let start = before
        .char_indices()
        .rev()
        .take(LONGEST_PROCLITIC + 1)
        .take_while(|(_, c)| is_letter(*c))
        .last()
        .map_or(before.len(), |(at, _)| at);
    let prefix = before.get(start..).unwrap_or_default();
    letters >= FREE_LETTERS
        && matches!(
            prefix,
            "و" | "ف"
                | "ب"
                | "ل"
                | "ك"
                | "ال"
                | "وال"
                | "بال"
                | "لل"
                | "ول"
                | "وب"
                | "فل"
                | "فب"
                | "س"
        )
}

/// Whether what follows a Korean name is a particle, a title or the end. Long names are believed
/// with anything behind them.
fn hangul_ends(after: &str, name: &str) -> bool {
    let rest: String = after
        .chars()
        .take(LONGEST_ENDING)
        .take_while(|c| Script::of(*c) == Script::Hangul)
        .collect();
    let syllables = name.chars().filter(|c| !c.is_whitespace()).count();
    KOREAN_PARTICLES.contains(&rest.as_str())
        || syllables >= 2 && KOREAN_TITLES.iter().any(|title| rest.starts_with(title))
        || syllables >= 3
            && KOREAN_PARTICLES
                .iter()
                .any(|particle| rest.starts_with(particle))
        || syllables >= 4
}

/// The length in bytes of the word's rest, where it is an ending of the language.
fn suffix(after: &str, script: Script, language: &Language, letters: usize) -> Option<usize> {
    if letters < FREE_LETTERS {
        return None;
    }
    let rest_len = after
        .char_indices()
        .take(LONGEST_ENDING)
        .take_while(|(_, c)| is_letter(*c))
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    let rest = after.get(..rest_len)?;
    let endings: &[&str] = match (script, language.primary()) {
        (Script::Latin, "de" | "nl" | "sv" | "da" | "no" | "nb" | "nn") => &["s", "sche", "schen"],
        (Script::Latin, "tr" | "az") => &[
            "ın", "in", "un", "ün", "nın", "nin", "nun", "nün", "a", "e", "ya", "ye", "ı", "i",
            "u", "ü", "yı", "yi", "yu", "yü", "da", "de", "ta", "te", "dan", "den", "tan", "ten",
            "la", "le", "lar", "ler",
        ],
        (Script::Latin, "pl" | "cs" | "sk" | "hr" | "sr" | "bs" | "sl") => &[
            "a", "u", "em", "om", "owi", "ovi", "ie", "e", "y", "i", "ą", "ě", "ę", "ou", "ego",
            "emu", "im", "ym",
        ],
        (Script::Latin, "id" | "ms") => &["nya", "lah", "pun"],
        (Script::Latin, "fi" | "et" | "hu") => &[
            "n", "in", "ia", "lla", "lle", "lta", "ssa", "sta", "t", "nak", "nek", "ra", "re",
            "val", "vel", "i", "ot", "et",
        ],
        (Script::Arabic, "ug" | "und") => &[
            "نىڭ", "نى", "غا", "گە", "قا", "كە", "دىن", "تىن", "دا", "دە", "تا", "تە", "لار", "لەر",
            "مۇ", "چە",
        ],
        (Script::Arabic, "fa" | "prs" | "ur" | "ckb" | "ps") => &["ی", "ها", "را", "ای", "اش", "ێ"],
        (Script::Cyrillic, "bg" | "mk" | "kk" | "ky" | "mn" | "tt") => &[
            "а", "ът", "нің", "дің", "тің", "ға", "ге", "ны", "ні", "ды", "ді", "нын", "ын", "ийн",
            "д", "т", "г",
        ],
        (_, _) => &[],
    };
    endings.contains(&rest).then_some(rest_len)
}

const TIBETAN_PARTICLES: [&str; 6] = ["འི", "ས", "ར", "འོ", "འང", "འམ"];

const KOREAN_PARTICLES: [&str; 52] = [
    "",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "와",
    "과",
    "도",
    "만",
    "로",
    "으로",
    "에게",
    "께서",
    "께",
    "측",
    "씨",
    "에서",
    "부터",
    "까지",
    "이다",
    "이며",
    "이고",
    "라고",
    "이라고",
    "라는",
    "이라는",
    "에게는",
    "에게서",
    "보다",
    "처럼",
    "하고",
    "이나",
    "나",
    "님",
    "군",
    "양",
    "들",
    "에는",
    "와의",
    "과의",
    "에도",
    "마저",
    "조차",
    "뿐",
    "이란",
    "란",
    "인",
    "였다",
];

const KOREAN_TITLES: [&str; 14] = [
    "대통령",
    "총리",
    "위원장",
    "장관",
    "대표",
    "의원",
    "주석",
    "총장",
    "정부",
    "행정부",
    "전",
    "후보",
    "정권",
    "총재",
];
