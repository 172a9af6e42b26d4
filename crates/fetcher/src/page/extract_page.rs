//! From the bytes of a page to its article.

use dom_smoothie::{Config, Readability, TextMode};
use jiff::Timestamp;
use model::Language;
use thiserror::Error;

use super::{FieldSource, Found};

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
    if let Some(other) = content_type.filter(|kind| !kind.contains("html")) {
        return Err(PageError::NotHtml {
            content_type: other.to_owned(),
        });
    }
    let text = String::from_utf8_lossy(html);
    let config = Config {
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let base = Some(url).filter(|url| !url.is_empty());
    let article = Readability::new(text.as_ref(), base, Some(config))
        .and_then(|mut readability| readability.parse())
        .map_err(|_| PageError::NoText)?;
    let found = |value: Option<String>| {
        value.map(|value| Found {
            value,
            source: FieldSource::Meta,
        })
    };
    let time = |value: Option<String>| {
        value
            .and_then(|value| value.parse::<Timestamp>().ok())
            .map(|value| Found {
                value,
                source: FieldSource::Meta,
            })
    };
    Ok(Page {
        body: article.text_content.to_string(),
        title: found(Some(article.title)),
        byline: found(article.byline),
        site_name: found(article.site_name),
        lead_image: found(article.image),
        canonical_url: found(article.url),
        published: time(article.published_time),
        modified: time(article.modified_time),
        language: article
            .lang
            .and_then(|tag| tag.parse().ok())
            .map(|value| Found {
                value,
                source: FieldSource::Meta,
            }),
        ..Page::default()
    })
}
