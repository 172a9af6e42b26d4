//! Topics, the reader, and what is said of a Kafka that is not there.

use std::{thread, time::Duration};

use jiff::Timestamp;
use stream::{
    ARTICLES, KafkaConfig, ReadFrom, ReadUntil, Reader, ReaderEvent, RunnerConfig, StageState,
    StreamError, TopicSettings, check_broker, count_records, create_topics, topic_overview,
};

use crate::harness::{DEADLINE, Running, config, number_of, read_all, wait_until, write_articles};

/// An address where nothing listens: port 1 is never given out.
fn nowhere() -> KafkaConfig {
    KafkaConfig {
        bootstrap_servers: "127.0.0.1:1".to_owned(),
        ..KafkaConfig::default()
    }
}

#[test]
fn differences_are_told_and_nothing_is_changed() {
    let config = config(3);
    let wanted = TopicSettings {
        partitions: 5,
        retention_time: Some(Duration::from_hours(1)),
        ..TopicSettings::default()
    };
    let topics = [(ARTICLES.name(), wanted)];
    for _ in 0..2 {
        let told: Vec<String> = create_topics(&config.kafka, &topics)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        let topic = config.kafka.prefixed("articles");
        assert_eq!(
            told,
            [
                format!("topic {topic} has partitions 3, configured is 5"),
                format!("topic {topic} has retention.ms -1, configured is 3600000"),
            ]
        );
    }
}

#[test]
fn a_reader_begins_where_it_is_told() {
    let config = config(3);
    write_articles(&config, 0..40, |_| "plain".to_owned());
    let between = Timestamp::now();
    thread::sleep(Duration::from_millis(5));
    write_articles(&config, 40..60, |_| "plain".to_owned());
    let read = |from| {
        let mut reader = Reader::open(&config.kafka, "articles", from, ReadUntil::End).unwrap();
        let mut numbers = Vec::new();
        while let ReaderEvent::Record(record) = reader.next(DEADLINE).unwrap() {
            numbers.push(number_of(&record.decode().unwrap()));
        }
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(read(ReadFrom::Beginning), (0..60).collect::<Vec<_>>());
    assert_eq!(read(ReadFrom::At(between)), (40..60).collect::<Vec<_>>());
    assert_eq!(read(ReadFrom::Latest(20)), (40..60).collect::<Vec<_>>());
    assert_eq!(read(ReadFrom::Latest(1_000)).len(), 60);
    assert_eq!(read(ReadFrom::At(Timestamp::now())), Vec::<usize>::new());
    assert_eq!(read_all(&config, "enriched"), []);
}

#[test]
fn a_following_reader_shows_what_comes() {
    let config = config(2);
    let mut reader = Reader::open(
        &config.kafka,
        "articles",
        ReadFrom::Latest(5),
        ReadUntil::Forever,
    )
    .unwrap();
    assert_eq!(
        reader.next(Duration::from_millis(200)).unwrap(),
        ReaderEvent::Nothing
    );
    write_articles(&config, 0..3, |_| "plain".to_owned());
    for _ in 0..3 {
        assert!(matches!(
            reader.next(DEADLINE).unwrap(),
            ReaderEvent::Record(_)
        ));
    }
}

#[test]
fn a_missing_topic_is_named() {
    let config = config(1);
    let opened = Reader::open(
        &config.kafka,
        "no-such",
        ReadFrom::Beginning,
        ReadUntil::End,
    )
    .map(|_| ());
    assert!(matches!(opened, Err(StreamError::MissingTopic(topic)) if topic.ends_with("no-such")));
}

#[test]
fn the_overview_counts_records_and_lag() {
    let config = config(2);
    write_articles(&config, 0..10, |_| "plain".to_owned());
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("all are committed", || {
            stage.status.snapshot().committed_inputs == 10
        });
        stage.stop();
    });
    let of_articles = || {
        let overviews = topic_overview(&config.kafka, &["copying", "nobody"]).unwrap();
        overviews
            .into_iter()
            .find(|overview| overview.topic == "articles")
            .unwrap()
    };
    let overview = of_articles();
    // Up to two more are transaction markers.
    assert!((10..=12).contains(&overview.offsets), "{overview:?}");
    assert_eq!(count_records(&config.kafka, "articles").unwrap(), 10);
    assert!(
        overview.bytes.is_some_and(|bytes| bytes > 1_000),
        "{overview:?}"
    );
    assert_eq!(overview.lag.get("copying"), Some(&0));
    assert!(!overview.lag.contains_key("nobody"));
    write_articles(&config, 10..20, |_| "plain".to_owned());
    assert!(
        of_articles()
            .lag
            .get("copying")
            .is_some_and(|lag| *lag >= 10)
    );
}

#[test]
fn a_kafka_that_is_not_there_is_named() {
    let error = check_broker(&nowhere(), Duration::from_secs(4)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "kafka not reachable at 127.0.0.1:1 (no connection): start it, or correct \
         kafka.bootstrap_servers"
    );
    let config = RunnerConfig {
        kafka: nowhere(),
        ..RunnerConfig::default()
    };
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("the status names it", || {
            matches!(stage.status.state(), StageState::Retrying { reason, .. }
                if reason.contains("127.0.0.1:1"))
        });
        stage.stop();
    });
}
