//! Alerts as HTTP requests, signed as Standard Webhooks has it.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use model::Alert;
use reqwest::{Client, Response, StatusCode, header, redirect};
use rustls_platform_verifier::BuilderVerifierExt;
use sha2::Sha256;
use stream::{Effect, EffectError};
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};

use crate::WebhookConfig;

/// Wait after a failure for which the receiver names none; the runner backs off from there.
const RETRY: Duration = Duration::from_secs(1);
/// Longest wait that a receiver may ask for.
const LONGEST_RETRY: Duration = Duration::from_mins(15);
/// Start of a secret in Standard Webhooks' form.
const SECRET_PREFIX: &str = "whsec_";

/// Posts each alert as JSON.
///
/// The alert's id is sent as `Idempotency-Key` and `webhook-id`, so a receiver can drop the
/// repeats that at-least-once delivery brings. With a secret the request is signed as
/// <https://www.standardwebhooks.com> has it. 429 waits as told, 5xx and lost connections are tried
/// again, any other answer outside 2xx rejects the alert.
#[derive(Debug)]
pub struct WebhookNotifier {
    group: String,
    config: WebhookConfig,
    secret: Option<Secret>,
    client: Client,
    runtime: Runtime,
}

/// Why a notifier cannot start.
#[derive(Debug, Error)]
pub enum NotifierError {
    /// The alert file.
    #[error("alert file {} cannot be opened: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file with a secret.
    #[error("webhook {name}: secret file {} cannot be read: {source}", path.display())]
    SecretFile {
        /// Which target.
        name: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What stands in that file.
    #[error("webhook {name}: secret in {} is not `whsec_` and base64", path.display())]
    Secret {
        /// Which target.
        name: String,
        /// Which file.
        path: PathBuf,
    },
    /// The HTTP client.
    #[error("webhook {name}: http client cannot be set up: {reason}")]
    Client {
        /// Which target.
        name: String,
        /// Why.
        reason: String,
    },
}

impl WebhookNotifier {
    /// A notifier for one endpoint; reads its secret.
    ///
    /// # Errors
    /// Where the secret cannot be read, or no HTTP client can be set up.
    pub fn new(config: WebhookConfig) -> Result<Self, NotifierError> {
        let refuse = |reason: String| NotifierError::Client {
            name: config.name.clone(),
            reason,
        };
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| refuse(error.to_string()))?;
        let client = Client::builder()
            .timeout(config.timeout)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("onrecord/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls().map_err(|error| refuse(error.to_string()))?)
            .build()
            .map_err(|error| refuse(error.to_string()))?;
        let secret = Secret::read(&config)?;
        Ok(Self {
            group: format!("deliver-{}", config.name),
            config,
            secret,
            client,
            runtime,
        })
    }

    async fn post(&self, alert: &Alert, body: Vec<u8>) -> reqwest::Result<Response> {
        let id = alert.id.as_str();
        let sent = Timestamp::now().as_second().to_string();
        let mut request = self
            .client
            .post(self.config.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", id)
            .header("webhook-id", id)
            .header("webhook-timestamp", &sent);
        if let Some(secret) = &self.secret {
            request = request.header("webhook-signature", secret.sign(id, &sent, &body));
        }
        request.body(body).send().await
    }
}

impl Effect for WebhookNotifier {
    type Input = Alert;

    fn name(&self) -> &str {
        &self.group
    }

    fn deliver(&mut self, alert: &Alert) -> Result<(), EffectError> {
        let body = serde_json::to_vec(alert)
            .map_err(|error| EffectError::Reject(format!("alert has no json form: {error}")))?;
        match self.runtime.block_on(self.post(alert, body)) {
            Ok(response) => judge(&self.config.name, &response),
            Err(error) => Err(EffectError::Retry {
                after: RETRY,
                // The URL may carry a token, so it stays out of the reason.
                reason: format!(
                    "webhook {} not reached: {}",
                    self.config.name,
                    error.without_url()
                ),
            }),
        }
    }
}

/// TLS with ring, and the certificates that this system trusts.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(config)
}

/// What an answer means for the alert.
fn judge(name: &str, response: &Response) -> Result<(), EffectError> {
    let status = response.status();
    let reason = format!("webhook {name} answered {status}");
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(EffectError::Retry {
            after: retry_after(response),
            reason,
        }),
        _ if status.is_server_error() => Err(EffectError::Retry {
            after: retry_after(response),
            reason,
        }),
        _ => Err(EffectError::Reject(reason)),
    }
}

/// The wait that the receiver asks for in seconds, within bounds.
fn retry_after(response: &Response) -> Duration {
    let seconds = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| {
            value
                .to_str()
                .ok()?
                .trim()
                .parse()
                .ok()
                .map(Duration::from_secs)
        });
    seconds.unwrap_or(RETRY).clamp(RETRY, LONGEST_RETRY)
}

/// A signing secret; never shown.
struct Secret(Vec<u8>);

impl Secret {
    fn read(config: &WebhookConfig) -> Result<Option<Self>, NotifierError> {
        let Some(path) = &config.secret_file else {
            return Ok(None);
        };
        let name = || config.name.clone();
        let text = fs::read_to_string(path).map_err(|source| NotifierError::SecretFile {
            name: name(),
            path: path.clone(),
            source,
        })?;
        text.trim()
            .strip_prefix(SECRET_PREFIX)
            .and_then(|encoded| BASE64_STANDARD.decode(encoded).ok())
            .filter(|key| !key.is_empty())
            .map(|key| Some(Self(key)))
            .ok_or_else(|| NotifierError::Secret {
                name: name(),
                path: path.clone(),
            })
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

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, sync::Mutex, thread};

    use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};

    use super::*;
    use crate::notify::fixture::alert;

    /// What a receiver was sent.
    type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

    #[test]
    fn signs_as_standard_webhooks_does() {
        // The example of the Standard Webhooks specification.
        let secret = Secret(BASE64_STANDARD.decode("plJ3nmyCDGBKInavdOK15jsl").unwrap());
        let body = br#"{"event_type":"ping","data":{"success":true}}"#;
        assert_eq!(
            secret.sign("msg_loFOjxBNrRLzqYUf", "1731705121", body),
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
        );
    }

    #[test]
    fn an_alert_arrives_with_its_idempotency_key() {
        let (address, received) = receiver(StatusCode::OK, &[]);
        deliver(address).unwrap();
        let received = received.lock().unwrap();
        let (headers, body) = received.first().unwrap();
        assert_eq!(headers["idempotency-key"], alert().id.as_str());
        assert_eq!(headers["webhook-id"], alert().id.as_str());
        assert_eq!(serde_json::from_slice::<Alert>(body).unwrap(), alert());
    }

    #[test]
    fn a_busy_receiver_is_given_the_time_it_asks_for() {
        let (address, _) = receiver(StatusCode::TOO_MANY_REQUESTS, &[("retry-after", "30")]);
        assert!(matches!(
            deliver(address),
            Err(EffectError::Retry { after, .. }) if after == Duration::from_secs(30)
        ));
        let (address, _) = receiver(
            StatusCode::SERVICE_UNAVAILABLE,
            &[("retry-after", "999999")],
        );
        assert!(matches!(
            deliver(address),
            Err(EffectError::Retry { after, .. }) if after == LONGEST_RETRY
        ));
    }

    #[test]
    fn a_receiver_that_refuses_is_not_asked_again() {
        let (address, _) = receiver(StatusCode::GONE, &[]);
        let error = deliver(address).unwrap_err();
        assert!(matches!(&error, EffectError::Reject(reason) if reason.contains("410")));
    }

    #[test]
    fn an_absent_receiver_is_tried_again_and_its_address_is_not_told() {
        let error = deliver("127.0.0.1:1".parse().unwrap()).unwrap_err();
        assert!(
            matches!(&error, EffectError::Retry { reason, .. } if !reason.contains("token")),
            "{error:?}"
        );
    }

    #[test]
    fn a_bad_secret_is_named_but_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "hunter2").unwrap();
        let mut config = config("127.0.0.1:1".parse().unwrap());
        config.secret_file = Some(path);
        let error = WebhookNotifier::new(config).unwrap_err().to_string();
        assert!(
            error.contains("desk") && !error.contains("hunter2"),
            "{error}"
        );
    }

    fn deliver(address: SocketAddr) -> Result<(), EffectError> {
        WebhookNotifier::new(config(address))
            .unwrap()
            .deliver(&alert())
    }

    fn config(address: SocketAddr) -> WebhookConfig {
        WebhookConfig {
            name: "desk".into(),
            url: format!("http://{address}/hook?token=x").parse().unwrap(),
            secret_file: None,
            timeout: Duration::from_mins(1),
        }
    }

    /// A local receiver that gives one answer; it ends with the test's process.
    fn receiver(
        status: StatusCode,
        headers: &[(&'static str, &'static str)],
    ) -> (SocketAddr, Received) {
        let received = Received::default();
        let answer: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let app = Router::new()
            .route(
                "/hook",
                post(move |State(received): State<Received>, headers: HeaderMap, body: Bytes| async move {
                    received.lock().unwrap().push((headers, body));
                    (status, answer)
                }),
            )
            .with_state(received.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, app).await.unwrap();
            });
        });
        (address, received)
    }
}
