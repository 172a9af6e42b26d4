//! Reading a log: which bytes of which file answer a fetch.

use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc};

use bytes::Bytes;

use super::batch::{BadBatch, Batch, BatchHeader, HEADER_BYTES};

/// How far a reader may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upto {
    /// Everything appended.
    End,
    /// Up to the first open transaction.
    LastStable,
}

/// The offset asked for is not in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfRange;

/// Where to look, worked out while the log is locked; [`resolve`](Self::resolve) reads without.
#[derive(Debug)]
pub(crate) struct ReadPlan {
    pub(super) file: Arc<File>,
    /// The offset asked for.
    pub(super) offset: i64,
    /// At or before the batch that holds it.
    pub(super) from: u64,
    /// Where what may be read ends, and the offset there.
    pub(super) end: u64,
    pub(super) end_offset: i64,
    /// A batch boundary not long before `from + max_bytes`.
    pub(super) cut_from: u64,
    pub(super) max_bytes: u64,
}

/// Whole batches in a file.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) file: Arc<File>,
    pub(crate) position: u64,
    pub(crate) bytes: u64,
    /// One past the last offset.
    pub(crate) end_offset: i64,
}

impl ReadPlan {
    /// Finds the batch boundaries: as many batches as fit, and at least one.
    pub(crate) fn resolve(self) -> io::Result<Slice> {
        let mut reader = BatchReader::new(Arc::clone(&self.file), self.from, self.end);
        let mut position = self.end;
        let mut end_offset = self.end_offset;
        while let Some((at, header)) = reader.next_header()? {
            if header.last_offset() >= self.offset {
                position = at;
                break;
            }
        }
        let limit = position.saturating_add(self.max_bytes);
        let mut end = self.end;
        if end > limit {
            let mut reader = if self.cut_from > position {
                BatchReader::new(Arc::clone(&self.file), self.cut_from, self.end)
            } else {
                BatchReader::new(Arc::clone(&self.file), position, self.end)
            };
            while let Some((at, header)) = reader.next_header()? {
                end = at + header.bytes as u64;
                end_offset = header.last_offset() + 1;
                // The one that crosses the limit is left out, unless it is the only one.
                if end > limit {
                    if at > position {
                        end = at;
                        end_offset = header.base_offset;
                    }
                    break;
                }
            }
        }
        Ok(Slice {
            file: self.file,
            position,
            bytes: end - position,
            end_offset,
        })
    }
}

/// Walks over the batches of a file.
#[derive(Debug)]
pub(crate) struct BatchReader {
    file: Arc<File>,
    position: u64,
    end: u64,
    window: Vec<u8>,
    window_at: u64,
}

/// Small batches share a read; large ones waste little of it.
const WINDOW_BYTES: usize = 4 * 1024;

impl BatchReader {
    pub(crate) fn new(file: Arc<File>, from: u64, end: u64) -> Self {
        Self {
            file,
            position: from,
            end,
            window: Vec::new(),
            window_at: 0,
        }
    }

    /// The next batch's position and header; `None` where none is left, or what is left is no
    /// batch.
    pub(crate) fn next_header(&mut self) -> io::Result<Option<(u64, BatchHeader)>> {
        let position = self.position;
        let left = self.end.saturating_sub(position);
        if left < HEADER_BYTES as u64 {
            return Ok(None);
        }
        if self.in_window(position).is_none() {
            let bytes = usize::try_from(left)
                .unwrap_or(WINDOW_BYTES)
                .min(WINDOW_BYTES);
            self.window.resize(bytes, 0);
            self.file.read_exact_at(&mut self.window, position)?;
            self.window_at = position;
        }
        let header = self.in_window(position).map(BatchHeader::parse);
        let Some(Ok(header)) = header else {
            return Ok(None);
        };
        if header.bytes as u64 > left {
            return Ok(None);
        }
        self.position += header.bytes as u64;
        Ok(Some((position, header)))
    }

    /// The next whole batch, checked; says what is wrong where there is something else.
    pub(crate) fn next_batch(&mut self) -> io::Result<Option<(u64, Result<Batch, BadBatch>)>> {
        let position = self.position;
        if position >= self.end {
            return Ok(None);
        }
        let Some((_, header)) = self.next_header()? else {
            return Ok(Some((position, Err(BadBatch::CutOff))));
        };
        let mut data = vec![0; header.bytes];
        self.file.read_exact_at(&mut data, position)?;
        Ok(Some((position, Batch::parse(Bytes::from(data)))))
    }

    fn in_window(&self, position: u64) -> Option<&[u8]> {
        let from = usize::try_from(position.checked_sub(self.window_at)?).ok()?;
        self.window.get(from..from.checked_add(HEADER_BYTES)?)
    }
}
