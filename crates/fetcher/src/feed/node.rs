//! What a feed document says, before it is told what we want to know.

use jiff::Timestamp;

use super::{
    Repair,
    date::{ReadDate, read_date},
};

/// A whole document: the feed and its entries in document order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedDocument {
    /// Format and version, such as `rss20`, `atom10`, `json11` or `news-sitemap`.
    pub version: String,
    /// Encoding in effect, in lower case.
    pub encoding: String,
    /// Everything that stands at the feed itself.
    pub feed: Node,
    /// The items.
    pub entries: Vec<Node>,
    /// What had to be mended.
    pub repairs: Vec<Repair>,
    /// Whether the document breaks off or was cut at a limit.
    pub truncated: bool,
}

/// A feed, an item, a source, an image: whatever has a title, links and people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Human text: `title`, `subtitle`, `summary`, `rights`, `info`.
    pub texts: Vec<(&'static str, Text)>,
    /// Full texts, in order.
    pub contents: Vec<Text>,
    /// Short values by name, such as `id`, `link`, `ttl`, or an unknown element's text.
    pub values: Vec<(String, String)>,
    /// Dates by name: `published`, `updated`, `created`, `expired`.
    pub dates: Vec<(&'static str, StatedDate)>,
    /// Links and enclosures, in order.
    pub links: Vec<Link>,
    /// Authors.
    pub authors: Vec<Person>,
    /// Contributors.
    pub contributors: Vec<Person>,
    /// Publisher, owner or webmaster.
    pub publishers: Vec<Person>,
    /// Categories, tags and keywords.
    pub tags: Vec<Tag>,
    /// Elements that carry their matter in attributes, by name, in order.
    pub attributed: Vec<(String, Pairs)>,
    /// A place.
    pub place: Option<Place>,
    /// Parts with a title of their own: `source`, `image`, `textinput`.
    pub children: Vec<(&'static str, Node)>,
    /// Depth at which each text or value was found: one nearer to the item counts.
    pub(crate) depths: Vec<(&'static str, usize)>,
}

/// Distinct element names kept of one item; real ones have under 40.
const MAX_NAMES: usize = 100;

/// Attribute names and values in document order.
pub type Pairs = Vec<(String, String)>;

/// Human text with its type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text; sanitised where it is HTML.
    pub value: String,
    /// MIME type after guessing.
    pub media_type: String,
    /// Language in effect.
    pub language: Option<String>,
    /// Base of relative links in effect.
    pub base: Option<String>,
    /// Where the content is instead, for content out of line.
    pub src: Option<String>,
}

/// A date as stated and as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatedDate {
    /// As written.
    pub raw: String,
    /// As read, where it could be read; within sense.
    pub read: Option<Timestamp>,
    /// Whether what was read lies outside sense and was moved to its edge.
    pub is_clamped: bool,
}

/// A link with its attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Absolute where a base was known; empty until known.
    pub href: String,
    /// Relation, `alternate` by default.
    pub rel: String,
    /// Other attributes.
    pub other: Pairs,
}

/// A person or body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Website.
    pub href: Option<String>,
}

/// A category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// The word.
    pub term: Option<String>,
    /// Its vocabulary.
    pub scheme: Option<String>,
    /// The word for people.
    pub label: Option<String>,
}

/// A place in longitude and latitude.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// `Point`, `LineString`, `Polygon` or `Box`.
    pub kind: &'static str,
    /// Pairs of longitude and latitude.
    pub coordinates: Vec<(f64, f64)>,
}

impl StatedDate {
    /// Reads a date as stated.
    pub(crate) fn new(raw: String) -> Self {
        let (read, is_clamped) = match read_date(&raw) {
            Some(ReadDate::Sensible(date)) => (Some(date), false),
            Some(ReadDate::Clamped(date)) => (Some(date), true),
            None => (None, false),
        };
        Self {
            raw,
            read,
            is_clamped,
        }
    }

    /// What was wrong with it, if anything.
    pub(crate) fn repair(&self) -> Option<Repair> {
        let raw = || self.raw.chars().take(60).collect();
        match self.read {
            None => Some(Repair::Date(raw())),
            Some(_) => self.is_clamped.then(|| Repair::ClampedDate(raw())),
        }
    }
}

impl Node {
    /// The text called `name`.
    pub fn text(&self, name: &str) -> Option<&Text> {
        self.texts
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| text)
    }

    /// The value called `name`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The date called `name`.
    pub fn date(&self, name: &str) -> Option<&StatedDate> {
        self.dates
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, date)| date)
    }

    /// Whether something found at `depth` replaces what is known under `name`.
    fn outranks(&mut self, name: &'static str, depth: usize) -> bool {
        // The first title of a depth stands; of other things the last.
        let first_stands = name == "title";
        match self.depths.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) if *known < depth || (first_stands && *known == depth) => false,
            Some((_, known)) => {
                *known = depth;
                true
            }
            None => {
                self.depths.push((name, depth));
                true
            }
        }
    }

    pub(crate) fn set_text(&mut self, name: &'static str, text: Text, depth: usize) {
        if !self.outranks(name, depth) {
            return;
        }
        match self.texts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = text,
            None => self.texts.push((name, text)),
        }
    }

    pub(crate) fn set_value(&mut self, name: &'static str, value: String, depth: usize) {
        if self.outranks(name, depth) {
            self.replace_value(name, value);
        }
    }

    /// Sets a value whose depth does not count. At most [`MAX_NAMES`] names are kept, since the
    /// search is linear.
    pub(crate) fn replace_value(&mut self, name: &str, value: String) {
        if let Some((_, known)) = self.values.iter_mut().find(|(known, _)| known == name) {
            *known = value;
        } else if self.values.len() < MAX_NAMES {
            self.values.push((name.to_owned(), value));
        }
    }

    pub(crate) fn set_date(&mut self, name: &'static str, date: StatedDate) {
        match self.dates.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = date,
            None => self.dates.push((name, date)),
        }
    }

    pub(crate) fn people(&mut self, role: Role) -> &mut Vec<Person> {
        match role {
            Role::Author => &mut self.authors,
            Role::Contributor => &mut self.contributors,
            Role::Publisher => &mut self.publishers,
        }
    }
}

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Author,
    Contributor,
    Publisher,
}

impl Person {
    /// Splits `me@x.example (Name)`, `Name <me@x.example>` and the like.
    pub(crate) fn from_line(line: &str) -> Self {
        let line = line.trim();
        let is_address = |c: char| c.is_ascii_alphanumeric() || "_-.+".contains(c);
        let email = line.match_indices('@').find_map(|(at, _)| {
            let (before, after) = line.split_at_checked(at)?;
            let start = before.trim_end_matches(is_address).len();
            let host = after.get(1..)?;
            let end = host
                .find(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c)))
                .unwrap_or(host.len());
            let host = host.get(..end)?.trim_end_matches('.');
            let named = start < at && host.contains('.');
            named
                .then(|| line.get(start..at + 1 + host.len()))
                .flatten()
        });
        let Some(email) = email else {
            return Self {
                name: Some(line.to_owned()).filter(|name| !name.is_empty()),
                ..Self::default()
            };
        };
        let name = line.replacen(email, "", 1);
        let name = name
            .replace("()", "")
            .replace("<>", "")
            .replace("&lt;&gt;", "");
        let name = name.trim().trim_start_matches("mailto:");
        let name = name.strip_prefix('(').unwrap_or(name);
        let name = name.strip_suffix(')').unwrap_or(name).trim();
        let name = name.trim_matches(|c: char| c.is_whitespace() || "–—-,;:\"".contains(c));
        Self {
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            email: Some(email.to_owned()),
            href: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, name: Option<&str>, email: Option<&str>) {
        let person = Person::from_line(line);
        assert_eq!(
            (person.name.as_deref(), person.email.as_deref()),
            (name, email)
        );
    }

    #[test]
    fn names_and_addresses_are_parted() {
        check("Ana Belo", Some("Ana Belo"), None);
        check(
            "a@x.example (Ana Belo)",
            Some("Ana Belo"),
            Some("a@x.example"),
        );
        check(
            "Ana Belo <a@x.example>",
            Some("Ana Belo"),
            Some("a@x.example"),
        );
        check(
            "Jürgen der Lange–jm@x.example",
            Some("Jürgen der Lange"),
            Some("jm@x.example"),
        );
        check("a@x.example", None, Some("a@x.example"));
        check("@ana", Some("@ana"), None);
        check("【a@x.example】", Some("【】"), Some("a@x.example"));
    }
}
