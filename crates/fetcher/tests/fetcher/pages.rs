//! Articles from pages: what counts as one, and another look at it later.

use std::time::Duration;

use fetcher::{Config, RevisitAge, poll_once};
use model::{BodySource, Origin};

use crate::{
    newsroom::{Answer, Newsroom, page, rss},
    runner::{Log, Runner, config, feed},
};

#[track_caller]
fn check_summary(answer: Answer, expected: &str) {
    let newsroom = Newsroom::open();
    newsroom.set(
        "/rss",
        Answer::feed(rss(&newsroom.url(""), &[("1", "/a", "First")])),
    );
    newsroom.set("/a", answer);
    let mut runner = Runner::start(config(), vec![feed(&newsroom.url("/rss"))], Log::default());
    runner.run_once();
    let article = &runner.log.articles[0];
    assert_eq!(article.body, "Summary of First.");
    let BodySource::Summary { reason } = &article.body_source else {
        panic!("{:?}", article.body_source);
    };
    assert!(reason.contains(expected), "{reason}");
}

#[test]
fn without_its_page_the_feeds_text_is_kept_and_the_reason_named() {
    check_summary(Answer::status(403), "403");
    check_summary(Answer::status(404), "404");
    check_summary(Answer::status(500), "500");
    check_summary(Answer::ok("application/pdf", "%PDF-1.7"), "application/pdf");
    check_summary(Answer::page("<p>Log in</p>"), "page");
    check_summary(Answer::page(""), "page");
}

#[test]
fn a_changed_page_is_a_new_version_and_a_counter_is_none() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", Answer::feed(rss(&newsroom.url(""), &[])));
    let ages = [1_000, 6_000, 7_000].map(|ms| RevisitAge(Duration::from_millis(ms)));
    let config = Config {
        revisit_after: ages.to_vec(),
        ..config()
    };
    let mut runner = Runner::start(config, vec![feed(&newsroom.url("/rss"))], Log::default());
    runner.run_once();
    let first = page("First");
    newsroom.set("/a", Answer::page(first.clone()));
    newsroom.set(
        "/rss",
        Answer::feed(rss(&newsroom.url(""), &[("1", "/a", "First")])),
    );
    runner.run_until(|log| log.articles.len() == 1);
    let counted = first.replace("twice a day", "twice a day 1,024");
    newsroom.set("/a", Answer::page(counted));
    runner.run_until(|_| newsroom.asked("/a").len() >= 2);
    let edited = first.replace("twice a day", "never again");
    newsroom.set("/a", Answer::page(edited));
    runner.run_until(|log| log.articles.len() == 2);
    let [one, two] = runner.log.articles.as_slice() else {
        panic!("two versions");
    };
    assert_eq!((&one.id, one.version), (&two.id, 1));
    assert_eq!((two.version, two.origin), (2, Origin::Live));
    assert!(two.body.contains("never again"));
    let cursor = runner.cursor(&newsroom.url("/rss"));
    assert!(cursor.revisits.iter().all(|revisit| revisit.version == 2));
    runner.run_until(|log| {
        log.cursors
            .values()
            .all(|cursor| cursor.revisits.is_empty())
    });
    assert_eq!(runner.log.articles.len(), 2);
}

#[test]
fn a_page_that_could_not_be_had_comes_later() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", Answer::feed(rss(&newsroom.url(""), &[])));
    let config = Config {
        revisit_after: [1_000, 5_000]
            .map(|ms| RevisitAge(Duration::from_millis(ms)))
            .to_vec(),
        ..config()
    };
    let mut runner = Runner::start(config, vec![feed(&newsroom.url("/rss"))], Log::default());
    runner.run_once();
    newsroom.set("/a", Answer::status(503));
    newsroom.set(
        "/rss",
        Answer::feed(rss(&newsroom.url(""), &[("1", "/a", "First")])),
    );
    runner.run_until(|log| log.articles.len() == 1);
    newsroom.set("/a", Answer::page(page("First")));
    runner.run_until(|log| log.articles.len() == 2);
    assert!(matches!(
        runner.log.articles[0].body_source,
        BodySource::Summary { .. }
    ));
    assert_eq!(runner.log.articles[1].body_source, BodySource::Page);
    assert_eq!(runner.log.articles[1].version, 2);
}

#[test]
fn one_feed_is_explained_end_to_end() {
    let newsroom = Newsroom::open();
    let document = rss(&newsroom.url(""), &[("1", "/a", "First"), ("", "/b", "")]);
    newsroom.set("/rss", Answer::feed(document).with("etag", "\"1\""));
    newsroom.set("/a", Answer::page(page("First")));
    let report = poll_once(&config(), &feed(&newsroom.url("/rss"))).unwrap();
    let answer = report.answer.unwrap();
    assert_eq!(
        (answer.status, answer.etag.as_deref()),
        (200, Some("\"1\""))
    );
    assert!(
        report.robots.contains("robots.txt does not forbid it"),
        "{}",
        report.robots
    );
    let lengths: Vec<bool> = report
        .pages
        .iter()
        .map(|page| page.text_characters > 200)
        .collect();
    assert_eq!(lengths, [true, false]);
    assert!(report.pages[1].problem.as_ref().unwrap().contains("404"));
    let items = report.document.unwrap().items;
    assert_eq!(items[0].identity, "guid");
    assert_eq!(items[0].warnings, ["it has no date"]);
    assert!(items[1].warnings.contains(&"it has no title".to_owned()));
    assert_eq!(newsroom.asked("/rss").len(), 1, "one request, not two");
    assert!(!report.next_poll_reason.is_empty());
    newsroom.set(
        "/rss",
        Answer::page("<html><head><title>News</title></head></html>"),
    );
    let report = poll_once(&config(), &feed(&newsroom.url("/rss"))).unwrap();
    let code = report.fault.unwrap().code;
    assert_eq!(code, "not_a_feed");
    assert_eq!(
        report.answer.unwrap().status,
        200,
        "there was an answer all the same"
    );
    newsroom.set("/old", Answer::redirect(301, "/gone"));
    newsroom.set("/gone", Answer::status(410));
    let report = poll_once(&config(), &feed(&newsroom.url("/old"))).unwrap();
    let redirect = report.redirects.first().unwrap();
    assert_eq!(
        (redirect.status, redirect.to.as_str()),
        (301, newsroom.url("/gone").as_str())
    );
    assert_eq!(report.fault.unwrap().code, "http_410");
}
