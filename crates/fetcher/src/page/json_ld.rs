//! Structured data: the article that a page's JSON-LD describes.

use serde_json::Value;

/// What JSON-LD says of the article.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    pub(super) headline: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) published: Option<String>,
    /// When the objects say that they were published, the article among them.
    pub(super) other_dates: Vec<String>,
    pub(super) modified: Option<String>,
    pub(super) section: Option<String>,
    pub(super) publisher: Option<String>,
    pub(super) url: Option<String>,
    pub(super) image: Option<String>,
    pub(super) language: Option<String>,
}

/// Objects looked at; a page describes a handful.
const MAX_OBJECTS: usize = 500;

impl JsonLd {
    /// Reads the first object that is an article, or failing that the first with a date.
    pub(super) fn read(scripts: &[String]) -> Self {
        let values: Vec<Value> = scripts.iter().filter_map(|script| parse(script)).collect();
        let mut objects = Vec::new();
        for value in &values {
            collect(value, &mut objects);
        }
        let article = objects
            .iter()
            .find(|object| is_article(object))
            .or_else(|| {
                objects
                    .iter()
                    .find(|object| object.get("datePublished").is_some())
            });
        let publisher = objects
            .iter()
            .find_map(|object| name_of(object.get("publisher")?));
        let Some(article) = article else {
            return Self {
                publisher,
                ..Self::default()
            };
        };
        Self {
            headline: text(article, "headline").or_else(|| text(article, "name")),
            authors: authors(article, &objects),
            published: text(article, "datePublished").or_else(|| text(article, "dateCreated")),
            other_dates: objects
                .iter()
                .filter_map(|object| text(object, "datePublished"))
                .take(10)
                .collect(),
            modified: text(article, "dateModified"),
            section: first_text(article.get("articleSection")),
            publisher,
            url: text(article, "url").or_else(|| page_id(article.get("mainEntityOfPage")?)),
            image: image(article.get("image")),
            language: first_text(article.get("inLanguage")),
        }
    }
}

/// Parses a script, also with raw line ends in strings, comments around it or a stray semicolon.
fn parse(script: &str) -> Option<Value> {
    let mut script = script.trim();
    for (start, end) in [
        ("<!--", "-->"),
        ("//<![CDATA[", "//]]>"),
        ("/*<![CDATA[*/", "/*]]>*/"),
    ] {
        script = script.strip_prefix(start).unwrap_or(script);
        script = script.strip_suffix(end).unwrap_or(script).trim();
    }
    let script = script.trim_end_matches(';');
    serde_json::from_str(script).ok().or_else(|| {
        let mended: String = script
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        serde_json::from_str(&mended).ok()
    })
}

fn collect<'v>(value: &'v Value, objects: &mut Vec<&'v Value>) {
    if objects.len() >= MAX_OBJECTS {
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|one| collect(one, objects)),
        Value::Object(map) => {
            objects.push(value);
            for key in ["@graph", "mainEntity", "itemListElement"] {
                if let Some(inner) = map.get(key) {
                    collect(inner, objects);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_article(object: &Value) -> bool {
    let is_one = |kind: &Value| {
        kind.as_str().is_some_and(|kind| {
            kind.ends_with("Article")
                || kind.ends_with("Posting")
                || matches!(kind, "Report" | "Review" | "ClaimReview")
        })
    };
    match object.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_one),
        Some(kind) => is_one(kind),
        None => false,
    }
}

fn authors(article: &Value, objects: &[&Value]) -> Vec<String> {
    let Some(author) = article.get("author").or_else(|| article.get("creator")) else {
        return Vec::new();
    };
    let one = |value: &Value| {
        name_of(value).or_else(|| {
            // A reference to a person described elsewhere on the page.
            let id = value.get("@id")?;
            let person = objects
                .iter()
                .find(|object| object.get("@id") == Some(id))?;
            name_of(person)
        })
    };
    let names: Vec<String> = match author {
        Value::Array(list) => list.iter().filter_map(one).take(20).collect(),
        value => one(value).into_iter().collect(),
    };
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => clean(name),
        Value::Array(list) => list.iter().find_map(name_of),
        Value::Object(_) => first_text(value.get("name")),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().and_then(clean)
}

fn first_text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => clean(text),
        Value::Array(list) => list.iter().find_map(|one| one.as_str().and_then(clean)),
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn page_id(value: &Value) -> Option<String> {
    match value {
        Value::String(url) => clean(url),
        value => text(value, "@id").or_else(|| text(value, "url")),
    }
}

fn image(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(url) => clean(url),
        Value::Array(list) => list.iter().find_map(|one| image(Some(one))),
        value => text(value, "url").or_else(|| text(value, "contentUrl")),
    }
}

fn clean(text: &str) -> Option<String> {
    let line = crate::feed::html_to_line(text);
    Some(line).filter(|line| !line.is_empty())
}
