//! A partition as connections see it: its log, and those who wait for it to grow.

use std::{io, path::PathBuf, sync::Arc};

use parking_lot::{Mutex, MutexGuard};

use crate::{log::PartitionLog, topic_settings::TopicSettings, waiter::WaitList};

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
        self.log().checkpoint()
    }
}
