//! Records in, records out.

use std::time::Duration;

use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, CommitMode, Consumer},
    message::{Header, Headers, OwnedHeaders},
    producer::BaseRecord,
};

use crate::harness::{
    PATIENCE, broker, client, create_topic, drain, eventually, producer, read_all, send,
};

#[test]
fn what_is_sent_is_read_in_order_also_after_a_restart() {
    let broker = broker();
    create_topic(&broker.address(), "t", 3, &[]);
    let sender = producer(&broker.address(), &[]);
    for n in 0..3000 {
        send(&sender, "t", &(n % 7).to_string(), &n.to_string());
    }
    drain(&sender);
    let before = read_all(&broker.address(), "t", "read_committed");
    let all: usize = before.values().map(Vec::len).sum();
    assert_eq!(all, 3000);
    for values in before.values() {
        let numbers: Vec<u32> = values.iter().map(|value| value.parse().unwrap()).collect();
        for key in 0..7 {
            assert!(numbers.iter().filter(|n| **n % 7 == key).is_sorted());
        }
    }
    let broker = broker.restarted();
    assert_eq!(read_all(&broker.address(), "t", "read_committed"), before);
    send(&sender, "t", "0", "after");
    drain(&sender);
    let after = read_all(&broker.address(), "t", "read_committed");
    assert_eq!(after.values().map(Vec::len).sum::<usize>(), 3001);
}

#[test]
fn headers_timestamps_tombstones_and_codecs_survive() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "t", 1, &[("retention.ms", "-1")]);
    for codec in ["none", "gzip", "snappy", "lz4"] {
        let sender = producer(&address, &[("compression.type", codec)]);
        let headers = OwnedHeaders::new().insert(Header {
            key: "codec",
            value: Some(codec),
        });
        sender
            .send(
                BaseRecord::<str, str>::to("t")
                    .key("k")
                    .headers(headers)
                    .timestamp(1_700_000_000_123),
            )
            .map_err(|(error, _)| error)
            .unwrap();
        drain(&sender);
    }
    let consumer: BaseConsumer = client(&address, &[("group.id", "g")]).create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition_offset("t", 0, Offset::Beginning)
        .unwrap();
    consumer.assign(&list).unwrap();
    for codec in ["none", "gzip", "snappy", "lz4"] {
        let message = consumer.poll(PATIENCE).unwrap().unwrap();
        assert_eq!(message.payload(), None);
        assert_eq!(message.timestamp().to_millis(), Some(1_700_000_000_123));
        assert_eq!(
            message.headers().unwrap().get(0).value,
            Some(codec.as_bytes())
        );
    }
}

#[test]
fn offsets_are_found_by_time_in_every_codec() {
    let broker = broker();
    let address = broker.address();
    for codec in ["none", "gzip", "snappy", "lz4"] {
        create_topic(&address, codec, 1, &[("retention.ms", "-1")]);
        let sender = producer(
            &address,
            &[("compression.type", codec), ("linger.ms", "50")],
        );
        for n in 0..100 {
            let record = BaseRecord::to(codec)
                .key("k")
                .payload("some text that repeats repeats");
            sender
                .send(record.timestamp(1_000_000 + n * 10))
                .map_err(|(error, _)| error)
                .unwrap();
        }
        drain(&sender);
        let consumer: BaseConsumer = client(&address, &[("group.id", "g")]).create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(codec, 0, Offset::Offset(1_000_425))
            .unwrap();
        let found = consumer.offsets_for_times(list, PATIENCE).unwrap();
        assert_eq!(found.elements()[0].offset(), Offset::Offset(43), "{codec}");
    }
}

#[test]
fn large_records_pass_where_the_topic_allows_them() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "large", 1, &[("max.message.bytes", "20000000")]);
    create_topic(&address, "small", 1, &[]);
    let sender = producer(&address, &[("message.max.bytes", "20000000")]);
    let value = "x".repeat(10_000_000);
    send(&sender, "large", "k", &value);
    drain(&sender);
    assert_eq!(
        read_all(&address, "large", "read_committed")[&0],
        std::slice::from_ref(&value)
    );
    send(&sender, "small", "k", &value);
    drain(&sender);
    assert!(read_all(&address, "small", "read_committed")[&0].is_empty());
}

#[test]
fn a_group_goes_on_where_it_stopped_and_shares_out_again() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "t", 4, &[]);
    let sender = producer(&address, &[]);
    for n in 0..100 {
        send(&sender, "t", &n.to_string(), &n.to_string());
    }
    drain(&sender);
    let member = || -> BaseConsumer {
        let consumer: BaseConsumer = client(
            &address,
            &[
                ("group.id", "g"),
                ("auto.offset.reset", "earliest"),
                ("enable.auto.commit", "false"),
                ("session.timeout.ms", "6000"),
                ("heartbeat.interval.ms", "200"),
            ],
        )
        .create()
        .unwrap();
        consumer.subscribe(&["t"]).unwrap();
        consumer
    };
    let first = member();
    let mut seen = 0;
    eventually("the first reads all", || {
        if let Some(message) = first.poll(Duration::from_millis(100)) {
            message.unwrap();
            seen += 1;
        }
        seen == 100
    });
    first.commit_consumer_state(CommitMode::Sync).unwrap();
    let second = member();
    let count = |consumer: &BaseConsumer| consumer.assignment().unwrap().count();
    eventually("both have two partitions", || {
        assert!(first.poll(Duration::from_millis(50)).is_none());
        assert!(second.poll(Duration::from_millis(50)).is_none());
        count(&first) == 2 && count(&second) == 2
    });
    drop(first);
    eventually("the second has all", || {
        assert!(second.poll(Duration::from_millis(50)).is_none());
        count(&second) == 4
    });
}
