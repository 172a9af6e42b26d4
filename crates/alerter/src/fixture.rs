//! An invented article with two watched officials, for tests.
//!
//! It is put together as JSON, so that fields added to the records later need no change here.

use std::sync::Arc;

use model::{Alert, Enriched, Official, Origin, Severity};
use serde_json::{Value, json};
use stream::{ALERTS, Outbox, Stage};

use crate::{AlertStage, Rule, RuleConfig, Watchlist};

/// Mara Venn speaks twice, the second time indirectly and about Idris Kell, who is silent.
pub(crate) const BODY: &str = "\u{201c}We will rebuild the port,\u{201d} Mara Venn said. \
    Venn promised that Idris Kell would pay.";

/// The officials of the fixture.
pub(crate) fn officials() -> Vec<Official> {
    let officials = json!([
        {
            "id": "mara-venn", "name": "Mara Venn", "country": "VM",
            "aliases": { "latin": ["Mara Venn", "Mara T. Venn"], "km": ["ម៉ារ៉ា វែន"] },
            "weak_aliases": ["Venn"],
            "offices": [{ "title": "Minister of Ports", "from": "2024-05-01" }],
            "organisations": ["Tide Alliance"],
        },
        {
            "id": "idris-kell", "name": "Idris Kell", "country": "TO",
            "offices": [{ "title": "Prime Minister", "to": "2020-01-01" }],
        },
    ]);
    serde_json::from_value(officials).unwrap()
}

pub(crate) fn watchlist() -> Watchlist {
    Watchlist::new(officials())
}

/// A rule that must compile.
pub(crate) fn rule(name: &str, when: &str, severity: Severity) -> Rule {
    let config = RuleConfig {
        name: name.into(),
        when: when.into(),
        severity,
        targets: Vec::new(),
    };
    Rule::compile(config, &watchlist()).unwrap_or_else(|error| panic!("{}", error.drawn(when)))
}

/// What the stage makes of an article.
pub(crate) fn alerts(rules: &[Rule], enriched: Enriched) -> Vec<Alert> {
    let mut outbox = Outbox::new();
    AlertStage::new(Arc::new(watchlist()), rules.to_vec())
        .process(enriched, &mut outbox)
        .unwrap();
    outbox.sent_to(ALERTS)
}

/// An alert on the first quote of an article by `outlet`.
pub(crate) fn alert() -> Alert {
    let rule = rule("port", "speaker:mara-venn and kind:direct", Severity::Info);
    alerts(&[rule], enriched(Origin::Live)).remove(0)
}

pub(crate) fn enriched(origin: Origin) -> Enriched {
    enriched_by("Harbour Post", "https://harbour.example/port", origin)
}

pub(crate) fn enriched_by(outlet: &str, url: &str, origin: Origin) -> Enriched {
    let mut enriched: Enriched = serde_json::from_value(json!({
        "article": {
            "id": model::ArticleId::from_canonical_url(url),
            "version": 1,
            "feed": model::FeedId::from_url(outlet),
            "outlet": outlet,
            "country": "VM",
            "url": url,
            "title": "Port to be rebuilt",
            "body": BODY,
            "body_source": { "kind": "page" },
            "language": "en-GB",
            "published": "2026-03-01T08:00:00Z",
            "fetched": "2026-03-01T08:01:00Z",
            "ingested": "2026-03-01T08:01:01Z",
            "origin": "live",
        },
        "extraction": {
            "quotes": [
                quote("direct", "statement", "We will rebuild the port,", "said", "Mara Venn", 0.9),
                quote("indirect", "promise", "Idris Kell would pay", "promised", "Venn", 0.6),
            ],
            "entities": [],
            "mentions": [
                mention("mara-venn", "Mara Venn", &json!({ "kind": "full_alias" }), 0.9),
                mention("idris-kell", "Idris Kell", &json!({ "kind": "full_alias" }), 0.8),
            ],
        },
    }))
    .unwrap();
    enriched.article.origin = origin;
    enriched
}

fn quote(kind: &str, act: &str, content: &str, cue: &str, speaker: &str, confidence: f32) -> Value {
    json!({
        "kind": kind, "act": act, "content": [span(content)], "cue": [span(cue)],
        "speaker": {
            "spans": [span(speaker)], "kind": "named", "name": "Mara Venn",
            "official": "mara-venn", "confidence": confidence,
        },
        "translated": false, "confidence": confidence, "rules": ["marks"],
    })
}

fn mention(official: &str, words: &str, evidence: &Value, score: f32) -> Value {
    json!({
        "official": official, "span": span(words), "alias": words,
        "evidence": [evidence], "score": score,
    })
}

fn span(words: &str) -> [usize; 2] {
    let start = BODY.find(words).unwrap();
    [start, start + words.len()]
}
