//! The loop of an effect: deliver one by one, commit what is delivered.

use std::{
    collections::{BTreeSet, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rdkafka::consumer::ConsumerGroupMetadata;
use tracing::warn;

use super::{
    batch::{Batch, Outcome, RawInput},
    failure::Failure,
    in_flight::InFlight,
    member::{Member, Polled, StartAt},
    patience::SLICE,
    plain::{Attempt, Progress},
    stage_metrics::StageMetrics,
    transaction::TransactionWriter,
    tried::Tried,
    workers::{decode, panic_message},
};
use crate::{Effect, EffectError, Outbox, StageState};

/// Longest wait for an input.
const IDLE_WAIT: Duration = Duration::from_millis(200);

/// What is delivered is committed at least this often, so that a crash repeats little.
const COMMIT_INTERVAL: Duration = Duration::from_secs(1);

/// A delivery put off for longer is tried after this anyway: receivers ask for minutes, seldom for
/// an hour.
const LONGEST_RETRY: Duration = Duration::from_hours(1);

/// Inputs waiting here before no more are read.
const QUEUE_RECORDS: usize = 1_000;

/// An effect at work: what waits, what is delivered and not committed, what it owns.
struct Delivery<'a> {
    attempt: &'a Attempt<'a>,
    queue: VecDeque<RawInput>,
    delivered: Batch,
    last_commit: Instant,
    /// When the first of the queue may be tried again.
    not_before: Option<Instant>,
    /// How often it was tried.
    attempts: u32,
    /// Partitions whose first record's earlier attempts are known.
    known: BTreeSet<i32>,
    progress: Progress,
    right: Option<(TransactionWriter, Arc<ConsumerGroupMetadata>)>,
    metrics: StageMetrics,
}

/// One attempt: from joining the group until it stops or fails.
pub(crate) fn run<E: Effect>(attempt: &Attempt<'_>, effect: &mut E) -> Result<(), Failure> {
    let member = Member::join(
        &attempt.config.kafka,
        &attempt.group,
        &attempt.topic,
        StartAt::Committed,
        Arc::new(InFlight::default()),
        attempt.stop,
    )?;
    let mut delivery = Delivery {
        attempt,
        queue: VecDeque::new(),
        delivered: Batch::default(),
        last_commit: Instant::now(),
        not_before: None,
        attempts: 0,
        known: BTreeSet::new(),
        progress: Progress::default(),
        right: None,
        metrics: StageMetrics::new(attempt.status.name()),
    };
    let result = delivery.work(&member, effect);
    if let Err(failure) = &result {
        attempt.announce(failure);
    }
    result
}

impl Delivery<'_> {
    fn work<E: Effect>(&mut self, member: &Member, effect: &mut E) -> Result<(), Failure> {
        while !self.attempt.stop.is_cancelled() {
            self.hear(member)?;
            if self.is_due() && !self.recalls_wait(member)? {
                self.deliver_first(effect);
            }
            let is_time = self.last_commit.elapsed() >= COMMIT_INTERVAL;
            if is_time || self.queue.is_empty() || self.not_before.is_some() {
                self.commit()?;
            }
            self.report(member);
        }
        self.commit()
    }

    /// Reads on and serves the group.
    fn hear(&mut self, member: &Member) -> Result<(), Failure> {
        let wait = match self.not_before {
            Some(time) => time.saturating_duration_since(Instant::now()).min(SLICE),
            None if self.queue.is_empty() => IDLE_WAIT,
            None => Duration::ZERO,
        };
        match member.poll(wait)? {
            Polled::Message(message) => {
                self.attempt.status.begin_work();
                let input = RawInput::from_message(&message);
                self.progress.read(input.partition, input.offset);
                self.queue.push_back(input);
                if self.queue.len() >= QUEUE_RECORDS {
                    member.pause()?;
                }
            }
            Polled::Assigned(partitions) => {
                self.progress.assigned(&partitions);
                if let Some(id) = self.attempt.transactional_id(&partitions) {
                    let membership = member.membership()?;
                    // Two producers of one id would fence each other: the old one goes first.
                    self.right = None;
                    self.right = Some((self.attempt.open_writer(&id)?, membership));
                }
                self.attempt.status.set_state(StageState::Running);
            }
            Polled::Revoked => {
                // What was delivered and not committed is delivered again by the next owner.
                self.queue.clear();
                self.delivered = Batch::default();
                self.forget_attempts();
                self.known.clear();
                self.progress = Progress::default();
                self.right = None;
            }
            Polled::AtEnd(partition) => self.progress.at_end(partition),
            Polled::Nothing => {}
        }
        if self.queue.len() == QUEUE_RECORDS / 2 {
            member.resume()?;
        }
        Ok(())
    }

    fn is_due(&self) -> bool {
        self.not_before.is_none_or(|time| time <= Instant::now())
    }

    /// Takes up what earlier owners of the partition tried; whether that has the first of the
    /// queue wait.
    fn recalls_wait(&mut self, member: &Member) -> Result<bool, Failure> {
        let Some(input) = self.queue.front() else {
            return Ok(false);
        };
        // Only the first record of a partition can have been tried without being done with.
        if !self.known.insert(input.partition) {
            return Ok(false);
        }
        let (partition, offset) = (input.partition, input.offset);
        let Some(tried) = member.tried(&self.attempt.topic, partition, offset)? else {
            return Ok(false);
        };
        self.attempts = tried.attempts;
        let wait = Duration::try_from(tried.until.duration_since(Timestamp::now()));
        // Bounded, so that a clock set back cannot hold it up.
        let wait = wait.unwrap_or_default().min(LONGEST_RETRY);
        self.not_before = Some(Instant::now() + wait);
        self.attempt
            .status
            .set_retrying(format!("tried {} times before", tried.attempts));
        self.attempt.status.begin_work();
        Ok(!wait.is_zero())
    }

    fn forget_attempts(&mut self) {
        self.not_before = None;
        self.attempts = 0;
    }

    fn deliver_first<E: Effect>(&mut self, effect: &mut E) {
        let Some(input) = self.queue.front() else {
            return;
        };
        let (number, stop) = (self.attempts.saturating_add(1), self.attempt.stop);
        let mut reports = Outbox::new();
        let attempted = match decode::<E::Input>(input) {
            Err(reject) => Err(EffectError::Reject(reject.reason().to_owned())),
            Ok(decoded) => catch_unwind(AssertUnwindSafe(|| {
                let result = effect.deliver(&decoded, number, stop);
                effect.report(&decoded, number, &result, &mut reports);
                result
            }))
            .unwrap_or_else(|panic| {
                let message = panic_message(panic.as_ref());
                Err(EffectError::Reject(format!("effect panicked: {message}")))
            }),
        };
        let reports = reports.into_records();
        if !reports.is_empty() {
            self.delivered.outcomes.push(Outcome::Outputs(reports));
        }
        let outcome = match attempted {
            Ok(()) => Outcome::Outputs(Vec::new()),
            Err(EffectError::Reject(reason)) => {
                warn!(
                    stage = self.attempt.status.name(),
                    reason, "record rejected"
                );
                Outcome::DeadLetter(self.attempt.letters.of(input, &reason))
            }
            Err(EffectError::Retry { after, reason }) => {
                if self.not_before.is_none() {
                    warn!(
                        stage = self.attempt.status.name(),
                        reason, "delivery put off"
                    );
                }
                // What a stop has cut off need not wait: the receiver did not ask for it.
                let after = if stop.is_cancelled() {
                    Duration::ZERO
                } else {
                    after.clamp(SLICE, LONGEST_RETRY)
                };
                self.not_before = Some(Instant::now() + after);
                self.attempts = number;
                let until = Timestamp::now() + after;
                let attempts = number;
                self.delivered.tried =
                    Some((input.partition, input.offset, Tried { attempts, until }));
                self.attempt.status.set_retrying(reason);
                self.attempt.status.begin_work();
                return;
            }
        };
        if self.not_before.is_some() {
            self.attempt.status.set_state(StageState::Running);
        }
        self.delivered.inputs.push((input.partition, input.offset));
        self.delivered.outcomes.push(outcome);
        self.delivered.tried = None;
        self.queue.pop_front();
        self.forget_attempts();
    }

    /// Commits what is delivered.
    fn commit(&mut self) -> Result<(), Failure> {
        self.last_commit = Instant::now();
        if self.delivered.outcomes.is_empty() && self.delivered.tried.is_none() {
            return Ok(());
        }
        let Some((writer, membership)) = &self.right else {
            return Ok(());
        };
        let batch = std::mem::take(&mut self.delivered);
        self.attempt
            .commit(writer, batch, membership, &self.metrics)?;
        Ok(())
    }

    fn report(&self, member: &Member) {
        if self.queue.is_empty() && self.delivered.outcomes.is_empty() {
            self.progress
                .report(member, self.attempt.status, &self.metrics);
            self.attempt.status.end_work();
        }
    }
}
