//! The requests of transactional and idempotent producers.

use kafka_protocol::{
    ResponseError,
    messages::{
        AddOffsetsToTxnRequest, AddOffsetsToTxnResponse, AddPartitionsToTxnRequest,
        AddPartitionsToTxnResponse, EndTxnRequest, EndTxnResponse, InitProducerIdRequest,
        InitProducerIdResponse,
        add_partitions_to_txn_response::{
            AddPartitionsToTxnPartitionResult, AddPartitionsToTxnTopicResult,
        },
    },
};

use super::code;
use crate::{
    catalog::{TopicPartition, Transaction, TransactionState},
    clock::now_ms,
    log::Marker,
    node::Node,
    transaction::Ending,
    transactions::{abort, finish, save},
};

/// A producer's identity: id and epoch.
type Identity = (i64, i16);

pub(crate) fn begin_life(
    node: &Node,
    version: i16,
    request: &InitProducerIdRequest,
) -> InitProducerIdResponse {
    let outcome = match &request.transactional_id {
        None => node.new_producer_id().map(|id| (id, 0)),
        Some(id) => {
            let known = (request.producer_id.0, request.producer_epoch);
            begin_transactional(node, id, request.transaction_timeout_ms, known)
        }
    };
    let outcome = outcome.map_err(|error| by_version(error, version, 4));
    let (producer_id, epoch) = *outcome.as_ref().unwrap_or(&(-1, -1));
    InitProducerIdResponse::default()
        .with_error_code(code(&outcome))
        .with_producer_id(producer_id.into())
        .with_producer_epoch(epoch)
}

fn begin_transactional(
    node: &Node,
    id: &str,
    timeout_ms: i32,
    known: Identity,
) -> Result<Identity, ResponseError> {
    let longest = node.config.max_transaction_timeout.as_millis();
    let timeout = u128::try_from(timeout_ms).unwrap_or(0);
    if timeout == 0 || timeout > longest {
        return Err(ResponseError::InvalidTransactionTimeout);
    }
    if id.is_empty() {
        return Err(ResponseError::InvalidRequest);
    }
    let transaction = node.transactions.get_or_make(id, || {
        Ok(Transaction::new(
            node.new_producer_id()?,
            timeout_ms,
            now_ms(),
        ))
    })?;
    let mut transaction = transaction.lock();
    // A client that goes on after an error says who it was; another may have come since.
    if known.0 >= 0 {
        transaction.check_producer(known.0, known.1)?;
    }
    match transaction.state {
        TransactionState::Ongoing => abort(node, id, &mut transaction)?,
        TransactionState::Prepared(marker) => finish(node, id, &mut transaction, marker)?,
        TransactionState::Empty | TransactionState::Complete(_) => {}
    }
    let mut next = transaction.clone();
    next.next_life(timeout_ms, now_ms(), || node.new_producer_id())?;
    save(node, id, &next)?;
    *transaction = next;
    Ok((transaction.producer_id, transaction.epoch))
}

pub(crate) fn add_partitions(
    node: &Node,
    version: i16,
    request: AddPartitionsToTxnRequest,
) -> AddPartitionsToTxnResponse {
    let topics = request.v3_and_below_topics;
    let asked: Vec<TopicPartition> = topics
        .iter()
        .flat_map(|topic| {
            let partitions = topic.partitions.iter();
            partitions.map(|partition| TopicPartition::new(&topic.name, *partition))
        })
        .collect();
    let is_known = |partition: &TopicPartition| node.partition_of(partition).is_some();
    let all_known = asked.iter().all(is_known);
    let outcome = if all_known {
        let producer = (
            request.v3_and_below_producer_id.0,
            request.v3_and_below_producer_epoch,
        );
        change(
            node,
            &request.v3_and_below_transactional_id,
            producer,
            |transaction| transaction.add_partitions(asked, now_ms()),
        )
    } else {
        Err(ResponseError::OperationNotAttempted)
    };
    let outcome = outcome.map_err(|error| by_version(error, version, 2));
    let results = topics.into_iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|partition| {
            let is_known = node.partition(&topic.name, *partition).is_ok();
            let error = if is_known {
                code(&outcome)
            } else {
                ResponseError::UnknownTopicOrPartition.code()
            };
            AddPartitionsToTxnPartitionResult::default()
                .with_partition_index(*partition)
                .with_partition_error_code(error)
        });
        let partitions = partitions.collect();
        AddPartitionsToTxnTopicResult::default()
            .with_name(topic.name)
            .with_results_by_partition(partitions)
    });
    AddPartitionsToTxnResponse::default().with_results_by_topic_v3_and_below(results.collect())
}

pub(crate) fn add_offsets(
    node: &Node,
    version: i16,
    request: &AddOffsetsToTxnRequest,
) -> AddOffsetsToTxnResponse {
    let producer = (request.producer_id.0, request.producer_epoch);
    let outcome = change(node, &request.transactional_id, producer, |transaction| {
        transaction.begin(now_ms())
    });
    let outcome = outcome.map_err(|error| by_version(error, version, 2));
    AddOffsetsToTxnResponse::default().with_error_code(code(&outcome))
}

pub(crate) fn end(node: &Node, version: i16, request: &EndTxnRequest) -> EndTxnResponse {
    let marker = if request.committed {
        Marker::Commit
    } else {
        Marker::Abort
    };
    let producer = (request.producer_id.0, request.producer_epoch);
    let outcome = end_one(node, &request.transactional_id, producer, marker);
    let outcome = outcome.map_err(|error| by_version(error, version, 2));
    EndTxnResponse::default().with_error_code(code(&outcome))
}

fn end_one(node: &Node, id: &str, producer: Identity, marker: Marker) -> Result<(), ResponseError> {
    let transaction = node.transactions.get(id);
    let transaction = transaction.ok_or(ResponseError::InvalidProducerIdMapping)?;
    let mut transaction = transaction.lock();
    transaction.check_producer(producer.0, producer.1)?;
    match transaction.end(marker)? {
        Ending::Done => Ok(()),
        Ending::Finish(marker) => {
            finish(node, id, &mut transaction, marker).map_err(|error| match error {
                // The decision may stand: the client asks again until it is carried out.
                ResponseError::KafkaStorageError => ResponseError::CoordinatorNotAvailable,
                other => other,
            })
        }
    }
}

/// Changes a producer's transaction, and writes it down before the client hears of it.
pub(crate) fn change(
    node: &Node,
    id: &str,
    producer: Identity,
    change: impl FnOnce(&mut Transaction) -> Result<bool, ResponseError>,
) -> Result<(), ResponseError> {
    let transaction = node.transactions.get(id);
    let transaction = transaction.ok_or(ResponseError::InvalidProducerIdMapping)?;
    let mut transaction = transaction.lock();
    transaction.check_producer(producer.0, producer.1)?;
    let mut changed = transaction.clone();
    if change(&mut changed)? {
        save(node, id, &changed)?;
        let timeout = u64::try_from(changed.timeout_ms).unwrap_or(0);
        let deadline = std::time::Instant::now() + std::time::Duration::from_millis(timeout);
        node.alarm.set(deadline);
    }
    *transaction = changed;
    Ok(())
}

/// Older versions of a request know only the older word for a fenced producer.
fn by_version(error: ResponseError, version: i16, since: i16) -> ResponseError {
    match error {
        ResponseError::ProducerFenced if version < since => ResponseError::InvalidProducerEpoch,
        other => other,
    }
}
