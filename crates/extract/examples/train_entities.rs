//! Trains the entity tagger of English: `train_entities MODEL ENTITIES_JSONL NEWS_JSONL [--hold-out]`.
//!
//! The first model reads the unlabelled news; the second learns from that reading as well.
//!
//! With `--hold-out` every eighth document is kept back; without, all are used.

use std::{env, error::Error, fs};

use extract::entity::train::{Example, Recipe, measure, silver, train};
use model::Span;
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let holds_out = arguments.iter().any(|argument| argument == "--hold-out");
    arguments.retain(|argument| argument != "--hold-out");
    let [model, file, news] = arguments.as_slice() else {
        return Err("usage: train_entities MODEL ENTITIES_JSONL NEWS_JSONL [--hold-out]".into());
    };
    let number = |name: &str, default: u32| {
        let text = env::var(name).ok();
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (mut examples, mut held) = (Vec::new(), Vec::new());
    for (place, row) in rows(file)?.into_iter().enumerate() {
        if row["lang"] != "en" {
            continue;
        }
        if holds_out && place % 8 == 3 {
            held.extend(example(&row).map(|example| (source(&row), example)));
        } else {
            examples.extend(example(&row));
        }
    }
    let recipe = Recipe {
        epochs: number("EPOCHS", 10),
        bits: number("BITS", 18),
    };
    let first = train(&examples, recipe);
    for row in rows(news)? {
        if let Some(text) = row["text"].as_str() {
            examples.push(silver(&first, text.to_owned(), number("SILVER", 1)));
        }
    }
    let bytes = train(&examples, recipe);
    eprintln!("{} documents, {} bytes", examples.len(), bytes.len());
    held.sort_by(|one, other| one.0.cmp(&other.0));
    for group in held.chunk_by(|one, other| one.0 == other.0) {
        let examples: Vec<Example> = group.iter().map(|(_, example)| example.clone()).collect();
        report(&group[0].0, measure(&bytes, &examples));
    }
    fs::write(model, bytes)?;
    Ok(())
}

/// Where a row comes from, by the first part of its id.
fn source(row: &Value) -> String {
    let id = row["id"].as_str().unwrap_or_default();
    id.split(['-', '_', '/'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn report(source: &str, counts: [[usize; 3]; 3]) {
    let f1 = |[right, found, labelled]: [usize; 3]| {
        200.0 * right as f64 / (found + labelled).max(1) as f64
    };
    let all = counts.iter().fold([0; 3], |all, kind| {
        std::array::from_fn(|at| all[at] + kind[at])
    });
    let [person, organisation, place] = counts.map(f1);
    eprintln!(
        "{source:10} person {person:5.1} organisation {organisation:5.1} place {place:5.1} all {:5.1} ({})",
        f1(all),
        all[2]
    );
}

/// The rows of a file of JSON Lines.
fn rows(file: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|error| format!("no texts at {file}: {error}"))?;
    Ok(text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

/// A row of labelled text; tweets and the like are left out, since news is not written so.
fn example(row: &Value) -> Option<Example> {
    let id = row["id"].as_str()?;
    let weight = match id {
        _ if id.starts_with("btc") => env::var("BTC").map_or(0, |w| w.parse().unwrap_or(0)),
        _ if id.starts_with("wnut") => env::var("WNUT").map_or(1, |w| w.parse().unwrap_or(1)),
        _ if id.starts_with("UNER") => env::var("EWT").map_or(1, |w| w.parse().unwrap_or(1)),
        _ if id.starts_with("voa") => env::var("VOA").map_or(3, |w| w.parse().unwrap_or(1)),
        _ => 1,
    };
    let text = row["text"].as_str()?.to_owned();
    let mut starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    starts.push(text.len());
    let mut names = Vec::new();
    for entity in row["entities"].as_array()? {
        let kind = match entity["type"].as_str()? {
            "PERSON" => 0,
            "ORG" => 1,
            "PLACE" => 2,
            _ => continue,
        };
        let is_name = entity["kind"].as_str().is_none_or(|kind| kind == "name");
        let start = *starts.get(usize::try_from(entity["start"].as_u64()?).ok()?)?;
        let end = *starts.get(usize::try_from(entity["end"].as_u64()?).ok()?)?;
        if is_name {
            names.push((Span::of(&text, start..end)?, kind));
        }
    }
    names.sort_by_key(|(span, _)| *span);
    Some(Example {
        text,
        names,
        weight,
    })
}
