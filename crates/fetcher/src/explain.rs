//! Explains one feed end to end, without changing anything.

use jiff::{Timestamp, ToSpan};
use model::{Feed, PagePolicy, RobotsPolicy};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use tokio::runtime::Builder;
use url::Url;

use crate::{
    AnswerReport, Config, DocumentReport, ItemReport, PageReport, ParsedFeed, PollReport,
    RedirectReport, RequestReport, SetUpError,
    article::{FeedFacts, PageOutcome, build_article},
    client::{ACCEPT_FEED, Answer, Redirect},
    cursor::{AnswerFacts, CursorMove, DocumentFacts, wishes},
    fault::Fault,
    freshness::Freshness,
    identity::{Item, identify},
    poller::{Look, Poller},
    robots::WhenUnreachable,
};

/// Pages that are fetched to show what comes of them.
const PAGES: usize = 3;

/// Polls one feed as if it were new, and explains what comes of it. Nothing is remembered.
///
/// It blocks for as long as the requests take: robots.txt, the feed, a few pages and their
/// robots.txt.
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
        is_pushed: false,
        subscription: None,
    };
    let mut redirects = Vec::new();
    let mut answered = None;
    let asked = poller.ask(feed, None, now, &mut redirects).await;
    let look = match asked {
        Ok(asked) => {
            answered = Some(report_answer(&asked.answer, now));
            poller.read_answer(asked, None, now).await
        }
        Err(fault) => Err((fault, Freshness::default())),
    };
    let report = match look {
        Ok(Look::Document { answer, parsed, .. }) => {
            explain_document(poller, &step, &answer, *parsed).await
        }
        // Without validators there is nothing that could be unchanged.
        Ok(Look::Unchanged(answer)) => {
            let fault = Fault::Unparsable("the server says unchanged to a first request".into());
            explain_fault(&step, &fault, &answer.freshness)
        }
        Err((fault, freshness)) => explain_fault(&step, &fault, &freshness),
    };
    PollReport {
        request: RequestReport {
            user_agent: user_agent(poller, feed),
            accept: ACCEPT_FEED.to_owned(),
        },
        robots: explain_robots(poller, feed).await,
        redirects: redirects.iter().map(report_redirect).collect(),
        answer: answered,
        ..report
    }
}

fn user_agent(poller: &Poller, feed: &Feed) -> String {
    let own = feed.user_agent.as_deref();
    own.unwrap_or_else(|| poller.client.user_agent()).to_owned()
}

async fn explain_robots(poller: &Poller, feed: &Feed) -> String {
    match (
        feed.robots.unwrap_or(poller.config.robots),
        Url::parse(&feed.url),
    ) {
        (RobotsPolicy::IgnoreForFeed, _) => {
            "robots.txt does not count for the feed, as it is configured".to_owned()
        }
        (RobotsPolicy::Obey, Ok(url)) => {
            let robots = poller.obey_robots(WhenUnreachable::Allow);
            robots.in_words(&url).await
        }
        (RobotsPolicy::Obey, Err(_)) => "the address has no robots.txt".to_owned(),
    }
}

fn report_redirect(redirect: &Redirect) -> RedirectReport {
    RedirectReport {
        from: redirect.from.to_string(),
        status: redirect.status,
        to: redirect.to.to_string(),
    }
}

fn report_answer(answer: &Answer, now: Timestamp) -> AnswerReport {
    let freshness = Freshness::from_headers(&answer.headers, now);
    let header = |name| answer.header(name).map(str::to_owned);
    AnswerReport {
        status: answer.status,
        content_type: header(&CONTENT_TYPE),
        content_encoding: header(&CONTENT_ENCODING),
        body_bytes: answer.body.len(),
        is_complete: answer.is_complete,
        url: answer.url.to_string(),
        moved_for_good: answer.moved_for_good,
        etag: header(&ETAG),
        last_modified: header(&LAST_MODIFIED),
        fresh_for_seconds: freshness.fresh_for.map(|time| time.as_secs()),
        retry_after_seconds: freshness.retry_after.map(|time| time.as_secs()),
    }
}

fn explain_fault(step: &CursorMove<'_>, fault: &Fault, freshness: &Freshness) -> PollReport {
    let cursor = step.failed(fault, freshness);
    PollReport {
        fault: cursor.health.fault,
        ..blank(step, cursor.next_poll, cursor.next_poll_reason)
    }
}

/// A report that says no more than when the next poll is.
fn blank(step: &CursorMove<'_>, next_poll: Timestamp, next_poll_reason: String) -> PollReport {
    PollReport {
        url: step.feed.url.clone(),
        request: RequestReport {
            user_agent: String::new(),
            accept: String::new(),
        },
        robots: String::new(),
        redirects: Vec::new(),
        answer: None,
        fault: None,
        document: None,
        pages: Vec::new(),
        next_poll,
        next_poll_reason,
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
            hub: None,
        },
    );
    let wants_pages = step.feed.pages.unwrap_or(poller.config.pages) == PagePolicy::Fetch;
    let mut newest: Vec<&Item> = items.iter().collect();
    newest.retain(|item| wants_pages && item.entry.url.is_some());
    newest.sort_by_key(|item| std::cmp::Reverse(item.entry.published));
    let mut pages = Vec::new();
    for item in newest.into_iter().take(PAGES) {
        pages.push(explain_page(poller, step, item).await);
    }
    let mut repairs: Vec<String> = parsed.repairs.iter().map(ToString::to_string).collect();
    if listed > items.len() {
        repairs.push(format!("{} items occur twice", listed - items.len()));
    }
    PollReport {
        document: Some(DocumentReport {
            format: parsed.format.clone(),
            title: parsed.title.clone(),
            language: parsed.language.clone(),
            repairs,
            truncated: parsed.truncated,
            hub: parsed.hub.clone(),
            items: items.iter().map(|item| explain_item(step, item)).collect(),
        }),
        pages,
        ..blank(step, cursor.next_poll, cursor.next_poll_reason)
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
    warn(
        entry.published_is_clamped,
        "its date lies outside sense and was clamped",
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
        published_raw: entry.published_raw.clone(),
        article: article.id,
        guid: entry.guid.clone(),
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
