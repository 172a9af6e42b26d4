//! Human text with markup inside: read up to the end of its element.

use memchr::memchr_iter;
use url::Url;

use crate::feed::{
    character_reference::{
        DeclaredEntities, ReferenceFaults, character, push_escaped_text, push_escaped_value,
        resolve,
    },
    html::{clean_html, looks_like_html},
    markup::attributes,
    node::Text,
};

/// How far up an end tag looks for its start: people nest less, machines that nest more are
/// not worth quadratic time.
const MAX_LOOK_BACK: usize = 64;

pub(super) const XHTML: &str = "application/xhtml+xml";

/// A text being read.
pub(super) struct Inline<'t> {
    pub(super) media_type: String,
    pub(super) is_base64: bool,
    pub(super) language: Option<String>,
    pub(super) src: Option<String>,
    buffer: String,
    open: Vec<&'t str>,
}

impl<'t> Inline<'t> {
    pub(super) fn new(
        stated: Option<&str>,
        default_type: &str,
        mode: Option<&str>,
        language: Option<&str>,
    ) -> Self {
        let stated = stated.map(|kind| kind.trim().to_ascii_lowercase());
        let media_type = match stated.as_deref().unwrap_or(default_type) {
            "text" | "plain" | "" => "text/plain",
            "html" => "text/html",
            "xhtml" => XHTML,
            other => other,
        }
        .to_owned();
        let is_base64 = match mode {
            Some(mode) if mode.eq_ignore_ascii_case("base64") => true,
            _ => {
                !(media_type.starts_with("text/")
                    || media_type.ends_with("/xml")
                    || media_type.ends_with("+xml"))
            }
        };
        Self {
            media_type,
            is_base64,
            language: language
                .map(|tag| tag.replace('_', "-"))
                .filter(|tag| !tag.is_empty()),
            src: None,
            buffer: String::new(),
            open: Vec::new(),
        }
    }

    fn is_markup(&self) -> bool {
        self.media_type == XHTML
    }

    /// Takes text; false where it no longer fits.
    pub(super) fn push_text(&mut self, text: &str, max_bytes: usize) -> bool {
        let room = max_bytes.saturating_sub(self.buffer.len());
        let fits = text.len() <= room;
        let text = if fits { text } else { cut(text, room) };
        if self.is_markup() {
            push_escaped_text(text, &mut self.buffer);
        } else {
            self.buffer.push_str(text);
        }
        fits
    }

    /// Takes a start tag. Text that is said to be escaped and is not becomes markup with it.
    pub(super) fn start(
        &mut self,
        raw: &'t str,
        raw_attributes: &str,
        empty: bool,
        entities: &DeclaredEntities,
        faults: &mut ReferenceFaults,
    ) {
        let local = raw.rsplit(':').next().unwrap_or(raw);
        if !empty {
            self.open.push(raw);
        }
        if !self.media_type.ends_with("xml") {
            if local == "div" {
                return;
            }
            self.media_type = XHTML.into();
        }
        self.buffer.push('<');
        self.buffer.push_str(local);
        for (name, value) in attributes(raw_attributes) {
            let name = name.rsplit(':').next().unwrap_or(name);
            self.buffer.push(' ');
            self.buffer.push_str(name);
            self.buffer.push_str("=\"");
            push_escaped_value(&resolve(value, entities, faults), &mut self.buffer);
            self.buffer.push('"');
        }
        self.buffer.push('>');
        if empty {
            self.push_end(local);
        }
    }

    /// Takes an end tag; false where it does not belong to anything opened inside the text.
    pub(super) fn end(&mut self, raw: &str, is_own: bool) -> bool {
        let from = self.open.len().saturating_sub(MAX_LOOK_BACK);
        let inner = self.open.get(from..).unwrap_or_default();
        let Some(place) = inner.iter().rposition(|open| *open == raw) else {
            return false;
        };
        // An end tag of the text's own name with the inner one long behind is the text's end.
        if is_own && place + 1 < inner.len() {
            return false;
        }
        self.open.truncate(from + place);
        if self.is_markup() {
            self.push_end(raw.rsplit(':').next().unwrap_or(raw));
        }
        true
    }

    fn push_end(&mut self, local: &str) {
        self.buffer.push_str("</");
        self.buffer.push_str(local);
        self.buffer.push('>');
    }

    /// The text once its element ends.
    pub(super) fn finish(mut self, base: Option<&Url>, version: &str) -> Text {
        let mut value = trimmed(std::mem::take(&mut self.buffer));
        if version == "atom10" && self.is_markup() {
            value = without_wrapper(value);
        }
        if self.is_base64
            && let Some(decoded) = decode_base64(&value)
        {
            value = decoded;
        }
        if !version.starts_with("atom")
            && self.media_type == "text/plain"
            && looks_like_html(&value)
        {
            self.media_type = "text/html".into();
        }
        if matches!(self.media_type.as_str(), "text/html" | XHTML) {
            value = clean_html(&value, base);
            value = trimmed(value);
        }
        Text {
            value: mend_windows_1252(value),
            media_type: self.media_type,
            language: self.language,
            base: base.map(|base| base.as_str().to_owned()),
            src: self.src,
        }
    }
}

/// A text without white space around it, in place.
fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    let lead = text.len() - text.trim_start().len();
    if lead > 0 {
        text.drain(..lead);
    }
    text
}

/// The start of a text, at most so long, ending between characters.
fn cut(text: &str, max_bytes: usize) -> &str {
    let end = (0..=max_bytes.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Atom wraps XHTML in one `div` that is not part of it.
fn without_wrapper(value: String) -> String {
    let Some(rest) = value
        .strip_prefix("<div")
        .and_then(|rest| rest.split_once('>'))
    else {
        return value;
    };
    let is_wrapper = rest.0.is_empty() || rest.0.starts_with(' ');
    let Some(inner) = rest.1.strip_suffix("</div>").filter(|_| is_wrapper) else {
        return value;
    };
    let mut depth = 1_usize;
    for (place, _) in inner.match_indices('<') {
        let tag = inner.get(place..).unwrap_or_default();
        if tag.starts_with("</div>") {
            depth -= 1;
        } else if tag.starts_with("<div>") || tag.starts_with("<div ") {
            depth += 1;
        }
        if depth == 0 {
            return value;
        }
    }
    inner.trim().to_owned()
}

fn decode_base64(value: &str) -> Option<String> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let compact: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    String::from_utf8(STANDARD.decode(compact).ok()?).ok()
}

/// Characters in the C1 range come from Windows-1252 text sent under another name.
pub(super) fn mend_windows_1252(value: String) -> String {
    let is_c1 = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    let is_forbidden = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    let bytes = value.as_bytes();
    let has_control = bytes
        .iter()
        .any(|byte| *byte < b' ' && !b"\t\n\r".contains(byte));
    // C1 controls are 0xC2 0x80 to 0xC2 0x9F in UTF-8.
    let has_c1 =
        memchr_iter(0xC2, bytes).any(|place| bytes.get(place + 1).is_some_and(|next| *next < 0xA0));
    if !has_control && !has_c1 {
        return value;
    }
    value
        .chars()
        .filter_map(|c| {
            if is_c1(c) {
                character(u32::from(c))
            } else {
                Some(c)
            }
        })
        .filter(|c| !is_forbidden(*c))
        .collect()
}
