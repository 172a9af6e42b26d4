//! Polling: what is asked, how often, and what comes of it.

use std::time::Duration;

use fetcher::Config;
use model::{BodySource, FeedState, Origin, PagePolicy};

use crate::{
    newsroom::{Answer, Newsroom, page, rss},
    runner::{Log, Runner, config, feed},
};

/// A newsroom with two items and their pages.
fn two_items(newsroom: &Newsroom) -> String {
    let base = newsroom.url("");
    newsroom.set(
        "/rss",
        Answer::feed(rss(&base, &[("2", "/b", "Second"), ("1", "/a", "First")])),
    );
    newsroom.set("/a", Answer::page(page("First")));
    newsroom.set("/b", Answer::page(page("Second")));
    newsroom.url("/rss")
}

fn start(url: &str) -> Runner {
    Runner::start(config(), vec![feed(url)], Log::default())
}

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
fn validators_go_back_as_they_came() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let feed_answer = Answer::feed(rss(&newsroom.url(""), &[]))
        .with("etag", "W/\"odd, but ours\"")
        .with("last-modified", "not even a date");
    newsroom.set("/rss", feed_answer);
    let mut runner = start(&url);
    runner.run_once();
    newsroom.set("/rss", Answer::status(304).with("etag", "\"new\""));
    runner.run_until(|_| newsroom.asked("/rss").len() >= 3);
    let asked = newsroom.asked("/rss");
    assert_eq!(asked[0].header("if-none-match"), None);
    assert_eq!(
        asked[1].header("if-none-match"),
        Some("W/\"odd, but ours\"")
    );
    assert_eq!(
        asked[1].header("if-modified-since"),
        Some("not even a date")
    );
    assert_eq!(
        asked[2].header("if-none-match"),
        Some("\"new\""),
        "from the 304"
    );
    assert_eq!(
        asked[2].header("if-modified-since"),
        Some("not even a date")
    );
}

#[test]
fn requests_say_who_asks_and_what_for() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let config = Config {
        contact: "desk@ostrava.example".into(),
        ..config()
    };
    let own_agent = model::Feed {
        user_agent: Some("ostrava-desk/2".into()),
        ..feed(&newsroom.url("/own"))
    };
    let mut runner = Runner::start(config, vec![feed(&url), own_agent], Log::default());
    runner.run_once();
    let asked = &newsroom.asked("/rss")[0];
    let agent = asked.header("user-agent").unwrap();
    assert!(agent.starts_with("onrecord/") && agent.contains("desk@ostrava.example"));
    assert!(
        asked
            .header("accept")
            .unwrap()
            .contains("application/atom+xml")
    );
    assert_eq!(asked.header("accept-encoding"), Some("gzip, br"));
    assert!(
        newsroom.asked("/a")[0]
            .header("accept")
            .unwrap()
            .starts_with("text/html")
    );
    assert_eq!(
        newsroom.asked("/own")[0].header("user-agent"),
        Some("ostrava-desk/2")
    );
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

#[test]
fn a_restart_waits_for_the_time_in_the_cursor() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let patient = Config {
        interval: Duration::from_mins(10),
        min_interval: Duration::from_mins(10),
        max_interval: Duration::from_mins(10),
        ..config()
    };
    let mut runner = Runner::start(patient.clone(), vec![feed(&url)], Log::default());
    runner.run_once();
    let log = runner.kill();
    let mut runner = Runner::start(patient, vec![feed(&url)], log);
    runner.run_once();
    assert!(runner.next_batch().is_empty());
    assert_eq!(newsroom.asked("/rss").len(), 1);
}

#[test]
fn failures_are_named_and_polling_goes_on() {
    let newsroom = Newsroom::open();
    let check = |answer: Answer, code: &str| {
        newsroom.set("/rss", answer);
        let mut runner = start(&newsroom.url("/rss"));
        runner.run_once();
        let health = &runner.cursor(&newsroom.url("/rss")).health;
        assert_eq!(health.fault.as_ref().unwrap().code, code);
        assert_eq!(health.state, FeedState::Failing);
        let polls = newsroom.asked("/rss").len();
        runner.run_until(|_| newsroom.asked("/rss").len() > polls);
    };
    check(Answer::status(401), "http_401");
    check(Answer::status(403), "http_403");
    check(
        Answer::status(403).with("cf-mitigated", "challenge"),
        "challenge",
    );
    check(Answer::status(404), "http_404");
    check(Answer::status(500), "http_500");
    check(Answer::feed(""), "empty");
    check(Answer::redirect(302, "/rss"), "too_many_redirects");
    check(Answer::redirect(302, "gopher://x/"), "bad_redirect");
}

#[test]
fn a_dead_server_and_a_dead_name_are_told_apart() {
    let newsroom = Newsroom::open();
    let closed = newsroom.url("/rss");
    drop(newsroom);
    let check = |url: &str, code: &str| {
        let mut runner = start(url);
        runner.run_once();
        let health = &runner.cursor(url).health;
        assert_eq!(health.fault.as_ref().unwrap().code, code, "{health:?}");
    };
    check(&closed, "connect");
    check("http://no-such-host.invalid/rss", "dns");
}

#[test]
fn a_slow_server_is_a_timeout() {
    let newsroom = Newsroom::open();
    newsroom.set(
        "/rss",
        Answer {
            delay: Duration::from_secs(30),
            ..Answer::status(200)
        },
    );
    let impatient = Config {
        request_timeout: Duration::from_millis(200),
        ..config()
    };
    let url = newsroom.url("/rss");
    let own = model::Feed {
        robots: Some(model::RobotsPolicy::IgnoreForFeed),
        ..feed(&url)
    };
    let mut runner = Runner::start(impatient, vec![own], Log::default());
    runner.run_once();
    assert_eq!(
        runner.cursor(&url).health.fault.as_ref().unwrap().code,
        "timeout"
    );
}

#[test]
fn gone_ends_polling_and_recovery_clears_the_fault() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", Answer::status(500));
    let url = newsroom.url("/rss");
    let mut runner = start(&url);
    runner.run_once();
    newsroom.set("/rss", Answer::feed(rss(&newsroom.url(""), &[])));
    runner.run_until(|log| log.cursors[&url].health.fault.is_none());
    newsroom.set("/rss", Answer::status(410));
    runner.run_until(|log| log.cursors[&url].health.state == FeedState::Gone);
    let polls = newsroom.asked("/rss").len();
    for _ in 0..4 {
        assert!(runner.next_batch().is_empty());
    }
    assert_eq!(newsroom.asked("/rss").len(), polls);
}

#[test]
fn retry_after_is_obeyed() {
    let newsroom = Newsroom::open();
    let check = |status: u16, value: &str| {
        newsroom.set("/rss", Answer::status(status).with("retry-after", value));
        let url = newsroom.url("/rss");
        let mut runner = start(&url);
        runner.run_once();
        let cursor = runner.cursor(&url);
        let wait = cursor.next_poll.duration_since(cursor.polled).as_secs();
        assert!((3590..=3600).contains(&wait), "{wait}");
        assert!(cursor.next_poll_reason.contains("Retry-After"));
    };
    check(429, "3600");
    check(503, "3600");
    let in_an_hour = std::time::SystemTime::now() + Duration::from_hours(1);
    check(503, &httpdate::fmt_http_date(in_an_hour));
}

#[test]
fn a_permanent_redirect_is_taken_over_after_three_polls_and_a_temporary_one_never() {
    let newsroom = Newsroom::open();
    two_items(&newsroom);
    newsroom.set("/old", Answer::redirect(301, "/rss"));
    newsroom.set("/here", Answer::redirect(302, "/rss"));
    let (old, here) = (newsroom.url("/old"), newsroom.url("/here"));
    let mut runner = Runner::start(config(), vec![feed(&old)], Log::default());
    runner.run_until(|log| {
        log.cursors
            .get(&old)
            .is_some_and(|c| c.moved.as_ref().is_some_and(|m| m.adopted))
    });
    let polls = newsroom.asked("/rss").len();
    runner.run_until(|_| newsroom.asked("/rss").len() > polls + 2);
    assert_eq!(newsroom.asked("/old").len(), 3);
    assert_eq!(runner.log.articles.len(), 2);
    let mut runner = Runner::start(config(), vec![feed(&here)], Log::default());
    runner.run_until(|_| newsroom.asked("/here").len() >= 6);
    assert_eq!(runner.cursor(&here).moved, None);
}

#[test]
fn a_lying_validator_is_caught_by_a_full_fetch() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let config = Config {
        full_fetch_interval: Duration::from_millis(300),
        ..config()
    };
    newsroom.set(
        "/rss",
        Answer::feed(rss(&newsroom.url(""), &[])).with("etag", "\"1\""),
    );
    let mut runner = Runner::start(config, vec![feed(&url)], Log::default());
    runner.run_once();
    newsroom.set("/rss", Answer::status(304));
    runner.run_until(|_| {
        newsroom
            .asked("/rss")
            .iter()
            .skip(1)
            .any(|asked| asked.header("if-none-match").is_none())
    });
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
fn requests_to_a_host_are_spaced() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let config = Config {
        host_spacing: Duration::from_millis(150),
        host_burst: 1,
        ..config()
    };
    let mut runner = Runner::start(config, vec![feed(&url)], Log::default());
    let start = std::time::Instant::now();
    runner.run_once();
    let mut times: Vec<_> = ["/robots.txt", "/rss", "/a", "/b"]
        .iter()
        .flat_map(|path| newsroom.asked(path))
        .map(|asked| asked.at)
        .collect();
    times.sort_unstable();
    assert_eq!(times.len(), 4);
    // The first may leave at once, the fourth three spacings later.
    assert!(times[3] - start >= Duration::from_millis(450));
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
fn two_feeds_with_one_document_are_one() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    newsroom.set("/other", Answer::redirect(302, "/rss"));
    let other = newsroom.url("/other");
    let feeds = vec![feed(&url), feed(&other)];
    let mut runner = Runner::start(config(), feeds, Log::default());
    let code = |log: &Log, url: &str| {
        let fault = log.cursors.get(url)?.health.fault.as_ref()?;
        Some(fault.code.clone())
    };
    runner.run_until(|log| code(log, &other).as_deref() == Some("duplicate"));
    assert_eq!(code(&runner.log, &url), None);
    assert_eq!(runner.titles(), ["First", "Second"]);
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
fn what_the_document_asks_for_reaches_the_schedule() {
    let newsroom = Newsroom::open();
    let url = newsroom.url("/rss");
    let document = rss(&newsroom.url(""), &[]).replace(
        "<description>News</description>",
        "<description>News</description><ttl>90</ttl>",
    );
    newsroom.set("/rss", Answer::feed(document));
    let mut runner = start(&url);
    runner.run_once();
    let cursor = runner.cursor(&url);
    assert_eq!(cursor.wishes.wait_seconds, Some(90 * 60));
    let wait = cursor.next_poll.duration_since(cursor.polled).as_secs();
    assert_eq!(wait, 90 * 60, "{}", cursor.next_poll_reason);
    newsroom.set(
        "/fresh",
        Answer::feed(rss("", &[])).with("cache-control", "max-age=1800"),
    );
    let url = newsroom.url("/fresh");
    let mut runner = start(&url);
    runner.run_once();
    let cursor = runner.cursor(&url);
    let wait = cursor.next_poll.duration_since(cursor.polled).as_secs();
    assert_eq!(wait, 1800, "{}", cursor.next_poll_reason);
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
