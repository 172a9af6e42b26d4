//! Records go in once, in order, whole, and come out as they went in.

use std::collections::BTreeMap;

use rdkafka::types::RDKafkaErrorCode;

use crate::harness::{
    broker::{BrokerUnderTest, on_both_brokers},
    consumer::Stored,
    producer::Outgoing,
};

on_both_brokers!(
    records_come_out_as_they_went_in,
    order_within_a_key_is_kept,
    acknowledged_offsets_are_where_the_records_stand,
    every_codec_is_stored_and_read,
    messages_up_to_ten_megabytes_pass,
    a_message_over_the_topics_limit_is_refused_by_name,
    an_empty_partition_reports_its_end,
);

fn records_come_out_as_they_went_in(broker: &BrokerUnderTest) {
    // The timestamps are long past, so retention by time must not touch them.
    let topic = broker.topic_with("records", 1, &[("retention.ms", "-1")]);
    let producer = broker.producer(&[]);
    let headers = [("ce_id", "one"), ("ce_id", "twice the same key"), ("", "")];
    producer.send(
        &topic,
        &Outgoing {
            key: Some("a key"),
            payload: Some("Zu viel \u{178f}\u{17d2}\u{1798}".as_bytes()),
            headers: &headers,
            timestamp: Some(1_700_000_000_123),
            ..Outgoing::default()
        },
    );
    producer.send(
        &topic,
        &Outgoing {
            key: Some("tombstone"),
            timestamp: Some(1_600_000_000_000),
            ..Outgoing::default()
        },
    );
    producer.send(
        &topic,
        &Outgoing {
            payload: Some(b""),
            timestamp: Some(1),
            ..Outgoing::default()
        },
    );
    producer.settle_acknowledged();
    let stored = |offset, key: Option<&str>, payload: Option<&str>, timestamp| Stored {
        partition: 0,
        offset,
        key: key.map(str::to_owned),
        payload: payload.map(|payload| payload.as_bytes().to_vec()),
        headers: Vec::new(),
        timestamp: Some(timestamp),
    };
    let mut first = stored(
        0,
        Some("a key"),
        Some("Zu viel \u{178f}\u{17d2}\u{1798}"),
        1_700_000_000_123,
    );
    first.headers = headers
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
    let expected = [
        first,
        stored(1, Some("tombstone"), None, 1_600_000_000_000),
        stored(2, None, Some(""), 1),
    ];
    assert_eq!(broker.read_committed(&topic), expected);
}

fn order_within_a_key_is_kept(broker: &BrokerUnderTest) {
    let topic = broker.topic("order", 3);
    let producer = broker.producer(&[("batch.size", "4000")]);
    for count in 0..10_000 {
        producer.send_keyed(&topic, &(count % 17).to_string(), &count.to_string());
    }
    producer.settle_acknowledged();
    let mut last_of_key = BTreeMap::new();
    let stored = broker.read_committed(&topic);
    assert_eq!(stored.len(), 10_000);
    for record in stored {
        let count: i64 = record.text().parse().unwrap();
        let earlier = last_of_key.insert(record.key.clone(), count);
        assert!(earlier < Some(count), "{:?}", record.key);
    }
}

fn acknowledged_offsets_are_where_the_records_stand(broker: &BrokerUnderTest) {
    let topic = broker.topic("acknowledged", 4);
    let producer = broker.producer(&[("batch.size", "1000")]);
    for key in 0..1_000 {
        producer.send_keyed(&topic, &key.to_string(), "here");
    }
    let mut acknowledged: Vec<_> = producer
        .settle_acknowledged()
        .into_iter()
        .map(|place| (place.partition, place.offset, place.key))
        .collect();
    acknowledged.sort();
    let found: Vec<_> = broker
        .read_committed(&topic)
        .into_iter()
        .map(|record| (record.partition, record.offset, record.key))
        .collect();
    assert_eq!(acknowledged, found);
}

/// zstd, which librdkafka is built without here, is held against both brokers by the Python peer.
fn every_codec_is_stored_and_read(broker: &BrokerUnderTest) {
    for codec in ["none", "gzip", "snappy", "lz4"] {
        let topic = broker.topic(&format!("codec-{codec}"), 2);
        let producer = broker.producer(&[("compression.type", codec), ("linger.ms", "50")]);
        let payload = format!("compressed by {codec} ").repeat(40);
        for key in 0..500 {
            producer.send_keyed(&topic, &key.to_string(), &payload);
        }
        producer.settle_acknowledged();
        let stored = broker.read_committed(&topic);
        assert_eq!(stored.len(), 500, "{codec}");
        assert!(stored.iter().all(|record| record.text() == payload));
    }
}

fn messages_up_to_ten_megabytes_pass(broker: &BrokerUnderTest) {
    let settings = [("max.message.bytes", "12000000")];
    let topic = broker.topic_with("large", 1, &settings);
    let producer = broker.producer(&[]);
    let megabytes = [1, 2, 5, 10];
    for count in megabytes {
        let payload: Vec<u8> = (0..count * 1_000_000u32)
            .map(|place| b'a' + u8::try_from(place % 26).unwrap())
            .collect();
        let outgoing = Outgoing {
            payload: Some(&payload),
            ..Outgoing::default()
        };
        producer.send(&topic, &outgoing);
        producer.settle_acknowledged();
    }
    let stored = broker.read_committed(&topic);
    let sizes: Vec<usize> = stored.iter().map(|record| record.text().len()).collect();
    assert_eq!(sizes, megabytes.map(|count| count as usize * 1_000_000));
    for record in stored {
        let text = record.text();
        let all_kept = text
            .bytes()
            .enumerate()
            .all(|(place, byte)| usize::from(byte - b'a') == place % 26);
        assert!(all_kept, "offset {}", record.offset);
    }
}

fn a_message_over_the_topics_limit_is_refused_by_name(broker: &BrokerUnderTest) {
    let settings = [("max.message.bytes", "100000")];
    let topic = broker.topic_with("limited", 1, &settings);
    let producer = broker.producer(&[]);
    let payload = vec![b'x'; 150_000];
    producer.send(
        &topic,
        &Outgoing {
            payload: Some(&payload),
            ..Outgoing::default()
        },
    );
    assert_eq!(
        producer.settle(),
        [Err(RDKafkaErrorCode::MessageSizeTooLarge)]
    );
    producer.send_keyed(&topic, "after", "small enough");
    producer.settle_acknowledged();
    assert_eq!(broker.read_committed(&topic).len(), 1);
}

/// Reading to the end, as every other test does, rests on this.
fn an_empty_partition_reports_its_end(broker: &BrokerUnderTest) {
    let topic = broker.topic("empty", 5);
    assert_eq!(broker.read_committed(&topic), []);
    let producer = broker.producer(&[]);
    let outgoing = Outgoing {
        payload: Some(b"in one of five"),
        partition: Some(3),
        ..Outgoing::default()
    };
    producer.send(&topic, &outgoing);
    producer.settle_acknowledged();
    assert_eq!(broker.read_committed(&topic).len(), 1);
}
