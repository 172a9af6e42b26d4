//! A disk that fills up under the running pipeline, and has room again.

use std::{collections::BTreeSet, fs, path::Path};

use stream::{ARTICLES, QUOTES};

use super::{
    probe::{is_ready, reasons},
    run_arguments, write_configuration,
};
use crate::harness::{
    client::Client,
    consumer::Stored,
    deadline::{PATIENCE, wait_for, wait_until},
    feed_server::{FeedServer, Page},
    free_port::free_address,
    onrecord::Process,
};

const ITEMS: usize = 300;
/// In blocks of 512 bytes: the articles take six times as much, in one partition.
const FULL_AT_BLOCKS: usize = 400;

#[test]
fn a_full_disk_is_said_in_words_and_waited_for() {
    let server = FeedServer::start(|path| {
        (path == "/feed").then(|| Page {
            content_type: "application/rss+xml",
            body: feed().into_bytes(),
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let probes = free_address();
    let more = "[topics.articles]\npartitions = 1";
    write_configuration(folder.path(), &server.url("/feed"), &probes, more);
    let log = folder.path().join("run.log");
    let arguments = run_arguments();
    let mut run = Process::start_with_small_files(FULL_AT_BLOCKS, &arguments, folder.path(), &log);
    wait_for("the reason", PATIENCE, || {
        let reasons = reasons(&probes)?;
        let mut reasons = reasons.iter();
        reasons.find(|reason| reason.starts_with("fetcher") && reason.contains("disk full"))?;
        Some(())
    });
    let said = fs::read_to_string(&log).unwrap();
    assert!(
        said.contains("broker cannot write its data: is the disk full?"),
        "{said}"
    );
    run.make_room();
    let client = Client::new(&broker_address(&log));
    wait_until("all articles", || {
        client.read_committed(ARTICLES.name()).len() >= ITEMS
    });
    wait_until("all quotes", || {
        client.read_committed(QUOTES.name()).len() >= ITEMS
    });
    wait_until("it to be ready again", || is_ready(&probes));
    let articles = client.read_committed(ARTICLES.name());
    let texts: BTreeSet<String> = articles.iter().map(Stored::text).collect();
    assert_eq!((articles.len(), texts.len()), (ITEMS, ITEMS));
    assert_eq!(client.read_committed(QUOTES.name()).len(), ITEMS);
    run.ask_to_end();
    let status = wait_for("the end", PATIENCE, || run.ended());
    assert!(status.success(), "{status}\n{}", run.last_words());
}

fn feed() -> String {
    let filler =
        "Rain fell on the harbour of Low Harrow, and the ferry stayed in port. ".repeat(50);
    let items: Vec<String> = (0..ITEMS)
        .map(|number| {
            format!(
                "<item><title>Notice {number}</title><guid>{number}</guid><description>“We shall \
                 keep berth {number} open,” said Minister Adela Quist. {filler}</description></item>"
            )
        })
        .collect();
    let items = items.concat();
    format!("<rss version=\"2.0\"><channel><title>Port</title>{items}</channel></rss>")
}

/// Where the embedded broker of this run listens, as it said.
fn broker_address(log: &Path) -> String {
    let said = fs::read_to_string(log).unwrap();
    let (_, behind) = said
        .split_once("embedded broker, single node, at ")
        .unwrap();
    behind.split_whitespace().next().unwrap().to_owned()
}
