//! Polling: what comes of it, and what survives a kill.

use std::time::Duration;

use fetcher::Config;
use model::{BodySource, FeedState, Origin, PagePolicy};

use crate::{
    newsroom::{Answer, Newsroom, page, rss, two_items},
    runner::{Log, Runner, config, feed, start},
};

#[test]
fn a_poll_brings_articles_with_their_pages_text() {
    let newsroom = Newsroom::open();
    let mut runner = start(&two_items(&newsroom));
    runner.run_once();
    assert_eq!(runner.titles(), ["First", "Second"]);
    for article in &runner.log.articles {
        assert_eq!(article.body_source, BodySource::Page);
        assert!(article.body.contains("Port Ilmen"));
        assert_eq!(
            article.origin,
            Origin::Backfill,
            "undated, in the first document"
        );
    }
}

#[test]
fn only_new_items_come_out_of_later_polls() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let mut runner = start(&url);
    runner.run_once();
    newsroom.set("/c", Answer::page(page("Third")));
    let base = newsroom.url("");
    newsroom.set(
        "/rss",
        Answer::feed(rss(
            &base,
            &[("3", "/c", "Third"), ("2", "/b", "Second, edited")],
        )),
    );
    runner.run_until(|log| log.articles.len() >= 3);
    assert_eq!(runner.titles(), ["First", "Second", "Third"]);
    assert_eq!(runner.log.articles[2].origin, Origin::Live);
    assert_eq!(
        newsroom.asked("/b").len(),
        1,
        "known items' pages are left alone"
    );
}

#[test]
fn a_long_feed_comes_in_parts_and_a_kill_between_them_loses_and_doubles_nothing() {
    let newsroom = Newsroom::open();
    let names: Vec<String> = (0..30).map(|n| format!("n{n}")).collect();
    let paths: Vec<String> = names.iter().map(|name| format!("/{name}")).collect();
    let items: Vec<(&str, &str, &str)> = names
        .iter()
        .zip(&paths)
        .map(|(name, path)| (name.as_str(), path.as_str(), name.as_str()))
        .collect();
    newsroom.set(
        "/rss",
        Answer::feed(rss(&newsroom.url(""), &items)).with("etag", "\"1\""),
    );
    let url = newsroom.url("/rss");
    let mut log = Log::default();
    // Each run is killed after its first committed part, the next part already under way.
    for expected in [8, 16, 24, 30] {
        let mut runner = Runner::start(config(), vec![feed(&url)], log);
        loop {
            let mut batch = runner.next_batch();
            if batch.is_empty() {
                continue;
            }
            batch.truncate(1);
            runner.commit(batch);
            break;
        }
        assert_eq!(runner.log.articles.len(), expected);
        log = runner.kill();
    }
    let mut titles: Vec<&str> = log.articles.iter().map(|a| a.title.as_str()).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), 30);
}

#[test]
fn an_aborted_batch_is_polled_again() {
    let newsroom = Newsroom::open();
    let mut runner = start(&two_items(&newsroom));
    while runner.next_batch().is_empty() {}
    runner.abort();
    runner.run_until(|log| !log.articles.is_empty());
    assert_eq!(runner.titles(), ["First", "Second"]);
}

/// Polls too seldom for a second poll within a test.
fn patient() -> Config {
    Config {
        interval: Duration::from_mins(10),
        min_interval: Duration::from_mins(10),
        max_interval: Duration::from_mins(10),
        ..config()
    }
}

#[test]
fn a_restart_waits_for_the_time_in_the_cursor() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let patient = patient();
    let mut runner = Runner::start(patient.clone(), vec![feed(&url)], Log::default());
    runner.run_once();
    let log = runner.kill();
    let mut runner = Runner::start(patient, vec![feed(&url)], log);
    runner.run_once();
    assert!(runner.next_batch().is_empty());
    assert_eq!(newsroom.asked("/rss").len(), 1);
}

#[test]
fn a_cursor_of_before_feeds_shared_their_sites_partition_is_found() {
    // Such a cursor lies in the partition of its feed's id, which is another one for most ports.
    for _ in 0..4 {
        let newsroom = Newsroom::open();
        let url = two_items(&newsroom);
        let patient = patient();
        let mut runner = Runner::start(patient.clone(), vec![feed(&url)], Log::default());
        runner.run_once();
        let mut log = runner.kill();
        for cursor in log.cursors.values_mut() {
            cursor.site = None;
        }
        let mut runner = Runner::start(patient, vec![feed(&url)], log);
        runner.run_once();
        assert_eq!(newsroom.asked("/rss").len(), 1);
    }
}

#[test]
fn quiet_polls_cost_no_records() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let config = Config {
        cursor_interval: Duration::from_hours(1),
        ..config()
    };
    let mut runner = Runner::start(config, vec![feed(&url)], Log::default());
    runner.run_once();
    let records = runner.log.cursor_records;
    runner.run_until(|_| newsroom.asked("/rss").len() > 5);
    assert_eq!(runner.log.cursor_records, records);
}

#[test]
fn health_is_written_when_it_changes_and_not_with_each_poll() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let config = Config {
        cursor_interval: Duration::from_hours(1),
        max_backoff: Duration::from_millis(20),
        ..config()
    };
    let mut runner = Runner::start(config, vec![feed(&url)], Log::default());
    runner.run_once();
    let first = runner.log.health.last().unwrap();
    assert_eq!(first.state, FeedState::Learning);
    assert!(
        first.summary.starts_with("still learning"),
        "{}",
        first.summary
    );
    runner.run_until(|_| newsroom.asked("/rss").len() > 4);
    assert_eq!(runner.log.health.len(), 1, "nothing has changed");
    newsroom.set("/rss", Answer::status(503));
    runner.run_until(|_| newsroom.asked("/rss").len() > 14);
    let failed = runner.log.health.last().unwrap();
    assert_eq!(failed.fault.as_ref().unwrap().code, "http_503");
    assert!(failed.last_success.is_some() && failed.next_poll.is_some());
    assert!(!failed.next_poll_reason.is_empty());
    assert_eq!(runner.log.health.len(), 1 + 4, "the first failures alone");
    two_items(&newsroom);
    runner.run_until(|log| log.health.last().unwrap().fault.is_none());
    assert_eq!(runner.log.health.len(), 1 + 4 + 1);
}

#[test]
fn feed_text_alone_asks_for_no_page() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let config = Config {
        pages: PagePolicy::FeedText,
        ..config()
    };
    let mut runner = Runner::start(config, vec![feed(&url)], Log::default());
    runner.run_once();
    assert_eq!(runner.log.articles[0].body, "Summary of First.");
    assert_eq!(runner.log.articles[0].body_source, BodySource::Feed);
    assert!(newsroom.asked("/a").is_empty());
}

#[test]
fn an_article_in_two_feeds_comes_once_and_survives_an_abort() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let base = newsroom.url("");
    newsroom.set("/c", Answer::page(page("Third")));
    let also = [("x", "/b?utm_source=world", "Second"), ("y", "/c", "Third")];
    newsroom.set("/world", Answer::feed(rss(&base, &also)));
    let feeds = vec![feed(&url), feed(&newsroom.url("/world"))];
    let mut runner = Runner::start(config(), feeds, Log::default());
    while runner.next_batch().is_empty() {}
    runner.abort();
    runner.run_until(|log| log.cursors.len() == 2);
    let mut titles = runner.titles();
    titles.sort_unstable();
    assert_eq!(titles, ["First", "Second", "Third"]);
}

#[test]
fn a_broken_off_document_keeps_its_items_and_is_fetched_again() {
    let newsroom = Newsroom::open();
    let url = newsroom.url("/rss");
    let whole = rss("", &[("2", "", "Second"), ("1", "", "First")]);
    let (before, _) = whole.split_once("<title>First").unwrap();
    newsroom.set("/rss", Answer::feed(before).with("etag", "\"cut\""));
    let mut runner = start(&url);
    runner.run_once();
    assert_eq!(runner.titles(), ["Second"]);
    newsroom.set("/rss", Answer::feed(whole).with("etag", "\"whole\""));
    runner.run_until(|log| log.articles.len() == 2);
    let second = &newsroom.asked("/rss")[1];
    assert_eq!(
        second.header("if-none-match"),
        None,
        "the cut document's validator"
    );
}

#[test]
fn an_item_that_was_forgotten_and_returns_is_not_doubled() {
    let newsroom = Newsroom::open();
    let url = newsroom.url("/rss");
    let base = newsroom.url("");
    let first = rss(&base, &[("1", "/a", "First")]);
    let config = Config {
        seen_items: 0,
        pages: PagePolicy::FeedText,
        ..config()
    };
    newsroom.set("/rss", Answer::feed(first.clone()));
    let mut runner = Runner::start(config, vec![feed(&url)], Log::default());
    runner.run_once();
    newsroom.set("/rss", Answer::feed(rss(&base, &[("2", "/b", "Second")])));
    runner.run_until(|log| log.articles.len() == 2);
    let is_seen = |log: &Log, count| log.cursors[&url].seen.len() == count;
    assert!(is_seen(&runner.log, 1), "the first is forgotten");
    newsroom.set("/rss", Answer::feed(first));
    let polls = newsroom.asked("/rss").len();
    runner.run_until(|_| newsroom.asked("/rss").len() > polls + 2);
    assert_eq!(runner.titles(), ["First", "Second"]);
}

#[test]
fn two_addresses_of_one_page_are_one_article() {
    let newsroom = Newsroom::open();
    let url = newsroom.url("/rss");
    let items = [("1", "/a", "First"), ("2", "/amp/a", "First, short")];
    newsroom.set("/rss", Answer::feed(rss(&newsroom.url(""), &items)));
    let canonical = format!(
        "<head><link rel=\"canonical\" href=\"{}\">",
        newsroom.url("/a")
    );
    let page = page("First").replace("<head>", &canonical);
    newsroom.set("/a", Answer::page(page.clone()));
    newsroom.set("/amp/a", Answer::page(page));
    let mut runner = start(&url);
    runner.run_once();
    assert_eq!(runner.log.articles.len(), 1);
    assert_eq!(
        runner.log.articles[0].url.as_deref(),
        Some(newsroom.url("/a").as_str())
    );
}
