//! Apache Kafka's own Java tools, with which Kafka tests itself.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{CommitMode, Consumer},
};

use super::printed;
use crate::harness::{
    apache_kafka::tool_command,
    broker::{BrokerUnderTest, on_both_brokers},
    client::unique,
    consumer::take,
    left_out::left_out,
};

on_both_brokers!(
    console_producer_and_consumer_pass_text,
    topic_command_lists_and_describes,
    get_offset_shell_counts,
    consumer_groups_are_listed_described_and_reset,
    client_compatibility_test_holds,
    transactional_copiers_with_random_aborts_copy_each_record_once,
    configs_command_alters_incrementally,
);

const TOOLS: &str = "org.apache.kafka.tools";

fn console_producer_and_consumer_pass_text(broker: &BrokerUnderTest) {
    let topic = broker.topic("console", 2);
    let lines: Vec<String> = (0..50).map(|n| format!("key-{n}\tsaid {n}\n")).collect();
    let arguments = [
        "--bootstrap-server",
        broker.servers(),
        "--topic",
        &topic,
        "--reader-property",
        "parse.key=true",
    ];
    let Some(output) = tool("ConsoleProducer", &arguments, &lines.concat()) else {
        return;
    };
    printed(&output);
    assert_eq!(broker.read_committed(&topic).len(), 50);
    let arguments = [
        "--bootstrap-server",
        broker.servers(),
        "--topic",
        &topic,
        "--group",
        &unique("console"),
        "--from-beginning",
        "--isolation-level",
        "read_committed",
        "--max-messages",
        "50",
        "--timeout-ms",
        "30000",
    ];
    let read = tool("consumer.ConsoleConsumer", &arguments, "").expect("java ran a moment ago");
    assert_eq!(printed(&read).lines().count(), 50);
}

fn topic_command_lists_and_describes(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("described", 3, &[("retention.ms", "7000000")]);
    let arguments = [
        "--bootstrap-server",
        broker.servers(),
        "--describe",
        "--topic",
        &topic,
    ];
    let Some(output) = tool("TopicCommand", &arguments, "") else {
        return;
    };
    let described = printed(&output);
    assert!(described.contains("PartitionCount: 3"), "{described}");
    assert!(described.contains("retention.ms=7000000"), "{described}");
    let arguments = ["--bootstrap-server", broker.servers(), "--list"];
    let listed = tool("TopicCommand", &arguments, "").expect("java ran a moment ago");
    assert!(printed(&listed).lines().any(|line| line == topic));
}

fn get_offset_shell_counts(broker: &BrokerUnderTest) {
    let topic = broker.topic("counted", 1);
    let producer = broker.producer(&[]);
    for count in 0..23 {
        producer.send_keyed(&topic, "key", &count.to_string());
    }
    producer.settle_acknowledged();
    for (time, offset) in [("-1", 23), ("-2", 0)] {
        let arguments = [
            "--bootstrap-server",
            broker.servers(),
            "--topic",
            &topic,
            "--time",
            time,
        ];
        let Some(output) = tool("GetOffsetShell", &arguments, "") else {
            return;
        };
        assert_eq!(printed(&output).trim(), format!("{topic}:0:{offset}"));
    }
}

fn consumer_groups_are_listed_described_and_reset(broker: &BrokerUnderTest) {
    let topic = broker.topic("grouped", 1);
    let group = unique("grouped");
    let producer = broker.producer(&[]);
    for count in 0..10 {
        producer.send_keyed(&topic, "key", &count.to_string());
    }
    producer.settle_acknowledged();
    let consumer = broker.subscriber(&group, &topic, &[]);
    take(&consumer, 10);
    let mut offsets = TopicPartitionList::new();
    offsets
        .add_partition_offset(&topic, 0, Offset::Offset(4))
        .unwrap();
    consumer.commit(&offsets, CommitMode::Sync).unwrap();
    let groups = |arguments: &[&str]| {
        let mut all = vec!["--bootstrap-server", broker.servers()];
        all.extend_from_slice(arguments);
        tool("consumer.group.ConsumerGroupCommand", &all, "").map(|output| printed(&output))
    };
    let Some(listed) = groups(&["--list"]) else {
        return;
    };
    assert!(listed.lines().any(|line| line == group), "{listed}");
    let described = groups(&["--describe", "--group", &group]).expect("java ran a moment ago");
    let row = described
        .lines()
        .find(|line| line.contains(&topic))
        .unwrap_or_else(|| panic!("no row of the topic:\n{described}"));
    let columns: Vec<&str> = row.split_whitespace().collect();
    // Group, topic, partition, [leader epoch,] offset, end, lag, and the member.
    assert!(columns.windows(3).any(|c| c == ["4", "10", "6"]), "{row}");
    drop(consumer);
    let reset = [
        "--reset-offsets",
        "--group",
        &group,
        "--topic",
        &topic,
        "--to-earliest",
        "--execute",
    ];
    groups(&reset).expect("java ran a moment ago");
    assert_eq!(broker.committed(&group, &topic, 0), Some(0));
}

/// Access control is the one feature that a broker may lack here: it guards nothing on loopback.
fn client_compatibility_test_holds(broker: &BrokerUnderTest) {
    let topic = broker.topic("compatible", 1);
    let compatible = |acls: &str| {
        let mut arguments = vec!["--bootstrap-server", broker.servers(), "--topic", &topic];
        arguments.extend(["--num-cluster-nodes", "1"]);
        arguments.extend(["--expect-record-too-large-exception", "False"]);
        arguments.extend(["--describe-acls-supported", acls]);
        for feature in [
            "--offsets-for-times-supported",
            "--cluster-id-supported",
            "--create-topics-supported",
            "--describe-configs-supported",
            "--idempotent-producer-supported",
        ] {
            arguments.extend([feature, "True"]);
        }
        tool("ClientCompatibilityTest", &arguments, "")
    };
    let Some(with_acls) = compatible("True") else {
        return;
    };
    if !with_acls.status.success() {
        printed(&compatible("False").expect("java ran a moment ago"));
    }
}

fn transactional_copiers_with_random_aborts_copy_each_record_once(broker: &BrokerUnderTest) {
    let (input, output) = (broker.topic("copied-from", 2), broker.topic("copied-to", 2));
    let producer = broker.producer(&[]);
    for count in 0..6_000 {
        producer.send_keyed(&input, &count.to_string(), &count.to_string());
    }
    producer.settle_acknowledged();
    let group = unique("copiers");
    let copier = |member: &str| {
        let id = format!("{group}-{member}");
        let command = match tool_command(&format!("{TOOLS}.TransactionalMessageCopier")) {
            Ok(command) => command,
            Err(why) => {
                left_out("Kafka's own tools", &why);
                return None;
            }
        };
        let mut copier = Command::new(&command[0]);
        copier.args(&command[1..]);
        copier.args(["--broker-list", broker.servers()]);
        copier.args(["--input-topic", &input, "--input-partition", member]);
        copier.args(["--output-topic", &output, "--consumer-group", &group]);
        copier.args(["--transactional-id", &id, "--transaction-size", "97"]);
        copier.args(["--enable-random-aborts", "--use-group-metadata"]);
        copier.stdout(Stdio::piped()).stderr(Stdio::piped());
        Some(copier.spawn().unwrap())
    };
    let Some(copiers) = ["0", "1"]
        .map(copier)
        .into_iter()
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    for copier in copiers {
        printed(&copier.wait_with_output().unwrap());
    }
    let copied = broker.read_committed(&output);
    let mut counts: Vec<u32> = copied.iter().map(|r| r.text().parse().unwrap()).collect();
    counts.sort_unstable();
    assert_eq!(counts, (0..6_000).collect::<Vec<_>>());
}

fn configs_command_alters_incrementally(broker: &BrokerUnderTest) {
    let topic = broker.topic_with("altered", 1, &[("retention.ms", "7000000")]);
    let entity = ["--entity-type", "topics", "--entity-name", &topic];
    let configs = |arguments: &[&str]| {
        let mut all = vec!["--bootstrap-server", broker.servers()];
        all.extend_from_slice(&entity);
        all.extend_from_slice(arguments);
        run("kafka.admin.ConfigCommand", &all, "").map(|output| printed(&output))
    };
    let change = ["--alter", "--add-config", "cleanup.policy=compact"];
    if configs(&change).is_none() {
        return;
    }
    let described = configs(&["--describe"]).expect("java ran a moment ago");
    assert!(described.contains("cleanup.policy=compact"), "{described}");
    assert!(described.contains("retention.ms=7000000"), "{described}");
}

fn tool(class: &str, arguments: &[&str], input: &str) -> Option<Output> {
    run(&format!("{TOOLS}.{class}"), arguments, input)
}

/// Runs one of Kafka's tools to its end; `None`, said in words, where Java is absent.
fn run(class: &str, arguments: &[&str], input: &str) -> Option<Output> {
    let command = match tool_command(class) {
        Ok(command) => command,
        Err(why) => {
            left_out("Kafka's own tools", &why);
            return None;
        }
    };
    let mut tool = Command::new(&command[0]);
    tool.args(&command[1..]).args(arguments);
    tool.stdin(Stdio::piped());
    tool.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = tool.spawn().expect("java was there a moment ago");
    let mut stdin = running.stdin.take().expect("standard input is a pipe");
    // A tool that reads nothing may have closed its end already.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    Some(running.wait_with_output().unwrap())
}
