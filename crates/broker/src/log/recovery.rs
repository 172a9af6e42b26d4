//! Opening a log: from the checkpoint, and the batches after it; what is torn is cut off.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom},
    path::Path,
    sync::Arc,
};

use tracing::{info, warn};

use super::{
    checkpoint::Checkpoint,
    compaction,
    partition_log::PartitionLog,
    producers::Producers,
    read::BatchReader,
    segment::{Segment, segment_path, segments_in},
    transaction_index::TransactionIndex,
};
use crate::{clock::now_ms, topic_settings::TopicSettings};

/// Opens the log in `folder`, which is made where it is missing.
pub(super) fn open(folder: &Path, settings: Arc<TopicSettings>) -> io::Result<PartitionLog> {
    std::fs::create_dir_all(folder)?;
    compaction::finish_interrupted(folder)?;
    let offsets = segments_in(folder)?;
    let checkpoint = Checkpoint::load(folder).filter(|checkpoint| fits(checkpoint, folder));
    let checkpoint = match checkpoint {
        Some(checkpoint) => checkpoint,
        None => from_nothing(folder, &offsets)?,
    };
    let first = checkpoint.active.base_offset;
    let mut closed = Vec::new();
    for offset in offsets.iter().filter(|offset| **offset < first) {
        closed.push(Segment::load(folder, *offset)?);
    }
    let file = open_for_append(folder, first)?;
    let checkpointed = checkpoint.active.end_offset;
    let mut log = PartitionLog {
        folder: folder.to_owned(),
        settings,
        closed,
        end_offset: checkpoint.active.end_offset,
        active: checkpoint.active,
        file,
        start_offset: checkpoint.start_offset,
        producers: checkpoint.producers,
        transactions: checkpoint.transactions,
        checkpointed,
        compacted_to: checkpoint.compacted_to,
        is_broken: false,
    };
    replay(&mut log)?;
    for offset in offsets.into_iter().filter(|offset| *offset > first) {
        log.close_active()?;
        log.active = Segment::new(offset);
        log.end_offset = log.end_offset.max(offset);
        log.active.end_offset = log.end_offset;
        log.file = open_for_append(folder, offset)?;
        replay(&mut log)?;
    }
    log.file = open_for_append(folder, log.active.base_offset)?;
    Ok(log)
}

/// Whether the files are at least as long as the checkpoint says.
fn fits(checkpoint: &Checkpoint, folder: &Path) -> bool {
    let path = segment_path(folder, checkpoint.active.base_offset);
    let fits = path
        .metadata()
        .is_ok_and(|file| file.len() >= checkpoint.active.bytes);
    if !fits {
        warn!(folder = %folder.display(), "checkpoint does not fit the log, reading all of it");
    }
    fits
}

fn from_nothing(folder: &Path, offsets: &[i64]) -> io::Result<Checkpoint> {
    let base = offsets.first().copied().unwrap_or(0);
    if offsets.is_empty() {
        File::create(segment_path(folder, base))?;
    }
    Ok(Checkpoint {
        start_offset: base,
        active: Segment::new(base),
        producers: Producers::default(),
        transactions: TransactionIndex::default(),
        compacted_to: 0,
    })
}

fn open_for_append(folder: &Path, base_offset: i64) -> io::Result<Arc<File>> {
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(segment_path(folder, base_offset))?;
    file.seek(SeekFrom::End(0))?;
    Ok(Arc::new(file))
}

/// Reads the batches after what is known of the active segment, and cuts off a torn end.
fn replay(log: &mut PartitionLog) -> io::Result<()> {
    let bytes = log.file.metadata()?.len();
    let from = log.active.bytes;
    let mut reader = BatchReader::new(Arc::clone(&log.file), from, bytes);
    while let Some((position, batch)) = reader.next_batch()? {
        let trouble = match &batch {
            Ok(batch) if batch.header.base_offset >= log.end_offset => {
                log.track(batch, now_ms());
                continue;
            }
            Ok(_) => "batch is out of order".to_owned(),
            Err(error) => error.to_string(),
        };
        warn!(
            file = %log.active.path(&log.folder).display(),
            position,
            dropped_bytes = bytes - position,
            reason = trouble,
            "log ends torn, cut off"
        );
        log.file.set_len(position)?;
        break;
    }
    if bytes > from {
        info!(
            folder = %log.folder.display(),
            bytes = bytes - from,
            offset = log.end_offset,
            "log read after its checkpoint"
        );
    }
    Ok(())
}
