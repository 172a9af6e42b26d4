//! What hubs were asked for, and what they have agreed to.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use model::{FeedCursor, FeedHub, HubSubscription};
use rustls::crypto::ring::default_provider;

use super::signature::is_signed;
use crate::{cursor::hex, schedule::since};

/// Longest lease believed, whatever a hub says.
const MAX_LEASE: Duration = Duration::from_hours(14 * 24);
/// A hub that has not verified by then is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_hours(1);
/// A hub that said no is asked again.
const DENIED_FOR: Duration = Duration::from_hours(24);
/// News that a poll finds this long after the last push was not pushed.
const PUSH_IS_RECENT: Duration = Duration::from_mins(15);

/// The subscriptions of the feeds that this instance owns.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    /// By the token at the end of the callback address.
    by_token: Mutex<HashMap<String, Subscription>>,
    /// What our callback addresses begin with, without a slash at the end.
    callback: String,
    lease: Duration,
}

/// One feed's subscription.
#[derive(Debug)]
struct Subscription {
    slot: usize,
    hub: FeedHub,
    secret: String,
    asked: Timestamp,
    state: State,
    last_push: Option<Timestamp>,
    /// Polls have found news that no push told of: the hub may be dead.
    missed_news: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not verified by the hub yet.
    Asked,
    /// Verified by the hub.
    Active { since: Timestamp, until: Timestamp },
    /// The hub says no.
    Denied,
}

/// A subscription to ask a hub for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) hub: FeedHub,
    pub(crate) token: String,
    pub(crate) secret: String,
    pub(crate) lease: Duration,
}

/// A subscription that its hub has just verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verified {
    pub(super) slot: usize,
    /// Whether it is the first time, or the lease had run out.
    pub(super) is_new: bool,
}

/// What came of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// It is signed by the hub: this feed has news.
    Signed(usize),
    /// It is not signed as agreed.
    Unsigned,
    /// There is no such subscription.
    Unknown,
}

impl Subscriptions {
    /// Subscriptions under callback addresses that begin with `callback`.
    pub(crate) fn new(callback: &str, lease: Duration) -> Self {
        Self {
            by_token: Mutex::default(),
            callback: callback.trim_end_matches('/').to_owned(),
            lease: lease.min(MAX_LEASE),
        }
    }

    /// What to ask the hub of a feed for, where anything is due: the first subscription, its
    /// renewal in the last third of the lease, or another try.
    pub(crate) fn due(&self, slot: usize, hub: &FeedHub, now: Timestamp) -> Option<Ask> {
        let mut by_token = self.lock();
        let known = by_token
            .iter_mut()
            .find(|(_, known)| known.slot == slot && known.hub == *hub);
        if let Some((token, known)) = known {
            if !known.is_due(now) {
                return None;
            }
            known.asked = now;
            return Some(self.ask(token, known));
        }
        let subscription = Subscription {
            slot,
            hub: hub.clone(),
            secret: random_hex()?,
            asked: now,
            state: State::Asked,
            last_push: None,
            missed_news: false,
        };
        let token = random_hex()?;
        let ask = self.ask(&token, &subscription);
        // A feed that names another hub or topic leaves the old one, which hears 410 from now on.
        by_token.retain(|_, known| known.slot != slot);
        by_token.insert(token, subscription);
        Some(ask)
    }

    /// What the feed's hub has agreed to, for the feed's cursor.
    pub(crate) fn agreed(&self, slot: usize, now: Timestamp) -> Option<HubSubscription> {
        let by_token = self.lock();
        let (token, known) = by_token.iter().find(|(_, known)| known.slot == slot)?;
        let State::Active { since, until } = known.state else {
            return None;
        };
        (until > now).then(|| HubSubscription {
            callback: format!("{}/{token}", self.callback),
            secret: known.secret.clone(),
            since,
            until,
        })
    }

    /// Takes up what the feed's hub agreed to before a restart, as far as it still pushes here.
    pub(crate) fn restore(&self, slot: usize, cursor: &FeedCursor, now: Timestamp) {
        let (Some(hub), Some(agreed)) = (&cursor.hub, &cursor.subscription) else {
            return;
        };
        let place = agreed.callback.strip_prefix(&self.callback);
        let Some(token) = place.and_then(|place| place.strip_prefix('/')) else {
            return;
        };
        if agreed.until <= now || token.is_empty() {
            return;
        }
        let subscription = Subscription {
            slot,
            hub: hub.clone(),
            secret: agreed.secret.clone(),
            asked: agreed.since,
            state: State::Active {
                since: agreed.since,
                until: agreed.until,
            },
            last_push: None,
            missed_news: false,
        };
        self.lock().insert(token.to_owned(), subscription);
    }

    fn ask(&self, token: &str, subscription: &Subscription) -> Ask {
        Ask {
            hub: subscription.hub.clone(),
            token: token.to_owned(),
            secret: subscription.secret.clone(),
            lease: self.lease,
        }
    }

    /// Whether a hub's request for verification is about what we asked for; then it counts.
    pub(super) fn verify(
        &self,
        token: &str,
        topic: &str,
        lease_seconds: Option<u64>,
        now: Timestamp,
    ) -> Option<Verified> {
        let mut by_token = self.lock();
        let known = by_token.get_mut(token)?;
        if known.hub.topic != topic || since(known.asked, now) > ASK_AGAIN_AFTER {
            return None;
        }
        let lease = lease_seconds.map_or(self.lease, Duration::from_secs);
        let until = now.saturating_add(lease.min(MAX_LEASE));
        let is_new = !matches!(known.state, State::Active { until, .. } if until > now);
        known.state = State::Active {
            since: now,
            until: until.unwrap_or(now),
        };
        let slot = known.slot;
        Some(Verified { slot, is_new })
    }

    /// The hub refuses or ends a subscription.
    pub(super) fn deny(&self, token: &str, topic: &str) -> bool {
        let mut by_token = self.lock();
        let known = by_token.get_mut(token);
        let Some(known) = known.filter(|known| known.hub.topic == topic) else {
            return false;
        };
        known.state = State::Denied;
        true
    }

    /// What a push is worth.
    pub(super) fn deliver(
        &self,
        token: &str,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Delivery {
        let mut by_token = self.lock();
        let Some(known) = by_token.get_mut(token) else {
            return Delivery::Unknown;
        };
        if !signature.is_some_and(|header| is_signed(header, &known.secret, body)) {
            return Delivery::Unsigned;
        }
        known.last_push = Some(now);
        known.missed_news = false;
        Delivery::Signed(known.slot)
    }

    /// Whether a push is to be relied on for this feed.
    pub(crate) fn is_pushed(&self, slot: usize, now: Timestamp) -> bool {
        let by_token = self.lock();
        let mut of_slot = by_token.values().filter(|known| known.slot == slot);
        of_slot.any(|known| {
            let is_active = matches!(known.state, State::Active { until, .. } if until > now);
            is_active && !known.missed_news
        })
    }

    /// A poll has found news: where no push told of it, the hub is not to be relied on until it
    /// pushes again.
    pub(crate) fn found_news(&self, slot: usize, now: Timestamp) {
        for known in self.lock().values_mut().filter(|known| known.slot == slot) {
            let State::Active { since: from, .. } = known.state else {
                continue;
            };
            let told = known.last_push.unwrap_or(from);
            known.missed_news |= since(told, now) > PUSH_IS_RECENT;
        }
    }

    /// The feed is no longer ours; its hub hears 410 with the next push.
    pub(crate) fn forget(&self, slot: usize) {
        self.lock().retain(|_, known| known.slot != slot);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Subscription>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    fn is_due(&self, now: Timestamp) -> bool {
        let asked = since(self.asked, now);
        match self.state {
            State::Asked => asked >= ASK_AGAIN_AFTER,
            State::Denied => asked >= DENIED_FOR,
            State::Active { since: from, until } => {
                let is_late = since(now, until) < since(from, until) / 3;
                is_late && asked >= ASK_AGAIN_AFTER.min(since(from, until) / 3)
            }
        }
    }
}

/// 128 bits that nobody can guess; `None` where the system has none to give.
fn random_hex() -> Option<String> {
    let mut bytes = [0; 16];
    let random = default_provider().secure_random;
    random.fill(&mut bytes).ok()?;
    Some(hex(&bytes))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    const CALLBACK: &str = "https://watch.example/push/";
    const DAY: Duration = Duration::from_hours(24);

    fn hub() -> FeedHub {
        FeedHub {
            url: "https://hub.example/".into(),
            topic: "https://news.example/rss".into(),
        }
    }

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_subscription_holds_once_verified_and_is_renewed_in_time() {
        let subscriptions = Subscriptions::new(CALLBACK, 9 * DAY);
        let ask = subscriptions.due(7, &hub(), now()).unwrap();
        assert_eq!((ask.lease, &ask.hub), (9 * DAY, &hub()));
        assert!(!subscriptions.is_pushed(7, now()), "not verified yet");
        assert_eq!(subscriptions.due(7, &hub(), now() + 1.minute()), None);
        assert_eq!(
            subscriptions.verify("guessed", &hub().topic, None, now()),
            None
        );
        assert_eq!(
            subscriptions.verify(&ask.token, "https://other.example/", None, now()),
            None
        );
        assert!(
            subscriptions
                .verify(&ask.token, &hub().topic, Some(9 * 86_400), now())
                .is_some()
        );
        assert!(subscriptions.is_pushed(7, now()));
        assert_eq!(subscriptions.due(7, &hub(), now() + 120.hours()), None);
        let renewal = subscriptions.due(7, &hub(), now() + 150.hours()).unwrap();
        assert_eq!(renewal, ask, "the same callback and secret");
        assert_eq!(subscriptions.due(7, &hub(), now() + 150.hours()), None);
        assert!(!subscriptions.is_pushed(7, now() + 217.hours()), "run out");
    }

    #[test]
    fn a_lease_counts_for_fourteen_days_at_most() {
        let subscriptions = Subscriptions::new(CALLBACK, 100 * DAY);
        let ask = subscriptions.due(0, &hub(), now()).unwrap();
        assert_eq!(ask.lease, 14 * DAY);
        assert!(
            subscriptions
                .verify(&ask.token, &hub().topic, Some(u64::MAX), now())
                .is_some()
        );
        assert!(subscriptions.is_pushed(0, now() + (14 * 24 - 1).hours()));
        assert!(!subscriptions.is_pushed(0, now() + (14 * 24).hours()));
    }

    #[test]
    fn a_hub_that_says_nothing_or_no_is_asked_again_later() {
        let subscriptions = Subscriptions::new(CALLBACK, DAY);
        let ask = subscriptions.due(0, &hub(), now()).unwrap();
        assert!(subscriptions.due(0, &hub(), now() + 61.minutes()).is_some());
        assert!(subscriptions.deny(&ask.token, &hub().topic));
        assert_eq!(subscriptions.due(0, &hub(), now() + 10.hours()), None);
        assert!(subscriptions.due(0, &hub(), now() + 26.hours()).is_some());
        assert!(
            subscriptions
                .verify(&ask.token, &hub().topic, None, now() + 40.hours())
                .is_none(),
            "nothing was asked of late"
        );
    }

    #[test]
    fn only_signed_pushes_count_and_a_silent_hub_is_not_relied_on() {
        let subscriptions = Subscriptions::new(CALLBACK, DAY);
        let ask = subscriptions.due(3, &hub(), now()).unwrap();
        assert!(
            subscriptions
                .verify(&ask.token, &hub().topic, None, now())
                .is_some()
        );
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, ask.secret.as_bytes());
        let tag = ring::hmac::sign(&key, b"news");
        let digits = tag.as_ref().iter().map(|b| format!("{b:02x}"));
        let digits = digits.collect::<Vec<_>>().concat();
        let signature = format!("sha256={digits}");
        let deliver = |token: &str, signature: Option<&str>, body: &[u8], time| {
            subscriptions.deliver(token, signature, body, time)
        };
        assert_eq!(
            deliver("x", Some(&signature), b"news", now()),
            Delivery::Unknown
        );
        assert_eq!(
            deliver(&ask.token, None, b"news", now()),
            Delivery::Unsigned
        );
        assert_eq!(
            deliver(&ask.token, Some(&signature), b"fake", now()),
            Delivery::Unsigned
        );
        subscriptions.found_news(3, now() + 1.minute());
        assert!(subscriptions.is_pushed(3, now()), "just subscribed");
        let later = now() + 2.hours();
        subscriptions.found_news(3, later);
        assert!(!subscriptions.is_pushed(3, later), "the hub missed that");
        assert_eq!(
            deliver(&ask.token, Some(&signature), b"news", later),
            Delivery::Signed(3)
        );
        assert!(subscriptions.is_pushed(3, later), "it lives");
        subscriptions.forget(3);
        assert_eq!(
            deliver(&ask.token, Some(&signature), b"news", later),
            Delivery::Unknown
        );
    }
}
