//! Reads feed cases and writes what was read in the shape of Python's feedparser, for the scorer.
//!
//! ```text
//! cargo run --release -p fetcher --example score_feeds -- CASES.jsonl > OUT.jsonl
//! ```
//!
//! A folder in place of `CASES.jsonl` is read file by file, with time and outcome of each.
#![expect(clippy::print_stdout, reason = "stdout is this program's product")]
#![expect(
    clippy::print_stderr,
    reason = "a person runs this and reads its complaints"
)]

use std::{fs, path::Path, process::ExitCode, time::Instant};

use base64::{Engine, engine::general_purpose::STANDARD};
use fetcher::{
    FeedContext, FeedDocument, Repair,
    feed_document::{Link, Node, Pairs, Person, StatedDate, Text},
    parse_feed, read_feed_document,
};
use serde_json::{Map, Value, json};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: score_feeds CASES.jsonl|FOLDER");
        return ExitCode::from(2);
    };
    let path = Path::new(&path);
    let outcome = if path.is_dir() {
        read_folder(path)
    } else {
        read_cases(path)
    };
    if let Err(error) = outcome {
        eprintln!("{}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn read_cases(path: &Path) -> std::io::Result<()> {
    for line in fs::read_to_string(path)?.lines() {
        let case: Value = serde_json::from_str(line)?;
        let text = |key: &str| case.get(key).and_then(Value::as_str);
        let header = |key: &str| case.get("headers")?.get(key)?.as_str();
        let bytes = match (text("body"), text("body_b64")) {
            (Some(body), _) => body.as_bytes().to_vec(),
            (None, Some(body)) => STANDARD.decode(body).unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        let context = FeedContext {
            url: text("url").unwrap_or_default(),
            content_type: header("content-type"),
            content_location: header("content-location"),
            content_language: header("content-language"),
        };
        let id = text("id").unwrap_or_default();
        match read_feed_document(&bytes, &context) {
            Ok(document) => println!(
                "{}",
                json!({"id": id, "ok": true, "feed": shape(&document, &case)})
            ),
            Err(error) => println!(
                "{}",
                json!({"id": id, "ok": false, "err": error.to_string()})
            ),
        }
    }
    Ok(())
}

fn read_folder(folder: &Path) -> std::io::Result<()> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        let bytes = fs::read(&path)?;
        let context = FeedContext {
            url: "https://news.example/feed",
            ..FeedContext::default()
        };
        let start = Instant::now();
        let outcome = parse_feed(&bytes, &context);
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match outcome {
            Ok(feed) => {
                let titles: Vec<&str> = feed
                    .entries
                    .iter()
                    .take(3)
                    .map(|entry| entry.title.as_str())
                    .collect();
                let text: String = feed
                    .entries
                    .first()
                    .map(fetcher::Entry::text)
                    .unwrap_or_default();
                let text: String = text.chars().take(40).collect();
                let repairs: Vec<String> = feed.repairs.iter().map(Repair::to_string).collect();
                println!(
                    "{name} {ms:.1} ms: {} items {titles:?} text {text:?} truncated {} {repairs:?}",
                    feed.entries.len(),
                    feed.truncated
                );
            }
            Err(error) => println!("{name} {ms:.1} ms: {error:?}"),
        }
    }
    Ok(())
}

fn shape(document: &FeedDocument, case: &Value) -> Value {
    let is_ill_formed = document
        .repairs
        .iter()
        .any(|repair| !matches!(repair, Repair::Date(_) | Repair::HtmlEntity));
    let mut feed = Map::new();
    feed.insert("bozo".into(), json!(is_ill_formed));
    feed.insert("version".into(), json!(document.version));
    feed.insert("encoding".into(), json!(document.encoding));
    feed.insert(
        "headers".into(),
        case.get("headers").cloned().unwrap_or_default(),
    );
    feed.insert("feed".into(), Value::Object(node(&document.feed)));
    let entries = document
        .entries
        .iter()
        .map(|entry| Value::Object(node(entry)));
    feed.insert("entries".into(), entries.collect());
    Value::Object(feed)
}

fn node(node: &Node) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in &node.values {
        let value = match (name.as_str(), value.as_str()) {
            ("itunes_explicit", "yes" | "true" | "explicit") => json!(true),
            ("itunes_explicit", "clean") => json!(false),
            ("itunes_explicit", _) => Value::Null,
            ("itunes_block", value) => json!(i32::from(value == "yes")),
            ("guidislink", value) => json!(value == "true"),
            ("width" | "height", value) => value.parse::<i64>().map_or(json!(value), |n| json!(n)),
            (_, value) => json!(value),
        };
        map.insert(name.clone(), value);
    }
    for (name, value) in &node.texts {
        map.insert((*name).into(), json!(value.value));
        map.insert(format!("{name}_detail"), text(value));
    }
    if !node.contents.is_empty() {
        map.insert("content".into(), node.contents.iter().map(text).collect());
        if let (None, Some(first)) = (map.get("summary"), node.contents.first()) {
            map.insert("summary".into(), json!(first.value));
        }
    }
    for (name, StatedDate { raw, read, .. }) in &node.dates {
        map.insert((*name).into(), json!(raw));
        let read = read.map(|date| date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        map.insert(format!("{name}_parsed"), json!(read));
    }
    links(node, &mut map);
    for (role, people) in [
        ("author", &node.authors),
        ("publisher", &node.publishers),
        ("contributor", &node.contributors),
    ] {
        if let Some(last) = people.last() {
            map.insert(format!("{role}s"), people.iter().map(person).collect());
            map.insert(format!("{role}_detail"), person(last));
        }
    }
    if let Some(first) = node.tags.first() {
        let tags = node
            .tags
            .iter()
            .map(|tag| json!({"term": tag.term, "scheme": tag.scheme, "label": tag.label}));
        map.insert("tags".into(), tags.collect());
        map.insert("category".into(), json!(first.term));
    }
    attributed(node, &mut map);
    if let Some(place) = &node.place {
        let pairs: Vec<[f64; 2]> = place.coordinates.iter().map(|(x, y)| [*x, *y]).collect();
        let coordinates = match (place.kind, pairs.first()) {
            ("Point", Some(first)) => json!(first),
            ("Polygon", _) => json!([pairs]),
            _ => json!(pairs),
        };
        map.insert(
            "where".into(),
            json!({"type": place.kind, "coordinates": coordinates}),
        );
    }
    for (name, child) in &node.children {
        map.insert((*name).into(), Value::Object(self::node(child)));
    }
    map
}

fn links(node: &Node, map: &mut Map<String, Value>) {
    let shape = |link: &Link, with_rel: bool| {
        let mut shaped = pairs(&link.other);
        shaped.insert("href".into(), json!(link.href));
        if with_rel {
            shaped.insert("rel".into(), json!(link.rel));
        }
        Value::Object(shaped)
    };
    if !node.links.is_empty() {
        map.insert(
            "links".into(),
            node.links.iter().map(|link| shape(link, true)).collect(),
        );
    }
    let enclosures = node.links.iter().filter(|link| link.rel == "enclosure");
    let enclosures: Vec<Value> = enclosures.map(|link| shape(link, false)).collect();
    if !enclosures.is_empty() {
        map.insert("enclosures".into(), json!(enclosures));
    }
    let license = node.links.iter().find(|link| link.rel == "license");
    if let Some(license) = license {
        map.insert("license".into(), json!(license.href));
    }
}

fn attributed(node: &Node, map: &mut Map<String, Value>) {
    for (name, given) in &node.attributed {
        let given = Value::Object(pairs(given));
        match name.as_str() {
            "media_content" | "media_thumbnail" | "media_credit" => {
                let list = map.entry(name.clone()).or_insert_with(|| json!([]));
                if let Value::Array(list) = list {
                    list.push(given);
                }
            }
            "psc_chapter" => {
                let chapters = map
                    .entry("psc_chapters")
                    .or_insert_with(|| json!({"chapters": []}));
                if let Some(list) = chapters.get_mut("chapters").and_then(Value::as_array_mut) {
                    list.push(given);
                }
            }
            "psc_chapters" => {}
            _ => {
                map.insert(name.clone(), given);
            }
        }
    }
}

fn pairs(given: &Pairs) -> Map<String, Value> {
    given
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}

fn text(text: &Text) -> Value {
    json!({"value": text.value, "type": text.media_type, "language": text.language, "base": text.base, "src": text.src})
}

fn person(person: &Person) -> Value {
    let parts = [
        ("name", &person.name),
        ("email", &person.email),
        ("href", &person.href),
    ];
    let stated = parts
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), json!(value.as_ref()?))));
    Value::Object(stated.collect())
}
