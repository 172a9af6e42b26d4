//! The labelled documents of a set, as the scorers read them.

use std::{collections::HashMap, fmt::Write, path::Path};

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Args, measure::Set};

/// What the extraction needs of a labelled document.
#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) id: Value,
    pub(super) lang: Option<String>,
    pub(super) text: String,
}

/// The documents of a set, a line each.
///
/// # Errors
/// With what is absent or wrong.
pub(super) fn lines(args: &Args, set: Set) -> Result<Vec<String>, String> {
    match set {
        Set::PolNeAR => picked(&args.data.join("eval/quotes/dev.jsonl"), |row| {
            row.source.starts_with("polnear")
        }),
        Set::Entities => picked(&args.data.join("eval/entities/dev.jsonl"), |row| {
            row.lang == "en" && (row.source.contains("UNER") || row.source.contains("CrossNER"))
        }),
        Set::Regional => regional(args, &args.labels),
        Set::Untuned => regional(args, &args.untuned_labels),
        Set::Reports => regional(args, &args.report_labels),
        Set::Untaught => regional(args, &args.untaught_labels),
        Set::Languages => whole(&args.data.join("eval/multilingual/quotes.jsonl")),
        Set::Officials => whole(&args.data.join("eval/multilingual/mentions.jsonl")),
    }
}

#[derive(Deserialize)]
struct Row {
    source: String,
    lang: String,
}

fn picked(path: &Path, is_wanted: impl Fn(&Row) -> bool) -> Result<Vec<String>, String> {
    let text = read(path)?;
    let rows = text
        .lines()
        .filter(|line| serde_json::from_str::<Row>(line).is_ok_and(|row| is_wanted(&row)));
    Ok(rows.map(str::to_owned).collect())
}

fn whole(path: &Path) -> Result<Vec<String>, String> {
    Ok(read(path)?.lines().map(str::to_owned).collect())
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Labels without text, see `training/README.md`.
#[derive(Deserialize)]
struct Labelled {
    id: String,
    sha256: String,
    #[serde(default)]
    quotes: Vec<LabelledQuote>,
    #[serde(default)]
    entities: Vec<LabelledEntity>,
}

#[derive(Deserialize)]
struct LabelledQuote {
    content: Vec<[usize; 2]>,
    speaker: Vec<[usize; 2]>,
    names: Option<[usize; 2]>,
    #[serde(default = "yes")]
    speech: bool,
}

#[derive(Deserialize)]
struct LabelledEntity {
    start: usize,
    end: usize,
    r#type: String,
    cluster: usize,
}

const fn yes() -> bool {
    true
}

/// The labels of regional news, joined with the text that they point into.
fn regional(args: &Args, labels: &Path) -> Result<Vec<String>, String> {
    let labels = read(labels)?;
    let articles = read(&args.data.join("data/voa/english.jsonl"))?;
    let mut texts: HashMap<String, String> = HashMap::new();
    for line in articles.lines() {
        if let Ok(Document {
            id: Value::String(id),
            text,
            ..
        }) = serde_json::from_str(line)
        {
            texts.insert(id, text);
        }
    }
    labels
        .lines()
        .map(|line| {
            let labelled: Labelled =
                serde_json::from_str(line).map_err(|error| format!("labels: {error}"))?;
            let text = texts
                .get(&labelled.id)
                .ok_or_else(|| format!("{} is not among the articles", labelled.id))?;
            joined(&labelled, text)
        })
        .collect()
}

fn joined(labelled: &Labelled, text: &str) -> Result<String, String> {
    let mut hash = String::new();
    for byte in Sha256::digest(text.as_bytes()) {
        write!(hash, "{byte:02x}").expect("a string takes any text");
    }
    if hash != labelled.sha256 {
        return Err(format!("{} is not the text that was labelled", labelled.id));
    }
    let letters: Vec<char> = text.chars().collect();
    let words = |[start, end]: [usize; 2]| -> String {
        letters.get(start..end).unwrap_or_default().iter().collect()
    };
    let entities: Vec<Value> = labelled
        .entities
        .iter()
        .map(|entity| {
            json!({
                "start": entity.start, "end": entity.end, "type": entity.r#type,
                "cluster": entity.cluster, "text": words([entity.start, entity.end]),
            })
        })
        .collect();
    let quotes: Vec<Value> = labelled
        .quotes
        .iter()
        .map(|quote| {
            let speaker = quote.speaker.first().map(|span| words(*span));
            let names = quote.names.filter(|_| speaker.is_some() && quote.speech);
            json!({
                "content_spans": quote.content, "cue_spans": [], "speaker_spans": quote.speaker,
                "speaker": speaker, "speech": quote.speech,
                "speaker_canonical": names.map(words),
                "speaker_aliases": names.map_or(Vec::new(), |span| aliases(labelled, span, &words)),
            })
        })
        .collect();
    let row = json!({
        "id": labelled.id, "lang": "en", "source": "voa", "text": text,
        "quotes": quotes, "entities": entities,
    });
    Ok(row.to_string())
}

/// All forms of the entity that stands at `span`.
fn aliases(
    labelled: &Labelled,
    [start, end]: [usize; 2],
    words: &impl Fn([usize; 2]) -> String,
) -> Vec<String> {
    let here = labelled
        .entities
        .iter()
        .find(|entity| entity.start < end && entity.end > start);
    let Some(cluster) = here.map(|entity| entity.cluster) else {
        return Vec::new();
    };
    let mut forms: Vec<String> = labelled
        .entities
        .iter()
        .filter(|entity| entity.cluster == cluster)
        .map(|entity| words([entity.start, entity.end]))
        .collect();
    forms.sort();
    forms.dedup();
    forms
}
