//! Whole articles as documents, in languages other than English: `cases/<language>/*.md`, each of
//! the shape that `cases.rs` tells, of people and places that do not exist.

use std::{fs, path::Path, sync::LazyLock};

use extract::Extractor;
use model::QuoteKind;

fn check(language: &str) {
    static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| Extractor::new(Vec::new()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("cases")
        .join(language);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the cases are in the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no case for {language}");
    for file in files {
        let case = fs::read_to_string(&file).expect("a case is text");
        let (_, rest) = case.split_once("## Text\n").expect("a case has a text");
        let (text, rows) = rest
            .split_once("## Quotes\n")
            .expect("a case has expected quotes");
        let text = text.trim();
        let language = language.parse().expect("a language tag");
        let found = EXTRACTOR.extract(text, &language);
        let found: Vec<String> = found.quotes.iter().map(|quote| row(text, quote)).collect();
        let expected: Vec<&str> = rows.lines().filter(|line| line.contains('|')).collect();
        assert_eq!(
            found.join("\n"),
            expected.join("\n"),
            "in {}",
            file.display()
        );
    }
}

fn row(text: &str, quote: &model::Quote) -> String {
    let kind = match quote.kind {
        QuoteKind::Direct => "direct",
        QuoteKind::Mixed | QuoteKind::Indirect => "indirect",
    };
    let speaker = quote.speaker.as_ref().map_or("-", |speaker| &speaker.name);
    let content = quote.content.iter().filter_map(|span| span.text(text));
    format!(
        "{kind} | {speaker} | {}",
        content.collect::<Vec<_>>().join(" … ")
    )
}

macro_rules! languages {
    ($($name:ident $language:literal)*) => {
        $(#[test] fn $name() { check($language); })*

        #[test]
        fn every_language_with_cases_is_tested() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
            let entries = fs::read_dir(folder).expect("the cases are in the repository");
            for entry in entries.filter_map(Result::ok) {
                let language = entry.file_name().to_string_lossy().into_owned();
                assert!(language == "en" || [$($language),*].contains(&language.as_str()), "{language}");
            }
        }
    };
}

languages! {
    arabic "ar" burmese "my" chinese "zh-Hans" french "fr" hindi "hi" indonesian "id" japanese "ja"
    khmer "km" korean "ko" lao "lo" persian "fa" russian "ru" spanish "es" tibetan "bo" turkish "tr"
    uyghur "ug" vietnamese "vi"
}
