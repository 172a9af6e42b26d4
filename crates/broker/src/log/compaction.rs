//! Compaction: of each key in a compacted topic, only the latest record is kept.
//!
//! Full segments below the first open transaction are read twice: once for the latest offset of
//! each key, once to write what stays into new files. Records of aborted transactions and markers
//! go too: nothing is left that they would speak of. Offsets never change. New files take the old
//! ones' place under a name that tells a start how to finish (`FIRST-END.swap`).

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tracing::{info, warn};

use super::{
    batch::{Batch, write_batch},
    compression::unpack,
    partition_log::PartitionLog,
    read::BatchReader,
    record::{Record, parse_records},
    segment::{Segment, segment_path, segments_in},
    transaction_index::AbortedTransaction,
};

/// Most keys held in memory at a time, some 100 bytes each; what lies behind waits for the next
/// round.
const MAX_KEYS: usize = 1_000_000;
/// The bits of a batch that say how it is packed: what is rewritten is not packed again.
const PACKED: i16 = 0x07;

/// What to compact, worked out while the log is locked.
#[derive(Debug)]
pub(crate) struct CompactionPlan {
    folder: PathBuf,
    segments: Vec<Segment>,
    aborted: Vec<AbortedTransaction>,
    segment_bytes: u64,
    /// Tombstones in files older than this go as well.
    tombstones_until: SystemTime,
}

/// What compaction has written, to take the place of the plan's segments.
#[derive(Debug)]
pub(crate) struct Compacted {
    first: i64,
    end: i64,
    segments: Vec<Segment>,
}

impl PartitionLog {
    /// What there is to compact, where enough of it is new.
    pub(crate) fn plan_compaction(&self, now_ms: i64) -> Option<CompactionPlan> {
        if !self.settings.is_compacted {
            return None;
        }
        let stable = self.last_stable_offset();
        let young = now_ms.saturating_sub(self.settings.min_compaction_lag_ms);
        let may =
            |segment: &&Segment| segment.end_offset <= stable && segment.max_timestamp <= young;
        let segments: Vec<Segment> = self.closed.iter().take_while(may).cloned().collect();
        let dirty = segments
            .iter()
            .filter(|segment| segment.base_offset >= self.compacted_to);
        let dirty_bytes: u64 = dirty.map(|segment| segment.bytes).sum();
        let all_bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
        #[expect(clippy::cast_precision_loss, reason = "a ratio needs no exact bytes")]
        let ratio = dirty_bytes as f64 / all_bytes.max(1) as f64;
        if dirty_bytes == 0 || ratio < self.settings.min_cleanable_dirty_ratio {
            return None;
        }
        let end = segments.last().map_or(0, |segment| segment.end_offset);
        let retention = u64::try_from(self.settings.delete_retention_ms).unwrap_or(0);
        Some(CompactionPlan {
            folder: self.folder.clone(),
            aborted: self.transactions.aborted_between(self.start_offset, end),
            segments,
            segment_bytes: self.settings.segment_bytes,
            tombstones_until: SystemTime::now()
                .checked_sub(Duration::from_millis(retention))
                .unwrap_or(SystemTime::UNIX_EPOCH),
        })
    }

    /// Puts what compaction has written in the place of what it has read.
    pub(crate) fn replace_compacted(&mut self, compacted: Compacted) -> io::Result<()> {
        let is_replaced = |segment: &Segment| {
            segment.base_offset >= compacted.first && segment.base_offset < compacted.end
        };
        let old: Vec<Segment> = self
            .closed
            .iter()
            .filter(|segment| is_replaced(segment))
            .cloned()
            .collect();
        if old
            .first()
            .is_none_or(|segment| segment.base_offset != compacted.first)
        {
            // Retention was quicker; the new files are forgotten at the next start.
            return Ok(());
        }
        self.compacted_to = compacted.end;
        // A start must not look into the old files for where the checkpoint ends.
        self.save_checkpoint()?;
        let swaps = name_swaps(&self.folder, &compacted)?;
        for swap in swaps {
            finish_swap(&self.folder, &swap)?;
        }
        for segment in &compacted.segments {
            segment.save(&self.folder)?;
        }
        self.closed.retain(|segment| !is_replaced(segment));
        self.closed.splice(0..0, compacted.segments);
        self.closed.sort_by_key(|segment| segment.base_offset);
        self.transactions.forget_before(compacted.end);
        let bytes =
            |segments: &[Segment]| segments.iter().map(|segment| segment.bytes).sum::<u64>();
        info!(
            folder = %self.folder.display(),
            bytes_before = bytes(&old),
            bytes_after = self.bytes() - self.active.bytes,
            "log compacted"
        );
        Ok(())
    }
}

impl CompactionPlan {
    /// Reads the segments and writes what stays. May take long; the log is not locked.
    pub(crate) fn run(mut self) -> io::Result<Option<Compacted>> {
        let mut latest = HashMap::new();
        let mut read = 0;
        for segment in &self.segments {
            if latest.len() >= MAX_KEYS && read > 0 {
                break;
            }
            self.collect_keys(segment, &mut latest)?;
            read += 1;
        }
        self.segments.truncate(read);
        let (Some(first), Some(last)) = (self.segments.first(), self.segments.last()) else {
            return Ok(None);
        };
        let (first, end) = (first.base_offset, last.end_offset);
        let last_offset = end - 1;
        let mut segments = Vec::new();
        let mut writer: Option<SegmentWriter> = None;
        for segment in &self.segments {
            let modified = segment.path(&self.folder).metadata()?.modified()?;
            let keeps_tombstones = modified > self.tombstones_until;
            let is_full =
                |writer: &SegmentWriter| writer.segment.bytes + segment.bytes > self.segment_bytes;
            if let Some(full) = writer.take_if(|writer| is_full(writer)) {
                segments.push(full.close()?);
            }
            let writer = match &mut writer {
                Some(writer) => writer,
                None => writer.insert(SegmentWriter::create(&self.folder, segment.base_offset)?),
            };
            writer.modified = modified;
            let mut reader = self.reader(segment)?;
            while let Some((_, batch)) = reader.next_batch()? {
                let batch = batch.map_err(io::Error::other)?;
                let kept = self.filter(&batch, &latest, keeps_tombstones)?;
                // The last batch stays, if only as a shell: readers learn from it where to go on.
                let is_last = batch.header.last_offset() == last_offset;
                if kept.header.records > 0 || is_last {
                    writer.write(&kept)?;
                }
            }
        }
        if let Some(writer) = writer {
            segments.push(writer.close()?);
        }
        Ok(Some(Compacted {
            first,
            end,
            segments,
        }))
    }

    fn collect_keys(
        &self,
        segment: &Segment,
        latest: &mut HashMap<Box<[u8]>, i64>,
    ) -> io::Result<()> {
        let mut reader = self.reader(segment)?;
        while let Some((_, batch)) = reader.next_batch()? {
            let batch = batch.map_err(io::Error::other)?;
            if batch.header.is_control() || self.is_aborted(&batch) {
                continue;
            }
            let unpacked = unpack(batch.header.compression(), batch.records())?;
            for record in parse_records(&unpacked)? {
                if let Some(key) = record.key {
                    latest.insert(key.into(), batch.header.base_offset + record.offset_delta);
                }
            }
        }
        Ok(())
    }

    /// The batch with the records that stay.
    fn filter(
        &self,
        batch: &Batch,
        latest: &HashMap<Box<[u8]>, i64>,
        keeps_tombstones: bool,
    ) -> io::Result<Batch> {
        let header = &batch.header;
        if header.is_control() || self.is_aborted(batch) {
            return Ok(with_records(batch, &[]));
        }
        let unpacked = unpack(header.compression(), batch.records())?;
        let records = parse_records(&unpacked)?;
        let all = records.len();
        let stays = |record: &Record<'_>| {
            let is_latest = match record.key {
                Some(key) => latest.get(key) == Some(&(header.base_offset + record.offset_delta)),
                // A compacted topic takes no records without key; one from before it was compacted
                // goes.
                None => false,
            };
            is_latest && (keeps_tombstones || !record.is_tombstone)
        };
        let kept: Vec<Record<'_>> = records.into_iter().filter(stays).collect();
        if kept.len() == all {
            return Ok(batch.clone());
        }
        Ok(with_records(batch, &kept))
    }

    fn is_aborted(&self, batch: &Batch) -> bool {
        let header = &batch.header;
        header.is_transactional()
            && self.aborted.iter().any(|aborted| {
                aborted.producer_id == header.producer_id
                    && (aborted.first_offset..aborted.last_offset).contains(&header.base_offset)
            })
    }

    fn reader(&self, segment: &Segment) -> io::Result<BatchReader> {
        Ok(BatchReader::new(
            segment.open(&self.folder)?,
            0,
            segment.bytes,
        ))
    }
}

/// The batch with these records only: same offsets, same producer, not packed.
fn with_records(batch: &Batch, records: &[Record<'_>]) -> Batch {
    let mut header = batch.header;
    if records.is_empty() && header.is_control() {
        // A shell is data without records: a reader would take it for a broken marker.
        header.attributes = 0;
        header.producer_id = -1;
        header.producer_epoch = -1;
    }
    header.attributes &= !PACKED;
    header.records = i32::try_from(records.len()).unwrap_or(i32::MAX);
    let data: Vec<&[u8]> = records.iter().map(|record| record.data).collect();
    write_batch(header, &data.concat())
}

/// Writes a segment under a name that a start throws away.
#[derive(Debug)]
struct SegmentWriter {
    segment: Segment,
    file: BufWriter<File>,
    modified: SystemTime,
}

impl SegmentWriter {
    fn create(folder: &Path, base_offset: i64) -> io::Result<Self> {
        let path = segment_path(folder, base_offset).with_extension("cleaned");
        Ok(Self {
            segment: Segment::new(base_offset),
            file: BufWriter::new(File::create(path)?),
            modified: SystemTime::UNIX_EPOCH,
        })
    }

    fn write(&mut self, batch: &Batch) -> io::Result<()> {
        self.file.write_all(&batch.data)?;
        self.segment.note(&batch.header, batch.header.max_timestamp);
        Ok(())
    }

    fn close(mut self) -> io::Result<Segment> {
        self.file.flush()?;
        let file = self.file.get_ref();
        // The age of tombstones is that of the file they came in.
        file.set_modified(self.modified)?;
        file.sync_data()?;
        self.segment.index.thin();
        Ok(self.segment)
    }
}

/// Renames the new files so that a start would put them in place. Each replaces the old ones from
/// its own first offset to where the next new one begins.
fn name_swaps(folder: &Path, compacted: &Compacted) -> io::Result<Vec<PathBuf>> {
    let mut swaps = Vec::new();
    let mut segments = compacted.segments.iter().peekable();
    while let Some(segment) = segments.next() {
        let end = segments
            .peek()
            .map_or(compacted.end, |next| next.base_offset);
        let swap = folder.join(format!("{:020}-{end:020}.swap", segment.base_offset));
        let cleaned = segment_path(folder, segment.base_offset).with_extension("cleaned");
        std::fs::rename(cleaned, &swap)?;
        swaps.push(swap);
    }
    Ok(swaps)
}

/// Deletes what a swap file replaces, and gives it its final name.
fn finish_swap(folder: &Path, swap: &Path) -> io::Result<()> {
    let stem = swap.file_stem().and_then(|stem| stem.to_str());
    let range = stem.and_then(|stem| stem.split_once('-'));
    let range: Option<(i64, i64)> =
        range.and_then(|(first, end)| first.parse().ok().zip(end.parse().ok()));
    let Some((first, end)) = range else {
        return Err(io::Error::other(format!(
            "{} is no name of ours",
            swap.display()
        )));
    };
    for offset in segments_in(folder)? {
        if (first..end).contains(&offset) {
            Segment::new(offset).delete(folder)?;
        }
    }
    std::fs::rename(swap, segment_path(folder, first))
}

/// Finishes or undoes what a death during compaction left behind.
pub(super) fn finish_interrupted(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("cleaned") => std::fs::remove_file(&path)?,
            Some("swap") => {
                warn!(file = %path.display(), "compaction was interrupted, finished now");
                finish_swap(folder, &path)?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "compaction_tests.rs"]
mod tests;
