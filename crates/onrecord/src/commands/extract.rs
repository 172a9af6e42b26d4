//! `onrecord extract`: quotes, speakers and entities of a text, without a broker.

mod docs;
mod findings;
mod input;
mod view;

use std::{
    io::{BufReader, Write, stdin},
    path::{Path, PathBuf},
    thread,
};

use clap::ValueEnum;
use extract::Extractor;
use model::Language;
use serde_json::Value;

use crate::{
    exit::{Exit, Failure},
    offsets::Unit,
    terminal, watchlist,
};

use self::{findings::Findings, input::Text};

/// Find quotes, speakers, entities and watched officials in text or HTML.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord extract article.html
  onrecord extract --officials config/officials.toml -o json article.txt
  onrecord extract --docs -o jsonl --offsets chars < docs.jsonl > found.jsonl

With --docs, each line is an object with \"id\", \"text\" and, optional, \"lang\".")]
pub(crate) struct Args {
    /// Text or HTML files; standard input where none is given or for `-`
    files: Vec<PathBuf>,
    /// Read JSON Lines, one document a line
    #[arg(long)]
    docs: bool,
    /// Watch-list of officials to look for
    #[arg(long, value_name = "FILE")]
    officials: Option<PathBuf>,
    /// Language of the text, such as `km`; found out where not given
    #[arg(long, value_name = "TAG", conflicts_with = "docs")]
    language: Option<Language>,
    /// How to print [default: view on text and HTML, jsonl with --docs]
    #[arg(short, long, value_name = "FORM")]
    output: Option<OutputForm>,
    /// What the positions in JSON count
    #[arg(long, value_enum, default_value_t = Unit::Bytes)]
    offsets: Unit,
    /// Threads to use with --docs [default: one a core]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// For people: the text with marks, and a table of who said what
    View,
    /// Indented JSON, an object a document
    Json,
    /// JSON Lines, an object a line
    Jsonl,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let officials = match &args.officials {
        Some(path) => watchlist::read(path)?,
        None => Vec::new(),
    };
    let extractor = Extractor::new(officials);
    if args.docs {
        extract_documents(args, &extractor)
    } else {
        extract_texts(args, &extractor)
    }
}

fn extract_documents(args: &Args, extractor: &Extractor) -> Result<Exit, Failure> {
    let form = args.output.unwrap_or(OutputForm::Jsonl);
    let threads = args.threads.map_or_else(
        || thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    let write = |document: &docs::Document| render(document, extractor, form, args.offsets);
    let mut output: Box<dyn Write> = match form {
        OutputForm::View => Box::new(terminal::output()),
        OutputForm::Json | OutputForm::Jsonl => terminal::bulk_output(),
    };
    let mut bad_lines = 0;
    for path in paths(&args.files) {
        if input::is_stdin(&path) {
            bad_lines += docs::run(
                "standard input",
                BufReader::new(stdin()),
                threads,
                &write,
                &mut output,
            )?;
        } else {
            let file = input::open(&path)?;
            let name = path.display().to_string();
            let reader = BufReader::with_capacity(1 << 16, file);
            bad_lines += docs::run(&name, reader, threads, &write, &mut output)?;
        }
    }
    output.flush()?;
    Ok(if bad_lines == 0 {
        Exit::Success
    } else {
        Exit::Input
    })
}

/// A text file or standard input, and the language that it names.
///
/// # Errors
/// Where it cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<(String, Option<Language>), Failure> {
    let Text { body, language } = input::read(path)?;
    Ok((body, language))
}

/// The findings in one document as a line of JSON, positions in code points.
pub(crate) fn findings_line(
    id: &Value,
    text: &str,
    language: Option<&str>,
    extractor: &Extractor,
) -> Vec<u8> {
    let language = language.and_then(|tag| tag.parse().ok());
    let language = language.unwrap_or_else(Language::undetermined);
    let extraction = extractor.extract(text, &language);
    Findings::new(id, text, &extraction, Unit::Chars).line()
}

fn render(
    document: &docs::Document,
    extractor: &Extractor,
    form: OutputForm,
    unit: Unit,
) -> Vec<u8> {
    let language = document.lang.as_deref().and_then(|tag| tag.parse().ok());
    let language = language.unwrap_or_else(Language::undetermined);
    let extraction = extractor.extract(&document.text, &language);
    let findings = Findings::new(&document.id, &document.text, &extraction, unit);
    match form {
        OutputForm::View => view::render(&document.text, &extraction).into_bytes(),
        OutputForm::Json => findings.indented(),
        OutputForm::Jsonl => findings.line(),
    }
}

fn extract_texts(args: &Args, extractor: &Extractor) -> Result<Exit, Failure> {
    let form = args.output.unwrap_or(OutputForm::View);
    let mut output = terminal::output();
    for path in paths(&args.files) {
        let Text { body, language } = input::read(&path)?;
        let language = args.language.clone().or(language);
        let language = language.unwrap_or_else(Language::undetermined);
        let extraction = extractor.extract(&body, &language);
        let id = Value::from(path.display().to_string());
        let findings = || Findings::new(&id, &body, &extraction, args.offsets).with_text(&body);
        let bytes = match form {
            OutputForm::View => view::render(&body, &extraction).into_bytes(),
            OutputForm::Json => findings().indented(),
            OutputForm::Jsonl => findings().line(),
        };
        output.write_all(&bytes)?;
    }
    output.flush()?;
    Ok(Exit::Success)
}

fn paths(files: &[PathBuf]) -> Vec<PathBuf> {
    if files.is_empty() {
        vec![PathBuf::from(input::STDIN)]
    } else {
        files.to_vec()
    }
}
