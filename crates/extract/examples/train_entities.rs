//! Trains the entity tagger of English:
//! `train_entities MODEL ENTITIES_JSONL NEWS_JSONL LABELS_FOLDER WRITTEN_TEXT [--folds COUNT]`.
//!
//! It learns from the labelled rows, from our labels of the news, from the same news and texts of
//! our own with other names in it, and from the first model's reading of the news without labels.
//!
//! With `--folds` nothing is written: each part of the documents is kept back in turn, and measured;
//! `ERRORS=SOURCE` prints what is wrong in the texts of a source.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a command that reports to its user, with counts in arrays of three kinds"
)]

use std::{collections::HashMap, env, error::Error, fs, path::Path};

use extract::entity::train::{Example, Recipe, exchanged, measure, silver, train};
use model::Span;
use serde_json::Value;

/// A document and where it comes from.
struct Document {
    source: String,
    example: Example,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let mut folds = 0;
    if let Some(at) = arguments.iter().position(|argument| argument == "--folds") {
        folds = arguments
            .get(at + 1)
            .and_then(|count| count.parse().ok())
            .unwrap_or(4);
        arguments.truncate(at);
    }
    let [model, file, news, labels, written] = arguments.as_slice() else {
        return Err("usage: train_entities MODEL ENTITIES_JSONL NEWS_JSONL LABELS_FOLDER WRITTEN_TEXT [--folds COUNT]".into());
    };
    let mut documents: Vec<Document> = rows(file)?
        .iter()
        .filter(|row| row["lang"] == "en")
        .filter_map(|row| {
            Some(Document {
                source: source(row),
                example: example(row)?,
            })
        })
        .collect();
    let news: Vec<(String, String)> = rows(news)?
        .iter()
        .filter_map(|row| {
            Some((
                row["id"].as_str()?.to_owned(),
                row["text"].as_str()?.to_owned(),
            ))
        })
        .collect();
    let labelled = labelled(labels, &news)?;
    let unlabelled: Vec<&String> = news
        .iter()
        .filter(|(id, _)| !labelled.contains_key(id))
        .map(|(_, text)| text)
        .collect();
    let mut labelled: Vec<(String, Example)> = labelled.into_iter().collect();
    labelled.sort_by(|one, other| one.0.cmp(&other.0));
    documents.extend(labelled.into_iter().map(|(_, example)| Document {
        source: "voa".to_owned(),
        example,
    }));
    documents.extend(written_texts(written)?.into_iter().map(|example| Document {
        source: "written".to_owned(),
        example,
    }));
    if folds == 0 {
        let bytes = learn(&documents.iter().collect::<Vec<_>>(), &unlabelled);
        fs::write(model, bytes)?;
        return Ok(());
    }
    let mut counts: HashMap<String, [[usize; 3]; 3]> = HashMap::new();
    for fold in 0..folds.min(number("FOLDS", 99) as usize) {
        let is_held = |place: usize| place % folds == fold;
        let kept: Vec<&Document> = documents
            .iter()
            .enumerate()
            .filter(|(at, _)| !is_held(*at))
            .map(|(_, d)| d)
            .collect();
        let bytes = learn(&kept, &unlabelled);
        for file in env::var("HELD").iter().flat_map(|files| files.split(':')) {
            let source = Path::new(file).file_stem().unwrap_or_default();
            let source = source.to_string_lossy().into_owned();
            for example in written_texts(file)? {
                if fold == 0 && env::var("ERRORS").is_ok_and(|wanted| wanted == source) {
                    print_errors(&bytes, &example);
                }
                let count = measure(&bytes, std::slice::from_ref(&example));
                let sum = counts.entry(source.clone()).or_default();
                for (sum, count) in sum.iter_mut().flatten().zip(count.iter().flatten()) {
                    *sum += count;
                }
            }
        }
        for (at, document) in documents.iter().enumerate() {
            if !is_held(at) {
                continue;
            }
            if env::var("ERRORS").is_ok_and(|source| source == document.source) {
                print_errors(&bytes, &document.example);
            }
            let count = measure(&bytes, std::slice::from_ref(&document.example));
            let sum = counts.entry(document.source.clone()).or_default();
            for (sum, count) in sum.iter_mut().flatten().zip(count.iter().flatten()) {
                *sum += count;
            }
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort();
    for (source, counts) in counts {
        report(&source, counts);
    }
    Ok(())
}

fn number(name: &str, default: u32) -> u32 {
    let text = env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn learn(documents: &[&Document], unlabelled: &[&String]) -> Vec<u8> {
    let recipe = Recipe {
        epochs: number("EPOCHS", 10),
        bits: number("BITS", 18),
        runs: number("RUNS", 3),
    };
    let mut examples = Vec::new();
    let mut ours = Vec::new();
    for document in documents {
        let weight = match document.source.as_str() {
            "btc" => number("BTC", 0),
            "wnut" => number("WNUT", 1),
            "UNER" => number("EWT", 2),
            "voa" => number("VOA", 3),
            "written" => number("WRITTEN", 4),
            _ => 1,
        };
        let mut example = document.example.clone();
        example.weight = weight;
        if matches!(document.source.as_str(), "voa" | "written") {
            ours.push(example.clone());
        }
        examples.push(example);
    }
    examples.extend(exchanged(&ours, number("COPIES", 4)));
    if number("SILVER", 1) > 0 {
        let first = train(&examples, recipe);
        for text in unlabelled {
            examples.push(silver(&first, (*text).clone(), number("SILVER", 1)));
        }
    }
    train(&examples, recipe)
}

/// Our labels, by the article's id.
fn labelled(
    folder: &str,
    news: &[(String, String)],
) -> Result<HashMap<String, Example>, Box<dyn Error>> {
    let texts: HashMap<&str, &str> = news
        .iter()
        .map(|(id, text)| (id.as_str(), text.as_str()))
        .collect();
    let mut files: Vec<_> = fs::read_dir(folder)?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let mut labelled = HashMap::new();
    for file in files {
        for mut row in rows(&file.to_string_lossy())? {
            let id = row["id"].as_str().unwrap_or_default().to_owned();
            let text = texts
                .get(id.as_str())
                .ok_or_else(|| format!("no text of {id}"))?;
            row["text"] = Value::from(*text);
            labelled.extend(example(&row).map(|example| (id, example)));
        }
    }
    Ok(labelled)
}

/// Texts of our own: "## id", then paragraphs with names in braces, as "{P1|Ada Morrow}".
fn written_texts(file: &str) -> Result<Vec<Example>, Box<dyn Error>> {
    let all = fs::read_to_string(file).map_err(|error| format!("no texts at {file}: {error}"))?;
    let mut examples = Vec::new();
    for part in format!("\n{all}").split("\n## ").skip(1) {
        let (_, body) = part.split_once('\n').unwrap_or_default();
        let body = body.trim().replace('\n', "\n\n");
        let (mut text, mut names) = (String::new(), Vec::new());
        for piece in body.split_inclusive('}') {
            let (plain, name) = piece.split_once('{').unwrap_or((piece, ""));
            text.push_str(plain);
            let Some((label, name)) = name.trim_end_matches('}').split_once('|') else {
                continue;
            };
            let start = text.len();
            text.push_str(name);
            let kind = match label.chars().next() {
                Some('P') => 0,
                Some('O') => 1,
                Some('L') => 2,
                _ => continue,
            };
            names.push((start..text.len(), kind));
        }
        let names = names
            .into_iter()
            .filter_map(|(range, kind)| Some((Span::of(&text, range)?, kind)))
            .collect();
        examples.push(Example {
            text,
            names,
            weight: 1,
        });
    }
    Ok(examples)
}

/// What is labelled and not found, and what is found and not labelled, with the words around.
fn print_errors(model: &[u8], example: &Example) {
    let found = silver(model, example.text.clone(), 1).names;
    let sides = [
        (&example.names, &found, "missed"),
        (&found, &example.names, "found "),
    ];
    for (names, others, what) in sides {
        for (span, kind) in names.iter().filter(|name| !others.contains(name)) {
            let around = |range: std::ops::Range<usize>| {
                let all = example.text.get(range).unwrap_or_default();
                all.replace('\n', "/")
            };
            let before = (0..=30).rev().map(|by| span.start().saturating_sub(by));
            let start = before
                .into_iter()
                .find(|at| example.text.is_char_boundary(*at));
            let end = (span.end()..span.end() + 25)
                .rev()
                .find(|at| example.text.is_char_boundary(*at));
            println!(
                "{what} {} {}[{}]{}",
                ["person", "body", "place"][*kind as usize],
                around(start.unwrap_or(0)..span.start()),
                around(span.start()..span.end()),
                around(span.end()..end.unwrap_or(span.end())),
            );
        }
    }
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
    println!(
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

/// A row of labelled text.
fn example(row: &Value) -> Option<Example> {
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
        weight: 1,
    })
}
