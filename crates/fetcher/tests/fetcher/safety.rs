//! What a feed, a page or a redirect may not make us do.

use std::{
    io::{Read, Write},
    time::Duration,
};

use fetcher::Config;
use flate2::{Compression, write::GzEncoder};
use model::{BodySource, Feed};

use crate::{
    newsroom::{Answer, Newsroom, page, rss},
    runner::{Log, Runner, config, feed},
};

fn poll(config: Config, feed: Feed) -> Runner {
    let mut runner = Runner::start(config, vec![feed], Log::default());
    runner.run_once();
    runner
}

#[track_caller]
fn check_fault(config: Config, url: &str, code: &str) {
    let runner = poll(config, feed(url));
    let fault = runner.cursor(url).health.fault.clone().unwrap();
    assert_eq!(fault.code, code, "{}", fault.reason);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn loopback_is_closed_unless_it_is_allowed() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", Answer::feed(rss("", &[])));
    let closed = Config {
        allow_addresses: Vec::new(),
        ..config()
    };
    check_fault(closed.clone(), &newsroom.url("/rss"), "blocked_address");
    let by_name = newsroom.url("/rss").replace("127.0.0.1", "localhost");
    check_fault(closed, &by_name, "blocked_address");
    assert!(newsroom.asked("/rss").is_empty());
    let runner = poll(config(), feed(&by_name));
    assert_eq!(runner.cursor(&by_name).health.fault, None);
}

#[test]
fn a_redirect_does_not_lead_inside() {
    let newsroom = Newsroom::open();
    for to in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fd00::1]/",
        "http://127.0.0.2/",
        "http://0x7f000002/",
    ] {
        newsroom.set("/rss", Answer::redirect(302, to));
        check_fault(config(), &newsroom.url("/rss"), "blocked_address");
    }
    newsroom.set("/rss", Answer::redirect(302, "file:///etc/passwd"));
    check_fault(config(), &newsroom.url("/rss"), "bad_redirect");
}

#[test]
fn an_items_link_does_not_lead_inside() {
    let newsroom = Newsroom::open();
    let document = rss("", &[("1", "http://169.254.169.254/latest", "Inside")]);
    newsroom.set("/rss", Answer::feed(document));
    let runner = poll(config(), feed(&newsroom.url("/rss")));
    let BodySource::Summary { reason } = &runner.log.articles[0].body_source else {
        panic!("the page was had");
    };
    assert!(reason.contains("169.254.169.254"), "{reason}");
    assert_eq!(runner.log.articles[0].body, "Summary of Inside.");
}

#[test]
fn sizes_are_bounded_before_and_after_decompression() {
    let newsroom = Newsroom::open();
    let small = Config {
        max_compressed_bytes: 100_000,
        max_feed_bytes: 1 << 20,
        ..config()
    };
    let url = newsroom.url("/rss");
    newsroom.set("/rss", Answer::feed(vec![b' '; 100_001]));
    check_fault(small.clone(), &url, "too_large");
    let bomb = gzip(&vec![b' '; 50 << 20]);
    assert!(bomb.len() < 100_000);
    newsroom.set("/rss", Answer::feed(bomb).with("content-encoding", "gzip"));
    check_fault(small, &url, "too_large");
}

#[test]
fn compressed_feeds_are_read() {
    let newsroom = Newsroom::open();
    let document = rss(&newsroom.url(""), &[("1", "/a", "First")]);
    newsroom.set(
        "/rss",
        Answer::feed(gzip(document.as_bytes())).with("content-encoding", "gzip"),
    );
    let runner = poll(config(), feed(&newsroom.url("/rss")));
    assert_eq!(runner.titles(), ["First"]);
}

#[test]
fn robots_txt_is_obeyed_for_pages_always_and_for_feeds_by_default() {
    let newsroom = Newsroom::open();
    let base = newsroom.url("");
    newsroom.set("/rss", Answer::feed(rss(&base, &[("1", "/no/a", "First")])));
    newsroom.set("/no/a", Answer::page(page("First")));
    let url = newsroom.url("/rss");
    let rules = "User-agent: *\nDisallow: /no/\n";
    newsroom.set("/robots.txt", Answer::ok("text/plain", rules));
    let runner = poll(config(), feed(&url));
    assert!(matches!(&runner.log.articles[0].body_source,
        BodySource::Summary { reason } if reason.contains("robots.txt")));
    assert!(newsroom.asked("/no/a").is_empty());
    assert_eq!(
        newsroom.asked("/robots.txt").len(),
        1,
        "once for feed and page"
    );

    newsroom.set(
        "/robots.txt",
        Answer::ok("text/plain", "User-agent: onrecord\nDisallow: /\n"),
    );
    check_fault(config(), &url, "robots");
    let override_for_feed = Feed {
        robots: Some(model::RobotsPolicy::IgnoreForFeed),
        ..feed(&url)
    };
    let runner = poll(config(), override_for_feed);
    assert_eq!(runner.titles(), ["First"]);
    assert!(
        newsroom.asked("/no/a").is_empty(),
        "the override is for the feed alone"
    );
}

#[test]
fn robots_txt_counts_at_every_hop_and_its_absence_allows() {
    let newsroom = Newsroom::open();
    let base = newsroom.url("");
    newsroom.set("/rss", Answer::feed(rss(&base, &[("1", "/go", "First")])));
    newsroom.set("/go", Answer::redirect(302, "/no/a"));
    newsroom.set("/no/a", Answer::page(page("First")));
    newsroom.set("/robots.txt", Answer::status(403));
    let runner = poll(config(), feed(&newsroom.url("/rss")));
    assert_eq!(runner.log.articles[0].body_source, BodySource::Page);
    newsroom.set(
        "/robots.txt",
        Answer::ok("text/plain", "User-agent: *\nDisallow: /no/"),
    );
    let runner = poll(config(), feed(&newsroom.url("/rss")));
    assert!(matches!(
        runner.log.articles[0].body_source,
        BodySource::Summary { .. }
    ));
    // A server in trouble says nothing on its pages, but the user named the feed.
    newsroom.set("/robots.txt", Answer::status(500));
    let runner = poll(config(), feed(&newsroom.url("/rss")));
    assert!(matches!(&runner.log.articles[0].body_source,
        BodySource::Summary { reason } if reason.contains("cannot be reached")));
}

#[test]
fn a_body_without_end_is_a_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/rss", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                let read = stream.read(&mut request).unwrap();
                assert!(read > 0, "a request comes first");
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n";
                let mut sent = stream.write_all(head.as_bytes());
                while sent.is_ok() {
                    sent = stream.write_all(b" ");
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
        }
    });
    let impatient = Config {
        request_timeout: Duration::from_millis(300),
        robots: model::RobotsPolicy::IgnoreForFeed,
        ..config()
    };
    check_fault(impatient, &url, "timeout");
}
