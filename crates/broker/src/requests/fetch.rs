//! Handing out records: at once where there are enough, else as soon as there are.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::BufMut;
use kafka_protocol::{ResponseError, messages::FetchRequest};

use crate::{
    connection::Connection,
    log::{AbortedTransaction, OutOfRange, Slice, Upto},
    node::{Node, storage_failed},
    partition::Partition,
    reply::Reply,
};

/// The longest a fetch may sleep; clients ask for half a second.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What a fetch finds in one partition.
#[derive(Debug, Default)]
struct Found {
    error: i16,
    end_offset: i64,
    last_stable_offset: i64,
    start_offset: i64,
    aborted: Option<Vec<AbortedTransaction>>,
    slice: Option<Slice>,
}

pub(crate) fn answer(connection: &Connection, version: i16, request: &FetchRequest) -> Reply {
    let node = &*connection.node;
    let wait = u64::try_from(request.max_wait_ms).unwrap_or(0);
    let deadline = Instant::now() + Duration::from_millis(wait).min(LONGEST_WAIT);
    let min_bytes = u64::try_from(request.min_bytes).unwrap_or(0);
    let mut found = collect(node, request);
    // Looked at again after the waiter is listed, so that no append goes unnoticed in between.
    let mut is_listed = false;
    while !is_enough(&found, min_bytes) && Instant::now() < deadline && !node.is_stopping() {
        if is_listed && !connection.waiter.wait_until(deadline) {
            break;
        }
        connection.waiter.reset();
        for partition in partitions(node, request) {
            partition.waiting.add(&connection.waiter);
        }
        is_listed = true;
        found = collect(node, request);
    }
    write(request, version, found)
}

fn partitions(node: &Node, request: &FetchRequest) -> Vec<Arc<Partition>> {
    let asked = request.topics.iter().flat_map(|topic| {
        let partitions = topic.partitions.iter();
        partitions.filter_map(|asked| node.partition(&topic.topic, asked.partition).ok())
    });
    asked.collect()
}

fn is_enough(found: &[Found], min_bytes: u64) -> bool {
    let slices = found.iter().filter_map(|found| found.slice.as_ref());
    let bytes: u64 = slices.map(|slice| slice.bytes).sum();
    bytes >= min_bytes || found.iter().any(|found| found.error != 0)
}

/// Looks into every partition, in the order of the request.
fn collect(node: &Node, request: &FetchRequest) -> Vec<Found> {
    let upto = match request.isolation_level {
        0 => Upto::End,
        _ => Upto::LastStable,
    };
    let mut left = u64::try_from(request.max_bytes).unwrap_or(0);
    let mut is_first = true;
    let mut all = Vec::new();
    for topic in &request.topics {
        for asked in &topic.partitions {
            let most = u64::try_from(asked.partition_max_bytes)
                .unwrap_or(0)
                .min(left);
            // The first batch found is sent even if it is larger than asked for: else a reader
            // could never get past it.
            let found = if most == 0 && !is_first {
                look(
                    node,
                    &topic.topic,
                    asked.partition,
                    asked.fetch_offset,
                    None,
                    upto,
                )
            } else {
                look(
                    node,
                    &topic.topic,
                    asked.partition,
                    asked.fetch_offset,
                    Some(most),
                    upto,
                )
            };
            let mut found = found.unwrap_or_else(|error| Found {
                error: error.code(),
                end_offset: -1,
                last_stable_offset: -1,
                start_offset: -1,
                ..Found::default()
            });
            if let Some(slice) = &found.slice {
                if slice.bytes > left && !is_first {
                    found.slice = None;
                } else {
                    left = left.saturating_sub(slice.bytes);
                    is_first = false;
                }
            }
            all.push(found);
        }
    }
    all
}

fn look(
    node: &Node,
    topic: &str,
    number: i32,
    offset: i64,
    max_bytes: Option<u64>,
    upto: Upto,
) -> Result<Found, ResponseError> {
    let partition = node.partition(topic, number)?;
    let failed = |error: io::Error| storage_failed(&error, topic);
    let (mut found, plan) = {
        let log = partition.log();
        let plan = log
            .plan_read(offset, max_bytes.unwrap_or(0), upto)
            .map_err(failed)?;
        let plan = plan.map_err(|OutOfRange| ResponseError::OffsetOutOfRange)?;
        let found = Found {
            end_offset: log.end_offset(),
            last_stable_offset: log.last_stable_offset(),
            start_offset: log.start_offset(),
            ..Found::default()
        };
        (found, plan)
    };
    if let (Some(plan), Some(_)) = (plan, max_bytes) {
        found.slice = Some(plan.resolve().map_err(failed)?);
    }
    if upto == Upto::LastStable {
        let end = found.slice.as_ref().map(|slice| slice.end_offset);
        found.aborted = Some(match end {
            Some(end) => partition.log().aborted_between(offset, end),
            None => Vec::new(),
        });
    }
    Ok(found)
}

/// Writes versions 4 to 11 by hand: the records go from file to socket without passing here.
fn write(request: &FetchRequest, version: i16, found: Vec<Found>) -> Reply {
    let mut found = found.into_iter();
    let mut reply = Reply::default();
    let out = reply.tail();
    out.put_i32(0);
    if version >= 7 {
        out.put_i16(0);
        // No fetch sessions: each request says all.
        out.put_i32(0);
    }
    put_length(&mut reply, request.topics.len());
    for topic in &request.topics {
        let name = topic.topic.as_bytes();
        reply
            .tail()
            .put_i16(i16::try_from(name.len()).unwrap_or(i16::MAX));
        reply.tail().put_slice(name);
        put_length(&mut reply, topic.partitions.len());
        for asked in &topic.partitions {
            let found = found.next().unwrap_or_default();
            write_partition(&mut reply, version, asked.partition, found);
        }
    }
    reply
}

fn write_partition(reply: &mut Reply, version: i16, number: i32, found: Found) {
    let out = reply.tail();
    out.put_i32(number);
    out.put_i16(found.error);
    out.put_i64(found.end_offset);
    out.put_i64(found.last_stable_offset);
    if version >= 5 {
        out.put_i64(found.start_offset);
    }
    match found.aborted {
        None => out.put_i32(-1),
        Some(aborted) => {
            put_length(reply, aborted.len());
            for transaction in aborted {
                reply.tail().put_i64(transaction.producer_id);
                reply.tail().put_i64(transaction.first_offset);
            }
        }
    }
    if version >= 11 {
        reply.tail().put_i32(-1);
    }
    match found.slice {
        None => reply.tail().put_i32(0),
        Some(slice) => {
            let bytes = usize::try_from(slice.bytes).unwrap_or(usize::MAX);
            put_length(reply, bytes);
            reply.put_slice(slice);
        }
    }
}

fn put_length(reply: &mut Reply, length: usize) {
    reply
        .tail()
        .put_i32(i32::try_from(length).unwrap_or(i32::MAX));
}
