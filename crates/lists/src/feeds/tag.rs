//! The tags of an XML document, one by one, each with its line, whatever is wrong with others.
//!
//! A missing quote would make an XML parser swallow the tags that follow. `<` cannot stand in an
//! attribute, so here it ends a broken tag, which is told and costs no other.

use quick_xml::{escape::unescape, events::attributes::Attributes};

/// A tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Line of its `<`, from 1.
    pub(super) line: u64,
    pub(super) kind: TagKind,
    pub(super) name: &'a str,
    /// Name and attributes.
    content: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    Open,
    Close,
    Empty,
    /// It does not end as a tag should.
    Broken,
}

/// Iterates over the tags of a document.
pub(super) struct Tags<'a> {
    rest: &'a str,
    line: u64,
}

impl<'a> Tags<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            line: 1,
        }
    }

    /// Takes `bytes` off the rest and counts their lines.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        let lines = taken.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self.line.saturating_add(u64::try_from(lines).unwrap_or(0));
        self.rest = rest;
        taken
    }

    /// Takes everything up to and with `end`, or all there is.
    fn take_past(&mut self, end: &str) {
        let bytes = self
            .rest
            .find(end)
            .map_or(self.rest.len(), |at| at + end.len());
        self.take(bytes);
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.rest.find('<')?;
            self.take(start);
            if self.rest.starts_with("<!--") {
                self.take_past("-->");
            } else if self.rest.starts_with("<![CDATA[") {
                self.take_past("]]>");
            } else if self.rest.starts_with("<?") || self.rest.starts_with("<!") {
                self.take_past(">");
            } else {
                break;
            }
        }
        let line = self.line;
        let (bytes, is_whole) = tag_end(self.rest);
        let text = self.take(bytes);
        let content = text.strip_prefix('<').unwrap_or(text);
        let content = content
            .strip_suffix('>')
            .filter(|_| is_whole)
            .unwrap_or(content);
        let (kind, content) = match (content.strip_prefix('/'), content.strip_suffix('/')) {
            _ if !is_whole => (TagKind::Broken, content),
            (Some(closed), _) => (TagKind::Close, closed),
            (None, Some(empty)) => (TagKind::Empty, empty),
            (None, None) => (TagKind::Open, content),
        };
        let name = content.split_whitespace().next().unwrap_or_default();
        Some(Tag {
            line,
            kind,
            name,
            content,
        })
    }
}

/// Bytes of the tag at the start of `text`, and whether it ends with its `>`.
fn tag_end(text: &str) -> (usize, bool) {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (_, b'<') => return (at, false),
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return (at + 1, true),
            _ => {}
        }
    }
    (text.len(), false)
}

impl Tag<'_> {
    /// The attributes that can be read: names in lower case without prefix, values resolved.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let mut attributes = Attributes::html(self.content, self.name.len());
        attributes
            .with_checks(false)
            .flatten()
            .map(|attribute| {
                let name = attribute.key.0.to_ascii_lowercase();
                let name = name.rsplit(':').next().unwrap_or_default().to_owned();
                (name, resolve(&attribute.value))
            })
            .collect()
    }
}

/// Resolves references; what is none, such as the bare `&` of many an address, stays.
fn resolve(value: &str) -> String {
    if let Ok(whole) = unescape(value) {
        return whole.into_owned();
    }
    let mut resolved = String::with_capacity(value.len());
    for (number, part) in value.split('&').enumerate() {
        if number == 0 {
            resolved.push_str(part);
            continue;
        }
        let reference = part.split_inclusive(';').next().unwrap_or_default();
        if let Ok(text) = unescape(&format!("&{reference}")) {
            resolved.push_str(&text);
            resolved.push_str(part.strip_prefix(reference).unwrap_or_default());
        } else {
            resolved.push('&');
            resolved.push_str(part);
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Vec<(u64, TagKind, String)> {
        Tags::new(text)
            .map(|tag| (tag.line, tag.kind, tag.name.to_owned()))
            .collect()
    }

    #[test]
    fn a_broken_tag_costs_no_other() {
        let text = "<?xml version='1.0'?>\n<!-- <no> -->\n<a x=\"1>2\">\n<b y=\"z w=\"v\" />\n<c/>\n</a>\n<d e=\"";
        assert_eq!(
            tags(text),
            [
                (3, TagKind::Open, "a".to_owned()),
                (4, TagKind::Broken, "b".to_owned()),
                (5, TagKind::Empty, "c".to_owned()),
                (6, TagKind::Close, "a".to_owned()),
                (7, TagKind::Broken, "d".to_owned()),
            ]
        );
    }

    #[test]
    fn attributes_are_read_as_their_writers_meant_them() {
        let text = "<o xmlUrl='https://a.example/?x=1&y=2&amp;z=3' x:Outlet=\"A &lt;B&gt; &eacute;\" bare/>";
        let tag = Tags::new(text).next().unwrap();
        let attributes = tag.attributes();
        let expected = [
            ("xmlurl", "https://a.example/?x=1&y=2&z=3"),
            ("outlet", "A <B> &eacute;"),
            ("bare", ""),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(attributes, expected);
    }
}
