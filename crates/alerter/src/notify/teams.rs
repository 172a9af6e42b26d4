//! Microsoft Teams: workflows that take adaptive cards.

use model::{Notification, Severity};
use serde_json::{Value, json};

use super::hook::Form;

/// Teams takes 28 KB a card; other scripts need three bytes a character.
pub(super) const FORM: Form = Form {
    max_characters: 6_000,
    body,
};

fn body(notification: &Notification, text: &str) -> Value {
    let color = match notification.severity {
        Severity::Info => "default",
        Severity::Warning => "warning",
        Severity::Critical => "attention",
    };
    // The text's first line is its title.
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let parts = rest.split("\n\n").map(str::trim);
    let parts = parts
        .filter(|part| !part.is_empty())
        .map(|part| json!({ "type": "TextBlock", "text": part, "wrap": true }));
    let mut blocks = vec![json!({
        "type": "TextBlock", "text": title, "weight": "bolder",
        "size": "medium", "color": color, "wrap": true,
    })];
    blocks.extend(parts);
    let first = notification.alerts.first();
    let link = first.and_then(|alert| alert.article.url.as_ref());
    let actions: Vec<Value> = link
        .map(|url| json!({ "type": "Action.OpenUrl", "title": "Read the article", "url": url }))
        .into_iter()
        .collect();
    json!({
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
    })
}
