//! A tokenizer of XML and HTML that takes any text: what is no markup is text.

use memchr::{memchr, memchr2, memmem};

/// A piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `<name attributes>`; attributes are unparsed, see [`attributes`].
    Start {
        name: &'a str,
        attributes: &'a str,
        /// Whether it ends in `/>`.
        empty: bool,
    },
    /// `</name>`.
    End(&'a str),
    /// Text with references unresolved.
    Text(&'a str),
    /// The inside of a CDATA section.
    CData(&'a str),
    /// The inside of `<!DOCTYPE …>`.
    Doctype(&'a str),
    /// A comment, processing instruction or other declaration.
    Other,
}

/// Reads tokens from a text, in order; linear in its length.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Whether the text breaks off inside a tag, comment or section.
    pub(crate) cut_off: bool,
    /// Whether anything was read that XML forbids.
    pub(crate) ill_formed: bool,
    /// Whether searching for these ends is vain from here on, so that a text full of unclosed
    /// openings is not searched to its end for each.
    no_more: [bool; 3],
    /// Whether a tag that breaks off at the end of the text is text, as in "a<b".
    cut_tag_is_text: bool,
}

/// A quoted value longer than this is taken for an unclosed quote: the next `>` ends the tag.
const MAX_VALUE_BYTES: usize = 64 << 10;

impl<'a> Tokens<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            cut_off: false,
            ill_formed: false,
            no_more: [false; 3],
            cut_tag_is_text: false,
        }
    }

    /// Reads a fragment, where what breaks off at the end is text rather than a cut.
    pub(crate) fn of_fragment(text: &'a str) -> Self {
        Self {
            cut_tag_is_text: true,
            ..Self::new(text)
        }
    }

    /// Reads the raw text that `</name` closes (script, style and the like), up to that tag.
    pub(crate) fn raw_text(&mut self, name: &str) -> &'a str {
        let text = self.rest();
        let start = self.at;
        self.skip_raw_text(name);
        text.get(..self.at - start).unwrap_or_default()
    }

    /// Moves to the end of the raw text that `</name` closes (script, style and the like).
    pub(crate) fn skip_raw_text(&mut self, name: &str) {
        let rest = self.rest().as_bytes();
        let mut from = 0;
        while let Some(found) = rest.get(from..).and_then(|rest| memmem::find(rest, b"</")) {
            let start = from + found + 2;
            let candidate = rest.get(start..start + name.len());
            if candidate.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes())) {
                self.at += from + found;
                return;
            }
            from = start;
        }
        self.at = self.text.len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Text up to `end` and past it, if there is one.
    fn until(&mut self, skip: usize, end: &str, kind: usize) -> Option<&'a str> {
        let body = self.rest().get(skip..)?;
        if self.no_more.get(kind).copied().unwrap_or_default() {
            return None;
        }
        let Some(found) = memmem::find(body.as_bytes(), end.as_bytes()) else {
            if let Some(flag) = self.no_more.get_mut(kind) {
                *flag = true;
            }
            return None;
        };
        self.at += skip + found + end.len();
        body.get(..found)
    }

    fn markup(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        match rest.as_bytes().get(1)? {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' | 0x80.. => self.start_tag(),
            b'/' => self.end_tag(),
            b'?' => Some(self.declaration()),
            b'!' if rest.starts_with("<!--") => {
                if self.until(4, "-->", 0).is_none() {
                    self.ill_formed = true;
                    return Some(self.declaration());
                }
                Some(Token::Other)
            }
            b'!' if rest.starts_with("<![CDATA[") => {
                Some(Token::CData(self.until(9, "]]>", 1).unwrap_or_else(|| {
                    self.cut_off = true;
                    self.at = self.text.len();
                    rest.get(9..).unwrap_or_default()
                })))
            }
            b'!' if rest
                .get(2..9)
                .is_some_and(|word| word.eq_ignore_ascii_case("doctype")) =>
            {
                self.doctype()
            }
            b'!' if rest.as_bytes().get(2).is_some_and(u8::is_ascii_alphabetic) => {
                Some(self.declaration())
            }
            _ => None,
        }
    }

    /// Anything in `<…>` that carries nothing.
    fn declaration(&mut self) -> Token<'a> {
        let rest = self.rest();
        let end = if rest.starts_with("<?") { "?>" } else { ">" };
        if end == "?>" && self.until(2, end, 2).is_some() {
            return Token::Other;
        }
        if let Some(end) = memchr(b'>', rest.as_bytes()) {
            self.at += end + 1;
        } else {
            self.cut_off = true;
            self.at = self.text.len();
        }
        Token::Other
    }

    fn doctype(&mut self) -> Option<Token<'a>> {
        let body = self.rest().get(9..)?;
        let close = memchr(b'>', body.as_bytes())?;
        let end = match memchr(b'[', body.as_bytes()) {
            Some(open) if open < close => {
                let subset_end = memmem::find(body.as_bytes(), b"]")
                    .and_then(|_| find_subset_end(body, open))
                    .unwrap_or(close);
                subset_end.max(open)
            }
            _ => close,
        };
        self.at += 9 + end + 1;
        body.get(..end).map(Token::Doctype)
    }

    fn end_tag(&mut self) -> Option<Token<'a>> {
        let body = self.rest().get(2..)?;
        let end = memchr2(b'>', b'<', body.as_bytes());
        let name = body.get(..end.unwrap_or(body.len()))?;
        match end.and_then(|end| body.as_bytes().get(end)) {
            Some(b'>') => self.at += 2 + name.len() + 1,
            Some(_) => {
                self.ill_formed = true;
                self.at += 2 + name.len();
            }
            None => {
                self.cut_off = true;
                self.at = self.text.len();
                return Some(Token::Other);
            }
        }
        let name = name
            .split(|c: char| c.is_ascii_whitespace() || c == '/')
            .next()?;
        Some(Token::End(name))
    }

    fn start_tag(&mut self) -> Option<Token<'a>> {
        let body = self.rest().get(1..)?;
        let bytes = body.as_bytes();
        let name_end = bytes
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || b"/><".contains(byte))
            .unwrap_or(bytes.len());
        let name = body.get(..name_end)?;
        let Some(end) = self.tag_end(bytes, name_end) else {
            if self.cut_tag_is_text {
                return None;
            }
            self.cut_off = true;
            self.at = self.text.len();
            return Some(Token::Other);
        };
        let inside = body.get(name_end..end)?;
        let closed = bytes.get(end) == Some(&b'>');
        if !closed && inside.trim_ascii().is_empty() {
            // "a<b<br>": more likely a comparison than a tag.
            return None;
        }
        self.ill_formed |= !closed;
        self.at += 1 + end + usize::from(closed);
        let (attributes, empty) = match inside.strip_suffix('/') {
            Some(attributes) => (attributes, true),
            None => (inside, false),
        };
        Some(Token::Start {
            name,
            attributes,
            empty,
        })
    }

    /// Where a tag ends: `>` outside quotes, or `<` where the tag was never closed.
    fn tag_end(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        let mut value_may_start = false;
        loop {
            let byte = *bytes.get(at)?;
            match byte {
                b'>' | b'<' => return Some(at),
                b'"' | b'\'' if value_may_start => {
                    let window = bytes.get(at + 1..)?;
                    let window = window.get(..MAX_VALUE_BYTES).unwrap_or(window);
                    if let Some(length) = memchr(byte, window) {
                        at += length + 2;
                    } else {
                        self.ill_formed = true;
                        at += 1;
                    }
                    value_may_start = false;
                    continue;
                }
                b'=' => value_may_start = true,
                byte if byte.is_ascii_whitespace() => {}
                _ => value_may_start = false,
            }
            at += 1;
        }
    }
}

/// The `>` after the `]` that ends an internal subset; quotes may hide brackets.
fn find_subset_end(body: &str, open: usize) -> Option<usize> {
    let mut quote = None;
    let mut subset_is_closed = false;
    for (place, byte) in body.bytes().enumerate().skip(open) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b']') => subset_is_closed = true,
            (None, b'>') if subset_is_closed => return Some(place),
            (Some(_) | None, _) => {}
        }
    }
    None
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let mut text_end = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        if text_end == 0 {
            if let Some(token) = self.markup() {
                return Some(token);
            }
            // A `<` that opens nothing is text, together with what follows it.
            self.ill_formed = true;
            let after = rest.as_bytes().get(1..).unwrap_or_default();
            text_end = 1 + memchr(b'<', after).unwrap_or(after.len());
        }
        self.at += text_end;
        rest.get(..text_end).map(Token::Text)
    }
}

/// Name and raw value of each attribute in order; a valueless one has an empty value.
pub(crate) fn attributes(text: &str) -> Attributes<'_> {
    Attributes { rest: text }
}

/// See [`attributes`].
#[derive(Clone, Debug)]
pub(crate) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let rest = self
            .rest
            .trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            self.rest = rest;
            return None;
        }
        let end = rest
            .bytes()
            .skip(1)
            .position(|byte| byte == b'=' || byte == b'/' || byte.is_ascii_whitespace())
            .map_or(rest.len(), |place| place + 1);
        let Some((name, after)) = rest.split_at_checked(end) else {
            self.rest = "";
            return None;
        };
        let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
            self.rest = after;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let quoted = value
            .strip_prefix(['"', '\''])
            .and_then(|inner| inner.split_once(value.chars().next()?));
        let (value, rest) = quoted.unwrap_or_else(|| {
            let end = value.find(|c: char| c.is_ascii_whitespace());
            value
                .split_at_checked(end.unwrap_or(value.len()))
                .unwrap_or((value, ""))
        });
        self.rest = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Token<'_>]) {
        assert_eq!(Tokens::new(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn tags_text_and_sections_are_told_apart() {
        check(
            "<?xml?><a b='>'>x<![CDATA[<y>]]><!-- <c> --></a>",
            &[
                Token::Other,
                Token::Start {
                    name: "a",
                    attributes: " b='>'",
                    empty: false,
                },
                Token::Text("x"),
                Token::CData("<y>"),
                Token::Other,
                Token::End("a"),
            ],
        );
    }

    #[test]
    fn a_lone_angle_is_text() {
        check(
            "1 < 2 <3",
            &[Token::Text("1 "), Token::Text("< 2 "), Token::Text("<3")],
        );
    }

    #[test]
    fn a_tag_that_breaks_off_is_noted() {
        let mut tokens = Tokens::new("<a>x</b");
        assert_eq!(tokens.by_ref().count(), 3);
        assert!(tokens.cut_off);
    }

    #[test]
    fn attributes_are_read_in_every_style() {
        let read: Vec<_> = attributes(" a=\"1\" b='2'c=3 d e=\"x y").collect();
        assert_eq!(
            read,
            [
                ("a", "1"),
                ("b", "2"),
                ("c", "3"),
                ("d", ""),
                ("e", "\"x"),
                ("y", "")
            ]
        );
    }
}
