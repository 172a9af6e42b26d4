//! From the bytes of a page to its article.

use jiff::Timestamp;
use model::Language;
use thiserror::Error;

use super::{
    Found,
    body::extract_body,
    metadata::read_metadata,
    survey::{Boxes, MAX_ELEMENTS, Survey},
};
use crate::feed::decode;

/// An article's page, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Main text: paragraphs parted by a blank line; no captions, credits or boxes.
    pub body: String,
    /// Headline.
    pub title: Option<Found<String>>,
    /// Author line, without "By".
    pub byline: Option<Found<String>>,
    /// Place (and agency) at the start of the text, as in "PHNOM PENH (Agency) —".
    pub dateline: Option<Found<String>>,
    /// The part of the site, such as "Politics".
    pub section: Option<Found<String>>,
    /// The address that the page wants to be known by, absolute.
    pub canonical_url: Option<Found<String>>,
    /// When it was published.
    pub published: Option<Found<Timestamp>>,
    /// When it was changed last.
    pub modified: Option<Found<Timestamp>>,
    /// Language of the page.
    pub language: Option<Found<Language>>,
    /// The site's name.
    pub site_name: Option<Found<String>>,
    /// The picture that stands for the article, absolute.
    pub lead_image: Option<Found<String>>,
}

/// Why a page gives no article.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PageError {
    /// Nothing but white space.
    #[error("the page is empty")]
    Empty,
    /// Over the size limit.
    #[error("the page has {bytes} bytes, over the limit of {limit_bytes}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// Not a page that people write: too deep or too many elements.
    #[error("the page is too complex: {reason}")]
    TooComplex {
        /// What is too much.
        reason: String,
    },
    /// No main text stands out.
    #[error("no article text was found on the page")]
    NoText,
    /// Not HTML.
    #[error("the page is not HTML but {content_type}")]
    NotHtml {
        /// What the header says.
        content_type: String,
    },
}

/// Larger pages are refused; the largest of 181 news pages has 3 MB.
const MAX_PAGE_BYTES: usize = 8 << 20;

/// Larger pages are refused also where scripts are left out: the extractors read some 3 MB a
/// second, and an article's body is cut at half a megabyte.
const MAX_REDUCED_BYTES: usize = 4 << 20;

/// A shorter body makes one look again with all boxes in place.
const SHORT_BODY_BYTES: usize = 500;

/// Reads the article on a page.
///
/// # Errors
/// Where the page has no article or is not fit to be read, see [`PageError`].
pub fn extract_page(html: &[u8], content_type: Option<&str>, url: &str) -> Result<Page, PageError> {
    if html.len() > MAX_PAGE_BYTES {
        return Err(PageError::TooLarge {
            bytes: html.len(),
            limit_bytes: MAX_PAGE_BYTES,
        });
    }
    if html.iter().all(u8::is_ascii_whitespace) {
        return Err(PageError::Empty);
    }
    if let Some(other) = content_type.filter(|kind| !kind.to_ascii_lowercase().contains("html")) {
        return Err(PageError::NotHtml {
            content_type: other.to_owned(),
        });
    }
    let decoded = decode(html, content_type);
    let survey = Survey::of(&decoded.text, Boxes::Dropped);
    if survey.elements > MAX_ELEMENTS {
        return Err(PageError::TooComplex {
            reason: format!("over {MAX_ELEMENTS} elements"),
        });
    }
    if survey.reduced.len() > MAX_REDUCED_BYTES {
        return Err(PageError::TooComplex {
            reason: format!("over {} MB without its scripts", MAX_REDUCED_BYTES >> 20),
        });
    }
    // The extractors are others' code on strangers' pages: a panic costs this page.
    let extract =
        |reduced: &str| std::panic::catch_unwind(|| extract_body(reduced)).unwrap_or_default();
    let mut body = extract(&survey.reduced);
    if body.len() < SHORT_BODY_BYTES {
        let whole = extract(&Survey::of(&decoded.text, Boxes::Kept).reduced);
        if whole.len() > 2 * body.len() {
            body = whole;
        }
    }
    if body.is_empty() {
        return Err(PageError::NoText);
    }
    let page = read_metadata(&survey, &body, url);
    Ok(Page { body, ..page })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const PAGE: &str = r#"<!doctype html><html lang="en"><head>
        <title>Harbour talks resume | The Vell Post</title>
        <meta property="og:title" content="Harbour talks resume">
        <meta property="og:site_name" content="The Vell Post">
        <meta name="author" content="By Ana Belo">
        <link rel="canonical" href="/harbour-talks">
        <script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour talks resume",
          "datePublished":"2026-05-02T08:00:00+02:00","author":{"@type":"Person","name":"Ana Belo"}}</script>
        </head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
        <div class="article-body"><h1>Harbour talks resume</h1>
        <figure><img src="a.jpg"><figcaption>The harbour at dawn, seen from the old fort.</figcaption></figure>
        <p>PORT VELL (Vell Agency) — Talks on the harbour of Port Vell resumed on Monday, the ministry of ports said in a statement.</p>
        <p>“We will not sell the harbour to anyone,” Minister Jo Tan told reporters after the first session, which lasted four hours.</p>
        <div class="newsletter-signup"><p>Sign up for our newsletter and never miss a story.</p></div>
        <p>The union of dock workers, which had called a strike for Tuesday, said that it would wait for the outcome of the talks.</p>
        <p>A second session is planned for Thursday, according to two people who know of the plans and asked not to be named.</p>
        <p>Reported by Ana Belo. Edited by Li Moss.</p></div>
        <div class="related"><a href="/x">Fish market burns</a></div></body></html>"#;

    fn check_fault(html: &str, expected: &str) {
        let start = Instant::now();
        let fault = extract_page(html.as_bytes(), None, "https://vell.example/a").unwrap_err();
        assert!(fault.to_string().contains(expected), "{fault}");
        // Generous, as tests run unoptimised and side by side; quadratic code takes minutes.
        assert!(start.elapsed() < Duration::from_mins(1));
    }

    #[test]
    fn body_is_paragraphs_without_captions_credits_and_boxes() {
        let page =
            extract_page(PAGE.as_bytes(), Some("text/html"), "https://vell.example/a").unwrap();
        assert_eq!(page.body.split("\n\n").count(), 4, "{}", page.body);
        assert!(page.body.starts_with("PORT VELL (Vell Agency) — Talks"));
        for absent in ["dawn", "newsletter", "Reported by", "Fish"] {
            assert!(!page.body.contains(absent), "{absent}");
        }
    }

    #[test]
    fn metadata_says_where_it_was_found() {
        let page = extract_page(PAGE.as_bytes(), None, "https://vell.example/a").unwrap();
        let text = |found: Option<Found<String>>| found.map(|f| (f.value, f.source.as_str()));
        let said = |value: &str, source| Some((value.to_owned(), source));
        assert_eq!(text(page.title), said("Harbour talks resume", "opengraph"));
        assert_eq!(text(page.byline), said("Ana Belo", "json-ld"));
        assert_eq!(text(page.site_name), said("The Vell Post", "opengraph"));
        assert_eq!(text(page.dateline), said("PORT VELL (Vell Agency)", "text"));
        assert_eq!(
            text(page.canonical_url),
            said("https://vell.example/harbour-talks", "meta")
        );
        let published = page.published.map(|found| found.value.to_string());
        assert_eq!(published.as_deref(), Some("2026-05-02T06:00:00Z"));
    }

    #[test]
    fn a_line_in_the_text_says_when_where_nothing_else_does() {
        let check = |line: &str, expected: Option<&str>| {
            let html = format!(
                "<html><body><article><h1>Talks</h1><div>{line}</div>{}</article></body></html>",
                "<p>Talks on the harbour resumed on Monday, the ministry said in a statement.</p>"
                    .repeat(9)
            );
            let page = extract_page(html.as_bytes(), None, "https://vell.example/a").unwrap();
            let published = page.published.map(|found| found.value.to_string());
            assert_eq!(published.as_deref(), expected, "{line}");
        };
        check(
            "Published 11:11 PM EST Nov 19, 2019",
            Some("2019-11-20T04:11:00Z"),
        );
        check("Posted on: 2 May 2026", Some("2026-05-02T00:00:00Z"));
        check("Published by Vell Press, 12 Quay Street", None);
    }

    #[test]
    fn a_day_is_made_exact_by_what_else_the_page_says_of_it() {
        let check = |meta: &str, expected: &str| {
            let html = PAGE
                .replace("2026-05-02T08:00:00+02:00", "2026-05-02")
                .replace("<head>", &format!("<head>{meta}"));
            let page = extract_page(html.as_bytes(), None, "https://vell.example/a").unwrap();
            let published = page.published.map(|found| found.value.to_string());
            assert_eq!(published.as_deref(), Some(expected), "{meta}");
        };
        let meta = |date: &str| {
            format!(
                "<meta property=\"article:published\" itemprop=\"datePublished x\" content=\"{date}\">"
            )
        };
        check("", "2026-05-02T00:00:00Z");
        check(&meta("2026-05-02T18:30:00-08:00"), "2026-05-03T02:30:00Z");
        check(&meta("2026-05-09T18:30:00Z"), "2026-05-02T00:00:00Z");
        let object = "<script type=\"application/ld+json\">{\"@type\":\"WebPage\",\
                      \"datePublished\":\"2026-05-02T07:15:00Z\"}</script>";
        check(object, "2026-05-02T07:15:00Z");
    }

    #[test]
    fn a_date_is_no_part_of_an_authors_name() {
        let html = PAGE
            .replace(
                "\"author\":{\"@type\":\"Person\",\"name\":\"Ana Belo\"}",
                "\"x\":1",
            )
            .replace("By Ana Belo", "By Ana Belo November 15, 2030 9:00 am");
        let page = extract_page(html.as_bytes(), None, "https://vell.example/a").unwrap();
        let byline = page.byline.map(|found| found.value);
        assert_eq!(byline.as_deref(), Some("Ana Belo"));
    }

    #[test]
    fn a_pages_own_base_counts() {
        let html = PAGE.replace(
            "<head>",
            "<head><base href=\"https://www.vell.example/en/\">",
        );
        assert!(html.contains("<base"));
        let html = html.replace("href=\"/harbour-talks\"", "href=\"harbour-talks\"");
        let page = extract_page(html.as_bytes(), None, "https://vell.example/x").unwrap();
        let canonical = page.canonical_url.map(|found| found.value);
        assert_eq!(
            canonical.as_deref(),
            Some("https://www.vell.example/en/harbour-talks")
        );
    }

    #[test]
    fn hostile_pages_end_soon_with_a_clear_fault() {
        check_fault(&"<div>".repeat(50_000), "no article text");
        check_fault(&"<a href=x>y</a>".repeat(200_000), "too complex");
        check_fault(&"x".repeat(14 << 20), "over the limit");
        check_fault(&"<p class=\"share\">".repeat(50_000), "no article text");
        check_fault("  \n", "empty");
    }

    #[test]
    fn an_element_of_endless_attributes_costs_them_and_not_time() {
        let attributes: Vec<String> = (0..200_000).map(|n| format!(" a{n}=1")).collect();
        let attributes = attributes.concat();
        let html = PAGE.replace("<body>", &format!("<body{attributes}><div{attributes}>"));
        let page = extract_page(html.as_bytes(), None, "https://vell.example/a").unwrap();
        assert!(page.body.contains("ministry of ports"));
    }

    #[test]
    fn deep_pages_keep_their_text() {
        let text = "<p>The ministry of ports said on Monday that the talks, which lasted four hours, would go on.</p>";
        let html = format!("{}{}", "<div>".repeat(20_000), text.repeat(8));
        let page = extract_page(html.as_bytes(), None, "https://vell.example/a").unwrap();
        assert!(page.body.contains("ministry of ports"));
    }
}
