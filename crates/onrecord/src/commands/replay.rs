//! `onrecord replay`: reads articles again into the stages.

use std::time::Duration;

use jiff::Timestamp;
use model::{Article, Origin};
use stream::{
    ARTICLES, CancellationToken, RawRecord, ReadFrom, ReadUntil, Reader, ReaderEvent, StreamError,
    produce_transactionally,
};

use crate::{
    config::ConfigArgs,
    connection::{Connection, stream_failure},
    exit::{Exit, Failure},
    read_from,
    session::Session,
    terminal,
};

/// How long one look for a record takes.
const WAIT: Duration = Duration::from_millis(500);

/// Read articles again into the stages, with origin = replay and the same ids.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord replay --from beginning
  onrecord replay --from @24h

The articles are written to the `articles` topic once more; the running stages, or the next run,
take them from there. Replayed articles alert nobody. Articles that are themselves a replay are
left out, so that replaying twice does not double them.")]
pub(crate) struct Args {
    /// Begin with the oldest article (`beginning`), the last N (`-N`) or a time
    /// (`@2026-11-27T08:00:00Z`, `@24h` for a day ago)
    #[arg(long, value_name = "WHERE", value_parser = read_from::parse, allow_hyphen_values = true)]
    from: ReadFrom,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let session = Session::open(loaded.settings, Connection::open_or_join)?;
    let replayed = replay(&session, args.from);
    let was_stopped = session.stop.is_cancelled();
    session.finish()?;
    let count = replayed?;
    let ending = if was_stopped {
        ", stopped before the end"
    } else {
        ""
    };
    terminal::tell(format_args!("{count} articles replayed{ending}"));
    Ok(Exit::Success)
}

fn replay(session: &Session, from: ReadFrom) -> Result<u64, Failure> {
    let kafka = &session.connection.kafka;
    let reader = Reader::open(kafka, ARTICLES.name(), from, ReadUntil::End)
        .map_err(|error| stream_failure(&error))?;
    let articles = Articles {
        reader,
        stop: session.stop.clone(),
    };
    let runner = session.runner(1);
    produce_transactionally(&runner, "replay", ARTICLES, articles, &session.stop)
        .map_err(|error| stream_failure(&error))
}

/// The articles of the topic as replayed ones.
struct Articles {
    reader: Reader,
    stop: CancellationToken,
}

impl Iterator for Articles {
    type Item = Result<Article, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.stop.is_cancelled() {
            match self.reader.next(WAIT) {
                Ok(ReaderEvent::Record(record)) => {
                    if let Some(article) = as_replay(&record) {
                        return Some(Ok(article));
                    }
                }
                Ok(ReaderEvent::Nothing) => {}
                Ok(ReaderEvent::End) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

fn as_replay(record: &RawRecord) -> Option<Article> {
    match record.decode::<Article>() {
        Ok(Article {
            origin: Origin::Replay,
            ..
        }) => None,
        Ok(article) => Some(Article {
            origin: Origin::Replay,
            ingested: Timestamp::now(),
            ..article
        }),
        Err(error) => {
            // It is a dead letter already, or becomes one: the processor reads it as well.
            tracing::warn!(%error, offset = record.offset, "article cannot be read, left out");
            None
        }
    }
}
