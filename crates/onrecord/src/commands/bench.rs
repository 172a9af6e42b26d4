//! `onrecord bench`: how fast the stages are, beside a bare copy of the same records.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use extract::Extractor;
use model::{Article, ArticleId, BodySource, FeedId, Language, Origin, Record};
use processor::ProcessStage;
use sink::SinkStage;
use stream::{
    ARTICLES, CancellationToken, ENRICHED, KafkaConfig, RunnerConfig, Stage, StageStatus,
    StreamError, Topic, TopicSettings, copy_bare, create_topics, produce_transactionally,
    run_stage,
};

use crate::{
    connection::stream_failure,
    exit::{Exit, Failure},
    terminal,
};

/// The bare copies go there.
const COPIES: &str = "bench-copies";

/// Clock ticks of `/proc/self/stat` in a second: 100 on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// Measure the stages beside a bare transactional copy of the same records.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord bench
  onrecord bench --kafka 127.0.0.1:9092 --articles 20000

All four rows run in one process on one broker: an embedded one in a temporary folder, or the given
one, under a topic prefix of their own. CPU and memory are those of this process, so with the
embedded broker they contain it; `-` where the system does not tell.")]
pub(crate) struct Args {
    /// Articles of about 5 KB to run through
    #[arg(long, default_value_t = 10_000)]
    articles: usize,
    /// Threads of the processor; 0 takes one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Records in a transaction, at most
    #[arg(long, default_value_t = 1_000)]
    batch: usize,
    /// A Kafka to run on instead of the embedded broker
    #[arg(long, value_name = "HOST:PORT")]
    kafka: Option<String>,
}

/// One measured row.
struct Row {
    name: &'static str,
    seconds: f64,
    cpu_seconds: Option<f64>,
    memory_mb: Option<f64>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let folder = tempfile::tempdir().map_err(no_broker)?;
    let embedded = if args.kafka.is_none() {
        let config = broker::Config {
            data: folder.path().to_owned(),
            ..broker::Config::default()
        };
        Some(broker::start(config).map_err(no_broker)?)
    } else {
        None
    };
    let given = args.kafka.clone();
    let own = || embedded.as_ref().map(broker::Broker::bootstrap_servers);
    let servers = given.or_else(own).unwrap_or_default();
    let bench = Bench::new(args, servers);
    let rows = bench.measure().map_err(|error| stream_failure(&error))?;
    bench.print(&rows)?;
    if let Some(broker) = embedded {
        broker.shutdown();
    }
    Ok(Exit::Success)
}

fn no_broker(error: impl std::fmt::Display) -> Failure {
    let help = "free the temporary folder, or name a broker with --kafka";
    Failure::plain(
        Exit::Busy,
        format_args!("no broker to bench on: {error}"),
        help,
    )
}

struct Bench {
    articles: usize,
    config: RunnerConfig,
    threads: usize,
    bytes: f64,
}

impl Bench {
    fn new(args: &Args, bootstrap_servers: String) -> Self {
        let started = jiff::Timestamp::now().as_millisecond();
        let mut config = RunnerConfig {
            kafka: KafkaConfig {
                bootstrap_servers,
                topic_prefix: format!("bench-{started}."),
                properties: BTreeMap::new(),
            },
            ..RunnerConfig::default()
        };
        config.batch.records = args.batch.max(1);
        let payload = serde_json::to_vec(&article(0)).map_or(0, |payload| payload.len());
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let bytes = (payload * args.articles) as f64;
        Self {
            articles: args.articles.max(1),
            config,
            threads: args.threads,
            bytes,
        }
    }

    fn measure(&self) -> Result<Vec<Row>, StreamError> {
        create_all(&self.config)?;
        terminal::tell(format_args!("writing {} articles", self.articles));
        write(&self.config, self.articles)?;
        let processor = row("processor", || {
            self.run_to_end(&self.config, ARTICLES, self.threads, &process_stage())
        })?;
        let bare = row("bare copy", || {
            copy_bare(&self.config, ENRICHED.name(), COPIES, self.articles)
        })?;
        let sink = row("sink", || {
            self.run_to_end(&self.config, ENRICHED, 1, &SinkStage::default)
        })?;
        let mut fresh = self.config.clone();
        fresh.kafka.topic_prefix.push_str("whole.");
        create_all(&fresh)?;
        let whole = row("whole pipeline", || self.run_whole(&fresh))?;
        Ok(vec![bare, sink, processor, whole])
    }

    /// Writes, processes and sinks at once.
    fn run_whole(&self, config: &RunnerConfig) -> Result<(), StreamError> {
        thread::scope(|scope| {
            let threads = self.threads;
            let sink = scope.spawn(|| self.run_to_end(config, ENRICHED, 1, &SinkStage::default));
            let processor =
                scope.spawn(move || self.run_to_end(config, ARTICLES, threads, &process_stage()));
            write(config, self.articles)?;
            for stage in [processor, sink] {
                stage.join().unwrap_or_else(|_| {
                    Err(StreamError::Config(
                        "a stage of the bench panicked".to_owned(),
                    ))
                })?;
            }
            Ok(())
        })
    }

    /// Runs a stage until it has committed all inputs.
    fn run_to_end<S: Stage>(
        &self,
        config: &RunnerConfig,
        input: Topic<S::Input>,
        threads: usize,
        make_stage: &(impl Fn() -> S + Sync),
    ) -> Result<(), StreamError>
    where
        S::Input: Record,
    {
        let config = RunnerConfig {
            threads,
            ..config.clone()
        };
        let status = StageStatus::new(make_stage().name());
        let stop = CancellationToken::new();
        thread::scope(|scope| {
            let stage = scope.spawn(|| run_stage(&config, input, make_stage, &status, &stop));
            let all = u64::try_from(self.articles).unwrap_or(u64::MAX);
            while status.snapshot().committed_inputs < all && !stage.is_finished() {
                thread::sleep(Duration::from_millis(5));
            }
            stop.cancel();
            stage.join().unwrap_or_else(|_| {
                Err(StreamError::Config(
                    "a stage of the bench panicked".to_owned(),
                ))
            })
        })
    }

    fn print(&self, rows: &[Row]) -> Result<(), Failure> {
        let bare = rows.first().map_or(f64::NAN, |row| row.seconds);
        let mut table =
            terminal::table(["", "articles/s", "MB/s", "CPU s", "memory MB", "of bare"]);
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let articles = self.articles as f64;
        let optional = |figure: Option<f64>| {
            figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.1}"))
        };
        for row in rows {
            table.add_row([
                row.name.to_owned(),
                format!("{:.0}", articles / row.seconds),
                format!("{:.1}", self.bytes / row.seconds / 1e6),
                optional(row.cpu_seconds),
                optional(row.memory_mb),
                format!("{:.2}", bare / row.seconds),
            ]);
        }
        writeln!(terminal::output(), "{table}")?;
        Ok(())
    }
}

/// Writes the articles, and says when all are committed.
fn write(config: &RunnerConfig, count: usize) -> Result<(), StreamError> {
    let articles = (0..count).map(|number| Ok(article(number)));
    let stop = CancellationToken::new();
    produce_transactionally(config, "bench", ARTICLES, articles, &stop).map(|_| ())
}

fn create_all(config: &RunnerConfig) -> Result<(), StreamError> {
    let names = [ARTICLES.name(), ENRICHED.name(), COPIES, "dead-letters"];
    let topics: Vec<(&str, TopicSettings)> = names
        .into_iter()
        .chain(SinkStage::topics())
        .map(|name| (name, TopicSettings::default()))
        .collect();
    create_topics(&config.kafka, &topics).map(|_| ())
}

/// Measures one row.
fn row(
    name: &'static str,
    run: impl FnOnce() -> Result<(), StreamError>,
) -> Result<Row, StreamError> {
    terminal::tell(format_args!("measuring: {name}"));
    let (cpu, begun) = (cpu_seconds(), Instant::now());
    run()?;
    Ok(Row {
        name,
        seconds: begun.elapsed().as_secs_f64(),
        cpu_seconds: cpu_seconds().zip(cpu).map(|(after, before)| after - before),
        memory_mb: memory_mb(),
    })
}

fn process_stage() -> impl Fn() -> ProcessStage + Sync {
    let extractor = Arc::new(Extractor::new(Vec::new()));
    move || ProcessStage::new(Arc::clone(&extractor))
}

/// An article of about 5 KB with something to find in each paragraph.
fn article(number: usize) -> Article {
    let paragraphs: Vec<String> = (0..14)
        .map(|place| {
            format!(
                "\u{201c}The harbour of Port Velm takes ship {place} of convoy {number},\u{201d} \
                 harbour minister Ilsa Marrow told the Velmora Courier on Tuesday. She said that \
                 no fee would be charged before the spring. The Tide Alliance, which governs the \
                 islands with two smaller parties, did not answer a question on the costs of it."
            )
        })
        .collect();
    let url = format!("https://courier.example/2031/{number}");
    let time = jiff::Timestamp::UNIX_EPOCH;
    Article {
        id: ArticleId::from_canonical_url(&url),
        version: 1,
        feed: FeedId::from_url(&format!("https://courier.example/{}/rss", number % 100)),
        outlet: "Velmora Courier".to_owned(),
        country: None,
        url: Some(url),
        title: format!("Convoy {number} to reach Port Velm"),
        body: paragraphs.join("\n\n"),
        body_source: BodySource::Feed,
        language: "en".parse().unwrap_or_else(|_| Language::undetermined()),
        byline: None,
        story: None,
        section: None,
        dateline: None,
        lead_image: None,
        published: None,
        fetched: time,
        ingested: time,
        origin: Origin::Backfill,
    }
}

/// Processor time of this process so far, user and system.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name before it may hold spaces; the figures stand behind its closing bracket.
    let (_, figures) = stat.rsplit_once(") ")?;
    let mut figures = figures.split(' ').skip(11);
    let mut next = || figures.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / TICKS)
}

/// Memory that this process holds now.
fn memory_mb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
