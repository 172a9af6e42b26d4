//! Brokers, clients, and waiting with a deadline.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use broker::{Broker, Config};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{BaseConsumer, Consumer},
    producer::{BaseProducer, BaseRecord, Producer},
};
use tempfile::TempDir;

/// No step of a test takes longer, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct TestBroker {
    pub(crate) broker: Broker,
    pub(crate) folder: TempDir,
}

pub(crate) fn config_in(folder: &TempDir) -> Config {
    Config {
        data: folder.path().to_owned(),
        upkeep_interval: Duration::from_millis(200),
        retention_interval: Duration::from_millis(200),
        ..Config::default()
    }
}

pub(crate) fn broker() -> TestBroker {
    let folder = tempfile::tempdir().unwrap();
    let broker = broker::start(config_in(&folder)).unwrap();
    TestBroker { broker, folder }
}

impl TestBroker {
    pub(crate) fn address(&self) -> String {
        self.broker.bootstrap_servers()
    }

    /// Stops it, and starts it again on the same folder and port.
    pub(crate) fn restarted(self) -> Self {
        let mut config = config_in(&self.folder);
        config.listen = self.address().parse().unwrap();
        self.broker.shutdown();
        let broker = broker::start(config).unwrap();
        Self {
            broker,
            folder: self.folder,
        }
    }
}

pub(crate) fn client(address: &str, settings: &[(&str, &str)]) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", address);
    for (key, value) in settings {
        config.set(*key, *value);
    }
    config
}

pub(crate) fn admin(address: &str) -> AdminClient<DefaultClientContext> {
    client(address, &[]).create().unwrap()
}

pub(crate) fn options() -> AdminOptions {
    AdminOptions::new()
        .operation_timeout(Some(PATIENCE))
        .request_timeout(Some(PATIENCE))
}

/// Runs a future of an admin client, which needs no reactor.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

pub(crate) fn create_topic(address: &str, name: &str, partitions: i32, config: &[(&str, &str)]) {
    let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
    for (key, value) in config {
        topic = topic.set(key, value);
    }
    let results = wait(admin(address).create_topics(&[topic], &options())).unwrap();
    results.into_iter().next().unwrap().unwrap();
}

pub(crate) fn producer(address: &str, settings: &[(&str, &str)]) -> BaseProducer {
    client(address, settings)
        .set("enable.idempotence", "true")
        .set("partitioner", "murmur2_random")
        .create()
        .unwrap()
}

pub(crate) fn send(producer: &BaseProducer, topic: &str, key: &str, value: &str) {
    let mut record = BaseRecord::to(topic).key(key).payload(value);
    loop {
        match producer.send(record) {
            Ok(()) => return,
            Err((error, unsent)) => {
                assert_eq!(
                    error.rdkafka_error_code(),
                    Some(rdkafka::types::RDKafkaErrorCode::QueueFull)
                );
                producer.poll(Duration::from_millis(10));
                record = unsent;
            }
        }
    }
}

pub(crate) fn drain(producer: &BaseProducer) {
    let deadline = Instant::now() + PATIENCE;
    while producer.in_flight_count() > 0 {
        assert!(Instant::now() < deadline, "records are not acknowledged");
        producer.poll(Duration::from_millis(1));
    }
}

/// All values of a topic from the start to the end, by partition, in order.
pub(crate) fn read_all(address: &str, topic: &str, isolation: &str) -> BTreeMap<i32, Vec<String>> {
    let consumer: BaseConsumer = client(
        address,
        &[
            ("group.id", "reader"),
            ("enable.auto.commit", "false"),
            ("isolation.level", isolation),
            ("enable.partition.eof", "true"),
            ("fetch.message.max.bytes", "20000000"),
        ],
    )
    .create()
    .unwrap();
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).unwrap();
    let mut list = TopicPartitionList::new();
    let mut values = BTreeMap::new();
    for partition in metadata.topics()[0].partitions() {
        list.add_partition_offset(topic, partition.id(), Offset::Beginning)
            .unwrap();
        values.insert(partition.id(), Vec::new());
    }
    consumer.assign(&list).unwrap();
    let mut left = values.len();
    let deadline = Instant::now() + PATIENCE;
    while left > 0 {
        assert!(Instant::now() < deadline, "the end is not reached");
        match consumer.poll(Duration::from_millis(100)) {
            None => {}
            Some(Ok(message)) => {
                let value =
                    String::from_utf8(message.payload().unwrap_or_default().to_vec()).unwrap();
                values.get_mut(&message.partition()).unwrap().push(value);
            }
            Some(Err(rdkafka::error::KafkaError::PartitionEOF(_))) => left -= 1,
            Some(Err(error)) => panic!("{error}"),
        }
    }
    values
}

pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
