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
    ARTICLES, BareOutput, CancellationToken, DEAD_LETTERS, ENRICHED, KafkaConfig, Outbox,
    OutgoingRecord, RunnerConfig, Stage, StageStatus, StreamError, Topic, TopicSettings, copy_bare,
    create_topics, produce_transactionally, run_stage,
};

use super::{articles::article, table::Row, usage::Usage};
use crate::terminal;

/// The bare copies go there.
pub(super) const COPIES: Topic<Article> = Topic::new("bench-copies");
/// Of so many rounds the middle one is told: another program may disturb one.
pub(super) const ROUNDS: usize = 3;
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

/// What a round measures, in turn: for each stage a copy of what it reads, a copy that writes what
/// the stage writes, and the stage.
#[derive(Clone, Copy, Debug)]
struct Measured {
    name: &'static str,
    runs: fn(&Round<'_>) -> Result<Run, StreamError>,
    /// Records of a run.
    records: fn(&Stages) -> usize,
    /// Bytes of the record that is read.
    bytes_each: fn(Sizes) -> f64,
    /// How many rows before it the copy of what it reads stands, and the copy to what it writes.
    bases: Option<(usize, usize)>,
}

const MEASURED: [Measured; 6] = [
    Measured {
        name: "bare copy of articles",
        runs: |round| round.copy_articles(SAME),
        records: |stages| stages.articles,
        bytes_each: |sizes| sizes.article,
        bases: None,
    },
    Measured {
        name: "bare copy of articles to enriched",
        runs: |round| round.copy_articles(BareOutput::Prepared(&round.prepared.enriched)),
        records: |stages| stages.articles,
        bytes_each: |sizes| sizes.article,
        bases: None,
    },
    Measured {
        name: "processor",
        runs: |round| {
            let make = || ProcessStage::new(Arc::clone(&round.stages.extractor));
            let records = round.stages.processed;
            run_until_committed(&round.processed, ARTICLES, records, &make)
        },
        records: |stages| stages.processed,
        bytes_each: |sizes| sizes.article,
        bases: Some((2, 1)),
    },
    Measured {
        name: "bare copy of enriched",
        runs: |round| round.copy_enriched(SAME),
        records: |stages| stages.articles,
        bytes_each: |sizes| sizes.enriched,
        bases: None,
    },
    Measured {
        name: "bare copy of enriched to findings",
        runs: |round| round.copy_enriched(BareOutput::Prepared(&round.prepared.findings)),
        records: |stages| stages.articles,
        bytes_each: |sizes| sizes.enriched,
        bases: None,
    },
    Measured {
        name: "sink",
        runs: |round| {
            let records = round.stages.articles;
            run_until_committed(&round.enriched, ENRICHED, records, &SinkStage::default)
        },
        records: |stages| stages.articles,
        bytes_each: |sizes| sizes.enriched,
        bases: Some((2, 1)),
    },
];

/// A bare copy to a topic of its own.
const SAME: BareOutput<'static> = BareOutput::Same(COPIES.name());

/// One round, on topics of its own.
struct Round<'a> {
    stages: &'a Stages,
    prepared: &'a Prepared,
    articles: RunnerConfig,
    processed: RunnerConfig,
    enriched: RunnerConfig,
}

impl Round<'_> {
    fn copy_articles(&self, output: BareOutput<'_>) -> Result<Run, StreamError> {
        copy(
            &self.articles,
            ARTICLES.name(),
            output,
            self.stages.articles,
        )
    }

    fn copy_enriched(&self, output: BareOutput<'_>) -> Result<Run, StreamError> {
        copy(
            &self.enriched,
            ENRICHED.name(),
            output,
            self.stages.articles,
        )
    }
}

/// What the stages make of the sample's records, encoded.
struct Prepared {
    enriched: Vec<Vec<OutgoingRecord>>,
    findings: Vec<Vec<OutgoingRecord>>,
}

impl Stages {
    /// The rows, in the order in which they were measured.
    pub(super) fn measure(&self, enriched: &[Enriched]) -> Result<Vec<Row>, StreamError> {
        let sizes = sizes(enriched);
        let prepared = Prepared::of(enriched);
        let mut rounds = Vec::new();
        for round in 1..=ROUNDS {
            terminal::tell(format_args!("stages, round {round} of {ROUNDS}"));
            rounds.push(self.round(round, enriched, &prepared)?);
        }
        let mut rows: Vec<Row> = Vec::new();
        for (place, measured) in MEASURED.iter().enumerate() {
            let runs = rounds.iter().filter_map(|round| round.get(place).copied());
            let Some(run) = middle(runs.collect()) else {
                continue;
            };
            let articles = (measured.records)(self);
            let per_second = float(articles) / run.seconds;
            let beside = |back: usize| Some(per_second / rows.get(place - back)?.per_second());
            let (of_input, of_output) = measured.bases.unzip();
            rows.push(Row {
                name: measured.name,
                articles,
                bytes_each: (measured.bytes_each)(sizes),
                seconds: run.seconds,
                cpu_seconds: run.cpu_seconds,
                memory_mb: Usage::own().peak_memory_mb,
                of_bare: of_input.and_then(beside),
                of_same_output: of_output.and_then(beside),
                of_plain: None,
            });
        }
        Ok(rows)
    }

    fn round(
        &self,
        number: usize,
        enriched: &[Enriched],
        prepared: &Prepared,
    ) -> Result<Vec<Run>, StreamError> {
        let topics = |name: &str| self.fresh(&format!("{name}-{number}."));
        let round = Round {
            stages: self,
            prepared,
            articles: topics("articles")?,
            processed: topics("processor")?,
            enriched: RunnerConfig {
                threads: 1,
                ..topics("enriched")?
            },
        };
        let articles = |count| (0..SAMPLE).map(article).cycle().take(count);
        write(&round.articles, ARTICLES, articles(self.articles))?;
        write(&round.processed, ARTICLES, (0..self.processed).map(article))?;
        let enriched = |count| enriched.iter().cycle().take(count).cloned();
        write(&round.enriched, ENRICHED, enriched(self.articles))?;
        MEASURED
            .iter()
            .map(|measured| (measured.runs)(&round))
            .collect()
    }

    /// Topics that nothing else has written to.
    pub(super) fn fresh(&self, name: &str) -> Result<RunnerConfig, StreamError> {
        let mut config = self.config.clone();
        config.kafka.topic_prefix = format!("{}{name}", config.kafka.topic_prefix);
        create_all(&config.kafka)?;
        Ok(config)
    }
}

impl Prepared {
    fn of(enriched: &[Enriched]) -> Self {
        let sent = |enriched: &Enriched| {
            let mut outbox = Outbox::new();
            // What cannot be sent is no record to copy either.
            outbox.send(ENRICHED, enriched).ok();
            outbox.records()
        };
        let sunk = |enriched: &Enriched| {
            let mut outbox = Outbox::new();
            SinkStage.process(enriched.clone(), &mut outbox).ok();
            outbox.records()
        };
        Self {
            enriched: enriched.iter().map(sent).collect(),
            findings: enriched.iter().map(sunk).collect(),
        }
    }
}

fn copy(
    config: &RunnerConfig,
    from: &str,
    output: BareOutput<'_>,
    records: usize,
) -> Result<Run, StreamError> {
    let mut begun = None;
    copy_bare(config, from, output, records, || {
        begun = Some(Clock::start());
    })?;
    Ok(begun.unwrap_or_else(Clock::start).stop())
}

/// Time and processor time since a moment.
struct Clock {
    usage: Usage,
    begun: Instant,
}

impl Clock {
    fn start() -> Self {
        Self {
            usage: Usage::own(),
            begun: Instant::now(),
        }
    }

    fn stop(self) -> Run {
        Run {
            seconds: self.begun.elapsed().as_secs_f64(),
            cpu_seconds: Usage::own().cpu_since(self.usage),
        }
    }
}

/// Runs a stage until it has committed so many inputs; counted, as with the bare copy, from when the
/// first is there.
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
        while !status.is_at_work() && !stage.is_finished() {
            thread::sleep(LOOK_INTERVAL);
        }
        let clock = Clock::start();
        let all = u64::try_from(inputs).unwrap_or(u64::MAX);
        while status.snapshot().committed_inputs < all && !stage.is_finished() {
            thread::sleep(LOOK_INTERVAL);
        }
        let run = clock.stop();
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
pub(super) fn middle(mut runs: Vec<Run>) -> Option<Run> {
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    runs.get(runs.len() / 2).copied()
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}
