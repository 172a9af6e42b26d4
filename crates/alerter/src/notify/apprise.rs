//! The Apprise API, which passes messages on to a hundred services more.

use address::AddressGuard;
use model::{Notification, Severity};
use reqwest::header::HeaderMap;
use serde_json::json;
use stream::{CancellationToken, EffectError};
use url::Url;

use super::{
    Channel,
    http::{Http, TIMEOUT},
};
use crate::{
    TargetConfig,
    message::{Messages, title},
};

/// Posts messages to an Apprise API server.
#[derive(Debug)]
pub(super) struct Apprise {
    http: Http,
    url: Url,
    tag: Option<String>,
    messages: Messages,
}

impl Apprise {
    pub(super) fn new(
        config: &TargetConfig,
        messages: Messages,
        guard: AddressGuard,
    ) -> Result<Self, String> {
        let TargetConfig::Apprise { name, url, tag, .. } = config else {
            return Err("no apprise target".to_owned());
        };
        Ok(Self {
            http: Http::new(name, guard, TIMEOUT)?,
            url: url.clone(),
            tag: tag.clone(),
            messages,
        })
    }
}

impl Channel for Apprise {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let kind = match notification.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "failure",
        };
        let mut message = json!({
            "title": title(notification),
            "body": self.messages.text(notification)?,
            "type": kind,
            "format": "text",
        });
        if let (Some(tag), Some(fields)) = (&self.tag, message.as_object_mut()) {
            fields.insert("tag".to_owned(), json!(tag));
        }
        Ok(message.to_string())
    }

    fn send(
        &mut self,
        notification: &Notification,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        self.http.deliver(&self.url, HeaderMap::new(), body, stop)
    }
}
