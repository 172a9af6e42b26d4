//! One item of a feed.

use jiff::Timestamp;
use model::Language;

use super::{
    Media, html_to_text,
    json_feed::plain_to_html,
    node::{Node, Text},
    parsed_feed::plain_line,
    typed::Typed,
};

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
    /// Whether the published date lies outside sense and was moved to its edge.
    pub published_is_clamped: bool,
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
    /// Recordings, films and pictures with what is said of them.
    pub media: Vec<Media>,
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

impl Entry {
    pub(crate) fn from_node(mut node: Node, typed: Typed) -> Self {
        let published = node.date("published").or_else(|| node.date("created"));
        // RSS 1.0 has only dc:date, which says when the item came out.
        let published = published.or_else(|| node.date("updated")).cloned();
        let mut authors: Vec<String> = Vec::new();
        for person in &node.authors {
            let name = person.name.as_ref().or(person.email.as_ref());
            if let Some(name) = name.filter(|name| !authors.contains(name)) {
                authors.push(name.clone());
            }
        }
        let alternate = node.links.iter().find(|link| link.rel == "alternate");
        let url = node
            .value("link")
            .or_else(|| alternate.map(|link| link.href.as_str()))
            .filter(|url| url.starts_with("http://") || url.starts_with("https://"))
            .map(str::to_owned);
        let summary = node.texts.iter_mut().find(|(name, _)| *name == "summary");
        let summary_html = summary.map(|(_, text)| take_html(text));
        let text_language = node.contents.first().and_then(|text| text.language.clone());
        let content = node.contents.iter_mut().max_by_key(|text| text.value.len());
        let content_html = content.map(take_html).filter(|html| !html.is_empty());
        Self {
            guid: node
                .value("stated_id")
                .or(node.value("id"))
                .filter(|id| !id.is_empty())
                .map(str::to_owned),
            url,
            title: node.text("title").map(plain_line).unwrap_or_default(),
            summary_html: summary_html.filter(|html| !html.is_empty()),
            content_html,
            authors,
            published: published
                .as_ref()
                .and_then(|date| date.read)
                .or(typed.published),
            published_is_clamped: published.as_ref().is_some_and(|date| date.is_clamped),
            published_raw: published.map(|date| date.raw),
            updated: node.date("updated").and_then(|date| date.read),
            language: node
                .value("language")
                .map(str::to_owned)
                .or(text_language)
                .and_then(|tag| tag.parse().ok()),
            categories: node
                .tags
                .iter()
                .filter_map(|tag| tag.label.clone().or_else(|| tag.term.clone()))
                .collect(),
            enclosures: enclosures(&node),
            media: typed.media,
        }
    }
}

fn take_html(text: &mut Text) -> String {
    let value = std::mem::take(&mut text.value);
    match text.media_type.as_str() {
        "text/html" | "application/xhtml+xml" => value,
        _ => plain_to_html(&value),
    }
}

fn enclosures(node: &Node) -> Vec<Enclosure> {
    let links = node
        .links
        .iter()
        .filter(|link| link.rel == "enclosure" && !link.href.is_empty());
    links
        .map(|link| {
            let find = |name: &str| link.other.iter().find(|(known, _)| known == name);
            Enclosure {
                url: link.href.clone(),
                media_type: find("type").map(|(_, kind)| kind.clone()),
                length_bytes: find("length").and_then(|(_, length)| length.parse().ok()),
            }
        })
        .collect()
}
