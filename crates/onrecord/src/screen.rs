//! The terminal of a running pipeline: findings on standard output, talk and a counter line on
//! standard error, never mixed up.

use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use stream::CancellationToken;

use crate::terminal;

/// Back to the start of the line, and clear it.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Shared by everything that writes; clones share one counter line.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    counter: Arc<Mutex<String>>,
    /// Cancelled where the reader of standard output goes away.
    stop: CancellationToken,
}

impl Screen {
    /// A screen that ends the run by `stop` where nobody reads its output any more.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            counter: Arc::default(),
            stop,
        }
    }

    /// Whether a counter line makes sense: somebody sits at standard error.
    pub(crate) fn is_watched() -> bool {
        io::stderr().is_terminal()
    }

    /// Writes findings to standard output.
    pub(crate) fn print(&self, text: &str) {
        self.write_out(text.as_bytes());
    }

    /// Says something on standard error.
    pub(crate) fn tell(&self, text: &str) {
        self.write_err(text.as_bytes());
    }

    /// Shows the counter line in place of the one before; an empty one takes it away.
    pub(crate) fn count(&self, line: &str) {
        let mut counter = self.lock();
        line.clone_into(&mut counter);
        let mut stderr = anstream::stderr().lock();
        // Where standard error is gone there is nobody left to tell.
        write!(stderr, "{CLEAR_LINE}{line}")
            .and_then(|()| stderr.flush())
            .ok();
    }

    /// A writer to standard output that keeps lines whole.
    pub(crate) fn output(&self) -> LineWriter {
        LineWriter::new(self.clone(), Self::write_out)
    }

    /// A writer to standard error that keeps lines whole.
    pub(crate) fn error(&self) -> LineWriter {
        LineWriter::new(self.clone(), Self::write_err)
    }

    fn write_out(&self, bytes: &[u8]) {
        let counter = self.lock();
        hide(&counter);
        let mut stdout = terminal::output();
        if stdout
            .write_all(bytes)
            .and_then(|()| stdout.flush())
            .is_err()
        {
            self.stop.cancel();
        }
        drop(stdout);
        show(&counter);
    }

    fn write_err(&self, bytes: &[u8]) {
        let counter = self.lock();
        hide(&counter);
        // Where standard error is gone there is nobody left to tell.
        terminal::error_output().write_all(bytes).ok();
        show(&counter);
    }

    fn lock(&self) -> MutexGuard<'_, String> {
        // A panic elsewhere leaves at worst a half-drawn line.
        self.counter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hide(counter: &str) {
    if !counter.is_empty() {
        write!(anstream::stderr(), "{CLEAR_LINE}").ok();
    }
}

fn show(counter: &str) {
    if !counter.is_empty() {
        let mut stderr = anstream::stderr();
        write!(stderr, "{counter}")
            .and_then(|()| stderr.flush())
            .ok();
    }
}

/// Gathers what is written and hands it to the screen when flushed or dropped.
#[derive(Debug)]
pub(crate) struct LineWriter {
    screen: Screen,
    write: fn(&Screen, &[u8]),
    gathered: Vec<u8>,
}

impl LineWriter {
    fn new(screen: Screen, write: fn(&Screen, &[u8])) -> Self {
        Self {
            screen,
            write,
            gathered: Vec::new(),
        }
    }
}

impl Write for LineWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.gathered.is_empty() {
            (self.write)(&self.screen, &self.gathered);
            self.gathered.clear();
        }
        Ok(())
    }
}

impl Drop for LineWriter {
    fn drop(&mut self) {
        // It never fails.
        self.flush().ok();
    }
}
