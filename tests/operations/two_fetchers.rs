//! Two fetcher processes whose feeds, of two sites, hold the same articles.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use model::Article;
use stream::{ALERTS, ARTICLES, ENRICHED, partition_of};

use super::probe::get;
use crate::harness::{
    client::Client,
    consumer::Stored,
    deadline::{PATIENCE, wait_for, wait_until},
    embedded_broker::BrokerProcess,
    feed_server::{FeedServer, Page},
    free_port::free_address,
    onrecord::Process,
};

const SITES: [&str; 2] = ["127.0.0.1", "127.0.0.2"];
/// Articles that both feeds hold; each has one more of its own.
const SHARED: usize = 20;

#[test]
fn an_article_that_two_fetchers_bring_is_worked_on_once() {
    let broker = BrokerProcess::start();
    let is_released = Arc::new(AtomicBool::new(false));
    let servers = SITES.map(|site| {
        let is_released = Arc::clone(&is_released);
        FeedServer::start_on(site, move |path| {
            (path == "/feed").then(|| feed(site, is_released.load(Ordering::Relaxed)))
        })
    });
    let folder = tempfile::tempdir().unwrap();
    write_lists(folder.path(), &servers);
    let log = folder.path().join("run.log");
    let start = |command: &str| {
        let probes = free_address();
        let configuration = format!("{command}-{}.toml", probes.replace(':', "-"));
        write_configuration(&folder.path().join(&configuration), &probes, &broker);
        let arguments = [command, "--config", &configuration].map(str::to_owned);
        (Process::start(&arguments, folder.path(), &log), probes)
    };
    let mut fetchers = [start("fetch"), start("fetch")];
    wait_until("each fetcher has a feed", || {
        fetchers.iter_mut().all(|(process, probes)| {
            process.assert_runs("a fetcher");
            feeds(probes) == Some(1.0)
        })
    });
    is_released.store(true, Ordering::Relaxed);
    let client = Client::new(broker.bootstrap_servers());
    wait_until("both have brought what they have", || {
        client.read_committed(ARTICLES.name()).len() == 2 * (SHARED + 1)
    });
    let others = ["process", "alert"].map(start);
    wait_until("the last alert", || {
        let alerts = client.read_committed(ALERTS.name());
        count_by(&alerts, |alert| alert.key.clone()).len() == SHARED + 2
    });
    let articles: Vec<Article> = decoded(&client.read_committed(ARTICLES.name()));
    let brought = count_by(&articles, |article| article.url.clone());
    assert_eq!(
        brought.values().filter(|count| **count == 2).count(),
        SHARED
    );
    for topic in [ENRICHED.name(), ALERTS.name()] {
        let records = client.read_committed(topic);
        let worked_on = count_by(&records, |record| record.key.clone());
        assert_eq!(worked_on.len(), SHARED + 2, "{topic}");
        assert!(
            worked_on.values().all(|count| *count == 1),
            "{topic}: {worked_on:?}"
        );
    }
    for (mut process, _) in fetchers.into_iter().chain(others) {
        process.ask_to_end();
        let status = wait_for("the end", PATIENCE, || process.ended());
        assert!(status.success(), "{status}\n{}", process.last_words());
    }
}

fn decoded(records: &[Stored]) -> Vec<Article> {
    let texts = records.iter().map(Stored::text);
    texts
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect()
}

fn count_by<T, K: Ord>(records: &[T], key: impl Fn(&T) -> K) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for record in records {
        *counts.entry(key(record)).or_default() += 1;
    }
    counts
}

/// How many feeds a fetcher has asked and still owns.
fn feeds(probes: &str) -> Option<f64> {
    let (_, text) = get(probes, "/metrics")?;
    let lines = text
        .lines()
        .filter(|line| line.starts_with("fetcher_feeds{"));
    let values = lines.map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    values.sum()
}

fn feed(site: &str, is_released: bool) -> Page {
    let item = |link: &str, title: &str| {
        format!(
            "<item><title>{title}</title><link>{link}</link><description>“We shall keep the berth \
             open,” said Minister Adela Quist.</description></item>"
        )
    };
    let mut items = String::new();
    if is_released {
        items += &item(&format!("http://{site}/own"), "Berth of our own");
        for number in 0..SHARED {
            items += &item(
                &format!("http://paper.example/{number}"),
                &format!("Berth {number}"),
            );
        }
    }
    let xml = format!("<rss version=\"2.0\"><channel><title>Port</title>{items}</channel></rss>");
    Page {
        content_type: "application/rss+xml",
        body: xml.into_bytes(),
    }
}

fn write_lists(folder: &Path, servers: &[FeedServer]) {
    let feeds = servers
        .iter()
        .map(|server| format!("[[feed]]\nurl = \"{}\"\n", server.url("/feed")));
    fs::write(folder.join("feeds.toml"), feeds.collect::<String>()).unwrap();
    let official = "[[official]]\nid = \"adela-quist\"\nname = \"Adela Quist\"\n";
    fs::write(folder.join("officials.toml"), official).unwrap();
}

fn write_configuration(file: &Path, probes: &str, broker: &BrokerProcess) {
    // The first of two members gets the lower half of the partitions.
    let partitions = (1..20).map(|half| 2 * half).find(|count| {
        let halves = SITES.map(|site| partition_of(site, *count) < count / 2);
        halves[0] != halves[1]
    });
    let config = format!(
        r#"
feeds = "feeds.toml"
officials = "officials.toml"

[kafka]
bootstrap_servers = "{kafka}"

[topics.feed-cursors]
partitions = {partitions}

[fetcher]
pages = "feed_text"
interval = "1s"
min_interval = "1s"
max_interval = "1s"
host_spacing = "1ms"
allow_addresses = ["127.0.0.0/8"]

[telemetry]
listen = "{probes}"
log = "info,fetcher=debug,stream=debug"
format = "text"
"#,
        kafka = broker.bootstrap_servers(),
        partitions = partitions.unwrap(),
    );
    fs::write(file, config).unwrap();
}
