//! What the user sets: rules, targets, routing.

use std::{path::PathBuf, time::Duration};

use address::AddressBlock;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{RouteConfig, RuleConfig};

/// Which alerts are raised, and where they go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Each rule is tried on each article.
    pub rule: Vec<RuleConfig>,
    /// Who is told.
    pub target: Vec<TargetConfig>,
    /// Private, loopback or otherwise closed addresses at which targets may stand.
    pub allow_addresses: Vec<AddressBlock>,
    /// Wait after the first failure of a delivery; doubles with each further one, up to five
    /// minutes, and is never shorter than the receiver asks for.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub first_retry_wait: Duration,
    /// How long a notification is tried before it becomes a dead letter.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    #[schemars(with = "String")]
    pub give_up_after: Duration,
    /// Which alerts are told together, to whom and when.
    pub route: RouteConfig,
}

/// Where notifications go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TargetConfig {
    /// The terminal, as text.
    Terminal {
        /// Tells targets apart.
        #[serde(default = "terminal")]
        name: String,
        /// Template of the message, a file; the built-in one where not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<PathBuf>,
    },
    /// Standard output, one JSON document a line.
    Stdout {
        /// Tells targets apart.
        #[serde(default = "stdout")]
        name: String,
    },
    /// A file, one JSON document a line; created where missing, never truncated.
    File {
        /// Tells targets apart.
        #[serde(default = "file")]
        name: String,
        /// Which file.
        path: PathBuf,
    },
    /// An HTTP endpoint that takes each notification as JSON, signed as Standard Webhooks has it.
    Webhook {
        /// Tells targets apart.
        name: String,
        /// `http` or `https`.
        #[schemars(with = "String")]
        url: Url,
        /// File with the signing secret (`whsec_` and Base64).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_file: Option<PathBuf>,
        /// Environment variable with the signing secret.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_env: Option<String>,
        /// Longest wait for an answer.
        #[serde(
            default = "default_timeout",
            with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required"
        )]
        #[schemars(with = "String")]
        timeout: Duration,
    },
    /// Slack, or whatever takes its incoming webhooks (Mattermost, Discord with `/slack`).
    Slack(HookConfig),
    /// Microsoft Teams: a workflow that takes adaptive cards.
    Teams(HookConfig),
    /// Telegram's bot interface.
    Telegram {
        /// Tells targets apart.
        name: String,
        /// The chat, by number or `@channel`.
        chat: String,
        /// File with the bot's token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_file: Option<PathBuf>,
        /// Environment variable with the bot's token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_env: Option<String>,
        /// Server of the interface.
        #[serde(default = "telegram_api")]
        #[schemars(with = "String")]
        api: Url,
        /// Template of the message, a file; the built-in one where not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<PathBuf>,
    },
    /// An Apprise API server, which knows a hundred services more.
    Apprise {
        /// Tells targets apart.
        name: String,
        /// Such as `http://apprise.example:8000/notify/newsroom`.
        #[schemars(with = "String")]
        url: Url,
        /// Only services with this tag.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag: Option<String>,
        /// Template of the message, a file; the built-in one where not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<PathBuf>,
    },
    /// Prometheus' Alertmanager (API v2).
    Alertmanager {
        /// Tells targets apart.
        name: String,
        /// Such as `http://alertmanager.example:9093`.
        #[schemars(with = "String")]
        url: Url,
        /// How long an alert counts as firing there.
        #[serde(
            default = "default_firing",
            with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required"
        )]
        #[schemars(with = "String")]
        firing: Duration,
    },
    /// Mail by SMTP.
    Email(EmailConfig),
}

/// An address to post to that is itself the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HookConfig {
    /// Tells targets apart.
    pub name: String,
    /// File with the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_file: Option<PathBuf>,
    /// Environment variable with the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_env: Option<String>,
    /// Template of the message, a file; the built-in one where not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<PathBuf>,
}

/// Mail by SMTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailConfig {
    /// Tells targets apart.
    pub name: String,
    /// The server.
    pub host: String,
    /// Its port; 465, 587 or 25 by `encryption` where not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How the connection is kept private.
    #[serde(default)]
    pub encryption: Encryption,
    /// User to log in as, where the server wants that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// File with the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Environment variable with the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// Sender.
    pub from: String,
    /// Recipients.
    pub to: Vec<String>,
    /// Template of the message, a file; the built-in one where not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<PathBuf>,
}

/// How a connection to a mail server is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// TLS from the start.
    Tls,
    /// TLS after STARTTLS, which the server must offer.
    #[default]
    Starttls,
    /// Not at all.
    None,
}

impl TargetConfig {
    /// The target's name, for logs and its consumer group.
    pub fn name(&self) -> &str {
        match self {
            Self::Terminal { name, .. }
            | Self::Stdout { name }
            | Self::File { name, .. }
            | Self::Webhook { name, .. }
            | Self::Telegram { name, .. }
            | Self::Apprise { name, .. }
            | Self::Alertmanager { name, .. } => name,
            Self::Slack(hook) | Self::Teams(hook) => &hook.name,
            Self::Email(email) => &email.name,
        }
    }

    /// The file with its template, where it has one.
    pub fn template(&self) -> Option<&PathBuf> {
        match self {
            Self::Terminal { template, .. }
            | Self::Telegram { template, .. }
            | Self::Apprise { template, .. } => template.as_ref(),
            Self::Slack(hook) | Self::Teams(hook) => hook.template.as_ref(),
            Self::Email(email) => email.template.as_ref(),
            Self::Stdout { .. }
            | Self::File { .. }
            | Self::Webhook { .. }
            | Self::Alertmanager { .. } => None,
        }
    }
}

fn terminal() -> String {
    "terminal".to_owned()
}

fn stdout() -> String {
    "stdout".to_owned()
}

fn file() -> String {
    "file".to_owned()
}

fn telegram_api() -> Url {
    Url::parse("https://api.telegram.org").expect("it is one")
}

/// Standard Webhooks advises 15 to 30 s; receivers that do real work want the longer end.
fn default_timeout() -> Duration {
    Duration::from_secs(20)
}

/// Alertmanager resolves alerts by itself after five minutes; a story is news for a day.
fn default_firing() -> Duration {
    Duration::from_hours(24)
}
