//! Alerts that can be trusted: targets fail and are killed, alerters are killed, and every alert
//! arrives, once per idempotency key, each group in order.

mod desk;
mod real_servers;
mod receiver;

use std::{collections::BTreeMap, time::Duration};

use model::{Delivery, DeliveryOutcome, Notification};

use self::{
    desk::Desk,
    receiver::{Receiver, Temper},
};
use crate::{
    exactly_once::chance::Chance,
    harness::{
        apache_kafka::ApacheKafka,
        deadline::{wait_for, wait_until},
        embedded_broker::EmbeddedBroker,
    },
};

/// Alerts of the chaos: about one kill a dozen.
const ALERTS: usize = 120;
/// Kills, of alerters and of the receiver in turn.
const KILLS: usize = 10;
/// A killed member's partitions wait for its session of 6 s, and a busy machine is slow.
const ALL_DONE: Duration = Duration::from_mins(4);

#[test]
fn every_alert_arrives_once_a_key_on_the_embedded_broker_while_all_is_killed() {
    all_arrive(EmbeddedBroker::shared().bootstrap_servers());
}

#[test]
fn every_alert_arrives_once_a_key_on_apache_kafka_while_all_is_killed() {
    if let Some(kafka) = ApacheKafka::shared() {
        all_arrive(kafka.bootstrap_servers());
    }
}

fn all_arrive(servers: &str) {
    let mut chance = Chance::new();
    let mut receiver = Receiver::start(Temper::FailsHalf);
    let mut desk = Desk::open(servers, &desk::targets(receiver.address()), 2);
    let slice = ALERTS / KILLS;
    for kill in 0..KILLS {
        for number in kill * slice..(kill + 1) * slice {
            desk.publish(number);
        }
        // In the midst of the slice's deliveries.
        let mark = receiver.keys() + chance.of(0..3);
        wait_for("deliveries to go on", ALL_DONE, || {
            (receiver.keys() >= mark).then_some(())
        });
        if kill % 3 == 2 {
            receiver.kill_and_restart();
        } else {
            desk.kill_one(&mut chance);
        }
    }
    wait_for("every alert to arrive", ALL_DONE, || {
        (alerts_in(&receiver.accepted()) >= ALERTS).then_some(())
    });
    let accepted = receiver.accepted();
    assert_eq!(alerts_in(&accepted), ALERTS, "told more than once");
    assert_groups_in_order(&accepted);
    // The topic holds the same, each key once: repeats at the receiver are repeats of deliveries.
    let mut made: Vec<String> = desk
        .notifications()
        .iter()
        .map(|n| n.id.to_string())
        .collect();
    made.sort();
    let mut keys: Vec<String> = accepted.iter().map(|n| n.id.to_string()).collect();
    keys.sort();
    assert_eq!(keys, made);
    desk.close();
}

/// Alerts in notifications, the counted ones included.
fn alerts_in(notifications: &[Notification]) -> usize {
    let counts = notifications
        .iter()
        .map(|notification| notification.alert_count);
    usize::try_from(counts.sum::<u32>()).unwrap()
}

/// Each group's notifications were first accepted in their order, without a gap.
fn assert_groups_in_order(accepted: &[Notification]) {
    let mut next: BTreeMap<&str, u32> = BTreeMap::new();
    for notification in accepted {
        let expected = next.entry(&notification.group).or_default();
        assert_eq!(
            notification.sequence, *expected,
            "group {}",
            notification.group
        );
        *expected += 1;
    }
    assert!(
        next.len() > 1 && next.values().any(|count| *count > 1),
        "{next:?}"
    );
}

#[test]
fn a_dead_target_holds_up_no_other_and_refusals_can_be_sent_again() {
    let mut receiver = Receiver::start(Temper::Refuses);
    let mut desk = Desk::open(
        EmbeddedBroker::shared().bootstrap_servers(),
        &desk::targets(receiver.address()),
        1,
    );
    desk.publish(0);
    // The second target of the desk is a file; the third stands at a port where nobody listens.
    wait_until("the file to be told", || !desk.file_lines().is_empty());
    wait_until("the refusal to be a dead letter", || {
        let deliveries: Vec<Delivery> = desk.read("deliveries");
        let is_refused = |delivery: &Delivery| {
            delivery.target == "desk" && delivery.outcome == DeliveryOutcome::Refused
        };
        deliveries.iter().any(is_refused)
    });
    let (listed, _) = desk.command(&["alerts", "deadletters"]);
    assert!(listed.contains("410 Gone"), "{listed}");
    receiver.become_of(Temper::Accepts);
    let (resent, _) = desk.command(&["alerts", "resend", "--all"]);
    assert_eq!(resent, "1 notifications are delivered again\n");
    wait_until("the notification to arrive", || receiver.keys() == 1);
    wait_until("the dead letter to be settled", || {
        let (listed, _) = desk.command(&["alerts", "deadletters"]);
        !listed.contains("410 Gone")
    });
    desk.close();
}

#[test]
fn a_silence_from_the_command_line_is_heeded_and_a_rehearsal_agrees() {
    let receiver = Receiver::start(Temper::Accepts);
    let mut desk = Desk::open(
        EmbeddedBroker::shared().bootstrap_servers(),
        &desk::targets(receiver.address()),
        1,
    );
    let matchers = "official=official-0";
    let silence = [
        "alerts", "silence", "add", matchers, "--for", "1h", "--reason", "test",
    ];
    let (begun, _) = desk.command(&silence);
    let id = begun.split(' ').next().unwrap().to_owned();
    // Officials take turns, so that these are of the silenced one and of another.
    desk.publish(0);
    desk.publish(1);
    wait_until("the other official's alert", || receiver.keys() == 1);
    let accepted = receiver.accepted();
    assert_eq!(accepted[0].labels["official"], "official-1");
    let (listed, _) = desk.command(&["alerts", "silence", "list"]);
    assert!(
        listed.contains(matchers) && listed.contains(&id),
        "{listed}"
    );
    let (rehearsed, _) = desk.command(&["rules", "rehearse", "all", "--since", "1h"]);
    // Each of the three targets hears of one of the two alerts.
    assert!(
        rehearsed.contains("2 articles") && rehearsed.contains("raised 2 alerts and sent 3 "),
        "{rehearsed}"
    );
    desk.command(&["alerts", "silence", "expire", &id]);
    desk.publish(5);
    wait_until("the official to be heard again", || receiver.keys() == 2);
    desk.close();
}
