//! Slack's incoming webhooks.

use address::AddressGuard;
use model::Notification;
use serde_json::json;
use stream::EffectError;

use super::{Channel, hook::Hook};
use crate::{HookConfig, message::Messages};

/// Slack cuts a text at 40,000 characters; people stop long before.
const MAX_CHARACTERS: usize = 12_000;

/// Posts messages to a channel of Slack.
#[derive(Debug)]
pub(super) struct Slack {
    hook: Hook,
    messages: Messages,
}

impl Slack {
    pub(super) fn new(
        config: &HookConfig,
        messages: Messages,
        guard: AddressGuard,
    ) -> Result<Self, String> {
        Ok(Self {
            hook: Hook::new(config, guard)?,
            messages,
        })
    }
}

impl Channel for Slack {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let text: String = self
            .messages
            .text(notification)?
            .chars()
            .take(MAX_CHARACTERS)
            .collect();
        // <https://api.slack.com/reference/surfaces/formatting#escaping>
        let escaped = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        Ok(json!({ "text": escaped }).to_string())
    }

    fn send(&mut self, notification: &Notification) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        self.hook.post(body)
    }
}
