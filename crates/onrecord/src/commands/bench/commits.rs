//! What it brings that the next batch is read and processed while one is committed.

use std::sync::Arc;

use model::Enriched;
use processor::ProcessStage;
use sink::SinkStage;
use stream::{ARTICLES, ENRICHED, RunnerConfig, StreamError};

use super::{
    articles::article,
    stages::{ROUNDS, Run, Sizes, Stages, middle, run_until_committed, sizes, write},
    table::Row,
    usage::Usage,
};
use crate::terminal;

/// The stages, each with and without overlap.
const NAMES: [[&str; 2]; 2] = [
    ["processor, one after the other", "processor, overlapping"],
    ["sink, one after the other", "sink, overlapping"],
];

impl Stages {
    /// Processor and sink without and with overlap, in turns. The ratio of each with overlap is to
    /// the same stage without.
    pub(super) fn measure_commits(&self, enriched: &[Enriched]) -> Result<Vec<Row>, StreamError> {
        let mut rounds = Vec::new();
        for round in 1..=ROUNDS {
            terminal::tell(format_args!("commits, round {round} of {ROUNDS}"));
            let mut runs = Vec::new();
            for commits_overlap in [false, true] {
                runs.push(self.both(round, commits_overlap, enriched)?);
            }
            rounds.push(runs);
        }
        let sizes = sizes(enriched);
        let mut rows: Vec<Row> = Vec::new();
        for (stage, names) in NAMES.into_iter().enumerate() {
            for (overlap, name) in names.into_iter().enumerate() {
                let run = |round: &Vec<[Run; 2]>| round.get(overlap)?.get(stage).copied();
                let Some(run) = middle(rounds.iter().filter_map(run).collect()) else {
                    continue;
                };
                let plain = rows.last().filter(|_| overlap == 1).map(Row::per_second);
                let mut row = self.row(name, stage, sizes, run);
                row.of_plain = plain.map(|plain| row.per_second() / plain);
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// The processor, then the sink, on topics that nobody has read.
    fn both(
        &self,
        round: usize,
        commits_overlap: bool,
        enriched: &[Enriched],
    ) -> Result<[Run; 2], StreamError> {
        let topics = |stage: &str, threads: usize| {
            let config = self.fresh(&format!("{stage}-{commits_overlap}-{round}."))?;
            Ok(RunnerConfig {
                commits_overlap,
                threads,
                ..config
            })
        };
        let config = topics("processor", self.config.threads)?;
        write(&config, ARTICLES, (0..self.processed).map(article))?;
        let make = || ProcessStage::new(Arc::clone(&self.extractor));
        let processed = run_until_committed(&config, ARTICLES, self.processed, &make)?;
        let config = topics("sink", 1)?;
        let input = enriched.iter().cycle().take(self.articles).cloned();
        write(&config, ENRICHED, input)?;
        let make = &SinkStage::default;
        let sunk = run_until_committed(&config, ENRICHED, self.articles, make)?;
        Ok([processed, sunk])
    }

    fn row(&self, name: &'static str, stage: usize, sizes: Sizes, run: Run) -> Row {
        let (articles, bytes_each) = match stage {
            0 => (self.processed, sizes.article),
            _ => (self.articles, sizes.enriched),
        };
        Row {
            name,
            articles,
            bytes_each,
            seconds: run.seconds,
            cpu_seconds: run.cpu_seconds,
            memory_mb: Usage::own().peak_memory_mb,
            of_bare: None,
            of_same_output: None,
            of_plain: None,
        }
    }
}
