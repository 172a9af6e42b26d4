//! The log of one partition.

use std::{
    fs::File,
    io::{self, IoSlice, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use super::{
    batch::{Batch, prefix},
    checkpoint::Checkpoint,
    producers::{Producers, Verdict},
    read::{BatchReader, OutOfRange, ReadPlan, Upto},
    recovery,
    segment::Segment,
    transaction_index::{AbortedTransaction, OpenTransaction, TransactionIndex},
};
use crate::{clock::now_ms, topic_settings::TopicSettings};

/// Segments on disk, the last of which grows, and what must be known without reading them.
#[derive(Debug)]
pub(crate) struct PartitionLog {
    pub(super) folder: PathBuf,
    pub(super) settings: Arc<TopicSettings>,
    pub(super) closed: Vec<Segment>,
    pub(super) active: Segment,
    /// The active segment's file; its cursor stands at the end.
    pub(super) file: Arc<File>,
    pub(super) start_offset: i64,
    pub(super) end_offset: i64,
    pub(super) producers: Producers,
    pub(super) transactions: TransactionIndex,
    /// The end offset at the last checkpoint.
    pub(super) checkpointed: i64,
    pub(super) compacted_to: i64,
    /// A failed append could not be taken back: nothing more is written until a restart.
    pub(super) is_broken: bool,
}

/// A batch stands in the log from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Appended {
    pub(crate) base_offset: i64,
}

/// Why a batch was not appended.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    #[error("producer sends out of order")]
    OutOfOrder,
    #[error("producer is fenced by a later one")]
    Fenced,
    #[error(transparent)]
    Storage(#[from] io::Error),
}

impl PartitionLog {
    /// Opens or makes the log in `folder`.
    pub(crate) fn open(folder: &Path, settings: Arc<TopicSettings>) -> io::Result<Self> {
        recovery::open(folder, settings)
    }

    pub(crate) fn start_offset(&self) -> i64 {
        self.start_offset
    }

    pub(crate) fn end_offset(&self) -> i64 {
        self.end_offset
    }

    /// Where what is committed ends: the first open transaction, else the end.
    pub(crate) fn last_stable_offset(&self) -> i64 {
        let open = self.transactions.first_open();
        open.map_or(self.end_offset, |open| open.first_offset)
    }

    pub(crate) fn has_open_transaction(&self, producer_id: i64) -> bool {
        self.transactions.is_open(producer_id)
    }

    pub(crate) fn aborted_between(&self, from: i64, to: i64) -> Vec<AbortedTransaction> {
        self.transactions.aborted_between(from, to)
    }

    pub(crate) fn bytes(&self) -> u64 {
        let closed: u64 = self.closed.iter().map(|segment| segment.bytes).sum();
        closed + self.active.bytes
    }

    pub(crate) fn configure(&mut self, settings: Arc<TopicSettings>) {
        self.settings = settings;
    }

    /// The file that appends go to, to be forced to disk without holding the log.
    pub(crate) fn active_file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Appends a batch of data.
    pub(crate) fn append(&mut self, batch: Batch) -> Result<Appended, Refused> {
        if batch.header.producer_id >= 0 {
            match self.producers.judge(&batch.header) {
                Verdict::Append => {}
                Verdict::Duplicate(base_offset) => return Ok(Appended { base_offset }),
                Verdict::OutOfOrder => return Err(Refused::OutOfOrder),
                Verdict::Fenced => return Err(Refused::Fenced),
            }
        }
        Ok(self.write(batch)?)
    }

    /// Appends the marker that ends a transaction.
    pub(crate) fn append_marker(&mut self, batch: Batch) -> io::Result<Appended> {
        self.write(batch)
    }

    fn write(&mut self, mut batch: Batch) -> io::Result<Appended> {
        if self.is_broken {
            return Err(io::Error::other(
                "an earlier failed write could not be taken back",
            ));
        }
        let now_ms = now_ms();
        if self.is_full(batch.header.bytes as u64, now_ms) {
            self.roll()?;
        }
        let base_offset = self.end_offset;
        batch.header.base_offset = base_offset;
        let prefix = prefix(base_offset, batch.header.bytes);
        let rest = batch.data.get(prefix.len()..).unwrap_or_default();
        if let Err(error) = write_both(&self.file, &prefix, rest) {
            self.take_back();
            return Err(error);
        }
        self.track(&batch, now_ms);
        Ok(Appended { base_offset })
    }

    /// Takes note of a batch at the end of the active segment: one just written, or one read back.
    pub(super) fn track(&mut self, batch: &Batch, now_ms: i64) {
        let header = &batch.header;
        if let Some(marker) = batch.marker() {
            self.producers.ended(header, now_ms);
            self.transactions
                .ended(header.producer_id, marker, header.base_offset);
        } else if header.producer_id >= 0 {
            self.producers.appended(header, now_ms);
            if header.is_transactional() {
                let at = OpenTransaction {
                    first_offset: header.base_offset,
                    segment: self.active.base_offset,
                    position: self.active.bytes,
                };
                self.transactions.wrote(header.producer_id, at);
            }
        }
        self.active.note(header, now_ms);
        self.end_offset = self.active.end_offset;
    }

    fn is_full(&self, bytes: u64, now_ms: i64) -> bool {
        let is_old = now_ms - self.active.began_ms >= self.settings.segment_ms;
        self.active.bytes > 0 && (self.active.bytes + bytes > self.settings.segment_bytes || is_old)
    }

    /// Closes the active segment and begins the next.
    pub(super) fn roll(&mut self) -> io::Result<()> {
        let next = Segment::new(self.end_offset);
        let mut file = File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(next.path(&self.folder))?;
        file.seek(SeekFrom::Start(0))?;
        if self.settings.is_synced {
            self.file.sync_data()?;
        }
        self.close_active()?;
        self.active = next;
        self.file = Arc::new(file);
        Ok(())
    }

    pub(super) fn close_active(&mut self) -> io::Result<()> {
        let mut closing = std::mem::replace(&mut self.active, Segment::new(self.end_offset));
        closing.index.thin();
        // Written before the segment counts as closed; a start makes a missing one anew.
        let saved = closing.save(&self.folder);
        self.closed.push(closing);
        saved
    }

    /// Cuts off what a failed append left behind.
    fn take_back(&mut self) {
        let restored = self.file.set_len(self.active.bytes);
        let restored = restored.and_then(|()| (&*self.file).seek(SeekFrom::End(0)));
        self.is_broken = restored.is_err();
    }

    /// Plans a read of up to `max_bytes` from `offset`; `None` where there is nothing yet.
    pub(crate) fn plan_read(
        &self,
        offset: i64,
        max_bytes: u64,
        upto: Upto,
    ) -> io::Result<Result<Option<ReadPlan>, OutOfRange>> {
        if offset < self.start_offset || offset > self.end_offset {
            return Ok(Err(OutOfRange));
        }
        let open = match upto {
            Upto::End => None,
            Upto::LastStable => self.transactions.first_open(),
        };
        let limit = open.map_or(self.end_offset, |open| open.first_offset);
        if offset >= limit {
            return Ok(Ok(None));
        }
        // A compacted segment may end before the next begins.
        let behind = self
            .closed
            .partition_point(|segment| segment.end_offset <= offset);
        let (segment, file) = match self.closed.get(behind) {
            Some(segment) => (segment, segment.open(&self.folder)?),
            None => (&self.active, Arc::clone(&self.file)),
        };
        let (end, end_offset) = match open {
            Some(open) if open.segment == segment.base_offset => (open.position, limit),
            _ => (segment.bytes, segment.end_offset),
        };
        let from = segment.index.before_offset(offset);
        Ok(Ok((end > from).then(|| ReadPlan {
            file,
            offset,
            from,
            end,
            end_offset,
            cut_from: segment
                .index
                .before_position(from.saturating_add(max_bytes)),
            max_bytes,
        })))
    }

    /// A reader placed not long before the first batch that reaches `timestamp`.
    pub(crate) fn plan_time_search(&self, timestamp: i64) -> io::Result<Option<BatchReader>> {
        let segments = self.closed.iter().chain([&self.active]);
        let mut late = segments.filter(|segment| segment.max_timestamp >= timestamp);
        let Some(segment) = late.next() else {
            return Ok(None);
        };
        let from = segment.index.before_timestamp(timestamp);
        let file = segment.open(&self.folder)?;
        Ok(Some(BatchReader::new(file, from, segment.bytes)))
    }

    /// The latest timestamp in the log.
    pub(crate) fn max_timestamp(&self) -> i64 {
        let segments = self.closed.iter().chain([&self.active]);
        segments
            .map(|segment| segment.max_timestamp)
            .max()
            .unwrap_or(-1)
    }

    /// Writes a checkpoint where something was appended since the last.
    pub(crate) fn checkpoint(&mut self) -> io::Result<()> {
        if self.checkpointed == self.end_offset {
            return Ok(());
        }
        self.save_checkpoint()
    }

    pub(super) fn save_checkpoint(&mut self) -> io::Result<()> {
        self.producers.forget_old(now_ms());
        let checkpoint = Checkpoint {
            start_offset: self.start_offset,
            active: self.active.clone(),
            producers: self.producers.clone(),
            transactions: self.transactions.clone(),
            compacted_to: self.compacted_to,
        };
        checkpoint.save(&self.folder)?;
        self.checkpointed = self.end_offset;
        Ok(())
    }
}

fn write_both(mut file: &File, first: &[u8], second: &[u8]) -> io::Result<()> {
    let mut slices = [IoSlice::new(first), IoSlice::new(second)];
    let mut slices = slices.as_mut_slice();
    while !slices.is_empty() {
        match file.write_vectored(slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut slices, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
