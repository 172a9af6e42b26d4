//! The lock that keeps two brokers out of one data folder.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use crate::StartError;

/// Held while a broker uses its data folder; the operating system lets go when the process ends.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

impl DataLock {
    pub(crate) fn take(folder: &Path) -> Result<Self, StartError> {
        std::fs::create_dir_all(folder).map_err(StartError::io(folder))?;
        let path = folder.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StartError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StartError::DataLocked {
                folder: folder.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(StartError::Io { path, source }),
        }
    }
}
