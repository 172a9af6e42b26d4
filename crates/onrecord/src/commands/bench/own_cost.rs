//! What the loop itself costs: a stage that passes records on, beside a bare copy, at one pace.

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant},
};

use model::Article;
use stream::{ARTICLES, BareOutput, Outbox, Reject, RunnerConfig, Stage, StreamError, copy_bare};

use super::{
    articles::article,
    stages::{COPIES, create_all, run_until_committed, write},
    usage::Usage,
};
use crate::terminal;

/// Records a second.
pub(super) const PACE: usize = 5_000;
/// How long each of the two is watched.
const SECONDS: usize = 8;
/// The writer commits so many at a time: every 50 ms at this pace.
const WRITTEN_AT_ONCE: usize = 250;

/// Processor time at the pace, in per cent of a core. Both hold the writer, and the broker where
/// it is the embedded one.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnCost {
    /// With the bare copy.
    pub(super) bare: Option<f64>,
    /// With a stage that passes records on.
    pub(super) stage: Option<f64>,
    /// For the JSON of the records alone, read and written.
    pub(super) json: Option<f64>,
}

/// Reads each article, and writes it again.
struct PassOn;

impl Stage for PassOn {
    type Input = Article;

    fn name(&self) -> &'static str {
        "pass-on"
    }

    fn process(&mut self, article: Article, outbox: &mut Outbox) -> Result<(), Reject> {
        outbox.send(COPIES, &article)
    }
}

/// Measures both, one after the other.
pub(super) fn measure(config: &RunnerConfig) -> Result<OwnCost, StreamError> {
    terminal::tell(format_args!("own cost at {PACE} records/s"));
    let records = PACE * SECONDS;
    let bare = at_pace(config, "bare", |config| {
        let output = BareOutput::Same(COPIES.name());
        copy_bare(config, ARTICLES.name(), output, records, || ())
    })?;
    let stage = at_pace(config, "stage", |config| {
        run_until_committed(config, ARTICLES, records, &|| PassOn).map(|_| ())
    })?;
    Ok(OwnCost {
        bare,
        stage,
        json: json(records)?,
    })
}

/// Processor time for reading and writing the JSON of `records` articles, without any stage, in per
/// cent of a core at the pace.
fn json(records: usize) -> Result<Option<f64>, StreamError> {
    let refused = |error: serde_json::Error| StreamError::Config(error.to_string());
    let written = (0..100).map(|number| serde_json::to_vec(&article(number)));
    let written = written.collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let before = Usage::own();
    for bytes in written.iter().cycle().take(records) {
        let read: Article = serde_json::from_slice(bytes).map_err(refused)?;
        black_box(serde_json::to_vec(&read).map_err(refused)?);
    }
    let cpu = Usage::own().cpu_since(before);
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let seconds = SECONDS as f64;
    Ok(cpu.map(|cpu| cpu / seconds * 100.0))
}

/// Processor time of `work` while a writer keeps the pace, in per cent of a core.
fn at_pace(
    config: &RunnerConfig,
    name: &str,
    work: impl FnOnce(&RunnerConfig) -> Result<(), StreamError> + Send,
) -> Result<Option<f64>, StreamError> {
    let mut config = config.clone();
    config.kafka.topic_prefix = format!("{}own-{name}.", config.kafka.topic_prefix);
    create_all(&config.kafka)?;
    let mut writer = config.clone();
    writer.batch.records = WRITTEN_AT_ONCE;
    thread::scope(|scope| {
        let worker = scope.spawn(|| work(&config));
        let (before, begun) = (Usage::own(), Instant::now());
        write(&writer, ARTICLES, paced())?;
        let ended = worker.join().unwrap_or_else(|_| {
            Err(StreamError::Config(
                "the bench's worker panicked".to_owned(),
            ))
        });
        let seconds = begun.elapsed().as_secs_f64();
        ended?;
        let cpu = Usage::own().cpu_since(before);
        Ok(cpu.map(|cpu| cpu / seconds * 100.0))
    })
}

/// Articles at the pace.
fn paced() -> impl Iterator<Item = Article> {
    let begun = Instant::now();
    let articles: Vec<Article> = (0..100).map(article).collect();
    let articles = articles.into_iter().cycle().take(PACE * SECONDS);
    articles.enumerate().map(move |(number, article)| {
        if number % WRITTEN_AT_ONCE == 0 {
            let due = Duration::from_secs(1) / u32::try_from(PACE).unwrap_or(1)
                * u32::try_from(number).unwrap_or(u32::MAX);
            thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        article
    })
}
