//! Drives the source and the stage as the runner of `stream` does, with memory for Kafka.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fetcher::{Config, FeedSource, FetchProgress, FetchStage, Polled};
use model::{Article, Feed, FeedCursor, FeedHealthRecord, Record};
use stream::{
    ARTICLES, Assignment, BatchLimits, FEED_CURSORS, FEED_HEALTH, KeyedSource, Outbox, Stage,
};
use tokio_util::sync::CancellationToken;

const PARTITIONS: u32 = 3;
const DEADLINE: Duration = Duration::from_mins(1);

/// What is committed: the articles in order, and the latest cursor of each feed.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) articles: Vec<Article>,
    pub(crate) cursors: BTreeMap<String, FeedCursor>,
    pub(crate) cursor_records: usize,
    pub(crate) health: Vec<FeedHealthRecord>,
}

pub(crate) struct Runner {
    pub(crate) source: FeedSource,
    pub(crate) log: Log,
    pub(crate) progress: FetchProgress,
    stop: CancellationToken,
}

/// Settings under which a test need not wait: no spacing, polls every 20 ms, loopback allowed.
pub(crate) fn config() -> Config {
    Config {
        interval: Duration::from_millis(20),
        min_interval: Duration::from_millis(20),
        max_interval: Duration::from_millis(20),
        jitter_percent: 0,
        host_spacing: Duration::ZERO,
        host_concurrency: 8,
        cursor_interval: Duration::ZERO,
        allow_addresses: vec!["127.0.0.1".parse().unwrap()],
        ..Config::default()
    }
}

pub(crate) fn feed(url: &str) -> Feed {
    Feed::from_url(url).unwrap()
}

/// A runner of one feed.
pub(crate) fn start(url: &str) -> Runner {
    Runner::start(config(), vec![feed(url)], Log::default())
}

impl Runner {
    pub(crate) fn start(config: Config, feeds: Vec<Feed>, log: Log) -> Self {
        let progress = FetchProgress::new();
        let stop = CancellationToken::new();
        let source = FeedSource::new(config, feeds, progress.clone(), stop.clone()).unwrap();
        let mut runner = Self {
            source,
            log,
            progress,
            stop,
        };
        runner.assign();
        runner
    }

    /// Stops without committing what is under way; returns what was committed.
    pub(crate) fn kill(self) -> Log {
        self.stop.cancel();
        self.log
    }

    /// Polls until `is_enough` says so of what is committed.
    #[track_caller]
    pub(crate) fn run_until(&mut self, is_enough: impl Fn(&Log) -> bool) {
        let start = Instant::now();
        while !is_enough(&self.log) {
            assert!(start.elapsed() < DEADLINE, "not reached in time");
            let batch = self.next_batch();
            self.commit(batch);
        }
    }

    /// Polls until every feed has been polled once.
    #[track_caller]
    pub(crate) fn run_once(&mut self) {
        let start = Instant::now();
        while !self.progress.all_polled() {
            assert!(start.elapsed() < DEADLINE, "not polled in time");
            let batch = self.next_batch();
            self.commit(batch);
        }
    }

    pub(crate) fn next_batch(&mut self) -> Vec<Polled> {
        let limits = BatchLimits {
            records: 100,
            bytes: 1 << 20,
            time: Duration::from_millis(50),
        };
        self.source
            .next_batch(&limits, Duration::from_millis(50))
            .unwrap()
    }

    pub(crate) fn commit(&mut self, batch: Vec<Polled>) {
        let mut stage = FetchStage::new();
        for polled in batch {
            let mut outbox = Outbox::new();
            stage.process(polled, &mut outbox).unwrap();
            self.log.articles.extend(outbox.sent_to(ARTICLES));
            self.log.health.extend(outbox.sent_to(FEED_HEALTH));
            for cursor in outbox.sent_to(FEED_CURSORS) {
                self.log.cursor_records += 1;
                self.log.cursors.insert(cursor.url.clone(), cursor);
            }
        }
        self.source.committed();
    }

    /// What the runner does after an aborted transaction.
    pub(crate) fn abort(&mut self) {
        for partition in 0..PARTITIONS {
            self.source.revoked(partition);
        }
        self.assign();
    }

    pub(crate) fn cursor(&self, url: &str) -> &FeedCursor {
        &self.log.cursors[url]
    }

    pub(crate) fn titles(&self) -> Vec<&str> {
        let articles = self.log.articles.iter();
        articles.map(|article| article.title.as_str()).collect()
    }

    fn assign(&mut self) {
        for partition in 0..PARTITIONS {
            let cursors = self.log.cursors.values();
            let states = cursors
                .filter(|cursor| {
                    let site = cursor.partition_key();
                    let key = site.as_deref().unwrap_or(cursor.feed.as_str());
                    stream::partition_of(key, PARTITIONS) == partition
                })
                .cloned()
                .collect();
            self.source.assigned(Assignment {
                partition,
                partitions: PARTITIONS,
                states,
            });
        }
    }
}
