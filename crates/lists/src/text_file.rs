//! Text files as people and their programs leave them: read in any common encoding, replaced whole.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use thiserror::Error;

/// Why a file is not saved; what was there is untouched.
#[derive(Debug, Error)]
pub enum SaveError {
    /// Another program has changed the file since it was read.
    #[error("{} was changed by someone else meanwhile; nothing was written", .0.display())]
    Changed(PathBuf),
    /// The system refuses.
    #[error("{} cannot be written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Replaces the file at `path` by `text` in one step: a reader sees the old text or the new one,
/// and after a crash one of the two is there. Missing folders are made, links are followed.
///
/// `as_read` is the text that the change began with; `None` where there was no file.
///
/// # Errors
/// Where the file was changed meanwhile or cannot be written.
pub fn save_text(path: &Path, as_read: Option<&str>, text: &str) -> Result<(), SaveError> {
    let failed = |source| SaveError::Io {
        path: path.to_owned(),
        source,
    };
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| *folder != Path::new(""));
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let now = match fs::read_to_string(&target) {
        Ok(now) => Some(now),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    if now.as_deref() != as_read {
        return Err(SaveError::Changed(path.to_owned()));
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = target.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = write_beside(&temporary, &target, text);
    if written.is_err() {
        // Half a file beside the list would only be in the way.
        fs::remove_file(&temporary).ok();
    }
    written.map_err(failed)
}

fn write_beside(temporary: &Path, target: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(temporary)?;
    if let Ok(old) = fs::metadata(target) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(temporary, target)
}

/// Bytes as text: by byte order mark, as UTF-8 where they are valid, by what an XML prolog
/// declares, or else as Windows-1252, which spreadsheets of western systems still write.
pub fn decode_text(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0.into_owned();
    }
    let encoding = match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) => declared(bytes).unwrap_or(WINDOWS_1252),
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The encoding in an XML prolog.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..bytes.len().min(200))?;
    let start = String::from_utf8_lossy(start);
    let (_, rest) = start.split_once("encoding=")?;
    let quote = rest.chars().next()?;
    let label = rest.split(quote).nth(1)?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(decode_text(bytes), expected);
    }

    #[test]
    fn common_encodings_are_read() {
        check("\u{feff}ភ្នំ".as_bytes(), "ភ្នំ");
        check(b"\xff\xfeA\x00", "A");
        check(b"Le Caf\xe9", "Le Café");
        check(
            b"<?xml version='1.0' encoding='iso-8859-2'?>\xb3",
            "<?xml version='1.0' encoding='iso-8859-2'?>ł",
        );
    }

    #[test]
    fn a_file_is_replaced_whole_and_only_as_it_was_read() {
        let folder = std::env::temp_dir().join(format!("onrecord-save-{}", std::process::id()));
        let path = folder.join("new/list.toml");
        save_text(&path, None, "one").unwrap();
        save_text(&path, Some("one"), "two").unwrap();
        assert!(matches!(
            save_text(&path, Some("one"), "three"),
            Err(SaveError::Changed(_))
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let beside = fs::read_dir(folder.join("new")).unwrap().count();
        assert_eq!(beside, 1, "nothing is left beside it");
        fs::remove_dir_all(folder).unwrap();
    }
}
