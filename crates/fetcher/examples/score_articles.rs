//! Extracts the article of every saved page in a folder, for the scorer.
//!
//! ```text
//! cargo run --release -p fetcher --example score_articles -- DIR > PRED.jsonl
//! ```
//!
//! `DIR` holds `ID.html` or `ID.html.gz`. The figures on time and metadata go to stderr.
#![expect(clippy::print_stdout, reason = "stdout is this program's product")]
#![expect(
    clippy::print_stderr,
    reason = "a person runs this and reads its complaints"
)]

use std::{fs, io::Read, path::Path, process::ExitCode, time::Instant};

use fetcher::{Found, Page, extract_page};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: score_articles DIR");
        return ExitCode::from(2);
    };
    match read_folder(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read_folder(folder: &Path) -> std::io::Result<()> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let mut seconds = 0.0;
    let mut pages = 0_u32;
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut html = fs::read(&path)?;
        let id = name.trim_end_matches(".gz").trim_end_matches(".html");
        if id.len() == name.len() {
            continue;
        }
        if name.len() - id.len() > ".html".len() {
            let packed = std::mem::take(&mut html);
            flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut html)?;
        }
        let start = Instant::now();
        let outcome = extract_page(&html, None, "");
        let elapsed = start.elapsed().as_secs_f64();
        seconds += elapsed;
        pages += 1;
        match outcome {
            Ok(page) => println!("{}", shape(id, &page)),
            Err(error) => {
                eprintln!("{id}: {error} ({elapsed:.2} s)");
                println!(
                    "{}",
                    json!({"id": id, "articleBody": "", "error": error.to_string()})
                );
            }
        }
    }
    eprintln!(
        "{pages} pages in {seconds:.2} s: {:.1} pages a second",
        f64::from(pages) / seconds
    );
    Ok(())
}

fn shape(id: &str, page: &Page) -> Value {
    let text = |found: &Option<Found<String>>| {
        found
            .as_ref()
            .map(|found| json!([found.value, found.source.as_str()]))
    };
    json!({
        "id": id,
        "articleBody": page.body,
        "title": text(&page.title),
        "byline": text(&page.byline),
        "dateline": text(&page.dateline),
        "section": text(&page.section),
        "canonical": text(&page.canonical_url),
        "site": text(&page.site_name),
        "image": text(&page.lead_image),
        "published": page.published.as_ref().map(|found| json!([found.value.to_string(), found.source.as_str()])),
        "modified": page.modified.as_ref().map(|found| json!([found.value.to_string(), found.source.as_str()])),
        "language": page.language.as_ref().map(|found| found.value.as_str()),
    })
}
