//! Each kind of target against a local server that answers as told.

use std::{
    io::Read,
    net::SocketAddr,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, http::Uri};
use jiff::Timestamp;
use model::{Delivery, DeliveryOutcome, Notification, NotificationId, NotificationKind};
use serde_json::Value;
use stream::{CancellationToken, DELIVERIES, Effect, EffectError, Outbox};

mod forms;

use super::*;
use crate::{RouteConfig, fixture::alert};

/// What a receiver was sent: path, headers, body.
type Received = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

/// A notification of one alert, made now.
pub(crate) fn notification() -> Notification {
    let alert = alert();
    Notification {
        id: NotificationId::new("desk", "group", 0),
        target: "desk".into(),
        kind: NotificationKind::New,
        group: "group".into(),
        labels: [("official".to_owned(), "mara-venn".to_owned())].into(),
        sequence: 0,
        severity: alert.severity,
        alerts: vec![alert],
        alert_count: 1,
        outlets: vec!["Harbour Post".into(), "Velmora Courier".into()],
        created: Timestamp::now(),
        since: Timestamp::now(),
        held: None,
    }
}

pub(crate) fn config(targets: Vec<TargetConfig>) -> Config {
    Config {
        rule: Vec::new(),
        target: targets,
        allow_addresses: vec!["127.0.0.1".parse().unwrap()],
        first_retry_wait: Duration::from_secs(1),
        give_up_after: Duration::from_hours(24),
        route: RouteConfig {
            group_by: Vec::new(),
            group_wait: Duration::ZERO,
            group_interval: Duration::ZERO,
            repeat_interval: Duration::ZERO,
            forget_after: Duration::from_hours(1),
            inhibit: Vec::new(),
            policy: Vec::new(),
        },
    }
}

fn target(json: &str) -> TargetConfig {
    serde_json::from_str(json).unwrap()
}

fn webhook(address: SocketAddr) -> TargetConfig {
    target(&format!(
        r#"{{ "kind": "webhook", "name": "desk", "url": "http://{address}/hook?token=x", "timeout": "1m" }}"#
    ))
}

/// A stop that never comes.
fn stop() -> CancellationToken {
    CancellationToken::new()
}

fn notifier(target: &TargetConfig) -> Notifier {
    Notifier::new(&config(vec![]), target, Box::new(std::io::sink())).unwrap()
}

/// A local receiver that gives one answer; it ends with the test's process.
fn receiver(
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: &'static str,
) -> (SocketAddr, Received) {
    let received = Received::default();
    let answer: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let status = StatusCode::from_u16(status).unwrap();
    let take = move |State(received): State<Received>,
                     uri: Uri,
                     headers: HeaderMap,
                     sent: Bytes| async move {
        received
            .lock()
            .unwrap()
            .push((uri.path().to_owned(), headers, sent));
        (status, answer, body)
    };
    let app = Router::new().fallback(take).with_state(received.clone());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    (address, received)
}

fn only(received: &Received) -> (String, HeaderMap, Value) {
    let received = received.lock().unwrap();
    assert_eq!(received.len(), 1);
    let (path, headers, body) = received.first().unwrap().clone();
    (path, headers, serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_webhook_gets_the_notification_with_its_idempotency_key() {
    let (address, received) = receiver(200, &[], "");
    let sent = notification();
    notifier(&webhook(address))
        .deliver(&sent, 1, &stop())
        .unwrap();
    let (_, headers, body) = only(&received);
    assert_eq!(headers["idempotency-key"], sent.id.as_str());
    assert_eq!(headers["webhook-id"], sent.id.as_str());
    assert_eq!(serde_json::from_value::<Notification>(body).unwrap(), sent);
}

#[test]
fn a_busy_receiver_is_given_the_time_it_asks_for() {
    let waits = |status, headers: &[(&'static str, &'static str)]| {
        let (address, _) = receiver(status, headers, "");
        match notifier(&webhook(address)).deliver(&notification(), 1, &stop()) {
            Err(EffectError::Retry { after, .. }) => after,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        waits(429, &[("retry-after", "300")]),
        Duration::from_mins(5)
    );
    assert_eq!(
        waits(503, &[("retry-after", "999999")]),
        Duration::from_hours(1)
    );
    assert!(waits(500, &[]) <= Duration::from_secs(1));
}

#[test]
fn a_receiver_that_refuses_is_not_asked_again() {
    for status in [400, 401, 404, 410, 301] {
        let (address, _) = receiver(status, &[("location", "http://127.0.0.1:1/")], "");
        let error = notifier(&webhook(address))
            .deliver(&notification(), 1, &stop())
            .unwrap_err();
        let code = status.to_string();
        assert!(matches!(&error, EffectError::Reject(reason) if reason.contains(&code)));
    }
}

#[test]
fn an_absent_receiver_is_tried_again_and_its_address_is_not_told() {
    let error = notifier(&webhook("127.0.0.1:1".parse().unwrap()))
        .deliver(&notification(), 1, &stop())
        .unwrap_err();
    let EffectError::Retry { reason, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(
        !reason.contains("token") && reason.contains("refused"),
        "{reason}"
    );
}

#[test]
fn a_private_address_is_not_dialled_unless_allowed() {
    let (address, received) = receiver(200, &[], "");
    let mut closed = config(vec![]);
    closed.allow_addresses.clear();
    for host in [address.to_string(), format!("localhost:{}", address.port())] {
        let target = target(&format!(
            r#"{{ "kind": "webhook", "name": "desk", "url": "http://{host}/" }}"#
        ));
        let mut notifier = Notifier::new(&closed, &target, Box::new(std::io::sink())).unwrap();
        let error = notifier
            .deliver(&notification(), 1, &stop())
            .unwrap_err()
            .to_string();
        assert!(error.contains("private or reserved"), "{error}");
    }
    assert!(received.lock().unwrap().is_empty());
}

#[test]
fn old_notifications_are_given_up_and_those_of_others_passed_by() {
    let (address, received) = receiver(503, &[], "");
    let mut notifier = notifier(&webhook(address));
    let mut old = notification();
    old.created = "2026-01-01T00:00:00Z".parse().unwrap();
    let error = notifier.deliver(&old, 1, &stop()).unwrap_err();
    assert!(matches!(&error, EffectError::Reject(reason) if reason.contains("given up")));
    let mut other = notification();
    other.target = "phone".into();
    notifier.deliver(&other, 1, &stop()).unwrap();
    assert_eq!(received.lock().unwrap().len(), 1);
    let mut outbox = Outbox::new();
    notifier.report(&other, 1, &Ok(()), &mut outbox);
    assert_eq!(outbox.records(), []);
}

#[test]
fn each_attempt_leaves_a_record() {
    let (address, _) = receiver(503, &[], "");
    let mut notifier = notifier(&webhook(address));
    let sent = notification();
    let mut outbox = Outbox::new();
    for attempt in 1..=2 {
        let result = notifier.deliver(&sent, attempt, &stop());
        notifier.report(&sent, attempt, &result, &mut outbox);
    }
    notifier.report(&sent, 3, &Ok(()), &mut outbox);
    let records: Vec<Delivery> = outbox.sent_to(DELIVERIES);
    let outcomes: Vec<_> = records
        .iter()
        .map(|record| (record.attempt, record.outcome))
        .collect();
    let (put_off, delivered) = (DeliveryOutcome::PutOff, DeliveryOutcome::Delivered);
    assert_eq!(outcomes, [(1, put_off), (2, put_off), (3, delivered)]);
}

#[test]
fn a_secret_is_named_but_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "hunter2").unwrap();
    let json = format!(
        r#"{{ "kind": "webhook", "name": "desk", "url": "https://x.example/", "secret_file": "{}" }}"#,
        path.display()
    );
    let refused = |json: &str| {
        Notifier::new(&config(vec![]), &target(json), Box::new(std::io::sink()))
            .err()
            .unwrap()
            .to_string()
    };
    let error = refused(&json);
    assert!(
        error.contains("desk") && !error.contains("hunter2"),
        "{error}"
    );
    let error = refused(r#"{ "kind": "slack", "name": "desk" }"#);
    assert!(error.contains("url_file"), "{error}");
    let error = refused(r#"{ "kind": "slack", "name": "desk", "url_env": "NO_SUCH_VARIABLE" }"#);
    assert!(error.contains("NO_SUCH_VARIABLE"), "{error}");
}

/// Standard output of the test's own.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn standard_output_gets_a_document_a_line() {
    let output = Output::default();
    let target = target(r#"{ "kind": "stdout" }"#);
    let mut notifier = Notifier::new(&config(vec![]), &target, Box::new(output.clone())).unwrap();
    let mut sent = notification();
    sent.target = "stdout".into();
    for _ in 0..2 {
        notifier.deliver(&sent, 1, &stop()).unwrap();
    }
    let written = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
    let lines = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    assert_eq!(lines.collect::<Vec<Notification>>(), [sent.clone(), sent]);
}

/// A server that takes connections and never says a word; at the first one `stop` is cancelled.
/// The handle ends when the client hangs up.
fn silent_server(stop: &CancellationToken) -> (SocketAddr, thread::JoinHandle<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stop = stop.clone();
    let hung_up = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut heard = [0; 4096];
        if client.read(&mut heard).unwrap() == 0 {
            return;
        }
        stop.cancel();
        while client.read(&mut heard).is_ok_and(|bytes| bytes > 0) {}
    });
    (address, hung_up)
}

#[test]
fn a_stop_cuts_off_a_receiver_that_does_not_answer_and_the_notification_stays_owed() {
    let stop = CancellationToken::new();
    let (address, hung_up) = silent_server(&stop);
    // Nothing but the stop ends this request within the test's patience.
    let json = format!(
        r#"{{ "kind": "webhook", "name": "desk", "url": "http://{address}/", "timeout": "10h" }}"#
    );
    let result = notifier(&target(&json)).deliver(&notification(), 1, &stop);
    assert!(
        matches!(&result, Err(EffectError::Retry { reason, .. }) if reason.contains("stopped")),
        "{result:?}"
    );
    hung_up.join().unwrap();
}

#[test]
fn a_stop_does_not_wait_for_a_mail_server() {
    let stop = CancellationToken::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connected = {
        let stop = stop.clone();
        thread::spawn(move || {
            let client = listener.accept().unwrap();
            stop.cancel();
            client
        })
    };
    let json = format!(
        r#"{{ "kind": "email", "name": "desk", "host": "127.0.0.1", "port": {port}, "encryption": "none", "from": "watch@desk.example", "to": ["ana@desk.example"] }}"#
    );
    let result = notifier(&target(&json)).deliver(&notification(), 1, &stop);
    assert!(
        matches!(&result, Err(EffectError::Retry { reason, .. }) if reason.contains("stopped")),
        "{result:?}"
    );
    drop(connected.join().unwrap());
}

#[test]
fn passwords_do_not_go_in_the_clear_and_need_a_user() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    std::fs::write(&path, "hunter2").unwrap();
    let path = path.display();
    for (keys, why) in [
        (
            format!(r#""encryption": "none", "user": "watch", "password_file": "{path}""#),
            "in the clear",
        ),
        (format!(r#""password_file": "{path}""#), "no user"),
        (r#""user": "watch""#.to_owned(), "no password"),
    ] {
        let json = format!(
            r#"{{ "kind": "email", "name": "desk", "host": "mail.example", {keys}, "from": "watch@desk.example", "to": ["ana@desk.example"] }}"#
        );
        let made = Notifier::new(&config(vec![]), &target(&json), Box::new(std::io::sink()));
        let error = made.err().unwrap().to_string();
        assert!(error.contains(why) && !error.contains("hunter2"), "{error}");
    }
}
