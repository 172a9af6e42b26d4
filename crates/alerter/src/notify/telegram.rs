//! Telegram's bot interface.

use std::time::Duration;

use address::AddressGuard;
use model::Notification;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use stream::{CancellationToken, EffectError};
use url::Url;

use super::{
    Channel,
    http::{Http, TIMEOUT},
};
use crate::{TargetConfig, message::Messages, secret::Secret};

/// Telegram takes 4,096 UTF-16 units a message.
const MAX_UNITS: usize = 4_000;

/// Sends messages to a chat as a bot.
#[derive(Debug)]
pub(super) struct Telegram {
    http: Http,
    name: String,
    chat: String,
    token: Secret,
    api: Url,
    messages: Messages,
}

impl Telegram {
    pub(super) fn new(
        config: &TargetConfig,
        messages: Messages,
        guard: AddressGuard,
    ) -> Result<Self, String> {
        let TargetConfig::Telegram {
            name,
            chat,
            token_file,
            token_env,
            api,
            ..
        } = config
        else {
            return Err("no telegram target".to_owned());
        };
        Ok(Self {
            http: Http::new(name, guard, TIMEOUT)?,
            name: name.clone(),
            chat: chat.clone(),
            token: Secret::read("token", token_file.as_ref(), token_env.as_ref())?,
            api: api.clone(),
            messages,
        })
    }
}

impl Channel for Telegram {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let units = |text: &str| text.encode_utf16().count();
        let text = self.messages.text_within(notification, MAX_UNITS, units)?;
        let message = json!({
            "chat_id": self.chat, "text": text,
            "link_preview_options": { "is_disabled": true },
        });
        Ok(message.to_string())
    }

    fn send(
        &mut self,
        notification: &Notification,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        let path = format!("/bot{}/sendMessage", self.token.reveal());
        let mut url = self.api.clone();
        url.set_path(&path);
        let Err(refusal) = self.http.post(&url, HeaderMap::new(), body, stop)? else {
            return Ok(());
        };
        // Telegram tells the wait in the body, not in a header.
        let answer: Value = serde_json::from_slice(&refusal.body).unwrap_or_default();
        let wait = answer
            .pointer("/parameters/retry_after")
            .and_then(Value::as_u64);
        match (refusal.judged(&self.name), wait) {
            (EffectError::Retry { reason, .. }, Some(seconds)) => Err(EffectError::Retry {
                after: Duration::from_secs(seconds),
                reason,
            }),
            (error, _) => Err(error),
        }
    }
}
