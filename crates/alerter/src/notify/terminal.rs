//! Alerts for the person at the terminal.

use std::{io::Write, time::Duration};

use anstyle::{AnsiColor, Style};
use model::Notification;
use stream::{CancellationToken, EffectError};

use super::Channel;
use crate::message::Messages;

/// So that an alert stands out among quotes.
const ALERT: Style = AnsiColor::Red.on_default().bold();

/// Writes each notification as text, with a style; its writer takes that out where it is no
/// terminal.
pub(super) struct Terminal {
    writer: Box<dyn Write + Send>,
    messages: Messages,
}

impl Terminal {
    pub(super) fn new(writer: Box<dyn Write + Send>, messages: Messages) -> Self {
        Self { writer, messages }
    }
}

impl Channel for Terminal {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let text = self.messages.text(notification)?;
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        Ok(format!("{ALERT}ALERT{ALERT:#} {}\n", lines.join("\n  ")))
    }

    fn send(
        &mut self,
        notification: &Notification,
        _stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        let written = self.writer.write_all(body.as_bytes());
        written
            .and_then(|()| self.writer.flush())
            .map_err(|error| EffectError::Retry {
                after: Duration::from_secs(1),
                reason: format!("terminal cannot be written: {error}"),
            })
    }
}
