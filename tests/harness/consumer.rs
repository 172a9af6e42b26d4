//! Reading topics: all at once to their end, or as a member of a group.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, CommitMode, Consumer},
    error::KafkaError,
    message::{BorrowedMessage, Headers},
    topic_partition_list::TopicPartitionListElem,
    types::RDKafkaErrorCode,
};

use crate::harness::{client::Client, deadline::PATIENCE};

/// A record as it stands in a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<String>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timestamp: Option<i64>,
}

impl Stored {
    /// The payload as text; empty for a tombstone.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.payload.clone().unwrap_or_default()).expect("tests send text")
    }
}

/// What a reader may see of transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isolation {
    Committed,
    Uncommitted,
}

impl Isolation {
    const fn property(self) -> &'static str {
        match self {
            Self::Committed => "read_committed",
            Self::Uncommitted => "read_uncommitted",
        }
    }
}

impl Client {
    /// All that a `read_committed` reader sees of a topic now, partition by partition.
    pub(crate) fn read_committed(&self, topic: &str) -> Vec<Stored> {
        self.read(topic, Isolation::Committed)
    }

    /// All that a reader sees of a topic now, partition by partition, in order of offset.
    pub(crate) fn read(&self, topic: &str, isolation: Isolation) -> Vec<Stored> {
        let mut records = Vec::new();
        self.read_each(topic, isolation, |record| records.push(record));
        records.sort_by_key(|record| (record.partition, record.offset));
        records
    }

    /// The same without holding the topic in memory; order holds within a partition only.
    pub(crate) fn read_each(
        &self,
        topic: &str,
        isolation: Isolation,
        mut take: impl FnMut(Stored),
    ) {
        let consumer = self.reader(isolation);
        let partitions = self.partitions(topic).expect("the topic exists");
        let mut unread = BTreeSet::new();
        let mut assignment = TopicPartitionList::new();
        for partition in 0..i32::try_from(partitions).unwrap() {
            assignment
                .add_partition_offset(topic, partition, Offset::Beginning)
                .unwrap();
            unread.insert(partition);
        }
        consumer.assign(&assignment).unwrap();
        let mut deadline = Instant::now() + PATIENCE;
        while !unread.is_empty() {
            assert!(Instant::now() < deadline, "no end of {topic}: {unread:?}");
            match consumer.poll(Duration::from_millis(100)) {
                None => {}
                Some(Ok(message)) => {
                    deadline = Instant::now() + PATIENCE;
                    take(stored(&message));
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    unread.remove(&partition);
                }
                // A broker that was killed is back in a moment; the deadline holds all the same.
                Some(Err(error)) if is_connection_lost(&error) => {}
                Some(Err(error)) => panic!("{topic} is not read: {error}"),
            }
        }
    }

    fn reader(&self, isolation: Isolation) -> BaseConsumer {
        let properties = [
            ("group.id", "onlooker"),
            ("isolation.level", isolation.property()),
            ("enable.partition.eof", "true"),
            ("enable.auto.commit", "false"),
            ("auto.offset.reset", "earliest"),
            ("fetch.message.max.bytes", "20000000"),
            ("fetch.max.bytes", "60000000"),
        ];
        self.config(&properties).create().unwrap()
    }

    /// A consumer that subscribes as a member of `group` and commits only when told.
    pub(crate) fn subscriber(
        &self,
        group: &str,
        topic: &str,
        properties: &[(&str, &str)],
    ) -> BaseConsumer {
        let mut config = self.config(&[
            ("group.id", group),
            ("isolation.level", "read_committed"),
            ("enable.auto.commit", "false"),
            ("auto.offset.reset", "earliest"),
            ("session.timeout.ms", "6000"),
            ("heartbeat.interval.ms", "500"),
        ]);
        for (key, value) in properties {
            config.set(*key, *value);
        }
        let consumer: BaseConsumer = config.create().unwrap();
        consumer.subscribe(&[topic]).unwrap();
        consumer
    }
}

/// Takes the next `count` records of a subscriber.
pub(crate) fn take(consumer: &BaseConsumer, count: usize) -> Vec<Stored> {
    let deadline = Instant::now() + PATIENCE;
    let mut records = Vec::new();
    while records.len() < count {
        assert!(
            Instant::now() < deadline,
            "{} records of {count} came",
            records.len()
        );
        match consumer.poll(Duration::from_millis(100)) {
            None => {}
            Some(Ok(message)) => records.push(stored(&message)),
            Some(Err(error)) => panic!("records are not read: {error}"),
        }
    }
    records
}

/// One member of a group, polling on a thread of its own until dropped, when it leaves.
pub(crate) struct Member {
    assigned: Arc<Mutex<BTreeSet<i32>>>,
    seen: Arc<Mutex<Vec<Stored>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Member {
    /// Joins `group` on `topic`.
    pub(crate) fn join(
        client: &Client,
        group: &str,
        topic: &str,
        properties: &[(&str, &str)],
    ) -> Self {
        let consumer = client.subscriber(group, topic, properties);
        let assigned = Arc::new(Mutex::new(BTreeSet::new()));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (assigned, seen, stop) = (assigned.clone(), seen.clone(), stop.clone());
            move || poll_until_stopped(&consumer, &assigned, &seen, &stop)
        });
        Self {
            assigned,
            seen,
            stop,
            thread: Some(thread),
        }
    }

    /// The partitions that it owns now.
    pub(crate) fn partitions(&self) -> BTreeSet<i32> {
        self.assigned.lock().unwrap().clone()
    }

    /// What it has read and committed.
    pub(crate) fn seen(&self) -> Vec<Stored> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a member does not panic");
        }
    }
}

fn poll_until_stopped(
    consumer: &BaseConsumer,
    assigned: &Mutex<BTreeSet<i32>>,
    seen: &Mutex<Vec<Stored>>,
    stop: &AtomicBool,
) {
    while !stop.load(Ordering::Relaxed) {
        if let Some(Ok(message)) = consumer.poll(Duration::from_millis(20)) {
            seen.lock().unwrap().push(stored(&message));
            // Refused while the group moves partitions: the next owner reads it again.
            consumer.commit_message(&message, CommitMode::Sync).ok();
        }
        let owned = consumer.assignment().unwrap();
        let elements = owned.elements();
        *assigned.lock().unwrap() = elements
            .iter()
            .map(TopicPartitionListElem::partition)
            .collect();
    }
}

fn is_connection_lost(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::AllBrokersDown)
    )
}

/// Takes a message out of the client's memory.
pub(crate) fn stored(message: &BorrowedMessage<'_>) -> Stored {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        let pairs = headers.iter().map(|header| {
            (
                header.key.to_owned(),
                header.value.map_or_else(String::new, text),
            )
        });
        pairs.collect()
    });
    Stored {
        partition: message.partition(),
        offset: message.offset(),
        key: message.key().map(text),
        payload: message.payload().map(<[u8]>::to_vec),
        headers,
        timestamp: message.timestamp().to_millis(),
    }
}
