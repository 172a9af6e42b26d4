//! Incoming webhooks: an address to post messages to that is itself the secret.

use address::AddressGuard;
use model::Notification;
use reqwest::header::HeaderMap;
use serde_json::Value;
use stream::{CancellationToken, EffectError};
use url::Url;

use super::{
    Channel,
    http::{Http, TIMEOUT},
};
use crate::{HookConfig, message::Messages, secret::Secret};

/// Posts messages to a secret address, in the form of the service behind it.
#[derive(Debug)]
pub(super) struct Hook {
    http: Http,
    url: Secret,
    form: Form,
    messages: Messages,
}

/// What a service takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Longest text.
    pub(super) max_characters: usize,
    /// The body of the request, around a text.
    pub(super) body: fn(&Notification, &str) -> Value,
}

impl Hook {
    pub(super) fn new(
        config: &HookConfig,
        form: Form,
        messages: Messages,
        guard: AddressGuard,
    ) -> Result<Self, String> {
        let url = Secret::read("url", config.url_file.as_ref(), config.url_env.as_ref())?;
        if Url::parse(url.reveal()).is_err() {
            return Err("url is not one".to_owned());
        }
        Ok(Self {
            http: Http::new(&config.name, guard, TIMEOUT)?,
            url,
            form,
            messages,
        })
    }
}

impl Channel for Hook {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let length = |text: &str| text.chars().count();
        let messages = &self.messages;
        let text = messages.text_within(notification, self.form.max_characters, length)?;
        Ok((self.form.body)(notification, &text).to_string())
    }

    fn send(
        &mut self,
        notification: &Notification,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        let url = Url::parse(self.url.reveal());
        let url = url.map_err(|_| EffectError::Reject("url is not one".to_owned()))?;
        self.http.deliver(&url, HeaderMap::new(), body, stop)
    }
}
