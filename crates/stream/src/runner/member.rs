//! A member of a consumer group: what it owns, and the rule that it lets go of nothing half done.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rdkafka::{
    ClientContext, Offset, TopicPartitionList,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer, ConsumerContext, ConsumerGroupMetadata},
    error::{KafkaError, RDKafkaErrorCode},
    message::BorrowedMessage,
    topic_partition_list::TopicPartitionListElem,
    types::RDKafkaRespErr,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::{
    failure::Failure,
    in_flight::InFlight,
    patience::{CONFIRM_TIMEOUT, STATISTICS_INTERVAL, TRANSACTION_TIMEOUT},
    statistics::Statistics,
    tried::Tried,
};
use crate::{
    KafkaConfig,
    client::{self, ConnectionWatch},
};

/// Kafka must answer the first question within this; a dead address is named in under 5 s.
const FIRST_ANSWER_TIMEOUT: Duration = Duration::from_secs(4);
/// How long an open transaction in state to be read back is waited for: it ends by its time-out
/// (ten seconds), and the broker looks every ten.
const LONGEST_SETTLING: Duration = Duration::from_secs(25);
/// Wait between two looks at it.
const SETTLING_INTERVAL: Duration = Duration::from_millis(100);

/// Where a member begins in a partition it comes to own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartAt {
    /// Behind what the group has committed.
    Committed,
    /// So many offsets before that: what stands there bears on what comes behind it.
    LookingBack(i64),
    /// With the oldest record: the topic is state to be read back.
    Beginning,
}

/// What a poll brought.
pub(crate) enum Polled<'a> {
    /// A record.
    Message(BorrowedMessage<'a>),
    /// The member now owns these partitions, and no others.
    Assigned(Vec<i32>),
    /// The member owns nothing any more.
    Revoked,
    /// The partition is read to its end.
    AtEnd(i32),
    /// Nothing within the wait.
    Nothing,
}

/// A consumer in its group. Partitions are given by the range strategy, so each rebalance takes
/// all of them first: between a revocation and the next assignment the member holds nothing.
pub(crate) struct Member {
    consumer: BaseConsumer<MemberContext>,
}

pub(crate) struct MemberContext {
    kafka: KafkaConfig,
    start_at: StartAt,
    stop: CancellationToken,
    watch: ConnectionWatch,
    in_flight: Arc<InFlight>,
    changes: Mutex<Vec<Change>>,
    /// What the group has committed of the partitions, where the member looks back behind it.
    resumes: Mutex<BTreeMap<i32, i64>>,
    /// End of each partition by librdkafka's statistics.
    ends: Mutex<BTreeMap<i32, i64>>,
}

enum Change {
    Assigned(Vec<i32>),
    Revoked,
    Failed(KafkaError),
}

impl Member {
    /// Joins `group` on `topic`; both are full names.
    pub(crate) fn join(
        kafka: &KafkaConfig,
        group: &str,
        topic: &str,
        start_at: StartAt,
        in_flight: Arc<InFlight>,
        stop: &CancellationToken,
    ) -> Result<Self, Failure> {
        let context = MemberContext {
            kafka: kafka.clone(),
            start_at,
            stop: stop.clone(),
            watch: ConnectionWatch::default(),
            in_flight,
            changes: Mutex::default(),
            resumes: Mutex::default(),
            ends: Mutex::default(),
        };
        let mut config = client::client_config(kafka);
        client::with_reading_ahead(&mut config);
        let consumer: BaseConsumer<MemberContext> = config
            .set("group.id", group)
            .set("partition.assignment.strategy", "range")
            .set("isolation.level", "read_committed")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "earliest")
            .set(
                "statistics.interval.ms",
                STATISTICS_INTERVAL.as_millis().to_string(),
            )
            .create_with_context(context)
            .map_err(|error| Failure::of("cannot create a consumer", &error))?;
        match client::partition_count(&consumer, topic, FIRST_ANSWER_TIMEOUT) {
            Ok(Some(_)) => {}
            Ok(None) => return Err(Failure::Other(format!("topic does not exist: {topic}"))),
            Err(error) => return Err(Failure::Unreachable(client::plain_reason(&error))),
        }
        consumer
            .subscribe(&[topic])
            .map_err(|error| Failure::of("cannot join the group", &error))?;
        Ok(Self { consumer })
    }

    /// Waits up to `wait` for what comes next. Serves the group, so it must be called often.
    pub(crate) fn poll(&self, wait: Duration) -> Result<Polled<'_>, Failure> {
        let polled = self.consumer.poll(client::whole_millis(wait));
        let context = self.consumer.context();
        // librdkafka drops the records of a revoked partition itself: a record polled here is of
        // the present assignment, and a poll that served a change brings no record.
        if let Some(change) = context.next_change() {
            return match change {
                Change::Assigned(partitions) => Ok(Polled::Assigned(partitions)),
                Change::Revoked => Ok(Polled::Revoked),
                Change::Failed(error) => Err(Failure::of("cannot take part in the group", &error)),
            };
        }
        if let Some(reason) = context.watch.take()
            && !client::answers(self.consumer.client(), CONFIRM_TIMEOUT)
        {
            return Err(Failure::Unreachable(reason));
        }
        match polled {
            None => Ok(Polled::Nothing),
            Some(Ok(message)) => Ok(Polled::Message(message)),
            Some(Err(KafkaError::PartitionEOF(partition))) => Ok(Polled::AtEnd(partition)),
            Some(Err(error)) if is_passing(&error) => {
                debug!(%error, "consumer reports an error that passes");
                Ok(Polled::Nothing)
            }
            Some(Err(error)) => Err(Failure::of("cannot read", &error)),
        }
    }

    /// The membership as it is now, to be taken at once after an assignment: a commit that carries
    /// it is refused when the member no longer belongs to the group.
    pub(crate) fn membership(&self) -> Result<Arc<ConsumerGroupMetadata>, Failure> {
        let metadata = self.consumer.group_metadata();
        // A membership lost in this very moment has no generation, and a commit without generation
        // would not be checked by the broker.
        if self.consumer.assignment_lost() {
            return Err(Failure::Other("membership of the group lost".to_owned()));
        }
        metadata
            .map(Arc::new)
            .ok_or_else(|| Failure::Other("no membership of the group".to_owned()))
    }

    /// Where the group goes on in each partition that it has committed of; only for members that
    /// look back behind it.
    pub(crate) fn resumes(&self) -> BTreeMap<i32, i64> {
        lock(&self.consumer.context().resumes).clone()
    }

    /// End of a partition, some seconds old at most; `None` where not known yet.
    pub(crate) fn end_of(&self, partition: i32) -> Option<i64> {
        lock(&self.consumer.context().ends).get(&partition).copied()
    }

    /// The attempts at a record, where the group's position is just before it and tells of any.
    pub(crate) fn tried(
        &self,
        topic: &str,
        partition: i32,
        offset: i64,
    ) -> Result<Option<Tried>, Failure> {
        let mut list = TopicPartitionList::new();
        list.add_partition(topic, partition);
        let committed = self
            .consumer
            .committed_offsets(list, CONFIRM_TIMEOUT)
            .map_err(|error| Failure::of("cannot read the position", &error))?;
        let element = committed.find_partition(topic, partition);
        Ok(element
            .filter(|element| element.offset() == Offset::Offset(offset))
            .and_then(|element| Tried::read(element.metadata())))
    }

    /// Reads no further until [`resume`](Self::resume).
    pub(crate) fn pause(&self) -> Result<(), Failure> {
        self.consumer
            .assignment()
            .and_then(|list| self.consumer.pause(&list))
            .map_err(|error| Failure::of("cannot pause", &error))
    }

    /// Reads on.
    pub(crate) fn resume(&self) -> Result<(), Failure> {
        self.consumer
            .assignment()
            .and_then(|list| self.consumer.resume(&list))
            .map_err(|error| Failure::of("cannot resume", &error))
    }
}

/// Whether librdkafka gets over the error by itself.
fn is_passing(error: &KafkaError) -> bool {
    client::is_connection_error(error)
        || matches!(
            error.rdkafka_error_code(),
            Some(
                RDKafkaErrorCode::AllBrokersDown
                    | RDKafkaErrorCode::CoordinatorNotAvailable
                    | RDKafkaErrorCode::NotCoordinator
                    | RDKafkaErrorCode::CoordinatorLoadInProgress
                    | RDKafkaErrorCode::NotLeaderForPartition
                    | RDKafkaErrorCode::RebalanceInProgress
                    | RDKafkaErrorCode::UnknownMemberId
                    | RDKafkaErrorCode::IllegalGeneration
                    | RDKafkaErrorCode::PollExceeded
            )
        )
}

impl MemberContext {
    fn next_change(&self) -> Option<Change> {
        let mut changes = lock(&self.changes);
        (!changes.is_empty()).then(|| changes.remove(0))
    }

    fn assign(
        &self,
        consumer: &BaseConsumer<Self>,
        list: &mut TopicPartitionList,
    ) -> Result<(), KafkaError> {
        match self.start_at {
            StartAt::Committed => {}
            StartAt::LookingBack(offsets) => self.look_back(consumer, list, offsets)?,
            StartAt::Beginning => {
                list.set_all_offsets(Offset::Beginning)?;
                self.wait_until_settled(consumer, list)?;
            }
        }
        consumer.assign(list)?;
        // librdkafka keeps a pause over a rebalance: a partition that this member had paused, lost
        // and got back would never be read again.
        consumer.resume(list)
    }
}

impl MemberContext {
    /// Has the member begin so many offsets before what its group has committed.
    fn look_back(
        &self,
        consumer: &BaseConsumer<Self>,
        list: &mut TopicPartitionList,
        offsets: i64,
    ) -> Result<(), KafkaError> {
        let committed = consumer.committed_offsets(list.clone(), CONFIRM_TIMEOUT)?;
        let mut resumes = BTreeMap::new();
        for element in committed.elements() {
            let (topic, partition) = (element.topic(), element.partition());
            element.error()?;
            let Offset::Offset(committed) = element.offset() else {
                // Nothing is committed: all that is there is work.
                continue;
            };
            resumes.insert(partition, committed);
            // Where that record is gone, the consumer goes to the oldest one by itself.
            let start = Offset::Offset(committed.saturating_sub(offsets).max(0));
            list.set_partition_offset(topic, partition, start)?;
        }
        *lock(&self.resumes) = resumes;
        Ok(())
    }

    /// Waits until no transaction is open in the partitions.
    ///
    /// A reader of committed records sees nothing behind the first open transaction. One that a
    /// killed member left open stays for its time-out, and what a later owner has committed behind
    /// it is hidden as long: state read back then would be old, and its work done twice.
    fn wait_until_settled(
        &self,
        consumer: &BaseConsumer<Self>,
        list: &TopicPartitionList,
    ) -> Result<(), KafkaError> {
        let mut config = client::client_config(&self.kafka);
        let all: BaseConsumer = config.set("isolation.level", "read_uncommitted").create()?;
        let begun = Instant::now();
        for element in list.elements() {
            let (topic, partition) = (element.topic(), element.partition());
            let is_settled = || -> Result<bool, KafkaError> {
                let (_, stable) =
                    consumer
                        .client()
                        .fetch_watermarks(topic, partition, CONFIRM_TIMEOUT)?;
                let (_, end) = all
                    .client()
                    .fetch_watermarks(topic, partition, CONFIRM_TIMEOUT)?;
                Ok(stable >= end)
            };
            loop {
                match is_settled() {
                    Ok(true) => break,
                    Err(error)
                        if client::is_connection_error(&error)
                            && !client::answers(consumer.client(), CONFIRM_TIMEOUT) =>
                    {
                        return Err(error);
                    }
                    Ok(false) | Err(_) => {}
                }
                if self.stop.is_cancelled() || begun.elapsed() > LONGEST_SETTLING {
                    return Err(KafkaError::MessageConsumption(
                        RDKafkaErrorCode::OperationTimedOut,
                    ));
                }
                std::thread::sleep(SETTLING_INTERVAL);
            }
        }
        Ok(())
    }
}

impl ClientContext for MemberContext {
    fn log(&self, _level: RDKafkaLogLevel, facility: &str, line: &str) {
        client::log_line(facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.watch.note(&error, reason);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        match Statistics::read(statistics) {
            Ok(statistics) => {
                if !statistics.is_connected() {
                    self.watch.note_unconnected();
                }
                *lock(&self.ends) = statistics.ends();
            }
            Err(error) => debug!(%error, "statistics of librdkafka not read"),
        }
    }
}

impl ConsumerContext for MemberContext {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        code: RDKafkaRespErr,
        list: &mut TopicPartitionList,
    ) {
        let partitions = list
            .elements()
            .iter()
            .map(TopicPartitionListElem::partition)
            .collect();
        let (result, change) = if code == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            info!(?partitions, "partitions assigned");
            (self.assign(consumer, list), Change::Assigned(partitions))
        } else {
            info!(?partitions, "partitions revoked");
            // What is on its way is committed while the partitions are still ours, or refused.
            self.in_flight.wait_until_empty(TRANSACTION_TIMEOUT);
            (consumer.unassign(), Change::Revoked)
        };
        // A consumer in this state reads nothing, so the attempt must end.
        let change = result.map_or_else(Change::Failed, |()| change);
        lock(&self.changes).push(change);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each of these holds plain data that is whole at any moment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
