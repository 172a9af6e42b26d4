//! The command line.

use clap::{
    Parser, Subcommand,
    error::{ContextKind, ContextValue},
};

use crate::{
    commands::{
        alerts, bench, broker, check, completions, config, demo, eval, explain, extract, feeds,
        officials, replay, rules, run, stage, tap, topics,
    },
    exit::{Exit, Failure},
};

/// Tells who said what about whom, the minute it is published.
#[derive(Debug, Parser)]
#[command(
    name = "onrecord",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    after_help = "\
Without a command it does `run`.

Examples:
  onrecord demo                      see it work, without feeds or internet
  onrecord                           watch config/feeds.toml for config/officials.toml
  onrecord extract article.html      one article, no pipeline
  onrecord tap quotes --from -20     look at what was found

Exit codes:
  0  done (also where it was stopped by Ctrl-C or its output is no longer read)
  1  failed
  2  wrong command line
  3  wrong configuration, feeds or officials
  4  part of the input could not be used; the rest was
  5  Kafka cannot be reached
  6  data folder or port in use, or disk full
130  stopped at once, by a second Ctrl-C"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Args,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Demo(demo::Args),
    Extract(extract::Args),
    Explain(explain::Args),
    Eval(eval::Args),
    Tap(tap::Args),
    Topics(topics::Args),
    Replay(replay::Args),
    Feeds(feeds::Args),
    Officials(officials::Args),
    Rules(rules::Args),
    Alerts(alerts::Args),
    Check(check::Args),
    Config(config::Args),
    #[command(flatten)]
    Stage(stage::Stage),
    Broker(broker::Args),
    Bench(bench::Args),
    Completions(completions::Args),
}

/// Parses the command line and runs what it asks for.
///
/// # Errors
/// Where the command ends early.
pub(crate) fn run() -> Result<Exit, Failure> {
    let cli = Cli::try_parse().unwrap_or_else(|error| with_order(error).exit());
    match &cli.command {
        None => run::run(&cli.run),
        Some(Command::Run(args)) => run::run(args),
        Some(Command::Demo(args)) => demo::run(args),
        Some(Command::Extract(args)) => extract::run(args),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Eval(args)) => eval::run(args),
        Some(Command::Tap(args)) => tap::run(args),
        Some(Command::Topics(args)) => topics::run(args),
        Some(Command::Replay(args)) => replay::run(args),
        Some(Command::Feeds(args)) => feeds::run(args),
        Some(Command::Officials(args)) => officials::run(args),
        Some(Command::Rules(args)) => rules::run(args),
        Some(Command::Alerts(args)) => alerts::run(args),
        Some(Command::Check(args)) => check::run(args),
        Some(Command::Config(args)) => config::run(args),
        Some(Command::Stage(stage)) => stage::run(stage),
        Some(Command::Broker(args)) => broker::run(args),
        Some(Command::Bench(args)) => bench::run(args),
        Some(Command::Completions(args)) => completions::run(args),
    }
}

/// Adds how to mend it where an option stands before the command.
fn with_order(mut error: clap::Error) -> clap::Error {
    if error.get(ContextKind::InvalidSubcommand).is_some()
        && error.get(ContextKind::PriorArg).is_some()
    {
        let tip = "options stand behind the command".into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}
