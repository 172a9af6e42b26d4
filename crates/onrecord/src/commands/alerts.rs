//! `onrecord alerts`: silences, dead letters, previews.

mod deadletters;
mod silence;
mod store;

use std::io::Write;

use clap::Subcommand;
use jiff::Timestamp;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
};

/// Silence alerts, look at those not delivered, preview messages.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord alerts preview desk
  onrecord alerts silence add 'official=hun-sen outlet!=\"Daily News\"' --for 24h --reason 'on it'
  onrecord alerts silence list
  onrecord alerts silence expire 3fa4
  onrecord alerts deadletters
  onrecord alerts resend --all

Matchers are LABEL=VALUE or LABEL!=VALUE; labels are official, story, rule, severity, trigger,
outlet, language, country and article.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Keep alerts quiet for a while
    Silence(silence::Args),
    /// List notifications that could not be delivered
    Deadletters(deadletters::ListArgs),
    /// Deliver such notifications again
    Resend(deadletters::ResendArgs),
    /// Print what a target would be sent, on invented people
    Preview {
        /// The target, by name
        target: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.action {
        Action::Silence(args) => silence::run(args),
        Action::Deadletters(args) => deadletters::list(args),
        Action::Resend(args) => deadletters::resend(args),
        Action::Preview { target, config } => preview(target, config),
    }
}

fn preview(name: &str, config: &ConfigArgs) -> Result<Exit, Failure> {
    let alerter = config.load()?.settings.alerter;
    let Some(target) = alerter.target.iter().find(|target| target.name() == name) else {
        let names: Vec<&str> = alerter
            .target
            .iter()
            .map(alerter::TargetConfig::name)
            .collect();
        return Err(Failure::plain(
            Exit::Config,
            format_args!("no target is called {name}"),
            format_args!("there are {}", names.join(", ")),
        ));
    };
    let sample = alerter::sample(name, Timestamp::now());
    let text = alerter::preview(&alerter, target, &sample).map_err(|error| {
        Failure::plain(
            Exit::Config,
            error,
            "docs/alerts.md has the keys of targets",
        )
    })?;
    let mut output = terminal::output();
    writeln!(output, "{}", text.trim_end())?;
    output.flush()?;
    Ok(Exit::Success)
}
