//! Notifications for programs that read standard output, one JSON document a line.

use std::{io::Write, time::Duration};

use model::Notification;
use stream::{CancellationToken, EffectError};

use super::{Channel, json_line};

/// Writes each notification as one line of JSON.
pub(super) struct Stdout {
    writer: Box<dyn Write + Send>,
}

impl Stdout {
    pub(super) fn new(writer: Box<dyn Write + Send>) -> Self {
        Self { writer }
    }
}

impl Channel for Stdout {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        json_line(notification)
    }

    fn send(
        &mut self,
        notification: &Notification,
        _stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let line = self.body(notification).map_err(EffectError::Reject)?;
        let written = self.writer.write_all(line.as_bytes());
        written
            .and_then(|()| self.writer.flush())
            .map_err(|error| EffectError::Retry {
                after: Duration::from_secs(1),
                reason: format!("standard output cannot be written: {error}"),
            })
    }
}
