//! Notifications as HTTP requests, signed as Standard Webhooks has it.

use address::AddressGuard;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use model::Notification;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use stream::{CancellationToken, EffectError};
use url::Url;

use super::{Channel, http::Http};
use crate::{
    TargetConfig,
    secret::{Secret, SecretError},
};

/// Start of a secret in Standard Webhooks' form.
const SECRET_PREFIX: &str = "whsec_";

/// Posts each notification as JSON.
///
/// Its id is sent as `Idempotency-Key` and `webhook-id`, so a receiver can drop the repeats that
/// at-least-once delivery brings. With a secret the request is signed as
/// <https://www.standardwebhooks.com> has it.
#[derive(Debug)]
pub(super) struct Webhook {
    http: Http,
    url: Url,
    key: Option<SigningKey>,
}

/// A signing key; never shown.
struct SigningKey(Vec<u8>);

impl Webhook {
    pub(super) fn new(config: &TargetConfig, guard: AddressGuard) -> Result<Self, String> {
        let TargetConfig::Webhook {
            name,
            url,
            secret_file,
            secret_env,
            timeout,
        } = config
        else {
            return Err("no webhook target".to_owned());
        };
        let secret = Secret::read_optional("secret", secret_file.as_ref(), secret_env.as_ref())?;
        Ok(Self {
            http: Http::new(name, guard, *timeout)?,
            url: url.clone(),
            key: secret.map(|secret| SigningKey::of(&secret)).transpose()?,
        })
    }
}

impl Channel for Webhook {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        serde_json::to_string(notification).map_err(|error| error.to_string())
    }

    fn send(
        &mut self,
        notification: &Notification,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        let id = notification.id.as_str();
        let sent = Timestamp::now().as_second().to_string();
        let mut pairs = vec![
            ("idempotency-key", id.to_owned()),
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", sent.clone()),
        ];
        if let Some(key) = &self.key {
            pairs.push(("webhook-signature", key.sign(id, &sent, body.as_bytes())));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        self.http.deliver(&self.url, headers, body, stop)
    }
}

impl SigningKey {
    fn of(secret: &Secret) -> Result<Self, SecretError> {
        let encoded = secret.reveal().strip_prefix(SECRET_PREFIX);
        encoded
            .and_then(|encoded| BASE64_STANDARD.decode(encoded).ok())
            .filter(|key| !key.is_empty())
            .map(Self)
            .ok_or(SecretError::Form("secret", "`whsec_` and base64"))
    }

    /// `v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`.
    fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("hmac takes keys of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_standard_webhooks_does() {
        // The example of the Standard Webhooks specification.
        let key = SigningKey(BASE64_STANDARD.decode("plJ3nmyCDGBKInavdOK15jsl").unwrap());
        let body = br#"{"event_type":"ping","data":{"success":true}}"#;
        assert_eq!(
            key.sign("msg_loFOjxBNrRLzqYUf", "1731705121", body),
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
        );
    }
}
