//! HTTP to targets: checked addresses, no redirects, answers judged.

use std::{sync::Arc, time::Duration};

use address::AddressGuard;
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{Client, StatusCode, header, header::HeaderMap, redirect};
use rustls_platform_verifier::BuilderVerifierExt;
use stream::{CancellationToken, EffectError};
use url::Url;

use super::courier::Courier;

/// Longest wait that a receiver may ask for.
const LONGEST_RETRY: Duration = Duration::from_hours(1);
/// Longest answer that is read for its reason.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// Longest wait for an answer where the target names none.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

/// Posts to one target.
#[derive(Debug)]
pub(super) struct Http {
    guard: AddressGuard,
    client: Client,
    courier: Courier,
}

/// An answer outside 2xx.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Http {
    pub(super) fn new(
        target: &str,
        guard: AddressGuard,
        timeout: Duration,
    ) -> Result<Self, String> {
        let refuse = |error: &dyn std::fmt::Display| format!("http cannot be set up: {error}");
        let client = Client::builder()
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("onrecord/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(guard.clone()))
            .tls_backend_preconfigured(tls().map_err(|error| refuse(&error))?)
            .build()
            .map_err(|error| refuse(&error))?;
        Ok(Self {
            guard,
            client,
            courier: Courier::new(target)?,
        })
    }

    /// Posts JSON. `Ok(Err(…))` where the target answers outside 2xx.
    pub(super) fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: String,
        stop: &CancellationToken,
    ) -> Result<Result<(), Refusal>, EffectError> {
        if let Err(error) = self.guard.check_literal(url) {
            return Err(EffectError::Reject(error.to_string()));
        }
        let request = self
            .client
            .post(url.clone())
            .headers(headers)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        let answered = self.courier.run(stop, async {
            let mut response = request.send().await?;
            let status = response.status();
            if status.is_success() {
                return Ok(Ok(()));
            }
            let headers = response.headers().clone();
            let mut body = Vec::new();
            while body.len() < MAX_ANSWER_BYTES
                && let Some(chunk) = response.chunk().await?
            {
                body.extend_from_slice(&chunk);
            }
            Ok(Err(Refusal {
                status,
                headers,
                body,
            }))
        })?;
        // The address may be a secret, so it stays out of the reason.
        answered.map_err(|error: reqwest::Error| EffectError::Retry {
            after: Duration::ZERO,
            reason: format!(
                "{} not reached: {}",
                self.courier.target(),
                innermost(&error.without_url())
            ),
        })
    }

    /// Posts JSON and judges the answer: 429 waits as told, 408 and 5xx are tried again, all else
    /// is refused.
    pub(super) fn deliver(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: String,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let Err(refusal) = self.post(url, headers, body, stop)? else {
            return Ok(());
        };
        Err(refusal.judged(self.courier.target()))
    }
}

impl Refusal {
    /// What the answer means for the notification.
    pub(super) fn judged(&self, target: &str) -> EffectError {
        let reason = format!("{target} answered {}", self.status);
        let is_passing = self.status.is_server_error()
            || matches!(
                self.status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
            );
        if is_passing {
            EffectError::Retry {
                after: self.asked_wait(),
                reason,
            }
        } else {
            EffectError::Reject(reason)
        }
    }

    /// The wait that the receiver asks for, in seconds or until a date.
    fn asked_wait(&self) -> Duration {
        let value = self
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let wait = value.and_then(|value| {
            if let Ok(seconds) = value.trim().parse() {
                return Some(Duration::from_secs(seconds));
            }
            let date: Timestamp = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
            Duration::try_from(date.duration_since(Timestamp::now())).ok()
        });
        wait.unwrap_or_default().min(LONGEST_RETRY)
    }
}

/// The cause at the bottom says most: "connection refused", or that an address is closed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
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
