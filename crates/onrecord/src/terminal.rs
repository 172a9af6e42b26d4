//! Standard output for data, standard error for talk, colours only on a terminal.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

use crate::harmless::Harmless;

/// Width where standard output is no terminal, so that piped tables stay readable.
const PIPED_WIDTH: u16 = 100;

/// For headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// For what was said.
pub(crate) const SPEECH: Style = AnsiColor::Green.on_default();
/// For who said it.
pub(crate) const SPEAKER: Style = AnsiColor::Yellow.on_default().bold();
/// For the words that report.
pub(crate) const CUE: Style = Style::new().italic();
/// For people, organisations and places.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// For officials on the watch-list.
pub(crate) const WATCHED: Style = AnsiColor::Magenta.on_default().bold();
/// For what is less important.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Standard output; styles are taken out where it is no terminal or `NO_COLOR` is set.
pub(crate) fn output() -> impl Write {
    Harmless::new(anstream::stdout())
}

/// Standard output for data in bulk: never styled, buffered, and as it is off a terminal.
pub(crate) fn bulk_output() -> Box<dyn Write> {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        return Box::new(Harmless::new(stdout));
    }
    Box::new(io::BufWriter::with_capacity(1 << 16, stdout))
}

/// Standard error, styled as standard output is.
pub(crate) fn error_output() -> impl Write {
    Harmless::new(anstream::stderr())
}

/// Says something on standard error.
pub(crate) fn tell(message: fmt::Arguments<'_>) {
    // Where standard error is gone there is nobody left to tell.
    writeln!(error_output(), "{message}").ok();
}

/// A table as wide as the terminal.
pub(crate) fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width())
        .set_header(header);
    table
}

fn width() -> u16 {
    if !io::stdout().is_terminal() {
        return PIPED_WIDTH;
    }
    terminal_size::terminal_size().map_or(PIPED_WIDTH, |(width, _)| width.0.max(40))
}
