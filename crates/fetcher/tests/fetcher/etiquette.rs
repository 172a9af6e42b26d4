//! Etiquette: what is asked, how often, and what is kept of the answers.

use std::time::Duration;

use fetcher::Config;
use model::FeedState;

use crate::{
    newsroom::{Answer, Newsroom, page, rss, two_items},
    runner::{Log, Runner, config, feed, start},
};

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
    check(Answer::status(429), "http_429");
    check(Answer::status(500), "http_500");
    check(Answer::feed(""), "empty");
    check(Answer::page(page("A page")), "not_a_feed");
    check(Answer::feed("neither one nor the other"), "unparsable");
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
    for status in [301, 308] {
        newsroom.set("/old", Answer::redirect(status, "/rss"));
        let old = newsroom.url("/old");
        let asked = |path: &str| newsroom.asked(path).len();
        let before = asked("/old");
        let mut runner = start(&old);
        runner.run_until(|log| {
            let moved = log
                .cursors
                .get(&old)
                .and_then(|cursor| cursor.moved.as_ref());
            moved.is_some_and(|moved| moved.adopted)
        });
        let polls = asked("/rss");
        runner.run_until(|_| asked("/rss") > polls + 2);
        assert_eq!(asked("/old"), before + 3);
        assert_eq!(runner.log.articles.len(), 2, "the history is kept");
    }
    for status in [302, 303, 307] {
        newsroom.set("/here", Answer::redirect(status, "/rss"));
        let here = newsroom.url("/here");
        let before = newsroom.asked("/here").len();
        let mut runner = start(&here);
        runner.run_until(|_| newsroom.asked("/here").len() >= before + 5);
        assert_eq!(runner.cursor(&here).moved, None);
    }
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
fn validators_of_an_identical_body_replace_the_old_ones() {
    let newsroom = Newsroom::open();
    let url = newsroom.url("/rss");
    let document = rss(&newsroom.url(""), &[]);
    let answer = Answer::feed(document.clone());
    newsroom.set(
        "/rss",
        answer.with("etag", "\"1\"").with("last-modified", "Mon"),
    );
    let mut runner = start(&url);
    runner.run_once();
    // The same body by a server that now tags it otherwise, and dates it no more.
    newsroom.set("/rss", Answer::feed(document).with("etag", "\"2\""));
    runner.run_until(|log| log.cursors[&url].etag.as_deref() == Some("\"2\""));
    assert_eq!(runner.cursor(&url).last_modified, None);
}

#[test]
fn expires_zero_keeps_no_validators() {
    let newsroom = Newsroom::open();
    let url = newsroom.url("/rss");
    let answer = Answer::feed(rss(&newsroom.url(""), &[])).with("etag", "\"1\"");
    newsroom.set("/rss", answer.with("expires", "0"));
    let mut runner = start(&url);
    runner.run_until(|_| newsroom.asked("/rss").len() >= 3);
    let asked = newsroom.asked("/rss");
    assert!(
        asked
            .iter()
            .all(|asked| asked.header("if-none-match").is_none())
    );
}

#[test]
fn a_200_with_the_same_tag_is_unchanged() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let base = newsroom.url("");
    newsroom.set("/rss", Answer::feed(rss(&base, &[])).with("etag", "\"1\""));
    let mut runner = start(&url);
    runner.run_once();
    let items = [("1", "/a", "First")];
    newsroom.set(
        "/rss",
        Answer::feed(rss(&base, &items)).with("etag", "\"1\""),
    );
    runner.run_until(|_| newsroom.asked("/rss").len() >= 4);
    assert_eq!(
        runner.titles(),
        Vec::<&str>::new(),
        "until the next full fetch"
    );
    newsroom.set(
        "/rss",
        Answer::feed(rss(&base, &items)).with("etag", "\"2\""),
    );
    runner.run_until(|log| log.articles.len() == 1);
}

#[test]
fn a_server_is_left_alone_as_long_as_it_asks_also_after_a_304_and_a_fault() {
    let newsroom = Newsroom::open();
    let url = newsroom.url("/rss");
    let document = rss(&newsroom.url(""), &[]);
    for answer in [
        Answer::status(304).with("cache-control", "max-age=1800"),
        Answer::status(500).with("cache-control", "max-age=1800"),
        Answer::status(404).with("retry-after", "1800"),
    ] {
        newsroom.set("/rss", Answer::feed(document.clone()).with("etag", "\"1\""));
        let mut runner = start(&url);
        runner.run_once();
        newsroom.set("/rss", answer);
        let polled = |log: &Log| {
            let cursor = &log.cursors[&url];
            cursor.next_poll.duration_since(cursor.polled).as_secs()
        };
        runner.run_until(|log| polled(log) == 1800);
    }
    // A broken clock or a joke is not obeyed for ever.
    newsroom.set(
        "/rss",
        Answer::status(503).with("retry-after", "99999999999"),
    );
    let mut runner = start(&url);
    runner.run_once();
    let cursor = runner.cursor(&url);
    let wait = cursor.next_poll.duration_since(cursor.polled).as_secs();
    assert_eq!(wait, 24 * 3600);
}

#[test]
fn a_new_feed_is_asked_for_once() {
    let newsroom = Newsroom::open();
    let url = two_items(&newsroom);
    let patient = Config {
        interval: Duration::from_hours(1),
        max_interval: Duration::from_hours(1),
        ..config()
    };
    let mut runner = Runner::start(patient, vec![feed(&url)], Log::default());
    runner.run_once();
    assert_eq!(runner.titles(), ["First", "Second"]);
    assert_eq!(newsroom.asked("/rss").len(), 1);
    assert_eq!(newsroom.asked("/robots.txt").len(), 1);
}

#[test]
fn a_gone_feed_is_taken_up_again_under_another_url() {
    let newsroom = Newsroom::open();
    newsroom.set("/old", Answer::status(410));
    let mut runner = start(&newsroom.url("/old"));
    runner.run_once();
    let gone = runner.cursor(&newsroom.url("/old")).health.state;
    assert_eq!(gone, FeedState::Gone);
    let log = runner.kill();
    let url = two_items(&newsroom);
    let mut runner = Runner::start(config(), vec![feed(&url)], log);
    runner.run_until(|log| log.articles.len() == 2);
}
