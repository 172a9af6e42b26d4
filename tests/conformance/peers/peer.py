"""Scenes for a broker under test: peer.py BOOTSTRAP SCENE PREFIX; prints "held" at the end."""

import sys
import time

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)

servers, scene, prefix = sys.argv[1:]
admin = AdminClient({"bootstrap.servers": servers})
DEADLINE = time.monotonic() + 90


def wait_until(what, look):
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < DEADLINE, f"waited in vain for {what}"
        time.sleep(0.05)


def make(name, partitions=1, config=None):
    topic = f"{prefix}-{name}"
    futures = admin.create_topics([NewTopic(topic, partitions, 1, config=config or {})])
    futures[topic].result(30)

    def led():
        known = admin.list_topics(topic, timeout=10).topics[topic]
        return known.error is None and len(known.partitions) == partitions

    wait_until("the topic", led)
    return topic


def read(topic, count, group=None, isolation="read_committed"):
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": group or f"{prefix}-reader",
            "auto.offset.reset": "earliest",
            "isolation.level": isolation,
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    messages = []
    while len(messages) < count:
        assert time.monotonic() < DEADLINE, f"{len(messages)} of {count} came"
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error():
            # The name may be known to the coordinator a moment before its partitions are.
            assert message.error().code() == KafkaError.UNKNOWN_TOPIC_OR_PART, message.error()
            continue
        messages.append(message)
    extra = consumer.poll(0.2)
    assert extra is None or extra.error(), "more came than was sent"
    if group:
        consumer.commit(asynchronous=False)
    consumer.close()
    return messages


def codecs():
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
        topic = make(codec, 2)
        producer = Producer(
            {
                "bootstrap.servers": servers,
                "enable.idempotence": True,
                "compression.type": codec,
                "linger.ms": 50,
            }
        )
        for count in range(300):
            text = f"said in {codec} {count} " * 20
            producer.produce(topic, text, key=str(count), headers={"codec": codec})
        assert producer.flush(30) == 0
        messages = read(topic, 300, group=f"{prefix}-{codec}")
        texts = {message.key().decode(): message.value().decode() for message in messages}
        for count in range(300):
            assert texts[str(count)] == f"said in {codec} {count} " * 20
        assert messages[0].headers() == [("codec", codec.encode())]


def administer():
    topic = make("settings", 2, {"retention.ms": "7000000", "cleanup.policy": "delete"})
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)

    def setting(name):
        described = admin.describe_configs([resource])[resource].result(30)
        return described[name].value

    assert setting("retention.ms") == "7000000"
    change = ConfigResource(
        ConfigResource.Type.TOPIC,
        topic,
        incremental_configs=[
            ConfigEntry(
                "cleanup.policy", "compact", incremental_operation=AlterConfigOpType.SET
            )
        ],
    )
    admin.incremental_alter_configs([change])[change].result(30)
    wait_until("the setting", lambda: setting("cleanup.policy") == "compact")
    assert setting("retention.ms") == "7000000", "an incremental change touched the rest"

    admin.create_partitions([NewPartitions(topic, 3)])[topic].result(30)
    wait_until(
        "the partitions",
        lambda: len(admin.list_topics(topic, timeout=10).topics[topic].partitions) == 3,
    )

    producer = Producer({"bootstrap.servers": servers})
    for count in range(10):
        producer.produce(topic, str(count), key="key", partition=0)
    assert producer.flush(30) == 0
    place = TopicPartition(topic, 0)
    latest = admin.list_offsets({place: OffsetSpec.latest()})[place].result(30)
    assert latest.offset == 10, latest.offset
    group = f"{prefix}-described"
    read(topic, 10, group=group)
    listed = admin.list_consumer_groups().result(30)
    assert group in [found.group_id for found in listed.valid]
    described = admin.describe_consumer_groups([group])[group].result(30)
    assert described.group_id == group
    admin.delete_consumer_groups([group])[group].result(30)
    admin.delete_topics([topic])[topic].result(30)
    wait_until("the end of the topic", lambda: topic not in admin.list_topics(timeout=10).topics)


def copy():
    source, target = make("source", 1), make("target", 2)
    producer = Producer({"bootstrap.servers": servers})
    for count in range(400):
        producer.produce(source, str(count), key="key")
    assert producer.flush(30) == 0
    group = f"{prefix}-copier"
    copied = 0
    # Three lives of the copier; each ends with an open transaction that the next one fences.
    for life in range(3):
        consumer = Consumer(
            {
                "bootstrap.servers": servers,
                "group.id": group,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "session.timeout.ms": 6000,
            }
        )
        consumer.subscribe([source])
        writer = Producer({"bootstrap.servers": servers, "transactional.id": group})
        writer.init_transactions(30)
        batches = 0
        while copied < 400:
            assert time.monotonic() < DEADLINE, f"{copied} copied"
            messages = [m for m in consumer.consume(40, 0.2) if not m.error()]
            if not messages:
                continue
            writer.begin_transaction()
            for message in messages:
                writer.produce(target, message.value(), key=message.value())
            writer.send_offsets_to_transaction(
                consumer.position(consumer.assignment()), consumer.consumer_group_metadata()
            )
            batches += 1
            if batches == 4 and life < 2:
                # Left open: its records and offsets must not count.
                writer.flush(10)
                break
            writer.commit_transaction(30)
            copied += len(messages)
        consumer.close()
    messages = read(target, 400)
    assert sorted(int(m.value()) for m in messages) == list(range(400))


{"codecs": codecs, "administer": administer, "copy": copy}[scene]()
print("held")
