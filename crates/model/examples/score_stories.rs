//! Measures story keys: whether edited copies of reports are told from other reports.
//!
//! ```text
//! cargo run --release -p model --example score_stories -- ../shared/data/voa/*.jsonl
//! ```
//!
//! Each file holds one JSON object a line with `text`; the copies are made here.
#![expect(clippy::print_stdout, reason = "stdout is this program's product")]
#![expect(
    clippy::print_stderr,
    reason = "a person runs this and reads its complaints"
)]

use std::{fs, process::ExitCode};

use model::StoryKey;
use serde_json::Value;

/// A way to edit a report; the second text is another report.
type Edit = fn(&str, &str) -> String;

const EDITS: [(&str, Edit); 6] = [
    ("agency line before and after", |text, _| {
        format!("PORT VELM (Velm Press) — {text}\n\nReporting by the Velm Press.")
    }),
    ("every tenth word changed", |text, _| {
        let words = text.split(' ').enumerate();
        let words: Vec<&str> = words
            .map(|(at, word)| if at % 10 == 9 { "velmora" } else { word })
            .collect();
        words.join(" ")
    }),
    ("every third paragraph left out", |text, _| {
        let paragraphs = text.split("\n\n").enumerate();
        let kept: Vec<&str> = paragraphs
            .filter(|(at, _)| at % 3 != 2)
            .map(|(_, paragraph)| paragraph)
            .collect();
        kept.join("\n\n")
    }),
    ("paragraphs in reverse order", |text, _| {
        let paragraphs: Vec<&str> = text.split("\n\n").collect();
        paragraphs
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
            .join("\n\n")
    }),
    ("first half alone", |text, _| half(text)),
    ("half of another report behind it", |text, other| {
        format!("{text}\n\n{}", half(other))
    }),
];

fn half(text: &str) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        eprintln!("usage: score_stories FILE.jsonl…");
        return ExitCode::from(2);
    }
    for path in paths {
        match read_texts(&path) {
            Ok(texts) => score(&path, &texts),
            Err(error) => {
                eprintln!("{path}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn read_texts(path: &str) -> std::io::Result<Vec<String>> {
    let mut texts = Vec::new();
    for line in fs::read_to_string(path)?.lines() {
        let row: Value = serde_json::from_str(line)?;
        let text = row.get("text").and_then(Value::as_str).unwrap_or_default();
        if StoryKey::of(text).is_some() {
            texts.push(text.to_owned());
        }
    }
    Ok(texts)
}

fn score(path: &str, texts: &[String]) {
    let keys: Vec<StoryKey> = texts.iter().filter_map(|text| StoryKey::of(text)).collect();
    let pairs = keys.len() * keys.len().saturating_sub(1) / 2;
    let mut alike = 0;
    for (at, key) in keys.iter().enumerate() {
        let others = keys.iter().skip(at + 1);
        alike += others.filter(|other| key.is_same_story(other)).count();
    }
    println!(
        "{path}: {} reports; {alike} of {pairs} pairs of different reports are called one story",
        keys.len()
    );
    for (name, edit) in EDITS {
        let (mut copies, mut found, mut wrong) = (0, 0, 0);
        for (at, text) in texts.iter().enumerate() {
            let other = texts.get((at + 1) % texts.len()).map_or("", String::as_str);
            let Some(copy) = StoryKey::of(&edit(text, other)) else {
                continue;
            };
            copies += 1;
            for (place, key) in keys.iter().enumerate() {
                let is_same = copy.is_same_story(key);
                found += usize::from(is_same && place == at);
                wrong += usize::from(is_same && place != at);
            }
        }
        println!("  {name}: {found} of {copies} copies found, {wrong} wrong ones beside them");
    }
}
