//! How late a notification arrives, from the enriched record that raises it to its receiver.
//!
//! `cargo run --release -p alerter --example delivery_latency -- [ARTICLES]`
//!
//! Articles are committed one by one, twenty a second, to an embedded broker; the alerter, the
//! router and a webhook's notifier run on it as in the program, and a receiver on loopback takes
//! the notifications. The time is counted from before the record is written, its own commit
//! included. `group_wait` is taken off: what is left is what the pipeline adds to it.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measuring program talks to the terminal and may end on a fault"
)]

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    thread::{self, Scope},
    time::Duration,
};

use alerter::{
    AlertStage, Config, Label, Notifier, RouteConfig, RouteStage, Router, RouterSource, Rule,
    RuleConfig, Watchlist,
};
use axum::{body::Bytes, extract::State};
use jiff::Timestamp;
use model::{ArticleId, Enriched, FeedId, Notification, Official, Severity};
use serde_json::json;
use stream::{
    ALERTS, CancellationToken, DEAD_LETTERS, DELIVERIES, ENRICHED, KafkaConfig, NOTIFICATIONS,
    ROUTING, RunnerConfig, SILENCES, StageState, StageStatus, StreamError, TopicSettings,
    create_topics, produce_transactionally, run_effect, run_keyed_stage, run_stage,
};

/// Time between two articles.
const PACE: Duration = Duration::from_millis(50);
/// How long the last notification is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// Delays beyond `group_wait`, as the receiver sees them.
type Delays = Arc<Mutex<Vec<Duration>>>;

fn main() {
    let articles = std::env::args().nth(1).map_or(300, |n| n.parse().unwrap());
    println!("group_wait  notifications     p50     p90     p99     max   beyond group_wait");
    for group_wait in [Duration::ZERO, Duration::from_secs(1)] {
        let folder = tempfile::tempdir().unwrap();
        let mut delays = measure(folder.path(), articles, group_wait);
        delays.sort_unstable();
        let at =
            |share: usize| format!("{:.3} s", delays[delays.len() * share / 100].as_secs_f64());
        println!(
            "{:>10}  {:>13}  {}  {}  {}  {:.3} s",
            format!("{group_wait:?}"),
            delays.len(),
            at(50),
            at(90),
            at(99),
            delays[delays.len() - 1].as_secs_f64(),
        );
    }
}

/// Sends so many articles through and gives the delays of their notifications.
fn measure(folder: &Path, articles: usize, group_wait: Duration) -> Vec<Duration> {
    let broker = broker::start(broker::Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data: folder.to_owned(),
        ..broker::Config::default()
    });
    let broker = broker.unwrap();
    let config = RunnerConfig {
        kafka: KafkaConfig {
            bootstrap_servers: broker.bootstrap_servers(),
            ..KafkaConfig::default()
        },
        ..RunnerConfig::default()
    };
    make_topics(&config.kafka);
    let delays = Delays::default();
    let (receiver, runtime) = start_receiver(group_wait, &delays);
    let alerter = alerter_config(receiver, group_wait);
    let stop = CancellationToken::new();
    thread::scope(|scope| {
        let statuses = start_stages(scope, &config, &alerter, &stop);
        wait_until(|| {
            statuses
                .iter()
                .all(|status| status.state() == StageState::Running)
        });
        let one_by_one = RunnerConfig {
            batch: stream::BatchLimits {
                records: 1,
                ..config.batch.clone()
            },
            ..config.clone()
        };
        let records = (0..articles).map(|number| {
            thread::sleep(PACE);
            Ok(enriched(number))
        });
        produce_transactionally(&one_by_one, "writer", ENRICHED, records, &stop).unwrap();
        wait_until(|| delays.lock().unwrap().len() >= articles);
        stop.cancel();
    });
    runtime.shutdown_background();
    std::mem::take(&mut *delays.lock().unwrap())
}

fn make_topics(kafka: &KafkaConfig) {
    let plain = |partitions| TopicSettings {
        partitions,
        ..TopicSettings::default()
    };
    let routing = TopicSettings {
        compacted: true,
        ..plain(1)
    };
    // As in config/default.toml.
    let topics = [
        (ENRICHED.name(), plain(6)),
        (ALERTS.name(), plain(6)),
        (ROUTING.name(), routing),
        (SILENCES.name(), plain(1)),
        (NOTIFICATIONS.name(), plain(6)),
        (DELIVERIES.name(), plain(6)),
        (DEAD_LETTERS.name(), plain(6)),
    ];
    create_topics(kafka, &topics).unwrap();
}

fn start_stages<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    config: &'env RunnerConfig,
    alerter: &Config,
    stop: &'env CancellationToken,
) -> [StageStatus; 3] {
    let statuses = ["alerter", "router", "deliver-desk"].map(StageStatus::new);
    let [raising, routing, delivering] = statuses.clone();
    let stage = stage(alerter);
    scope.spawn(move || {
        ended(run_stage(
            config,
            ENRICHED,
            || stage.clone(),
            &raising,
            stop,
        ));
    });
    let router = Router::new(alerter.route.clone(), ["desk".to_owned()]).unwrap();
    let make_router = Arc::new(move || router.clone());
    let source = RouterSource::new(config.kafka.clone(), make_router, stop.clone());
    scope.spawn(move || {
        ended(run_keyed_stage(
            config, ROUTING, source, RouteStage, &routing, stop,
        ));
    });
    let notifier = Notifier::new(alerter, &alerter.target[0], Box::new(std::io::sink())).unwrap();
    scope.spawn(move || {
        ended(run_effect(
            config,
            NOTIFICATIONS,
            notifier,
            &delivering,
            stop,
        ));
    });
    statuses
}

fn ended(result: Result<(), StreamError>) {
    if let Err(error) = result {
        println!("stage failed: {error}");
    }
}

fn stage(alerter: &Config) -> AlertStage {
    let official = json!({ "id": "mara-venn", "name": "Mara Venn" });
    let official: Official = serde_json::from_value(official).unwrap();
    let watchlist = Watchlist::new([official]);
    let rule = Rule::compile(alerter.rule[0].clone(), &watchlist);
    let rule = rule.unwrap();
    AlertStage::new(watchlist.into(), vec![rule])
}

fn alerter_config(receiver: SocketAddr, group_wait: Duration) -> Config {
    let target = json!({ "kind": "webhook", "name": "desk", "url": format!("http://{receiver}/") });
    Config {
        rule: vec![RuleConfig {
            name: "all".to_owned(),
            when: "speaker:any".to_owned(),
            severity: Severity::Info,
            targets: Vec::new(),
        }],
        target: vec![serde_json::from_value(target).unwrap()],
        allow_addresses: vec!["127.0.0.1".parse().unwrap()],
        first_retry_wait: Duration::from_secs(1),
        give_up_after: Duration::from_hours(1),
        route: RouteConfig {
            // Each article is told by itself.
            group_by: vec![Label::Article],
            group_wait,
            group_interval: Duration::from_mins(5),
            repeat_interval: Duration::ZERO,
            forget_after: Duration::from_hours(1),
            inhibit: Vec::new(),
            policy: Vec::new(),
        },
    }
}

/// A receiver on loopback that notes how late each notification is.
fn start_receiver(group_wait: Duration, delays: &Delays) -> (SocketAddr, tokio::runtime::Runtime) {
    let take = move |State(delays): State<Delays>, body: Bytes| async move {
        let now = Timestamp::now();
        let notification: Notification = serde_json::from_slice(&body).unwrap();
        for alert in &notification.alerts {
            let whole = Duration::try_from(now.duration_since(alert.article.ingested));
            let delay = whole.unwrap_or_default().saturating_sub(group_wait);
            delays.lock().unwrap().push(delay);
        }
    };
    let app = axum::Router::new()
        .fallback(take)
        .with_state(delays.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let address = listener.local_addr().unwrap();
    drop(runtime.spawn(async move { axum::serve(listener, app).await }));
    (address, runtime)
}

/// An article that is ingested now and quotes the official.
fn enriched(number: usize) -> Enriched {
    let words = format!("Decision {number} stands");
    let body = format!(
        "\u{201c}{words},\u{201d} Mara Venn said. {}",
        "The port is quiet. ".repeat(300)
    );
    let url = format!("https://harbour.example/{number}");
    let start = '\u{201c}'.len_utf8();
    let now = Timestamp::now();
    let record = json!({
        "article": {
            "id": ArticleId::from_canonical_url(&url),
            "version": 1,
            "feed": FeedId::from_url("https://harbour.example/rss"),
            "outlet": "Harbour Post",
            "url": url,
            "title": format!("Decision {number}"),
            "body": body,
            "body_source": { "kind": "page" },
            "language": "en",
            "fetched": now,
            "ingested": now,
            "origin": "live",
        },
        "extraction": {
            "quotes": [{
                "kind": "direct", "act": "statement", "content": [[start, start + words.len()]],
                "speaker": {
                    "spans": [], "kind": "named", "name": "Mara Venn",
                    "official": "mara-venn", "confidence": 0.9,
                },
                "translated": false, "confidence": 0.9, "rules": ["marks"],
            }],
            "entities": [], "mentions": [],
        },
    });
    serde_json::from_value(record).unwrap()
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !is_so() {
        assert!(std::time::Instant::now() < deadline, "waited in vain");
        thread::sleep(Duration::from_millis(10));
    }
}
