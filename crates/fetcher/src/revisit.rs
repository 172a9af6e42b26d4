//! Looks at article pages again: stories are edited, and a quote that vanished is a story itself.
//!
//! A live article's page is fetched again at the ages of `revisit_after`, as part of its feed's
//! next poll after that. Words decide whether it has changed: numbers, spacing and punctuation are
//! left out, so that counters and clocks make no version.

use jiff::Timestamp;
use model::{
    Article, BodySource, Feed, FeedCursor, FieldSources, Language, Origin, Revisit, StoryKey,
};
use sha2::{Digest, Sha256};

use crate::{
    Config,
    article::{PageOutcome, from_config},
    poller::Poller,
};

/// Pages watched per feed; the longest watched make room for new ones.
const WATCHED_PAGES: usize = 100;
/// Pages looked at in one poll; the rest is due with the next.
const LOOKS_PER_POLL: usize = 8;

/// Puts a new article on the list of pages to look at again.
pub(crate) fn plan_revisit(config: &Config, revisits: &mut Vec<Revisit>, article: &Article) {
    let is_watched = article.origin == Origin::Live
        && article.body_source != BodySource::Feed
        && revisits.iter().all(|other| other.article != article.id);
    let (true, Some(url)) = (is_watched, article.url.clone()) else {
        return;
    };
    let Some(due) = next_look(config, article.fetched, article.fetched) else {
        return;
    };
    if revisits.len() >= WATCHED_PAGES
        && let Some(oldest) = revisits
            .iter()
            .enumerate()
            .min_by_key(|(_, revisit)| revisit.first_fetched)
            .map(|(at, _)| at)
    {
        revisits.remove(oldest);
    }
    revisits.push(Revisit {
        article: article.id.clone(),
        url,
        version: article.version,
        body_hash: words_hash(&article.body),
        due,
        first_fetched: article.fetched,
        title: article.title.clone(),
        published: article.published,
    });
}

/// Whether a page is due for another look.
pub(crate) fn has_due(cursor: &FeedCursor, now: Timestamp) -> bool {
    cursor.revisits.iter().any(|revisit| revisit.due <= now)
}

/// Looks at the pages that are due, a few per poll; returns the articles whose words have changed.
pub(crate) async fn revisit(
    poller: &Poller,
    feed: &Feed,
    cursor: &mut FeedCursor,
    now: Timestamp,
) -> Vec<Article> {
    let mut changed = Vec::new();
    let (mut due, mut later): (Vec<Revisit>, Vec<Revisit>) = std::mem::take(&mut cursor.revisits)
        .into_iter()
        .partition(|revisit| revisit.due <= now);
    later.extend(due.split_off(due.len().min(LOOKS_PER_POLL)));
    for mut revisit in due {
        let outcome = poller.page(feed, Some(&revisit.url)).await;
        if let Some(article) = new_version(&poller.config, feed, &revisit, outcome) {
            revisit.version = article.version;
            revisit.body_hash = words_hash(&article.body);
            revisit.title.clone_from(&article.title);
            changed.push(article);
        }
        if let Some(due) = next_look(&poller.config, revisit.first_fetched, now) {
            later.push(Revisit { due, ..revisit });
        }
    }
    later.sort_by_key(|revisit| revisit.due);
    cursor.revisits = later;
    changed
}

fn new_version(
    config: &Config,
    feed: &Feed,
    revisit: &Revisit,
    outcome: PageOutcome,
) -> Option<Article> {
    let PageOutcome::Read { page, fetched, .. } = outcome else {
        return None;
    };
    let is_article = page.body.chars().count() >= config.min_page_characters;
    if !is_article || words_hash(&page.body) == revisit.body_hash {
        return None;
    }
    let language = feed.language.clone().map(from_config).or(page.language);
    let sources = FieldSources {
        title: page.title.as_ref().map(|title| title.source),
        byline: page.byline.as_ref().map(|byline| byline.source),
        language: language.as_ref().map(|language| language.source),
        // The first version's are kept.
        published: None,
        url: None,
    };
    let title = page.title.map(|title| title.value);
    let body = crate::article_body::bounded(page.body);
    let story = StoryKey::of(&body);
    Some(Article {
        id: revisit.article.clone(),
        version: revisit.version.saturating_add(1),
        feed: feed.id.clone(),
        outlet: feed.outlet.clone(),
        country: feed.country.clone(),
        url: Some(revisit.url.clone()),
        title: title.unwrap_or_else(|| revisit.title.clone()),
        body,
        body_source: BodySource::Page,
        language: language.map_or_else(Language::undetermined, |language| language.value),
        byline: page.byline.map(|byline| byline.value),
        story,
        section: page.section,
        dateline: page.dateline,
        lead_image: page.lead_image,
        site_name: page.site_name,
        modified: page.modified,
        sources,
        published: revisit.published,
        fetched,
        ingested: fetched,
        origin: Origin::Live,
    })
}

/// The next age after `now` at which a page first fetched at `first` is looked at again.
fn next_look(config: &Config, first: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let ages = config.revisit_after.iter();
    let times = ages.filter_map(|age| first.saturating_add(age.0).ok());
    times.filter(|time| *time > now).min()
}

/// A hash of the letters alone, in lower case.
fn words_hash(text: &str) -> String {
    let mut hasher = Sha256::new();
    let mut buffer = [0; 4];
    for letter in text
        .chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
    {
        hasher.update(letter.encode_utf8(&mut buffer).as_bytes());
    }
    crate::cursor::hex(&hasher.finalize())
}
