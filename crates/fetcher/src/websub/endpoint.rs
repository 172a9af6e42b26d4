//! Where hubs call: they verify subscriptions by GET and push by POST.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, Response, StatusCode, header::CONTENT_TYPE},
};
use jiff::Timestamp;
use metrics::counter;
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    sync::{Semaphore, mpsc},
    time::timeout,
};
use url::form_urlencoded;

use super::subscriptions::{Delivery, Subscriptions, Verified};
use crate::poll_task::FromPoll;

/// Longest time for one request of a hub, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Pushes read at once; each may hold a whole document.
const PUSHES_AT_ONCE: usize = 16;

/// The endpoint that hubs call.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    subscriptions: Arc<Subscriptions>,
    pushes: mpsc::Sender<FromPoll>,
    max_bytes: usize,
    slots: Arc<Semaphore>,
}

impl Endpoint {
    pub(crate) fn new(
        subscriptions: Arc<Subscriptions>,
        pushes: mpsc::Sender<FromPoll>,
        max_bytes: usize,
    ) -> Self {
        Self {
            subscriptions,
            pushes,
            max_bytes,
            slots: Arc::new(Semaphore::new(PUSHES_AT_ONCE)),
        }
    }

    /// Listens at `address`; the runtime owns the server and ends it.
    ///
    /// # Errors
    /// Where the address is taken or not ours.
    pub(crate) fn listen(self, address: SocketAddr, runtime: &Runtime) -> io::Result<()> {
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let router = Router::new().fallback(answer).with_state(self);
        runtime.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "websub endpoint ended");
            }
        });
        Ok(())
    }

    /// Verification of intent: the challenge goes back where we did ask.
    fn verify(&self, token: &str, query: &str) -> Response<Body> {
        let (mut mode, mut topic, mut challenge, mut lease) = Default::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "hub.mode" => mode = Some(value),
                "hub.topic" => topic = Some(value),
                "hub.challenge" => challenge = Some(value),
                "hub.lease_seconds" => lease = value.parse().ok(),
                _ => {}
            }
        }
        let (Some(mode), Some(topic)) = (mode, topic) else {
            return plain(StatusCode::BAD_REQUEST, "");
        };
        let now = Timestamp::now();
        let challenge = challenge.unwrap_or_default();
        let is_ours = match &*mode {
            "subscribe" if !challenge.is_empty() => {
                let verified = self.subscriptions.verify(token, &topic, lease, now);
                if let Some(Verified { slot, is_new: true }) = verified {
                    // Where the channel is full, the feed's next poll does as well.
                    self.pushes.try_send(FromPoll::subscribed(slot)).ok();
                }
                verified.is_some()
            }
            "denied" => self.subscriptions.deny(token, &topic),
            // We never ask for an end: others may not either.
            _ => false,
        };
        count(if is_ours { "verified" } else { "refused" });
        if is_ours {
            plain(StatusCode::OK, &challenge)
        } else {
            plain(StatusCode::NOT_FOUND, "")
        }
    }

    async fn deliver(&self, token: &str, request: Request) -> StatusCode {
        let Ok(_slot) = self.slots.acquire().await else {
            return StatusCode::SERVICE_UNAVAILABLE;
        };
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, self.max_bytes).await else {
            return StatusCode::PAYLOAD_TOO_LARGE;
        };
        let headers = ["x-hub-signature-256", "x-hub-signature"];
        let mut signatures = headers.iter().filter_map(|name| parts.headers.get(*name));
        let signature = signatures.next().and_then(|value| value.to_str().ok());
        let now = Timestamp::now();
        let delivery = self.subscriptions.deliver(token, signature, &body, now);
        match delivery {
            Delivery::Signed(slot) => {
                count("push");
                match self.pushes.send(FromPoll::pushed(slot)).await {
                    Ok(()) => StatusCode::ACCEPTED,
                    Err(_) => StatusCode::SERVICE_UNAVAILABLE,
                }
            }
            // The standard (8): a wrong signature is ignored, and the sender not told.
            Delivery::Unsigned => {
                count("unsigned");
                StatusCode::ACCEPTED
            }
            Delivery::Unknown => StatusCode::GONE,
        }
    }
}

async fn answer(State(endpoint): State<Endpoint>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    // A proxy before us may have put anything before the token.
    let token = path.rsplit('/').next().unwrap_or_default();
    if request.method() == Method::GET {
        let query = request.uri().query().unwrap_or_default();
        return endpoint.verify(token, query);
    }
    if request.method() != Method::POST {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "");
    }
    let outcome = timeout(REQUEST_TIMEOUT, endpoint.deliver(token, request)).await;
    plain(outcome.unwrap_or(StatusCode::REQUEST_TIMEOUT), "")
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    let plain_text = axum::http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain_text);
    let nosniff = axum::http::HeaderValue::from_static("nosniff");
    response
        .headers_mut()
        .insert("x-content-type-options", nosniff);
    response
}

fn count(outcome: &'static str) {
    counter!("fetcher_websub_requests_total", "outcome" => outcome).increment(1);
}
