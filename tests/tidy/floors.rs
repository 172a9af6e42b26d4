//! Which crate may use which: crates use floors below them only, and heavy libraries have a home.

use super::{assert_none, metadata::Metadata};

/// What each crate may use of ours; see the map in ARCHITECTURE.md.
const EDGES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("extract", &["model"]),
    ("stream", &["model"]),
    ("broker", &[]),
    ("lists", &["model"]),
    ("address", &[]),
    ("fetcher", &["model", "stream", "address"]),
    ("processor", &["model", "extract", "stream"]),
    ("sink", &["model", "stream"]),
    ("alerter", &["model", "stream", "address"]),
    (
        "onrecord",
        &[
            "model",
            "extract",
            "stream",
            "broker",
            "lists",
            "fetcher",
            "processor",
            "sink",
            "alerter",
        ],
    ),
    ("pipeline-tests", &[]),
];

/// What tests may use beyond that: a real broker to run the loop on.
const TEST_EDGES: &[(&str, &[&str])] = &[
    ("stream", &["broker"]),
    ("fetcher", &["broker"]),
    ("alerter", &["broker"]),
    ("processor", &["broker"]),
    ("sink", &["broker"]),
    ("pipeline-tests", &["model", "stream", "broker", "fetcher"]),
];

/// Libraries that only these crates may name outside tests.
const HOMES: &[(&str, &[&str])] = &[
    ("rdkafka", &["stream"]),
    ("kafka-protocol", &["broker"]),
    // The binary gives its own health checks and demo a client; the guard is a resolver for it.
    ("reqwest", &["address", "fetcher", "alerter", "onrecord"]),
    ("ipnet", &["address"]),
    // The binary serves metrics, health and the demo's feeds; the fetcher hears hubs.
    ("axum", &["fetcher", "onrecord"]),
    ("clap", &["onrecord"]),
    ("miette", &["onrecord"]),
    ("mimalloc", &["onrecord"]),
    ("metrics-exporter-prometheus", &["onrecord"]),
    ("tracing-subscriber", &["onrecord"]),
    ("toml_edit", &["lists"]),
    ("csv", &["lists"]),
    ("lettre", &["alerter"]),
    ("minijinja", &["alerter"]),
    // Language packs are TOML.
    ("toml", &["extract", "onrecord"]),
    ("feed-rs", &["fetcher"]),
    ("quick-xml", &["lists"]),
    ("dom_smoothie", &["fetcher"]),
    ("trafilatura", &["fetcher"]),
    ("aho-corasick", &["extract", "fetcher"]),
    ("hmac", &["alerter"]),
];

#[test]
fn crates_use_floors_below_them_only() {
    let metadata = Metadata::read();
    let mut mistakes = Vec::new();
    for member in metadata.members() {
        let Some(allowed) = of(EDGES, &member.name) else {
            mistakes.push(format!("{} stands on no floor", member.name));
            continue;
        };
        let in_tests = of(TEST_EDGES, &member.name).unwrap_or(&[]);
        for used in member.dependencies.iter().filter(|d| d.is_ours()) {
            let name = used.name.as_str();
            let is_allowed = allowed.contains(&name)
                || (used.is_for_tests() && in_tests.contains(&name))
                || name == member.name;
            if !is_allowed {
                mistakes.push(format!("{} must not use {name}", member.name));
            }
        }
    }
    assert_none(&mistakes);
}

#[test]
fn heavy_libraries_stay_in_their_crates() {
    let metadata = Metadata::read();
    let mut mistakes = Vec::new();
    for member in metadata.members() {
        for used in member.dependencies.iter().filter(|d| !d.is_for_tests()) {
            let Some(homes) = of(HOMES, &used.name) else {
                continue;
            };
            if !homes.contains(&member.name.as_str()) {
                mistakes.push(format!("{} must not name {}", member.name, used.name));
            }
        }
    }
    assert_none(&mistakes);
}

fn of<'a>(table: &[(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    let row = table.iter().find(|(key, _)| *key == name)?;
    Some(row.1)
}
