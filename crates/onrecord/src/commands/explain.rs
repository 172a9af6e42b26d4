//! `onrecord explain`: why each quote has the speaker that it has.

use std::{io::Write, path::PathBuf};

use extract::{Candidate, Explained, Extractor};
use model::{Language, Quote, Span};

use crate::{
    commands::extract::read_text,
    exit::{Exit, Failure},
    terminal, watchlist,
};

/// Most candidates shown for a quote.
const MOST_SHOWN: usize = 8;

/// Show for every quote the rules that found it and who was weighed as its speaker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord explain article.html
  curl -s https://example.org/article | onrecord explain -")]
pub(crate) struct Args {
    /// Text or HTML file; `-` for standard input
    file: PathBuf,
    /// Watch-list of officials to look for
    #[arg(long, value_name = "FILE")]
    officials: Option<PathBuf>,
    /// Language of the text, such as `km`; found out where not given
    #[arg(long, value_name = "TAG")]
    language: Option<Language>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let officials = match &args.officials {
        Some(path) => watchlist::read(path)?,
        None => Vec::new(),
    };
    let (body, language) = read_text(&args.file)?;
    let language = args.language.clone().or(language);
    let language = language.unwrap_or_else(Language::undetermined);
    let explained = Extractor::new(officials).explain(&body, &language);
    let mut output = terminal::output();
    output.write_all(render(&body, &explained).as_bytes())?;
    output.flush()?;
    Ok(Exit::Success)
}

fn render(text: &str, explained: &Explained) -> String {
    let quotes = &explained.extraction.quotes;
    if quotes.is_empty() {
        return "no quotes found\n".to_owned();
    }
    let blocks: Vec<String> = quotes
        .iter()
        .enumerate()
        .map(|(place, quote)| {
            let candidates = explained.candidates.get(place);
            block(text, place, quote, candidates.map_or(&[], Vec::as_slice))
        })
        .collect();
    blocks.join("\n")
}

fn block(text: &str, place: usize, quote: &Quote, candidates: &[Candidate]) -> String {
    let style = terminal::HEADING;
    let speaker = quote.speaker.as_ref();
    let name = speaker.map_or("unknown", |speaker| speaker.name.as_str());
    let mut lines = vec![
        format!(
            "{style}{}. {name}{style:#} ({:.0} %): {}",
            place + 1,
            quote.confidence * 100.0,
            words(text, &quote.content)
        ),
        format!("   rules: {}", quote.rules.join(" > ")),
    ];
    if let Some(speaker) = speaker {
        lines.push(format!(
            "   speaker's words: {}",
            words(text, &speaker.spans)
        ));
    }
    let stated = [
        ("cue", quote.cue.first().copied()),
        ("addressee", quote.addressee),
        ("medium", quote.medium),
        ("date", quote.date),
    ];
    for (what, span) in stated {
        if let Some(span) = span {
            lines.push(format!("   {what}: {}", words(text, &[span])));
        }
    }
    if quote.translated {
        lines.push("   said to be a translation".to_owned());
    }
    lines.extend(candidate_lines(candidates));
    lines.join("\n") + "\n"
}

/// The candidates, the best first, each with what spoke for it or ruled it out.
fn candidate_lines(candidates: &[Candidate]) -> Vec<String> {
    let mut order: Vec<&Candidate> = candidates.iter().collect();
    order.sort_by(|one, other| {
        let by_score = other.score.total_cmp(&one.score);
        one.is_barred().cmp(&other.is_barred()).then(by_score)
    });
    let mut lines: Vec<String> = order
        .iter()
        .take(MOST_SHOWN)
        .map(|candidate| candidate_line(candidate))
        .collect();
    if order.len() > MOST_SHOWN {
        lines.push(format!("   - {} more", order.len() - MOST_SHOWN));
    }
    lines
}

fn candidate_line(candidate: &Candidate) -> String {
    let reasons: Vec<String> = candidate
        .reasons
        .iter()
        .map(|(reason, weight)| {
            if candidate.is_barred() {
                reason.as_str().to_owned()
            } else {
                format!("{} {weight:+.1}", reason.as_str())
            }
        })
        .collect();
    let reasons = reasons.join(", ");
    if candidate.is_barred() {
        format!("   - {}: ruled out, {reasons}", candidate.name)
    } else {
        format!(
            "   - {}: {:.1} ({reasons})",
            candidate.name, candidate.score
        )
    }
}

fn words(text: &str, spans: &[Span]) -> String {
    let parts: Vec<&str> = spans.iter().filter_map(|span| span.text(text)).collect();
    let joined = parts.join(" … ");
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}
