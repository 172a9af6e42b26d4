//! `/livez`, `/readyz` and `/metrics` while Kafka is there, gone, and back.

use super::{
    probe::{get, is_ready, reasons},
    run_arguments, write_configuration,
};
use crate::harness::{
    deadline::{PATIENCE, wait_for, wait_until},
    embedded_broker::BrokerProcess,
    feed_server::{FeedServer, Page},
    free_port::free_address,
    onrecord::Process,
};

const FEED: &str = "<rss version=\"2.0\"><channel><title>The Low Harrow Post</title><item>\
    <title>Ferry runs again</title><guid>1</guid><description>“The ferry sails on Monday,” said \
    Minister Adela Quist.</description></item></channel></rss>";

#[test]
fn probes_tell_that_kafka_is_gone_and_that_it_is_back() {
    let mut broker = BrokerProcess::start();
    let server = FeedServer::start(|path| {
        (path == "/feed").then(|| Page {
            content_type: "application/rss+xml",
            body: FEED.as_bytes().to_vec(),
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let probes = free_address();
    let kafka = broker.bootstrap_servers().to_owned();
    let more = format!("[kafka]\nbootstrap_servers = \"{kafka}\"");
    write_configuration(folder.path(), &server.url("/feed"), &probes, &more);
    let log = folder.path().join("run.log");
    let mut run = Process::start(&run_arguments(), folder.path(), &log);
    wait_until("it to be ready", || is_ready(&probes));
    wait_until("the article in the metrics", || {
        metric(&probes, "processor_input_records_total") == Some(1.0)
    });
    assert_eq!(
        metric(&probes, "processor_rejected_records_total"),
        Some(0.0)
    );
    assert_eq!(metric(&probes, "sink_lag_records"), Some(0.0));
    broker.kill();
    wait_for("each stage to name the address", PATIENCE, || {
        let reasons = reasons(&probes)?;
        let named = reasons.iter().filter(|reason| reason.contains(&kafka));
        (named.count() >= 4).then_some(())
    });
    // It waits, which is no reason to start it anew.
    assert_eq!(get(&probes, "/livez").unwrap().0, 200);
    broker.restart();
    wait_until("it to be ready again", || is_ready(&probes));
    run.ask_to_end();
    let status = wait_for("the end", PATIENCE, || run.ended());
    assert!(status.success(), "{status}\n{}", run.last_words());
}

/// The value of a metric without labels.
fn metric(probes: &str, name: &str) -> Option<f64> {
    let (status, text) = get(probes, "/metrics")?;
    assert_eq!(status, 200);
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    value.parse().ok()
}
