//! Dropping old records: by request, by age and by size; always whole segments.

use std::io;

use tracing::info;

use super::partition_log::PartitionLog;

impl PartitionLog {
    /// Records before `offset` count no longer; segments that hold only such are deleted.
    pub(crate) fn delete_before(&mut self, offset: i64) -> io::Result<()> {
        if offset <= self.start_offset {
            return Ok(());
        }
        if offset >= self.end_offset
            && self.active.bytes > 0
            && self.last_stable_offset() == self.end_offset
        {
            self.roll()?;
        }
        self.start_offset = offset;
        // Written down first: what a death leaves of the segments is then before the start.
        self.save_checkpoint()?;
        self.drop_dead_segments()
    }

    /// Applies the topic's retention.
    pub(crate) fn retain(&mut self, now_ms: i64) -> io::Result<()> {
        if !self.settings.is_deleted {
            return Ok(());
        }
        let oldest = match self.settings.retention_ms {
            -1 => i64::MIN,
            age => now_ms.saturating_sub(age),
        };
        let is_all_old = self.active.bytes > 0 && self.active.max_timestamp < oldest;
        if is_all_old && self.last_stable_offset() == self.end_offset {
            self.roll()?;
        }
        let mut excess = match u64::try_from(self.settings.retention_bytes) {
            Ok(most) => self.bytes().saturating_sub(most),
            Err(_) => 0,
        };
        let stable = self.last_stable_offset();
        let mut start = self.start_offset;
        for segment in &self.closed {
            let is_old = segment.max_timestamp < oldest;
            let is_excess = excess >= segment.bytes && excess > 0;
            if segment.end_offset > stable || !(is_old || is_excess) {
                break;
            }
            excess = excess.saturating_sub(segment.bytes);
            start = segment.end_offset;
        }
        if start > self.start_offset {
            info!(folder = %self.folder.display(), offset = start, "old records dropped");
            self.delete_before(start)?;
        }
        Ok(())
    }

    fn drop_dead_segments(&mut self) -> io::Result<()> {
        while let Some(first) = self.closed.first()
            && first.end_offset <= self.start_offset
        {
            first.delete(&self.folder)?;
            self.closed.remove(0);
        }
        self.transactions.forget_before(self.start_offset);
        Ok(())
    }
}
