//! From an item and its page to an article.

use std::time::Duration;

use jiff::Timestamp;
use model::{Article, ArticleId, Feed, FieldSources, Language, Origin, StoryKey};
use url::Url;

use crate::{
    Config, Entry, FieldSource, Found, Page,
    article_body::{choose_body, first_words},
    canonical_url::{canonical_url, is_believable_canonical},
    identity::Item,
    schedule::since,
};

/// Longest title and author line kept, in characters: longer ones are text gone astray.
const MAX_TITLE_CHARACTERS: usize = 1000;
const MAX_BYLINE_CHARACTERS: usize = 500;
/// A date further in the future is a mistake.
const FUTURE_MARGIN: Duration = Duration::from_hours(24);

/// What is known of an item's page.
#[derive(Debug)]
pub(crate) enum PageOutcome {
    /// The page was read.
    Read {
        page: Box<Page>,
        /// Where it was found, after redirects.
        url: String,
        fetched: Timestamp,
    },
    /// The page could not be had, for this reason.
    Missing { reason: String },
    /// The page was not asked for, as the configuration wants it.
    NotWanted,
}

/// What an article takes from its feed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FeedFacts<'a> {
    pub(crate) config: &'a Config,
    pub(crate) feed: &'a Feed,
    /// The language that the feed's document states.
    pub(crate) language: Option<&'a Language>,
    /// Since when the feed is watched; absent in the first poll.
    pub(crate) watched_since: Option<Timestamp>,
    /// When the feed was fetched.
    pub(crate) fetched: Timestamp,
    /// When the articles enter the pipeline.
    pub(crate) ingested: Timestamp,
}

/// Builds the article of a new item.
pub(crate) fn build_article(facts: &FeedFacts<'_>, item: &Item, outcome: &PageOutcome) -> Article {
    let (page, page_url, fetched) = match outcome {
        PageOutcome::Read { page, url, fetched } => (Some(page), Some(url.as_str()), *fetched),
        PageOutcome::Missing { .. } | PageOutcome::NotWanted => (None, None, facts.fetched),
    };
    let entry = &item.entry;
    let title = first_text([
        Some(from_feed(entry.title.clone())),
        page.and_then(|page| page.title.clone()),
    ]);
    let byline = first_text([
        page.and_then(|page| page.byline.clone()),
        Some(from_feed(entry.authors.join(", "))),
    ]);
    let stated = entry.published.filter(|_| !entry.published_is_clamped);
    let believed = stated
        .map(from_feed)
        .or_else(|| page.and_then(|page| page.published.clone()));
    let published = believed.clone().or_else(|| entry.published.map(from_feed));
    let language = language(facts, entry, page.map(Box::as_ref));
    let own = page
        .zip(page_url)
        .and_then(|(page, url)| own_address(page, url, item));
    let (id, url) = match own {
        Some((id, url)) => (id, Some(url)),
        None => (
            item.identity.article.clone(),
            item.url.clone().map(from_feed),
        ),
    };
    let headline = title.as_ref().map(|title| title.value.as_str());
    let body = choose_body(facts.config, item, outcome, headline);
    let sources = FieldSources {
        title: Some(
            title
                .as_ref()
                .map_or(FieldSource::Text, |title| title.source),
        ),
        byline: byline.as_ref().map(|byline| byline.source),
        published: published.as_ref().map(|date| date.source),
        language: language.as_ref().map(|language| language.source),
        url: url.as_ref().map(|url| url.source),
    };
    let published = published.map(|date| date.value);
    let story = StoryKey::of(&body.text);
    Article {
        id,
        version: 1,
        feed: facts.feed.id.clone(),
        outlet: facts.feed.outlet.clone(),
        country: facts.feed.country.clone(),
        url: url.map(|url| url.value),
        title: title.map_or_else(
            || first_words(&body.text),
            |title| clipped(title.value, MAX_TITLE_CHARACTERS),
        ),
        body: body.text,
        body_source: body.source,
        language: language.map_or_else(Language::undetermined, |language| language.value),
        byline: byline.map(|byline| clipped(byline.value, MAX_BYLINE_CHARACTERS)),
        story,
        section: page.and_then(|page| page.section.clone()),
        dateline: page.and_then(|page| page.dateline.clone()),
        lead_image: page
            .and_then(|page| page.lead_image.clone())
            .or_else(|| feed_image(entry)),
        site_name: page.and_then(|page| page.site_name.clone()),
        modified: page.and_then(|page| page.modified.clone()).or_else(|| {
            entry
                .updated
                .filter(|updated| Some(*updated) > entry.published)
                .map(from_feed)
        }),
        sources,
        published: published.map(|date| not_in_the_future(date, fetched)),
        fetched,
        ingested: facts.ingested.max(fetched),
        origin: origin(facts, believed.map(|date| date.value)),
    }
}

/// No article is published later than it is fetched; a day is left for clocks and zones.
fn not_in_the_future(published: Timestamp, fetched: Timestamp) -> Timestamp {
    if since(fetched, published) > FUTURE_MARGIN {
        fetched
    } else {
        published
    }
}

/// The user's word goes before the item's, the page's and the feed's.
fn language(facts: &FeedFacts<'_>, entry: &Entry, page: Option<&Page>) -> Option<Found<Language>> {
    let configured = facts.feed.language.clone().map(from_config);
    configured
        .or_else(|| entry.language.clone().map(from_feed))
        .or_else(|| page.and_then(|page| page.language.clone()))
        .or_else(|| facts.language.cloned().map(from_feed))
}

/// A value that the feed gives.
const fn from_feed<T>(value: T) -> Found<T> {
    Found {
        value,
        source: FieldSource::Feed,
    }
}

/// A value that the list of feeds gives.
pub(crate) const fn from_config<T>(value: T) -> Found<T> {
    Found {
        value,
        source: FieldSource::Config,
    }
}

/// Whether an item is news. It is history where it was published more than `backfill_older_than`
/// before its feed was first watched, or where it stood in the first document without a date.
fn origin(facts: &FeedFacts<'_>, published: Option<Timestamp>) -> Origin {
    let watched_since = facts.watched_since.unwrap_or(facts.fetched);
    let is_news = match published {
        Some(published) => since(published, watched_since) <= facts.config.backfill_older_than,
        None => facts.watched_since.is_some(),
    };
    if is_news {
        Origin::Live
    } else {
        Origin::Backfill
    }
}

/// The id and address that the page declares for itself, where the item's own address led to it
/// and the page is to be believed.
fn own_address(page: &Page, page_url: &str, item: &Item) -> Option<(ArticleId, Found<String>)> {
    let item_url = item.url.as_deref()?;
    // An item without an address of its own (a live blog's post) keeps the id from its guid.
    if item.identity.article != ArticleId::from_canonical_url(item_url) {
        return None;
    }
    let declared = page.canonical_url.as_ref()?;
    let absolute = Url::parse(page_url).ok()?.join(&declared.value).ok()?;
    if !is_believable_canonical(absolute.as_str(), page_url) {
        return None;
    }
    let url = canonical_url(absolute.as_str())?;
    let id = ArticleId::from_canonical_url(&url);
    Some((
        id,
        Found {
            value: url,
            source: declared.source,
        },
    ))
}

/// The picture that the feed gives for an item.
fn feed_image(entry: &Entry) -> Option<Found<String>> {
    let media = entry.media.iter().find_map(|media| {
        let kind = media.media_type.as_deref().unwrap_or_default();
        let own = media.url.clone().filter(|_| kind.starts_with("image/"));
        own.or_else(|| media.thumbnail.clone())
    });
    let enclosed = entry.enclosures.iter().find(|file| {
        let kind = file.media_type.as_deref().unwrap_or_default();
        kind.starts_with("image/")
    });
    let url = media.or_else(|| enclosed.map(|file| file.url.clone()))?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web.then(|| from_feed(url))
}

/// Cuts a line after so many characters.
pub(crate) fn clipped(mut line: String, characters: usize) -> String {
    if let Some((end, _)) = line.char_indices().nth(characters) {
        line.truncate(end);
        line.push('…');
    }
    line
}

fn first_text<const N: usize>(candidates: [Option<Found<String>>; N]) -> Option<Found<String>> {
    let mut candidates = candidates.into_iter().flatten();
    candidates.find(|found| !found.value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use model::BodySource;

    use super::*;
    use crate::{Enclosure, identity::identify};

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn entry() -> Entry {
        Entry {
            guid: Some("1".into()),
            url: Some("https://news.example/a?utm_source=rss".into()),
            title: "Minister speaks".into(),
            summary_html: Some("<p>The minister spoke.</p>".into()),
            published: Some(now()),
            ..Entry::default()
        }
    }

    fn build(entry: Entry, outcome: &PageOutcome, watched_since: Option<Timestamp>) -> Article {
        let feed = Feed::from_url("https://news.example/rss").unwrap();
        let items = identify(&feed.id, vec![entry]);
        let facts = FeedFacts {
            config: &Config::default(),
            feed: &feed,
            language: None,
            watched_since,
            fetched: now(),
            ingested: now(),
        };
        build_article(&facts, &items[0], outcome)
    }

    fn page(body: &str, canonical: &str) -> PageOutcome {
        let found = |value: &str| Found {
            value: value.to_owned(),
            source: FieldSource::Meta,
        };
        PageOutcome::Read {
            page: Box::new(Page {
                body: body.into(),
                title: Some(found("Minister speaks | News")),
                canonical_url: Some(found(canonical)),
                ..Page::default()
            }),
            url: "https://news.example/a".into(),
            fetched: now(),
        }
    }

    fn long_text() -> String {
        "The minister spoke at length. ".repeat(60)
    }

    #[test]
    fn the_pages_text_goes_before_the_feeds() {
        let article = build(entry(), &page(&long_text(), "/a"), Some(now()));
        assert_eq!(article.body_source, BodySource::Page);
        assert_eq!(article.title, "Minister speaks");
        assert_eq!(article.url.as_deref(), Some("https://news.example/a"));
        assert_eq!(
            article.id,
            ArticleId::from_canonical_url("https://news.example/a")
        );
    }

    #[test]
    fn a_picture_says_where_it_came_from() {
        let with_picture = Entry {
            enclosures: vec![Enclosure {
                url: "https://news.example/a.jpg".into(),
                media_type: Some("image/jpeg".into()),
                length_bytes: None,
            }],
            ..entry()
        };
        let article = build(with_picture.clone(), &PageOutcome::NotWanted, None);
        let image = article.lead_image.unwrap();
        assert_eq!(
            (image.value.as_str(), image.source),
            ("https://news.example/a.jpg", FieldSource::Feed)
        );
        let mut read = page(&long_text(), "/a");
        if let PageOutcome::Read { page, .. } = &mut read {
            page.lead_image = page.title.clone();
            page.section = page.title.clone();
        }
        let article = build(with_picture, &read, None);
        let sources = [article.lead_image, article.section].map(|found| found.unwrap().source);
        assert_eq!(
            sources,
            [FieldSource::Meta; 2],
            "the page goes before the feed"
        );
        let expected = FieldSources {
            title: Some(FieldSource::Feed),
            byline: None,
            published: Some(FieldSource::Feed),
            language: None,
            url: Some(FieldSource::Meta),
        };
        assert_eq!(article.sources, expected);
    }

    #[test]
    fn without_its_page_an_article_is_a_summary_and_says_why() {
        let missing = PageOutcome::Missing {
            reason: "the server refuses us (403)".into(),
        };
        let article = build(entry(), &missing, Some(now()));
        assert_eq!(article.body, "The minister spoke.");
        assert!(
            matches!(&article.body_source, BodySource::Summary { reason } if reason.contains("403"))
        );
        let article = build(entry(), &page("Log in.", "/a"), Some(now()));
        assert_eq!(article.body, "The minister spoke.");
        assert!(matches!(article.body_source, BodySource::Summary { .. }));
    }

    #[test]
    fn a_full_text_feed_needs_no_page() {
        let full = Entry {
            content_html: Some(format!("<p>{}</p>", long_text())),
            ..entry()
        };
        let missing = PageOutcome::Missing {
            reason: "gone".into(),
        };
        assert_eq!(
            build(full.clone(), &missing, None).body_source,
            BodySource::Feed
        );
        assert_eq!(
            build(full, &PageOutcome::NotWanted, None).body_source,
            BodySource::Feed
        );
    }

    #[test]
    fn a_page_gives_its_own_address_but_not_anothers() {
        let article = build(
            entry(),
            &page(&long_text(), "https://www.news.example/story"),
            None,
        );
        assert_eq!(
            article.url.as_deref(),
            Some("https://www.news.example/story")
        );
        let article = build(
            entry(),
            &page(&long_text(), "https://other.example/story"),
            None,
        );
        assert_eq!(article.url.as_deref(), Some("https://news.example/a"));
        let article = build(entry(), &page(&long_text(), "/"), None);
        assert_eq!(article.url.as_deref(), Some("https://news.example/a"));
    }

    #[test]
    fn dates_outside_sense_do_not_make_history_of_news() {
        let watched = Some(now() - 30.hours());
        let clamped = Entry {
            published: Some(Timestamp::UNIX_EPOCH),
            published_is_clamped: true,
            ..entry()
        };
        let article = build(clamped, &PageOutcome::NotWanted, watched);
        assert_eq!(article.published, Some(Timestamp::UNIX_EPOCH));
        assert_eq!(article.origin, Origin::Live, "as if it were undated");
        let scheduled = Entry {
            published: Some(now() + 400.hours()),
            ..entry()
        };
        let article = build(scheduled, &PageOutcome::NotWanted, watched);
        assert_eq!(article.published, Some(now()));
    }

    #[test]
    fn no_field_grows_without_bounds() {
        let endless = Entry {
            title: "word ".repeat(100_000),
            authors: vec!["name ".repeat(100_000)],
            url: Some(format!("https://news.example/{}", "a".repeat(100_000))),
            ..entry()
        };
        let article = build(endless, &PageOutcome::NotWanted, None);
        assert!(serde_json::to_string(&article).unwrap().len() < 10_000);
        assert_eq!(article.url, None);
    }

    #[test]
    fn history_is_told_from_news() {
        let check = |published: Option<Timestamp>, watched_since: Option<Timestamp>, expected| {
            let entry = Entry {
                published,
                ..entry()
            };
            let article = build(entry, &PageOutcome::NotWanted, watched_since);
            assert_eq!(article.origin, expected, "{published:?} {watched_since:?}");
        };
        let old = now() - 48.hours();
        check(Some(now() - 1.hour()), None, Origin::Live);
        check(Some(old), None, Origin::Backfill);
        check(None, None, Origin::Backfill);
        check(None, Some(now()), Origin::Live);
        check(Some(old), Some(now()), Origin::Backfill);
        check(Some(old), Some(old), Origin::Live);
    }
}
