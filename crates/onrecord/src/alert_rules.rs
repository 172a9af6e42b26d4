//! The rules of the configuration, compiled against the watch-list.

use std::{collections::BTreeSet, sync::Arc};

use alerter::{Config, Rule, RuleConfig, RuleError, Watchlist};
use model::Official;

use crate::{
    exit::Failure,
    source_file::{Mistake, Mistakes},
    terminal,
};

/// Compiles every rule; what is odd about one is told on standard error.
///
/// # Errors
/// All mistakes at once, each with a caret at its place in the rule.
pub(crate) fn compile(
    config: &Config,
    officials: Vec<Official>,
) -> Result<(Arc<Watchlist>, Vec<Rule>), Failure> {
    let watchlist = Arc::new(Watchlist::new(officials));
    let mut mistakes = Vec::new();
    let mut rules = Vec::new();
    let mut names = BTreeSet::new();
    let targets: BTreeSet<&str> = config
        .target
        .iter()
        .map(alerter::TargetConfig::name)
        .collect();
    for rule in &config.rule {
        if !names.insert(rule.name.as_str()) {
            let message = format!("two rules are called {}", rule.name);
            mistakes.push(Mistake::new(&shown_name(rule), "", message));
        }
        for target in rule
            .targets
            .iter()
            .filter(|name| !targets.contains(name.as_str()))
        {
            let message = format!(
                "rule {} names a target that is not there: {target}",
                rule.name
            );
            mistakes.push(Mistake::new(&shown_name(rule), "", message));
        }
        match Rule::compile(rule.clone(), &watchlist) {
            Ok(rule) => rules.push(rule),
            Err(error) => mistakes.push(mistake(rule, &error)),
        }
    }
    if !mistakes.is_empty() {
        return Err(Mistakes(mistakes).into());
    }
    for rule in &rules {
        warn(rule);
    }
    Ok((watchlist, rules))
}

/// Tells what is odd about a rule.
fn warn(rule: &Rule) {
    for warning in rule.warnings() {
        let drawn = warning.drawn(&rule.config().when);
        terminal::tell(format_args!("warning: rule {}\n{drawn}", rule.name()));
    }
}

fn mistake(rule: &RuleConfig, error: &RuleError) -> Mistake {
    let message = format!("rule {}: {}", rule.name, error.message);
    Mistake::new(&shown_name(rule), rule.when.as_str(), message)
        .at(Some(error.place.clone()))
        .with_help(error.help.clone())
}

fn shown_name(rule: &RuleConfig) -> String {
    format!("rule {}", rule.name)
}
