//! Reads a topic for people: outside of any group, in plain view.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use model::Record;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
    message::{BorrowedMessage, Headers},
};

use crate::{
    KafkaConfig, StreamError,
    client::{
        QuestionContext, answers, client_config, is_connection_error, partition_count,
        question_failed, whole_millis,
    },
};

/// Longest wait for an answer about positions.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for the records before the end, where only the latest are asked for.
const LATEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// With the oldest record kept.
    Beginning,
    /// With the last so many records of the topic, by their time.
    Latest(usize),
    /// With the first record at or after this time.
    At(Timestamp),
}

/// Where reading ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadUntil {
    /// With the last record that was there when reading began.
    End,
    /// Never: new records are shown as they come.
    Forever,
}

/// A record as it stands in its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Topic, without prefix.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset in the partition.
    pub offset: i64,
    /// Key, where there is one.
    pub key: Option<Vec<u8>>,
    /// Payload; `None` is a tombstone.
    pub payload: Option<Vec<u8>>,
    /// Headers, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// When it was written.
    pub written: Option<Timestamp>,
}

/// What a reader has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReaderEvent {
    /// A record.
    Record(RawRecord),
    /// Nothing came within the wait.
    Nothing,
    /// All that was there has been read; only with [`ReadUntil::End`].
    End,
}

/// Reads one topic, committed records only.
pub struct Reader {
    kafka: KafkaConfig,
    topic: String,
    consumer: BaseConsumer<QuestionContext>,
    /// First offset beyond the records of interest, by partition; empty where there is no end.
    ends: BTreeMap<i32, i64>,
    until: ReadUntil,
    /// Records already read, to be handed out first.
    ahead: VecDeque<RawRecord>,
}

impl RawRecord {
    /// The payload as the topic's type.
    ///
    /// # Errors
    /// Where it is no such JSON, or a tombstone.
    pub fn decode<T: Record>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.payload.as_deref().unwrap_or_default())
    }

    /// The first header of that name, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        str::from_utf8(value).ok()
    }

    fn from_message(topic: &str, message: &BorrowedMessage<'_>) -> Self {
        let headers = message.headers().into_iter().flat_map(Headers::iter);
        Self {
            topic: topic.to_owned(),
            partition: message.partition(),
            offset: message.offset(),
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
            headers: headers
                .map(|header| {
                    let value = header.value.unwrap_or_default();
                    (header.key.to_owned(), value.to_vec())
                })
                .collect(),
            written: written_at(message),
        }
    }
}

/// The broker's or producer's time of a record.
pub(crate) fn written_at(message: &BorrowedMessage<'_>) -> Option<Timestamp> {
    let millis = message.timestamp().to_millis()?;
    Timestamp::from_millisecond(millis).ok()
}

impl Reader {
    /// Opens a topic, named without prefix.
    ///
    /// # Errors
    /// Where Kafka cannot be reached or the topic does not exist.
    pub fn open(
        kafka: &KafkaConfig,
        topic: &str,
        from: ReadFrom,
        until: ReadUntil,
    ) -> Result<Self, StreamError> {
        let mut reader = Self::unassigned(kafka, topic, until)?;
        let spans = reader.spans()?;
        reader.ends = spans.iter().map(|(p, (_, end))| (*p, *end)).collect();
        match from {
            ReadFrom::Beginning => {
                reader.assign(spans.iter().map(|(p, (low, _))| (*p, *low)))?;
            }
            ReadFrom::At(time) => {
                let starts = reader.offsets_at(time, &spans)?;
                reader.assign(starts.into_iter())?;
            }
            ReadFrom::Latest(count) => reader.read_latest(count, &spans)?,
        }
        reader
            .ends
            .retain(|partition, end| spans.get(partition).is_some_and(|(low, _)| low < end));
        Ok(reader)
    }

    /// Reads on behind what was read before: `next` holds the next offset of each partition; those
    /// that it lacks, or whose records are gone, begin with the oldest record.
    ///
    /// # Errors
    /// Where Kafka cannot be reached or the topic does not exist.
    pub fn resume(
        kafka: &KafkaConfig,
        topic: &str,
        next: &BTreeMap<i32, i64>,
    ) -> Result<Self, StreamError> {
        let mut reader = Self::unassigned(kafka, topic, ReadUntil::Forever)?;
        let spans = reader.spans()?;
        let starts = spans.iter().map(|(partition, (low, _))| {
            let start = next.get(partition).copied().unwrap_or(*low);
            (*partition, start.max(*low))
        });
        let starts: Vec<(i32, i64)> = starts.collect();
        reader.assign(starts.into_iter())?;
        reader.ends.clear();
        Ok(reader)
    }

    /// The next record, or that there is none.
    ///
    /// # Errors
    /// Where Kafka cannot be reached any more.
    pub fn next(&mut self, wait: Duration) -> Result<ReaderEvent, StreamError> {
        if let Some(record) = self.ahead.pop_front() {
            return Ok(ReaderEvent::Record(record));
        }
        let deadline = Instant::now() + wait;
        loop {
            if self.until == ReadUntil::End && self.ends.is_empty() {
                return Ok(ReaderEvent::End);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.consumer.poll(whole_millis(left)) {
                None if left.is_zero() => return Ok(ReaderEvent::Nothing),
                None => {}
                Some(Ok(message)) => {
                    let record = RawRecord::from_message(&self.topic, &message);
                    if self.until == ReadUntil::Forever || self.is_before_end(&record) {
                        return Ok(ReaderEvent::Record(record));
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    self.ends.remove(&partition);
                }
                Some(Err(error)) => self.survive(&error)?,
            }
        }
    }

    fn unassigned(kafka: &KafkaConfig, topic: &str, until: ReadUntil) -> Result<Self, StreamError> {
        let consumer: BaseConsumer<QuestionContext> = client_config(kafka)
            .set("isolation.level", "read_committed")
            // librdkafka wants a group even to read without one; nothing is ever committed to it.
            .set("group.id", "onrecord-reader")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "earliest")
            .create_with_context(QuestionContext)
            .map_err(|error| StreamError::Config(error.to_string()))?;
        Ok(Self {
            kafka: kafka.clone(),
            topic: topic.to_owned(),
            consumer,
            ends: BTreeMap::new(),
            until,
            ahead: VecDeque::new(),
        })
    }

    /// A broken connection is made anew by the client, as long as Kafka answers at all.
    fn survive(&self, error: &KafkaError) -> Result<(), StreamError> {
        if is_connection_error(error) && answers(self.consumer.client(), QUESTION_TIMEOUT) {
            return Ok(());
        }
        Err(self.failed("go on reading", error))
    }

    /// Whether the record was there when reading began; ends its partition with the last such.
    fn is_before_end(&mut self, record: &RawRecord) -> bool {
        let Some(end) = self.ends.get(&record.partition).copied() else {
            return false;
        };
        if record.offset + 1 >= end {
            self.ends.remove(&record.partition);
        }
        record.offset < end
    }

    /// First and one-past-last offset of each partition, committed records only.
    fn spans(&self) -> Result<BTreeMap<i32, (i64, i64)>, StreamError> {
        let topic = self.kafka.prefixed(&self.topic);
        let partitions = partition_count(&self.consumer, &topic, QUESTION_TIMEOUT)
            .map_err(|error| self.failed("describe the topic", &error))?
            .ok_or_else(|| StreamError::MissingTopic(topic.clone()))?;
        let mut spans = BTreeMap::new();
        for partition in 0..i32::try_from(partitions).unwrap_or(i32::MAX) {
            let span = self
                .consumer
                .fetch_watermarks(&topic, partition, QUESTION_TIMEOUT)
                .map_err(|error| self.failed("say where the topic ends", &error))?;
            spans.insert(partition, span);
        }
        Ok(spans)
    }

    fn offsets_at(
        &self,
        time: Timestamp,
        spans: &BTreeMap<i32, (i64, i64)>,
    ) -> Result<Vec<(i32, i64)>, StreamError> {
        let wanted = self.position_list(
            spans
                .keys()
                .map(|partition| (*partition, time.as_millisecond())),
        )?;
        let found = self
            .consumer
            .offsets_for_times(wanted, QUESTION_TIMEOUT)
            .map_err(|error| self.failed("find the offsets of a time", &error))?;
        let starts = found.elements().into_iter().map(|element| {
            let partition = element.partition();
            let end = spans.get(&partition).map_or(0, |(_, end)| *end);
            // No record so late: only what comes.
            (
                partition,
                element
                    .offset()
                    .to_raw()
                    .filter(|at| *at >= 0)
                    .unwrap_or(end),
            )
        });
        Ok(starts.collect())
    }

    /// Reads the last `count` records of the topic into `ahead`.
    ///
    /// Offsets have gaps (transaction markers, compaction), so the window before the end grows
    /// until it holds enough of every partition.
    fn read_latest(
        &mut self,
        count: usize,
        spans: &BTreeMap<i32, (i64, i64)>,
    ) -> Result<(), StreamError> {
        let mut window = i64::try_from(count)
            .unwrap_or(i64::MAX)
            .saturating_mul(2)
            .max(1);
        loop {
            let start = |low: i64, end: i64| end.saturating_sub(window).max(low);
            self.assign(spans.iter().map(|(p, (low, end))| (*p, start(*low, *end))))?;
            let mut found = self.read_to_ends(spans)?;
            let holds_enough = spans.iter().all(|(partition, (low, end))| {
                let of_partition = found.iter().filter(|r| r.partition == *partition);
                start(*low, *end) == *low || of_partition.count() >= count
            });
            if holds_enough {
                found.sort_by_key(|record| (record.written, record.partition, record.offset));
                self.ahead = found.split_off(found.len().saturating_sub(count)).into();
                if self.until == ReadUntil::End {
                    self.ends.clear();
                }
                return Ok(());
            }
            window = window.saturating_mul(4);
        }
    }

    fn read_to_ends(
        &mut self,
        spans: &BTreeMap<i32, (i64, i64)>,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let mut open: BTreeMap<i32, i64> = spans
            .iter()
            .filter(|(_, (low, end))| low < end)
            .map(|(partition, (_, end))| (*partition, *end))
            .collect();
        let mut found = Vec::new();
        let deadline = Instant::now() + LATEST_TIMEOUT;
        while !open.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StreamError::Unreachable {
                    address: self.kafka.bootstrap_servers.clone(),
                    reason: "no answer in time".to_owned(),
                });
            }
            match self.consumer.poll(whole_millis(left)) {
                None => {}
                Some(Ok(message)) => {
                    let record = RawRecord::from_message(&self.topic, &message);
                    let end = spans.get(&record.partition).map_or(0, |(_, end)| *end);
                    if record.offset + 1 >= end {
                        open.remove(&record.partition);
                    }
                    found.push(record);
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    open.remove(&partition);
                }
                Some(Err(error)) => self.survive(&error)?,
            }
        }
        Ok(found)
    }

    fn assign(&self, starts: impl Iterator<Item = (i32, i64)>) -> Result<(), StreamError> {
        let list = self.position_list(starts)?;
        self.consumer
            .assign(&list)
            .map_err(|error| self.failed("read the topic", &error))
    }

    fn position_list(
        &self,
        starts: impl Iterator<Item = (i32, i64)>,
    ) -> Result<TopicPartitionList, StreamError> {
        let topic = self.kafka.prefixed(&self.topic);
        let mut list = TopicPartitionList::new();
        for (partition, offset) in starts {
            list.add_partition_offset(&topic, partition, Offset::Offset(offset))
                .map_err(|error| self.failed("read the topic", &error))?;
        }
        Ok(list)
    }

    fn failed(&self, what: &str, error: &KafkaError) -> StreamError {
        question_failed(&self.kafka, what, error)
    }
}
