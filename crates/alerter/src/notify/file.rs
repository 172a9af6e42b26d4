//! Notifications in a file, one JSON document a line.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use model::Notification;
use stream::{CancellationToken, EffectError};

use super::{Channel, json_line};

/// How long to wait before a full disk is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Appends each notification to a file as one line of JSON; a line is whole or absent.
#[derive(Debug)]
pub(super) struct AlertFile {
    path: PathBuf,
    file: File,
}

impl AlertFile {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file =
            file.map_err(|error| format!("file {} cannot be opened: {error}", path.display()))?;
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

impl Channel for AlertFile {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        json_line(notification)
    }

    fn send(
        &mut self,
        notification: &Notification,
        _stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let line = self.body(notification).map_err(EffectError::Reject)?;
        self.append(line.as_bytes())
            .map_err(|error| EffectError::Retry {
                after: RETRY,
                reason: format!("file {} cannot be written: {error}", self.path.display()),
            })
    }
}
