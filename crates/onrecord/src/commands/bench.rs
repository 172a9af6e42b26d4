//! `onrecord bench`: how fast the stages are beside a bare copy of the same records, how fast and
//! how late the whole pipeline is, and what it costs when idle.

mod articles;
mod child;
mod commits;
mod feed_server;
mod own_cost;
mod stages;
mod table;
mod usage;
mod whole;

use std::{collections::BTreeMap, fs, io::Write, path::Path, sync::Arc};

use clap::ValueEnum;
use extract::Extractor;
use stream::{KafkaConfig, RunnerConfig};

use self::{
    own_cost::OwnCost,
    stages::{Sizes, Stages},
    table::optional,
    whole::{Idleness, Latency, Place},
};
use crate::{
    connection::stream_failure,
    exit::{Exit, Failure},
    newsroom::OFFICIALS,
    terminal, watchlist,
};

/// Measure the stages and the whole pipeline beside a bare transactional copy
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord bench
  onrecord bench --kafka 127.0.0.1:9092 --only stages,whole

`stages` run in this process, each beside two bare copies, which consume and produce in transactions
and do nothing else: one copies the records that the stage reads, the other reads them and writes the
records that the stage writes, encoded beforehand. `own-cost` compares a stage that passes records on with a
bare copy, both at 5,000 records/s. `whole`, `latency` and `idle` run `onrecord run` in a process of
its own over a local publisher of feeds and pages. CPU and memory contain the embedded broker; `-`
where the system does not tell.")]
pub(crate) struct Args {
    /// Articles of about 6 KB for the sink; processor and whole pipeline get a fifth of them
    #[arg(long, default_value_t = 10_000)]
    articles: usize,
    /// Threads of the processor; 0 takes one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Records in a transaction, at most
    #[arg(long, default_value_t = 1_000)]
    batch: usize,
    /// Feeds of the idle pipeline
    #[arg(long, default_value_t = 1_000)]
    idle_feeds: usize,
    /// What to measure; everything where not given
    #[arg(long, value_delimiter = ',', value_name = "PART")]
    only: Vec<Part>,
    /// A Kafka to run on instead of the embedded broker, under a topic prefix of the bench's own
    #[arg(long, value_name = "HOST:PORT")]
    kafka: Option<String>,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Processor and sink, each beside a bare copy.
    Stages,
    /// What the loop costs over a bare copy.
    OwnCost,
    /// What it brings that commits overlap with the next batch; only where asked for.
    Commits,
    /// Throughput of the whole pipeline, with the stages for comparison.
    Whole,
    /// From feed to quote.
    Latency,
    /// Processor time and memory with nothing to do.
    Idle,
}

/// Articles published one by one where the latency is measured.
const LATENCY_ARTICLES: usize = 200;

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let folder = tempfile::tempdir().map_err(no_broker)?;
    let wants = |part: Part| match part {
        Part::Commits => args.only.contains(&part),
        _ => args.only.is_empty() || args.only.contains(&part),
    };
    // Measured first: what it leaves behind would count as idle work of the others.
    let given = args.kafka.as_ref().map(|servers| kafka(servers.clone()));
    let place = Place {
        kafka: given.as_ref(),
        folder: folder.path(),
    };
    if wants(Part::Idle) {
        print_idleness(&whole::idleness(place, args.idle_feeds)?)?;
    }
    if wants(Part::Latency) {
        print_latency(&whole::latency(place, LATENCY_ARTICLES)?)?;
    }
    let rates = [Part::Stages, Part::OwnCost, Part::Commits, Part::Whole];
    if rates.into_iter().any(wants) {
        measure_rates(args, place, wants)?;
    }
    Ok(Exit::Success)
}

/// What is measured against a bare copy.
fn measure_rates(
    args: &Args,
    place: Place<'_>,
    wants: impl Fn(Part) -> bool,
) -> Result<(), Failure> {
    let embedded = match place.kafka {
        Some(_) => None,
        None => Some(start_broker(&place.folder.join("stages"))?),
    };
    let own = embedded
        .as_ref()
        .map(|broker| kafka(broker.bootstrap_servers()));
    let mut config = RunnerConfig {
        kafka: place.kafka.cloned().or(own).unwrap_or_default(),
        ..RunnerConfig::default()
    };
    config.batch.records = args.batch.max(1);
    if wants(Part::OwnCost) {
        let cost = own_cost::measure(&config).map_err(|error| stream_failure(&error))?;
        print_own_cost(cost)?;
    }
    if [Part::Stages, Part::Commits, Part::Whole]
        .into_iter()
        .any(&wants)
    {
        let officials = place.folder.join("officials.toml");
        fs::write(&officials, OFFICIALS).map_err(no_broker)?;
        let extractor = Arc::new(Extractor::new(watchlist::read(&officials)?));
        let enriched = stages::enriched(&extractor);
        let sizes = stages::sizes(&enriched);
        let processed = (args.articles / 5).max(1);
        config.threads = args.threads;
        let stages = Stages {
            articles: args.articles.max(1),
            processed,
            config,
            extractor,
        };
        let mut rows = Vec::new();
        if wants(Part::Commits) {
            let measured = stages.measure_commits(&enriched);
            rows.extend(measured.map_err(|error| stream_failure(&error))?);
        }
        if wants(Part::Stages) || wants(Part::Whole) {
            let measured = stages.measure(&enriched);
            rows.splice(..0, measured.map_err(|error| stream_failure(&error))?);
        }
        // Its processor is not to share the machine with this one's broker.
        if let Some(broker) = embedded {
            broker.shutdown();
        }
        if wants(Part::Whole)
            && let Some(bare) = rows.first()
        {
            let bare = bare.per_second();
            rows.push(whole::throughput(place, processed, &sizes, bare)?);
        }
        print_sizes(&sizes)?;
        table::print(&rows)?;
    }
    Ok(())
}

fn kafka(bootstrap_servers: String) -> KafkaConfig {
    let started = jiff::Timestamp::now().as_millisecond();
    KafkaConfig {
        bootstrap_servers,
        topic_prefix: format!("bench-{started}."),
        properties: BTreeMap::new(),
    }
}

fn start_broker(data: &Path) -> Result<broker::Broker, Failure> {
    let config = broker::Config {
        data: data.to_owned(),
        // Each run has topics that no other has read or written.
        max_partitions: 4_000,
        ..broker::Config::default()
    };
    broker::start(config).map_err(no_broker)
}

fn no_broker(error: impl std::fmt::Display) -> Failure {
    let help = "free the temporary folder, or name a broker with --kafka";
    Failure::plain(
        Exit::Busy,
        format_args!("no broker to bench on: {error}"),
        help,
    )
}

fn print_sizes(sizes: &Sizes) -> Result<(), Failure> {
    writeln!(
        terminal::output(),
        "an article has {:.1} KB, with what is found in it {:.1} KB; the sink makes {:.1} records \
         of {:.1} KB together from it",
        sizes.article / 1e3,
        sizes.enriched / 1e3,
        sizes.found,
        sizes.found_bytes / 1e3,
    )?;
    Ok(())
}

fn print_own_cost(OwnCost { bare, stage, json }: OwnCost) -> Result<(), Failure> {
    let own = stage.zip(bare).map(|(stage, bare)| stage - bare);
    writeln!(
        terminal::output(),
        "stream's own cost at {} records/s: {} % of a core, and {} % for the records' JSON (a stage \
         that passes records on {} %, a bare copy {} %; writer and broker in both)",
        own_cost::PACE,
        optional(own.zip(json).map(|(own, json)| own - json), 1),
        optional(json, 1),
        optional(stage, 1),
        optional(bare, 1),
    )?;
    Ok(())
}

fn print_latency(latency: &Latency) -> Result<(), Failure> {
    let percentile = |sorted: &[f64], share: usize| {
        let place = (sorted.len() * share).div_ceil(100).saturating_sub(1);
        sorted.get(place).copied()
    };
    let told = [
        ("the poll", &latency.beyond_poll),
        ("its publication", &latency.beyond_publication),
    ];
    for (since, sorted) in told {
        writeln!(
            terminal::output(),
            "an article's first quote is on the topic {} s (p50), {} s (p99), {} s (last of {}) \
             after {since}",
            optional(percentile(sorted, 50), 2),
            optional(percentile(sorted, 99), 2),
            optional(sorted.last().copied(), 2),
            sorted.len(),
        )?;
    }
    Ok(())
}

fn print_idleness(idleness: &Idleness) -> Result<(), Failure> {
    let Idleness {
        feeds,
        cpu,
        usage,
        polls,
        seconds,
    } = idleness;
    writeln!(
        terminal::output(),
        "idle with {feeds} feeds: {} % of a core, {} MB of memory ({} MB at most), {polls} polls \
         in {seconds:.0} s",
        optional(*cpu, 2),
        optional(usage.memory_mb, 1),
        optional(usage.peak_memory_mb, 1),
    )?;
    Ok(())
}
