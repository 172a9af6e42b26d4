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

/// `Speaker said: “words”  — Outlet [km], direct, 92 %`.
pub(crate) fn line(record: &QuoteRecord) -> String {
    let (speech, faint) = (terminal::SPEECH, terminal::FAINT);
    let quote = &record.quote;
    let said = on_one_line(&record.said());
    let said = match quote.kind {
        QuoteKind::Direct => format!("“{said}”"),
        QuoteKind::Mixed | QuoteKind::Indirect => said,
    };
    let article = &record.article;
    format!(
        "{}: {speech}{said}{speech:#}\n  {faint}{} [{}], {}, {:.0} %{faint:#}\n",
        attribution(record),
        article.outlet,
        article.language,
        quote.kind.as_str(),
        quote.confidence * 100.0,
    )
}

/// Speaker and cue, in the order of the article: `Sorana Vell said`, `According to Lidia Marsh`.
fn attribution(record: &QuoteRecord) -> String {
    let style = terminal::SPEAKER;
    let speaker = record.quote.speaker.as_ref();
    let name = speaker.map_or("somebody", |speaker| speaker.name.as_str());
    let name = format!("{style}{name}{style:#}");
    let Some(cue) = record.reported_by().map(on_one_line) else {
        return name;
    };
    let named_at = speaker.and_then(|speaker| speaker.spans.first());
    let cue_first = named_at.is_some_and(|named| record.quote.cue.first() < Some(named));
    if cue_first {
        format!("{cue} {name}")
    } else {
        format!("{name} {cue}")
    }
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
