//! The embedded broker is killed with -9 and comes back: what it acknowledged is there, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    thread,
    time::Duration,
};

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{CommitMode, Consumer},
    error::KafkaResult,
};

use crate::harness::{
    client::{Client, unique},
    consumer::{Member, stored, take},
    deadline::{PATIENCE, wait_until},
    embedded_broker::BrokerProcess,
    onrecord::binary,
    producer::Outgoing,
};

#[test]
fn what_was_acknowledged_is_there_once_and_in_order_after_kills() {
    let mut broker = BrokerProcess::start();
    let client = Client::new(broker.bootstrap_servers());
    let topic = client.topic("killed", 3);
    let stop = AtomicBool::new(false);
    let (sent, acknowledged) = thread::scope(|scope| {
        let writer = scope.spawn(|| write_until(&client, &topic, &stop));
        for kill in 1..=5 {
            let before = written(&client, &topic, 3);
            wait_until("the writer to go on", || {
                written(&client, &topic, 3) > before + 500 * kill
            });
            broker.kill_and_restart();
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert_eq!(acknowledged, sent, "the producer gave records up");
    let stored = client.read_committed(&topic);
    assert_eq!(stored.len(), sent);
    let mut next_of_key: BTreeMap<String, usize> = BTreeMap::new();
    for record in stored {
        let next = next_of_key.entry(record.key.clone().unwrap()).or_default();
        assert_eq!(record.text(), next.to_string(), "key {:?}", record.key);
        *next += 1;
    }
}

/// Sends numbered records of ten keys until told to stop; says how many were sent and acknowledged.
fn write_until(client: &Client, topic: &str, stop: &AtomicBool) -> (usize, usize) {
    let producer = client.producer(&[]);
    let (mut sent, mut acknowledged) = (0_usize, 0);
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..10 {
            producer.send_keyed(topic, &(sent % 10).to_string(), &(sent / 10).to_string());
            sent += 1;
        }
        if sent.is_multiple_of(200) {
            acknowledged += producer.settle_acknowledged().len();
        }
    }
    acknowledged += producer.settle_acknowledged().len();
    (sent, acknowledged)
}

#[test]
fn topics_settings_and_committed_offsets_survive_a_kill() {
    let mut broker = BrokerProcess::start();
    let client = Client::new(broker.bootstrap_servers());
    let topic = client.topic_with("kept", 2, &[("retention.ms", "7000000")]);
    let group = unique("kept");
    let producer = client.producer(&[]);
    for key in 0..10 {
        producer.send_keyed(&topic, &key.to_string(), "kept");
    }
    producer.settle_acknowledged();
    let consumer = client.subscriber(&group, &topic, &[]);
    take(&consumer, 10);
    consumer.commit_consumer_state(CommitMode::Sync).unwrap();
    let committed = || [0, 1].map(|partition| client.committed(&group, &topic, partition));
    let before = committed();
    broker.kill_and_restart();
    assert_eq!(client.partitions(&topic), Some(2));
    assert_eq!(committed(), before);
    assert_eq!(client.read_committed(&topic).len(), 10);
}

/// A restarted broker knows no member: each has to notice, join again and find its partitions.
#[test]
fn members_of_a_group_come_back_by_themselves_after_a_kill() {
    let mut broker = BrokerProcess::start();
    let client = Client::new(broker.bootstrap_servers());
    let topic = client.topic("rejoined", 6);
    let group = unique("rejoined");
    let members = [(); 2].map(|()| Member::join(&client, &group, &topic, &[]));
    let share_all = || {
        let owned = members.each_ref().map(Member::partitions);
        owned.iter().all(|partitions| partitions.len() == 3) && owned[0].is_disjoint(&owned[1])
    };
    let producer = client.producer(&[]);
    for restart in 0..3_usize {
        wait_until("the two to share the partitions", share_all);
        for count in 0..60 {
            let text = (restart * 60 + count).to_string();
            producer.send_keyed(&topic, &text, &text);
        }
        producer.settle_acknowledged();
        wait_until("the records written after the restart", || {
            let seen = members.iter().flat_map(Member::seen);
            let seen: BTreeSet<String> = seen.map(|record| record.text()).collect();
            seen.len() == (restart + 1) * 60
        });
        broker.kill_and_restart();
        // What the members hold for theirs may be so no more; only a group of the new broker tells.
        wait_until("the group to have its members again", || {
            stable_members(&client, &group) == Some(2)
        });
    }
}

/// Members of a group that has settled; `None` while it has not, or the broker does not answer.
fn stable_members(client: &Client, group: &str) -> Option<usize> {
    let asked = client
        .admin()
        .inner()
        .fetch_group_list(Some(group), PATIENCE);
    let listed = asked.ok()?;
    let group = listed.groups().first()?;
    (group.state() == "Stable").then(|| group.members().len())
}

/// A broker that held the offsets of an open transaction in memory only would commit the outputs
/// without them here, and the input would be read twice.
#[test]
fn a_kill_between_offsets_and_commit_parts_neither_from_the_other() {
    let mut broker = BrokerProcess::start();
    let client = Client::new(broker.bootstrap_servers());
    let (input, output) = (client.topic("hole-in", 1), client.topic("hole-out", 1));
    let group = unique("hole");
    let consumer = client.subscriber(&group, &input, &[]);
    let feeder = client.producer(&[]);
    feeder.send_keyed(&input, "key", "one");
    feeder.settle_acknowledged();
    take(&consumer, 1);
    let producer = client.transactional(&unique("hole"), &[]);
    producer.begin();
    producer.send_keyed(&output, "key", "one");
    producer.settle_acknowledged();
    let metadata = consumer.group_metadata().unwrap();
    producer
        .send_offsets(&position(&input, 1), &metadata)
        .unwrap();
    broker.kill_and_restart();
    let has_committed = producer.commit().is_ok();
    if !has_committed {
        // Refusing is honest too, as long as nothing of the transaction remains.
        drop(producer);
        drop(client.transactional(&unique("after"), &[]));
    }
    wait_until("the transaction's end", || {
        client.read_committed(&output).len() == usize::from(has_committed)
    });
    let expected = has_committed.then_some(1);
    assert_eq!(client.committed(&group, &input, 0), expected);
}

/// The kill falls anywhere: before, inside and after commits. Whatever the answer was, outputs and
/// offsets must agree. A copier that outruns a slow killer waits for it inside a transaction.
#[test]
fn copying_through_kills_copies_each_record_once() {
    const RECORDS: i64 = 3_000;
    const KILLS: i64 = 5;
    const FOR_EACH_KILL: i64 = RECORDS / (KILLS + 1);
    let mut broker = BrokerProcess::start();
    let client = Client::new(broker.bootstrap_servers());
    let (input, output) = (client.topic("copy-in", 1), client.topic("copy-out", 2));
    let feeder = client.producer(&[]);
    for count in 0..RECORDS {
        feeder.send_keyed(&input, "key", &count.to_string());
    }
    feeder.settle_acknowledged();
    let group = unique("copier");
    let kills = AtomicI64::new(0);
    let may_commit = |offset: i64| {
        wait_until("the next kill", || {
            offset < FOR_EACH_KILL * (kills.load(Ordering::Relaxed) + 1)
        });
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            let copy = || copy_until_an_error(&client, &group, &input, &output, may_commit);
            while copy() != Ok(RECORDS) {}
        });
        for kill in 1..=KILLS {
            let before = written(&client, &output, 2);
            wait_until("the copier to go on", || {
                // Not a multiple of a transaction's size, so the kills fall everywhere in them.
                written(&client, &output, 2) - before > 37 * kill
            });
            broker.kill_and_restart();
            kills.fetch_add(1, Ordering::Relaxed);
        }
    });
    let copied = client.read_committed(&output);
    let mut counts: Vec<i64> = copied.iter().map(|r| r.text().parse().unwrap()).collect();
    counts.sort_unstable();
    assert_eq!(counts, (0..RECORDS).collect::<Vec<_>>());
}

/// Copies in small transactions from where the group stands to the end of the input, and says
/// where that is; any error ends this life. `may_commit` is asked, by the last offset of each
/// transaction, when all of it is sent.
fn copy_until_an_error(
    client: &Client,
    group: &str,
    input: &str,
    output: &str,
    may_commit: impl Fn(i64),
) -> KafkaResult<i64> {
    let producer = client.try_transactional(group, &[])?;
    // Fencing comes first: only then are the offsets of the life before final.
    let consumer = client.subscriber(group, input, &[]);
    loop {
        let mut batch = Vec::new();
        while batch.len() < 20 {
            let wait = Duration::from_millis(if batch.is_empty() { 500 } else { 20 });
            match consumer.poll(wait) {
                None => break,
                Some(message) => batch.push(stored(&message?)),
            }
        }
        let Some(last) = batch.last() else {
            let (_, end) = client.ask_watermarks(input, 0)?;
            if client.ask_committed(group, input, 0)? == Some(end) {
                return Ok(end);
            }
            continue;
        };
        producer.try_begin()?;
        for record in &batch {
            let text = record.text();
            let outgoing = Outgoing {
                key: Some(&text),
                payload: Some(text.as_bytes()),
                ..Default::default()
            };
            producer.try_send(output, &outgoing)?;
        }
        let metadata = consumer.group_metadata().expect("a member of a group");
        producer.send_offsets(&position(input, last.offset + 1), &metadata)?;
        may_commit(last.offset);
        producer.commit()?;
    }
}

#[test]
fn a_second_broker_on_the_same_folder_is_refused_in_words() {
    let broker = BrokerProcess::start();
    let second = Command::new(binary())
        .args(["broker", "--listen", "127.0.0.1:0", "--data"])
        .arg(broker.data())
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr);
    let folder = broker.data().display().to_string();
    // miette may break a long line inside the path.
    let unbroken: String = said.split_whitespace().collect();
    assert!(unbroken.contains(&folder), "{said}");
}

/// How many records the partitions hold; 0 for those that do not answer just now.
fn written(client: &Client, topic: &str, partitions: i32) -> i64 {
    let ends = (0..partitions).filter_map(|p| client.ask_watermarks(topic, p).ok());
    ends.map(|(_, end)| end).sum()
}

fn position(topic: &str, offset: i64) -> TopicPartitionList {
    let mut offsets = TopicPartitionList::new();
    offsets
        .add_partition_offset(topic, 0, Offset::Offset(offset))
        .unwrap();
    offsets
}
