//! Reading and writing the topics of alerts from the command line.

use std::time::Duration;

use model::Record;
use stream::{
    KafkaConfig, ReadFrom, ReadUntil, Reader, ReaderEvent, Topic, produce_transactionally,
};

use crate::{
    config::ConfigArgs,
    connection::{Connection, stream_failure},
    exit::Failure,
    session::Session,
};

/// How long one look for a record takes.
const WAIT: Duration = Duration::from_millis(500);

/// Opens the configured Kafka, or the data folder, with all topics in place.
pub(super) fn open(config: &ConfigArgs) -> Result<Session, Failure> {
    let loaded = config.load()?;
    let session = Session::open(loaded.settings, Connection::open_or_join)?;
    session.prepare_topics()?;
    Ok(session)
}

/// All records of a topic that can be read, oldest first in each partition.
pub(super) fn read<T: Record>(kafka: &KafkaConfig, topic: Topic<T>) -> Result<Vec<T>, Failure> {
    let failed = |error: stream::StreamError| stream_failure(&error);
    let from = ReadFrom::Beginning;
    let mut reader = Reader::open(kafka, topic.name(), from, ReadUntil::End).map_err(failed)?;
    let mut records = Vec::new();
    loop {
        match reader.next(WAIT).map_err(failed)? {
            ReaderEvent::Record(record) => records.extend(record.decode::<T>().ok()),
            ReaderEvent::Nothing => {}
            ReaderEvent::End => return Ok(records),
        }
    }
}

/// Writes records in one go.
pub(super) fn write<T: Record>(
    session: &Session,
    topic: Topic<T>,
    records: Vec<T>,
) -> Result<u64, Failure> {
    let runner = session.runner(1);
    let name = format!("alerts-command-{}", topic.name());
    produce_transactionally(
        &runner,
        &name,
        topic,
        records.into_iter().map(Ok),
        &session.stop,
    )
    .map_err(|error| stream_failure(&error))
}
