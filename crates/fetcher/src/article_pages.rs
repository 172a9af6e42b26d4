//! Article pages: requested, checked, read.

use std::sync::Arc;

use jiff::Timestamp;
use metrics::counter;
use model::{Feed, PagePolicy};
use reqwest::header::CONTENT_TYPE;
use tokio::task::JoinSet;
use url::Url;

use crate::{
    article::PageOutcome,
    client::{ACCEPT_PAGE, Request},
    extract_page,
    fault::Fault,
    identity::Item,
    poller::Poller,
    robots::WhenUnreachable,
};

impl Poller {
    /// The pages of several items, in their order.
    pub(crate) async fn pages(
        self: &Arc<Self>,
        feed: &Arc<Feed>,
        items: &[Item],
    ) -> Vec<PageOutcome> {
        let mut tasks = JoinSet::new();
        for (place, item) in items.iter().enumerate() {
            let (poller, feed) = (Arc::clone(self), Arc::clone(feed));
            let url = item.entry.url.clone();
            tasks.spawn(async move { (place, poller.page(&feed, url.as_deref()).await) });
        }
        let mut outcomes: Vec<(usize, PageOutcome)> = Vec::with_capacity(items.len());
        while let Some(joined) = tasks.join_next().await {
            // A page that makes its reader panic costs that page.
            if let Ok(outcome) = joined {
                outcomes.push(outcome);
            }
        }
        let mut by_place: Vec<PageOutcome> = Vec::with_capacity(items.len());
        for place in 0..items.len() {
            let found = outcomes.iter().position(|(other, _)| *other == place);
            by_place.push(found.map_or_else(
                || PageOutcome::Missing {
                    reason: "the article's page could not be read: the reader failed on it".into(),
                },
                |at| outcomes.swap_remove(at).1,
            ));
        }
        by_place
    }

    /// Fetches and reads an article's page.
    pub(crate) async fn page(&self, feed: &Feed, url: Option<&str>) -> PageOutcome {
        if feed.pages.unwrap_or(self.config.pages) == PagePolicy::FeedText {
            return PageOutcome::NotWanted;
        }
        let Some(url) = url else {
            return PageOutcome::Missing {
                reason: "the feed gives no address for it".into(),
            };
        };
        let outcome = self.fetch_page(feed, url).await;
        let code = outcome.as_ref().map_or_else(Fault::code, |_| "read".into());
        counter!("fetcher_pages_total", "outcome" => code).increment(1);
        outcome.unwrap_or_else(|fault| PageOutcome::Missing {
            reason: format!("the article's page could not be had: {fault}"),
        })
    }

    async fn fetch_page(&self, feed: &Feed, url: &str) -> Result<PageOutcome, Fault> {
        let url = Url::parse(url).map_err(|error| Fault::BadUrl(error.to_string()))?;
        let request = Request {
            url: &url,
            accept: ACCEPT_PAGE,
            user_agent: feed.user_agent.as_deref(),
            headers: Vec::new(),
        };
        let check = self.obey_robots(WhenUnreachable::Refuse);
        let mut answer = self.client.get(&request, &check).await?;
        if let Some(fault) = answer.fault() {
            return Err(fault);
        }
        if let Some(other) = answer.media_type().filter(|kind| !is_html(kind)) {
            return Err(Fault::Unparsable(format!("it is not HTML but {other}")));
        }
        if !answer.is_complete {
            return Err(Fault::Interrupted("the page broke off".into()));
        }
        let fetched = Timestamp::now();
        let limit = self.config.max_page_bytes;
        let read = move || {
            let body = answer.take_body(limit)?;
            let content_type = answer.header(&CONTENT_TYPE);
            let page = extract_page(&body.bytes, content_type, answer.url.as_str());
            let page = page.map_err(|error| Fault::Unparsable(error.to_string()))?;
            Ok(PageOutcome::Read {
                page: Box::new(page),
                url: answer.url.into(),
                fetched,
            })
        };
        self.on_cpu(read).await
    }
}

/// What is scraped: HTML, and nothing that only calls itself a page.
fn is_html(media_type: &str) -> bool {
    matches!(media_type, "text/html" | "application/xhtml+xml")
}
