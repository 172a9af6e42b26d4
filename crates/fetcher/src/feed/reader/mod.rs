//! One pass over the document: a stack of open elements, the node each belongs to, and the text
//! being read. Whatever is wrong costs the element it is in.

mod close;
mod inline;
mod open;

use url::Url;

use self::inline::Inline;
use super::{
    FeedDocument, Repair,
    character_reference::{DeclaredEntities, ReferenceFaults, resolve},
    element::{Meaning, canonical_prefix},
    markup::{Token, Tokens},
    node::{Node, Role},
};

/// Elements outside inline content nest less than ten deep in every feed we know.
const MAX_DEPTH: usize = 64;

/// More items than any feed carries; ten times the largest archive feeds.
const MAX_ITEMS: usize = 200_000;

/// Longest single text; a novel has 1 MB.
const MAX_TEXT_BYTES: usize = 4 << 20;

/// Entities longer than this are not expanded; together with one level of expansion this bounds
/// the output by 64 times the input.
const MAX_ENTITY_BYTES: usize = 256;

/// Reads an XML feed; `None` where the document has no root that any feed has.
pub(crate) fn read_xml(
    text: &str,
    base: Option<Url>,
    language: Option<String>,
) -> Option<FeedDocument> {
    let mut reader = Reader {
        document: FeedDocument::default(),
        open: Vec::new(),
        nodes: vec![Node::default()],
        prefixes: Vec::new(),
        base,
        language: language.clone(),
        person: None,
        inline: None,
        entities: DeclaredEntities::new(),
        faults: ReferenceFaults::default(),
        found_root: false,
        is_netscape: false,
        skipped: 0,
        name: String::new(),
    };
    if let (Some(language), Some(feed)) = (language, reader.nodes.first_mut()) {
        feed.replace_value("language", language);
    }
    let mut tokens = Tokens::new(text);
    for token in tokens.by_ref() {
        match token {
            Token::Text(text) => reader.text(text),
            Token::CData(text) => reader.raw_text(text),
            Token::Start {
                name,
                attributes,
                empty,
            } => reader.start(name, attributes, empty),
            Token::End(name) => reader.end(name),
            Token::Doctype(doctype) => reader.doctype(doctype),
            Token::Other => {}
        }
        if reader.document.entries.len() >= MAX_ITEMS {
            reader.limit("number of items");
            reader.document.truncated = true;
            break;
        }
    }
    reader.finish(&tokens)
}

struct Reader<'t> {
    document: FeedDocument,
    open: Vec<Open<'t>>,
    /// Nodes being read; the feed at the bottom.
    nodes: Vec<Node>,
    /// Prefixes declared so far, innermost last, with the vocabulary if we know it.
    prefixes: Vec<(&'t str, Option<&'static str>)>,
    base: Option<Url>,
    language: Option<String>,
    /// The kind of person whose parts are being read.
    person: Option<Role>,
    /// The human text being read.
    inline: Option<Inline<'t>>,
    entities: DeclaredEntities,
    faults: ReferenceFaults,
    found_root: bool,
    is_netscape: bool,
    /// Elements open beyond the depth limit.
    skipped: usize,
    /// Canonical name of the element at hand; kept to spare allocations.
    name: String,
}

/// An open element.
struct Open<'t> {
    raw: &'t str,
    meaning: Meaning,
    /// Canonical name, kept only where it is needed at the end.
    name: String,
    text: String,
    has_node: bool,
    /// How many prefixes were declared outside.
    prefixes: usize,
    /// What was in force outside, where this element changed it.
    outer_base: Option<Outer<Url>>,
    outer_language: Option<Outer<String>>,
    /// What the element's attributes said, where that is needed at the end.
    note: Note,
}

/// What was in force outside an element, if anything was.
struct Outer<T>(Option<T>);

/// What an element's start tells its end.
#[derive(Default)]
struct Note {
    /// `isPermaLink`.
    is_permalink: bool,
    /// The link is waiting for its address.
    wants_href: bool,
    /// Name of a part's element with attributes.
    attributed: bool,
}

impl<'t> Reader<'t> {
    fn context(&mut self) -> &mut Node {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let last = self.nodes.len() - 1;
        self.nodes
            .get_mut(last)
            .expect("the feed's node is never taken")
    }

    fn is_in_item(&self) -> bool {
        self.open.iter().any(|open| open.meaning == Meaning::Item)
    }

    fn text(&mut self, raw: &'t str) {
        if self.skipped > 0 || self.takes_no_text(raw) {
            return;
        }
        let resolved = resolve(raw, &self.entities, &mut self.faults);
        self.push_text(&resolved);
    }

    fn raw_text(&mut self, text: &'t str) {
        if self.skipped == 0 {
            self.push_text(text);
        }
    }

    /// Layout between elements is most of all text runs.
    fn takes_no_text(&self, raw: &str) -> bool {
        self.inline.is_none()
            && (self.open.last().is_none_or(|open| {
                matches!(
                    open.meaning,
                    Meaning::Root | Meaning::Channel | Meaning::Item
                )
            }) || (raw.starts_with(['\n', ' ', '\r', '\t']) && raw.trim_ascii().is_empty()))
    }

    fn push_text(&mut self, text: &str) {
        let is_full = if let Some(inline) = &mut self.inline {
            !inline.push_text(text, MAX_TEXT_BYTES)
        } else if let Some(open) = self.open.last_mut() {
            let fits = open.text.len() + text.len() <= MAX_TEXT_BYTES;
            if fits {
                open.text.push_str(text);
            }
            !fits
        } else {
            false
        };
        if is_full {
            self.limit("length of a text");
        }
    }

    fn start(&mut self, raw: &'t str, attributes: &'t str, empty: bool) {
        if self.inline.is_some() {
            if !self.starts_next_item(raw) {
                if let Some(inline) = &mut self.inline {
                    inline.start(raw, attributes, empty, &self.entities, &mut self.faults);
                }
                return;
            }
            self.ill_formed("an item starts inside a text");
            self.close_to_item();
        }
        if self.skipped > 0 || self.open.len() >= MAX_DEPTH {
            if !empty {
                self.skipped += 1;
                self.limit("depth of elements");
            }
            return;
        }
        self.open_element(raw, attributes);
        if empty {
            self.close_top();
        }
    }

    /// Whether a start tag inside a text is the next item, because the text was never closed.
    fn starts_next_item(&self, raw: &str) -> bool {
        matches!(raw, "item" | "entry")
            && self
                .open
                .iter()
                .any(|open| open.meaning == Meaning::Item && open.raw == raw)
    }

    fn close_to_item(&mut self) {
        let item = self
            .open
            .iter()
            .rposition(|open| open.meaning == Meaning::Item);
        while self.open.len() > item.unwrap_or_default() {
            self.close_top();
        }
    }

    fn end(&mut self, raw: &'t str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if let Some(inline) = &mut self.inline {
            let is_own = self.open.last().is_some_and(|open| open.raw == raw);
            if inline.end(raw, is_own) {
                return;
            }
            let closes_ancestor = self.open.iter().any(|open| open.raw == raw);
            if !closes_ancestor {
                self.ill_formed("end tag without start tag");
                return;
            }
        }
        let Some(place) = self.open.iter().rposition(|open| open.raw == raw) else {
            if self.found_root {
                self.ill_formed("end tag without start tag");
            }
            return;
        };
        if place + 1 < self.open.len() {
            self.ill_formed("element not closed");
        }
        while self.open.len() > place {
            self.close_top();
        }
    }

    /// Keeps the short plain entities that a document declares.
    fn doctype(&mut self, doctype: &'t str) {
        self.is_netscape |= doctype.to_ascii_lowercase().contains("netscape");
        for declaration in doctype.split("<!ENTITY").skip(1).take(256) {
            let mut words = declaration.trim_start().splitn(2, char::is_whitespace);
            let (Some(name), Some(rest)) = (words.next(), words.next()) else {
                continue;
            };
            let rest = rest.trim_start();
            let quoted = rest
                .strip_prefix(['"', '\''])
                .and_then(|inner| inner.split_once(rest.chars().next()?));
            let Some((value, _)) = quoted else { continue };
            let is_plain = value.len() <= MAX_ENTITY_BYTES && !value.contains(['&', '<', '%']);
            if name != "%" && is_plain {
                self.entities.push((name.to_owned(), value.to_owned()));
            } else {
                self.limit("expansion of an entity");
            }
        }
    }

    fn ill_formed(&mut self, what: &str) {
        let repair = Repair::IllFormed(what.to_owned());
        self.note(repair);
    }

    fn limit(&mut self, what: &str) {
        let repair = Repair::Limit(what.to_owned());
        self.note(repair);
    }

    /// Keeps a repair once; the bound keeps a feed of bad dates from being searched at length.
    fn note(&mut self, repair: Repair) {
        if self.document.repairs.len() < 50 && !self.document.repairs.contains(&repair) {
            self.document.repairs.push(repair);
        }
    }

    fn finish(mut self, tokens: &Tokens<'_>) -> Option<FeedDocument> {
        if !self.found_root {
            return None;
        }
        let is_cut = self
            .open
            .iter()
            .any(|open| matches!(open.meaning, Meaning::Item | Meaning::Channel) || open.has_node);
        let cut_item = self.open.iter().any(|open| open.meaning == Meaning::Item);
        if tokens.cut_off || !self.open.is_empty() {
            self.ill_formed("the document is not closed");
        }
        let complete = self.document.entries.len();
        while !self.open.is_empty() {
            self.close_top();
        }
        // The item that the cut runs through would come back as another one when it is whole.
        if cut_item && is_cut {
            self.document.entries.truncate(complete);
        }
        if is_cut && !self.document.truncated {
            self.document.truncated = true;
            self.note(Repair::Truncated);
        }
        if tokens.ill_formed {
            self.ill_formed("stray or unclosed markup");
        }
        if self.faults.bare_ampersand {
            self.ill_formed("bare ampersand");
        }
        if self.faults.html_entity {
            self.note(Repair::HtmlEntity);
        }
        if self.faults.bad_character {
            self.ill_formed("reference to a forbidden character");
        }
        self.document.feed = self.nodes.into_iter().next().unwrap_or_default();
        Some(self.document)
    }
}

/// The vocabulary of a prefix that nobody declared.
fn undeclared(prefix: &str) -> &str {
    match prefix {
        "atom" | "atom10" | "a10" | "rss" => "",
        other => other,
    }
}

/// Writes the canonical name of an element or attribute into `to`.
fn write_canonical_name(prefixes: &[(&str, Option<&'static str>)], raw: &str, to: &mut String) {
    to.clear();
    let (prefix, local) = raw.split_once(':').unwrap_or(("", raw));
    let declared = prefixes.iter().rev().find(|(known, _)| *known == prefix);
    let vocabulary = match declared {
        Some((_, Some(canonical))) => canonical,
        Some((_, None)) | None => undeclared(prefix),
    };
    if !vocabulary.is_empty() {
        to.extend(vocabulary.chars().map(|c| c.to_ascii_lowercase()));
        to.push('_');
    }
    to.extend(local.chars().map(|c| c.to_ascii_lowercase()));
}

/// Declares the prefixes in an element's attributes.
fn declare<'t>(name: &'t str, uri: &str, to: &mut Vec<(&'t str, Option<&'static str>)>) {
    if let Some(prefix) = name.strip_prefix("xmlns") {
        let prefix = prefix.strip_prefix(':').unwrap_or(prefix);
        to.push((prefix, canonical_prefix(uri)));
    }
}
