//! Slack's incoming webhooks.

use model::Notification;
use serde_json::{Value, json};

use super::hook::Form;

/// Slack cuts a text at 40,000 characters; people stop long before.
pub(super) const FORM: Form = Form {
    max_characters: 12_000,
    body,
};

fn body(_notification: &Notification, text: &str) -> Value {
    // <https://api.slack.com/reference/surfaces/formatting#escaping>
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    json!({ "text": escaped })
}
