//! A stage that reads a topic.

use std::{collections::BTreeMap, thread};

use stream::{
    ARTICLES, BareOutput, BatchLimits, DEAD_LETTERS, ENRICHED, Outbox, RunnerConfig, StageState,
    copy_bare,
};

use crate::harness::{
    Running, article, config, decode_all, enriched_numbers, number_of, read_all, wait_until,
    write_articles, write_articles_as,
};

fn plain_title(_: usize) -> String {
    "plain".to_owned()
}

#[test]
fn every_input_becomes_one_output_in_an_envelope() {
    let config = config(3);
    write_articles(&config, 0..500, plain_title);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 500
        });
        wait_until("the stage is idle", || stage.status.is_idle());
        let snapshot = stage.status.snapshot();
        assert_eq!(
            snapshot.committed_outputs,
            BTreeMap::from([("enriched".to_owned(), 500)])
        );
        assert_eq!((snapshot.rejected, snapshot.restarts), (0, 0));
        stage.stop();
    });
    assert_eq!(enriched_numbers(&config), (0..500).collect::<Vec<_>>());
    let record = &read_all(&config, ENRICHED.name())[0];
    assert_eq!(record.header("ce_specversion"), Some("1.0"));
    assert_eq!(record.header("ce_type"), Some("onrecord.enriched.v1"));
    assert_eq!(record.header("ce_source"), Some("/onrecord/copying"));
    assert_eq!(record.header("ce_time"), Some("1970-01-01T00:00:00Z"));
    assert_eq!(record.header("content-type"), Some("application/json"));
    let id = record.header("ce_id").unwrap();
    assert!(id.ends_with(".1"), "{id}");
}

#[test]
fn order_of_a_key_is_kept_by_many_threads() {
    let config = RunnerConfig {
        threads: 4,
        batch: BatchLimits {
            records: 64,
            ..BatchLimits::default()
        },
        ..config(2)
    };
    // Some are slow, so that threads overtake each other.
    let title = |number: usize| {
        if number.is_multiple_of(17) {
            "slow"
        } else {
            "plain"
        }
        .to_owned()
    };
    write_articles(&config, 0..700, title);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 700
        });
        stage.stop();
    });
    // Within a partition, those of one input partition must stand in the order of their input.
    let mut last: BTreeMap<i32, usize> = BTreeMap::new();
    let records = read_all(&config, ENRICHED.name());
    assert_eq!(records.len(), 700);
    for record in records {
        let enriched: model::Enriched = record.decode().unwrap();
        let number = number_of(&enriched.article);
        // Both topics have as many partitions and are keyed alike.
        let before = last.insert(record.partition, number);
        assert!(
            before.is_none_or(|before| before < number),
            "{before:?} then {number}"
        );
    }
}

#[test]
fn a_panic_and_a_reject_cost_their_record_only() {
    let config = RunnerConfig {
        threads: 2,
        ..config(2)
    };
    write_articles(&config, 0..60, |number| match number {
        20 => "panic".to_owned(),
        40 => "reject".to_owned(),
        _ => "plain".to_owned(),
    });
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 60
        });
        assert_eq!(stage.status.snapshot().rejected, 2);
        assert_eq!(stage.status.snapshot().restarts, 0);
        stage.stop();
    });
    assert_eq!(enriched_numbers(&config).len(), 58);
    let mut letters = decode_all(&config, DEAD_LETTERS);
    letters.sort_by(|a, b| a.reason.cmp(&b.reason));
    assert_eq!(letters[0].reason, "asked to reject");
    assert_eq!(letters[1].reason, "stage panicked: asked to panic");
    assert_eq!(letters[0].stage, "copying");
    assert_eq!(letters[0].source.topic, "articles");
    assert!(
        letters[0]
            .payload
            .as_deref()
            .unwrap()
            .contains("Body of article 40")
    );
}

#[test]
fn an_output_over_the_limit_is_a_dead_letter() {
    let config = RunnerConfig {
        max_message_bytes: 50_000,
        ..config(1)
    };
    write_articles(&config, 0..10, |number| {
        if number == 5 {
            "grow to 60000".to_owned()
        } else {
            "plain".to_owned()
        }
    });
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 10
        });
        stage.stop();
    });
    assert_eq!(enriched_numbers(&config), [0, 1, 2, 3, 4, 6, 7, 8, 9]);
    let letters = decode_all(&config, DEAD_LETTERS);
    assert!(
        letters[0].reason.contains("the limit is 50000"),
        "{}",
        letters[0].reason
    );
}

#[test]
fn a_record_that_the_broker_refuses_is_found_and_put_aside() {
    // We allow more than the topic does, so only the broker can tell.
    let config = RunnerConfig {
        max_message_bytes: 18_000_000,
        ..config(1)
    };
    write_articles(&config, 0..40, |number| {
        if number == 29 {
            "grow to 12000000".to_owned()
        } else {
            "plain".to_owned()
        }
    });
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 40
        });
        assert!(stage.status.snapshot().restarts > 0);
        stage.stop();
    });
    let numbers = enriched_numbers(&config);
    assert_eq!(numbers.len(), 39);
    assert!(!numbers.contains(&29));
    let letters = decode_all(&config, DEAD_LETTERS);
    assert!(
        letters[0].reason.starts_with("broker refuses a record"),
        "{}",
        letters[0].reason
    );
}

#[test]
fn a_stopped_stage_goes_on_where_it_stopped() {
    let config = RunnerConfig {
        batch: BatchLimits {
            records: 20,
            ..BatchLimits::default()
        },
        ..config(2)
    };
    write_articles(&config, 0..300, plain_title);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("some are committed", || {
            stage.status.snapshot().committed_inputs >= 40
        });
        stage.stop();
    });
    write_articles(&config, 300..400, plain_title);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("it has caught up", || {
            stage.status.is_idle() && stage.status.snapshot().committed_inputs > 0
        });
        assert_eq!(stage.status.state(), StageState::Running);
        stage.stop();
    });
    assert_eq!(enriched_numbers(&config), (0..400).collect::<Vec<_>>());
}

#[test]
fn two_members_share_and_one_takes_over() {
    let config = RunnerConfig {
        batch: BatchLimits {
            records: 10,
            ..BatchLimits::default()
        },
        ..config(4)
    };
    thread::scope(|scope| {
        let first = Running::copying(scope, &config);
        wait_until("the first runs", || first.status.is_idle());
        let second = Running::copying(scope, &config);
        wait_until("the second runs", || second.status.is_idle());
        write_articles(&config, 0..700, plain_title);
        let both = || {
            let (a, b) = (first.status.snapshot(), second.status.snapshot());
            a.committed_inputs + b.committed_inputs
        };
        wait_until("the two have all", || both() == 700);
        assert!(first.status.snapshot().committed_inputs > 0);
        assert!(second.status.snapshot().committed_inputs > 0);
        let before = second.status.snapshot().committed_inputs;
        first.stop();
        write_articles(&config, 700..800, plain_title);
        wait_until("the second has the rest", || {
            second.status.snapshot().committed_inputs == before + 100
        });
        second.stop();
    });
    assert_eq!(enriched_numbers(&config), (0..800).collect::<Vec<_>>());
}

#[test]
fn the_bare_copy_that_stages_are_measured_by_copies_all() {
    let config = RunnerConfig {
        batch: BatchLimits {
            records: 30,
            ..BatchLimits::default()
        },
        ..config(2)
    };
    write_articles(&config, 0..100, plain_title);
    let mut begun = false;
    let output = BareOutput::Same("enriched");
    copy_bare(&config, "articles", output, 100, || begun = true).unwrap();
    assert!(begun);
    assert_eq!(read_all(&config, "enriched").len(), 100);
}

/// The numbers that [`Copying`] puts out where a writer of that name has written some twice.
fn enriched_after_doubles(writer: &str) -> Vec<usize> {
    let config = config(2);
    write_articles_as(writer, &config, 0..40, plain_title);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("the first are committed", || {
            stage.status.snapshot().committed_inputs == 40
        });
        // In one batch with its double, and behind one from long before.
        write_articles_as(writer, &config, 30..50, plain_title);
        write_articles_as(writer, &config, 40..60, plain_title);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 80
        });
        stage.stop();
    });
    // A member that starts knows what was read before its time.
    write_articles_as(writer, &config, 0..70, plain_title);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("the rest is committed", || {
            stage.status.snapshot().committed_inputs == 70
        });
        stage.stop();
    });
    enriched_numbers(&config)
}

#[test]
fn an_event_that_two_members_of_a_stage_write_is_worked_on_once() {
    let once = (0..70).collect::<Vec<_>>();
    assert_eq!(enriched_after_doubles("fetcher"), once);
}

#[test]
fn a_repeat_by_another_writer_is_work() {
    // As by `onrecord replay`.
    assert_eq!(enriched_after_doubles("replay").len(), 150);
}

#[test]
fn a_bare_copy_writes_what_was_prepared_for_each_record() {
    let config = config(2);
    write_articles(&config, 0..10, plain_title);
    let mut outbox = Outbox::new();
    for number in 0..3 {
        outbox.send(ARTICLES, &article(number, "prepared")).unwrap();
    }
    let mut made = outbox.records();
    for record in &mut made {
        record.topic = "enriched";
    }
    let prepared = vec![made, Vec::new()];
    copy_bare(
        &config,
        "articles",
        BareOutput::Prepared(&prepared),
        10,
        || (),
    )
    .unwrap();
    assert_eq!(read_all(&config, "enriched").len(), 15);
}
