//! Whatever is killed and whenever: every article downstream once, in order.
//!
//! The real processes work through a fixture of numbered articles while they are killed with -9 at
//! random. `ONRECORD_KILLS=200 cargo test -p pipeline-tests exactly_once` kills longer, and
//! `ONRECORD_SEED` repeats the choices of an earlier run.

pub(crate) mod chance;
mod fleet;
mod ledger;
mod ledger_test;
mod newsroom;

use std::{env, sync::Arc, time::Duration};

use model::Enriched;
use stream::{ALERTS, ARTICLES, DEAD_LETTERS, ENRICHED, ENTITIES, MENTIONS, QUOTES};

use self::{
    chance::Chance,
    fleet::{Fleet, Ground},
    ledger::{Topics, decoded, faults},
    newsroom::Newsroom,
};
use crate::harness::{
    apache_kafka::ApacheKafka,
    client::{Client, unique},
    consumer::Isolation,
    deadline::wait_for,
    feed_server::FeedServer,
};

/// How many kills; more for a longer run.
const KILLS: &str = "ONRECORD_KILLS";
const DEFAULT_KILLS: usize = 24;
const FEEDS: usize = 200;
/// With 200 feeds: 20,000 articles.
const ARTICLES_PER_FEED: usize = 100;
/// A killed member's partitions wait for its session of 6 s; all else is much faster.
const STALLED: Duration = Duration::from_mins(5);
const ALL_DONE: Duration = Duration::from_mins(10);

#[test]
fn nothing_is_lost_or_doubled_on_the_embedded_broker_while_processes_are_killed() {
    run(&Ground::Embedded);
}

#[test]
fn nothing_is_lost_or_doubled_on_apache_kafka_while_processes_are_killed() {
    if let Some(kafka) = ApacheKafka::shared() {
        run(&Ground::Given(kafka.bootstrap_servers()));
    }
}

fn run(ground: &Ground<'_>) {
    let given = env::var(KILLS).ok().and_then(|kills| kills.parse().ok());
    let kills: usize = given.unwrap_or(DEFAULT_KILLS);
    // Each kill needs a slice of articles of its own.
    let newsroom = Arc::new(Newsroom::new(FEEDS, ARTICLES_PER_FEED.max(kills)));
    let site = newsroom.clone();
    let server = FeedServer::start(move |path| site.page(path));
    let folder = tempfile::Builder::new()
        .prefix("onrecord-exactly-once-")
        .tempdir()
        .unwrap();
    let prefix = format!("{}-", unique("once"));
    let feeds = newsroom.feeds_file(|path| server.url(path));
    let fleet = Fleet::start(folder.path(), ground, &feeds, &prefix);
    let pipeline = Pipeline {
        client: Client::new(&fleet.servers()),
        prefix,
    };
    let fleet = kill(fleet, &pipeline, &newsroom, kills);
    println!("killed: {}", fleet.kills().join(" "));
    pipeline.wait_until_all_is_done(&newsroom);
    // Polled every second and changed a few times only: most answers must have been 304.
    let requests = server.requests("/feeds/0.xml");
    assert!(requests.unchanged > 0, "{requests:?}");
    let topics = if matches!(ground, Ground::Embedded) {
        // The broker ends with the fleet, so look first; what could still come is looked for after
        // the lag is gone, in the same reading.
        let topics = pipeline.topics();
        fleet.end();
        topics
    } else {
        fleet.end();
        pipeline.topics()
    };
    assert_eq!(Fleet::panics(folder.path()), Vec::<String>::new());
    assert_eq!(faults(&newsroom, &topics), Vec::<String>::new());
}

/// Releases the articles slice by slice and kills one process in the midst of each slice.
fn kill(mut fleet: Fleet, pipeline: &Pipeline, newsroom: &Newsroom, kills: usize) -> Fleet {
    let mut chance = Chance::new();
    for kill in 1..=kills {
        newsroom.release(kill, kills);
        // Each article that is out will leave one record in either topic that is counted.
        let done_before = 2 * newsroom.released(kill - 1, kills);
        let slice = 2 * newsroom.released(kill, kills) - done_before;
        let mark = done_before + chance.of(1..slice);
        let what = format!("the pipeline to go on after {:?}", fleet.kills());
        wait_for(&what, STALLED, || {
            fleet.assert_all_run();
            (pipeline.written() >= mark).then_some(())
        });
        fleet.kill_one(&mut chance);
    }
    fleet
}

/// The pipeline's topics, seen from outside.
struct Pipeline {
    client: Client,
    prefix: String,
}

impl Pipeline {
    fn name(&self, topic: &str) -> String {
        format!("{}{topic}", self.prefix)
    }

    /// Records in all topics, aborted ones included: a measure of how far the work is.
    fn written(&self) -> usize {
        let topics = [
            ARTICLES.name(),
            ENRICHED.name(),
            QUOTES.name(),
            ENTITIES.name(),
        ];
        let mut written = 0;
        for topic in topics.map(|topic| self.name(topic)) {
            let Some(partitions) = self.client.partitions(&topic) else {
                continue;
            };
            for partition in 0..i32::try_from(partitions).unwrap() {
                if let Ok((_, end)) = self.client.ask_watermarks(&topic, partition) {
                    written += usize::try_from(end).unwrap();
                }
            }
        }
        written
    }

    fn count(&self, topic: &str) -> usize {
        let mut count = 0;
        let take = |_| count += 1;
        self.client
            .read_each(&self.name(topic), Isolation::Committed, take);
        count
    }

    /// Waits until each topic holds at least what it must hold in the end.
    fn wait_until_all_is_done(&self, newsroom: &Newsroom) {
        for topic in [ARTICLES.name(), ENRICHED.name()] {
            let what = format!("{} records in {topic}", newsroom.articles());
            wait_for(&what, ALL_DONE, || {
                (self.count(topic) >= newsroom.articles()).then_some(())
            });
        }
        let enriched = self.client.read_committed(&self.name(ENRICHED.name()));
        let enriched = decoded::<Enriched>(ENRICHED.name(), &enriched);
        let sum = |count: fn(&Enriched) -> usize| enriched.iter().map(|(_, r)| count(r)).sum();
        let expected: [(&str, usize); 4] = [
            (QUOTES.name(), sum(|r| r.extraction.quotes.len())),
            (ENTITIES.name(), sum(|r| r.extraction.entities.len())),
            (MENTIONS.name(), sum(|r| r.extraction.mentions.len())),
            (ALERTS.name(), sum(|r| ledger::officials(r).len())),
        ];
        println!("{} articles gave {expected:?}", newsroom.articles());
        for (topic, expected) in expected {
            wait_for(&format!("{expected} records in {topic}"), ALL_DONE, || {
                (self.count(topic) >= expected).then_some(())
            });
        }
    }

    fn topics(&self) -> Topics {
        let read = |topic: &str| self.client.read_committed(&self.name(topic));
        let articles = self.name(ARTICLES.name());
        let partitions = self.client.partitions(&articles).expect("it is there");
        Topics {
            partitions: u32::try_from(partitions).unwrap(),
            articles: read(ARTICLES.name()),
            enriched: read(ENRICHED.name()),
            quotes: read(QUOTES.name()),
            entities: read(ENTITIES.name()),
            mentions: read(MENTIONS.name()),
            alerts: read(ALERTS.name()),
            dead_letters: read(DEAD_LETTERS.name()),
        }
    }
}
