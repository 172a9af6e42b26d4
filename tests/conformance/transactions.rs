//! Transactions: all or nothing, offsets included, and no word from a zombie.

use std::time::Duration;

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::Consumer,
    error::{KafkaError, KafkaResult},
    types::RDKafkaErrorCode,
};

use crate::harness::{
    broker::{BrokerUnderTest, on_both_brokers},
    client::unique,
    consumer::{Isolation, Member, Stored, take},
    deadline::wait_until,
    producer::{Outgoing, Producer},
};

on_both_brokers!(
    an_open_transaction_is_invisible_until_its_commit,
    an_aborted_transaction_is_never_seen,
    readers_do_not_pass_an_open_transaction,
    outputs_and_offsets_are_committed_together,
    offsets_of_an_aborted_transaction_do_not_count,
    one_producer_commits_many_transactions_in_a_row,
    a_transaction_spans_topics_and_partitions,
    a_zombie_is_fenced_and_its_records_hidden,
    a_transaction_left_open_is_aborted_by_time_out,
    offsets_of_a_member_that_the_group_has_left_behind_are_refused,
    transactions_of_many_producers_interleave,
);

fn an_open_transaction_is_invisible_until_its_commit(broker: &BrokerUnderTest) {
    let topic = broker.topic("open", 1);
    let producer = broker.transactional(&unique("open"), &[]);
    producer.begin();
    producer.send_keyed(&topic, "key", "pending");
    producer.settle_acknowledged();
    assert_eq!(broker.read_committed(&topic), []);
    assert_eq!(broker.read(&topic, Isolation::Uncommitted).len(), 1);
    producer.commit().unwrap();
    wait_until("the commit to be seen", || {
        broker.read_committed(&topic).len() == 1
    });
}

fn an_aborted_transaction_is_never_seen(broker: &BrokerUnderTest) {
    let topic = broker.topic("aborted", 1);
    let producer = broker.transactional(&unique("aborted"), &[]);
    for round in 0..6 {
        producer.begin();
        for count in 0..10 {
            producer.send_keyed(&topic, "key", &format!("{round} {count}"));
        }
        producer.settle_acknowledged();
        if round % 2 == 0 {
            producer.abort().unwrap();
        } else {
            producer.commit().unwrap();
        }
    }
    wait_until("the last commit", || {
        broker.read_committed(&topic).len() >= 30
    });
    let rounds: Vec<String> = broker
        .read_committed(&topic)
        .iter()
        .map(|record| record.text()[..1].to_owned())
        .collect();
    assert_eq!(
        rounds.concat(),
        ["1", "3", "5"].map(|r| r.repeat(10)).concat()
    );
    // The aborted records are in the log all the same, for those who ask.
    assert_eq!(broker.read(&topic, Isolation::Uncommitted).len(), 60);
}

fn readers_do_not_pass_an_open_transaction(broker: &BrokerUnderTest) {
    let topic = broker.topic("stable", 1);
    let slow = broker.transactional(&unique("slow"), &[]);
    slow.begin();
    slow.send_keyed(&topic, "key", "first, committed last");
    slow.settle_acknowledged();
    let plain = broker.producer(&[]);
    plain.send_keyed(&topic, "key", "second");
    plain.settle_acknowledged();
    // Seeing the second record now would show the two in another order than the topic has.
    assert_eq!(broker.read_committed(&topic), []);
    slow.commit().unwrap();
    wait_until("both records", || broker.read_committed(&topic).len() == 2);
}

fn outputs_and_offsets_are_committed_together(broker: &BrokerUnderTest) {
    let (input, output) = (broker.topic("input", 1), broker.topic("output", 1));
    fill(broker, &input, 10);
    let group = unique("stage");
    let consumer = broker.subscriber(&group, &input, &[]);
    let producer = broker.transactional(&unique("stage"), &[]);
    for batch in 1..=2 {
        let records = take(&consumer, 5);
        producer.begin();
        for record in &records {
            producer.send_keyed(&output, "key", &record.text());
        }
        let offsets = position(&input, records.last().unwrap().offset + 1);
        let metadata = consumer.group_metadata().unwrap();
        producer.send_offsets(&offsets, &metadata).unwrap();
        producer.commit().unwrap();
        wait_until("the offsets of the commit", || {
            broker.committed(&group, &input, 0) == Some(batch * 5)
        });
        let seen = broker.read_committed(&output).len();
        assert_eq!(i64::try_from(seen), Ok(batch * 5));
    }
}

fn offsets_of_an_aborted_transaction_do_not_count(broker: &BrokerUnderTest) {
    let input = broker.topic("input", 1);
    fill(broker, &input, 5);
    let group = unique("stage");
    let consumer = broker.subscriber(&group, &input, &[]);
    take(&consumer, 5);
    let producer = broker.transactional(&unique("stage"), &[]);
    let metadata = consumer.group_metadata().unwrap();
    producer.begin();
    producer
        .send_offsets(&position(&input, 5), &metadata)
        .unwrap();
    producer.abort().unwrap();
    assert_eq!(broker.committed(&group, &input, 0), None);
    producer.begin();
    producer
        .send_offsets(&position(&input, 3), &metadata)
        .unwrap();
    producer.commit().unwrap();
    assert_eq!(broker.committed(&group, &input, 0), Some(3));
}

fn one_producer_commits_many_transactions_in_a_row(broker: &BrokerUnderTest) {
    let topic = broker.topic("many", 3);
    let producer = broker.transactional(&unique("many"), &[]);
    for round in 0..100 {
        producer.begin();
        for key in 0..5 {
            producer.send_keyed(&topic, &key.to_string(), &round.to_string());
        }
        producer.commit().unwrap();
    }
    wait_until("all commits", || broker.read_committed(&topic).len() == 500);
}

fn a_transaction_spans_topics_and_partitions(broker: &BrokerUnderTest) {
    let topics = [broker.topic("left", 4), broker.topic("right", 4)];
    let producer = broker.transactional(&unique("span"), &[]);
    for ends in [Producer::abort, Producer::commit] {
        producer.begin();
        for topic in &topics {
            for key in 0..40 {
                producer.send_keyed(topic, &key.to_string(), "of all or none");
            }
        }
        producer.settle_acknowledged();
        ends(&producer).unwrap();
    }
    for topic in &topics {
        wait_until("the commit", || broker.read_committed(topic).len() == 40);
        assert_eq!(broker.read(topic, Isolation::Uncommitted).len(), 80);
    }
}

fn a_zombie_is_fenced_and_its_records_hidden(broker: &BrokerUnderTest) {
    let topic = broker.topic("zombie", 1);
    let id = unique("zombie");
    let zombie = broker.transactional(&id, &[]);
    zombie.begin();
    zombie.send_keyed(&topic, "key", "of the zombie, before");
    zombie.settle_acknowledged();

    let heir = broker.transactional(&id, &[]);
    heir.begin();
    heir.send_keyed(&topic, "key", "of the heir");
    heir.commit().unwrap();

    let late = Outgoing {
        key: Some("key"),
        payload: Some(b"of the zombie, after"),
        ..Default::default()
    };
    // Whether the send, the delivery or the commit tells first is the client's business.
    if zombie.try_send(&topic, &late).is_ok() {
        zombie.settle();
    }
    assert!(is_fenced(&zombie.commit()), "a zombie committed");
    wait_until("the heir's record", || {
        !broker.read_committed(&topic).is_empty()
    });
    let seen: Vec<String> = texts(broker, &topic);
    assert_eq!(seen, ["of the heir"]);
}

fn a_transaction_left_open_is_aborted_by_time_out(broker: &BrokerUnderTest) {
    let topic = broker.topic("abandoned", 1);
    let properties = [
        ("transaction.timeout.ms", "4000"),
        ("socket.timeout.ms", "4000"),
    ];
    let sleeper = broker.transactional(&unique("sleeper"), &properties);
    sleeper.begin();
    sleeper.send_keyed(&topic, "key", "never committed");
    sleeper.settle_acknowledged();
    let plain = broker.producer(&[]);
    plain.send_keyed(&topic, "key", "behind it");
    plain.settle_acknowledged();
    wait_until("the broker to abort it", || {
        texts(broker, &topic) == ["behind it"]
    });
    assert!(sleeper.commit().is_err(), "the sleeper committed after all");
    assert_eq!(texts(broker, &topic), ["behind it"]);
}

fn offsets_of_a_member_that_the_group_has_left_behind_are_refused(broker: &BrokerUnderTest) {
    let input = broker.topic("generation", 2);
    fill(broker, &input, 4);
    let group = unique("generation");
    let consumer = broker.subscriber(&group, &input, &[]);
    take(&consumer, 4);
    let outdated = consumer.group_metadata().unwrap();
    let member = Member::join(broker, &group, &input, &[]);
    wait_until("the group to share the partitions", || {
        // The first member takes part in the new generation by polling.
        consumer.poll(Duration::from_millis(10));
        member.partitions().len() == 1
    });
    let producer = broker.transactional(&unique("generation"), &[]);
    producer.begin();
    let refused = producer.send_offsets(&position(&input, 1), &outdated);
    assert!(refused.is_err(), "an old generation moved the offsets");
    producer.abort().unwrap();
    assert_ne!(broker.committed(&group, &input, 0), Some(1));
}

fn transactions_of_many_producers_interleave(broker: &BrokerUnderTest) {
    let topic = broker.topic("interleaved", 1);
    let producers: Vec<_> = (0..5)
        .map(|_| broker.transactional(&unique("interleaved"), &[]))
        .collect();
    for round in 0..4 {
        producers.iter().for_each(Producer::begin);
        for count in 0..3 {
            for (who, producer) in producers.iter().enumerate() {
                producer.send_keyed(&topic, "key", &format!("{who} {round} {count}"));
                producer.settle_acknowledged();
            }
        }
        for (who, producer) in producers.iter().enumerate() {
            // Each ends its transactions in another pattern of commits and aborts.
            if (who + round) % 3 == 0 {
                producer.abort().unwrap();
            } else {
                producer.commit().unwrap();
            }
        }
    }
    let mut expected = Vec::new();
    for round in 0..4 {
        for count in 0..3 {
            for who in (0..5).filter(|who| (who + round) % 3 != 0) {
                expected.push(format!("{who} {round} {count}"));
            }
        }
    }
    wait_until("all commits", || {
        texts(broker, &topic).len() >= expected.len()
    });
    assert_eq!(texts(broker, &topic), expected);
}

fn fill(broker: &BrokerUnderTest, topic: &str, count: u32) {
    let producer = broker.producer(&[]);
    for count in 0..count {
        producer.send_keyed(topic, "key", &count.to_string());
    }
    producer.settle_acknowledged();
}

fn position(topic: &str, offset: i64) -> TopicPartitionList {
    let mut offsets = TopicPartitionList::new();
    offsets
        .add_partition_offset(topic, 0, Offset::Offset(offset))
        .unwrap();
    offsets
}

fn texts(broker: &BrokerUnderTest, topic: &str) -> Vec<String> {
    let records = broker.read_committed(topic);
    records.iter().map(Stored::text).collect()
}

fn is_fenced(result: &KafkaResult<()>) -> bool {
    let code = match result {
        Err(KafkaError::Transaction(error)) => error.code(),
        Err(error) => error.rdkafka_error_code().expect("librdkafka gave a code"),
        Ok(()) => return false,
    };
    matches!(
        code,
        RDKafkaErrorCode::Fenced
            | RDKafkaErrorCode::ProducerFenced
            | RDKafkaErrorCode::InvalidProducerEpoch
    )
}
