//! Labels of alerts, and matchers on them.

use std::collections::BTreeMap;

use model::Alert;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What alerts are grouped, silenced and inhibited by.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The official, by id.
    Official,
    /// The story: its first article's id.
    Story,
    /// The rule.
    Rule,
    /// The severity.
    Severity,
    /// Whether the official speaks, is spoken about or mentioned.
    Trigger,
    /// The outlet.
    Outlet,
    /// The language of the article.
    Language,
    /// The feed's country.
    Country,
    /// The article, by id.
    Article,
}

/// Some labels and the values that they must or must not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matchers(Vec<Matcher>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Matcher {
    label: Label,
    value: String,
    is_equal: bool,
}

/// Why a text is no list of matchers.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}; write matchers such as official=hun-sen outlet!=\"Harbour Post\"")]
pub struct MatchersError(String);

impl Label {
    const ALL: [Self; 9] = [
        Self::Official,
        Self::Story,
        Self::Rule,
        Self::Severity,
        Self::Trigger,
        Self::Outlet,
        Self::Language,
        Self::Country,
        Self::Article,
    ];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Story => "story",
            Self::Rule => "rule",
            Self::Severity => "severity",
            Self::Trigger => "trigger",
            Self::Outlet => "outlet",
            Self::Language => "language",
            Self::Country => "country",
            Self::Article => "article",
        }
    }

    /// Its value on an alert of a story.
    pub(super) fn of(self, alert: &Alert, story: &str) -> String {
        let article = &alert.article;
        match self {
            Self::Official => alert
                .official
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            Self::Story => story.to_owned(),
            Self::Rule => alert.rule.clone(),
            Self::Severity => alert.severity.as_str().to_owned(),
            Self::Trigger => alert.trigger.as_str().to_owned(),
            Self::Outlet => article.outlet.clone(),
            Self::Language => article.language.to_string(),
            Self::Country => article.country.clone().unwrap_or_default(),
            Self::Article => article.id.to_string(),
        }
    }
}

/// The values of some labels.
pub(super) fn labels(wanted: &[Label], alert: &Alert, story: &str) -> BTreeMap<String, String> {
    let pairs = wanted
        .iter()
        .map(|label| (label.as_str().to_owned(), label.of(alert, story)));
    pairs.collect()
}

impl Matchers {
    /// Reads matchers, parted by spaces or commas.
    ///
    /// # Errors
    /// Where it is none, or names no label.
    pub fn parse(text: &str) -> Result<Self, MatchersError> {
        let mut matchers = Vec::new();
        let mut rest = text.trim_start_matches([' ', ',']);
        while !rest.is_empty() {
            let Some((name, after)) = rest.split_once('=') else {
                return Err(MatchersError(format!("no value in {rest}")));
            };
            let (name, is_equal) = match name.strip_suffix('!') {
                Some(name) => (name, false),
                None => (name, true),
            };
            let label = Label::ALL
                .into_iter()
                .find(|label| label.as_str() == name.trim());
            let Some(label) = label else {
                let known: Vec<&str> = Label::ALL.iter().map(|label| label.as_str()).collect();
                return Err(MatchersError(format!(
                    "no such label: {name} (there are {})",
                    known.join(", ")
                )));
            };
            let (value, behind) = value(after)?;
            matchers.push(Matcher {
                label,
                value,
                is_equal,
            });
            rest = behind.trim_start_matches([' ', ',']);
        }
        if matchers.is_empty() {
            return Err(MatchersError("no matcher".to_owned()));
        }
        Ok(Self(matchers))
    }

    /// Whether an alert of a story fits all of them. An official goes by id or name.
    pub(super) fn fit(&self, alert: &Alert, story: &str) -> bool {
        self.0.iter().all(|matcher| {
            let is_name = matcher.label == Label::Official && alert.official_name == matcher.value;
            let is_it = is_name || matcher.label.of(alert, story) == matcher.value;
            is_it == matcher.is_equal
        })
    }
}

/// The value at the start of the text, and what stands behind it.
fn value(text: &str) -> Result<(String, &str), MatchersError> {
    if let Some(inside) = text.strip_prefix('"') {
        return match inside.split_once('"') {
            Some((value, behind)) => Ok((value.to_owned(), behind)),
            None => Err(MatchersError(format!(
                "quotation mark is not closed: {text}"
            ))),
        };
    }
    let end = text.find([' ', ',']).unwrap_or(text.len());
    let (value, behind) = text.split_at_checked(end).unwrap_or((text, ""));
    Ok((value.to_owned(), behind))
}
