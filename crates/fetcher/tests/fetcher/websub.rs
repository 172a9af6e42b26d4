//! `WebSub` against a local hub: asked, verified, pushed, and polled all the same.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use fetcher::{Config, WebSubConfig};
use url::form_urlencoded;

use crate::{
    newsroom::{Answer, Newsroom, rss},
    runner::{Log, Runner, config, feed},
};

/// A feed that names the newsroom's own hub.
fn document(newsroom: &Newsroom, items: &[(&str, &str, &str)]) -> Answer {
    let hub = format!(
        "<description>News</description><atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" \
         rel=\"hub\" href=\"{}\"/>",
        newsroom.url("/hub")
    );
    let text = rss("", items).replace("<description>News</description>", &hub);
    Answer::feed(text).with("link", "</rss>; rel=\"self\"")
}

/// A port that nothing listened at a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn pushed_config(port: u16) -> Config {
    Config {
        // Without a push nothing would be polled again within the test.
        interval: Duration::from_hours(1),
        max_interval: Duration::from_hours(1),
        websub: WebSubConfig {
            callback: format!("http://127.0.0.1:{port}/push/"),
            listen: ([127, 0, 0, 1], port).into(),
            ..WebSubConfig::default()
        },
        ..config()
    }
}

/// Sends a request as a hub does; returns status and body.
fn call(port: u16, request: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "{request}host: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    (status, body.to_owned())
}

/// What the hub was asked for, and the path of the callback.
fn asked(newsroom: &Newsroom) -> (HashMap<String, String>, String) {
    let asked = newsroom.asked("/hub");
    let form = form_urlencoded::parse(&asked[0].body).into_owned();
    let form: HashMap<String, String> = form.collect();
    let (_, path) = form["hub.callback"].split_once("/push/").unwrap();
    let path = format!("/push/{path}");
    (form, path)
}

fn verify(port: u16, path: &str, mode: &str, topic: &str) -> (u16, String) {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", mode)
        .append_pair("hub.topic", topic)
        .append_pair("hub.challenge", "a challenge")
        .append_pair("hub.lease_seconds", "864000")
        .finish();
    call(port, &format!("GET {path}?{query} HTTP/1.1\r\n"), b"")
}

fn sign(secret: &str, body: &[u8]) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = ring::hmac::sign(&key, body);
    let digits = tag.as_ref().iter().map(|byte| format!("{byte:02x}"));
    let digits = digits.collect::<Vec<_>>().concat();
    format!("sha256={digits}")
}

#[test]
fn a_signed_push_brings_the_news_and_nothing_else_does() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", document(&newsroom, &[]));
    newsroom.set("/hub", Answer::status(202));
    let (port, url) = (free_port(), newsroom.url("/rss"));
    let mut runner = Runner::start(pushed_config(port), vec![feed(&url)], Log::default());
    runner.run_until(|_| !newsroom.asked("/hub").is_empty());
    let (form, path) = asked(&newsroom);
    assert_eq!(form["hub.mode"], "subscribe");
    assert_eq!(form["hub.topic"], url);
    assert_eq!(form["hub.lease_seconds"], "864000");

    assert_eq!(
        verify(port, &path, "subscribe", "http://other.example/").0,
        404
    );
    assert_eq!(verify(port, &path, "unsubscribe", &url).0, 404);
    assert_eq!(verify(port, "/push/guess", "subscribe", &url).0, 404);
    assert_eq!(
        verify(port, &path, "subscribe", &url),
        (200, "a challenge".into())
    );

    // What came out before the hub began to push is looked for once.
    runner.run_until(|log| log.cursors[&url].subscription.is_some());
    assert_eq!(newsroom.asked("/rss").len(), 2);

    newsroom.set("/rss", document(&newsroom, &[("1", "", "First")]));
    let push = |path: &str, signature: &str| {
        let request = format!("POST {path} HTTP/1.1\r\nx-hub-signature: {signature}\r\n");
        call(port, &request, b"news").0
    };
    assert_eq!(
        push(&path, &sign("a guess", b"news")),
        202,
        "ignored, not told"
    );
    assert_eq!(
        push("/push/guess", &sign(&form["hub.secret"], b"news")),
        410
    );
    for _ in 0..4 {
        assert!(runner.next_batch().is_empty());
    }
    assert_eq!(newsroom.asked("/rss").len(), 2, "no one came");
    assert_eq!(push(&path, &sign(&form["hub.secret"], b"news")), 202);
    runner.run_until(|log| log.articles.len() == 1);
    let cursor = runner.cursor(&url);
    assert!(
        cursor.next_poll_reason.contains("WebSub"),
        "{}",
        cursor.next_poll_reason
    );
    let wait = cursor.next_poll.duration_since(cursor.polled).as_secs();
    assert_eq!(wait, 3600, "the backup poll stays");
    assert_eq!(newsroom.asked("/hub").len(), 1);
}

#[test]
fn a_subscription_outlives_the_fetcher() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", document(&newsroom, &[]));
    newsroom.set("/hub", Answer::status(202));
    let (port, url) = (free_port(), newsroom.url("/rss"));
    let mut runner = Runner::start(pushed_config(port), vec![feed(&url)], Log::default());
    runner.run_until(|_| !newsroom.asked("/hub").is_empty());
    let (form, path) = asked(&newsroom);
    assert_eq!(verify(port, &path, "subscribe", &url).0, 200);
    runner.run_until(|log| log.cursors[&url].subscription.is_some());
    let log = runner.kill();
    wait_until_free(port);
    let mut runner = Runner::start(pushed_config(port), vec![feed(&url)], log);
    newsroom.set("/rss", document(&newsroom, &[("1", "", "First")]));
    let signature = sign(&form["hub.secret"], b"news");
    let request = format!("POST {path} HTTP/1.1\r\nx-hub-signature: {signature}\r\n");
    assert_eq!(call(port, &request, b"news").0, 202);
    runner.run_until(|log| log.articles.len() == 1);
    assert_eq!(newsroom.asked("/hub").len(), 1, "the lease goes on");
    let log = runner.kill();
    wait_until_free(port);
    // An instance with another callback asks for itself.
    let elsewhere = free_port();
    let runner = Runner::start(pushed_config(elsewhere), vec![feed(&url)], log);
    assert_eq!(call(elsewhere, &request, b"news").0, 410);
    drop(runner);
}

/// Waits until a fetcher that was killed listens no more.
fn wait_until_free(port: u16) {
    let begun = Instant::now();
    while TcpListener::bind(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{port} is taken");
        std::thread::yield_now();
    }
}

#[test]
fn a_hub_that_never_answers_costs_nothing() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", document(&newsroom, &[]));
    let (port, url) = (free_port(), newsroom.url("/rss"));
    let often = Config {
        websub: pushed_config(port).websub,
        ..config()
    };
    let mut runner = Runner::start(often, vec![feed(&url)], Log::default());
    runner.run_until(|_| !newsroom.asked("/hub").is_empty());
    newsroom.set("/rss", document(&newsroom, &[("1", "", "First")]));
    runner.run_until(|log| log.articles.len() == 1);
    assert_eq!(
        newsroom.asked("/hub").len(),
        1,
        "asked once an hour at most"
    );
}
