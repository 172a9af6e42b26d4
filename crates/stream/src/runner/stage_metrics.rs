//! The figures that every stage has.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use super::batch::BatchCounts;

/// The figures of one stage. Named `<stage>_<noun>_<unit>`; see `docs/telemetry.md`.
#[derive(Clone)]
pub(crate) struct StageMetrics {
    stage: String,
    inputs: Counter,
    rejected: Counter,
    repeated: Counter,
    restarts: Counter,
    batch_records: Histogram,
    commit_seconds: Histogram,
    lag: Gauge,
}

impl StageMetrics {
    pub(crate) fn new(stage: &str) -> Self {
        Self {
            stage: stage.to_owned(),
            inputs: counter!(format!("{stage}_input_records_total")),
            rejected: counter!(format!("{stage}_rejected_records_total")),
            repeated: counter!(format!("{stage}_repeated_records_total")),
            restarts: counter!(format!("{stage}_restarts_total")),
            batch_records: histogram!(format!("{stage}_batch_records")),
            commit_seconds: histogram!(format!("{stage}_commit_seconds")),
            lag: gauge!(format!("{stage}_lag_records")),
        }
    }

    pub(crate) fn committed(&self, counts: &BatchCounts, elapsed: Duration) {
        self.inputs.increment(counts.inputs);
        self.rejected.increment(counts.rejected);
        for (topic, count) in &counts.outputs {
            counter!(format!("{}_output_records_total", self.stage), "topic" => *topic)
                .increment(*count);
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a batch has far fewer than 2^52 records"
        )]
        self.batch_records.record(counts.inputs as f64);
        self.commit_seconds.record(elapsed.as_secs_f64());
    }

    /// An event that came before is passed over.
    pub(crate) fn repeated(&self) {
        self.repeated.increment(1);
    }

    pub(crate) fn restarted(&self) {
        self.restarts.increment(1);
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    pub(crate) fn lag(&self, records: u64) {
        self.lag.set(records as f64);
    }
}
