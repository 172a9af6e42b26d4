//! `onrecord alerts silence`: alerts that nobody wants to hear of for a while.

use std::{collections::BTreeMap, env, io::Write};

use alerter::Matchers;
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};
use model::{Silence, SilenceId};
use stream::SILENCES;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
};

use super::store;

/// Digits of an id that are shown.
const SHOWN_DIGITS: usize = 8;

/// Flags of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Begin a silence
    Add {
        /// Which alerts, such as `official=hun-sen outlet!="Daily News"`
        matchers: String,
        /// How long, such as `24h`
        #[arg(long = "for", value_name = "TIME")]
        lasts: SignedDuration,
        /// Why, for the colleagues
        #[arg(long)]
        reason: String,
        /// Who wants it [default: the user's name]
        #[arg(long)]
        author: Option<String>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// List silences, those that are over only with --all
    List {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// End a silence now
    Expire {
        /// Its id, or the first digits of it
        id: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.action {
        Action::Add {
            matchers,
            lasts,
            reason,
            author,
            config,
        } => add(matchers, *lasts, reason, author.clone(), config),
        Action::List { all, config } => list(*all, config),
        Action::Expire { id, config } => expire(id, config),
    }
}

fn add(
    matchers: &str,
    lasts: SignedDuration,
    reason: &str,
    author: Option<String>,
    config: &ConfigArgs,
) -> Result<Exit, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::plain(
            Exit::Config,
            format_args!("silence: {error}"),
            "see `onrecord alerts --help`",
        )
    };
    Matchers::parse(matchers).map_err(|error| wrong(&error))?;
    let now = Timestamp::now();
    let ends = now.checked_add(lasts).map_err(|error| wrong(&error))?;
    if ends <= now {
        return Err(wrong(&"it ends before it begins"));
    }
    let author = author.or_else(|| env::var("USER").ok()).unwrap_or_default();
    let silence = Silence {
        id: SilenceId::new(matchers, &author, &now.to_string()),
        matchers: matchers.to_owned(),
        author,
        reason: reason.to_owned(),
        created: now,
        starts: now,
        ends,
    };
    let session = store::open(config)?;
    let written = store::write(&session, SILENCES, vec![silence.clone()]);
    session.finish()?;
    written?;
    let mut output = terminal::output();
    writeln!(output, "{} until {:.0}", short(&silence.id), silence.ends)?;
    output.flush()?;
    Ok(Exit::Success)
}

fn list(all: bool, config: &ConfigArgs) -> Result<Exit, Failure> {
    let session = store::open(config)?;
    let read = known(&session.connection.kafka);
    session.finish()?;
    let now = Timestamp::now();
    let mut table = terminal::table(["id", "alerts", "until", "author", "reason"]);
    for silence in read?
        .into_values()
        .filter(|silence| all || silence.ends > now)
    {
        table.add_row([
            short(&silence.id),
            silence.matchers,
            format!("{:.0}", silence.ends),
            silence.author,
            silence.reason,
        ]);
    }
    let mut output = terminal::output();
    writeln!(output, "{table}")?;
    output.flush()?;
    Ok(Exit::Success)
}

fn expire(id: &str, config: &ConfigArgs) -> Result<Exit, Failure> {
    let session = store::open(config)?;
    let expired = expire_in(&session, id);
    session.finish()?;
    let silence = expired?;
    let mut output = terminal::output();
    writeln!(
        output,
        "{} is over: {}",
        short(&silence.id),
        silence.matchers
    )?;
    output.flush()?;
    Ok(Exit::Success)
}

fn expire_in(session: &crate::session::Session, id: &str) -> Result<Silence, Failure> {
    let known = known(&session.connection.kafka)?;
    let mut found = known
        .into_values()
        .filter(|s| s.id.as_str().starts_with(id));
    let (Some(silence), None) = (found.next(), found.next()) else {
        return Err(Failure::plain(
            Exit::Input,
            format_args!("not exactly one silence begins with {id}"),
            "`onrecord alerts silence list` shows their ids",
        ));
    };
    let silence = Silence {
        ends: Timestamp::now(),
        ..silence
    };
    store::write(session, SILENCES, vec![silence.clone()])?;
    Ok(silence)
}

/// Each silence in its latest form.
fn known(kafka: &stream::KafkaConfig) -> Result<BTreeMap<SilenceId, Silence>, Failure> {
    let records = store::read(kafka, SILENCES)?;
    Ok(records
        .into_iter()
        .map(|silence| (silence.id.clone(), silence))
        .collect())
}

fn short(id: &SilenceId) -> String {
    id.as_str().chars().take(SHOWN_DIGITS).collect()
}
