//! HTML inside feeds: made harmless with its links resolved, or turned into plain text.
//!
//! One pass over tokens, linear in the text, no tree. Every tag in the output is written by us
//! from a list of inert elements and attributes, with quoted, escaped values; everything else is
//! escaped text. No element on the list makes a parser read its content in another mode (script,
//! style, textarea, template, …), so a browser reads back just what was written here. A property
//! test holds that against ammonia.

use url::Url;

use super::{
    character_reference::{push_escaped_text, push_escaped_value, resolve_html},
    link::resolve_link,
    markup::{Token, Tokens, attributes},
};

/// Deeper elements lose their tags and keep their text.
const MAX_DEPTH: usize = 128;

/// Elements whose whole content goes.
const DROPPED: [&str; 12] = [
    "script",
    "style",
    "applet",
    "iframe",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
    "template",
    "object",
    "head",
    "select",
];

/// Of the dropped, those whose content is raw text rather than markup.
const RAW: [&str; 7] = [
    "script",
    "style",
    "iframe",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
];

/// Elements without content.
const VOID: [&str; 5] = ["br", "hr", "img", "wbr", "source"];

#[rustfmt::skip]
const ELEMENTS: [&str; 86] = [
    "a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "bdi", "bdo", "big",
    "blockquote", "br", "caption", "center", "circle", "cite", "code", "col", "colgroup", "dd",
    "del", "details", "dfn", "dir", "div", "dl", "dt", "ellipse", "em", "figcaption", "figure",
    "font", "footer", "g", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins",
    "kbd", "li", "line", "main", "mark", "nav", "ol", "p", "path", "polygon", "polyline", "pre",
    "q", "rect", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span", "strike",
    "strong", "sub", "summary", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead",
    "time", "tr", "tt", "u", "ul",
];

#[rustfmt::skip]
const ATTRIBUTES: [&str; 53] = [
    "abbr", "align", "alt", "axis", "baseprofile", "border", "cellpadding", "cellspacing",
    "char", "cite", "class", "clear", "color", "cols", "colspan", "controls", "cx", "cy", "d",
    "datetime", "dir", "fill", "height", "href", "hreflang", "id", "lang", "media", "noshade",
    "nowrap", "points", "r", "rel", "rev", "rowspan", "rules", "rx", "ry", "scope", "size",
    "span", "src", "start", "stroke", "stroke-width", "summary", "title", "type", "valign",
    "version", "width", "x", "y",
];

/// Attributes that hold an address.
const LINKS: [&str; 3] = ["cite", "href", "src"];

/// Writes HTML back with nothing active left and every link absolute.
pub(crate) fn clean_html(html: &str, base: Option<&Url>) -> String {
    let mut cleaned = String::with_capacity(html.len() + 16);
    if !html.contains('<') && !html.contains('&') {
        push_escaped_text(html, &mut cleaned);
        return cleaned;
    }
    let mut open: Vec<&'static str> = Vec::new();
    let mut tokens = Tokens::of_fragment(html);
    let mut name = String::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => push_escaped_text(&resolve_html(text), &mut cleaned),
            Token::CData(text) => push_escaped_text(text, &mut cleaned),
            Token::Doctype(_) | Token::Other => {}
            Token::Start {
                name: raw,
                attributes,
                empty,
            } => {
                lower_local_name(raw, &mut name);
                if is_dropped(&name) {
                    if !empty {
                        skip_dropped(&mut tokens, &name);
                    }
                    continue;
                }
                let Some(element) = listed(&ELEMENTS, &name) else {
                    continue;
                };
                let is_void = VOID.contains(&element);
                if !is_void && open.len() >= MAX_DEPTH {
                    continue;
                }
                // Outside SVG a parser takes no notice of the slash.
                let is_empty = is_void || (empty && is_shape(element));
                push_start_tag(element, attributes, base, is_empty, &mut cleaned);
                if !is_empty {
                    open.push(element);
                }
            }
            Token::End(raw) => {
                lower_local_name(raw, &mut name);
                if let Some(place) = open.iter().rposition(|element| *element == name) {
                    for element in open.drain(place..).rev() {
                        push_end_tag(element, &mut cleaned);
                    }
                }
            }
        }
    }
    for element in open.into_iter().rev() {
        push_end_tag(element, &mut cleaned);
    }
    cleaned
}

fn listed(list: &[&'static str], name: &str) -> Option<&'static str> {
    let place = list.binary_search(&name).ok()?;
    list.get(place).copied()
}

fn is_dropped(name: &str) -> bool {
    DROPPED.contains(&name)
}

fn is_shape(element: &str) -> bool {
    matches!(
        element,
        "circle" | "ellipse" | "g" | "line" | "path" | "polygon" | "polyline" | "rect"
    )
}

/// Writes the name without prefix in lower case into `to`.
fn lower_local_name(raw: &str, to: &mut String) {
    to.clear();
    let local = raw.rsplit(':').next().unwrap_or(raw);
    to.extend(local.chars().map(|c| c.to_ascii_lowercase()));
}

/// Moves behind the content of a dropped element; stays put where it is never closed, so that an
/// unclosed `<object>` does not swallow the article.
fn skip_dropped(tokens: &mut Tokens<'_>, name: &str) {
    if RAW.contains(&name) {
        tokens.skip_raw_text(name);
        return;
    }
    let mut ahead = tokens.clone();
    let mut depth = 1_usize;
    // An element of this kind is short; the bound keeps many unclosed ones from being quadratic.
    for _ in 0..1000 {
        match ahead.next() {
            Some(Token::Start {
                name: inner, empty, ..
            }) if inner.eq_ignore_ascii_case(name) => {
                depth += usize::from(!empty);
            }
            Some(Token::End(inner)) if inner.eq_ignore_ascii_case(name) => depth -= 1,
            Some(_) => {}
            None => return,
        }
        if depth == 0 {
            *tokens = ahead;
            return;
        }
    }
}

fn push_end_tag(element: &str, to: &mut String) {
    to.push_str("</");
    to.push_str(element);
    to.push('>');
}

fn push_start_tag(element: &str, raw: &str, base: Option<&Url>, is_empty: bool, to: &mut String) {
    to.push('<');
    to.push_str(element);
    if !raw.is_empty() {
        let mut kept: Vec<(&'static str, String)> = Vec::new();
        let mut name = String::new();
        for (raw_name, raw_value) in attributes(raw) {
            name.clear();
            name.extend(raw_name.chars().map(|c| c.to_ascii_lowercase()));
            let Some(known) = listed(&ATTRIBUTES, &name) else {
                continue;
            };
            if kept.iter().any(|(seen, _)| *seen == known) {
                continue;
            }
            let value = resolve_html(raw_value);
            if LINKS.contains(&known) {
                kept.extend(resolve_link(base, &value).map(|link| (known, link)));
            } else {
                kept.push((known, value.into_owned()));
            }
        }
        if element == "svg" {
            kept.push(("xmlns", "http://www.w3.org/2000/svg".into()));
        }
        kept.sort();
        for (name, value) in kept {
            to.push(' ');
            to.push_str(if name == "baseprofile" {
                "baseProfile"
            } else {
                name
            });
            to.push_str("=\"");
            push_escaped_value(&value, to);
            to.push('"');
        }
    }
    to.push_str(if is_empty { " />" } else { ">" });
}

/// Whether a text has at least one tag or entity of HTML and no tag that HTML does not know,
/// which is how readers tell HTML from text that speaks of `<things>`.
pub(crate) fn looks_like_html(text: &str) -> bool {
    let mut closes = false;
    let mut name = String::new();
    if text.contains('<') {
        for token in Tokens::of_fragment(text) {
            let raw = match token {
                Token::Start { name, .. } => name,
                Token::End(name) => {
                    closes = true;
                    name
                }
                Token::Doctype(_) | Token::CData(_) | Token::Other | Token::Text(_) => continue,
            };
            lower_local_name(raw, &mut name);
            let known = listed(&ELEMENTS, &name).is_some()
                || is_dropped(&name)
                || matches!(
                    name.as_str(),
                    "html"
                        | "body"
                        | "form"
                        | "input"
                        | "label"
                        | "button"
                        | "textarea"
                        | "option"
                        | "video"
                        | "embed"
                        | "param"
                        | "link"
                        | "meta"
                        | "title"
                        | "fieldset"
                );
            if !known {
                return false;
            }
            closes |= VOID.contains(&name.as_str());
        }
    }
    closes || has_reference(text)
}

fn has_reference(text: &str) -> bool {
    text.split('&').skip(1).any(|after| {
        after.split_once(';').is_some_and(|(name, _)| {
            (1..=10).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
        })
    })
}

/// The text of HTML: paragraphs parted by a blank line, lines of `<br>` by a line end, no markup
/// and no picture captions.
pub fn html_to_text(html: &str) -> String {
    let mut writer = ParagraphWriter::default();
    let mut tokens = Tokens::of_fragment(html);
    let mut name = String::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => writer.push(&resolve_html(text)),
            Token::CData(text) => writer.push(text),
            Token::Start {
                name: raw, empty, ..
            } => {
                lower_local_name(raw, &mut name);
                if is_dropped(&name) || name == "figcaption" || name == "textarea" {
                    if !empty {
                        skip_dropped(&mut tokens, &name);
                    }
                } else if name == "br" {
                    writer.end_line();
                } else if is_block(&name) {
                    writer.end_paragraph();
                }
            }
            Token::End(raw) => {
                lower_local_name(raw, &mut name);
                if is_block(&name) {
                    writer.end_paragraph();
                }
            }
            Token::Doctype(_) | Token::Other => {}
        }
    }
    writer.text
}

/// The text of HTML on one line.
pub(crate) fn html_to_line(html: &str) -> String {
    let text = html_to_text(html);
    if text.contains('\n') {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "blockquote"
            | "pre"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "section"
            | "article"
            | "aside"
            | "header"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "figure"
            | "address"
            | "center"
            | "main"
            | "details"
            | "summary"
            | "body"
            | "caption"
    )
}

/// Joins running text with single spaces, and lines and paragraphs with line ends.
#[derive(Default)]
struct ParagraphWriter {
    text: String,
    gap: Gap,
}

/// What stands between the last word and the next.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

impl ParagraphWriter {
    fn push(&mut self, run: &str) {
        if run.starts_with(is_space) {
            self.gap = self.gap.max(Gap::Space);
        }
        for (place, word) in run
            .split(is_space)
            .filter(|word| !word.is_empty())
            .enumerate()
        {
            if place > 0 {
                self.gap = self.gap.max(Gap::Space);
            }
            if !self.text.is_empty() {
                self.text.push_str(match self.gap {
                    Gap::None => "",
                    Gap::Space => " ",
                    Gap::Line => "\n",
                    Gap::Paragraph => "\n\n",
                });
            }
            self.gap = Gap::None;
            self.text.push_str(word);
        }
        if run.ends_with(is_space) {
            self.gap = self.gap.max(Gap::Space);
        }
    }

    fn end_line(&mut self) {
        self.gap = if self.gap >= Gap::Line {
            Gap::Paragraph
        } else {
            Gap::Line
        };
    }

    fn end_paragraph(&mut self) {
        self.gap = Gap::Paragraph;
    }
}

/// White space that HTML folds; a no-break space is folded too, as it is mostly layout.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{a0}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        let base = Url::parse("https://news.example/a/").unwrap();
        assert_eq!(clean_html(html, Some(&base)), expected);
    }

    #[test]
    fn lists_are_sorted_for_the_search() {
        assert!(ELEMENTS.is_sorted() && ATTRIBUTES.is_sorted());
    }

    #[test]
    fn active_content_goes_and_links_are_resolved() {
        check(
            "<p onclick=x>a<script>b</p></script> <a href='c' style=d>e</a><img src=javascript:f>",
            "<p>a <a href=\"https://news.example/a/c\">e</a><img /></p>",
        );
        check("a<scr<script>ipt></script>x", "a&lt;scrx");
        check(
            "<svg><style><img src=x onerror=y></style></svg>",
            "<svg></svg>",
        );
    }

    #[test]
    fn elements_are_balanced() {
        check("<b>x</i></b></p><i>y", "<b>x</b><i>y</i>");
    }

    #[test]
    fn depth_costs_tags_not_text_and_not_time() {
        let deep = "<div>".repeat(200_000) + "x";
        let cleaned = clean_html(&deep, None);
        assert!(cleaned.len() < 4096 && cleaned.contains('x'));
        assert_eq!(html_to_text(&deep), "x");
    }

    #[test]
    fn text_keeps_paragraphs_and_lines() {
        let text = html_to_text(
            "<p>One  &amp; two.</p>\n<p>“Three,”<br>she <b>said</b>.<br><br/>Four</p><figure>\
             <img><figcaption>no</figcaption></figure>",
        );
        assert_eq!(text, "One & two.\n\n“Three,”\nshe said.\n\nFour");
    }

    #[test]
    fn html_is_told_from_text() {
        assert!(looks_like_html("a <b>b</b>") && looks_like_html("a&nbsp;b"));
        assert!(!looks_like_html("1 < 2") && !looks_like_html("the <blink-2> tag</blink-2>"));
    }
}
