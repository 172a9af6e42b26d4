//! The fetcher under the real runner, on the embedded broker: members that share the feeds and
//! take over from each other lose and double nothing.

use std::{
    collections::BTreeMap,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use fetcher::{Config, FeedSource, FetchProgress, FetchStage};
use model::{Article, PagePolicy};
use stream::{
    ARTICLES, FEED_CURSORS, FEED_HEALTH, KafkaConfig, ReadFrom, ReadUntil, Reader, ReaderEvent,
    RunnerConfig, StageStatus, TopicSettings, create_topics, run_keyed_stage,
};
use tokio_util::sync::CancellationToken;

use crate::{
    newsroom::{Answer, Newsroom, rss},
    runner::{config, feed},
};

const SITES: usize = 12;
/// Two feeds a site, the second of which repeats the first.
const FEEDS_PER_SITE: usize = 2;
const ROUNDS: usize = 6;
const DEADLINE: Duration = Duration::from_mins(1);

/// One fetcher on a thread of its own.
struct Member {
    stop: CancellationToken,
    thread: JoinHandle<()>,
}

impl Member {
    fn start(kafka: &KafkaConfig, newsroom: &Newsroom) -> Self {
        let config = Config {
            pages: PagePolicy::FeedText,
            allow_addresses: vec!["127.0.0.0/8".parse().unwrap()],
            ..config()
        };
        let feeds = (0..SITES * FEEDS_PER_SITE)
            .map(|n| {
                let (site, which) = (n / FEEDS_PER_SITE, n % FEEDS_PER_SITE);
                feed(&newsroom.url_of_site(site + 1, &format!("/{site}-{which}")))
            })
            .collect();
        let stop = CancellationToken::new();
        let progress = FetchProgress::new();
        let source = FeedSource::new(config, feeds, progress, stop.clone()).unwrap();
        let runner = RunnerConfig {
            kafka: kafka.clone(),
            ..RunnerConfig::default()
        };
        let heard = stop.clone();
        let thread = thread::spawn(move || {
            let status = StageStatus::new("fetcher");
            let stage = FetchStage::new();
            run_keyed_stage(&runner, FEED_CURSORS, source, stage, &status, &heard).unwrap();
        });
        Self { stop, thread }
    }

    fn end(self) {
        self.stop.cancel();
        self.thread.join().unwrap();
    }
}

/// Every feed has its site's items of all rounds so far, the newest 15 of them, newest first.
fn publish(newsroom: &Newsroom, rounds: usize) {
    for site in 0..SITES {
        let base = newsroom.url_of_site(site + 1, "/");
        let names: Vec<String> = (0..rounds * 5)
            .rev()
            .take(15)
            .map(|item| format!("{site}-item-{item}"))
            .collect();
        let items: Vec<(&str, &str, &str)> = names
            .iter()
            .map(|name| (name.as_str(), name.as_str(), name.as_str()))
            .collect();
        for which in 0..FEEDS_PER_SITE {
            let answer = Answer::feed(rss(&base, &items));
            newsroom.set(&format!("/{site}-{which}"), answer);
        }
    }
}

/// How often each article stands in the topic.
fn counts(kafka: &KafkaConfig) -> BTreeMap<String, usize> {
    let mut reader =
        Reader::open(kafka, ARTICLES.name(), ReadFrom::Beginning, ReadUntil::End).unwrap();
    let mut counts = BTreeMap::new();
    loop {
        match reader.next(Duration::from_secs(5)).unwrap() {
            ReaderEvent::Record(record) => {
                let article: Article = record.decode().unwrap();
                *counts.entry(article.title).or_insert(0) += 1;
            }
            ReaderEvent::Nothing => {}
            ReaderEvent::End => return counts,
        }
    }
}

#[track_caller]
fn wait_for(kafka: &KafkaConfig, articles: usize) {
    let start = Instant::now();
    loop {
        let found = counts(kafka).len();
        if found >= articles {
            return;
        }
        assert!(start.elapsed() < DEADLINE, "{found} of {articles} articles");
    }
}

#[test]
fn members_share_the_sites_and_take_over_without_loss_or_doubles() {
    let folder = tempfile::tempdir().unwrap();
    let broker = broker::start(broker::Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.path().to_owned(),
        ..broker::Config::default()
    })
    .unwrap();
    let kafka = KafkaConfig {
        bootstrap_servers: broker.bootstrap_servers(),
        ..KafkaConfig::default()
    };
    let compacted = TopicSettings {
        compacted: true,
        ..TopicSettings::default()
    };
    let topics = [
        (FEED_CURSORS.name(), compacted.clone()),
        (FEED_HEALTH.name(), compacted),
        (ARTICLES.name(), TopicSettings::default()),
    ];
    create_topics(&kafka, &topics).unwrap();
    let newsroom = Newsroom::open_many();
    publish(&newsroom, 1);
    let mut members = vec![Member::start(&kafka, &newsroom)];
    for round in 1..=ROUNDS {
        publish(&newsroom, round);
        // One comes while the others work, and one goes.
        members.push(Member::start(&kafka, &newsroom));
        if round % 2 == 0 {
            members.remove(0).end();
        }
        wait_for(&kafka, round * 5 * SITES);
    }
    for member in members {
        member.end();
    }
    let counts = counts(&kafka);
    assert_eq!(counts.len(), ROUNDS * 5 * SITES);
    let doubled: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    broker.shutdown();
}
