//! Microsoft Teams: workflows that take adaptive cards.

use address::AddressGuard;
use model::{Notification, Severity};
use serde_json::{Value, json};
use stream::EffectError;

use super::{Channel, hook::Hook};
use crate::{
    HookConfig,
    message::{Messages, title},
};

/// Teams takes 28 KB a card; other scripts need three bytes a character.
const MAX_CHARACTERS: usize = 6_000;

/// Posts cards to a chat or channel of Teams.
#[derive(Debug)]
pub(super) struct Teams {
    hook: Hook,
    messages: Messages,
}

impl Teams {
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

impl Channel for Teams {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let text: String = self
            .messages
            .text(notification)?
            .chars()
            .take(MAX_CHARACTERS)
            .collect();
        let color = match notification.severity {
            Severity::Info => "default",
            Severity::Warning => "warning",
            Severity::Critical => "attention",
        };
        let lines: Vec<Value> = text
            .split("\n\n")
            .map(|part| json!({ "type": "TextBlock", "text": part, "wrap": true }))
            .collect();
        let mut blocks = vec![json!({
            "type": "TextBlock", "text": title(notification), "weight": "bolder",
            "size": "medium", "color": color, "wrap": true,
        })];
        blocks.extend(lines);
        let link = notification
            .alerts
            .first()
            .and_then(|alert| alert.article.url.as_ref());
        let actions: Vec<Value> = link
            .map(|url| json!({ "type": "Action.OpenUrl", "title": "Read the article", "url": url }))
            .into_iter()
            .collect();
        let card = json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard", "version": "1.4",
                    "body": blocks, "actions": actions,
                },
            }],
        });
        Ok(card.to_string())
    }

    fn send(&mut self, notification: &Notification) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        self.hook.post(body)
    }
}
