//! What a broker throws away: by size, by age, and all but the latest of each key.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::harness::{
    broker::{BrokerUnderTest, on_both_brokers},
    consumer::Stored,
    deadline::wait_for,
    producer::{Outgoing, Producer},
};

on_both_brokers!(
    a_topic_over_its_size_loses_its_oldest_segments,
    records_past_their_time_are_dropped,
    compaction_keeps_the_latest_of_each_key,
    compaction_leaves_a_reader_of_transactions_nothing_aborted,
);

/// The least that Apache Kafka 4 accepts.
const SEGMENT_BYTES: &str = "1048576";
/// Cleaners look once a second here; a busy machine gets two minutes.
const CLEANING: Duration = Duration::from_mins(2);

fn a_topic_over_its_size_loses_its_oldest_segments(broker: &BrokerUnderTest) {
    let settings = [
        ("segment.bytes", SEGMENT_BYTES),
        ("retention.bytes", "2500000"),
        ("file.delete.delay.ms", "100"),
    ];
    let topic = broker.topic_with("by-size", 1, &settings);
    let producer = broker.producer(&[]);
    let payload = vec![b'x'; 100_000];
    for _ in 0..80 {
        send(&producer, &topic, "key", Some(&payload), now());
        producer.settle_acknowledged();
    }
    let (first, end) = wait_for("the oldest to go", CLEANING, || {
        let (first, end) = broker.watermarks(&topic, 0);
        // 80 records of 100 kB in segments of about 10: between 25 and 45 may stay.
        (end - first <= 45).then_some((first, end))
    });
    assert_eq!(end, 80);
    assert!(end - first >= 25, "too much was dropped: {first} to {end}");
    let left = broker.read_committed(&topic);
    assert_eq!(left[0].offset, first);
    assert_eq!(i64::try_from(left.len()), Ok(end - first));
}

fn records_past_their_time_are_dropped(broker: &BrokerUnderTest) {
    let settings = [
        ("segment.bytes", SEGMENT_BYTES),
        ("retention.ms", "3600000"),
        ("file.delete.delay.ms", "100"),
        ("message.timestamp.before.max.ms", "9223372036854775807"),
    ];
    let topic = broker.topic_with("by-age", 1, &settings);
    let producer = broker.producer(&[]);
    let payload = vec![b'x'; 100_000];
    let two_hours_ago = now() - 2 * 3_600_000;
    for _ in 0..35 {
        send(&producer, &topic, "key", Some(&payload), two_hours_ago);
        producer.settle_acknowledged();
    }
    for _ in 0..15 {
        send(&producer, &topic, "key", Some(&payload), now());
        producer.settle_acknowledged();
    }
    let first = wait_for("the old ones to go", CLEANING, || {
        let (first, _) = broker.watermarks(&topic, 0);
        // A segment goes when its youngest record is past its time, so a mixed one stays.
        (first >= 25).then_some(first)
    });
    assert!(first <= 35, "a young record was dropped");
    assert_eq!(broker.watermarks(&topic, 0).1, 50);
}

fn compaction_keeps_the_latest_of_each_key(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("compacted", 1, &compacted());
    let producer = broker.producer(&[("batch.num.messages", "20")]);
    for count in 0..1_000 {
        let key = format!("key-{}", count % 10);
        send(
            &producer,
            &topic,
            &key,
            Some(count.to_string().as_bytes()),
            now(),
        );
    }
    send(&producer, &topic, "key-3", None, now());
    producer.settle_acknowledged();
    roll(broker, &topic);
    wait_for("the older values to go", CLEANING, || {
        let stored = broker.read_committed(&topic);
        let of_keys = stored.iter().filter(|r| r.key.as_deref() != Some("filler"));
        (of_keys.count() <= 10).then_some(())
    });
    let stored = broker.read_committed(&topic);
    let mut latest = BTreeMap::new();
    for record in &stored {
        latest.insert(record.key.clone().unwrap(), record.text());
    }
    latest.remove("filler");
    // A tombstone may be there for its grace or gone; either says that there is no value.
    assert_eq!(latest.remove("key-3").unwrap_or_default(), "");
    let expected = (0..10).filter(|key| *key != 3);
    let expected: BTreeMap<String, String> = expected
        .map(|key| (format!("key-{key}"), (990 + key).to_string()))
        .collect();
    assert_eq!(latest, expected);
    let in_order = stored.is_sorted_by_key(|record| record.offset);
    assert!(in_order, "compaction moved records");
}

fn compaction_leaves_a_reader_of_transactions_nothing_aborted(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("compacted-transactions", 1, &compacted());
    let id = crate::harness::client::unique("compacted");
    let producer = broker.transactional(&id, &[]);
    for round in 0..40 {
        producer.begin();
        for key in 0..10 {
            producer.send_keyed(&topic, &format!("key-{key}"), &round.to_string());
        }
        producer.settle_acknowledged();
        // The last two of every three are committed, so the very last is aborted.
        if round % 3 == 0 {
            producer.abort().unwrap();
        } else {
            producer.commit().unwrap();
        }
    }
    roll(broker, &topic);
    let stored = wait_for("the older values to go", CLEANING, || {
        let mut stored = broker.read_committed(&topic);
        stored.retain(|record| record.key.as_deref() != Some("filler"));
        (stored.len() <= 10).then_some(stored)
    });
    let values: Vec<String> = stored.iter().map(Stored::text).collect();
    assert_eq!(values, vec!["38"; 10]);
}

fn compacted() -> [(&'static str, &'static str); 5] {
    [
        ("cleanup.policy", "compact"),
        ("segment.bytes", SEGMENT_BYTES),
        ("min.cleanable.dirty.ratio", "0.01"),
        ("delete.retention.ms", "1000"),
        ("file.delete.delay.ms", "100"),
    ]
}

/// Fills the open segment, which is never compacted, so that what is before lies in closed ones.
fn roll(broker: &BrokerUnderTest, topic: &str) {
    let producer = broker.producer(&[]);
    let payload = vec![b'x'; 100_000];
    for _ in 0..12 {
        send(&producer, topic, "filler", Some(&payload), now());
        producer.settle_acknowledged();
    }
}

fn send(producer: &Producer, topic: &str, key: &str, payload: Option<&[u8]>, timestamp: i64) {
    let outgoing = Outgoing {
        key: Some(key),
        payload,
        timestamp: Some(timestamp),
        ..Outgoing::default()
    };
    producer.send(topic, &outgoing);
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
