//! One pass over a page's tokens: what the head declares, and the page without what is never
//! article text.
//!
//! Tree builders are quadratic in depth, so depth and size are bounded here, before one sees the
//! page. Boxes are told by element, class and id; a box that holds much running text is kept, as
//! sites name the article itself in odd ways.

use std::{ops::RangeInclusive, sync::LazyLock};

use regex::Regex;

use crate::feed::{Token, Tokens, attributes, html_to_line, resolve_html};

/// Deeper elements lose their tags and keep their text; pages of news sites are under 60 deep.
const MAX_DEPTH: usize = 200;

/// A page with more elements than this was not written for people.
pub(super) const MAX_ELEMENTS: usize = 60_000;

/// Tokens looked at, over a whole page, to find where boxes end.
const LOOK_AHEAD_BUDGET: usize = 1_000_000;

/// Text between two tags counts as running text from this length on; menus and teasers are
/// shorter.
const MIN_RUN_BYTES: usize = 80;

/// A box with more running text than this is the article.
const MIN_ARTICLE_BYTES: usize = 900;

/// An element with longer attributes loses them: tree builders look for doubles among them in
/// quadratic time.
const MAX_ATTRIBUTES_BYTES: usize = 2048;

/// Longest script of structured data worth reading.
const MAX_JSON_LD_BYTES: usize = 512 << 10;

/// What a page declares, and what is left of it.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The page without scripts, captions and boxes.
    pub(super) reduced: String,
    /// Elements written into `reduced`.
    pub(super) elements: usize,
    /// `<meta>` by property, name or itemprop in lower case, with its content.
    pub(super) metas: Vec<(String, String)>,
    /// `<link>` by relation, with its address.
    pub(super) links: Vec<(String, String)>,
    pub(super) title: Option<String>,
    pub(super) first_heading: Option<String>,
    pub(super) json_ld: Vec<String>,
    /// `datetime` of `<time>` elements, with whether the markup says that it is the publication.
    pub(super) times: Vec<(String, bool)>,
    /// What follows "Published" where a line of its own says so.
    pub(super) published_line: Option<String>,
    /// Texts of elements that say that they name the author, best first.
    pub(super) bylines: Vec<String>,
    pub(super) language: Option<String>,
}

/// Elements that hold no article text, with all they contain.
const DROPPED: [&str; 22] = [
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "figcaption",
    "svg",
    "form",
    "button",
    "select",
    "nav",
    "object",
    "embed",
    "applet",
    "map",
    "canvas",
    "dialog",
    "menu",
    "audio",
    "video",
    "textarea",
    "aside",
];

const RAW: [&str; 5] = ["script", "style", "iframe", "textarea", "noscript"];

const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Words in a class or id that say that an element is not the article's text.
static BOX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)(^|[\s_-]) (
            (img|image|photo|pic|media|video|wp)?-?_?caption(s|ed|-?text)? | figcaption | credits? | photo-?credit
            | newsletters?(-?sign-?up)? | sign-?up | subscri(be|ption)(-?box)? | related(-?(posts?|articles?|content|links?|stories|news|topics))?
            | recirc(ulation)? | recommended | recommendations? | more-?(from|on|stories|news)
            | most-?(read|popular|viewed) | popular | trending | outbrain | taboola | zergnet
            | promo(s|tion|tional)? | sponsored | advert(s|isement|isements)? | ad-?(slot|container|wrapper|unit)
            | shar(e|ing)(-?(bar|buttons?|tools?|links?))? | social(-?(share|media|links?|bar|buttons?))? | addthis | sharedaddy
            | comments?(-?(list|section|area))? | disqus(-?thread)? | respond | breadcrumbs? | pagination | pager
            | cookie-?(banner|notice|consent) | tooltip | rollover-?people-?block | popup | print-?only
            | author-?(bio|box|info) | about-?author | post-?tags | tags-?links | tag-?list | jp-relatedposts
            | read-?(more|next|also) | see-?also | follow-?us | callout-?newsletter | inline-?newsletter
        )($|[\s_-])",
    )
    .expect("the expression is fixed")
});

/// Words in a class that say that an element is the article's text after all.
static CONTENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(entry|article|story|post|main|page)[_-]?(content|body|text)")
        .expect("the expression is fixed")
});

/// Words in a class that say that an element holds a post which the article embeds: its words are
/// quoted, and often what the article is about.
static EMBEDDED_POST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(social|tweet|twitter|instagram|facebook|telegram|tiktok)[\w-]*embed|embed[\w-]*(social|tweet|twitter|instagram|facebook|telegram|tiktok)",
    )
    .expect("the expression is fixed")
});

/// How a line begins that says when the article was published.
static PUBLISHED_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?:first\s+)?(?:published|posted|publié|publicado|pubblicato|veröffentlicht)\b\s*(?:on|at|le|el|il|am)?\b[\s:,]*(.*\d.*)",
    )
    .expect("the expression is fixed")
});

/// A line that says when it was published is as long as this.
const PUBLISHED_LINE_BYTES: RangeInclusive<usize> = 12..=100;

/// Words in a class, rel or itemprop that say that an element names the author.
static AUTHOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|[\s_-])(byline(-?(name|author))?|author(-?name)?|auteur|autor|writer|reporter)($|[\s_-])")
        .expect("the expression is fixed")
});

impl Survey {
    pub(super) fn of(html: &str, boxes: Boxes) -> Self {
        let mut pass = Pass {
            boxes,
            survey: Self {
                reduced: String::with_capacity(html.len() / 2),
                ..Self::default()
            },
            open: Vec::new(),
            budget: LOOK_AHEAD_BUDGET,
        };
        let mut tokens = Tokens::of_fragment(html);
        while let Some(token) = tokens.next() {
            pass.take(token, &mut tokens);
            if pass.survey.elements > MAX_ELEMENTS {
                break;
            }
        }
        pass.survey
    }

    /// The content of the first `<meta>` called one of `names`, in the order of the names.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let mut found = self.metas.iter().filter(|(known, _)| known == name);
            found.next().map(|(_, content)| content.as_str())
        })
    }

    /// The address of the first `<link>` with this relation.
    pub(super) fn link(&self, relation: &str) -> Option<&str> {
        let mut found = self.links.iter().filter(|(known, _)| known == relation);
        found.next().map(|(_, href)| href.as_str())
    }
}

/// What becomes of elements whose class or id says that they are not the article's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Boxes {
    Dropped,
    Kept,
}

/// What becomes of one element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Dropped,
    /// It holds the article itself; its name and class say otherwise and go.
    Unmarked,
    Kept,
}

struct Pass {
    boxes: Boxes,
    survey: Survey,
    /// Open elements, with whether their tags are written.
    open: Vec<(String, bool)>,
    budget: usize,
}

impl Pass {
    fn take<'t>(&mut self, token: Token<'t>, tokens: &mut Tokens<'t>) {
        match token {
            Token::Text(text) => {
                self.published_line(text);
                self.survey.reduced.push_str(text);
            }
            Token::Start {
                name,
                attributes,
                empty,
            } => self.start(&name.to_ascii_lowercase(), attributes, empty, tokens),
            Token::End(name) => self.end(&name.to_ascii_lowercase()),
            Token::CData(_) | Token::Doctype(_) | Token::Other => {}
        }
    }

    fn start(&mut self, name: &str, raw: &str, empty: bool, tokens: &mut Tokens<'_>) {
        match name {
            "meta" => self.meta(raw),
            "link" => self.link(raw),
            "base" => self.base(raw),
            "title" if self.survey.title.is_none() && self.survey.reduced.len() < 100_000 => {
                let title = text_inside(name, tokens);
                self.survey.title = Some(title.clone()).filter(|title| !title.is_empty());
                self.survey
                    .reduced
                    .extend(["<title>", &title.replace('<', "&lt;"), "</title>"]);
                return;
            }
            "html" => self.survey.language = attribute(raw, "lang").or(attribute(raw, "xml:lang")),
            "h1" if self.survey.first_heading.is_none() => {
                let heading = text_inside(name, &mut tokens.clone());
                self.survey.first_heading = Some(heading).filter(|heading| !heading.is_empty());
            }
            "time" => self.time(raw),
            "script" => self.script(raw, &mut tokens.clone()),
            _ => {}
        }
        let is_void = VOID.contains(&name) || empty && name == "svg";
        let label = label(raw);
        if !is_void {
            self.byline(name, raw, &label, tokens);
        }
        let holds_comments = holds_comments(name, &label);
        let suspected = holds_comments
            || DROPPED.contains(&name)
            || (self.boxes == Boxes::Dropped && !is_void && is_box(name, &label));
        let fate = if suspected {
            self.fate(name, tokens, is_void, holds_comments)
        } else {
            Fate::Kept
        };
        if fate == Fate::Dropped || (!is_void && self.open.len() >= MAX_DEPTH) {
            return;
        }
        self.survey.elements += 1;
        if fate == Fate::Unmarked && DROPPED.contains(&name) {
            return;
        }
        // A quotation is text whatever its class says: extractors drop those named for a platform.
        // So is a post that the article embeds.
        let is_unmarked = fate == Fate::Unmarked || name == "blockquote" || label.contains("embed");
        let raw = if is_unmarked || raw.len() > MAX_ATTRIBUTES_BYTES {
            ""
        } else {
            raw
        };
        // An extractor that meets a box of links drops it with the post inside: the post alone stays.
        let is_written = !(name == "div" && EMBEDDED_POST.is_match(&label));
        if is_written {
            self.survey.reduced.extend(["<", name, raw, ">"]);
        }
        if !is_void {
            self.open.push((name.to_owned(), is_written));
        }
    }

    fn end(&mut self, name: &str) {
        let from = self.open.len().saturating_sub(64);
        let recent = self.open.get(from..).unwrap_or_default();
        if let Some(place) = recent.iter().rposition(|(open, _)| open == name) {
            let is_written = recent.get(place).is_some_and(|(_, is_written)| *is_written);
            self.open.truncate(from + place);
            if is_written {
                self.survey.reduced.extend(["</", name, ">"]);
            }
        } else if name == "p" || name == "br" {
            // Browsers make an element of these; so does the tree builder.
            self.survey.reduced.extend(["</", name, ">"]);
        }
    }

    /// Moves behind a suspected element, unless it is never closed or holds much running text.
    fn fate(
        &mut self,
        name: &str,
        tokens: &mut Tokens<'_>,
        is_void: bool,
        holds_comments: bool,
    ) -> Fate {
        if is_void {
            return Fate::Dropped;
        }
        if RAW.contains(&name) {
            tokens.skip_raw_text(name);
            return Fate::Dropped;
        }
        let mut ahead = tokens.clone();
        let mut depth = 1_usize;
        let mut running_bytes = 0;
        while self.budget > 0 {
            self.budget -= 1;
            match ahead.next() {
                Some(Token::Start {
                    name: inner, empty, ..
                }) => {
                    if RAW.iter().any(|raw| inner.eq_ignore_ascii_case(raw)) {
                        ahead.skip_raw_text(inner);
                    } else if inner.eq_ignore_ascii_case(name) && !empty {
                        depth += 1;
                    }
                }
                Some(Token::End(inner)) if inner.eq_ignore_ascii_case(name) => depth -= 1,
                Some(Token::Text(text)) => {
                    let length = text.trim().len();
                    running_bytes += if length > MIN_RUN_BYTES { length } else { 0 };
                }
                Some(Token::End(_) | Token::CData(_) | Token::Doctype(_) | Token::Other) => {}
                None => return Fate::Unmarked,
            }
            if depth == 0 {
                if running_bytes > MIN_ARTICLE_BYTES && name != "figcaption" && !holds_comments {
                    return Fate::Unmarked;
                }
                *tokens = ahead;
                return Fate::Dropped;
            }
        }
        Fate::Kept
    }

    fn published_line(&mut self, text: &str) {
        let line = text.trim();
        if self.survey.published_line.is_some() || !PUBLISHED_LINE_BYTES.contains(&line.len()) {
            return;
        }
        if let Some(date) = PUBLISHED_LINE.captures(line).and_then(|found| found.get(1)) {
            self.survey.published_line = Some(resolve_html(date.as_str()).into_owned());
        }
    }

    fn meta(&mut self, raw: &str) {
        let content = attribute(raw, "content").unwrap_or_default();
        if content.trim().is_empty() || self.survey.metas.len() >= 500 {
            return;
        }
        for key in ["property", "name", "itemprop", "http-equiv"] {
            // One content may have several names: `itemprop="datePublished dateCreated"`.
            let names = attribute(raw, key).unwrap_or_default().to_ascii_lowercase();
            for name in names.split_ascii_whitespace().take(4) {
                let content = content.trim().to_owned();
                self.survey.metas.push((name.to_owned(), content));
            }
        }
    }

    fn link(&mut self, raw: &str) {
        let (Some(relation), Some(href)) = (attribute(raw, "rel"), attribute(raw, "href")) else {
            return;
        };
        if self.survey.links.len() < 500 {
            let relation = relation.trim().to_ascii_lowercase();
            self.survey.links.push((relation, href.trim().to_owned()));
        }
    }

    /// The first `<base>` counts (HTML, 4.2.3).
    fn base(&mut self, raw: &str) {
        if let (None, Some(href)) = (self.survey.link("base"), attribute(raw, "href")) {
            let base = ("base".to_owned(), href.trim().to_owned());
            self.survey.links.push(base);
        }
    }

    fn time(&mut self, raw: &str) {
        if let Some(datetime) = attribute(raw, "datetime")
            && self.survey.times.len() < 50
        {
            let says = label(raw);
            let is_published = says.contains("publi") || raw.contains("pubdate");
            self.survey.times.push((datetime, is_published));
        }
    }

    fn script(&mut self, raw: &str, tokens: &mut Tokens<'_>) {
        let kind = attribute(raw, "type").unwrap_or_default();
        if !kind.to_ascii_lowercase().contains("ld+json") || self.survey.json_ld.len() >= 20 {
            return;
        }
        let text = tokens.raw_text("script");
        if text.len() <= MAX_JSON_LD_BYTES {
            self.survey.json_ld.push(text.to_owned());
        }
    }

    fn byline(&mut self, name: &str, raw: &str, label: &str, tokens: &Tokens<'_>) {
        let states = |key: &str| attribute(raw, key).is_some_and(|value| AUTHOR.is_match(&value));
        let says = states("rel") || states("itemprop");
        let named = matches!(
            name,
            "span" | "div" | "p" | "a" | "address" | "li" | "h4" | "h5"
        ) && AUTHOR.is_match(label);
        if !(says || named) || self.survey.bylines.len() >= 10 {
            return;
        }
        let text = text_inside(name, &mut tokens.clone());
        if (2..120).contains(&text.chars().count()) {
            let place = if says { 0 } else { self.survey.bylines.len() };
            self.survey.bylines.insert(place, text);
        }
    }
}

/// Class and id in lower case.
fn label(raw: &str) -> String {
    let mut label = String::new();
    if raw.is_empty() {
        return label;
    }
    for (name, value) in attributes(raw) {
        if name.eq_ignore_ascii_case("class")
            || name.eq_ignore_ascii_case("id")
            || name.eq_ignore_ascii_case("data-component")
            || name.eq_ignore_ascii_case("itemprop")
        {
            label.push_str(&value.to_ascii_lowercase());
            label.push(' ');
        }
    }
    label
}

fn is_box(name: &str, label: &str) -> bool {
    !label.is_empty()
        && !matches!(name, "html" | "body" | "main" | "article")
        && BOX.is_match(label)
        && !EMBEDDED_POST.is_match(label)
        && !CONTENT.is_match(label)
}

/// Readers' comments, which read like an article and are none.
fn holds_comments(name: &str, label: &str) -> bool {
    matches!(name, "div" | "section" | "ol" | "ul")
        && label.split_ascii_whitespace().any(|word| {
            matches!(
                word,
                "comments"
                    | "comment-list"
                    | "commentlist"
                    | "comments-area"
                    | "comments-list"
                    | "comment-section"
                    | "comments-section"
                    | "disqus_thread"
                    | "respond"
            )
        })
}

pub(super) fn attribute(raw: &str, name: &str) -> Option<String> {
    attributes(raw)
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| resolve_html(value).into_owned())
}

/// The text of the element just opened, on one line; short elements only.
fn text_inside(name: &str, tokens: &mut Tokens<'_>) -> String {
    let mut html = String::new();
    let mut depth = 1_usize;
    for token in tokens.by_ref().take(200) {
        match token {
            Token::Text(text) => html.push_str(text),
            Token::Start { name: inner, .. } if inner.eq_ignore_ascii_case(name) => depth += 1,
            Token::End(inner) if inner.eq_ignore_ascii_case(name) => depth -= 1,
            Token::Start { .. } | Token::End(_) => html.push(' '),
            Token::CData(_) | Token::Doctype(_) | Token::Other => {}
        }
        if depth == 0 || html.len() > 2000 {
            break;
        }
    }
    html_to_line(&html)
}
