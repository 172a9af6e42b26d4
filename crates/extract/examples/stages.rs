//! Where the time of an English article goes: `cargo run --release -p extract --example stages
//! [FILE.jsonl]`, lines with a `text` each; without a file an invented article is read.
//!
//! Prints microseconds of each stage for 600 words, and how many such articles one core reads a
//! second.

#![allow(clippy::print_stdout, reason = "a command that reports to its user")]

use std::{
    collections::HashMap,
    env,
    error::Error,
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use extract::Extractor;

#[path = "../benches/support/article.rs"]
mod article;
#[path = "../benches/support/cpu_time.rs"]
mod cpu_time;

fn main() -> Result<(), Box<dyn Error>> {
    let texts = match env::args().nth(1) {
        Some(file) => texts(&file)?,
        None => vec![article::article(); 200],
    };
    let language = "en".parse()?;
    let extractor = Extractor::new(Vec::new());
    let words: usize = texts
        .iter()
        .map(|text| text.split_whitespace().count())
        .sum();
    let articles = u32::try_from(words)? / 600;
    // The models are read at the first use.
    black_box(extractor.extract("The minister said that he would stay.", &language));

    let start = cpu_time::cpu_time();
    for text in &texts {
        black_box(extractor.extract(text, &language));
    }
    let taken = cpu_time::cpu_time().saturating_sub(start);

    let mut stages: Vec<&'static str> = Vec::new();
    let mut spent: HashMap<&'static str, Duration> = HashMap::new();
    for text in &texts {
        let mut last = Instant::now();
        black_box(extractor.explain_by_stage(text, &language, &mut |stage| {
            let now = Instant::now();
            *spent.entry(stage).or_insert_with(|| {
                stages.push(stage);
                Duration::ZERO
            }) += now - last;
            last = now;
        }));
    }
    for stage in stages {
        let each = spent.get(stage).copied().unwrap_or_default() / articles.max(1);
        println!("{stage:<24} {:>8.1} µs", each.as_secs_f64() * 1e6);
    }
    println!(
        "{:<24} {:>8.0} articles a second and core",
        "all",
        f64::from(articles) / taken.as_secs_f64()
    );
    Ok(())
}

fn texts(file: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let lines = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let texts = lines.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line)?;
        Ok(line
            .get("text")
            .and_then(|text| text.as_str())
            .unwrap_or_default()
            .to_owned())
    });
    texts.collect()
}
