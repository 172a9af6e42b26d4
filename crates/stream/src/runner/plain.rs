//! The loop of a stage that reads a topic.
//!
//! The front thread reads and has batches processed; the committer thread writes them. So the next
//! batch is extracted while a transaction is in flight, and at most two batches are ahead of it.

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, bounded};
use model::Record;
use rdkafka::{Message, consumer::ConsumerGroupMetadata};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    batch::{Batch, Gathering, RawInput},
    dead_letter::DeadLetters,
    failure::Failure,
    in_flight::InFlight,
    isolation::Isolation,
    member::{Member, Polled, StartAt},
    patience::TRANSACTION_TIMEOUT,
    repeats::{Meeting, Repeats, WINDOW},
    stage_metrics::StageMetrics,
    supervise::{report, unreachable_reason},
    transaction::{Position, TransactionWriter},
    workers::{Processing, Workers},
};
use crate::{BatchLimits, RunnerConfig, Stage, StageState, StageStatus, Topic};

/// Longest wait in one poll: how late a stop or a failed commit is heard when nothing comes in.
const IDLE_WAIT: Duration = Duration::from_millis(200);

/// What the front tells the committer.
enum Order {
    /// Use this transactional id from now on.
    Open(String),
    /// Commit the batch.
    Commit(Batch, Arc<ConsumerGroupMetadata>),
}

/// How far a stage has read what it owns.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Per owned partition: the next offset where known, and whether it is at the end.
    partitions: BTreeMap<i32, (Option<i64>, bool)>,
    is_assigned: bool,
}

/// One attempt of a stage: from joining the group until it stops or fails.
pub(crate) struct Attempt<'a> {
    pub(crate) config: &'a RunnerConfig,
    pub(crate) status: &'a StageStatus,
    pub(crate) stop: &'a CancellationToken,
    /// Full name of the input topic.
    pub(crate) topic: String,
    /// Full name of the group.
    pub(crate) group: String,
    pub(crate) letters: DeadLetters,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new<T: Record>(
        config: &'a RunnerConfig,
        input: Topic<T>,
        status: &'a StageStatus,
        stop: &'a CancellationToken,
        stage: &str,
    ) -> Self {
        Self {
            config,
            status,
            stop,
            topic: config.kafka.prefixed(input.name()),
            group: config.kafka.prefixed(stage),
            letters: DeadLetters {
                stage: stage.to_owned(),
                topic: input.name(),
                max_message_bytes: config.max_message_bytes,
            },
        }
    }

    /// The transactional id of the member that owns these partitions. See
    /// `docs/decisions/0002-transactional-ids-name-the-lowest-partition.md`.
    pub(crate) fn transactional_id(&self, partitions: &[i32]) -> Option<String> {
        let lowest = partitions.iter().min()?;
        Some(format!("{}.{lowest}", self.group))
    }

    /// Says at once that Kafka is gone: taking the attempt down may need some seconds then.
    pub(crate) fn announce(&self, failure: &Failure) {
        if let Failure::Unreachable(reason) = failure
            && !self.stop.is_cancelled()
        {
            let address = &self.config.kafka.bootstrap_servers;
            report(self.status, &unreachable_reason(address, reason));
        }
    }

    pub(crate) fn open_writer(&self, id: &str) -> Result<TransactionWriter, Failure> {
        TransactionWriter::open(
            &self.config.kafka,
            &self.letters.stage,
            id,
            self.config.max_message_bytes,
            self.stop,
        )
    }

    /// Runs a plain stage.
    pub(crate) fn run<S, M>(&self, make_stage: &M, isolation: &mut Isolation) -> Result<(), Failure>
    where
        S: Stage,
        S::Input: Record,
        M: Fn() -> S + Sync,
    {
        let in_flight = Arc::new(InFlight::default());
        let poisoned = isolation.poisoned();
        let make = || {
            let (letters, poisoned) = (self.letters.clone(), poisoned.clone());
            Processing::new(make_stage, letters, poisoned, self.stop.clone())
        };
        let failure = thread::scope(|scope| {
            let (orders, orders_rx) = bounded(1);
            let (reports_tx, reports) = bounded(64);
            let committing = Arc::clone(&in_flight);
            scope.spawn(move || self.commit_all(&orders_rx, &reports_tx, &committing));
            let workers = Workers::start(scope, self.config.worker_threads(), &make);
            let front = Front {
                attempt: self,
                workers,
                orders,
                reports,
                in_flight: Arc::clone(&in_flight),
                isolation,
                repeats: S::PASSES_REPEATS_OF.map(Repeats::of),
            };
            front.run()
        });
        match failure {
            Err(Failure::Records { reason, inputs }) => {
                isolation.refused(&inputs, &reason);
                Err(Failure::Records { reason, inputs })
            }
            other => other,
        }
    }

    /// The committer's thread: ends with the first failure, or when the front is gone.
    fn commit_all(
        &self,
        orders: &Receiver<Order>,
        reports: &Sender<Result<usize, Failure>>,
        in_flight: &InFlight,
    ) {
        let metrics = StageMetrics::new(self.status.name());
        let mut writer: Option<(String, TransactionWriter)> = None;
        for order in orders {
            let result = match order {
                Order::Open(id) => {
                    if writer.as_ref().is_some_and(|(known, _)| *known == id) {
                        continue;
                    }
                    // The old one is closed first: two would fence each other.
                    drop(writer.take());
                    self.open_writer(&id).map(|opened| {
                        writer = Some((id, opened));
                        0
                    })
                }
                Order::Commit(batch, membership) => {
                    let result = match &writer {
                        Some((_, writer)) => self.commit(writer, batch, &membership, &metrics),
                        None => Err(Failure::Other("no transactional id yet".to_owned())),
                    };
                    in_flight.end();
                    result
                }
            };
            let failed = result.is_err();
            if let Err(failure) = &result {
                self.announce(failure);
                in_flight.abandon();
            }
            if reports.send(result).is_err() || failed {
                break;
            }
        }
        // Orders that nobody carries out must not hold up a revocation.
        drop(writer);
        for order in orders {
            if matches!(order, Order::Commit(..)) {
                in_flight.end();
            }
        }
    }

    /// Commits a batch and counts it.
    pub(crate) fn commit(
        &self,
        writer: &TransactionWriter,
        batch: Batch,
        membership: &Arc<ConsumerGroupMetadata>,
        metrics: &StageMetrics,
    ) -> Result<usize, Failure> {
        let begun = Instant::now();
        let offsets = batch
            .position(&self.topic)
            .map_err(|error| Failure::of("cannot tell the position", &error))?;
        let position = Position {
            offsets: &offsets,
            membership,
        };
        match writer.commit(batch.records(), Some(&position), self.stop) {
            Ok(()) => {}
            Err(Failure::Records { reason, .. }) => {
                return Err(Failure::Records {
                    reason,
                    inputs: batch.inputs,
                });
            }
            Err(failure) => return Err(failure),
        }
        let counts = batch.counts();
        let elapsed = begun.elapsed();
        self.status
            .count_commit(counts.inputs, &counts.outputs, counts.rejected);
        metrics.committed(&counts, elapsed);
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        debug!(
            stage = self.status.name(),
            records = counts.inputs,
            elapsed_ms,
            "batch committed"
        );
        Ok(batch.inputs.len())
    }
}

/// The reading end of a stage.
struct Front<'a> {
    attempt: &'a Attempt<'a>,
    workers: Workers,
    orders: Sender<Order>,
    reports: Receiver<Result<usize, Failure>>,
    in_flight: Arc<InFlight>,
    isolation: &'a mut Isolation,
    /// What tells events that come twice, where the stage wants to be spared them.
    repeats: Option<Repeats>,
}

impl Front<'_> {
    fn run(mut self) -> Result<(), Failure> {
        let attempt = self.attempt;
        let member = Member::join(
            &attempt.config.kafka,
            &attempt.group,
            &attempt.topic,
            match self.repeats {
                Some(_) => StartAt::LookingBack(WINDOW),
                None => StartAt::Committed,
            },
            Arc::clone(&self.in_flight),
            attempt.stop,
        )?;
        let result = self.read(&member);
        match &result {
            Ok(()) => self.in_flight.wait_until_empty(TRANSACTION_TIMEOUT),
            Err(failure) => {
                attempt.announce(failure);
                self.in_flight.abandon();
            }
        }
        // Leaving the group before the last transaction ended would have it refused.
        drop(member);
        result.and_then(|()| self.hear_reports())
    }

    fn read(&mut self, member: &Member) -> Result<(), Failure> {
        let attempt = self.attempt;
        let metrics = StageMetrics::new(attempt.status.name());
        let mut gathering = Gathering::default();
        let mut progress = Progress::default();
        let mut membership = None;
        while !attempt.stop.is_cancelled() {
            self.hear_reports()?;
            let limits = self.limits();
            match member.poll(gathering.wait(&limits, IDLE_WAIT))? {
                Polled::Message(message) => {
                    progress.read(message.partition(), message.offset());
                    let met = self.repeats.as_mut().map(|repeats| repeats.meet(&message));
                    match met.unwrap_or(Meeting::New) {
                        Meeting::New => gathering.push(RawInput::from_message(&message)),
                        Meeting::Repeat => {
                            metrics.repeated();
                            gathering.push(RawInput::repeat_at(&message));
                        }
                        Meeting::Past => continue,
                    }
                    attempt.status.begin_work();
                }
                Polled::Revoked => {
                    gathering.take();
                    progress = Progress::default();
                    membership = None;
                }
                Polled::Assigned(partitions) => {
                    progress.assigned(&partitions);
                    if let Some(repeats) = &mut self.repeats {
                        let resumes = member.resumes();
                        let place = |p: &i32| (*p, resumes.get(p).copied().unwrap_or(0));
                        repeats.assigned(partitions.iter().map(place));
                    }
                    membership = Some(member.membership()?);
                    if let Some(id) = attempt.transactional_id(&partitions) {
                        self.order(Order::Open(id))?;
                    }
                    attempt.status.set_state(StageState::Running);
                }
                Polled::AtEnd(partition) => progress.at_end(partition),
                Polled::Nothing => {}
            }
            if gathering.is_due(&limits)
                && let Some(membership) = &membership
            {
                self.process(gathering.take(), membership)?;
            }
            if gathering.is_empty() {
                progress.report(member, attempt.status, &metrics);
                if self.in_flight.is_empty() {
                    attempt.status.end_work();
                }
            }
        }
        Ok(())
    }

    fn limits(&self) -> BatchLimits {
        let mut limits = self.attempt.config.batch.clone();
        if let Some(limit) = self.isolation.limit() {
            limits.records = limits.records.min(limit);
        }
        limits
    }

    fn process(
        &mut self,
        inputs: Vec<RawInput>,
        membership: &Arc<ConsumerGroupMetadata>,
    ) -> Result<(), Failure> {
        let Some(batch) = self.workers.process(inputs) else {
            if self.attempt.stop.is_cancelled() {
                return Ok(());
            }
            return Err(Failure::Other("a worker thread is gone".to_owned()));
        };
        self.in_flight.begin();
        self.order(Order::Commit(batch, Arc::clone(membership)))?;
        if !self.attempt.config.commits_overlap {
            self.in_flight.wait_until_empty(TRANSACTION_TIMEOUT);
        }
        Ok(())
    }

    fn order(&mut self, order: Order) -> Result<(), Failure> {
        if self.orders.send(order).is_ok() {
            return Ok(());
        }
        self.hear_reports()?;
        Err(Failure::Other("the committer is gone".to_owned()))
    }

    /// Takes note of what the committer has done.
    fn hear_reports(&mut self) -> Result<(), Failure> {
        while let Ok(report) = self.reports.try_recv() {
            self.isolation.committed(report?);
        }
        Ok(())
    }
}

impl Progress {
    pub(crate) fn assigned(&mut self, partitions: &[i32]) {
        self.is_assigned = true;
        self.partitions = partitions.iter().map(|p| (*p, (None, false))).collect();
    }

    pub(crate) fn read(&mut self, partition: i32, offset: i64) {
        self.partitions.insert(partition, (Some(offset + 1), false));
    }

    pub(crate) fn at_end(&mut self, partition: i32) {
        if let Some((_, is_at_end)) = self.partitions.get_mut(&partition) {
            *is_at_end = true;
        }
    }

    /// Records behind the end; `None` where not known.
    fn lag(&self, end_of: impl Fn(i32) -> Option<i64>) -> Option<u64> {
        if !self.is_assigned {
            return None;
        }
        let mut lag = 0;
        for (partition, (next, is_at_end)) in &self.partitions {
            if !is_at_end {
                let behind = end_of(*partition)? - (*next)?;
                // Not seen to be at the end, so something is left.
                lag += u64::try_from(behind).unwrap_or(0).max(1);
            }
        }
        Some(lag)
    }

    pub(crate) fn report(&self, member: &Member, status: &StageStatus, metrics: &StageMetrics) {
        let lag = self.lag(|partition| member.end_of(partition));
        status.set_lag(lag);
        if let Some(lag) = lag {
            metrics.lag(lag);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_known_when_each_partition_is_at_its_end_or_measured() {
        let mut progress = Progress::default();
        assert_eq!(progress.lag(|_| Some(10)), None);
        progress.assigned(&[0, 1]);
        assert_eq!(progress.lag(|_| Some(10)), None);
        progress.at_end(0);
        progress.read(1, 3);
        assert_eq!(progress.lag(|_| Some(10)), Some(6));
        progress.at_end(1);
        assert_eq!(progress.lag(|_| None), Some(0));
    }

    #[test]
    fn a_member_without_partitions_has_no_lag() {
        let mut progress = Progress::default();
        progress.assigned(&[]);
        assert_eq!(progress.lag(|_| None), Some(0));
    }
}
