//! The log of a partition: batches as the producers sent them, in segments on disk.

mod batch;
mod checkpoint;
mod compaction;
mod compression;
mod index;
mod partition_log;
mod producers;
mod read;
mod record;
mod recovery;
mod retention;
mod segment;
mod transaction_index;

pub(crate) use batch::{BadBatch, Marker, control_batch, split_batches};
pub(crate) use partition_log::{PartitionLog, Refused};
pub(crate) use read::{OutOfRange, Slice, Upto};
pub(crate) use transaction_index::AbortedTransaction;
