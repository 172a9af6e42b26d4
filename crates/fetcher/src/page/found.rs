//! A value with where it was found.

/// A value with where on the page it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// What was found.
    pub value: T,
    /// Where.
    pub source: FieldSource,
}

/// Where on a page a value was found, most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldSource {
    /// Structured data in a JSON-LD script.
    JsonLd,
    /// An `og:`, `article:` or `twitter:` property.
    OpenGraph,
    /// Another `<meta>` or `<link>` of the head, or `<html lang>`.
    Meta,
    /// A `<time>` element.
    Time,
    /// Microdata or a class name that says what an element is.
    Markup,
    /// The words themselves.
    Text,
    /// The page's address.
    Url,
}

impl FieldSource {
    /// As it stands in records and in `feeds test`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonLd => "json-ld",
            Self::OpenGraph => "opengraph",
            Self::Meta => "meta",
            Self::Time => "time",
            Self::Markup => "markup",
            Self::Text => "text",
            Self::Url => "url",
        }
    }
}
