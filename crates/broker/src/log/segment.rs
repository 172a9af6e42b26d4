//! A segment: a file of batches, named after its first offset.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{batch::BatchHeader, index::Index, read::BatchReader};

/// What is known of a segment; the records stay on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) base_offset: i64,
    /// One past the last offset in it.
    pub(crate) end_offset: i64,
    pub(crate) bytes: u64,
    pub(crate) max_timestamp: i64,
    /// When the first batch was appended.
    pub(crate) began_ms: i64,
    pub(crate) index: Index,
}

impl Segment {
    pub(crate) fn new(base_offset: i64) -> Self {
        Self {
            base_offset,
            end_offset: base_offset,
            bytes: 0,
            max_timestamp: -1,
            began_ms: -1,
            index: Index::default(),
        }
    }

    /// Takes note of a batch at the end of the file.
    pub(crate) fn note(&mut self, header: &BatchHeader, now_ms: i64) {
        if self.bytes == 0 {
            self.began_ms = now_ms;
        }
        self.index
            .note(header.base_offset, self.bytes, self.max_timestamp);
        self.bytes += header.bytes as u64;
        self.end_offset = header.last_offset() + 1;
        self.max_timestamp = self.max_timestamp.max(header.max_timestamp);
    }

    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        segment_path(folder, self.base_offset)
    }

    pub(crate) fn open(&self, folder: &Path) -> io::Result<Arc<File>> {
        File::open(self.path(folder)).map(Arc::new)
    }

    /// Writes down what is known of a full segment, so that a start need not read it.
    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        let json = serde_json::to_vec(self)?;
        std::fs::write(index_path(folder, self.base_offset), json)
    }

    /// What is known of the full segment at `base_offset`: from its index file where that fits the
    /// segment, else from reading it.
    pub(crate) fn load(folder: &Path, base_offset: i64) -> io::Result<Self> {
        let bytes = segment_path(folder, base_offset).metadata()?.len();
        let saved = std::fs::read(index_path(folder, base_offset))
            .ok()
            .and_then(|json| serde_json::from_slice::<Self>(&json).ok());
        match saved {
            Some(segment) if segment.bytes == bytes && segment.base_offset == base_offset => {
                Ok(segment)
            }
            _ => Self::scan(folder, base_offset),
        }
    }

    fn scan(folder: &Path, base_offset: i64) -> io::Result<Self> {
        let mut segment = Self::new(base_offset);
        let file = segment.open(folder)?;
        let bytes = file.metadata()?.len();
        let mut reader = BatchReader::new(file, 0, bytes);
        while let Some((_, header)) = reader.next_header()? {
            segment.note(&header, header.max_timestamp);
        }
        segment.index.thin();
        segment.save(folder)?;
        Ok(segment)
    }

    /// Deletes the segment's files.
    pub(crate) fn delete(&self, folder: &Path) -> io::Result<()> {
        match std::fs::remove_file(index_path(folder, self.base_offset)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::fs::remove_file(self.path(folder))
    }
}

pub(crate) fn segment_path(folder: &Path, base_offset: i64) -> PathBuf {
    folder.join(format!("{base_offset:020}.log"))
}

pub(crate) fn index_path(folder: &Path, base_offset: i64) -> PathBuf {
    folder.join(format!("{base_offset:020}.index"))
}

/// The first offsets of the segments in a folder, in order.
pub(crate) fn segments_in(folder: &Path) -> io::Result<Vec<i64>> {
    let mut offsets = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_segment = path.extension().is_some_and(|extension| extension == "log");
        let offset = path
            .file_stem()
            .and_then(|stem| stem.to_str()?.parse().ok());
        if let (true, Some(offset)) = (is_segment, offset) {
            offsets.push(offset);
        }
    }
    offsets.sort_unstable();
    Ok(offsets)
}
