//! Quotes as they are found, for the person at the terminal.

use std::{
    thread::{Builder, JoinHandle},
    time::Duration,
};

use model::{QuoteKind, QuoteRecord};
use stream::{CancellationToken, QUOTES, ReadFrom, ReadUntil, Reader, ReaderEvent};
use tracing::warn;

use crate::{
    connection::stream_failure,
    exit::{Exit, Failure},
    screen::Screen,
    session::Session,
    terminal,
};

/// How long the view waits for a quote before it looks whether it is to end.
const WAIT: Duration = Duration::from_millis(200);

/// Prints quotes on a thread of its own.
pub(crate) struct LiveView {
    stop: CancellationToken,
    thread: JoinHandle<()>,
}

impl LiveView {
    /// Prints what is found from now on.
    ///
    /// # Errors
    /// Where the topic cannot be read.
    pub(crate) fn start(session: &Session) -> Result<Self, Failure> {
        let kafka = &session.connection.kafka;
        let reader = Reader::open(
            kafka,
            QUOTES.name(),
            ReadFrom::Latest(0),
            ReadUntil::Forever,
        )
        .map_err(|error| stream_failure(&error))?;
        let stop = CancellationToken::new();
        let (own_stop, screen) = (stop.clone(), session.screen.clone());
        let thread = Builder::new()
            .name("live-view".to_owned())
            .spawn(move || print_quotes(reader, &screen, &own_stop))
            .map_err(|error| {
                Failure::plain(
                    Exit::Failed,
                    format_args!("the view gets no thread: {error}"),
                    "leave it out with --quiet",
                )
            })?;
        Ok(Self { stop, thread })
    }

    /// Prints what is there already, and ends.
    pub(crate) fn finish(self) {
        self.stop.cancel();
        // It ends by itself after a last wait; a panic in it has been reported by its thread.
        self.thread.join().ok();
    }
}

fn print_quotes(mut reader: Reader, screen: &Screen, stop: &CancellationToken) {
    loop {
        match reader.next(WAIT) {
            Ok(ReaderEvent::Record(record)) => match record.decode::<QuoteRecord>() {
                Ok(quote) => screen.print(&line(&quote)),
                Err(error) => warn!(%error, offset = record.offset, "quote cannot be read"),
            },
            Ok(ReaderEvent::Nothing | ReaderEvent::End) => {
                if stop.is_cancelled() {
                    return;
                }
            }
            Err(error) => {
                warn!(%error, "view waits for kafka");
                if stop.is_cancelled() {
                    return;
                }
                std::thread::sleep(WAIT);
            }
        }
    }
}

/// `Speaker: “words”  — Outlet [km], direct, 92 %`.
pub(crate) fn line(record: &QuoteRecord) -> String {
    let (name, speech, faint) = (terminal::SPEAKER, terminal::SPEECH, terminal::FAINT);
    let quote = &record.quote;
    let speaker = quote
        .speaker
        .as_ref()
        .map_or("somebody", |speaker| speaker.name.as_str());
    let words: String = record.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = match quote.kind {
        QuoteKind::Direct => format!("“{words}”"),
        QuoteKind::Mixed | QuoteKind::Indirect => words,
    };
    let article = &record.article;
    format!(
        "{name}{speaker}{name:#}: {speech}{words}{speech:#}\n  {faint}{} [{}], {}, {:.0} %{faint:#}\n",
        article.outlet,
        article.language,
        kind_name(quote.kind),
        quote.confidence * 100.0,
    )
}

fn kind_name(kind: QuoteKind) -> &'static str {
    match kind {
        QuoteKind::Direct => "direct",
        QuoteKind::Mixed => "mixed",
        QuoteKind::Indirect => "indirect",
    }
}
