//! A value with where it was found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value with where it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Found<T> {
    /// What was found.
    pub value: T,
    /// Where.
    pub source: FieldSource,
}

/// Where a value was found: on the article's page, most trusted first, or in the feed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FieldSource {
    /// Structured data in a JSON-LD script.
    JsonLd,
    /// An `og:`, `article:` or `twitter:` property.
    #[serde(rename = "opengraph")]
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
    /// The feed's item, or the feed as a whole.
    Feed,
    /// The list of feeds, where the user says so.
    Config,
}

/// Where an article's plain fields were found; absent where that is not known, as in records of
/// releases that did not say so and for what a later version keeps from the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldSources {
    /// Of the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<FieldSource>,
    /// Of the author line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<FieldSource>,
    /// Of the date of publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<FieldSource>,
    /// Of the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<FieldSource>,
    /// Of the canonical address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<FieldSource>,
}

impl FieldSources {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
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
            Self::Feed => "feed",
            Self::Config => "config",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_the_same_everywhere() {
        use FieldSource::{Config, Feed, JsonLd, Markup, Meta, OpenGraph, Text, Time, Url};
        for source in [
            JsonLd, OpenGraph, Meta, Time, Markup, Text, Url, Feed, Config,
        ] {
            assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
        }
    }
}
