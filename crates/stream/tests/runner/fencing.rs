//! Members that were held for dead, and payloads that are none.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use model::{Article, Enriched, Extraction};
use rdkafka::{
    ClientConfig,
    producer::{BaseProducer, BaseRecord, Producer},
};
use stream::{ARTICLES, DEAD_LETTERS, ENRICHED, Outbox, Reject, RunnerConfig, Stage, run_stage};

use crate::harness::{
    DEADLINE, Running, config, decode_all, enriched_numbers, wait_until, write_articles,
};

/// Writes what it reads; the first time it meets an article titled "sleep", it sleeps until
/// another has taken its place and is done.
struct Sleepy<'a> {
    has_slept: &'a AtomicBool,
    may_wake: &'a AtomicBool,
}

impl Stage for Sleepy<'_> {
    type Input = Article;

    fn name(&self) -> &'static str {
        "sleepy"
    }

    fn process(&mut self, article: Article, outbox: &mut Outbox) -> Result<(), Reject> {
        if article.title == "sleep" && !self.has_slept.swap(true, Ordering::SeqCst) {
            wait_until("the other is done", || self.may_wake.load(Ordering::SeqCst));
        }
        let extraction = Extraction::default();
        outbox.send(
            ENRICHED,
            &Enriched {
                article,
                extraction,
            },
        )
    }
}

#[test]
fn a_member_that_slept_too_long_cannot_commit() {
    let mut config = config(1);
    // The group holds a member for dead that takes longer than this over one batch.
    let properties = &mut config.kafka.properties;
    properties.insert("max.poll.interval.ms".to_owned(), "6500".to_owned());
    let config: RunnerConfig = config;
    let (has_slept, may_wake) = (AtomicBool::new(false), AtomicBool::new(false));
    write_articles(&config, 0..50, |number| {
        // The first, so that no batch is committed before, however small a slow machine makes them.
        if number == 0 {
            "sleep".to_owned()
        } else {
            "plain".to_owned()
        }
    });
    thread::scope(|scope| {
        let run = |status: &_, stop: &_| {
            run_stage(
                &config,
                ARTICLES,
                || Sleepy {
                    has_slept: &has_slept,
                    may_wake: &may_wake,
                },
                status,
                stop,
            )
        };
        let sleeper = Running::start(scope, "sleepy", run);
        wait_until("the first sleeps", || has_slept.load(Ordering::SeqCst));
        let second = Running::start(scope, "sleepy", run);
        wait_until("the second has done the work", || {
            second.status.snapshot().committed_inputs == 50
        });
        may_wake.store(true, Ordering::SeqCst);
        wait_until("the first has noticed", || {
            let snapshot = sleeper.status.snapshot();
            snapshot.restarts > 0 || sleeper.status.is_idle()
        });
        assert_eq!(sleeper.status.snapshot().committed_inputs, 0);
        sleeper.stop();
        second.stop();
    });
    assert_eq!(enriched_numbers(&config), (0..50).collect::<Vec<_>>());
}

#[test]
fn what_does_not_decode_is_a_dead_letter_with_its_bytes() {
    let config = config(1);
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", &config.kafka.bootstrap_servers)
        .create()
        .unwrap();
    let topic = config.kafka.prefixed(ARTICLES.name());
    for payload in [&b"{\"id\":"[..], &[0xfe, 0xff, 0x00], b"[]"] {
        producer
            .send(BaseRecord::to(&topic).key("somebody").payload(payload))
            .unwrap();
    }
    producer.flush(DEADLINE).unwrap();
    write_articles(&config, 0..5, |_| "plain".to_owned());
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 8
        });
        assert_eq!(stage.status.snapshot().rejected, 3);
        stage.stop();
    });
    assert_eq!(enriched_numbers(&config), [0, 1, 2, 3, 4]);
    let mut letters = decode_all(&config, DEAD_LETTERS);
    letters.sort_by_key(|letter| letter.source.offset);
    assert_eq!(letters[0].payload.as_deref(), Some("{\"id\":"));
    assert_eq!(letters[1].payload_base64.as_deref(), Some("/v8A"));
    assert_eq!(letters[1].payload_bytes, 3);
    assert_eq!(letters[2].key.as_deref(), Some("somebody"));
    assert!(
        letters[2]
            .reason
            .starts_with("payload is no onrecord.article.v1: ")
    );
}
