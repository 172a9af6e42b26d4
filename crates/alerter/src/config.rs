//! What the user sets: rules and targets.

use std::{path::PathBuf, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Rule;

/// Which alerts are raised, and where they go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Each rule is tried on each watched official of each article.
    pub rule: Vec<Rule>,
    /// Each target gets every alert.
    pub target: Vec<TargetConfig>,
}

/// Where alerts go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TargetConfig {
    /// The terminal, a few lines an alert.
    Terminal,
    /// A file, one JSON document a line; created where missing, never truncated.
    File {
        /// Which file.
        path: PathBuf,
    },
    /// An HTTP endpoint that takes each alert as a JSON `POST`.
    Webhook(WebhookConfig),
}

/// An HTTP endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Tells targets apart; part of the consumer group that remembers what was delivered.
    pub name: String,
    /// `http` or `https`.
    #[schemars(with = "String")]
    pub url: Url,
    /// File with the signing secret in Standard Webhooks' form (`whsec_` and Base64); unsigned
    /// where not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// Longest wait for an answer.
    #[serde(
        default = "default_timeout",
        with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required"
    )]
    #[schemars(with = "String")]
    pub timeout: Duration,
}

impl TargetConfig {
    /// The target's name, for logs and its consumer group.
    pub fn name(&self) -> &str {
        match self {
            Self::Terminal => "terminal",
            Self::File { .. } => "file",
            Self::Webhook(webhook) => &webhook.name,
        }
    }
}

/// Standard Webhooks advises 15 to 30 s; receivers that do real work want the longer end.
fn default_timeout() -> Duration {
    Duration::from_secs(20)
}
