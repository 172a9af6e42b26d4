//! Any text in any language: the first byte chooses the language, the rest is the article.

#![no_main]

use std::sync::LazyLock;

use extract::Extractor;
use libfuzzer_sys::fuzz_target;
use model::{Extraction, Official, OfficialId, Span};

const LANGUAGES: [&str; 28] = [
    "en", "km", "my", "th", "lo", "zh-Hans", "zh-Hant", "yue", "ja", "ko", "bo", "ug", "ar", "fa",
    "prs", "hi", "vi", "id", "ms", "tr", "ru", "uk", "de", "fr", "es", "pt", "it", "und",
];

static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| {
    let official = |id: &str, name: &str, aliases: &[&str], weak: &[&str]| Official {
        id: OfficialId::new(id),
        name: name.to_owned(),
        aliases: [("und".to_owned(), aliases.iter().map(|&name| name.to_owned()).collect())].into(),
        weak_aliases: weak.iter().map(|&name| name.to_owned()).collect(),
        offices: Vec::new(),
        organisations: vec!["Harbour Party".to_owned()],
        country: Some("KH".to_owned()),
        context: vec!["bridge".to_owned()],
        wikidata: None,
        note: None,
    };
    Extractor::new(vec![
        official("ada", "Ada Morrow", &["អេដា មរ៉ូ", "阿达莫罗", "에이다 모로"], &["Morrow", "មរ៉ូ"]),
        official("tomas", "Tomas Reyl", &["တိုးမတ်", "Томас Рейл", "توماس ريل"], &["Reyl", "May"]),
    ])
});

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let language = LANGUAGES[usize::from(*first) % LANGUAGES.len()];
    let found = EXTRACTOR.extract(&text, &language.parse().expect("a language tag"));
    for span in spans(&found) {
        assert!(span.text(&text).is_some_and(|words| !words.is_empty()), "{span:?}");
    }
    for quote in &found.quotes {
        assert!(!quote.content.is_empty() && quote.content.is_sorted());
        assert!((0.0..=1.0).contains(&quote.confidence));
    }
});

fn spans(found: &Extraction) -> Vec<Span> {
    let mut spans: Vec<Span> = found.mentions.iter().map(|mention| mention.span).collect();
    for quote in &found.quotes {
        spans.extend(quote.content.iter().chain(&quote.cue));
        spans.extend(quote.speaker.iter().flat_map(|speaker| &speaker.spans));
        spans.extend([quote.addressee, quote.medium, quote.date].into_iter().flatten());
    }
    for entity in &found.entities {
        spans.extend(entity.mentions.iter().map(|mention| mention.span));
    }
    spans
}
