//! The feeds of a site: found by its pages' links, common paths and news sitemaps.
//!
//! An address that is a feed itself costs one request. A page's `<link>`s come first; without them
//! its plain links to what is called a feed, as on a site's page about its feeds. Common paths are
//! tried only where neither gives a feed, and only until one answers. News sitemaps that robots.txt
//! names are looked at in any case.

use std::sync::Arc;

use jiff::Timestamp;
use model::{FeedFault, Language, RobotsPolicy};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::{
    Config, ParseFeedError, ParsedFeed, SetUpError,
    canonical_url::canonical_url,
    client::{ACCEPT_FEED, Answer, AnyHop, Request},
    fault::Fault,
    feed::decode,
    parse_feed,
    poller::Poller,
    robots::WhenUnreachable,
    site_links::{MAX_LINKS, listed_sitemaps, named_feeds},
};

/// Paths at which site software keeps its feed, commonest first.
const COMMON_PATHS: [&str; 10] = [
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed/rss",
    "/feeds/posts/default",
    "/feed.json",
    "/?feed=rss2",
];
/// Sitemaps looked at.
const MAX_SITEMAPS: usize = 4;

/// Finds feeds; requests keep to the limits per host across all searches.
#[derive(Debug)]
pub struct FeedFinder {
    poller: Arc<Poller>,
    runtime: Runtime,
}

/// What was found at an address.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Discovery {
    /// The address as given.
    pub given: String,
    /// The feeds found, in the order of the search.
    pub feeds: Vec<FoundFeed>,
    /// The title of the page at the address, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_title: Option<String>,
    /// Why the address itself could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FeedFault>,
    /// Further addresses that were tried and are no feeds, with the reason.
    pub tried: Vec<TriedAddress>,
}

/// A feed that was found, and read.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FoundFeed {
    /// Where to poll it.
    pub url: String,
    /// How it was found.
    pub found_by: FoundBy,
    /// Format and version.
    pub format: String,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its language, where it states one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Items in the document.
    pub items: usize,
    /// Date of the newest item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
}

/// How a feed was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// The given address is the feed.
    Address,
    /// The page links to it.
    Link,
    /// It stands where feeds often do.
    CommonPath,
    /// robots.txt names it, or an index that it names.
    Sitemap,
}

impl FoundBy {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "the address",
            Self::Link => "link",
            Self::CommonPath => "common path",
            Self::Sitemap => "sitemap",
        }
    }
}

/// An address that is no feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TriedAddress {
    /// The address.
    pub url: String,
    /// Why it is none.
    pub reason: String,
}

/// What stands at an address.
enum Document {
    Feed(Box<ParsedFeed>),
    Page {
        title: Option<String>,
        links: Vec<String>,
    },
    /// Neither; the sitemaps that it lists, if it is an index of them.
    Other {
        reason: Fault,
        sitemaps: Vec<String>,
    },
}

/// A document and where it was found.
struct Looked {
    /// Where to poll it: the address that was asked, or where it has moved for good.
    url: String,
    found_at: Url,
    document: Document,
}

impl FeedFinder {
    /// A finder that keeps to the fetcher's limits.
    ///
    /// # Errors
    /// Where the configuration makes no sense or the system gives no threads.
    pub fn new(config: &Config) -> Result<Self, SetUpError> {
        Ok(Self {
            poller: Poller::new(config.clone())?,
            runtime: Builder::new_current_thread().enable_all().build()?,
        })
    }

    /// Finds the feeds at `given`: a feed, a page of a site, or a bare host name.
    ///
    /// It blocks for as long as the requests take.
    pub fn find(&self, given: &str) -> Discovery {
        self.runtime.block_on(search(&self.poller, given))
    }
}

async fn search(poller: &Poller, given: &str) -> Discovery {
    let mut discovery = Discovery {
        given: given.to_owned(),
        feeds: Vec::new(),
        page_title: None,
        fault: None,
        tried: Vec::new(),
    };
    let mut looked = Err(Fault::BadUrl("it is empty".to_owned()));
    for address in addresses(given) {
        looked = look(poller, &address).await;
        let is_elsewhere = looked
            .as_ref()
            .is_err_and(|fault| matches!(fault, Fault::Connect(_) | Fault::Tls(_)));
        if !is_elsewhere {
            break;
        }
    }
    match looked {
        Err(fault) => discovery.fault = Some(fault.to_record()),
        Ok(Looked {
            url,
            document: Document::Feed(feed),
            ..
        }) => discovery.feeds.push(found(url, FoundBy::Address, &feed)),
        Ok(Looked {
            found_at,
            document: Document::Page { title, links },
            ..
        }) => {
            discovery.page_title = title;
            search_site(poller, &found_at, links, &mut discovery).await;
        }
        Ok(Looked {
            document: Document::Other { reason, sitemaps },
            ..
        }) => {
            discovery.fault = Some(reason.to_record());
            search_sitemaps(poller, sitemaps, &mut discovery).await;
        }
    }
    if !discovery.feeds.is_empty() {
        discovery.fault = None;
    }
    discovery
}

async fn search_site(poller: &Poller, page: &Url, links: Vec<String>, discovery: &mut Discovery) {
    for link in links.into_iter().take(MAX_LINKS) {
        try_address(poller, &link, FoundBy::Link, discovery).await;
    }
    if discovery.feeds.is_empty() {
        for path in COMMON_PATHS {
            let Ok(url) = page.join(path) else {
                continue;
            };
            if url == *page {
                continue;
            }
            try_address(poller, url.as_str(), FoundBy::CommonPath, discovery).await;
            if !discovery.feeds.is_empty() {
                break;
            }
        }
    }
    let sitemaps = poller
        .obey_robots(WhenUnreachable::Allow)
        .sitemaps(page)
        .await;
    search_sitemaps(poller, sitemaps, discovery).await;
}

/// Looks at sitemaps for those with news; one index is followed to what it lists.
async fn search_sitemaps(poller: &Poller, sitemaps: Vec<String>, discovery: &mut Discovery) {
    let mut waiting = news_first(sitemaps);
    let mut may_follow = true;
    for _ in 0..MAX_SITEMAPS {
        let Some(url) = waiting.pop() else {
            break;
        };
        let listed = try_address(poller, &url, FoundBy::Sitemap, discovery).await;
        if may_follow && !listed.is_empty() {
            may_follow = false;
            let news = listed.into_iter().filter(|url| names_news(url));
            waiting.extend(news_first(news.collect()));
        }
    }
}

/// Those whose name speaks of news last, where they are taken from.
fn news_first(mut sitemaps: Vec<String>) -> Vec<String> {
    sitemaps.reverse();
    sitemaps.sort_by_key(|url| names_news(url));
    sitemaps
}

fn names_news(url: &str) -> bool {
    url.to_ascii_lowercase().contains("news")
}

/// Takes an address in where it is a feed; returns the sitemaps that it lists where it is an index.
async fn try_address(
    poller: &Poller,
    url: &str,
    found_by: FoundBy,
    discovery: &mut Discovery,
) -> Vec<String> {
    let mut refuse = |reason: String| {
        discovery.tried.push(TriedAddress {
            url: url.to_owned(),
            reason,
        });
    };
    let Ok(address) = Url::parse(url) else {
        refuse("no web address".to_owned());
        return Vec::new();
    };
    match look(poller, &address).await {
        Err(fault) => refuse(fault.to_string()),
        Ok(looked) => match looked.document {
            Document::Feed(feed) if found_by == FoundBy::Sitemap && !has_titles(&feed) => {
                refuse("a sitemap without news".to_owned());
            }
            Document::Feed(feed) => {
                let key = canonical_url(&looked.url);
                let is_known = |known: &FoundFeed| canonical_url(&known.url) == key;
                if !discovery.feeds.iter().any(is_known) {
                    discovery.feeds.push(found(looked.url, found_by, &feed));
                }
            }
            Document::Page { .. } => refuse("an HTML page".to_owned()),
            Document::Other { sitemaps, .. } if !sitemaps.is_empty() => return sitemaps,
            Document::Other { reason, .. } => refuse(reason.to_string()),
        },
    }
    Vec::new()
}

/// A news sitemap names its articles; a plain one has addresses alone.
fn has_titles(feed: &ParsedFeed) -> bool {
    feed.entries.iter().any(|entry| !entry.title.is_empty())
}

fn found(url: String, found_by: FoundBy, feed: &ParsedFeed) -> FoundFeed {
    let stated = feed.language.clone();
    FoundFeed {
        url,
        found_by,
        format: feed.format.clone(),
        title: feed.title.clone(),
        language: stated.or_else(|| feed.entries.iter().find_map(|entry| entry.language.clone())),
        items: feed.entries.len(),
        newest: feed
            .entries
            .iter()
            .filter_map(|entry| entry.published)
            .max(),
    }
}

async fn look(poller: &Poller, url: &Url) -> Result<Looked, Fault> {
    let request = Request {
        url,
        accept: ACCEPT_FEED,
        user_agent: None,
        headers: Vec::new(),
    };
    let answer = match poller.config.robots {
        RobotsPolicy::Obey => {
            let check = poller.obey_robots(WhenUnreachable::Allow);
            poller.client.get(&request, &check).await?
        }
        RobotsPolicy::IgnoreForFeed => poller.client.get(&request, &AnyHop).await?,
    };
    if let Some(fault) = answer.fault() {
        return Err(fault);
    }
    let found_at = answer.url.clone();
    let moved = answer.moved_for_good.then(|| found_at.to_string());
    let limit = poller.config.max_feed_bytes;
    let document = poller.on_cpu(move || read(answer, limit)).await?;
    Ok(Looked {
        url: moved.unwrap_or_else(|| url.to_string()),
        found_at,
        document,
    })
}

fn read(mut answer: Answer, limit: usize) -> Result<Document, Fault> {
    let body = answer.take_body(limit)?;
    let context = answer.feed_context();
    match parse_feed(&body.bytes, &context) {
        Ok(feed) => Ok(Document::Feed(Box::new(feed))),
        Err(ParseFeedError::NotAFeed {
            html_title,
            discovered,
        }) => {
            let links = if discovered.is_empty() {
                let text = decode(&body.bytes, context.content_type).text;
                named_feeds(&text, &answer.url)
            } else {
                discovered
            };
            Ok(Document::Page {
                title: html_title,
                links,
            })
        }
        Err(error) => {
            let text = decode(&body.bytes, context.content_type).text;
            Ok(Document::Other {
                sitemaps: listed_sitemaps(&text),
                reason: Fault::from(error),
            })
        }
    }
}

/// The addresses that people mean: without a scheme the secure one first, `feed:` as browsers had
/// it.
fn addresses(given: &str) -> Vec<Url> {
    let given = given.trim();
    let bare = given.strip_prefix("feed:").unwrap_or(given);
    let bare = bare.strip_prefix("//").unwrap_or(bare);
    if bare.contains("://") {
        return Url::parse(bare).into_iter().collect();
    }
    let with = |scheme: &str| Url::parse(&format!("{scheme}://{bare}"));
    [with("https"), with("http")]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expected: &[&str]) {
        let urls: Vec<String> = addresses(given).into_iter().map(String::from).collect();
        assert_eq!(urls, expected);
    }

    #[test]
    fn people_leave_out_the_scheme() {
        check(" https://a.example/rss ", &["https://a.example/rss"]);
        check("a.example", &["https://a.example/", "http://a.example/"]);
        check(
            "feed://a.example/x",
            &["https://a.example/x", "http://a.example/x"],
        );
        check("feed:https://a.example/x", &["https://a.example/x"]);
        check("", &[]);
    }
}
