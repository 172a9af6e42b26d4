//! Russian and Ukrainian case forms of names, made when the watch-list is loaded.
//!
//! Forms of both languages and of both genders are made for every name: a form that no text uses
//! costs a few bytes, a missing one costs a mention.

/// Most forms of one name in a case, so that a long name cannot fill the index.
const MAX_FORMS: usize = 12;

/// The case forms of a name written in Cyrillic, apart from the name itself.
pub(super) fn case_forms(name: &str) -> Vec<String> {
    let words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
    let Some(last) = words.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut forms = Vec::new();
    for case in 0..CASES {
        let declined: Vec<Vec<String>> = words.iter().map(|word| word_forms(word, case)).collect();
        // Names of two words decline in both; East Asian ones in the last, or the first and last.
        combine(&words, &declined, |at| at == last || at == 0, &mut forms);
        if words.len() > 2 {
            combine(&words, &declined, |at| at == last, &mut forms);
            combine(&words, &declined, |_| true, &mut forms);
        }
    }
    forms.sort_unstable();
    forms.dedup();
    forms.retain(|form| form != name);
    forms
}

/// Genitive, dative and accusative, instrumental, prepositional.
const CASES: usize = 4;

fn combine(
    words: &[&str],
    declined: &[Vec<String>],
    declines: impl Fn(usize) -> bool,
    forms: &mut Vec<String>,
) {
    let mut partial = vec![String::new()];
    for (at, (word, options)) in words.iter().zip(declined).enumerate() {
        let mut longer = Vec::new();
        for start in &partial {
            let join = |next: &str| {
                let space = if start.is_empty() { "" } else { " " };
                format!("{start}{space}{next}")
            };
            if !declines(at) || options.is_empty() {
                longer.push(join(word));
            } else {
                longer.extend(options.iter().map(|option| join(option)));
            }
        }
        longer.truncate(MAX_FORMS);
        partial = longer;
    }
    forms.extend(partial);
}

/// The forms of one word in a case, in both languages; none where the word does not decline.
fn word_forms(word: &str, case: usize) -> Vec<String> {
    let Some(last) = word.chars().next_back() else {
        return Vec::new();
    };
    let stem = word.strip_suffix(last).unwrap_or(word);
    let mut forms = Vec::new();
    let mut add = |stem: &str, endings: [&[&str]; CASES]| {
        let endings = endings.get(case).copied().unwrap_or_default();
        forms.extend(endings.iter().map(|ending| format!("{stem}{ending}")));
    };
    match last {
        'й' => {
            if let Some(stem) = stem.strip_suffix(['и', 'ы', 'о']) {
                add(
                    stem,
                    [&["ого"], &["ому"], &["им", "ым"], &["ом", "ому", "ім"]],
                );
            }
            add(
                stem,
                [&["я"], &["ю", "єві"], &["ем", "єм"], &["е", "и", "ї", "ю"]],
            );
        }
        'а' => add(
            stem,
            [
                &["ы", "и", "ой"],
                &["е", "і", "у", "ой"],
                &["ой", "ою", "ей"],
                &["е", "і", "ой"],
            ],
        ),
        'я' => {
            add(
                stem,
                [
                    &["и", "і", "ї"],
                    &["е", "и", "і", "ї", "ю"],
                    &["ей", "ею", "єю"],
                    &["е", "и", "і", "ї"],
                ],
            );
            if let Some(stem) = stem.strip_suffix('а') {
                add(stem, [&["ой"], &["ой", "ую"], &["ой"], &["ой"]]);
            }
        }
        'ь' => add(
            stem,
            [
                &["я", "и", "і"],
                &["ю", "еві", "и", "і"],
                &["ем", "ью"],
                &["е", "и", "і"],
            ],
        ),
        'о' => add(stem, [&["а"], &["у", "ові"], &["ом"], &["ові", "і", "у"]]),
        'ж' | 'ш' | 'щ' | 'ч' | 'ц' => {
            add(word, [&["а"], &["у", "еві"], &["ем", "ом"], &["е", "і"]]);
        }
        'б'..='т' | 'ф' | 'х' | 'ґ' => {
            add(word, [&["а"], &["у", "ові"], &["ом"], &["е", "і", "ові"]]);
            if ["ов", "ев", "єв", "ин", "ын", "ін", "їн"]
                .iter()
                .any(|end| word.ends_with(end))
            {
                add(word, [&[], &[], &["ым", "им"], &[]]);
            }
        }
        _ => {}
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, form: &str) {
        let forms = case_forms(name);
        assert!(forms.contains(&form.to_owned()), "{forms:?}");
    }

    #[test]
    fn names_decline_in_both_languages() {
        check("иван оров", "ивана орова");
        check("иван оров", "иваном оровым");
        check("марта орова", "марты оровой");
        check("дмитрий", "дмитрия");
        check("орський", "орського");
        check("бондаренко", "бондаренком");
        check("ким чен ын", "кимом чен ыном");
        check("ким чен ын", "ким чен ына");
    }
}
