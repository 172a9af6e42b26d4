//! How a feed's cursor moves: from the one before and what a poll brought to the one after.

use std::time::Duration;

use jiff::Timestamp;
use model::{
    Feed, FeedCursor, FeedHealth, FeedHub, FeedState, HubSubscription, MovedFeed, PollWishes,
    Renewal, Revisit, Rhythm, SeenItem,
};
use sha2::{Digest, Sha256};

use crate::{
    Config, ParsedFeed,
    fault::Fault,
    feed_site::site_of,
    freshness::Freshness,
    health::is_changed,
    schedule::{
        Circumstances, LEARNING_ARRIVALS, first_rhythm, is_silent, next_poll, since, with_arrivals,
    },
    websub::HubLinks,
};

/// Failures in a row after which an address that a redirect led to is given up again.
const GIVE_UP_MOVED_AFTER: u32 = 3;
/// Longest back-off where no server was reached. It bothers no one, and most often it is our own
/// network that was down: then all feeds are to be back soon after it.
const UNREACHED_BACKOFF: Duration = Duration::from_mins(15);

/// The cursor before, and what the move depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CursorMove<'a> {
    pub(crate) config: &'a Config,
    pub(crate) feed: &'a Feed,
    pub(crate) before: Option<&'a FeedCursor>,
    pub(crate) now: Timestamp,
    /// Whether a hub pushes the feed.
    pub(crate) is_pushed: bool,
    /// What the feed's hub has agreed to.
    pub(crate) subscription: Option<&'a HubSubscription>,
}

/// What an answer says besides its document.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerFacts {
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
    /// Whether it is a 304.
    pub(crate) is_not_modified: bool,
    pub(crate) freshness: Freshness,
    /// Where it was found.
    pub(crate) url: String,
    /// Whether only permanent redirects led there, at least one.
    pub(crate) moved_for_good: bool,
    /// Whether it answers a request without validators.
    pub(crate) is_unconditional: bool,
    /// The hub that its headers name.
    pub(crate) hub_links: HubLinks,
}

/// A readable document, as far as the cursor is concerned.
#[derive(Clone, Debug)]
pub(crate) struct DocumentFacts {
    pub(crate) wishes: PollWishes,
    /// Hash of the body; absent where the body broke off, so that the next poll reads it again.
    pub(crate) body_hash: Option<String>,
    pub(crate) dates: Vec<Timestamp>,
    pub(crate) fresh: usize,
    pub(crate) renewed: usize,
    pub(crate) seen: Vec<SeenItem>,
    /// The hub that pushes it.
    pub(crate) hub: Option<FeedHub>,
}

/// Where a feed is polled: its configured URL, or where it has moved for good.
pub(crate) fn poll_url<'a>(feed: &'a Feed, cursor: Option<&'a FeedCursor>) -> &'a str {
    let moved = cursor.and_then(|cursor| cursor.moved.as_ref());
    moved
        .filter(|moved| moved.adopted)
        .map_or(feed.url.as_str(), |moved| moved.url.as_str())
}

/// The hash by which an unchanged body is known.
pub(crate) fn body_hash(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

/// The first 128 bits of a hash in hex digits.
pub(crate) fn hex(digest: &[u8]) -> String {
    let half = digest.iter().take(16);
    half.fold(String::with_capacity(32), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}

/// What a document says of when it may be fetched.
pub(crate) fn wishes(parsed: &ParsedFeed) -> PollWishes {
    let wait = parsed.ttl.into_iter().chain(parsed.update_interval).max();
    let days = parsed.skip_days.iter();
    PollWishes {
        wait_seconds: wait.map(|wait| wait.as_secs()),
        skip_hours: parsed.skip_hours.clone(),
        skip_days: days
            .filter_map(|day| u8::try_from(day.to_monday_one_offset()).ok())
            .collect(),
    }
}

impl CursorMove<'_> {
    /// After a poll that failed.
    pub(crate) fn failed(&self, fault: &Fault, freshness: &Freshness) -> FeedCursor {
        let mut cursor = self.start();
        let was_adopted = cursor.moved.as_ref().is_some_and(|moved| moved.adopted);
        cursor.health.failures = cursor.health.failures.saturating_add(1);
        cursor.health.fault = Some(fault.to_record());
        cursor.health.state = FeedState::Failing;
        if was_adopted
            && (*fault == Fault::Http(410) || cursor.health.failures >= GIVE_UP_MOVED_AFTER)
        {
            // The new address does not hold what it promised: back to the configured one.
            cursor.moved = None;
        } else if *fault == Fault::Http(410) {
            cursor.health.state = FeedState::Gone;
        }
        let max_backoff = if fault.reached_no_server() {
            self.config.max_backoff.min(UNREACHED_BACKOFF)
        } else {
            self.config.max_backoff
        };
        self.schedule(&mut cursor, freshness, max_backoff);
        if cursor.health.state == FeedState::Gone {
            cursor.next_poll_reason = "never: the server says that the feed is gone".into();
        }
        cursor
    }

    /// After an answer that says, or shows by its body, that nothing has changed.
    pub(crate) fn unchanged(&self, answer: &AnswerFacts) -> FeedCursor {
        let mut cursor = self.start();
        cursor.etag = answer.etag.clone().or(cursor.etag);
        cursor.last_modified = answer.last_modified.clone().or(cursor.last_modified);
        if !answer.is_not_modified {
            // RFC 9111, 3.2 and 4.3.4: each header that a 304 carries replaces the stored one
            // alone; a 200 replaces both.
            cursor.etag.clone_from(&answer.etag);
            cursor.last_modified.clone_from(&answer.last_modified);
        }
        self.succeed(&mut cursor, answer);
        cursor
    }

    /// After a document; its fresh items are counted as seen by the caller as they are emitted.
    pub(crate) fn changed(&self, answer: &AnswerFacts, document: &DocumentFacts) -> FeedCursor {
        let mut cursor = self.start();
        let is_whole = document.body_hash.is_some();
        cursor.etag = answer.etag.clone().filter(|_| is_whole);
        cursor.last_modified = answer.last_modified.clone().filter(|_| is_whole);
        cursor.body_hash.clone_from(&document.body_hash);
        cursor.wishes = document.wishes.clone();
        cursor.hub.clone_from(&document.hub);
        cursor.seen.clone_from(&document.seen);
        cursor.rhythm = match cursor.watched_since {
            None => first_rhythm(document.dates.clone(), self.now),
            Some(watched) => with_arrivals(&cursor.rhythm, document.fresh, watched, self.now),
        };
        cursor.watched_since = cursor.watched_since.or(Some(self.now));
        if document.renewed > 0 {
            cursor.health.renewal = Some(Renewal {
                at: self.now,
                items: u32::try_from(document.renewed).unwrap_or(u32::MAX),
            });
        }
        self.succeed(&mut cursor, answer);
        cursor
    }

    /// Part of the way to `end`: some of the document's items are emitted, the rest is not. A
    /// fetcher that starts from here polls at once, without validators, and finds the rest.
    pub(crate) fn part_way(
        &self,
        end: &FeedCursor,
        seen: Vec<SeenItem>,
        revisits: Vec<Revisit>,
    ) -> FeedCursor {
        FeedCursor {
            seen,
            revisits,
            next_poll: self.now,
            next_poll_reason: "not all of the last document is read".into(),
            health: end.health.clone(),
            etag: None,
            last_modified: None,
            body_hash: None,
            polled: self.now,
            ..self.start()
        }
    }

    /// Whether the record of the cursor is worth a transaction though no article goes with it.
    ///
    /// Times, validators and the order of seen items alone are not: a fetcher that starts without
    /// them polls once more, and finds nothing new.
    pub(crate) fn is_worth_writing(
        &self,
        after: &FeedCursor,
        last_written: Option<Timestamp>,
    ) -> bool {
        let Some(before) = self.before else {
            return true;
        };
        let is_due = last_written
            .is_none_or(|written| since(written, self.now) >= self.config.cursor_interval);
        is_due
            || is_changed(before, after)
            || before.moved != after.moved
            || before.hub != after.hub
            || before.subscription != after.subscription
            || before.site != after.site
            || before.watched_since != after.watched_since
            || before.revisits != after.revisits
    }

    fn start(&self) -> FeedCursor {
        let mut cursor = self.before.cloned().unwrap_or_else(|| FeedCursor {
            feed: self.feed.id.clone(),
            url: self.feed.url.clone(),
            site: None,
            moved: None,
            hub: None,
            subscription: None,
            etag: None,
            last_modified: None,
            body_hash: None,
            last_full: None,
            seen: Vec::new(),
            watched_since: None,
            polled: self.now,
            next_poll: self.now,
            next_poll_reason: String::new(),
            rhythm: Rhythm::default(),
            wishes: PollWishes::default(),
            revisits: Vec::new(),
            health: FeedHealth::default(),
        });
        cursor.site = site_of(&self.feed.url);
        cursor.subscription = self.subscription.cloned();
        cursor.polled = self.now;
        cursor
    }

    fn succeed(&self, cursor: &mut FeedCursor, answer: &AnswerFacts) {
        if !answer.freshness.keeps_validators {
            cursor.etag = None;
            cursor.last_modified = None;
        }
        if answer.is_unconditional {
            cursor.last_full = Some(self.now);
        }
        cursor.moved = self.moved(answer);
        cursor.health.last_success = Some(self.now);
        cursor.health.failures = 0;
        cursor.health.fault = None;
        cursor.health.state = if cursor.rhythm.arrivals < LEARNING_ARRIVALS {
            FeedState::Learning
        } else if is_silent(&cursor.rhythm, cursor.watched_since, self.now) {
            FeedState::Silent
        } else {
            FeedState::Healthy
        };
        self.schedule(cursor, &answer.freshness, self.config.max_backoff);
    }

    /// Counts polls in a row that were led to the same address by permanent redirects alone.
    fn moved(&self, answer: &AnswerFacts) -> Option<MovedFeed> {
        let before = self.before.and_then(|cursor| cursor.moved.clone());
        let adopted = before.as_ref().is_some_and(|moved| moved.adopted);
        if !answer.moved_for_good {
            return before.filter(|_| adopted);
        }
        let sightings = match &before {
            Some(moved) if moved.url == answer.url => moved.sightings.saturating_add(1),
            Some(_) | None => 1,
        };
        Some(MovedFeed {
            url: answer.url.clone(),
            sightings,
            // Once moved, a further permanent redirect is followed at once: the site has shown
            // that it means it.
            adopted: adopted || sightings >= self.config.redirect_sightings,
        })
    }

    fn schedule(&self, cursor: &mut FeedCursor, freshness: &Freshness, max_backoff: Duration) {
        let next = next_poll(&Circumstances {
            config: self.config,
            feed: self.feed,
            now: self.now,
            rhythm: &cursor.rhythm,
            wishes: &cursor.wishes,
            freshness,
            failures: cursor.health.failures,
            max_backoff,
            is_pushed: self.is_pushed,
        });
        cursor.next_poll = next.at;
        cursor.next_poll_reason = next.reason;
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn feed() -> Feed {
        Feed::from_url("https://news.example/rss").unwrap()
    }

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn answer(etag: &str, last_modified: &str) -> AnswerFacts {
        let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        AnswerFacts {
            etag: optional(etag),
            last_modified: optional(last_modified),
            is_not_modified: true,
            freshness: Freshness {
                keeps_validators: true,
                ..Freshness::default()
            },
            url: "https://news.example/rss".into(),
            ..AnswerFacts::default()
        }
    }

    fn document(fresh: usize) -> DocumentFacts {
        DocumentFacts {
            wishes: PollWishes::default(),
            body_hash: Some("h".into()),
            dates: Vec::new(),
            fresh,
            renewed: 0,
            seen: Vec::new(),
            hub: None,
        }
    }

    fn after(
        before: Option<&FeedCursor>,
        step: impl Fn(&CursorMove<'_>) -> FeedCursor,
    ) -> FeedCursor {
        step(&CursorMove {
            config: &Config::default(),
            feed: &feed(),
            before,
            now: before.map_or(now(), |cursor| cursor.polled + 1.hour()),
            is_pushed: false,
            subscription: None,
        })
    }

    #[track_caller]
    fn check_validators(cursor: &FeedCursor, etag: Option<&str>, last_modified: Option<&str>) {
        assert_eq!(cursor.etag.as_deref(), etag);
        assert_eq!(cursor.last_modified.as_deref(), last_modified);
    }

    #[test]
    fn validators_move_on_their_own() {
        let first = after(None, |step| {
            step.changed(&answer("\"a\"", "Mon"), &document(0))
        });
        check_validators(&first, Some("\"a\""), Some("Mon"));
        // A 304 replaces what it carries, a 200 replaces both.
        let second = after(Some(&first), |step| step.unchanged(&answer("\"b\"", "")));
        check_validators(&second, Some("\"b\""), Some("Mon"));
        let third = after(Some(&second), |step| {
            step.changed(&answer("", "Tue"), &document(0))
        });
        check_validators(&third, None, Some("Tue"));
        let mut untrusted = answer("\"c\"", "Wed");
        untrusted.freshness.keeps_validators = false;
        let fourth = after(Some(&third), |step| step.changed(&untrusted, &document(0)));
        check_validators(&fourth, None, None);
    }

    #[test]
    fn a_document_that_broke_off_is_read_again() {
        let cut = DocumentFacts {
            body_hash: None,
            ..document(1)
        };
        let cursor = after(None, |step| step.changed(&answer("\"a\"", "Mon"), &cut));
        check_validators(&cursor, None, None);
        assert_eq!(cursor.body_hash, None);
    }

    #[test]
    fn a_permanent_redirect_is_adopted_after_repeated_sightings() {
        let led = |permanent: bool| AnswerFacts {
            url: "https://new.example/rss".into(),
            moved_for_good: permanent,
            ..answer("", "")
        };
        let (feed, mut cursor) = (feed(), None::<FeedCursor>);
        for (permanent, expected) in [
            (true, "https://news.example/rss"),
            (false, "https://news.example/rss"),
            (true, "https://news.example/rss"),
            (true, "https://news.example/rss"),
            (true, "https://new.example/rss"),
        ] {
            cursor = Some(after(cursor.as_ref(), |step| {
                step.unchanged(&led(permanent))
            }));
            assert_eq!(poll_url(&feed, cursor.as_ref()), expected);
        }
        // The new address answers by itself, then fails: back to the configured one in the end.
        cursor = Some(after(cursor.as_ref(), |step| {
            step.unchanged(&answer("", ""))
        }));
        assert_eq!(poll_url(&feed, cursor.as_ref()), "https://new.example/rss");
        for _ in 0..GIVE_UP_MOVED_AFTER {
            let fault = Fault::Http(404);
            cursor = Some(after(cursor.as_ref(), |step| {
                step.failed(&fault, &Freshness::default())
            }));
        }
        assert_eq!(poll_url(&feed, cursor.as_ref()), feed.url);
    }

    #[test]
    fn gone_stops_and_nothing_else_does() {
        let fail = |before: Option<&FeedCursor>, status| {
            after(before, |step| {
                step.failed(&Fault::Http(status), &Freshness::default())
            })
        };
        assert_eq!(fail(None, 410).health.state, FeedState::Gone);
        let mut cursor = fail(None, 404);
        for _ in 0..100 {
            cursor = fail(Some(&cursor), 404);
        }
        assert_eq!(cursor.health.state, FeedState::Failing);
        assert!(since(cursor.polled, cursor.next_poll).as_secs() <= 5 * 3600);
        let healed = after(Some(&cursor), |step| step.unchanged(&answer("", "")));
        assert_eq!((healed.health.failures, healed.health.fault), (0, None));
    }

    #[test]
    fn an_outage_of_our_own_network_is_over_soon() {
        let fault = Fault::Dns("no such name".into());
        let mut cursor = None::<FeedCursor>;
        for _ in 0..50 {
            cursor = Some(after(cursor.as_ref(), |step| {
                step.failed(&fault, &Freshness::default())
            }));
        }
        let cursor = cursor.unwrap();
        assert!(since(cursor.polled, cursor.next_poll).as_secs() <= 17 * 60);
    }

    #[test]
    fn a_poll_without_news_is_not_written_each_time() {
        let first = after(None, |step| {
            step.changed(&answer("\"a\"", ""), &document(0))
        });
        let config = Config::default();
        let step = CursorMove {
            config: &config,
            feed: &feed(),
            before: Some(&first),
            now: now() + 5.minutes(),
            is_pushed: false,
            subscription: None,
        };
        let quiet = step.unchanged(&answer("\"b\"", ""));
        assert!(!step.is_worth_writing(&quiet, Some(now())));
        assert!(step.is_worth_writing(&quiet, Some(now() - 1.hour())));
        let failed = step.failed(&Fault::Http(500), &Freshness::default());
        assert!(step.is_worth_writing(&failed, Some(now())));
    }
}
