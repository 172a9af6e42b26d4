//! Alerts for the person at the terminal.

use std::{io::Write, time::Duration};

use model::Alert;
use stream::{Effect, EffectError};

use crate::summary;

/// Writes each alert as a few lines of text.
#[derive(Debug)]
pub struct TerminalNotifier<W> {
    writer: W,
}

impl<W: Write + Send> TerminalNotifier<W> {
    /// A notifier that writes to `writer`, flushed after each alert.
    pub fn new(writer: W) -> Self {
        Self { writer }
    }
}

impl<W: Write + Send> Effect for TerminalNotifier<W> {
    type Input = Alert;

    fn name(&self) -> &'static str {
        "deliver-terminal"
    }

    fn deliver(&mut self, alert: &Alert) -> Result<(), EffectError> {
        let written = writeln!(self.writer, "ALERT {}", summary(alert));
        written
            .and_then(|()| self.writer.flush())
            .map_err(|error| EffectError::Retry {
                after: Duration::from_secs(1),
                reason: format!("terminal cannot be written: {error}"),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::fixture::alert;

    #[test]
    fn an_alert_says_who_what_where_and_how_to_read_on() {
        let mut written = Vec::new();
        TerminalNotifier::new(&mut written)
            .deliver(&alert())
            .unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "ALERT Mara Venn is quoted by Harbour Post [en]: Port to be rebuilt\n  \
             \u{201c}We will rebuild the port.\u{201d}\n  \
             rule port; published 2026-03-01T08:00:00Z\n  \
             https://harbour.example/port\n"
        );
    }
}
