//! Rules: which findings are worth an alert, in a language that reads like a sentence.
//!
//! `speaker:"Mara Venn" and kind:direct and not outlet:"Ministry News"`

mod compile;
mod error;
mod expression;
mod field;
mod fire;
mod parse;
pub(crate) mod scene;
mod token;
mod vacuous;
mod watchlist;

use model::{Alert, Enriched, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use error::RuleError;
pub use watchlist::Watchlist;

use self::{expression::Expression, scene::Reading};

/// A rule as it stands in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// Unique; stands in each alert and in its id.
    pub name: String,
    /// When it fires; `docs/alerts.md` has the language.
    pub when: String,
    /// How urgent its alerts are.
    #[serde(default)]
    pub severity: Severity,
    /// The targets that are told, by name; all where none is named.
    #[serde(default)]
    pub targets: Vec<String>,
}

/// A rule, checked against the watch-list.
#[derive(Clone, Debug)]
pub struct Rule {
    config: RuleConfig,
    expression: Expression,
    /// What is odd about it, though it can be used.
    warnings: Vec<RuleError>,
}

impl Rule {
    /// Compiles a rule.
    ///
    /// # Errors
    /// The first place where it is no rule, or names somebody that is not watched.
    pub fn compile(config: RuleConfig, watchlist: &Watchlist) -> Result<Self, RuleError> {
        let parsed = parse::parse(&config.when)?;
        let mut warnings = Vec::new();
        let expression = compile::compile(&parsed, watchlist, &mut warnings)?;
        warnings.extend(vacuous::warning(&expression, &config.when));
        Ok(Self {
            config,
            expression,
            warnings,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// As it stands in the configuration.
    pub fn config(&self) -> &RuleConfig {
        &self.config
    }

    /// Tries the rule on an article, whatever its origin: what `onrecord rules test` shows.
    pub fn test(&self, enriched: &Enriched, watchlist: &Watchlist) -> RuleTrial {
        let reading = Reading::new(enriched, watchlist);
        RuleTrial {
            alerts: self.fire(&reading),
            conditions: self.conditions_met(&reading),
        }
    }

    /// What is odd about it: it matches everything, or cannot match.
    pub fn warnings(&self) -> &[RuleError] {
        &self.warnings
    }
}

/// What a rule makes of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTrial {
    /// The alerts that it raises, one an official.
    pub alerts: Vec<Alert>,
    /// Each condition as written, and whether anything in the article meets it by itself.
    pub conditions: Vec<(String, bool)>,
}

#[cfg(test)]
mod tests;
