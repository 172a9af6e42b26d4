//! A page where a feed was due: its title, and the feeds it links to.

use url::Url;

use super::{
    ParseFeedError,
    character_reference::resolve_html,
    html::html_to_line,
    link::{resolve_base, resolve_link},
    markup::{Token, Tokens, attributes},
};

/// Feeds of one page beyond this are not worth listing.
const MAX_FEEDS: usize = 50;

/// Says what a document without a feed is.
pub(crate) fn explain(text: &str, base: Option<&Url>) -> ParseFeedError {
    let mut is_page = false;
    let mut title = None;
    let mut discovered: Vec<String> = Vec::new();
    let mut base = base.cloned();
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        match token {
            Token::Doctype(doctype) => {
                is_page |= doctype
                    .trim_start()
                    .to_ascii_lowercase()
                    .starts_with("html");
            }
            Token::Start {
                name, attributes, ..
            } => match name.to_ascii_lowercase().as_str() {
                "html" | "body" | "head" => is_page = true,
                "script" | "style" => tokens.skip_raw_text(name),
                "title" if title.is_none() => {
                    if let Some(Token::Text(text)) = tokens.next() {
                        title = Some(html_to_line(text)).filter(|title| !title.is_empty());
                    }
                }
                "base" => {
                    if let Some(href) = attribute(attributes, "href") {
                        base = resolve_base(base.as_ref(), &href);
                    }
                }
                "link" if discovered.len() < MAX_FEEDS => {
                    let found = feed_link(attributes, base.as_ref());
                    if let Some(link) = found.filter(|link| !discovered.contains(link)) {
                        discovered.push(link);
                    }
                }
                _ => {}
            },
            Token::End(_) | Token::Text(_) | Token::CData(_) | Token::Other => {}
        }
    }
    if is_page {
        ParseFeedError::NotAFeed {
            html_title: title,
            discovered,
        }
    } else {
        let start: String = text.trim_start().chars().take(40).collect();
        ParseFeedError::Unreadable {
            reason: format!("no feed root; it begins with {start:?}"),
        }
    }
}

fn feed_link(raw: &str, base: Option<&Url>) -> Option<String> {
    let rel = attribute(raw, "rel")?.to_ascii_lowercase();
    let kind = attribute(raw, "type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_feed = kind.contains("rss")
        || kind.contains("atom")
        || kind.contains("feed+json")
        || kind.contains("rdf+xml");
    let named = rel
        .split_ascii_whitespace()
        .any(|word| word == "alternate" || word == "feed");
    if !named || !is_feed {
        return None;
    }
    resolve_link(base, &attribute(raw, "href")?)
}

fn attribute(raw: &str, name: &str) -> Option<String> {
    attributes(raw)
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| resolve_html(value).into_owned())
}
