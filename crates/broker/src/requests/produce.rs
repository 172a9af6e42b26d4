//! Appending what producers send.

use std::io;

use kafka_protocol::{
    ResponseError,
    messages::{
        ProduceRequest, ProduceResponse,
        produce_request::PartitionProduceData,
        produce_response::{PartitionProduceResponse, TopicProduceResponse},
    },
};

use super::code;
use crate::{
    Fsync,
    log::{BadBatch, Refused, split_batches},
    node::{Node, storage_failed},
    reply::Reply,
};

pub(crate) fn answer(
    node: &Node,
    version: i16,
    request: ProduceRequest,
) -> io::Result<Option<Reply>> {
    let acks = request.acks;
    let transactional_id = request.transactional_id.as_ref().map(|id| id.as_str());
    let mut responses = Vec::with_capacity(request.topic_data.len());
    for topic in request.topic_data {
        let mut partitions = Vec::with_capacity(topic.partition_data.len());
        for data in topic.partition_data {
            let index = data.index;
            let outcome = append(node, &topic.name, transactional_id, data);
            let (base_offset, start_offset) = *outcome.as_ref().unwrap_or(&(-1, -1));
            partitions.push(
                PartitionProduceResponse::default()
                    .with_index(index)
                    .with_error_code(code(&outcome))
                    .with_base_offset(base_offset)
                    .with_log_append_time_ms(-1)
                    .with_log_start_offset(start_offset),
            );
        }
        responses.push(
            TopicProduceResponse::default()
                .with_name(topic.name)
                .with_partition_responses(partitions),
        );
    }
    if acks == 0 {
        return Ok(None);
    }
    Reply::of(
        &ProduceResponse::default().with_responses(responses),
        version,
    )
    .map(Some)
}

/// Appends the batches for one partition; gives the first one's offset and the log's start.
fn append(
    node: &Node,
    topic_name: &str,
    transactional_id: Option<&str>,
    data: PartitionProduceData,
) -> Result<(i64, i64), ResponseError> {
    let topic = node.topic(topic_name);
    let topic = topic.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let partition = topic.partition(data.index);
    let partition = partition.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let batches = split_batches(data.records.unwrap_or_default()).map_err(|error| match error {
        BadBatch::Format(_) => ResponseError::UnsupportedForMessageFormat,
        BadBatch::CutOff | BadBatch::Lengths => ResponseError::InvalidRecord,
        BadBatch::Checksum => ResponseError::CorruptMessage,
    })?;
    let max_bytes = topic.settings().max_message_bytes;
    for batch in &batches {
        if batch.header.bytes > max_bytes {
            return Err(ResponseError::MessageTooLarge);
        }
        if batch.header.is_control() {
            return Err(ResponseError::InvalidRecord);
        }
    }
    // Held until the batches stand in the log, so that the transaction cannot end in between.
    let is_transactional = batches.iter().any(|batch| batch.header.is_transactional());
    let transaction = if is_transactional {
        let id = transactional_id.ok_or(ResponseError::InvalidTxnState)?;
        let transaction = node
            .transactions
            .get(id)
            .ok_or(ResponseError::InvalidProducerIdMapping)?;
        Some(transaction)
    } else {
        None
    };
    let held = transaction.as_ref().map(|transaction| transaction.lock());
    if let Some(transaction) = &held {
        for batch in &batches {
            let header = &batch.header;
            transaction.check_write(
                header.producer_id,
                header.producer_epoch,
                topic_name,
                data.index,
            )?;
        }
    }
    let mut base_offset = None;
    let start_offset = {
        let mut log = partition.log();
        for batch in batches {
            let appended = log.append(batch).map_err(|refused| match refused {
                Refused::OutOfOrder => ResponseError::OutOfOrderSequenceNumber,
                Refused::Fenced => ResponseError::InvalidProducerEpoch,
                Refused::Storage(error) => storage_failed(&error, topic_name),
            })?;
            base_offset.get_or_insert(appended.base_offset);
        }
        log.start_offset()
    };
    drop(held);
    partition.waiting.wake_all();
    if node.config.fsync == Fsync::Commit && !is_transactional {
        partition
            .sync()
            .map_err(|error| storage_failed(&error, topic_name))?;
    }
    Ok((base_offset.unwrap_or(-1), start_offset))
}
