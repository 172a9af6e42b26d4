//! A partition as connections see it: its log, and those who wait for it to grow.

use std::{io, path::PathBuf, sync::Arc};

use parking_lot::{Mutex, MutexGuard};

use crate::{clock::now_ms, log::PartitionLog, topic_settings::TopicSettings, waiter::WaitList};

/// A partition of a topic.
#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) folder: PathBuf,
    log: Mutex<PartitionLog>,
    pub(crate) waiting: WaitList,
}

impl Partition {
    pub(crate) fn open(folder: PathBuf, settings: Arc<TopicSettings>) -> io::Result<Self> {
        let log = Mutex::new(PartitionLog::open(&folder, settings)?);
        Ok(Self {
            folder,
            log,
            waiting: WaitList::default(),
        })
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, PartitionLog> {
        self.log.lock()
    }

    /// Forces what was appended to the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        // A segment that was closed in between was synced when it was closed.
        let file = self.log().active_file();
        file.sync_data()
    }

    /// Drops what is older or more than the topic's retention allows.
    pub(crate) fn retain(&self, now_ms: i64) -> io::Result<()> {
        self.log().retain(now_ms)
    }

    /// What has to be done now and then besides.
    pub(crate) fn tend(&self) -> io::Result<()> {
        self.compact(now_ms())?;
        self.log().checkpoint()
    }

    /// Compacts where that is due; appends and reads go on meanwhile.
    fn compact(&self, now_ms: i64) -> io::Result<()> {
        let plan = self.log().plan_compaction(now_ms);
        let Some(plan) = plan else {
            return Ok(());
        };
        if let Some(compacted) = plan.run()? {
            self.log().replace_compacted(compacted)?;
        }
        Ok(())
    }
}
