//! Asks a hub for a subscription.

use std::sync::Arc;

use url::{Url, form_urlencoded};

use super::subscriptions::Ask;
use crate::{fault::Fault, poller::Poller};

/// Asks a hub to push a feed to our callback; whether it will, it says by calling there.
pub(crate) async fn subscribe(poller: Arc<Poller>, ask: Ask) {
    let outcome = request(&poller, &ask).await;
    if let Err(error) = outcome {
        tracing::debug!(hub.url = %ask.hub.url, feed.url = %ask.hub.topic, %error, "hub not reached");
    }
}

async fn request(poller: &Poller, ask: &Ask) -> Result<(), Fault> {
    let url = Url::parse(&ask.hub.url).map_err(|error| Fault::BadUrl(error.to_string()))?;
    let base = poller.config.websub.callback.trim_end_matches('/');
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.callback", &format!("{base}/{}", ask.token))
        .append_pair("hub.topic", &ask.hub.topic)
        .append_pair("hub.secret", &ask.secret)
        .append_pair("hub.lease_seconds", &ask.lease.as_secs().to_string())
        .finish();
    poller.client.post_form(&url, form).await
}
