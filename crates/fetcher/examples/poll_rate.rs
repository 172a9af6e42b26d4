//! How many feeds one fetcher polls a second, and what an idle feed costs.
//!
//! `cargo run --release -p fetcher --example poll_rate -- [FEEDS] [SECONDS]`
//!
//! A child process serves the feeds on loopback (RSS with 20 items, validators honoured). First
//! `wrk` and `curl`, where they are installed, and the bare HTTP client ask for them as fast as they
//! can: that is the ceiling of server and client. Then the fetcher polls them: once each for the
//! first time, then on and on. Memory is counted for feeds without items. Figures go to stdout, one
//! line each.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measuring program talks to the terminal and may end on a fault"
)]

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use fetcher::{Config, FeedSource, FetchProgress, FetchStage};
use model::{Feed, PagePolicy, RobotsPolicy};
use stream::{Assignment, BatchLimits, KeyedSource, Outbox, Stage};
use tokio_util::sync::CancellationToken;

const CONCURRENCY: usize = 64;
const ITEMS: usize = 20;
/// How long idleness is watched.
const IDLE_SECONDS: f64 = 20.0;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("--serve") {
        return serve();
    }
    let feeds = first.map_or(10_000, |text| text.parse().unwrap());
    let seconds = arguments.next().map_or(10, |text| text.parse().unwrap());
    let (mut server, base) = start_server();
    memory(&base, feeds);
    for validator in [None, Some("if-none-match: \"1\"")] {
        wrk(&base, seconds, validator);
        curl(&base, feeds, validator);
    }
    bare(&base, feeds, seconds, None);
    bare(&base, feeds, seconds, Some("\"1\""));
    polls(&base, feeds, seconds);
    server.kill().unwrap();
    server.wait().unwrap();
}

/// The ceiling by a tool made for nothing else: it asks for one feed again and again.
fn wrk(base: &str, seconds: u64, validator: Option<&str>) {
    let mut command = Command::new("wrk");
    command.args(["-t2", &format!("-c{CONCURRENCY}"), &format!("-d{seconds}s")]);
    command.args(validator.iter().flat_map(|header| ["-H", header]));
    let (begun, cpu) = (Instant::now(), children_seconds());
    let Ok(output) = command.arg(format!("{base}/feed/1")).output() else {
        return println!("wrk: not installed");
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.contains("requests in"));
    let count = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    let cpu = children_seconds() - cpu;
    report_cpu(&said_of("wrk", validator), count.unwrap_or(0), begun, cpu);
}

/// The same by curl, which asks for each feed once.
fn curl(base: &str, feeds: usize, validator: Option<&str>) {
    let mut command = Command::new("curl");
    command.args(["--silent", "--parallel", "--no-progress-meter"]);
    command.args(["--parallel-max", &CONCURRENCY.to_string()]);
    command.args(["--write-out", "%{http_code}\\n", "--output", "/dev/null"]);
    command.args(validator.iter().flat_map(|header| ["--header", header]));
    let (begun, cpu) = (Instant::now(), children_seconds());
    let range = format!("{base}/feed/[0-{}]", feeds.saturating_sub(1));
    let Ok(output) = command.arg(range).output() else {
        return println!("curl: not installed");
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let count = said.lines().filter(|line| matches!(*line, "200" | "304"));
    let cpu = children_seconds() - cpu;
    report_cpu(&said_of("curl", validator), count.count(), begun, cpu);
}

fn said_of(tool: &str, validator: Option<&str>) -> String {
    match validator {
        None => format!("{tool}, whole documents"),
        Some(_) => format!("{tool}, not modified"),
    }
}

/// The ceiling: requests that the bare client gets answered a second.
fn bare(base: &str, feeds: usize, seconds: u64, etag: Option<&'static str>) {
    let runtime = runtime();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(no_tls())
        .no_proxy()
        .build()
        .unwrap();
    let next = Arc::new(AtomicUsize::new(0));
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    let until = begun + Duration::from_secs(seconds);
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CONCURRENCY {
            let (client, next, base) = (client.clone(), Arc::clone(&next), base.to_owned());
            tasks.spawn(async move {
                while Instant::now() < until {
                    let feed = next.fetch_add(1, Ordering::Relaxed) % feeds;
                    let mut request = client.get(format!("{base}/feed/{feed}"));
                    if let Some(etag) = etag {
                        request = request.header("if-none-match", etag);
                    }
                    request.send().await.unwrap().bytes().await.unwrap();
                }
            });
        }
        while tasks.join_next().await.is_some() {}
    });
    let what = match etag {
        None => "bare client, whole documents",
        Some(_) => "bare client, not modified",
    };
    report(what, next.load(Ordering::Relaxed), begun, cpu);
}

/// What idle feeds cost beyond their items.
fn memory(base: &str, feeds: usize) {
    let before = resident_bytes();
    let patient = Config {
        interval: Duration::from_hours(1),
        max_interval: Duration::from_hours(1),
        ..config()
    };
    let (mut source, progress) = source(base, "/empty/", feeds, patient);
    while !progress.all_polled() {
        step(&mut source);
    }
    // Connections of the first round are closed meanwhile.
    let settled = Instant::now() + Duration::from_secs_f64(IDLE_SECONDS);
    let cpu = cpu_seconds();
    while Instant::now() < settled {
        step(&mut source);
    }
    let idle = cpu_seconds() - cpu;
    let bytes = resident_bytes().saturating_sub(before);
    println!(
        "{feeds} idle feeds: {} bytes each, {:.1} MB for the whole process, {:.2} % of a core",
        bytes / feeds,
        megabytes(resident_bytes()),
        idle / IDLE_SECONDS * 100.0
    );
}

/// Polls a second: the first round with parsing and articles, then rounds answered with 304.
fn polls(base: &str, feeds: usize, seconds: u64) {
    let (mut source, progress) = source(base, "/feed/", feeds, config());
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    while !progress.all_polled() {
        step(&mut source);
    }
    let polled = usize::try_from(progress.polls()).unwrap();
    report(
        "fetcher, most of them first polls with 20 articles",
        polled,
        begun,
        cpu,
    );
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    while begun.elapsed() < Duration::from_secs(seconds) {
        step(&mut source);
    }
    let later = usize::try_from(progress.polls()).unwrap() - polled;
    report("fetcher, not modified", later, begun, cpu);
    println!(
        "{feeds} feeds with {ITEMS} items: {:.1} MB for the whole process",
        megabytes(resident_bytes())
    );
}

fn source(base: &str, path: &str, feeds: usize, config: Config) -> (FeedSource, FetchProgress) {
    let feeds = (0..feeds)
        .map(|n| Feed::from_url(&format!("{base}{path}{n}")).unwrap())
        .collect();
    let progress = FetchProgress::new();
    let stop = CancellationToken::new();
    let mut source = FeedSource::new(config, feeds, progress.clone(), stop).unwrap();
    source.assigned(Assignment {
        partition: 0,
        partitions: 1,
        states: Vec::new(),
    });
    (source, progress)
}

fn config() -> Config {
    Config {
        interval: Duration::from_millis(1),
        min_interval: Duration::from_millis(1),
        max_interval: Duration::from_millis(1),
        concurrency: CONCURRENCY,
        host_concurrency: CONCURRENCY,
        host_spacing: Duration::ZERO,
        pages: PagePolicy::FeedText,
        robots: RobotsPolicy::IgnoreForFeed,
        allow_addresses: vec!["127.0.0.1".parse().unwrap()],
        ..Config::default()
    }
}

fn step(source: &mut FeedSource) {
    let limits = BatchLimits {
        records: 500,
        bytes: 4 << 20,
        time: Duration::from_millis(100),
    };
    let batch = source
        .next_batch(&limits, Duration::from_millis(200))
        .unwrap();
    let mut stage = FetchStage::new();
    for polled in batch {
        stage.process(polled, &mut Outbox::new()).unwrap();
    }
    source.committed();
}

fn report(what: &str, count: usize, begun: Instant, cpu: f64) {
    report_cpu(what, count, begun, cpu_seconds() - cpu);
}

fn report_cpu(what: &str, count: usize, begun: Instant, cpu: f64) {
    let elapsed = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let count = count as f64;
    println!(
        "{what}: {:.0} a second, {:.0} a CPU second of the client",
        count / elapsed,
        count / cpu
    );
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn no_tls() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

fn start_server() -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--serve")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut base = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut base).unwrap();
    (child, base.trim().to_owned())
}

fn serve() {
    runtime().block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer);
        axum::serve(listener, router).await.unwrap();
    });
}

async fn answer(uri: Uri, headers: HeaderMap) -> Response {
    if headers.contains_key(header::IF_NONE_MATCH) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let path = uri.path();
    let items = if path.starts_with("/empty") { 0 } else { ITEMS };
    let written: Vec<String> = (0..items)
        .map(|n| {
            format!(
                "<item><guid>{path}-{n}</guid><link>https://news.example{path}/{n}</link>\
                 <title>Item {n} of {path}</title><description>The harbour of Ilmen was open \
                 on all days of week {n}, the council said.</description></item>"
            )
        })
        .collect();
    let body = format!(
        "<rss version=\"2.0\"><channel><title>{path}</title><link>https://news.example/</link>\
         <description>News</description>{}</channel></rss>",
        written.concat()
    );
    let headers = [
        (header::CONTENT_TYPE, "application/rss+xml"),
        (header::ETAG, "\"1\""),
    ];
    (headers, body).into_response()
}

/// Resident memory of this process; 0 where the system does not tell.
fn resident_bytes() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_whitespace().nth(1);
    let pages = pages.and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

/// CPU time of this process, user and system.
fn cpu_seconds() -> f64 {
    ticks_from(11)
}

/// CPU time of the children that have ended.
fn children_seconds() -> f64 {
    ticks_from(13)
}

/// Two figures of the process in seconds; the clock tick is 10 ms on Linux.
fn ticks_from(field: usize) -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = fields
        .split_whitespace()
        .skip(field)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    f64::from(ticks) / 100.0
}

fn megabytes(bytes: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "memory sizes are far below 2^52"
    )]
    let bytes = bytes as f64;
    bytes / 1e6
}
