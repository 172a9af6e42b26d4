//! A checkpoint: what a partition knows, written down, so that a start reads only what came after.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{producers::Producers, segment::Segment, transaction_index::TransactionIndex};

/// The state of a partition at an offset.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// Records before it are deleted.
    pub(crate) start_offset: i64,
    /// The segment that is written to, as far as the checkpoint goes.
    pub(crate) active: Segment,
    pub(crate) producers: Producers,
    pub(crate) transactions: TransactionIndex,
    /// Up to where old values of keys have been removed.
    pub(crate) compacted_to: i64,
}

impl Checkpoint {
    /// Writes it in the place of the one before.
    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        let json = serde_json::to_vec(self)?;
        let checksum = crc32c::crc32c(&json);
        let path = folder.join("checkpoint.new");
        let mut file = File::create(&path)?;
        file.write_all(format!("{checksum:08x}\n").as_bytes())?;
        file.write_all(&json)?;
        // Else a power cut could leave an empty file under the final name.
        file.sync_data()?;
        std::fs::rename(path, folder.join("checkpoint"))
    }

    /// Reads it; `None` where there is none, or it is damaged.
    pub(crate) fn load(folder: &Path) -> Option<Self> {
        let data = std::fs::read(folder.join("checkpoint")).ok()?;
        let (checksum, json) = data.split_at_checked(9)?;
        let is_whole = checksum == format!("{:08x}\n", crc32c::crc32c(json)).as_bytes();
        is_whole
            .then(|| serde_json::from_slice(json).ok())
            .flatten()
    }
}
