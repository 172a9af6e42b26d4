//! A Kafka for the tests, topics of their own for each, and stages that do little.

use std::{
    collections::BTreeMap,
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, Scope, ScopedJoinHandle},
    time::{Duration, Instant},
};

use model::{
    Article, ArticleId, BodySource, Enriched, Extraction, FeedId, Language, Origin, Record,
};
use stream::{
    ARTICLES, CancellationToken, DEAD_LETTERS, ENRICHED, FEED_CURSORS, KafkaConfig, Outbox,
    RawRecord, ReadFrom, ReadUntil, Reader, ReaderEvent, Reject, RestartLimits, RunnerConfig,
    Stage, StageStatus, StreamError, TopicSettings, create_topics, produce_transactionally,
    run_stage,
};

/// Nothing a test waits for takes longer, also on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// A Kafka named in the environment (as for the pipeline's tests), or else an embedded broker that
/// all tests share.
pub(crate) fn bootstrap_servers() -> String {
    static SHARED: OnceLock<broker::Broker> = OnceLock::new();
    env::var("ONRECORD_TEST_KAFKA").unwrap_or_else(|_| {
        let shared = SHARED.get_or_init(|| {
            let data = data_folder("shared");
            start_broker(&data, SocketAddr::from(([127, 0, 0, 1], 0)))
        });
        shared.bootstrap_servers()
    })
}

/// An empty folder below the build's own temporary folder.
pub(crate) fn data_folder(name: &str) -> PathBuf {
    let process = std::process::id();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("runner-{name}-{process}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    folder
}

/// An embedded broker on that folder and address.
pub(crate) fn start_broker(data: &Path, listen: SocketAddr) -> broker::Broker {
    let config = broker::Config {
        listen,
        data: data.to_owned(),
        // Each test has topics of its own.
        max_partitions: 900,
        ..broker::Config::default()
    };
    broker::start(config).unwrap()
}

/// Topics of a test: nobody else's.
pub(crate) fn config_at(bootstrap_servers: &str, partitions: u32) -> RunnerConfig {
    static TESTS: AtomicUsize = AtomicUsize::new(0);
    let test = TESTS.fetch_add(1, Ordering::Relaxed);
    let started = jiff::Timestamp::now().as_millisecond();
    let config = RunnerConfig {
        kafka: KafkaConfig {
            bootstrap_servers: bootstrap_servers.to_owned(),
            topic_prefix: format!("t{started}-{}-{test}.", std::process::id()),
            properties: BTreeMap::new(),
        },
        restarts: RestartLimits {
            attempts: 20,
            first_wait: Duration::from_millis(50),
            longest_wait: Duration::from_millis(500),
        },
        ..RunnerConfig::default()
    };
    create_all(&config, partitions);
    config
}

/// The topics that the tests use, with so many partitions.
pub(crate) fn create_all(config: &RunnerConfig, partitions: u32) {
    let plain = TopicSettings {
        partitions,
        ..TopicSettings::default()
    };
    let compacted = TopicSettings {
        compacted: true,
        partitions,
        ..TopicSettings::default()
    };
    let topics = [
        (ARTICLES.name(), plain.clone()),
        (ENRICHED.name(), plain.clone()),
        (DEAD_LETTERS.name(), plain),
        (FEED_CURSORS.name(), compacted),
    ];
    assert_eq!(create_topics(&config.kafka, &topics).unwrap(), []);
}

pub(crate) fn config(partitions: u32) -> RunnerConfig {
    config_at(&bootstrap_servers(), partitions)
}

/// An article about nothing; `title` tells the stages what to do with it.
pub(crate) fn article(number: usize, title: &str) -> Article {
    let feed = FeedId::from_url(&format!("https://feed-{}.example/rss", number % 7));
    let url = format!("https://news.example/{number}");
    let time = jiff::Timestamp::UNIX_EPOCH;
    Article {
        id: ArticleId::from_canonical_url(&url),
        version: 1,
        feed,
        outlet: "The Example".to_owned(),
        country: None,
        url: Some(url),
        title: title.to_owned(),
        body: format!("Body of article {number}."),
        body_source: BodySource::Feed,
        language: Language::undetermined(),
        byline: None,
        story: None,
        section: None,
        dateline: None,
        lead_image: None,
        site_name: None,
        modified: None,
        sources: model::FieldSources::default(),
        published: None,
        fetched: time,
        ingested: time,
        origin: Origin::Live,
    }
}

/// Writes articles numbered from `range`, with the titles that `title` gives.
pub(crate) fn write_articles(
    config: &RunnerConfig,
    range: std::ops::Range<usize>,
    title: impl Fn(usize) -> String,
) {
    write_articles_as("test-writer", config, range, title);
}

/// The same, under another writer's name.
pub(crate) fn write_articles_as(
    writer: &str,
    config: &RunnerConfig,
    range: std::ops::Range<usize>,
    title: impl Fn(usize) -> String,
) {
    let count = u64::try_from(range.len()).unwrap();
    let articles = range.map(|number| Ok(article(number, &title(number))));
    let stop = CancellationToken::new();
    let written = produce_transactionally(config, writer, ARTICLES, articles, &stop);
    assert_eq!(written.unwrap(), count);
}

/// Writes an [`Enriched`] for each article, unless its title asks for something else.
pub(crate) struct Copying;

impl Stage for Copying {
    type Input = Article;

    const PASSES_REPEATS_OF: Option<&'static str> = Some("fetcher");

    fn name(&self) -> &'static str {
        "copying"
    }

    fn process(&mut self, article: Article, outbox: &mut Outbox) -> Result<(), Reject> {
        match article.title.as_str() {
            "panic" => panic!("asked to panic"),
            "reject" => return Err(Reject::new("asked to reject")),
            "slow" => thread::sleep(Duration::from_millis(20)),
            _ => {}
        }
        let mut enriched = Enriched {
            article,
            extraction: Extraction::default(),
        };
        if let Some(bytes) = enriched.article.title.strip_prefix("grow to ") {
            enriched.article.body = "x".repeat(bytes.parse().unwrap());
        }
        outbox.send(ENRICHED, &enriched)
    }
}

/// A stage running on a thread.
pub(crate) struct Running<'scope> {
    pub(crate) status: StageStatus,
    pub(crate) stop: CancellationToken,
    thread: Option<ScopedJoinHandle<'scope, Result<(), StreamError>>>,
}

impl<'scope> Running<'scope> {
    /// Starts a member of [`Copying`].
    pub(crate) fn copying<'env>(
        scope: &'scope Scope<'scope, 'env>,
        config: &'env RunnerConfig,
    ) -> Self {
        Self::start(scope, "copying", move |status, stop| {
            run_stage(config, ARTICLES, || Copying, status, stop)
        })
    }

    pub(crate) fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        name: &str,
        run: impl FnOnce(&StageStatus, &CancellationToken) -> Result<(), StreamError> + Send + 'scope,
    ) -> Self {
        let (status, stop) = (StageStatus::new(name), CancellationToken::new());
        let (its_status, its_stop) = (status.clone(), stop.clone());
        let thread = Some(scope.spawn(move || run(&its_status, &its_stop)));
        Self {
            status,
            stop,
            thread,
        }
    }

    /// Asks it to stop; it must end well.
    pub(crate) fn stop(mut self) {
        self.stop.cancel();
        let thread = self.thread.take().unwrap();
        wait_until("it has stopped", || thread.is_finished());
        thread.join().unwrap().unwrap();
    }
}

impl Drop for Running<'_> {
    /// A test that fails must not wait for its stages for ever.
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Waits for what must come true.
pub(crate) fn wait_until(what: &str, mut is_true: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_true() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// All committed records of a topic.
pub(crate) fn read_all(config: &RunnerConfig, topic: &str) -> Vec<RawRecord> {
    let mut reader =
        Reader::open(&config.kafka, topic, ReadFrom::Beginning, ReadUntil::End).unwrap();
    let mut records = Vec::new();
    loop {
        match reader.next(DEADLINE).unwrap() {
            ReaderEvent::Record(record) => records.push(record),
            ReaderEvent::End => return records,
            ReaderEvent::Nothing => panic!("{topic} has no end"),
        }
    }
}

/// The same, decoded.
pub(crate) fn decode_all<T: Record>(config: &RunnerConfig, topic: stream::Topic<T>) -> Vec<T> {
    let records = read_all(config, topic.name());
    records
        .iter()
        .map(|record| record.decode().unwrap())
        .collect()
}

/// The numbers of the enriched articles, sorted: each must be there once.
pub(crate) fn enriched_numbers(config: &RunnerConfig) -> Vec<usize> {
    let enriched = decode_all(config, ENRICHED);
    let mut numbers: Vec<usize> = enriched.iter().map(|e| number_of(&e.article)).collect();
    numbers.sort_unstable();
    numbers
}

/// The number an article was made from.
pub(crate) fn number_of(article: &Article) -> usize {
    let url = article.url.as_deref().unwrap();
    url.rsplit('/').next().unwrap().parse().unwrap()
}
