//! What a start tag does.

use super::{Inline, Note, Open, Outer, Reader, declare, write_canonical_name};
use crate::feed::{
    character_reference::{resolve, resolve_html},
    element::{CategoryStyle, Meaning, meaning},
    link::{resolve_base, resolve_link},
    markup::attributes,
    node::{Link, Node, Pairs, Person, StatedDate, Tag},
};

/// Attributes kept of one element; hostile ones have a hundred thousand.
const MAX_ATTRIBUTES: usize = 64;

/// Links, tags, people or attributed elements kept of one node.
const MAX_PARTS: usize = 500;

impl<'t> Reader<'t> {
    pub(super) fn open_element(&mut self, raw: &'t str, raw_attributes: &'t str) {
        let mut open = Open {
            raw,
            meaning: Meaning::Unknown,
            name: String::new(),
            text: String::new(),
            has_node: false,
            prefixes: self.prefixes.len(),
            outer_base: None,
            outer_language: None,
            note: Note::default(),
        };
        if !raw_attributes.is_empty() {
            self.enter_scope(raw_attributes, &mut open);
        }
        let mut name = std::mem::take(&mut self.name);
        write_canonical_name(&self.prefixes, raw, &mut name);
        open.meaning = self.meaning_here(&name);
        if !self.found_root && !self.start_document(open.meaning, &name, raw_attributes) {
            self.ill_formed("markup before the feed");
            self.name = name;
            self.leave_scope(&mut open);
            return;
        }
        let given = if raw_attributes.is_empty() {
            Pairs::new()
        } else {
            self.pairs(raw_attributes)
        };
        self.begin(&mut open, &name, &given);
        self.name = name;
        self.open.push(open);
    }

    /// Puts the element's prefixes, base and language in force.
    fn enter_scope(&mut self, raw_attributes: &'t str, open: &mut Open<'t>) {
        for (name, value) in attributes(raw_attributes) {
            match name {
                "xml:base" | "base" | "BASE" => {
                    let inner = resolve_base(self.base.as_ref(), &resolve_html(value));
                    open.outer_base
                        .get_or_insert(Outer(std::mem::replace(&mut self.base, inner)));
                }
                "xml:lang" | "lang" => {
                    let inner = Some(value.to_owned());
                    let outer = std::mem::replace(&mut self.language, inner);
                    open.outer_language.get_or_insert(Outer(outer));
                }
                _ if name.starts_with("xmlns") => declare(name, value, &mut self.prefixes),
                _ => {}
            }
        }
    }

    pub(super) fn leave_scope(&mut self, open: &mut Open<'t>) {
        self.prefixes.truncate(open.prefixes);
        if let Some(Outer(base)) = open.outer_base.take() {
            self.base = base;
        }
        if let Some(Outer(language)) = open.outer_language.take() {
            self.language = language;
        }
    }

    /// The element's attributes by canonical name, references resolved.
    fn pairs(&mut self, raw_attributes: &str) -> Pairs {
        let mut pairs = Pairs::new();
        for (name, value) in attributes(raw_attributes).take(MAX_ATTRIBUTES) {
            if name.starts_with("xmlns") {
                continue;
            }
            let name = if name.contains(':') {
                let mut canonical = String::new();
                write_canonical_name(&self.prefixes, name, &mut canonical);
                canonical
            } else {
                name.to_ascii_lowercase()
            };
            let value = resolve(value, &self.entities, &mut self.faults);
            pairs.push((name, value.trim().to_owned()));
        }
        pairs
    }

    /// The element's meaning, with those that depend on the kind of document.
    fn meaning_here(&self, name: &str) -> Meaning {
        match (self.document.version.as_str(), name) {
            ("news-sitemap", "url") => Meaning::Item,
            ("news-sitemap", "loc") => Meaning::Link,
            ("news-sitemap", "news_publication") => Meaning::Part("source"),
            _ => match meaning(name) {
                // Inside an image, a source and the like some names are plain values.
                Meaning::Item if self.is_in_item() => Meaning::Unknown,
                known => known,
            },
        }
    }

    /// Looks whether this is the root of a feed, and of which kind.
    fn start_document(&mut self, meaning: Meaning, name: &str, raw_attributes: &str) -> bool {
        if !matches!(meaning, Meaning::Root | Meaning::Channel) {
            return false;
        }
        self.found_root = true;
        let stated = attributes(raw_attributes)
            .find(|(name, _)| name.eq_ignore_ascii_case("version"))
            .map(|(_, version)| version.trim());
        let has = |uri: &str| raw_attributes.to_ascii_lowercase().contains(uri);
        let version = match (name, stated) {
            ("channel", _) => "cdf",
            ("urlset", _) => "news-sitemap",
            ("feed", Some("0.1")) => "atom01",
            ("feed", Some("0.2")) => "atom02",
            ("feed", Some("0.3")) => "atom03",
            ("feed", _) if has("www.w3.org/2005/atom") => "atom10",
            ("feed", _) => "atom",
            ("rdf_rdf", _) if has("my.netscape.com/rdf/simple/0.9") => "rss090",
            ("rdf_rdf", _) => "rss10",
            (_, Some("0.90" | "0.9")) => "rss090",
            (_, Some("0.91")) if self.is_netscape => "rss091n",
            (_, Some("0.91")) => "rss091u",
            (_, Some("0.92")) => "rss092",
            (_, Some("0.93")) => "rss093",
            (_, Some("0.94")) => "rss094",
            (_, Some(version)) if version.starts_with('2') => "rss20",
            _ => "rss",
        };
        version.clone_into(&mut self.document.version);
        if let Some(language) = self
            .language
            .clone()
            .filter(|language| !language.is_empty())
        {
            self.context()
                .replace_value("language", language.replace('_', "-"));
        }
        true
    }

    /// Does what the element's start calls for.
    fn begin(&mut self, open: &mut Open<'t>, name: &str, given: &Pairs) {
        match open.meaning {
            Meaning::Root | Meaning::Channel => self.begin_dated(given),
            Meaning::Item => {
                self.nodes.push(Node::default());
                open.has_node = true;
                if let Some(id) = find(given, "rdf_about") {
                    self.context().set_value("id", id.to_owned(), usize::MAX);
                }
                self.begin_dated(given);
            }
            Meaning::Part(_) => self.begin_part(open, given),
            Meaning::Text(_, default) | Meaning::Content(default) => {
                self.begin_text(default, given);
            }
            Meaning::Description => self.begin_text("text/html", given),
            Meaning::Person(role) => {
                self.person = Some(role);
                let people = self.context().people(role);
                if people.len() < MAX_PARTS {
                    people.push(Person::default());
                }
            }
            Meaning::Link => {
                open.note.wants_href = self.begin_link(given);
            }
            Meaning::Enclosure => self.push_link("enclosure", given),
            Meaning::Id => {
                let stated = find(given, "ispermalink").unwrap_or("true");
                open.note.is_permalink = name == "guid" && stated.eq_ignore_ascii_case("true");
            }
            Meaning::Category(style) => self.begin_category(style, given),
            Meaning::Generator | Meaning::GeneratorAgent => self.begin_generator(given),
            Meaning::ItunesImage => {
                let href = find(given, "href").or_else(|| find(given, "url"));
                if let Some(href) = href.and_then(|href| resolve_link(self.base.as_ref(), href)) {
                    let mut image = Node::default();
                    image.replace_value("href", href);
                    self.context().children.push(("image", image));
                }
            }
            Meaning::License => {
                if let Some(href) = find(given, "rdf_resource") {
                    let href = href.to_owned();
                    self.context().replace_value("license", href);
                }
            }
            Meaning::Attributed => self.begin_attributed(open, name, given),
            Meaning::Unknown if !given.is_empty() => self.begin_attributed(open, name, given),
            Meaning::Unknown | Meaning::AddressValue | Meaning::ItunesFlag => {
                name.clone_into(&mut open.name);
            }
            Meaning::Geometry(_) => name.clone_into(&mut open.name),
            Meaning::Date(_)
            | Meaning::Name
            | Meaning::Email
            | Meaning::Homepage
            | Meaning::Skip(_) => {}
        }
    }

    /// CDF says link and date by attributes.
    fn begin_dated(&mut self, given: &Pairs) {
        if self.document.version != "cdf" {
            return;
        }
        if let Some(raw) = find(given, "lastmod") {
            let date = StatedDate::new(raw.to_owned());
            self.context().set_date("updated", date);
        }
        if find(given, "href").is_some() {
            self.begin_link(given);
        }
    }

    fn begin_part(&mut self, open: &mut Open<'t>, given: &Pairs) {
        open.has_node = true;
        let mut part = Node::default();
        if let Some(url) = find(given, "url").or_else(|| find(given, "href")) {
            part.replace_value("href", url.to_owned());
        }
        self.nodes.push(part);
    }

    fn begin_text(&mut self, default_type: &str, given: &Pairs) {
        let mut inline = Inline::new(
            find(given, "type"),
            default_type,
            find(given, "mode"),
            self.language.as_deref(),
        );
        inline.src = find(given, "src").and_then(|src| resolve_link(self.base.as_ref(), src));
        self.inline = Some(inline);
    }

    /// Keeps a link; whether its address is still to come as text.
    fn begin_link(&mut self, given: &Pairs) -> bool {
        let rel = find(given, "rel")
            .unwrap_or("alternate")
            .to_ascii_lowercase();
        self.push_link(&rel, given);
        let base = self.base.clone();
        let href = ["href", "url", "uri"]
            .iter()
            .find_map(|key| find(given, key));
        let Some(href) = href else {
            return true;
        };
        let is_page = find(given, "type").is_none_or(|kind| {
            matches!(
                kind,
                "text/html" | "html" | "application/xhtml+xml" | "xhtml"
            )
        });
        if rel == "alternate" && is_page {
            let href = resolve_link(base.as_ref(), href).unwrap_or_default();
            let depth = self.open.len();
            self.context().set_value("link", href, depth);
        }
        false
    }

    fn push_link(&mut self, rel: &str, given: &Pairs) {
        let href = ["href", "url", "uri"]
            .iter()
            .find_map(|key| find(given, key));
        let href = href.and_then(|href| resolve_link(self.base.as_ref(), href));
        let mut other: Pairs = given
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "href" | "url" | "uri" | "rel"))
            .cloned()
            .collect();
        if rel != "enclosure" && find(&other, "type").is_none() {
            let kind = if rel == "self" {
                "application/atom+xml"
            } else {
                "text/html"
            };
            other.push(("type".into(), kind.into()));
        }
        let node = self.context();
        if node.links.len() < MAX_PARTS {
            node.links.push(Link {
                href: href.unwrap_or_default(),
                rel: rel.to_owned(),
                other,
            });
        }
    }

    fn begin_category(&mut self, style: CategoryStyle, given: &Pairs) {
        let text = |key: &str| find(given, key).map(str::to_owned);
        let tag = match style {
            CategoryStyle::Plain => Tag {
                term: text("term"),
                scheme: text("scheme").or_else(|| text("domain")),
                label: text("label"),
            },
            CategoryStyle::Media => Tag {
                term: text("term"),
                scheme: text("scheme")
                    .or_else(|| Some("http://search.yahoo.com/mrss/category_schema".into())),
                label: text("label"),
            },
            CategoryStyle::Itunes => Tag {
                term: text("text"),
                scheme: Some("http://www.itunes.com/".into()),
                label: None,
            },
            CategoryStyle::List | CategoryStyle::ItunesList => return,
        };
        let node = self.context();
        if node.tags.len() < MAX_PARTS {
            node.tags.push(tag);
        }
    }

    fn begin_generator(&mut self, given: &Pairs) {
        let mut detail = Pairs::new();
        for (name, value) in given {
            let (name, value) = match name.as_str() {
                "url" | "uri" | "href" | "rdf_resource" => (
                    "href".to_owned(),
                    resolve_link(self.base.as_ref(), value).unwrap_or_default(),
                ),
                _ => (name.clone(), value.clone()),
            };
            detail.push((name, value));
        }
        let node = self.context();
        node.attributed
            .retain(|(name, _)| name != "generator_detail");
        node.attributed.push(("generator_detail".into(), detail));
    }

    fn begin_attributed(&mut self, open: &mut Open<'t>, name: &str, given: &Pairs) {
        name.clone_into(&mut open.name);
        let node = self.context();
        if node.attributed.len() < MAX_PARTS {
            node.attributed.push((name.to_owned(), given.clone()));
            open.note.attributed = true;
        }
    }
}

/// The value of an attribute.
pub(super) fn find<'p>(pairs: &'p Pairs, name: &str) -> Option<&'p str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}
