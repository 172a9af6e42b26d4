//! Text to extract from, out of a file or standard input.

use std::{
    fs::File,
    io::{Read, stdin},
    path::Path,
};

use fetcher::extract_page;
use model::Language;

use crate::{
    exit::{Exit, Failure},
    terminal,
};

/// What stands for standard input among the files.
pub(super) const STDIN: &str = "-";

/// Largest input: far above any article, far below what would fill the memory.
const MAX_BYTES: u64 = 256 << 20;

/// How far a page may go on with comments before it names itself HTML.
const SNIFFED_BYTES: usize = 4096;

/// A file has no address; relative links in it are of no interest here.
const NO_ADDRESS: &str = "https://localhost/";

/// A text and what its source says of its language.
pub(super) struct Text {
    /// The text; all spans point into it.
    pub(super) body: String,
    /// The language that the source declares.
    pub(super) language: Option<Language>,
}

/// Whether `path` stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

/// Opens a file that the command line names.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| unreadable(path, &error))
}

/// Reads text, or the main text of HTML.
pub(super) fn read(path: &Path) -> Result<Text, Failure> {
    let mut bytes = Vec::new();
    let read = if is_stdin(path) {
        stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)
    };
    read.map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::plain(
            Exit::Input,
            format_args!("input is larger than 256 MiB: {}", path.display()),
            "split it into documents and read them with --docs",
        ));
    }
    if looks_like_html(&bytes) {
        return read_page(path, &bytes);
    }
    Ok(Text {
        body: decode(path, &bytes),
        language: None,
    })
}

/// The article of a page, as the fetcher would read it.
fn read_page(path: &Path, bytes: &[u8]) -> Result<Text, Failure> {
    let page = extract_page(bytes, None, NO_ADDRESS).map_err(|error| {
        Failure::plain(
            Exit::Input,
            format_args!("page has no article: {}: {error}", path.display()),
            "give the article's own page, or its text",
        )
    })?;
    Ok(Text {
        body: page.body,
        language: page.language.map(|found| found.value),
    })
}

/// Whether the text begins as HTML does; a text that merely holds a tag is no page.
fn looks_like_html(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    let start = start
        .get(..start.len().min(SNIFFED_BYTES))
        .unwrap_or_default();
    let start = start.to_ascii_lowercase();
    let begins = |tag: &[u8]| start.starts_with(tag);
    begins(b"<!doctype html")
        || begins(b"<html")
        || begins(b"<head")
        || begins(b"<body")
        || (begins(b"<!--") || begins(b"<?xml")) && memmem(&start, b"<html")
}

fn memmem(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn decode(path: &Path, bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match String::from_utf8_lossy(bytes) {
        std::borrow::Cow::Borrowed(text) => text.to_owned(),
        std::borrow::Cow::Owned(text) => {
            terminal::tell(format_args!(
                "warning: {} is not UTF-8; what cannot be read stands as \u{fffd}",
                path.display()
            ));
            text
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::plain(
        Exit::Input,
        format_args!("input cannot be read: {}: {error}", path.display()),
        "name a text or HTML file, or give the text on standard input",
    )
}
