//! Finding a place in a topic: by time, by its ends, after records were deleted.

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};

use crate::harness::{
    broker::{BrokerUnderTest, on_both_brokers},
    client::{admin_options, unique},
    deadline::PATIENCE,
    producer::Outgoing,
};

on_both_brokers!(
    an_offset_is_found_by_timestamp,
    watermarks_count_what_is_there,
    deleted_records_are_gone_and_the_rest_stays,
    a_position_outside_the_log_goes_where_the_reader_says,
);

/// The records' timestamps are long past, so retention by time must not touch them.
const KEPT: [(&str, &str); 1] = [("retention.ms", "-1")];
const START: i64 = 1_700_000_000_000;

fn an_offset_is_found_by_timestamp(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("times", 1, &KEPT);
    send_by_second(broker, &topic, 100);
    assert_eq!(offset_at(broker, &topic, START), Offset::Offset(0));
    assert_eq!(offset_at(broker, &topic, START - 5), Offset::Offset(0));
    assert_eq!(
        offset_at(broker, &topic, START + 43_000),
        Offset::Offset(43)
    );
    assert_eq!(
        offset_at(broker, &topic, START + 42_001),
        Offset::Offset(43)
    );
    assert_eq!(offset_at(broker, &topic, START + 99_001), Offset::End);
}

fn watermarks_count_what_is_there(broker: &BrokerUnderTest) {
    let topic = broker.topic("watermarks", 2);
    assert_eq!(broker.watermarks(&topic, 0), (0, 0));
    let producer = broker.producer(&[]);
    for _ in 0..480 {
        let outgoing = Outgoing {
            payload: Some(b"counted"),
            partition: Some(1),
            ..Outgoing::default()
        };
        producer.send(&topic, &outgoing);
    }
    producer.settle_acknowledged();
    assert_eq!(broker.watermarks(&topic, 0), (0, 0));
    assert_eq!(broker.watermarks(&topic, 1), (0, 480));
}

fn deleted_records_are_gone_and_the_rest_stays(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("records-deleted", 1, &KEPT);
    send_by_second(broker, &topic, 100);
    let mut before = TopicPartitionList::new();
    before
        .add_partition_offset(&topic, 0, Offset::Offset(37))
        .unwrap();
    broker.wait(broker.admin().delete_records(&before, &admin_options()));
    assert_eq!(broker.watermarks(&topic, 0), (37, 100));
    let left = broker.read_committed(&topic);
    assert_eq!(left.len(), 63);
    assert_eq!(left[0].offset, 37);
}

fn a_position_outside_the_log_goes_where_the_reader_says(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("outside", 1, &KEPT);
    send_by_second(broker, &topic, 10);
    let group = unique("outside");
    let reader: BaseConsumer = broker
        .config(&[("group.id", &group), ("auto.offset.reset", "earliest")])
        .create()
        .unwrap();
    let mut position = TopicPartitionList::new();
    position
        .add_partition_offset(&topic, 0, Offset::Offset(5_000))
        .unwrap();
    reader.assign(&position).unwrap();
    assert_eq!(crate::harness::consumer::take(&reader, 10)[0].offset, 0);
}

/// One record a second, each a batch of its own, so that time and batches do not coincide.
fn send_by_second(broker: &BrokerUnderTest, topic: &str, count: i64) {
    let producer = broker.producer(&[("batch.num.messages", "7")]);
    for second in 0..count {
        let outgoing = Outgoing {
            payload: Some(b"on the second"),
            timestamp: Some(START + second * 1_000),
            ..Outgoing::default()
        };
        producer.send(topic, &outgoing);
    }
    producer.settle_acknowledged();
}

fn offset_at(broker: &BrokerUnderTest, topic: &str, time: i64) -> Offset {
    let reader: BaseConsumer = broker.config(&[("group.id", "by-time")]).create().unwrap();
    let mut asked = TopicPartitionList::new();
    asked
        .add_partition_offset(topic, 0, Offset::Offset(time))
        .unwrap();
    let answer = reader.offsets_for_times(asked, PATIENCE).unwrap();
    answer.find_partition(topic, 0).unwrap().offset()
}
