//! One item of a feed.

use jiff::Timestamp;
use model::Language;

use super::html_to_text;

/// One item of a feed, as its publisher states it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// The publisher's identity for the item; never invented here.
    pub guid: Option<String>,
    /// The item's page, absolute.
    pub url: Option<String>,
    /// Headline in plain text; empty where the feed gives none.
    pub title: String,
    /// Summary as sanitised HTML.
    pub summary_html: Option<String>,
    /// Full text as sanitised HTML, where the feed carries it.
    pub content_html: Option<String>,
    /// Who wrote it, as printed, without addresses.
    pub authors: Vec<String>,
    /// When the item says it was published, clamped to sense.
    pub published: Option<Timestamp>,
    /// The published date as written, kept even where it cannot be read.
    pub published_raw: Option<String>,
    /// When the item says it was last changed.
    pub updated: Option<Timestamp>,
    /// Language stated on the item or its text.
    pub language: Option<Language>,
    /// Categories, tags and keywords.
    pub categories: Vec<String>,
    /// Files that belong to the item.
    pub enclosures: Vec<Enclosure>,
}

/// A file that belongs to an item: a picture, a recording, a paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enclosure {
    /// Absolute where it could be resolved.
    pub url: String,
    /// MIME type as stated.
    pub media_type: Option<String>,
    /// Size in bytes as stated.
    pub length_bytes: Option<u64>,
}

impl Entry {
    /// The fullest text of the item: paragraphs parted by a blank line, no markup.
    pub fn text(&self) -> String {
        let content = self.content_html.as_deref().map(html_to_text);
        let summary = self.summary_html.as_deref().map(html_to_text);
        match (content, summary) {
            (Some(content), Some(summary)) if summary.len() > content.len() => summary,
            (Some(content), _) => content,
            (None, Some(summary)) => summary,
            (None, None) => String::new(),
        }
    }
}
