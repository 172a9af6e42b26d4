//! Topics: made, described, changed, deleted.

use rdkafka::{
    admin::{AlterConfig, NewPartitions, ResourceSpecifier},
    types::RDKafkaErrorCode,
};

use crate::harness::{
    broker::{BrokerUnderTest, on_both_brokers},
    client::{admin_options, unique},
    deadline::wait_until,
};

on_both_brokers!(
    a_topic_has_the_partitions_asked_for,
    a_second_topic_of_the_same_name_is_refused,
    names_that_are_no_topic_names_are_refused,
    a_deleted_topic_is_gone_and_can_be_made_anew,
    partitions_can_be_added_but_not_taken,
    settings_can_be_read_and_changed,
    sizes_and_records_are_told,
    an_unknown_topic_is_not_made_by_writing_to_it,
);

fn a_topic_has_the_partitions_asked_for(broker: &BrokerUnderTest) {
    let topic = broker.topic("partitions", 7);
    assert_eq!(broker.partitions(&topic), Some(7));
}

fn a_second_topic_of_the_same_name_is_refused(broker: &BrokerUnderTest) {
    let topic = broker.topic("duplicate", 1);
    assert_eq!(
        broker.create_topic(&topic, 1, &[]),
        Err(RDKafkaErrorCode::TopicAlreadyExists)
    );
}

fn names_that_are_no_topic_names_are_refused(broker: &BrokerUnderTest) {
    let too_long = "a".repeat(250);
    for name in ["..", ".", "a/b", "../escape", "a b", "a\u{e9}", &too_long] {
        assert_eq!(
            broker.create_topic(name, 1, &[]),
            Err(RDKafkaErrorCode::InvalidTopic),
            "{name}"
        );
    }
    let longest = format!("{:-<249}", unique("longest"));
    assert_eq!(broker.create_topic(&longest, 1, &[]), Ok(()));
}

fn a_deleted_topic_is_gone_and_can_be_made_anew(broker: &BrokerUnderTest) {
    let topic = broker.topic("deleted", 2);
    let producer = broker.producer(&[]);
    producer.send_keyed(&topic, "key", "of the first life");
    producer.settle_acknowledged();
    let deletion = broker.admin().delete_topics(&[&topic], &admin_options());
    assert_eq!(broker.wait(deletion), [Ok(topic.clone())]);
    wait_until("the topic to be gone", || {
        broker.partitions(&topic).is_none()
    });
    // Kafka answers the deletion before the old files are moved away.
    wait_until("the name to be free", || {
        broker.create_topic(&topic, 2, &[]) == Ok(())
    });
    broker.wait_until_led(&topic, 2);
    assert_eq!(broker.read_committed(&topic), []);
}

fn partitions_can_be_added_but_not_taken(broker: &BrokerUnderTest) {
    let topic = broker.topic("grown", 2);
    let grow = |count| {
        let request = NewPartitions::new(&topic, count);
        let answer = broker.wait(
            broker
                .admin()
                .create_partitions([&request], &admin_options()),
        );
        answer
            .into_iter()
            .next()
            .unwrap()
            .map(drop)
            .map_err(|e| e.1)
    };
    assert_eq!(grow(5), Ok(()));
    broker.wait_until_led(&topic, 5);
    assert_eq!(grow(3), Err(RDKafkaErrorCode::InvalidPartitions));
    let producer = broker.producer(&[]);
    for key in 0..50 {
        producer.send_keyed(&topic, &key.to_string(), "spread");
    }
    producer.settle_acknowledged();
    assert_eq!(broker.read_committed(&topic).len(), 50);
}

fn settings_can_be_read_and_changed(broker: &BrokerUnderTest) {
    let settings = [("retention.ms", "7000000"), ("cleanup.policy", "compact")];
    let topic = broker.topic_with("settings", 1, &settings);
    assert_eq!(setting(broker, &topic, "retention.ms"), "7000000");
    assert_eq!(setting(broker, &topic, "cleanup.policy"), "compact");

    let change = AlterConfig::new(ResourceSpecifier::Topic(&topic)).set("retention.ms", "8000000");
    let changed = broker.wait(broker.admin().alter_configs([&change], &admin_options()));
    assert!(changed[0].is_ok(), "{changed:?}");
    wait_until("the changed setting", || {
        setting(broker, &topic, "retention.ms") == "8000000"
    });

    let nonsense = AlterConfig::new(ResourceSpecifier::Topic(&topic)).set("retention.ms", "soon");
    // rdkafka 0.39 does not hand out the refusal of a single resource, so look at the effect.
    drop(broker.wait(broker.admin().alter_configs([&nonsense], &admin_options())));
    assert_eq!(setting(broker, &topic, "retention.ms"), "8000000");
}

fn sizes_and_records_are_told(broker: &BrokerUnderTest) {
    let topic = broker.topic("sized", 2);
    let producer = broker.transactional(&unique("sized"), &[]);
    for transaction in 0..5 {
        producer.begin();
        for record in 0..4 {
            producer.send_keyed(&topic, &record.to_string(), &"x".repeat(500));
        }
        producer
            .commit()
            .unwrap_or_else(|error| panic!("{transaction}: {error}"));
    }
    let kafka = stream::KafkaConfig {
        bootstrap_servers: broker.servers().to_owned(),
        ..stream::KafkaConfig::default()
    };
    let overviews = stream::topic_overview(&kafka, &[]).unwrap();
    let overview = overviews.iter().find(|overview| overview.topic == topic);
    let overview = overview.expect("the topic is listed");
    let bytes = overview.bytes.expect("the broker tells sizes");
    assert!((10_000..20_000).contains(&bytes), "{overview:?}");
    // Each transaction leaves a marker in each partition that it wrote to.
    assert!((25..=30).contains(&overview.offsets), "{overview:?}");
    assert_eq!(stream::count_records(&kafka, &topic).unwrap(), 20);
}

fn an_unknown_topic_is_not_made_by_writing_to_it(broker: &BrokerUnderTest) {
    let topic = unique("never-made");
    let producer = broker.producer(&[("message.timeout.ms", "3000")]);
    producer.send_keyed(&topic, "key", "to nowhere");
    assert!(producer.settle()[0].is_err());
    assert_eq!(broker.partitions(&topic), None);
}

fn setting(broker: &BrokerUnderTest, topic: &str, name: &str) -> String {
    let asked = [ResourceSpecifier::Topic(topic)];
    let answer = broker.wait(broker.admin().describe_configs(&asked, &admin_options()));
    let described = answer.into_iter().next().unwrap().unwrap();
    let entry = described.get(name).expect("the setting is described");
    entry.value.clone().expect("the setting has a value")
}
