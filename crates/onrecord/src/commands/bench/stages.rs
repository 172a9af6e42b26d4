//! The stages by themselves, in this process, each beside a bare copy of the records it reads.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use extract::Extractor;
use model::{Article, Enriched, Record};
use processor::ProcessStage;
use sink::SinkStage;
use stream::{
    ARTICLES, CancellationToken, DEAD_LETTERS, ENRICHED, KafkaConfig, Outbox, RunnerConfig, Stage,
    StageState, StageStatus, StreamError, Topic, TopicSettings, copy_bare, create_topics,
    produce_transactionally, run_stage,
};

use super::{articles::article, table::Row, usage::Usage};
use crate::terminal;

/// The bare copies go there.
pub(super) const COPIES: Topic<Article> = Topic::new("bench-copies");
/// Of so many rounds the middle one is told: another program may disturb one.
const ROUNDS: usize = 3;
/// Between two looks at a running stage.
const LOOK_INTERVAL: Duration = Duration::from_millis(2);
/// Articles that the sink's input is made of, over and over.
const SAMPLE: usize = 250;

/// What is measured, on which broker.
pub(super) struct Stages {
    /// Enriched articles for the sink.
    pub(super) articles: usize,
    /// Articles for the processor, which takes far longer for each.
    pub(super) processed: usize,
    /// With the threads of the processor.
    pub(super) config: RunnerConfig,
    pub(super) extractor: Arc<Extractor>,
}

/// How large the records are, on average, in bytes as they are written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sizes {
    pub(super) article: f64,
    pub(super) enriched: f64,
    /// Records that the sink writes from one enriched article.
    pub(super) found: f64,
    /// Bytes of these together.
    pub(super) found_bytes: f64,
}

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) seconds: f64,
    pub(super) cpu_seconds: Option<f64>,
}

/// The four runs of a round, each stage behind the bare copy of what it reads.
const NAMES: [&str; 4] = [
    "bare copy of articles",
    "processor",
    "bare copy of enriched",
    "sink",
];

impl Stages {
    /// The rows; the ratio of each stage is to the bare copy before it.
    pub(super) fn measure(&self, enriched: &[Enriched]) -> Result<Vec<Row>, StreamError> {
        let sizes = sizes(enriched);
        let mut rounds = Vec::new();
        for round in 1..=ROUNDS {
            terminal::tell(format_args!("stages, round {round} of {ROUNDS}"));
            rounds.push(self.round(round, enriched)?);
        }
        let (processed, sunk) = (self.processed, self.articles);
        let read = [
            (processed, sizes.article),
            (processed, sizes.article),
            (sunk, sizes.enriched),
            (sunk, sizes.enriched),
        ];
        let mut rows: Vec<Row> = Vec::new();
        for (place, (name, (articles, bytes_each))) in NAMES.into_iter().zip(read).enumerate() {
            let runs = rounds.iter().filter_map(|round| round.get(place).copied());
            let Some(run) = middle(runs.collect()) else {
                continue;
            };
            let bare = rows.last().filter(|_| place % 2 == 1);
            rows.push(Row {
                name,
                articles,
                bytes_each,
                seconds: run.seconds,
                cpu_seconds: run.cpu_seconds,
                memory_mb: Usage::own().peak_memory_mb,
                of_bare: bare.map(|bare| bare.seconds / run.seconds),
            });
        }
        Ok(rows)
    }

    /// Bare copy and stage in turn, on topics of this round's own.
    fn round(&self, round: usize, enriched: &[Enriched]) -> Result<[Run; 4], StreamError> {
        let of_processor = self.fresh(&format!("processor-{round}."))?;
        write(&of_processor, ARTICLES, (0..self.processed).map(article))?;
        let make_processor = || ProcessStage::new(Arc::clone(&self.extractor));
        let copied = copy(&of_processor, ARTICLES.name(), self.processed)?;
        let processed =
            run_until_committed(&of_processor, ARTICLES, self.processed, &make_processor)?;
        let of_sink = RunnerConfig {
            threads: 1,
            ..self.fresh(&format!("sink-{round}."))?
        };
        let again = enriched.iter().cycle().take(self.articles).cloned();
        write(&of_sink, ENRICHED, again)?;
        Ok([
            copied,
            processed,
            copy(&of_sink, ENRICHED.name(), self.articles)?,
            run_until_committed(&of_sink, ENRICHED, self.articles, &SinkStage::default)?,
        ])
    }

    /// Topics that nothing else has written to.
    fn fresh(&self, name: &str) -> Result<RunnerConfig, StreamError> {
        let mut config = self.config.clone();
        config.kafka.topic_prefix = format!("{}{name}", config.kafka.topic_prefix);
        create_all(&config.kafka)?;
        Ok(config)
    }
}

fn copy(config: &RunnerConfig, from: &str, records: usize) -> Result<Run, StreamError> {
    let before = Usage::own();
    let took = copy_bare(config, from, COPIES.name(), records)?;
    Ok(Run {
        seconds: took.as_secs_f64(),
        cpu_seconds: Usage::own().cpu_since(before),
    })
}

/// Runs a stage until it has committed so many inputs; counted from when it has joined its group.
pub(super) fn run_until_committed<S: Stage>(
    config: &RunnerConfig,
    input: Topic<S::Input>,
    inputs: usize,
    make_stage: &(impl Fn() -> S + Sync),
) -> Result<Run, StreamError>
where
    S::Input: Record,
{
    let status = StageStatus::new(make_stage().name());
    let stop = CancellationToken::new();
    thread::scope(|scope| {
        let stage = scope.spawn(|| run_stage(config, input, make_stage, &status, &stop));
        while status.state() != StageState::Running && !stage.is_finished() {
            thread::sleep(LOOK_INTERVAL);
        }
        let (before, begun) = (Usage::own(), Instant::now());
        let all = u64::try_from(inputs).unwrap_or(u64::MAX);
        while status.snapshot().committed_inputs < all && !stage.is_finished() {
            thread::sleep(LOOK_INTERVAL);
        }
        let run = Run {
            seconds: begun.elapsed().as_secs_f64(),
            cpu_seconds: Usage::own().cpu_since(before),
        };
        stop.cancel();
        stage.join().unwrap_or_else(|_| {
            Err(StreamError::Config(
                "a stage of the bench panicked".to_owned(),
            ))
        })?;
        Ok(run)
    })
}

/// Writes records in transactions, and says when all are committed.
pub(super) fn write<T: Record>(
    config: &RunnerConfig,
    topic: Topic<T>,
    records: impl Iterator<Item = T>,
) -> Result<(), StreamError> {
    let stop = CancellationToken::new();
    produce_transactionally(config, "bench", topic, records.map(Ok), &stop).map(|_| ())
}

/// Creates the topics of a run.
pub(super) fn create_all(kafka: &KafkaConfig) -> Result<(), StreamError> {
    let names = [
        ARTICLES.name(),
        ENRICHED.name(),
        COPIES.name(),
        DEAD_LETTERS.name(),
    ];
    let topics: Vec<(&str, TopicSettings)> = names
        .into_iter()
        .chain(SinkStage::topics())
        .map(|name| (name, TopicSettings::default()))
        .collect();
    create_topics(kafka, &topics).map(|_| ())
}

/// The first articles with what is found in them.
pub(super) fn enriched(extractor: &Extractor) -> Vec<Enriched> {
    let enriched = (0..SAMPLE).map(|number| {
        let article = article(number);
        let extraction = extractor.extract(&article.body, &article.language);
        Enriched {
            article,
            extraction,
        }
    });
    enriched.collect()
}

/// Sizes of these articles and of what is made of them.
pub(super) fn sizes(enriched: &[Enriched]) -> Sizes {
    let mut sizes = Sizes::default();
    let mut sink = SinkStage;
    for enriched in enriched {
        sizes.article += bytes_of(&enriched.article);
        sizes.enriched += bytes_of(enriched);
        let mut outbox = Outbox::new();
        if sink.process(enriched.clone(), &mut outbox).is_ok() {
            let records = outbox.records();
            sizes.found += float(records.len());
            let payloads = records.iter().map(|record| record.payload.len());
            sizes.found_bytes += float(payloads.sum());
        }
    }
    let sample = float(enriched.len());
    Sizes {
        article: sizes.article / sample,
        enriched: sizes.enriched / sample,
        found: sizes.found / sample,
        found_bytes: sizes.found_bytes / sample,
    }
}

fn bytes_of<T: Record>(record: &T) -> f64 {
    serde_json::to_vec(record).map_or(0.0, |payload| float(payload.len()))
}

/// The run with the middle time.
fn middle(mut runs: Vec<Run>) -> Option<Run> {
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    runs.get(runs.len() / 2).copied()
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}
