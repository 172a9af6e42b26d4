//! Any text at all: spans stay in bounds and on character boundaries, and the work ends.

use std::sync::LazyLock;

use extract::Extractor;
use model::{Extraction, Span};
use proptest::prelude::*;

fn extract(text: &str) -> Extraction {
    extract_as("en", text)
}

fn extract_as(language: &str, text: &str) -> Extraction {
    static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| Extractor::new(Vec::new()));
    EXTRACTOR.extract(text, &language.parse().expect("a language tag"))
}

/// Every span of the findings, to be held against the text.
fn spans(findings: &Extraction) -> Vec<Span> {
    let quotes = findings.quotes.iter().flat_map(|quote| {
        let speaker = quote
            .speaker
            .iter()
            .flat_map(|speaker| speaker.spans.clone());
        let single = [quote.addressee, quote.medium, quote.date];
        quote
            .content
            .iter()
            .chain(&quote.cue)
            .copied()
            .chain(speaker)
            .chain(single.into_iter().flatten())
            .collect::<Vec<_>>()
    });
    let entities = findings.entities.iter();
    quotes
        .chain(entities.flat_map(|entity| entity.mentions.iter().map(|mention| mention.span)))
        .collect()
}

#[track_caller]
fn check(text: &str) {
    check_as("en", text);
}

#[track_caller]
fn check_as(language: &str, text: &str) {
    let findings = extract_as(language, text);
    for span in spans(&findings) {
        assert!(
            span.text(text).is_some_and(|words| !words.is_empty()),
            "{span:?}"
        );
    }
    for quote in &findings.quotes {
        assert!(!quote.content.is_empty());
        assert!(quote.content.is_sorted());
        assert!((0.0..=1.0).contains(&quote.confidence));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_gives_sound_spans(text in ".{0,400}") {
        check(&text);
    }

    #[test]
    fn marks_and_cues_in_any_order_give_sound_spans(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "“", "”", "\"", "''", "‘", "’", "'", "said", "told", "Smith", "he", "who", "that",
                "according to", "the minister", "we go", ",", ".", "?", ":", "—", "(", ")", "\n\n",
                "declined to comment", "and", "was", "é", "ក",
            ]),
            0..60,
        )
    ) {
        check(&parts.join(" "));
        check(&parts.concat());
    }

    #[test]
    fn every_language_gives_sound_spans(
        language in prop::sample::select(vec!["km", "my", "th", "zh-Hans", "ja", "ko", "ar", "de", "vi", "xx"]),
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "“", "”", "\"", "«", "»", "「", "」", "„", "ថា", "លោក", "និយាយ", "៖", "។", "က", "ဟု",
                "ပြော", "นาย", "กล่าว", "ว่า", "表示", "总理", "，", "。", "と", "述べた", "は", "고", "말했다", "قال",
                "أن", "sagte", "dass", "Minister", "nói", "rằng", "ông", "A", "é", " ", "\u{200B}", ":", ".", "\n",
            ]),
            0..60,
        )
    ) {
        check_as(language, &parts.concat());
        check_as(language, &parts.join(" "));
    }

    #[test]
    fn the_same_text_gives_the_same_findings(text in "[a-zA-Z“”\"',. \n]{0,300}") {
        prop_assert_eq!(extract(&text), extract(&text));
    }
}

#[test]
fn texts_built_to_be_slow_end() {
    let repeated = [
        "the minister said that we go ",
        "Hun Sen Said John Smith told ",
        "\" ",
        "\"",
        "\"a\" ",
        "\"We go,\" he said. ",
        "“We go, ",
        "“We go.\n\n",
        "He said:\n\n“We go.”\n\n",
        ", said ",
        "(said ",
        "according to ",
        "Smith, who said Jones, who said ",
        "declined to comment, ",
        "‘a’ s’ ",
        "Ada Morrow, 52, said. ",
        "A villager said he left. “No,” he said in a statement on Tuesday. ",
    ];
    for unit in repeated {
        check(&unit.repeat(20_000 / unit.len()));
    }
}
