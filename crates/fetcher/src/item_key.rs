//! The keys of an item: hashes of what identifies it.

use model::ItemKey;
use sha2::{Digest, Sha256};

use crate::Entry;

/// The date in one spelling where it can be read, else as it is written.
fn date(entry: &Entry) -> Option<String> {
    match (entry.published, &entry.published_raw) {
        (Some(published), _) => Some(published.as_second().to_string()),
        (None, Some(raw)) => Some(raw.trim().to_owned()),
        (None, None) => None,
    }
}

pub(crate) fn title_and_date(entry: &Entry) -> String {
    let title = normalised(&entry.title);
    let text = if title.is_empty() {
        normalised(entry.summary_html.as_deref().unwrap_or_default())
    } else {
        title
    };
    format!("{text}\n{}", date(entry).unwrap_or_default())
}

/// Title and date, the link's path in the place of what is missing; none where two of three are.
pub(crate) fn twin_key(entry: &Entry, url: Option<&str>) -> Option<ItemKey> {
    let title = normalised(&entry.title);
    let title = (!title.is_empty()).then_some(title);
    // Scheme and host are what a moved site changes.
    let path = url
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.split_once('/'))
        .map(|(_, path)| path.to_owned())
        .filter(|path| !path.is_empty());
    let (first, second) = match (title, date(entry), path) {
        (Some(title), Some(date), _) => (title, date),
        (Some(title), None, Some(path)) => (title, path),
        (None, Some(date), Some(path)) => (path, date),
        (_, _, _) => return None,
    };
    Some(key(&["twin", &first, &second]))
}

pub(crate) fn title_key(entry: &Entry) -> Option<ItemKey> {
    let title = normalised(&entry.title);
    (!title.is_empty()).then(|| key(&["title", &title]))
}

/// Letters and digits in lower case, all else as single spaces.
fn normalised(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

pub(crate) fn key(parts: &[&str]) -> ItemKey {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let first = hasher.finalize().first_chunk::<8>().copied();
    ItemKey(u64::from_be_bytes(first.expect("SHA-256 has 32 bytes")))
}
