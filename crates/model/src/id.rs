//! Identifiers that come from content, so that a replay gives the same ids.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Hex digits kept of each hash: 128 bits, so a collision among 10^12 records is unlikely (1e-15).
const HEX_DIGITS: usize = 32;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text, as it stands in records and keys.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A feed, by its configured URL.
    FeedId
}
text_id! {
    /// An article, by its canonical URL (or the feed's guid where it has none).
    ArticleId
}
text_id! {
    /// A quote, by its article and its words: stable when a new version of the article moves it.
    QuoteId
}
text_id! {
    /// An entity of one article, by its kind and name.
    EntityId
}
text_id! {
    /// A mention of an official in one article, by official and count.
    MentionId
}
text_id! {
    /// An alert, by rule, official and article.
    AlertId
}
text_id! {
    /// A notification, by target, group and place in the group's sequence.
    NotificationId
}
text_id! {
    /// A silence, by what it covers and when it was made.
    SilenceId
}
text_id! {
    /// An official of the watch-list: the `id` that the user gave, such as `hun-sen`.
    OfficialId
}

impl FeedId {
    /// The id of the feed configured with this URL.
    pub fn from_url(url: &str) -> Self {
        Self(hash(&["feed", url]))
    }
}

impl ArticleId {
    /// The id of the article with this canonical URL.
    pub fn from_canonical_url(url: &str) -> Self {
        Self(hash(&["article", url]))
    }

    /// The id of an article without a URL, from its feed and guid.
    pub fn from_guid(feed: &FeedId, guid: &str) -> Self {
        Self(hash(&["guid", feed.as_str(), guid]))
    }

    /// An id read back from its hex digits; `None` where the text is no such id.
    pub fn from_hex(text: &str) -> Option<Self> {
        let is_id = text.len() == HEX_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
        is_id.then(|| Self(text.to_owned()))
    }
}

impl QuoteId {
    /// The id of the `occurrence`-th (from 0) quote in an article with exactly these words.
    pub fn new(article: &ArticleId, content: &str, occurrence: usize) -> Self {
        Self(hash(&[
            "quote",
            article.as_str(),
            content,
            &occurrence.to_string(),
        ]))
    }
}

impl EntityId {
    /// The id of the `occurrence`-th (from 0) entity of this kind and name in an article.
    pub fn new(article: &ArticleId, kind: &str, name: &str, occurrence: usize) -> Self {
        Self(hash(&[
            "entity",
            article.as_str(),
            kind,
            name,
            &occurrence.to_string(),
        ]))
    }
}

impl MentionId {
    /// The id of the `occurrence`-th (from 0) mention of an official in an article.
    pub fn new(article: &ArticleId, official: &OfficialId, occurrence: usize) -> Self {
        Self(hash(&[
            "mention",
            article.as_str(),
            official.as_str(),
            &occurrence.to_string(),
        ]))
    }
}

impl AlertId {
    /// The id of the alert that a rule raises on an official in an article.
    pub fn new(rule: &str, official: &OfficialId, article: &ArticleId) -> Self {
        Self(hash(&["alert", rule, official.as_str(), article.as_str()]))
    }

    /// The id of the alert that a rule which names no official raises on an article.
    pub fn of_article(rule: &str, article: &ArticleId) -> Self {
        Self(hash(&["alert", rule, article.as_str()]))
    }
}

impl NotificationId {
    /// The id of the `sequence`-th notification of a group to a target.
    pub fn new(target: &str, group: &str, sequence: u32) -> Self {
        Self(hash(&[
            "notification",
            target,
            group,
            &sequence.to_string(),
        ]))
    }
}

impl SilenceId {
    /// The id of a silence; its first digits are enough to name it.
    pub fn new(matchers: &str, author: &str, created: &str) -> Self {
        Self(hash(&["silence", matchers, author, created]))
    }
}

impl OfficialId {
    /// The id as the watch-list states it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }
}

/// Hashes parts with their lengths, so that ("ab","c") and ("a","bc") differ.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let mut hex = String::with_capacity(HEX_DIGITS);
    for byte in hasher.finalize().iter().take(HEX_DIGITS / 2) {
        hex.push(nibble(byte >> 4));
        hex.push(nibble(byte & 0x0f));
    }
    hex
}

fn nibble(value: u8) -> char {
    char::from_digit(u32::from(value), 16).expect("a nibble is below 16")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_not_run_together() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }

    #[test]
    fn the_same_url_gives_the_same_id_in_every_release() {
        assert_eq!(
            ArticleId::from_canonical_url("https://news.example/a").as_str(),
            hash(&["article", "https://news.example/a"]),
        );
        assert_eq!(
            hash(&["article", "https://news.example/a"]).len(),
            HEX_DIGITS
        );
    }
}
