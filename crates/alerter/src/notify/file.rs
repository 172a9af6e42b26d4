//! Alerts in a file, one JSON document a line.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use model::Alert;
use stream::{Effect, EffectError};

use crate::NotifierError;

/// How long to wait before a full disk is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Appends each alert to a file as one line of JSON; a line is whole or absent.
#[derive(Debug)]
pub struct FileNotifier {
    path: PathBuf,
    file: File,
}

impl FileNotifier {
    /// Opens `path` for appending, and creates it where missing.
    ///
    /// # Errors
    /// Where the file cannot be opened for writing.
    pub fn open(path: &Path) -> Result<Self, NotifierError> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(|source| NotifierError::File {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    fn append(&mut self, line: &[u8]) -> std::io::Result<()> {
        let whole_bytes = self.file.metadata()?.len();
        let written = self
            .file
            .write_all(line)
            .and_then(|()| self.file.sync_data());
        if written.is_err() {
            // Takes a half line back, so that readers never see one.
            self.file.set_len(whole_bytes)?;
        }
        written
    }
}

impl Effect for FileNotifier {
    type Input = Alert;

    fn name(&self) -> &'static str {
        "deliver-file"
    }

    fn deliver(&mut self, alert: &Alert) -> Result<(), EffectError> {
        let mut line = serde_json::to_vec(alert)
            .map_err(|error| EffectError::Reject(format!("alert has no json form: {error}")))?;
        line.push(b'\n');
        self.append(&line).map_err(|error| EffectError::Retry {
            after: RETRY,
            reason: format!(
                "alert file {} cannot be written: {error}",
                self.path.display()
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::fixture::alert;

    #[test]
    fn alerts_are_appended_a_line_each_across_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.jsonl");
        for _ in 0..2 {
            FileNotifier::open(&path)
                .unwrap()
                .deliver(&alert())
                .unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap();
        let alerts: Vec<Alert> = written
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(alerts, [alert(), alert()]);
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = FileNotifier::open(folder.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&folder.path().display().to_string()),
            "{error}"
        );
    }
}
