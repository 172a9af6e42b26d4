//! Which hub pushes a feed, by its `Link` headers or else by the document.

use model::FeedHub;
use reqwest::header::{HeaderMap, LINK};
use url::Url;

use crate::ParsedFeed;

/// The hub and the topic that an answer's `Link` headers name, absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HubLinks {
    hub: Option<String>,
    topic: Option<String>,
}

impl HubLinks {
    /// Reads the headers of an answer that was found at `url`.
    pub(crate) fn from_headers(headers: &HeaderMap, url: &Url) -> Self {
        let mut found = Self::default();
        let values = headers.get_all(LINK).iter();
        for value in values.filter_map(|value| value.to_str().ok()) {
            for (target, relations) in links(value) {
                let slot = if has(&relations, "hub") {
                    &mut found.hub
                } else if has(&relations, "self") {
                    &mut found.topic
                } else {
                    continue;
                };
                if let Ok(target) = url.join(target) {
                    slot.get_or_insert_with(|| target.into());
                }
            }
        }
        found
    }
}

/// The hub of a document that was found at `url`: its headers go before its own words. A topic
/// that no one names is the address itself.
pub(crate) fn hub_of(links: &HubLinks, parsed: &ParsedFeed, url: &str) -> Option<FeedHub> {
    let is_web = |link: &String| link.starts_with("https://") || link.starts_with("http://");
    let hub = links.hub.clone().or_else(|| parsed.hub.clone());
    let topic = links.topic.clone().or_else(|| parsed.self_url.clone());
    Some(FeedHub {
        url: hub.filter(is_web)?,
        topic: topic.filter(is_web).unwrap_or_else(|| url.to_owned()),
    })
}

/// Targets and relations of a `Link` header (RFC 8288); addresses in it hold no angle brackets.
fn links(value: &str) -> impl Iterator<Item = (&str, String)> {
    let parts = value.split('<').skip(1);
    parts.filter_map(|part| {
        let (target, parameters) = part.split_once('>')?;
        let lower = parameters.to_ascii_lowercase();
        let (_, relation) = lower.split_once("rel=")?;
        let relation = match relation.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => relation.split([';', ',']).next(),
        };
        Some((target.trim(), relation?.trim().to_owned()))
    })
}

fn has(relations: &str, relation: &str) -> bool {
    relations.split_whitespace().any(|word| word == relation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(link: &[&str], parsed: &ParsedFeed, expected: Option<(&str, &str)>) {
        let mut headers = HeaderMap::new();
        for value in link {
            headers.append(LINK, value.parse().unwrap());
        }
        let url = "https://news.example/rss";
        let links = HubLinks::from_headers(&headers, &url.parse().unwrap());
        let found = hub_of(&links, parsed, url);
        let found = found
            .as_ref()
            .map(|hub| (hub.url.as_str(), hub.topic.as_str()));
        assert_eq!(found, expected);
    }

    #[test]
    fn headers_go_before_the_document_and_the_address_stands_in_for_a_topic() {
        let silent = ParsedFeed::default();
        let telling = ParsedFeed {
            hub: Some("https://hub.example/".into()),
            self_url: Some("https://news.example/all.rss".into()),
            ..ParsedFeed::default()
        };
        check(&[], &silent, None);
        check(
            &[],
            &telling,
            Some(("https://hub.example/", "https://news.example/all.rss")),
        );
        check(
            &[
                "</hub>; rel=\"hub\", </feed>; REL=self",
                "<https://x.example/>; rel=next",
            ],
            &telling,
            Some(("https://news.example/hub", "https://news.example/feed")),
        );
        check(
            &["<https://hub.example/>;rel=hub"],
            &silent,
            Some(("https://hub.example/", "https://news.example/rss")),
        );
        check(&["<mailto:a@x.example>; rel=hub"], &silent, None);
        check(
            &["<>; rel", "rel=hub", "<https://hub.example/"],
            &silent,
            None,
        );
    }
}
