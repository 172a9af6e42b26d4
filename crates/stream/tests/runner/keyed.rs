//! A stage that works on the keys of a compacted topic.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use rdkafka::{
    ClientConfig,
    producer::{BaseProducer, BaseRecord, Producer},
};

use model::{FeedCursor, FeedHealth, FeedId, PollWishes, Rhythm};
use stream::{
    ARTICLES, Assignment, BatchLimits, CancellationToken, DEAD_LETTERS, FEED_CURSORS, KeyedSource,
    Outbox, Reject, RunnerConfig, SourceError, Stage, StageStatus, StreamError, partition_of,
    run_keyed_stage,
};

use crate::harness::{DEADLINE, Running, article, config, decode_all, wait_until};

/// Feeds that the test counts up.
const FEEDS: usize = 12;

/// The article of this number is long; most tests do not count so far.
const LONG_NUMBER: u32 = 100;
const LONG_BYTES: usize = 200_000;

/// Polls each owned feed again and again; a poll is the feed's next number.
struct Counting {
    /// Next number by feed, of the feeds owned.
    next: BTreeMap<usize, u32>,
    polled: Vec<(usize, u32)>,
    owned: Arc<Mutex<Vec<u32>>>,
    /// How far to count; may be raised meanwhile.
    limit: Arc<AtomicU32>,
}

struct Poll {
    feed: usize,
    number: u32,
}

struct CountingStage;

fn feed_id(feed: usize) -> FeedId {
    FeedId::from_url(&format!("https://feed-{feed}.example/rss"))
}

impl KeyedSource for Counting {
    type State = FeedCursor;
    type Input = Poll;

    fn assigned(&mut self, assignment: Assignment<FeedCursor>) {
        self.owned.lock().unwrap().push(assignment.partition);
        for feed in 0..FEEDS {
            let id = feed_id(feed);
            if partition_of(id.as_str(), assignment.partitions) != assignment.partition {
                continue;
            }
            let state = assignment.states.iter().find(|state| state.feed == id);
            let done = state.map_or(0, |state| state.health.failures);
            self.next.insert(feed, done);
        }
    }

    fn revoked(&mut self, partition: u32) {
        self.owned
            .lock()
            .unwrap()
            .retain(|owned| *owned != partition);
        self.next
            .retain(|feed, _| partition_of(feed_id(*feed).as_str(), 3) != partition);
    }

    fn next_batch(&mut self, _: &BatchLimits, wait: Duration) -> Result<Vec<Poll>, SourceError> {
        self.polled.clear();
        for (feed, number) in &self.next {
            if *number < self.limit.load(Ordering::Relaxed) {
                self.polled.push((*feed, *number));
            }
        }
        if self.polled.is_empty() {
            thread::sleep(wait.min(Duration::from_millis(20)));
        }
        let polls = self.polled.iter();
        Ok(polls
            .map(|(feed, number)| Poll {
                feed: *feed,
                number: *number,
            })
            .collect())
    }

    fn committed(&mut self) {
        for (feed, number) in self.polled.drain(..) {
            if let Some(next) = self.next.get_mut(&feed) {
                *next = number + 1;
            }
        }
    }
}

impl Stage for CountingStage {
    type Input = Poll;

    fn name(&self) -> &'static str {
        "counting"
    }

    fn process(&mut self, poll: Poll, outbox: &mut Outbox) -> Result<(), Reject> {
        let mut emitted = article(poll.feed, &poll.number.to_string());
        emitted.feed = feed_id(poll.feed);
        emitted.version = poll.number;
        if poll.number == LONG_NUMBER {
            emitted.body = "x".repeat(LONG_BYTES);
        }
        outbox.send(ARTICLES, &emitted)?;
        let time = jiff::Timestamp::UNIX_EPOCH;
        let cursor = FeedCursor {
            site: None,
            hub: None,
            subscription: None,
            feed: feed_id(poll.feed),
            url: format!("https://feed-{}.example/rss", poll.feed),
            moved: None,
            etag: None,
            last_modified: None,
            body_hash: None,
            last_full: None,
            seen: Vec::new(),
            watched_since: None,
            polled: time,
            next_poll: time,
            next_poll_reason: String::new(),
            rhythm: Rhythm::default(),
            wishes: PollWishes::default(),
            revisits: Vec::new(),
            // Stands in for a count of polls.
            health: FeedHealth {
                failures: poll.number + 1,
                ..FeedHealth::default()
            },
        };
        outbox.send(FEED_CURSORS, &cursor)
    }
}

/// Runs the counting stage to `limit` a feed.
fn count(
    config: &RunnerConfig,
    limit: u32,
    owned: Arc<Mutex<Vec<u32>>>,
) -> impl FnOnce(&StageStatus, &CancellationToken) -> Result<(), StreamError> + Send {
    count_as_allowed(config, Arc::new(AtomicU32::new(limit)), owned)
}

/// Runs the counting stage to a limit that may be raised meanwhile.
fn count_as_allowed(
    config: &RunnerConfig,
    limit: Arc<AtomicU32>,
    owned: Arc<Mutex<Vec<u32>>>,
) -> impl FnOnce(&StageStatus, &CancellationToken) -> Result<(), StreamError> + Send {
    move |status, stop| {
        let source = Counting {
            next: BTreeMap::new(),
            polled: Vec::new(),
            owned,
            limit,
        };
        run_keyed_stage(config, FEED_CURSORS, source, CountingStage, status, stop)
    }
}

/// Every feed was counted from 0 to `limit`, each number once and in order.
fn check_counts(config: &RunnerConfig, limit: u32) {
    let mut numbers: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for article in decode_all(config, ARTICLES) {
        numbers
            .entry(article.feed.to_string())
            .or_default()
            .push(article.version);
    }
    let expected: Vec<u32> = (0..limit).collect();
    for feed in 0..FEEDS {
        assert_eq!(
            numbers.get(feed_id(feed).as_str()),
            Some(&expected),
            "feed {feed}"
        );
    }
}

#[test]
fn a_keyed_stage_goes_on_from_the_state_it_wrote() {
    let config = config(3);
    let total = |limit: u64| limit * u64::try_from(FEEDS).unwrap();
    for (limit, before) in [(5, 0), (9, 5)] {
        thread::scope(|scope| {
            let stage = Running::start(scope, "counting", count(&config, limit, Arc::default()));
            wait_until("all are counted", || {
                stage.status.snapshot().committed_inputs == total(u64::from(limit) - before)
            });
            wait_until("it is idle", || stage.status.is_idle());
            stage.stop();
        });
        check_counts(&config, limit);
    }
}

#[test]
fn keyed_members_share_the_keys_and_take_over() {
    let config = config(3);
    let (first_owns, second_owns) = (Arc::default(), Arc::default());
    let owned = |owned: &Arc<Mutex<Vec<u32>>>| owned.lock().unwrap().len();
    let total = 60 * u64::try_from(FEEDS).unwrap();
    thread::scope(|scope| {
        let run = count(&config, 60, Arc::clone(&first_owns));
        let first = Running::start(scope, "counting", run);
        wait_until("the first owns all", || owned(&first_owns) == 3);
        let run = count(&config, 60, Arc::clone(&second_owns));
        let second = Running::start(scope, "counting", run);
        wait_until("both own some", || {
            owned(&first_owns) > 0 && owned(&second_owns) > 0
        });
        let of_first = first.status.clone();
        first.stop();
        wait_until("the second owns all", || owned(&second_owns) == 3);
        let counted = |status: &StageStatus| status.snapshot().committed_inputs;
        wait_until("all is counted", || {
            counted(&of_first) + counted(&second.status) >= total
        });
        second.stop();
    });
    check_counts(&config, 60);
}

#[test]
fn an_output_over_the_limit_is_a_dead_letter_and_the_state_moves_on() {
    let config = RunnerConfig {
        max_message_bytes: LONG_BYTES / 2,
        ..config(3)
    };
    let limit = LONG_NUMBER + 2;
    thread::scope(|scope| {
        let stage = Running::start(scope, "counting", count(&config, limit, Arc::default()));
        wait_until("all are counted", || {
            let total = u64::from(limit) * u64::try_from(FEEDS).unwrap();
            stage.status.snapshot().committed_inputs == total
        });
        stage.stop();
    });
    let articles = decode_all(&config, ARTICLES);
    let total = usize::try_from(limit - 1).unwrap() * FEEDS;
    assert_eq!(articles.len(), total, "all but the long ones");
    let letters = decode_all(&config, DEAD_LETTERS);
    assert_eq!(letters.len(), FEEDS);
    for letter in letters {
        assert!(letter.reason.contains("the limit is"), "{}", letter.reason);
        assert!(letter.payload.unwrap().contains("xxxx"));
    }
}

/// A killed member leaves its transaction open; what its heir commits behind it is hidden from
/// readers of committed records until the transaction's time-out, and so from the heir's own next
/// reading.
#[test]
fn state_behind_a_transaction_left_open_is_read_back() {
    let config = config(3);
    let (limit, owned): (_, Arc<Mutex<Vec<u32>>>) = (Arc::new(AtomicU32::new(2)), Arc::default());
    let total = u64::try_from(FEEDS).unwrap();
    thread::scope(|scope| {
        let run = count_as_allowed(&config, Arc::clone(&limit), Arc::clone(&owned));
        let heir = Running::start(scope, "counting", run);
        wait_until("two are counted", || {
            heir.status.snapshot().committed_inputs == 2 * total
        });
        let dead = left_open(&config, "5000");
        limit.store(4, Ordering::Relaxed);
        wait_until("four are counted", || {
            heir.status.snapshot().committed_inputs == 4 * total
        });
        heir.stop();
        let again = Running::start(scope, "counting", count(&config, 6, Arc::default()));
        wait_until("six are counted", || {
            again.status.snapshot().committed_inputs == 2 * total
        });
        again.stop();
        drop(dead);
    });
    check_counts(&config, 6);
}

/// A producer with a transaction open in each partition of the state.
fn left_open(config: &RunnerConfig, timeout_ms: &str) -> BaseProducer {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", &config.kafka.bootstrap_servers)
        .set("transactional.id", "dead")
        .set("transaction.timeout.ms", timeout_ms)
        .set("socket.timeout.ms", timeout_ms)
        .create()
        .unwrap();
    producer.init_transactions(DEADLINE).unwrap();
    producer.begin_transaction().unwrap();
    let topic = config.kafka.prefixed(FEED_CURSORS.name());
    for partition in 0..3 {
        let record = BaseRecord::to(&topic)
            .partition(partition)
            .key("dead")
            .payload("never");
        producer.send(record).unwrap();
    }
    while producer.in_flight_count() > 0 {
        producer.poll(Duration::from_millis(1));
    }
    producer
}
