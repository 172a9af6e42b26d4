//! What the tests ask a broker as an administrator or onlooker.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{BaseConsumer, Consumer},
    error::KafkaResult,
    types::RDKafkaErrorCode,
};
use tokio::runtime::Runtime;

use crate::harness::deadline::{PATIENCE, wait_until};

/// A connection to the broker under test.
pub(crate) struct Client {
    servers: String,
    runtime: Runtime,
    admin: AdminClient<DefaultClientContext>,
}

impl Client {
    pub(crate) fn new(servers: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let admin = {
            let _inside = runtime.enter();
            config(servers, &[]).create().unwrap()
        };
        Self {
            servers: servers.to_owned(),
            runtime,
            admin,
        }
    }

    /// `host:port`.
    pub(crate) fn servers(&self) -> &str {
        &self.servers
    }

    /// librdkafka's properties for this broker and the given ones.
    pub(crate) fn config(&self, properties: &[(&str, &str)]) -> ClientConfig {
        config(&self.servers, properties)
    }

    /// For requests that need no more than a connection.
    pub(crate) fn admin(&self) -> &AdminClient<DefaultClientContext> {
        &self.admin
    }

    /// Waits for an administrator's request.
    pub(crate) fn wait<T>(&self, request: impl Future<Output = KafkaResult<T>>) -> T {
        self.runtime.block_on(request).expect("the request is sent")
    }

    /// How many brokers the cluster has.
    pub(crate) fn brokers(&self) -> KafkaResult<usize> {
        let metadata = self
            .admin
            .inner()
            .fetch_metadata(None, Duration::from_secs(1))?;
        Ok(metadata.brokers().len())
    }

    /// Creates a topic of its own for a test and returns its name.
    pub(crate) fn topic(&self, about: &str, partitions: i32) -> String {
        self.topic_with(about, partitions, &[])
    }

    /// The same with topic settings.
    pub(crate) fn topic_with(
        &self,
        about: &str,
        partitions: i32,
        settings: &[(&str, &str)],
    ) -> String {
        let name = unique(about);
        self.create_topic(&name, partitions, settings)
            .expect("the topic is created");
        self.wait_until_led(&name, partitions);
        name
    }

    /// Asks for a topic of this name.
    pub(crate) fn create_topic(
        &self,
        name: &str,
        partitions: i32,
        settings: &[(&str, &str)],
    ) -> Result<(), RDKafkaErrorCode> {
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        for (key, value) in settings {
            topic = topic.set(key, value);
        }
        let mut results = self.wait(self.admin.create_topics([&topic], &admin_options()));
        let result = results.pop().expect("one topic, one result");
        result.map(drop).map_err(|(_, code)| code)
    }

    /// How many partitions with a leader the topic has; `None` where it does not exist.
    pub(crate) fn partitions(&self, topic: &str) -> Option<usize> {
        let metadata = self
            .admin
            .inner()
            .fetch_metadata(Some(topic), PATIENCE)
            .unwrap();
        let topic = metadata.topics().first()?;
        if topic.error().is_some() {
            return None;
        }
        let led = topic
            .partitions()
            .iter()
            .filter(|partition| partition.error().is_none() && partition.leader() >= 0);
        Some(led.count())
    }

    /// Waits until every partition answers: metadata names a leader before it knows of its part.
    pub(crate) fn wait_until_led(&self, topic: &str, partitions: i32) {
        wait_until("the new topic's leaders", || {
            self.partitions(topic) == usize::try_from(partitions).ok()
                && (0..partitions).all(|partition| self.ask_watermarks(topic, partition).is_ok())
        });
    }

    /// First offset and the one past the last.
    pub(crate) fn watermarks(&self, topic: &str, partition: i32) -> (i64, i64) {
        self.ask_watermarks(topic, partition).unwrap()
    }

    /// The same where the broker may be away.
    pub(crate) fn ask_watermarks(&self, topic: &str, partition: i32) -> KafkaResult<(i64, i64)> {
        let client = self.admin.inner();
        client.fetch_watermarks(topic, partition, PATIENCE)
    }

    /// The offset that a group has committed.
    pub(crate) fn committed(&self, group: &str, topic: &str, partition: i32) -> Option<i64> {
        self.ask_committed(group, topic, partition).unwrap()
    }

    /// The same where the broker may be away.
    pub(crate) fn ask_committed(
        &self,
        group: &str,
        topic: &str,
        partition: i32,
    ) -> KafkaResult<Option<i64>> {
        let consumer: BaseConsumer = self.config(&[("group.id", group)]).create()?;
        let mut asked = TopicPartitionList::new();
        asked.add_partition(topic, partition);
        let answer = consumer.committed_offsets(asked, PATIENCE)?;
        let element = answer.find_partition(topic, partition);
        Ok(element.and_then(|element| match element.offset() {
            Offset::Offset(offset) => Some(offset),
            _ => None,
        }))
    }
}

/// How long a broker may work on an administrator's request.
pub(crate) fn admin_options() -> AdminOptions {
    AdminOptions::new()
        .request_timeout(Some(PATIENCE))
        .operation_timeout(Some(PATIENCE))
}

/// A name that nothing else in this run, or in an earlier one on the same cluster, has.
pub(crate) fn unique(about: &str) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let started = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    format!("{about}-{started}-{count}")
}

fn config(servers: &str, properties: &[(&str, &str)]) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", servers);
    // librdkafka prints to stderr what it retries; a test looks at results.
    config.set_log_level(rdkafka::config::RDKafkaLogLevel::Critical);
    for (key, value) in properties {
        config.set(*key, *value);
    }
    config
}
