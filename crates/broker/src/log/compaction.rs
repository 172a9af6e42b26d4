//! Compaction: of each key in a compacted topic, only the latest record is kept.

use std::{io, path::Path};

/// Finishes or undoes what a death during compaction left behind.
pub(super) fn finish_interrupted(_folder: &Path) -> io::Result<()> {
    Ok(())
}
