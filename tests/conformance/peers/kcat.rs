//! kcat, the command line client that people reach for first.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::printed;
use crate::harness::{
    broker::{BrokerUnderTest, on_both_brokers},
    client::unique,
    left_out::left_out,
    producer::{Outgoing, Producer},
};

on_both_brokers!(
    kcat_writes_what_we_read,
    kcat_reads_what_we_write,
    kcat_lists_topics_and_finds_offsets_by_time,
    kcat_consumes_as_a_member_of_a_group,
);

fn kcat_writes_what_we_read(broker: &BrokerUnderTest) {
    for codec in ["none", "gzip", "snappy", "lz4"] {
        let topic = broker.topic(&format!("kcat-writes-{codec}"), 3);
        let lines: Vec<String> = (0..200).map(|n| format!("key-{n}:said {n}\n")).collect();
        let arguments = ["-P", "-t", &topic, "-K", ":", "-z", codec, "-H", "by=kcat"];
        let Some(_) = kcat(broker, &arguments, &lines.concat()) else {
            return;
        };
        let records = broker.read_committed(&topic);
        assert_eq!(records.len(), 200, "{codec}");
        for record in records {
            let key = record.key.clone().unwrap();
            assert_eq!(record.text(), key.replace("key-", "said "));
            assert_eq!(record.headers, [("by".to_owned(), "kcat".to_owned())]);
        }
    }
}

fn kcat_reads_what_we_write(broker: &BrokerUnderTest) {
    let topic = broker.topic("kcat-reads", 1);
    let committed = broker.transactional(&unique("kcat"), &[]);
    for (text, ends) in [
        ("aborted", Producer::abort as fn(&Producer) -> _),
        ("committed", Producer::commit),
    ] {
        committed.begin();
        committed.send_keyed(&topic, "key", text);
        committed.settle_acknowledged();
        ends(&committed).unwrap();
    }
    let read = ["-C", "-t", &topic, "-e", "-q", "-f", "%k=%s@%o\n"];
    let Some(read) = kcat(broker, &read, "") else {
        return;
    };
    // Offsets 0 and 1 are the aborted record and its marker.
    assert_eq!(read, "key=committed@2\n");
}

fn kcat_lists_topics_and_finds_offsets_by_time(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("kcat-lists", 4, &[("retention.ms", "-1")]);
    let producer = broker.producer(&[]);
    for second in 0..10 {
        let outgoing = Outgoing {
            payload: Some(b"on the second"),
            partition: Some(2),
            timestamp: Some(1_700_000_000_000 + second * 1_000),
            ..Outgoing::default()
        };
        producer.send(&topic, &outgoing);
    }
    producer.settle_acknowledged();
    let Some(listed) = kcat(broker, &["-L", "-t", &topic], "") else {
        return;
    };
    let expected = format!("topic \"{topic}\" with 4 partitions");
    assert!(listed.contains(&expected), "{listed}");
    let asked = format!("{topic}:2:1700000006500");
    let found = kcat(broker, &["-Q", "-t", &asked], "").expect("kcat ran a moment ago");
    assert_eq!(found.trim(), format!("{topic} [2] offset 7"));
}

fn kcat_consumes_as_a_member_of_a_group(broker: &BrokerUnderTest) {
    let topic = broker.topic("kcat-group", 2);
    let group = unique("kcat-group");
    let producer = broker.producer(&[]);
    for count in 0..20 {
        producer.send_keyed(&topic, &count.to_string(), "for the group");
    }
    producer.settle_acknowledged();
    let arguments = [
        "-X",
        "auto.offset.reset=earliest",
        "-e",
        "-q",
        "-G",
        &group,
        &topic,
    ];
    let Some(read) = kcat(broker, &arguments, "") else {
        return;
    };
    assert_eq!(read.lines().count(), 20);
    let committed: i64 = (0..2)
        .filter_map(|partition| broker.committed(&group, &topic, partition))
        .sum();
    assert_eq!(committed, 20);
}

/// Runs kcat with `input` on its standard input; `None`, said in words, where it is not installed.
fn kcat(broker: &BrokerUnderTest, arguments: &[&str], input: &str) -> Option<String> {
    let mut kcat = Command::new("kcat");
    kcat.args(["-b", broker.servers()]).args(arguments);
    kcat.stdin(Stdio::piped());
    kcat.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = match kcat.spawn() {
        Ok(running) => running,
        Err(error) => {
            left_out("kcat", &format!("it does not start: {error}"));
            return None;
        }
    };
    let mut stdin = running.stdin.take().expect("standard input is a pipe");
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    Some(printed(&running.wait_with_output().unwrap()))
}
