//! Transactions: all or nothing, also over the death of the broker.

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    producer::{BaseProducer, Producer},
};

use crate::harness::{
    PATIENCE, broker, client, create_topic, drain, eventually, producer, read_all, send,
};

fn transactional(address: &str, id: &str, timeout_ms: &str) -> BaseProducer {
    let producer = producer(
        address,
        &[
            ("transactional.id", id),
            ("transaction.timeout.ms", timeout_ms),
            ("socket.timeout.ms", timeout_ms),
        ],
    );
    producer.init_transactions(PATIENCE).unwrap();
    producer
}

fn commit(producer: &BaseProducer) {
    drain(producer);
    producer.commit_transaction(PATIENCE).unwrap();
}

fn committed(address: &str, topic: &str) -> Vec<String> {
    read_all(address, topic, "read_committed")
        .into_values()
        .flatten()
        .collect()
}

#[test]
fn open_and_aborted_transactions_are_not_seen() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "t", 1, &[]);
    let sender = transactional(&address, "x", "60000");
    sender.begin_transaction().unwrap();
    send(&sender, "t", "k", "one");
    commit(&sender);
    sender.begin_transaction().unwrap();
    send(&sender, "t", "k", "two");
    drain(&sender);
    assert_eq!(committed(&address, "t"), ["one"]);
    sender.abort_transaction(PATIENCE).unwrap();
    assert_eq!(committed(&address, "t"), ["one"]);
    assert_eq!(
        read_all(&address, "t", "read_uncommitted")[&0],
        ["one", "two"]
    );
    sender.begin_transaction().unwrap();
    send(&sender, "t", "k", "three");
    commit(&sender);
    assert_eq!(committed(&address, "t"), ["one", "three"]);
    let broker = broker.restarted();
    assert_eq!(committed(&broker.address(), "t"), ["one", "three"]);
}

#[test]
fn a_later_producer_shuts_out_the_earlier() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "t", 1, &[]);
    let zombie = transactional(&address, "x", "60000");
    zombie.begin_transaction().unwrap();
    send(&zombie, "t", "k", "zombie");
    drain(&zombie);
    let heir = transactional(&address, "x", "60000");
    heir.begin_transaction().unwrap();
    send(&heir, "t", "k", "heir");
    commit(&heir);
    send(&zombie, "t", "k", "zombie again");
    drain(&zombie);
    assert!(zombie.commit_transaction(PATIENCE).is_err());
    assert_eq!(committed(&address, "t"), ["heir"]);
}

#[test]
fn a_transaction_left_open_is_aborted_in_time() {
    let broker = broker();
    let address = broker.address();
    // On a slow machine the first time-out may be up before the topic is looked at.
    let was_hidden = ["1500", "6000", "24000"].iter().any(|timeout_ms| {
        let topic = format!("open-for-{timeout_ms}");
        create_topic(&address, &topic, 1, &[]);
        let sender = transactional(&address, &topic, timeout_ms);
        sender.begin_transaction().unwrap();
        send(&sender, &topic, "k", "late");
        drain(&sender);
        let other = producer(&address, &[]);
        send(&other, &topic, "k", "behind it");
        drain(&other);
        let was_hidden = committed(&address, &topic).is_empty();
        eventually("what stands behind it is seen", || {
            committed(&address, &topic) == ["behind it"]
        });
        assert!(sender.commit_transaction(PATIENCE).is_err());
        was_hidden
    });
    assert!(was_hidden, "seen before the time-out");
}

fn position(address: &str) -> Offset {
    let consumer: BaseConsumer = client(address, &[("group.id", "g")]).create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition("in", 0);
    consumer
        .committed_offsets(list, PATIENCE)
        .unwrap()
        .elements()[0]
        .offset()
}

/// The client lives, the broker is started anew between the offsets and the commit: the outputs
/// and the offsets still count together.
#[test]
fn offsets_of_a_transaction_outlive_the_broker() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "in", 1, &[]);
    create_topic(&address, "out", 1, &[]);
    let consumer: BaseConsumer = client(&address, &[("group.id", "g")]).create().unwrap();
    let sender = transactional(&address, "x", "60000");
    sender.begin_transaction().unwrap();
    send(&sender, "out", "k", "one");
    drain(&sender);
    let mut list = TopicPartitionList::new();
    list.add_partition_offset("in", 0, Offset::Offset(7))
        .unwrap();
    let group = consumer.group_metadata().unwrap();
    sender
        .send_offsets_to_transaction(&list, &group, PATIENCE)
        .unwrap();
    let broker = broker.restarted();
    assert!(committed(&broker.address(), "out").is_empty());
    sender.commit_transaction(PATIENCE).unwrap();
    assert_eq!(committed(&broker.address(), "out"), ["one"]);
    assert_eq!(position(&broker.address()), Offset::Offset(7));
}

#[test]
fn offsets_of_an_aborted_transaction_do_not_count() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "in", 1, &[]);
    let consumer: BaseConsumer = client(&address, &[("group.id", "g")]).create().unwrap();
    let sender = transactional(&address, "x", "60000");
    for (offset, is_committed) in [(5, true), (9, false)] {
        sender.begin_transaction().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset("in", 0, Offset::Offset(offset))
            .unwrap();
        let group = consumer.group_metadata().unwrap();
        sender
            .send_offsets_to_transaction(&list, &group, PATIENCE)
            .unwrap();
        if is_committed {
            sender.commit_transaction(PATIENCE).unwrap();
        } else {
            sender.abort_transaction(PATIENCE).unwrap();
        }
    }
    assert_eq!(position(&address), Offset::Offset(5));
}

#[test]
fn a_hundred_transactions_in_a_row_are_all_there() {
    let broker = broker();
    let address = broker.address();
    create_topic(&address, "t", 2, &[]);
    let sender = transactional(&address, "x", "60000");
    for n in 0..100 {
        sender.begin_transaction().unwrap();
        send(&sender, "t", &n.to_string(), "v");
        commit(&sender);
    }
    assert_eq!(committed(&address, "t").len(), 100);
}
