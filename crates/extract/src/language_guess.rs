//! The language of a text that nobody has named: by its script first, by its letters only where
//! several languages share one.

use model::Language;

use crate::script::Script;

/// Letters looked at: a few sentences decide.
const SAMPLE_LETTERS: usize = 2_000;

/// The language of `text`, as given or else as guessed; `und` where nothing tells.
pub(crate) fn known_or_guessed(text: &str, given: &Language) -> Language {
    if given.primary() != "und" {
        return given.clone();
    }
    let sample: Vec<char> = text
        .chars()
        .filter(|c| c.is_alphabetic())
        .take(SAMPLE_LETTERS)
        .collect();
    let count = |script: Script| sample.iter().filter(|c| Script::of(**c) == script).count();
    let scripts = [
        (Script::Khmer, "km"),
        (Script::Thai, "th"),
        (Script::Lao, "lo"),
        (Script::Myanmar, "my"),
        (Script::Tibetan, "bo"),
        (Script::Hangul, "ko"),
        (Script::Indic, "hi"),
    ];
    let own = scripts
        .into_iter()
        .find(|(script, _)| count(*script) * 2 > sample.len());
    let tag = match own {
        Some((_, tag)) => tag,
        None if (count(Script::Han) + count(Script::Kana)) * 2 > sample.len() => {
            east_asian(&sample)
        }
        None => by_letters(text),
    };
    tag.parse().unwrap_or_else(|_| Language::undetermined())
}

/// Japanese has kana in every sentence; Chinese is told apart by its most common characters.
fn east_asian(sample: &[char]) -> &'static str {
    let kana = sample
        .iter()
        .filter(|c| Script::of(**c) == Script::Kana)
        .count();
    let of = |set: &str| sample.iter().filter(|c| set.contains(**c)).count();
    if kana * 10 > sample.len() {
        "ja"
    } else if of("唔嘅喺咗啲嚟冇佢") * 50 > sample.len() {
        "yue"
    } else if of("這個們說國來時會學對發經與後為") > of("这个们说国来时会学对发经与后为")
    {
        "zh-Hant"
    } else {
        "zh-Hans"
    }
}

/// Languages that share a script, by the trigrams of their letters.
fn by_letters(text: &str) -> &'static str {
    use whatlang::Lang;
    let end = text.floor_char_boundary(text.len().min(4 * SAMPLE_LETTERS));
    let sample = text.get(..end).unwrap_or_default();
    let Some(guess) = whatlang::detect(sample).filter(whatlang::Info::is_reliable) else {
        return by_own_letters(sample);
    };
    match guess.lang() {
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Deu => "de",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        _ => "und",
    }
}

/// Too short to tell by trigrams: the letters that only one language of a script has, else the
/// script's most written language.
fn by_own_letters(sample: &str) -> &'static str {
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    let holds = |set: &str| sample.contains(|c| set.contains(c));
    let is_mostly = |script: Script| {
        sample.chars().filter(|c| Script::of(*c) == script).count() * 2 > letters.max(1)
    };
    if is_mostly(Script::Cyrillic) {
        if holds("іїєґІЇЄҐ") {
            "uk"
        } else {
            "ru"
        }
    } else if is_mostly(Script::Arabic) {
        if holds("ۇۆۈېەڭ") {
            "ug"
        } else if holds("پچژگ") {
            "fa"
        } else {
            "ar"
        }
    } else {
        "und"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, given: &str, expected: &str) {
        assert_eq!(
            known_or_guessed(text, &given.parse().unwrap()).as_str(),
            expected
        );
    }

    #[test]
    fn what_is_given_is_believed() {
        check("Der Hafen wird gebaut.", "fr", "fr");
    }

    #[test]
    fn scripts_tell_before_letters() {
        check("យើងនឹងសាងសង់កំពង់ផែថ្មី", "und", "km");
        check("我们明年将重建港口，这个国家会发展。", "und", "zh-Hans");
        check("我們明年將重建港口，這個國家會發展。", "und", "zh-Hant");
        check("来年、港を再建する計画です。", "und", "ja");
        check(
            "Die Ministerin sagte, dass der Hafen im nächsten Jahr wieder aufgebaut werden soll.",
            "und",
            "de",
        );
        check("Мы восстановим порт", "und", "ru");
        check("Ми відбудуємо його", "und", "uk");
        check("123 456", "und", "und");
    }
}
