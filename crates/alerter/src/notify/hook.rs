//! An address to post to that is itself the secret.

use address::AddressGuard;
use reqwest::header::HeaderMap;
use stream::EffectError;
use url::Url;

use super::http::{Http, TIMEOUT};
use crate::{HookConfig, secret::Secret};

/// Posts to a secret address.
#[derive(Debug)]
pub(super) struct Hook {
    http: Http,
    url: Secret,
}

impl Hook {
    pub(super) fn new(config: &HookConfig, guard: AddressGuard) -> Result<Self, String> {
        let url = Secret::read("url", config.url_file.as_ref(), config.url_env.as_ref())?;
        if Url::parse(url.reveal()).is_err() {
            return Err("url is not one".to_owned());
        }
        Ok(Self {
            http: Http::new(&config.name, guard, TIMEOUT)?,
            url,
        })
    }

    pub(super) fn post(&self, body: String) -> Result<(), EffectError> {
        let url = Url::parse(self.url.reveal());
        let url = url.map_err(|_| EffectError::Reject("url is not one".to_owned()))?;
        self.http.deliver(&url, HeaderMap::new(), body)
    }
}
