//! The transaction coordinator: decides, writes markers, and remembers.
//!
//! A transaction ends in four steps: (1) the decision is written to the journal, (2) markers are
//! written to the partitions, (3) its offsets and (4) the end are written to the journal together.
//! A start finds the decided ones in the journal and takes steps 2 to 4 again; a partition that
//! has its marker is left alone, so repeating does no harm. Offsets sent within a transaction are
//! in the journal before they are acknowledged, so that they outlive the broker.

use std::{
    collections::BTreeMap,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use kafka_protocol::ResponseError;
use parking_lot::Mutex;
use tracing::{info, warn};

use crate::{
    Fsync,
    catalog::{Catalog, Event, Transaction, TransactionState},
    clock::now_ms,
    log::{Marker, control_batch},
    node::{Node, storage_failed},
};

/// A transactional id unused for so long is forgotten, as in Kafka.
const FORGOTTEN_AFTER_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How soon an ending that the disk refused is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The transactional ids, each with a lock of its own.
#[derive(Debug, Default)]
pub(crate) struct Transactions {
    by_id: Mutex<BTreeMap<String, Arc<Mutex<Transaction>>>>,
}

impl Transactions {
    pub(crate) fn restored(catalog: &Catalog) -> Self {
        let transactions = catalog.transactions.iter();
        let by_id = transactions
            .map(|(id, transaction)| (id.clone(), Arc::new(Mutex::new(transaction.clone()))))
            .collect();
        Self {
            by_id: Mutex::new(by_id),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Mutex<Transaction>>> {
        self.by_id.lock().get(id).cloned()
    }

    /// The transaction of `id`, made by `new` where there is none.
    pub(crate) fn get_or_make(
        &self,
        id: &str,
        new: impl FnOnce() -> Result<Transaction, ResponseError>,
    ) -> Result<Arc<Mutex<Transaction>>, ResponseError> {
        let mut by_id = self.by_id.lock();
        if let Some(transaction) = by_id.get(id) {
            return Ok(Arc::clone(transaction));
        }
        let transaction = Arc::new(Mutex::new(new()?));
        by_id.insert(id.to_owned(), Arc::clone(&transaction));
        Ok(transaction)
    }

    /// Takes a deleted topic out of open transactions.
    pub(crate) fn topic_deleted(&self, topic: &str) {
        for (_, transaction) in self.all() {
            let mut transaction = transaction.lock();
            transaction
                .partitions
                .retain(|partition| partition.topic != topic);
            for offsets in transaction.offsets.values_mut() {
                offsets.retain(|offset| offset.partition.topic != topic);
            }
        }
    }

    fn all(&self) -> Vec<(String, Arc<Mutex<Transaction>>)> {
        let by_id = self.by_id.lock();
        by_id
            .iter()
            .map(|(id, transaction)| (id.clone(), Arc::clone(transaction)))
            .collect()
    }
}

/// Writes a transaction's state to the journal.
pub(crate) fn save(node: &Node, id: &str, transaction: &Transaction) -> Result<(), ResponseError> {
    node.record(vec![saved(id, transaction)])
}

fn saved(id: &str, transaction: &Transaction) -> Event {
    Event::TransactionSet {
        id: id.to_owned(),
        transaction: transaction.clone(),
    }
}

/// Ends an open or decided transaction.
pub(crate) fn finish(
    node: &Node,
    id: &str,
    transaction: &mut Transaction,
    marker: Marker,
) -> Result<(), ResponseError> {
    if transaction.state != TransactionState::Prepared(marker) {
        sync_partitions(node, transaction).map_err(|error| storage_failed(&error, id))?;
        let mut decided = transaction.clone();
        decided.state = TransactionState::Prepared(marker);
        save(node, id, &decided)?;
        *transaction = decided;
    }
    write_markers(node, transaction, marker).map_err(|error| {
        node.alarm.set(Instant::now() + RETRY);
        storage_failed(&error, id)
    })?;
    let mut ended = transaction.clone();
    let offsets = ended.complete(marker, now_ms());
    let mut events = Vec::new();
    if marker == Marker::Commit {
        let offsets = offsets.into_iter();
        events.extend(offsets.map(|(group, offsets)| Event::OffsetsCommitted { group, offsets }));
    }
    events.push(saved(id, &ended));
    node.record(events)?;
    *transaction = ended;
    Ok(())
}

/// With `fsync = "commit"`, what the transaction wrote is on disk before it is decided.
fn sync_partitions(node: &Node, transaction: &Transaction) -> io::Result<()> {
    if node.config.fsync == Fsync::None {
        return Ok(());
    }
    for partition in &transaction.partitions {
        if let Some(partition) = node.partition_of(partition) {
            partition.sync()?;
        }
    }
    Ok(())
}

fn write_markers(node: &Node, transaction: &Transaction, marker: Marker) -> io::Result<()> {
    for partition in &transaction.partitions {
        let Some(partition) = node.partition_of(partition) else {
            continue;
        };
        {
            let mut log = partition.log();
            // Nothing was written there, or the marker stands already.
            if !log.has_open_transaction(transaction.producer_id) {
                continue;
            }
            let batch = control_batch(transaction.producer_id, transaction.epoch, marker, now_ms());
            log.append_marker(batch)?;
        }
        partition.waiting.wake_all();
    }
    Ok(())
}

/// Aborts what has taken too long, ends what was decided; says when to look again.
pub(crate) fn expire(node: &Node) -> Option<Instant> {
    let mut next: Option<Instant> = None;
    for (id, transaction) in node.transactions.all() {
        let mut transaction = transaction.lock();
        let now_ms = now_ms();
        let outcome = match transaction.state {
            TransactionState::Prepared(marker) => finish(node, &id, &mut transaction, marker),
            TransactionState::Ongoing if transaction.is_overdue(now_ms) => {
                info!(transactional_id = id, "transaction took too long, aborted");
                abort(node, &id, &mut transaction)
            }
            TransactionState::Ongoing => {
                let left = u64::try_from(transaction.deadline_ms() - now_ms).unwrap_or(0);
                let due = Instant::now() + Duration::from_millis(left);
                next = Some(next.map_or(due, |next| next.min(due)));
                continue;
            }
            TransactionState::Empty | TransactionState::Complete(_) => continue,
        };
        if let Err(error) = outcome {
            warn!(
                transactional_id = id,
                ?error,
                "transaction not ended, will be tried again"
            );
            let due = Instant::now() + RETRY;
            next = Some(next.map_or(due, |next| next.min(due)));
        }
    }
    next
}

/// Shuts the producer out and aborts its open transaction.
pub(crate) fn abort(
    node: &Node,
    id: &str,
    transaction: &mut Transaction,
) -> Result<(), ResponseError> {
    let mut fenced = transaction.clone();
    fenced.fence();
    finish(node, id, &mut fenced, Marker::Abort).inspect_err(|_| {
        // Where the decision was written down, the fence holds already.
        if fenced.state == TransactionState::Prepared(Marker::Abort) {
            *transaction = fenced.clone();
        }
    })?;
    *transaction = fenced;
    Ok(())
}

/// Forgets ids that have not been used for a week.
pub(crate) fn forget_old(node: &Node) {
    let now_ms = now_ms();
    for (id, transaction) in node.transactions.all() {
        let transaction = transaction.lock();
        let is_idle = matches!(
            transaction.state,
            TransactionState::Empty | TransactionState::Complete(_)
        );
        if is_idle && now_ms - transaction.changed_ms > FORGOTTEN_AFTER_MS {
            let event = Event::TransactionForgotten { id: id.clone() };
            if node.record(vec![event]).is_ok() {
                node.transactions.by_id.lock().remove(&id);
            }
        }
    }
}
