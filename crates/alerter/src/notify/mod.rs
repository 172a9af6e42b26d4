//! Where notifications leave the pipeline: at least once, with an idempotency key.

mod alertmanager;
mod apprise;
mod backoff;
mod courier;
mod email;
mod file;
mod hook;
mod http;
mod mail_server;
mod notifier;
mod slack;
mod stdout;
mod teams;
mod telegram;
mod terminal;
mod webhook;

use std::io::Write;

use address::AddressGuard;
use model::Notification;
use stream::{CancellationToken, EffectError};
use thiserror::Error;

pub use notifier::Notifier;

use self::hook::Hook;

use crate::{Config, TargetConfig, message::Messages, secret::SecretError};

/// One kind of target.
pub(crate) trait Channel: Send {
    /// What is sent, as text: the body of a request, the text of a mail.
    ///
    /// # Errors
    /// Where the notification cannot be put into words, in words.
    fn body(&self, notification: &Notification) -> Result<String, String>;

    /// Sends it. May block for some seconds, once `stop` is cancelled no longer.
    ///
    /// # Errors
    /// See [`EffectError`]; reasons hold no secrets.
    fn send(
        &mut self,
        notification: &Notification,
        stop: &CancellationToken,
    ) -> Result<(), EffectError>;
}

/// A notification as a line of JSON, for programs that read line by line.
fn json_line(notification: &Notification) -> Result<String, String> {
    let line = serde_json::to_string(notification);
    line.map(|line| line + "\n")
        .map_err(|error| error.to_string())
}

/// Why a target cannot be used.
#[derive(Debug, Error)]
#[error("target {target}: {reason}")]
pub struct NotifierError {
    /// Which target.
    pub target: String,
    /// Why, in plain words, without secrets.
    pub reason: String,
}

/// The channel of a target; `terminal` is where text for people goes.
pub(crate) fn channel(
    config: &Config,
    target: &TargetConfig,
    terminal: Box<dyn Write + Send>,
) -> Result<Box<dyn Channel>, NotifierError> {
    let refuse = |reason: String| NotifierError {
        target: target.name().to_owned(),
        reason,
    };
    let guard = AddressGuard::new(&config.allow_addresses, "alerter.allow_addresses");
    let messages = || -> Result<Messages, String> {
        let template = match target.template() {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
                format!("template cannot be read from {}: {error}", path.display())
            })?),
            None => None,
        };
        Messages::new(template).map_err(|error| format!("template cannot be used: {error}"))
    };
    let built: Result<Box<dyn Channel>, String> = (|| {
        Ok(match target {
            TargetConfig::Terminal { .. } => {
                Box::new(terminal::Terminal::new(terminal, messages()?)) as Box<dyn Channel>
            }
            TargetConfig::Stdout { .. } => Box::new(stdout::Stdout::new(terminal)),
            TargetConfig::File { path, .. } => Box::new(file::AlertFile::open(path)?),
            TargetConfig::Webhook { .. } => Box::new(webhook::Webhook::new(target, guard)?),
            TargetConfig::Slack(hook) => {
                Box::new(Hook::new(hook, slack::FORM, messages()?, guard)?)
            }
            TargetConfig::Teams(hook) => {
                Box::new(Hook::new(hook, teams::FORM, messages()?, guard)?)
            }
            TargetConfig::Telegram { .. } => {
                Box::new(telegram::Telegram::new(target, messages()?, guard)?)
            }
            TargetConfig::Apprise { .. } => {
                Box::new(apprise::Apprise::new(target, messages()?, guard)?)
            }
            TargetConfig::Alertmanager { .. } => {
                Box::new(alertmanager::Alertmanager::new(target, guard)?)
            }
            TargetConfig::Email(email) => Box::new(email::Email::new(email, messages()?, guard)?),
        })
    })();
    built.map_err(refuse)
}

/// What a target would be sent, without sending it.
///
/// # Errors
/// Where the target cannot be used as configured.
pub fn preview(
    config: &Config,
    target: &TargetConfig,
    notification: &Notification,
) -> Result<String, NotifierError> {
    let channel = channel(config, target, Box::new(std::io::sink()))?;
    channel.body(notification).map_err(|reason| NotifierError {
        target: target.name().to_owned(),
        reason,
    })
}

impl From<SecretError> for String {
    fn from(error: SecretError) -> Self {
        error.to_string()
    }
}

#[cfg(test)]
pub(crate) mod tests;
