//! One feed explained end to end, without changing anything: what `feeds test` shows.

use jiff::{Timestamp, ToSpan};
use model::{Feed, FeedFault, Language, Origin, PagePolicy};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::runtime::Builder;

use crate::{
    Config, ParsedFeed, SetUpError,
    article::{FeedFacts, PageOutcome, build_article},
    cursor::{AnswerFacts, CursorMove, DocumentFacts, wishes},
    fault::Fault,
    freshness::Freshness,
    identity::{Item, identify},
    poller::{Look, Poller},
};

/// One feed explained: the request, the document, its items, a page, the next poll.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PollReport {
    /// The feed's URL as given.
    pub url: String,
    /// What the answer was, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerReport>,
    /// Why the feed could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FeedFault>,
    /// The document, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentReport>,
    /// The page of the newest item that has one, where pages are wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageReport>,
    /// When the feed would be polled next.
    pub next_poll: Timestamp,
    /// Why then.
    pub next_poll_reason: String,
}

/// The answer to the feed's request.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AnswerReport {
    /// Where the document was found, after redirects.
    pub url: String,
    /// Whether permanent redirects led there: after repeated sightings it is polled there.
    pub moved_for_good: bool,
    /// `ETag`, to be sent back with the next poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`, to be sent back with the next poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Seconds that the server says the answer stays fresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fresh_for_seconds: Option<u64>,
}

/// A feed's document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DocumentReport {
    /// Format and version.
    pub format: String,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Stated language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What had to be mended, in words.
    pub repairs: Vec<String>,
    /// Whether it breaks off.
    pub truncated: bool,
    /// Its items in document order.
    pub items: Vec<ItemReport>,
}

/// One item of the document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ItemReport {
    /// Headline.
    pub title: String,
    /// Canonical address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// What it is known by: `guid`, `link`, `title and date`, ….
    pub identity: String,
    /// Whether it would count as news or as history if the feed were added now.
    pub origin: Origin,
    /// Characters of text in the feed itself.
    pub text_characters: usize,
    /// What is odd about it, in words.
    pub warnings: Vec<String>,
}

/// An article's page.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PageReport {
    /// Its address.
    pub url: String,
    /// Why its text is not used; absent where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Characters of text.
    pub text_characters: usize,
    /// What else was found, as `field (source): value`.
    pub fields: Vec<String>,
}

/// Polls one feed as if it were new, and explains what comes of it. Nothing is remembered.
///
/// It blocks for as long as the requests take: robots.txt, the feed, one page and its robots.txt.
///
/// # Errors
/// Where the configuration makes no sense or the system gives no threads.
pub fn poll_once(config: &Config, feed: &Feed) -> Result<PollReport, SetUpError> {
    let poller = Poller::new(config.clone())?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(explain(&poller, feed));
    runtime.shutdown_background();
    Ok(report)
}

async fn explain(poller: &Poller, feed: &Feed) -> PollReport {
    let now = Timestamp::now();
    let step = CursorMove {
        config: &poller.config,
        feed,
        before: None,
        now,
    };
    match poller.look(feed, None, now).await {
        Ok(Look::Document { answer, parsed, .. }) => {
            explain_document(poller, &step, &answer, *parsed).await
        }
        // Without validators there is nothing that could be unchanged.
        Ok(Look::Unchanged(answer)) => {
            let fault = Fault::Unparsable("the server says unchanged to a first request".into());
            explain_fault(&step, &fault, &answer.freshness)
        }
        Err((fault, freshness)) => explain_fault(&step, &fault, &freshness),
    }
}

fn explain_fault(step: &CursorMove<'_>, fault: &Fault, freshness: &Freshness) -> PollReport {
    let cursor = step.failed(fault, freshness);
    PollReport {
        url: step.feed.url.clone(),
        answer: None,
        fault: cursor.health.fault,
        document: None,
        page: None,
        next_poll: cursor.next_poll,
        next_poll_reason: cursor.next_poll_reason,
    }
}

async fn explain_document(
    poller: &Poller,
    step: &CursorMove<'_>,
    answer: &AnswerFacts,
    mut parsed: ParsedFeed,
) -> PollReport {
    let entries = std::mem::take(&mut parsed.entries);
    let listed = entries.len();
    let dates = entries.iter().filter_map(|entry| entry.published).collect();
    let items = identify(&step.feed.id, entries);
    let cursor = step.changed(
        answer,
        &DocumentFacts {
            wishes: wishes(&parsed),
            body_hash: None,
            dates,
            fresh: items.len(),
            renewed: 0,
            seen: Vec::new(),
        },
    );
    let wants_pages = step.feed.pages.unwrap_or(poller.config.pages) == PagePolicy::Fetch;
    let newest = items
        .iter()
        .filter(|item| item.entry.url.is_some())
        .max_by_key(|item| item.entry.published);
    let page = match newest.filter(|_| wants_pages) {
        Some(item) => Some(explain_page(poller, step, item).await),
        None => None,
    };
    let mut repairs: Vec<String> = parsed.repairs.iter().map(ToString::to_string).collect();
    if listed > items.len() {
        repairs.push(format!("{} items occur twice", listed - items.len()));
    }
    PollReport {
        url: step.feed.url.clone(),
        answer: Some(AnswerReport {
            url: answer.url.clone(),
            moved_for_good: answer.moved_for_good,
            etag: answer.etag.clone(),
            last_modified: answer.last_modified.clone(),
            fresh_for_seconds: answer.freshness.fresh_for.map(|time| time.as_secs()),
        }),
        fault: None,
        document: Some(DocumentReport {
            format: parsed.format.clone(),
            title: parsed.title.clone(),
            language: parsed.language.clone(),
            repairs,
            truncated: parsed.truncated,
            items: items.iter().map(|item| explain_item(step, item)).collect(),
        }),
        page,
        next_poll: cursor.next_poll,
        next_poll_reason: cursor.next_poll_reason,
    }
}

fn explain_item(step: &CursorMove<'_>, item: &Item) -> ItemReport {
    let entry = &item.entry;
    let article = build_article(&facts(step), item, &PageOutcome::NotWanted);
    let mut warnings = Vec::new();
    let mut warn = |applies: bool, warning: &str| {
        if applies {
            warnings.push(warning.to_owned());
        }
    };
    warn(entry.guid.is_none(), "it has no guid or id");
    warn(
        entry.guid.is_some() && item.key_source != "guid",
        "its guid is that of another item too",
    );
    warn(entry.url.is_none(), "it has no link, so no page");
    warn(
        entry.url.is_some() && item.url.is_none(),
        "its link is no web address",
    );
    warn(entry.title.trim().is_empty(), "it has no title");
    warn(
        entry.published.is_none() && entry.published_raw.is_some(),
        "its date cannot be read",
    );
    warn(
        entry.published.is_none() && entry.published_raw.is_none(),
        "it has no date",
    );
    let tomorrow = step.now.saturating_add(24.hours()).unwrap_or(step.now);
    warn(
        entry
            .published
            .is_some_and(|published| published > tomorrow),
        "its date lies in the future",
    );
    ItemReport {
        title: article.title,
        url: item.url.clone(),
        published: entry.published,
        identity: item.key_source.to_owned(),
        origin: article.origin,
        text_characters: entry.text().chars().count(),
        warnings,
    }
}

async fn explain_page(poller: &Poller, step: &CursorMove<'_>, item: &Item) -> PageReport {
    let outcome = poller.page(step.feed, item.entry.url.as_deref()).await;
    let article = build_article(&facts(step), item, &outcome);
    let problem = match article.body_source {
        model::BodySource::Summary { reason } => Some(reason),
        model::BodySource::Page | model::BodySource::Feed => None,
    };
    let url = item.entry.url.clone().unwrap_or_default();
    match outcome {
        PageOutcome::Read { page, url, .. } => PageReport {
            url,
            problem,
            text_characters: page.body.chars().count(),
            fields: page_fields(&page),
        },
        PageOutcome::Missing { reason } => PageReport {
            url,
            problem: Some(reason),
            text_characters: 0,
            fields: Vec::new(),
        },
        PageOutcome::NotWanted => PageReport {
            url,
            problem: Some("pages are not wanted".into()),
            text_characters: 0,
            fields: Vec::new(),
        },
    }
}

fn page_fields(page: &crate::Page) -> Vec<String> {
    let texts = [
        ("title", &page.title),
        ("byline", &page.byline),
        ("dateline", &page.dateline),
        ("section", &page.section),
        ("site", &page.site_name),
        ("canonical url", &page.canonical_url),
        ("lead image", &page.lead_image),
    ];
    let mut fields: Vec<String> = texts
        .iter()
        .filter_map(|(name, found)| {
            let found = found.as_ref()?;
            Some(format!(
                "{name} ({}): {}",
                found.source.as_str(),
                found.value
            ))
        })
        .collect();
    for (name, found) in [("published", &page.published), ("modified", &page.modified)] {
        if let Some(found) = found {
            fields.push(format!(
                "{name} ({}): {}",
                found.source.as_str(),
                found.value
            ));
        }
    }
    if let Some(found) = &page.language {
        fields.push(format!(
            "language ({}): {}",
            found.source.as_str(),
            found.value
        ));
    }
    fields
}

fn facts<'a>(step: &CursorMove<'a>) -> FeedFacts<'a> {
    FeedFacts {
        config: step.config,
        feed: step.feed,
        language: None,
        watched_since: None,
        fetched: step.now,
        ingested: step.now,
    }
}
