//! `onrecord rules`: checks, tries and rehearses rules without alerting anybody.

mod rehearse;
mod test;

use std::io::Write;

use alerter::{Rule, RuleConfig, Watchlist};
use clap::Subcommand;
use model::Severity;

use crate::{
    alert_rules,
    config::{ConfigArgs, Loaded},
    exit::{Exit, Failure},
    lists, terminal,
};

/// Check, try and rehearse the rules of alerts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord rules check
  onrecord rules check 'speaker:\"Hun Sen\" and kind:direct'
  onrecord rules test --rule 'mentions:any and \"dam\"' article.txt
  onrecord rules rehearse 'about:any and cue:refusal' --since 30d
  onrecord tap enriched --from -100 --exit-at-end -o jsonl | onrecord rules test

A RULE is the name of one in the configuration, or the text of one. docs/alerts.md has the
language.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say whether rules are right, and what is odd about them
    Check {
        /// Rules by name or text [default: all of the configuration]
        #[arg(value_name = "RULE")]
        rules: Vec<String>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Try rules on enriched records (JSON Lines) or on text, and say which clauses were met
    Test(test::Args),
    /// Tell how many alerts a rule would have sent, and send nothing
    Rehearse(rehearse::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.action {
        Action::Check { rules, config } => check(rules, &config.load()?),
        Action::Test(args) => test::run(args),
        Action::Rehearse(args) => rehearse::run(args),
    }
}

fn check(wanted: &[String], loaded: &Loaded) -> Result<Exit, Failure> {
    let (_, rules) = chosen(wanted, loaded)?;
    let mut output = terminal::output();
    for rule in &rules {
        let severity = rule.config().severity.as_str();
        writeln!(
            output,
            "ok  {} ({severity}): {}",
            rule.name(),
            rule.config().when
        )?;
    }
    output.flush()?;
    Ok(Exit::Success)
}

/// The rules named on the command line, or all of the configuration; compiled, odd ones told of.
fn chosen(wanted: &[String], loaded: &Loaded) -> Result<(Watchlist, Vec<Rule>), Failure> {
    let officials = lists::officials(loaded)?;
    let mut config = loaded.settings.alerter.clone();
    if !wanted.is_empty() {
        let known = config.rule.clone();
        config.rule = wanted
            .iter()
            .map(|text| named_or_written(text, &known))
            .collect();
    }
    let (watchlist, rules) = alert_rules::compile(&config, officials)?;
    Ok((watchlist.as_ref().clone(), rules))
}

/// The rule of that name, or a rule of that text.
fn named_or_written(text: &str, known: &[RuleConfig]) -> RuleConfig {
    known
        .iter()
        .find(|rule| rule.name == text)
        .cloned()
        .unwrap_or_else(|| RuleConfig {
            name: text.to_owned(),
            when: text.to_owned(),
            severity: Severity::default(),
            targets: Vec::new(),
        })
}
