//! The wire contract: golden documents decode and encode unchanged, schemas are those of the types.
//!
//! `UPDATE=1 cargo test -p model --test wire` writes the schemas anew. Golden documents are never
//! rewritten: a change that one does not survive breaks readers, and wants a new major version.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "all of this is test code, where the lints allow these only inside test functions"
)]

use std::{env, fs, path::PathBuf};

use model::{
    Alert, Article, Delivery, Enriched, EntityRecord, FeedCursor, FeedHealthRecord, MentionRecord,
    Notification, QuoteRecord, Record, Rejected, RoutingState, Silence, Span,
};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

fn golden(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(format!("{name}.json"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `onrecord.quote.v1` → `quote`.
fn name_of<T: Record>() -> &'static str {
    let name = T::TYPE.strip_prefix("onrecord.").unwrap();
    name.strip_suffix(".v1").unwrap()
}

fn check<T: Record + JsonSchema>() {
    check_document::<T>(name_of::<T>());
}

/// A golden document of a later release, with fields that the first one lacks.
fn check_document<T: Record + JsonSchema>(file: &str) {
    let name = name_of::<T>();
    let text = golden(file);
    let document: Value = serde_json::from_str(&text).unwrap();
    let record: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let encoded = serde_json::to_value(&record).unwrap();
    assert_eq!(encoded, document, "{name} does not encode as it was");
    assert!(!record.key().is_empty() && !record.event_id().is_empty());
    check_schema::<T>(name, &document);
}

fn check_schema<T: JsonSchema>(name: &str, document: &Value) {
    let schema = schema_for!(T);
    let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/schemas")
        .join(format!("{name}.v1.json"));
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error} (UPDATE=1 writes it)", path.display()));
    assert_eq!(committed, text, "{name}: UPDATE=1 writes the schema anew");
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(document)
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(
        faults,
        Vec::<String>::new(),
        "{name} does not fit its schema"
    );
}

#[test]
fn articles_keep_their_wire_form() {
    check::<Article>();
    check_document::<Article>("article-with-sources");
}

#[test]
fn feed_cursors_keep_their_wire_form() {
    check::<FeedCursor>();
    check_document::<FeedCursor>("feed-cursor-with-days");
}

#[test]
fn feed_health_keeps_its_wire_form() {
    check::<FeedHealthRecord>();
}

#[test]
fn enriched_articles_keep_their_wire_form() {
    check::<Enriched>();
}

#[test]
fn quotes_keep_their_wire_form() {
    check::<QuoteRecord>();
    check_document::<QuoteRecord>("quote-with-words");
}

#[test]
fn entities_keep_their_wire_form() {
    check::<EntityRecord>();
}

#[test]
fn mentions_keep_their_wire_form() {
    check::<MentionRecord>();
}

#[test]
fn alerts_keep_their_wire_form() {
    check::<Alert>();
    check_document::<Alert>("alert-with-cue");
}

#[test]
fn notifications_keep_their_wire_form() {
    check::<Notification>();
}

#[test]
fn deliveries_keep_their_wire_form() {
    check::<Delivery>();
}

#[test]
fn silences_keep_their_wire_form() {
    check::<Silence>();
}

#[test]
fn routing_states_keep_their_wire_form() {
    check::<RoutingState>();
}

#[test]
fn dead_letters_keep_their_wire_form() {
    check::<Rejected>();
}

#[test]
fn routed_records_come_from_the_enriched_article_with_the_same_ids() {
    let enriched: Enriched = serde_json::from_str(&golden("enriched")).unwrap();
    let quote: QuoteRecord = serde_json::from_str(&golden("quote-with-words")).unwrap();
    let entity: EntityRecord = serde_json::from_str(&golden("entity")).unwrap();
    let mention: MentionRecord = serde_json::from_str(&golden("mention")).unwrap();
    assert_eq!(enriched.quote_records().first(), Some(&quote));
    assert_eq!(enriched.entity_records().first(), Some(&entity));
    assert_eq!(enriched.mention_records().first(), Some(&mention));
}

#[test]
fn a_quote_names_whom_it_is_about_and_shows_where_it_is_interrupted() {
    let mut enriched: Enriched = serde_json::from_str(&golden("enriched")).unwrap();
    enriched.extraction.quotes[0].about = vec![0];
    let record = &enriched.quote_records()[0];
    let subject = &record.words.about[0];
    let entity = &enriched.extraction.entities[0];
    assert_eq!((&subject.name, subject.kind), (&entity.name, entity.kind));
    assert_eq!(subject.official, entity.official);
    assert_eq!(
        record.said(),
        "The harbour opens on Friday, … No fee will be charged."
    );
    assert_eq!(record.reported_by(), Some("told"));
    let mut refusal = record.clone();
    refusal.quote.content = vec![Span::new(60, 127)];
    assert_eq!(refusal.reported_by(), None);
}

#[test]
fn unknown_fields_of_later_releases_are_ignored() {
    let mut document: Value = serde_json::from_str(&golden("article")).unwrap();
    let fields = document.as_object_mut().unwrap();
    fields.insert("added_later".to_owned(), Value::from(1));
    serde_json::from_value::<Article>(document).unwrap();
}
