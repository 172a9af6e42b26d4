//! The journal: the catalog's events on disk, each group of events whole or not at all.
//!
//! A frame is its length, its checksum and JSON. When the journal has grown to several times what
//! the catalog needs, a new one is written from the catalog and takes its place.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::{Buf, BufMut};
use tracing::warn;

use crate::{
    StartError,
    catalog::{Catalog, Event},
};

const FRAME_HEADER_BYTES: usize = 8;
/// The first frame, so that another program's file is not taken for a journal.
const FORMAT: &str = "onrecord broker journal 1";
/// Below this a rewrite saves too little.
const REWRITE_FROM_BYTES: u64 = 4 * 1024 * 1024;

/// The catalog, and the file that remembers it.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: Arc<File>,
    bytes: u64,
    /// Size after the last rewrite.
    rewritten_bytes: u64,
    catalog: Catalog,
    is_broken: bool,
}

impl Journal {
    pub(crate) fn open(folder: &Path) -> Result<Self, StartError> {
        let path = folder.join("journal");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StartError::io(&path))?;
        let mut data = Vec::new();
        file.read_to_end(&mut data).map_err(StartError::io(&path))?;
        let (catalog, bytes) = read_frames(&path, &data)?;
        if bytes < data.len() {
            warn!(
                file = %path.display(),
                dropped_bytes = data.len() - bytes,
                "journal ends torn, cut off"
            );
        }
        let bytes = bytes as u64;
        file.set_len(bytes)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(StartError::io(&path))?;
        let mut journal = Self {
            path,
            file: Arc::new(file),
            bytes,
            rewritten_bytes: bytes,
            catalog,
            is_broken: false,
        };
        if bytes == 0 {
            let path = journal.path.clone();
            journal.rewrite().map_err(StartError::io(path))?;
        }
        Ok(journal)
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Writes events down, then applies them.
    pub(crate) fn append(&mut self, events: Vec<Event>) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other(
                "an earlier failed write could not be taken back",
            ));
        }
        let frame = frame(&serde_json::to_vec(&events)?);
        if let Err(error) = (&*self.file).write_all(&frame) {
            let restored = self.file.set_len(self.bytes);
            let restored = restored.and_then(|()| (&*self.file).seek(SeekFrom::End(0)));
            self.is_broken = restored.is_err();
            return Err(error);
        }
        self.bytes += frame.len() as u64;
        for event in events {
            self.catalog.apply(event);
        }
        Ok(())
    }

    /// The file, to be forced to disk without holding the journal.
    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Rewrites the journal where that makes it much smaller.
    pub(crate) fn rewrite_if_large(&mut self) -> io::Result<()> {
        if self.bytes > REWRITE_FROM_BYTES.max(4 * self.rewritten_bytes) {
            self.rewrite()?;
        }
        Ok(())
    }

    fn rewrite(&mut self) -> io::Result<()> {
        let new = self.path.with_extension("new");
        let mut data = frame(&serde_json::to_vec(FORMAT)?);
        for event in self.catalog.events() {
            data.extend(frame(&serde_json::to_vec(&[event])?));
        }
        let mut file = File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(&new)?;
        file.write_all(&data)?;
        file.sync_data()?;
        std::fs::rename(&new, &self.path)?;
        self.file = Arc::new(file);
        self.bytes = data.len() as u64;
        self.rewritten_bytes = self.bytes;
        self.is_broken = false;
        Ok(())
    }
}

fn frame(json: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(FRAME_HEADER_BYTES + json.len());
    frame.put_u32(u32::try_from(json.len()).unwrap_or(u32::MAX));
    frame.put_u32(crc32c::crc32c(json));
    frame.put_slice(json);
    frame
}

/// Applies the whole frames, and says how many bytes they are.
fn read_frames(path: &Path, data: &[u8]) -> Result<(Catalog, usize), StartError> {
    let mut catalog = Catalog::default();
    let mut rest = data;
    let mut is_first = true;
    let mut whole = 0;
    while let Some(json) = next_frame(&mut rest) {
        let not_understood = |reason: String| StartError::NotUnderstood {
            path: path.to_owned(),
            reason,
        };
        if is_first {
            let format: Option<String> = serde_json::from_slice(json).ok();
            if format.as_deref() != Some(FORMAT) {
                return Err(not_understood("its first line is not ours".to_owned()));
            }
            is_first = false;
        } else {
            let events: Vec<Event> =
                serde_json::from_slice(json).map_err(|error| not_understood(error.to_string()))?;
            for event in events {
                catalog.apply(event);
            }
        }
        whole = data.len() - rest.len();
    }
    if is_first && !data.is_empty() {
        return Err(StartError::NotUnderstood {
            path: path.to_owned(),
            reason: "it does not begin as a journal".to_owned(),
        });
    }
    Ok((catalog, whole))
}

fn next_frame<'a>(data: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut rest = *data;
    let bytes = rest.try_get_u32().ok()?;
    let checksum = rest.try_get_u32().ok()?;
    let (json, rest) = rest.split_at_checked(bytes as usize)?;
    if crc32c::crc32c(json) != checksum {
        return None;
    }
    *data = rest;
    Some(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::offset;

    fn commit(n: i64) -> Vec<Event> {
        vec![Event::OffsetsCommitted {
            group: "g".to_owned(),
            offsets: vec![offset("t", n)],
        }]
    }

    #[test]
    fn what_was_appended_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        for n in 0..10 {
            journal.append(commit(n)).unwrap();
        }
        let before = journal.catalog().clone();
        journal.rewrite().unwrap();
        journal.append(commit(10)).unwrap();
        drop(journal);
        let journal = Journal::open(folder.path()).unwrap();
        assert_ne!(*journal.catalog(), before);
        let offsets = &journal.catalog().offsets["g"];
        assert_eq!(offsets.values().next().unwrap().offset, 10);
    }

    #[test]
    fn a_torn_end_is_cut_wherever_it_tears() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        journal.append(commit(1)).unwrap();
        let whole = journal.bytes;
        journal.append(commit(2)).unwrap();
        drop(journal);
        let path = folder.path().join("journal");
        let data = std::fs::read(&path).unwrap();
        let whole = usize::try_from(whole).unwrap();
        for cut in whole..data.len() {
            std::fs::write(&path, &data[..cut]).unwrap();
            let mut journal = Journal::open(folder.path()).unwrap();
            let offset = journal.catalog().offsets["g"]
                .values()
                .next()
                .unwrap()
                .offset;
            assert_eq!(offset, 1, "cut at {cut}");
            journal.append(commit(3)).unwrap();
        }
    }

    #[test]
    fn another_programs_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("journal"), "not a journal at all").unwrap();
        let error = Journal::open(folder.path()).unwrap_err();
        assert!(matches!(error, StartError::NotUnderstood { .. }));
    }
}
