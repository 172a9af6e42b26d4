//! JSON Feed 1.0 and 1.1: a bad field costs that field, a cut keeps the items before it.

use serde_json::Value;
use url::Url;

use super::{
    FeedDocument, Repair,
    character_reference::push_escaped_text,
    html::clean_html,
    link::resolve_link,
    node::{Link, Node, Person, StatedDate, Tag, Text},
};

/// How many places to try for the last whole item of a cut document; each costs a parse.
const MAX_CUTS: usize = 16;

/// Reads a JSON feed; `None` where the text is no JSON object with items.
pub(crate) fn read_json(text: &str, base: Option<&Url>) -> Option<FeedDocument> {
    let (value, truncated) = match serde_json::from_str::<Value>(text) {
        Ok(value) => (value, false),
        Err(error) if error.is_eof() => (read_cut(text)?, true),
        Err(_) => return None,
    };
    let stated = string(&value, "version").unwrap_or_default();
    let items = value.get("items")?.as_array()?;
    let mut document = FeedDocument {
        version: if stated.ends_with("1.1") {
            "json11"
        } else {
            "json1"
        }
        .to_owned(),
        truncated,
        ..FeedDocument::default()
    };
    if truncated {
        document.repairs.push(Repair::Truncated);
    }
    let feed = &mut document.feed;
    set_plain(feed, "title", string(&value, "title"));
    set_plain(feed, "subtitle", string(&value, "description"));
    push_link(feed, "alternate", string(&value, "home_page_url"), base);
    push_link(feed, "self", string(&value, "feed_url"), base);
    for hub in value
        .get("hubs")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(10)
    {
        push_link(feed, "hub", string(hub, "url"), base);
    }
    if let Some(language) = string(&value, "language") {
        feed.replace_value("language", language);
    }
    for name in ["icon", "favicon"] {
        if let Some(link) = string(&value, name).and_then(|link| resolve_link(base, &link)) {
            feed.replace_value(name, link);
        }
    }
    read_people(&value, feed);
    document.entries = items.iter().map(|item| read_item(item, base)).collect();
    for entry in &document.entries {
        for (_, date) in &entry.dates {
            document.repairs.extend(date.repair());
        }
    }
    document.repairs.truncate(50);
    Some(document)
}

/// The document up to the last whole item, closed.
fn read_cut(text: &str) -> Option<Value> {
    let ends = text.rmatch_indices('}').take(MAX_CUTS);
    for (end, _) in ends {
        let whole = text.get(..=end)?;
        if let Ok(value) = serde_json::from_str(&format!("{whole}]}}")) {
            return Some(value);
        }
    }
    None
}

fn read_item(item: &Value, base: Option<&Url>) -> Node {
    let mut node = Node::default();
    if let Some(id) = string(item, "id") {
        node.replace_value("stated_id", id.clone());
        node.replace_value("id", id);
    }
    push_link(&mut node, "alternate", string(item, "url"), base);
    push_link(&mut node, "related", string(item, "external_url"), base);
    set_plain(&mut node, "title", string(item, "title"));
    set_plain(&mut node, "summary", string(item, "summary"));
    if let Some(html) = string(item, "content_html") {
        node.contents.push(Text {
            value: clean_html(&html, base).trim().to_owned(),
            media_type: "text/html".into(),
            ..Text::default()
        });
    }
    if let Some(text) = string(item, "content_text") {
        node.contents.push(Text {
            value: text,
            media_type: "text/plain".into(),
            ..Text::default()
        });
    }
    for (key, name) in [
        ("date_published", "published"),
        ("date_modified", "updated"),
    ] {
        if let Some(raw) = string(item, key) {
            node.set_date(name, StatedDate::new(raw));
        }
    }
    if let Some(language) = string(item, "language") {
        node.replace_value("language", language);
    }
    if let Some(image) = string(item, "image").and_then(|link| resolve_link(base, &link)) {
        node.replace_value("image", image);
    }
    for tag in item
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(100)
    {
        node.tags.push(Tag {
            term: tag.as_str().map(str::to_owned),
            ..Tag::default()
        });
    }
    for file in item
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(100)
    {
        if let Some(href) = string(file, "url").and_then(|link| resolve_link(base, &link)) {
            let kind = string(file, "mime_type").map(|kind| ("type".to_owned(), kind));
            let size = string(file, "size_in_bytes").map(|size| ("length".to_owned(), size));
            node.links.push(Link {
                href,
                rel: "enclosure".into(),
                other: kind.into_iter().chain(size).collect(),
            });
        }
    }
    read_people(item, &mut node);
    node
}

fn read_people(value: &Value, node: &mut Node) {
    let many = value
        .get("authors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for person in value.get("author").into_iter().chain(many).take(50) {
        let name = string(person, "name").or_else(|| person.as_str().map(str::to_owned));
        if let Some(name) = name {
            node.replace_value("author", name.clone());
            node.authors.push(Person {
                name: Some(name),
                email: None,
                href: string(person, "url"),
            });
        }
    }
}

/// A string, or a number in its place.
fn string(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn set_plain(node: &mut Node, name: &'static str, value: Option<String>) {
    if let Some(value) = value {
        let text = Text {
            value,
            media_type: "text/plain".into(),
            ..Text::default()
        };
        node.set_text(name, text, 0);
    }
}

fn push_link(node: &mut Node, rel: &str, link: Option<String>, base: Option<&Url>) {
    let Some(href) = link.and_then(|link| resolve_link(base, &link)) else {
        return;
    };
    if rel == "alternate" {
        node.replace_value("link", href.clone());
    }
    node.links.push(Link {
        href,
        rel: rel.to_owned(),
        other: Vec::new(),
    });
}

/// Plain text as HTML that reads the same.
pub(crate) fn plain_to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_escaped_text(text, &mut html);
    if html.contains('\n') {
        html = html.replace("\r\n", "\n").replace('\n', "<br />");
    }
    html
}
