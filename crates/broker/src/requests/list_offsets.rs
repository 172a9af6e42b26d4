//! The offset at a time, or at either end.

use std::io;

use kafka_protocol::{
    ResponseError,
    messages::{
        ListOffsetsRequest, ListOffsetsResponse,
        list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse},
    },
};

use super::code;
use crate::{
    log::Upto,
    node::{Node, storage_failed},
    partition::Partition,
};

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;

/// An offset and the timestamp there, both -1 where there is none.
type Found = (i64, i64);

pub(crate) fn answer(
    node: &Node,
    version: i16,
    request: ListOffsetsRequest,
) -> ListOffsetsResponse {
    let upto = match request.isolation_level {
        0 => Upto::End,
        _ => Upto::LastStable,
    };
    let topics = request.topics.into_iter().map(|topic| {
        let partitions = topic.partitions.into_iter().map(|asked| {
            let found = node
                .partition(&topic.name, asked.partition_index)
                .and_then(|partition| find(&partition, asked.timestamp, upto, &topic.name));
            let (offset, timestamp) = *found.as_ref().unwrap_or(&(-1, -1));
            ListOffsetsPartitionResponse::default()
                .with_partition_index(asked.partition_index)
                .with_error_code(code(&found))
                .with_offset(offset)
                .with_timestamp(timestamp)
                .with_leader_epoch(if offset < 0 || version < 4 { -1 } else { 0 })
        });
        let partitions = partitions.collect();
        ListOffsetsTopicResponse::default()
            .with_name(topic.name)
            .with_partitions(partitions)
    });
    ListOffsetsResponse::default().with_topics(topics.collect())
}

fn find(
    partition: &Partition,
    timestamp: i64,
    upto: Upto,
    topic: &str,
) -> Result<Found, ResponseError> {
    let limit = {
        let log = partition.log();
        let end = match upto {
            Upto::End => log.end_offset(),
            Upto::LastStable => log.last_stable_offset(),
        };
        match timestamp {
            LATEST => return Ok((end, -1)),
            EARLIEST => return Ok((log.start_offset(), -1)),
            _ => end,
        }
    };
    let wanted = match timestamp {
        MAX_TIMESTAMP => partition.log().max_timestamp(),
        timestamp if timestamp >= 0 => timestamp,
        _ => return Err(ResponseError::UnsupportedVersion),
    };
    let found = find_time(partition, wanted).map_err(|error| storage_failed(&error, topic))?;
    Ok(found
        .filter(|(offset, _)| *offset < limit)
        .unwrap_or((-1, -1)))
}

/// The first record that is not older than `wanted`.
fn find_time(partition: &Partition, wanted: i64) -> io::Result<Option<Found>> {
    let (reader, start_offset) = {
        let log = partition.log();
        (log.plan_time_search(wanted)?, log.start_offset())
    };
    let Some(mut reader) = reader else {
        return Ok(None);
    };
    while let Some((_, batch)) = reader.next_batch()? {
        let Ok(batch) = batch else {
            return Ok(None);
        };
        if batch.header.max_timestamp < wanted || batch.header.last_offset() < start_offset {
            continue;
        }
        let found = batch.first_not_before(wanted, start_offset)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
