//! Alerts that can be trusted: targets fail and are killed, alerters are killed, and every alert
//! arrives, once per idempotency key, each group in order.

mod desk;
mod mail;
mod real_servers;
mod receiver;
mod rehearsal;

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
    // Whichever process made them, the attempts at a notification are counted through.
    for (id, attempts) in desk.attempts() {
        let numbers: Vec<u32> = attempts.iter().map(|(number, _)| *number).collect();
        let expected: Vec<u32> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected, "notification {id}");
    }
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
    assert!(listed.contains("answered 410"), "{listed}");
    receiver.become_of(Temper::Accepts);
    let (resent, _) = desk.command(&["alerts", "resend", "--all"]);
    assert_eq!(resent, "1 notifications are delivered again\n");
    wait_until("the notification to arrive", || receiver.keys() == 1);
    wait_until("the dead letter to be settled", || {
        let (listed, _) = desk.command(&["alerts", "deadletters"]);
        !listed.contains("answered 410")
    });
    desk.close();
}

#[test]
fn a_stop_cuts_off_a_hanging_receiver_and_the_notification_goes_out_after_the_restart() {
    let mut receiver = Receiver::start(Temper::Hangs);
    // Nothing but the stop ends a request to it.
    let target = format!(
        r#"{{ kind = "webhook", name = "desk", url = "http://{}/", timeout = "10h" }}"#,
        receiver.address()
    );
    let mut desk = Desk::open(EmbeddedBroker::shared().bootstrap_servers(), &target, 1);
    desk.publish(0);
    wait_until("the request to hang", || receiver.hanging() == 1);
    desk.stop_all();
    wait_until("the request to be given up", || receiver.given_up() == 1);
    let owed = desk.notifications().remove(0).id.to_string();
    let put_off = (1, DeliveryOutcome::PutOff);
    assert_eq!(desk.attempts(), [(owed.clone(), vec![put_off])].into());
    receiver.become_of(Temper::Accepts);
    desk.start_again();
    wait_until("the notification to arrive", || receiver.keys() == 1);
    assert_eq!(receiver.accepted()[0].id.as_str(), owed);
    let delivered = (2, DeliveryOutcome::Delivered);
    let both = [(owed, vec![put_off, delivered])].into();
    wait_until("both attempts to be told", || desk.attempts() == both);
    desk.close();
}

#[test]
fn attempts_are_counted_on_after_a_kill_and_a_dead_letter_tells_them() {
    let mut receiver = Receiver::start(Temper::IsBusy);
    let mut desk = Desk::open(
        EmbeddedBroker::shared().bootstrap_servers(),
        &desk::targets(receiver.address()),
        1,
    );
    desk.publish(0);
    let tried = |desk: &Desk| {
        let attempts = desk.attempts().into_values().next();
        attempts.unwrap_or_default()
    };
    wait_until("some attempts", || tried(&desk).len() >= 3);
    desk.kill_all();
    receiver.become_of(Temper::Refuses);
    desk.start_again();
    let is_refused = |desk: &Desk| {
        let last = tried(desk).pop();
        last.is_some_and(|(_, outcome)| outcome == DeliveryOutcome::Refused)
    };
    wait_until("the refusal", || is_refused(&desk));
    let attempts = tried(&desk);
    let numbers: Vec<usize> = attempts.iter().map(|(n, _)| *n as usize).collect();
    assert_eq!(numbers, (1..=attempts.len()).collect::<Vec<_>>());
    let (listed, _) = desk.command(&["alerts", "deadletters"]);
    let row = listed.lines().find(|line| line.contains("answered 410"));
    let row = row.unwrap_or_else(|| panic!("{listed}"));
    assert!(
        row.split_whitespace()
            .any(|word| word == attempts.len().to_string()),
        "{listed}"
    );
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
