//! What an end tag does.

use super::{Inline, Open, Reader, inline::mend_windows_1252};
use crate::feed::{
    character_reference::resolve_html,
    element::{CategoryStyle, Meaning, SkipUnit},
    html::html_to_line,
    link::resolve_link,
    node::{Person, Place, Role, StatedDate, Tag, Text},
};

/// Added to the depth of a text that only stands in for another: `media:title` for `title`.
const STAND_IN: usize = 1000;

impl Reader<'_> {
    pub(super) fn close_top(&mut self) {
        let Some(mut open) = self.open.pop() else {
            return;
        };
        if let Some(inline) = self.inline.take() {
            self.close_inline(&open, inline);
        } else {
            let text = std::mem::take(&mut open.text);
            let text = mend_windows_1252(text.trim().to_owned());
            self.close_value(&mut open, text);
        }
        self.leave_scope(&mut open);
    }

    fn close_inline(&mut self, open: &Open<'_>, inline: Inline<'_>) {
        let text = inline.finish(self.base.as_ref(), &self.document.version);
        let depth = self.open.len();
        let is_in_item = self.is_in_item();
        let local = open.raw.rsplit(':').next().unwrap_or(open.raw);
        let is_stand_in = open.raw.contains(':')
            && (open.raw.starts_with("media") || open.raw.starts_with("itunes"));
        let rank = if is_stand_in { depth + STAND_IN } else { depth };
        let node = self.context();
        if text.value.is_empty() && text.src.is_none() && local != "content" {
            return;
        }
        match open.meaning {
            Meaning::Text("summary", _) if node.text("summary").is_some() && !is_stand_in => {
                node.contents.push(text);
            }
            Meaning::Description | Meaning::Text("summary", _) if !is_in_item => {
                node.set_text("subtitle", text, rank);
            }
            Meaning::Description => {
                if node.text("summary").is_some() && node.contents.is_empty() {
                    node.contents.push(text);
                } else {
                    node.set_text("summary", text, rank);
                }
            }
            Meaning::Text(name, _) => node.set_text(name, text, rank),
            _ => node.contents.push(text),
        }
    }

    fn close_value(&mut self, open: &mut Open<'_>, text: String) {
        match open.meaning {
            Meaning::Item => self.close_item(),
            Meaning::Part(kind) => self.close_part(kind, text),
            Meaning::Person(role) => self.close_person(role, &text),
            Meaning::Date(name) => self.close_date(name, text),
            Meaning::Name | Meaning::Email | Meaning::Homepage => {
                self.close_person_part(open.meaning, text);
            }
            Meaning::Link => self.close_link(open, &text),
            Meaning::Id => self.close_id(open, text),
            Meaning::Category(style) => self.close_category(style, &text),
            Meaning::Generator | Meaning::GeneratorAgent => self.close_generator(text),
            Meaning::ItunesFlag => {
                self.context()
                    .replace_value(&open.name, text.to_ascii_lowercase());
            }
            Meaning::License => {
                if !text.is_empty() {
                    self.context().replace_value("license", text);
                }
            }
            Meaning::AddressValue => {
                if let Some(link) = resolve_link(self.base.as_ref(), &text) {
                    self.context().replace_value(&open.name, link);
                }
            }
            Meaning::Attributed => self.close_attributed(open, text),
            Meaning::Unknown => {
                if open.note.attributed {
                    self.close_attributed(open, text);
                } else if !text.is_empty() && !open.name.is_empty() {
                    self.close_unknown(&open.name, text);
                }
            }
            Meaning::Geometry(kind) => self.close_geometry(kind, &text),
            Meaning::Skip(unit) => {
                let name = match unit {
                    SkipUnit::Hour => "skiphours",
                    SkipUnit::Day => "skipdays",
                };
                let node = self.context();
                let known = node.value(name).unwrap_or_default();
                if known.len() < 256 {
                    let list = format!("{known} {text}");
                    node.replace_value(name, list.trim().to_owned());
                }
            }
            Meaning::Root
            | Meaning::Channel
            | Meaning::Text(..)
            | Meaning::Content(_)
            | Meaning::Description
            | Meaning::Enclosure
            | Meaning::ItunesImage => {}
        }
    }

    fn close_unknown(&mut self, name: &str, text: String) {
        let name = match name {
            "dc_language" | "news_language" => "language",
            other => other,
        };
        self.context().replace_value(name, text);
    }

    fn close_item(&mut self) {
        if self.nodes.len() > 1
            && let Some(item) = self.nodes.pop()
        {
            self.document.entries.push(item);
        }
    }

    fn close_part(&mut self, kind: &'static str, text: String) {
        if self.nodes.len() < 2 {
            return;
        }
        let Some(mut part) = self.nodes.pop() else {
            return;
        };
        if kind == "source" && !text.is_empty() && part.text("title").is_none() {
            let title = Text {
                value: text,
                media_type: "text/plain".into(),
                ..Text::default()
            };
            part.set_text("title", title, 0);
        }
        // A news sitemap states an article's language as that of its publication.
        let is_publication = kind == "source" && self.document.version == "news-sitemap";
        let language = part.value("language").filter(|_| is_publication);
        let language = language.map(str::to_owned);
        let node = self.context();
        if let Some(language) = language.filter(|_| node.value("language").is_none()) {
            node.replace_value("language", language);
        }
        if node.children.len() < 20 {
            node.children.push((kind, part));
        }
    }

    fn close_date(&mut self, name: &'static str, raw: String) {
        if raw.is_empty() {
            return;
        }
        let date = StatedDate::new(raw);
        if let Some(repair) = date.repair() {
            self.note(repair);
        }
        self.context().set_date(name, date);
    }

    fn close_person(&mut self, role: Role, text: &str) {
        self.person = None;
        let people = self.context().people(role);
        let Some(last) = people.last_mut() else {
            return;
        };
        let key = match role {
            Role::Author => "author",
            Role::Contributor => "contributor",
            Role::Publisher => "publisher",
        };
        if *last != Person::default() {
            let line = match (&last.name, &last.email) {
                (Some(name), Some(email)) => format!("{name} ({email})"),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => return,
            };
            self.context().replace_value(key, line);
        } else if text.is_empty() {
            people.pop();
        } else {
            // `Name <address>` is no markup.
            let line = if text.contains('@') {
                text.to_owned()
            } else {
                html_to_line(text)
            };
            *last = Person::from_line(&line);
            self.context().replace_value(key, text.to_owned());
        }
    }

    fn close_person_part(&mut self, part: Meaning, text: String) {
        let link = (part == Meaning::Homepage)
            .then(|| resolve_link(self.base.as_ref(), &text))
            .flatten();
        let Some(role) = self.person else {
            let (name, value) = match part {
                Meaning::Name => ("name", text),
                Meaning::Email => ("email", text),
                _ => ("href", link.unwrap_or_default()),
            };
            self.context().replace_value(name, value);
            return;
        };
        let Some(person) = self.context().people(role).last_mut() else {
            return;
        };
        match part {
            Meaning::Name => person.name = Some(text).filter(|name| !name.is_empty()),
            Meaning::Email => person.email = Some(text).filter(|email| !email.is_empty()),
            _ => person.href = link,
        }
    }

    fn close_link(&mut self, open: &Open<'_>, text: &str) {
        if !open.note.wants_href {
            return;
        }
        let depth = self.open.len();
        let href = resolve_link(self.base.as_ref(), text).unwrap_or_default();
        let node = self.context();
        let Some(link) = node.links.last_mut() else {
            return;
        };
        if href.is_empty() {
            node.links.pop();
            return;
        }
        link.href.clone_from(&href);
        if link.rel == "alternate" {
            node.set_value("link", href, depth);
        }
    }

    fn close_id(&mut self, open: &Open<'_>, text: String) {
        let is_permalink = open.note.is_permalink;
        let is_guid = open.raw.ends_with("guid");
        let depth = self.open.len();
        let resolved = if is_permalink || !is_guid {
            resolve_link(self.base.as_ref(), &text).unwrap_or_else(|| text.clone())
        } else {
            text.clone()
        };
        let node = self.context();
        let has_link = node.value("link").is_some();
        node.replace_value("guidislink", (is_permalink && !has_link).to_string());
        if is_permalink && !has_link && (text.contains("://") || text.starts_with('/')) {
            node.set_value("link", resolved.clone(), usize::MAX);
        }
        node.replace_value("stated_id", text);
        node.set_value("id", resolved, depth);
    }

    fn close_category(&mut self, style: CategoryStyle, text: &str) {
        let scheme = match style {
            CategoryStyle::ItunesList => Some("http://www.itunes.com/".to_owned()),
            _ => None,
        };
        let node = self.context();
        if matches!(style, CategoryStyle::List | CategoryStyle::ItunesList) {
            for word in text
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .take(100)
            {
                let tag = Tag {
                    term: Some(word.to_owned()),
                    scheme: scheme.clone(),
                    label: None,
                };
                if node.tags.len() < 500 && !node.tags.contains(&tag) {
                    node.tags.push(tag);
                }
            }
            return;
        }
        match node.tags.last_mut() {
            Some(tag) if !text.is_empty() && tag.term.is_none() => {
                tag.term = Some(resolve_html(text).into_owned());
            }
            Some(tag) if tag.term.is_none() && tag.label.is_none() => {
                node.tags.pop();
            }
            Some(_) | None => {}
        }
    }

    fn close_generator(&mut self, text: String) {
        let node = self.context();
        if let Some((_, detail)) = node
            .attributed
            .iter_mut()
            .rev()
            .find(|(name, _)| name == "generator_detail")
            && !text.is_empty()
        {
            detail.push(("name".into(), text.clone()));
        }
        let value = if text.is_empty() {
            let href = node
                .attributed
                .iter()
                .rev()
                .find(|(name, _)| name == "generator_detail");
            href.and_then(|(_, pairs)| pairs.iter().find(|(name, _)| name == "href"))
                .map(|(_, href)| href.clone())
                .unwrap_or_default()
        } else {
            text
        };
        node.replace_value("generator", value);
    }

    fn close_attributed(&mut self, open: &Open<'_>, text: String) {
        if text.is_empty() {
            return;
        }
        let node = self.context();
        let found = node
            .attributed
            .iter_mut()
            .rev()
            .find(|(name, _)| *name == open.name);
        if let Some((name, pairs)) = found {
            let key = if name == "media_thumbnail" {
                "url"
            } else {
                "content"
            };
            pairs.push((key.into(), text));
        }
    }

    fn close_geometry(&mut self, kind: &'static str, text: &str) {
        // GML states its coordinates in an inner element of one of the outer kinds.
        let outer = self.open.iter().rev().find_map(|open| match open.meaning {
            Meaning::Geometry(kind) if !kind.is_empty() => Some(kind),
            _ => None,
        });
        let Some(kind) = (if kind.is_empty() { outer } else { Some(kind) }) else {
            return;
        };
        let numbers: Vec<f64> = text
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .map_while(|word| word.parse().ok())
            .take(2000)
            .collect();
        let coordinates: Vec<(f64, f64)> = numbers
            .chunks_exact(2)
            .filter_map(|pair| Some((*pair.get(1)?, *pair.first()?)))
            .collect();
        let enough = match kind {
            "Polygon" => 4,
            "LineString" | "Box" => 2,
            _ => 1,
        };
        if coordinates.len() >= enough {
            self.context().place = Some(Place { kind, coordinates });
        }
    }
}
