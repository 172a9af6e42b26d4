//! The whole pipeline, run as users run it and fed by a local publisher: how fast it is, how late,
//! and what it costs when nothing happens.

use std::{
    collections::BTreeMap,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use model::QuoteRecord;
use stream::{KafkaConfig, QUOTES, ReadFrom, ReadUntil, Reader, ReaderEvent};

use super::{child::Pipeline, feed_server::FeedServer, stages::Sizes, table::Row, usage::Usage};
use crate::{
    connection::stream_failure,
    exit::{Exit, Failure},
    terminal,
};

/// Feeds that the throughput and the latency are measured with.
const FEEDS: usize = 50;
/// One article is published in this interval where the latency is measured.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(100);
/// Longest wait for a quote that must come.
const PATIENCE: Duration = Duration::from_mins(1);
/// Articles of each idle feed, read when it is first polled.
const IDLE_ARTICLES: usize = 1;
/// Between the last work and the measuring of idleness.
const SETTLING: Duration = Duration::from_secs(15);
/// How long idleness is watched.
const IDLE_WATCH: Duration = Duration::from_secs(30);

/// What a publisher on this machine needs let through, and no spacing that is meant for others'.
const OWN_HOSTS: &str = "[fetcher]\nallow_addresses = [\"127.0.0.0/8\"]\n";
const AT_FULL_SPEED: &str =
    "host_spacing = \"0s\"\nhost_concurrency = 32\nmin_interval = \"1s\"\ninterval = \"1s\"\n";

/// The broker that pipelines run on (their own where `None`), and a folder for their files.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) kafka: Option<&'a KafkaConfig>,
    pub(super) folder: &'a Path,
}

/// How late quotes are, in seconds, in ascending order.
#[derive(Clone, Debug, Default)]
pub(super) struct Latency {
    /// From the feed's answer that lists the article.
    pub(super) beyond_poll: Vec<f64>,
    /// From the publication.
    pub(super) beyond_publication: Vec<f64>,
}

/// What a pipeline costs that has nothing to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Idleness {
    pub(super) feeds: usize,
    /// Per cent of a core.
    pub(super) cpu: Option<f64>,
    pub(super) usage: Usage,
    /// Feeds polled meanwhile.
    pub(super) polls: usize,
    pub(super) seconds: f64,
}

impl Place<'_> {
    /// Starts a pipeline with topics and files of its own.
    fn start(self, name: &str, settings: &str, feeds: &str) -> Result<Pipeline, Failure> {
        let kafka = self.kafka.map(|kafka| KafkaConfig {
            topic_prefix: format!("{}{name}.", kafka.topic_prefix),
            ..kafka.clone()
        });
        Pipeline::start(&self.folder.join(name), kafka.as_ref(), settings, feeds)
    }
}

/// From the first answer of a feed until every article is sunk and tried for alerts.
pub(super) fn throughput(
    place: Place<'_>,
    articles: usize,
    sizes: &Sizes,
    bare_per_second: f64,
) -> Result<Row, Failure> {
    terminal::tell(format_args!("whole pipeline: {articles} articles"));
    let publisher = publisher(FEEDS)?;
    for number in 0..articles {
        publisher.publish(number, number);
    }
    let settings = format!("{OWN_HOSTS}{AT_FULL_SPEED}");
    let pipeline = place.start("whole", &settings, &publisher.feed_list(""))?;
    wait_for("the fetcher's first requests", || publisher.waiting() > 0)?;
    let before = pipeline.usage();
    publisher.open_gate();
    let begun = Instant::now();
    pipeline.wait_for_inputs(&["sink", "alerter"], articles)?;
    let seconds = begun.elapsed().as_secs_f64();
    let usage = pipeline.usage();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let per_second = articles as f64 / seconds;
    Ok(Row {
        name: "whole pipeline",
        articles,
        bytes_each: sizes.article,
        seconds,
        cpu_seconds: usage.cpu_since(before),
        memory_mb: usage.peak_memory_mb,
        of_bare: Some(per_second / bare_per_second),
        of_same_output: None,
        of_plain: None,
    })
}

/// Publishes articles one by one, and watches `quotes` for the first quote of each.
pub(super) fn latency(place: Place<'_>, articles: usize) -> Result<Latency, Failure> {
    terminal::tell(format_args!("latency: {articles} articles"));
    let publisher = publisher(FEEDS)?;
    publisher.open_gate();
    let settings = format!("{OWN_HOSTS}{AT_FULL_SPEED}");
    let feeds = publisher.feed_list("interval = \"1s\"");
    let pipeline = place.start("latency", &settings, &feeds)?;
    wait_for("every feed's first poll", || publisher.polls() >= FEEDS)?;
    let reader = Reader::open(
        &pipeline.kafka,
        QUOTES.name(),
        ReadFrom::Beginning,
        ReadUntil::Forever,
    );
    let reader = reader.map_err(|error| stream_failure(&error))?;
    let mut published = Vec::new();
    let arrived = thread::scope(|scope| {
        let watching = scope.spawn(|| first_quotes(reader, articles));
        for number in 0..articles {
            published.push(Instant::now());
            publisher.publish(number, number);
            thread::sleep(PUBLISH_INTERVAL);
        }
        watching
            .join()
            .unwrap_or_else(|_| Err(late("the bench's reader panicked")))
    })?;
    let mut latency = Latency::default();
    for (number, at) in &arrived {
        let since = |earlier: Option<Instant>| Some((*at - earlier?).as_secs_f64());
        latency
            .beyond_poll
            .extend(since(publisher.listed_at(*number)));
        latency
            .beyond_publication
            .extend(since(published.get(*number).copied()));
    }
    latency.beyond_poll.sort_by(f64::total_cmp);
    latency.beyond_publication.sort_by(f64::total_cmp);
    Ok(latency)
}

/// When the first quote of each article was readable.
fn first_quotes(mut reader: Reader, articles: usize) -> Result<BTreeMap<usize, Instant>, Failure> {
    let mut arrived = BTreeMap::new();
    let mut last_news = Instant::now();
    while arrived.len() < articles {
        match reader.next(Duration::from_millis(200)) {
            Ok(ReaderEvent::Record(record)) => {
                let at = Instant::now();
                let quote: QuoteRecord = record
                    .decode()
                    .map_err(|error| late(&format!("a quote cannot be read: {error}")))?;
                let number = quote.article.url.as_deref().and_then(number_in);
                if let Some(number) = number {
                    arrived.entry(number).or_insert(at);
                    last_news = at;
                }
            }
            Ok(ReaderEvent::Nothing | ReaderEvent::End) if last_news.elapsed() > PATIENCE => {
                let have = arrived.len();
                return Err(late(&format!("{have} of {articles} articles have a quote")));
            }
            Ok(ReaderEvent::Nothing | ReaderEvent::End) => {}
            Err(error) => return Err(stream_failure(&error)),
        }
    }
    Ok(arrived)
}

fn number_in(url: &str) -> Option<usize> {
    url.rsplit('/').next()?.parse().ok()
}

/// What the pipeline costs while its feeds, a hundred hosts of them, have nothing new.
pub(super) fn idleness(place: Place<'_>, feeds: usize) -> Result<Idleness, Failure> {
    terminal::tell(format_args!("idle: {feeds} feeds"));
    let publisher = publisher(feeds)?;
    for number in 0..feeds * IDLE_ARTICLES {
        publisher.publish(number, number);
    }
    publisher.open_gate();
    let pipeline = place.start("idle", OWN_HOSTS, &publisher.feed_list(""))?;
    pipeline.wait_for_inputs(&["sink", "alerter"], feeds * IDLE_ARTICLES)?;
    thread::sleep(SETTLING);
    let (before, polls_before, begun) = (pipeline.usage(), publisher.polls(), Instant::now());
    thread::sleep(IDLE_WATCH);
    let usage = pipeline.usage();
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Idleness {
        feeds,
        cpu: usage.cpu_since(before).map(|cpu| cpu / seconds * 100.0),
        usage,
        polls: publisher.polls() - polls_before,
        seconds,
    })
}

fn publisher(feeds: usize) -> Result<FeedServer, Failure> {
    FeedServer::start(feeds).map_err(|error| {
        Failure::plain(
            Exit::Busy,
            format_args!("the bench's publisher cannot be served: {error}"),
            "it needs free ports on 127.0.0.1",
        )
    })
}

fn wait_for(what: &str, is_there: impl Fn() -> bool) -> Result<(), Failure> {
    let begun = Instant::now();
    while !is_there() {
        if begun.elapsed() > PATIENCE {
            return Err(late(&format!("{what} did not come")));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn late(message: &str) -> Failure {
    Failure::plain(Exit::Failed, message, "try again on a quieter machine")
}
