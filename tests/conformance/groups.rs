//! Consumer groups: members share partitions, leave, die, come back; offsets stay.

use std::collections::BTreeSet;

use rdkafka::consumer::{CommitMode, Consumer};

use crate::harness::{
    broker::{BrokerUnderTest, on_both_brokers},
    client::{admin_options, unique},
    consumer::{Member, take},
    deadline::{PATIENCE, wait_until},
};

on_both_brokers!(
    members_share_the_partitions_as_they_come_and_go,
    cooperative_members_share_the_partitions_as_they_come_and_go,
    every_record_is_read_once_by_a_group_of_three,
    a_committed_offset_is_where_the_next_member_resumes,
    a_static_member_comes_back_to_its_partitions,
    a_dead_member_is_replaced_after_its_session,
    groups_are_listed_and_described,
    a_deleted_group_has_no_offsets,
);

fn members_share_the_partitions_as_they_come_and_go(broker: &BrokerUnderTest) {
    share(broker, &[("partition.assignment.strategy", "range")]);
}

fn cooperative_members_share_the_partitions_as_they_come_and_go(broker: &BrokerUnderTest) {
    share(
        broker,
        &[("partition.assignment.strategy", "cooperative-sticky")],
    );
}

fn share(broker: &BrokerUnderTest, properties: &[(&str, &str)]) {
    let topic = broker.topic("shared", 6);
    let group = unique("shared");
    let join = || Member::join(broker, &group, &topic, properties);
    let mut members = vec![join()];
    wait_for_shares(&members, 6);
    members.push(join());
    wait_for_shares(&members, 3);
    members.push(join());
    wait_for_shares(&members, 2);
    drop(members.pop());
    wait_for_shares(&members, 3);
}

/// Waits until each member owns `share` of the six partitions, and no two the same.
fn wait_for_shares(members: &[Member], share: usize) {
    wait_until(&format!("{} members to share", members.len()), || {
        let owned: Vec<BTreeSet<i32>> = members.iter().map(Member::partitions).collect();
        let all: BTreeSet<i32> = owned.iter().flatten().copied().collect();
        owned.iter().all(|partitions| partitions.len() == share) && all.len() == 6
    });
}

fn every_record_is_read_once_by_a_group_of_three(broker: &BrokerUnderTest) {
    let topic = broker.topic("divided", 6);
    let group = unique("divided");
    let members: Vec<Member> = (0..3)
        .map(|_| Member::join(broker, &group, &topic, &[]))
        .collect();
    wait_for_shares(&members, 2);
    let producer = broker.producer(&[]);
    for count in 0..600 {
        producer.send_keyed(&topic, &count.to_string(), &count.to_string());
    }
    producer.settle_acknowledged();
    let read = || {
        let seen = members.iter().flat_map(Member::seen);
        let mut counts: Vec<u32> = seen.map(|r| r.text().parse().unwrap()).collect();
        counts.sort_unstable();
        counts
    };
    wait_until("all records", || read().len() >= 600);
    assert_eq!(read(), (0..600).collect::<Vec<_>>());
}

fn a_committed_offset_is_where_the_next_member_resumes(broker: &BrokerUnderTest) {
    let topic = broker.topic("resumed", 1);
    let group = unique("resumed");
    let producer = broker.producer(&[]);
    for count in 0..10 {
        producer.send_keyed(&topic, "key", &count.to_string());
    }
    producer.settle_acknowledged();
    {
        let first = broker.subscriber(&group, &topic, &[]);
        let records = take(&first, 4);
        assert_eq!(records[3].offset, 3);
        let mut position = rdkafka::TopicPartitionList::new();
        position
            .add_partition_offset(&topic, 0, rdkafka::Offset::Offset(4))
            .unwrap();
        first.commit(&position, CommitMode::Sync).unwrap();
        // Read, but not committed.
        take(&first, 2);
    }
    let second = broker.subscriber(&group, &topic, &[]);
    assert_eq!(take(&second, 1)[0].offset, 4);
}

fn a_static_member_comes_back_to_its_partitions(broker: &BrokerUnderTest) {
    let topic = broker.topic("static", 4);
    let group = unique("static");
    let join = |instance: &str| {
        let properties = [
            ("group.instance.id", instance),
            ("session.timeout.ms", "30000"),
        ];
        Member::join(broker, &group, &topic, &properties)
    };
    let stays = join("stays");
    wait_until("the first member's share", || stays.partitions().len() == 4);
    let goes = join("goes");
    wait_until("both shares", || {
        stays.partitions().len() == 2 && goes.partitions().len() == 2
    });
    let kept = stays.partitions();
    let before = goes.partitions();
    drop(goes);
    let back = join("goes");
    wait_until("the member's old share", || back.partitions() == before);
    assert_eq!(stays.partitions(), kept);
}

fn a_dead_member_is_replaced_after_its_session(broker: &BrokerUnderTest) {
    let topic = broker.topic("dead", 2);
    let group = unique("dead");
    let properties = [
        ("session.timeout.ms", "6000"),
        ("max.poll.interval.ms", "6000"),
    ];
    let dead = broker.subscriber(&group, &topic, &properties);
    wait_until("the first member's share", || {
        dead.poll(std::time::Duration::from_millis(20));
        dead.assignment().unwrap().count() == 2
    });
    // From here on it does not poll, as a process that hangs.
    let heir = Member::join(broker, &group, &topic, &properties);
    wait_until("the heir to own all", || heir.partitions().len() == 2);
}

fn groups_are_listed_and_described(broker: &BrokerUnderTest) {
    let topic = broker.topic("listed", 1);
    let group = unique("listed");
    let member = Member::join(broker, &group, &topic, &[]);
    wait_until("the share", || member.partitions().len() == 1);
    let client = broker.admin().inner();
    let all = client.fetch_group_list(None, PATIENCE).unwrap();
    assert!(all.groups().iter().any(|listed| listed.name() == group));
    let one = client.fetch_group_list(Some(&group), PATIENCE).unwrap();
    assert_eq!(one.groups().len(), 1);
    let described = &one.groups()[0];
    assert_eq!(described.state(), "Stable");
    assert_eq!(described.protocol_type(), "consumer");
    assert_eq!(described.members().len(), 1);
    assert!(described.members()[0].assignment().is_some());
}

fn a_deleted_group_has_no_offsets(broker: &BrokerUnderTest) {
    let topic = broker.topic("forgotten", 1);
    let group = unique("forgotten");
    let producer = broker.producer(&[]);
    producer.send_keyed(&topic, "key", "read once");
    producer.settle_acknowledged();
    let member = Member::join(broker, &group, &topic, &[]);
    wait_until("the commit", || {
        broker.committed(&group, &topic, 0) == Some(1)
    });
    let delete = || {
        let answer = broker.wait(broker.admin().delete_groups(&[&group], &admin_options()));
        answer.into_iter().next().unwrap()
    };
    assert!(delete().is_err(), "a group with a member was deleted");
    drop(member);
    wait_until("the group to be deleted", || delete().is_ok());
    assert_eq!(broker.committed(&group, &topic, 0), None);
}
