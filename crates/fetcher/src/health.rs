//! A feed's health as a record, and when it is worth one.
//!
//! It is drawn from the cursor and goes out with it. It is written at once when the state, the
//! cause of failure, an adopted address or a held-back renewal changes and with each of the first
//! failures in a row; otherwise at most once in `cursor_interval`, so that a feed that answers
//! "unchanged" every minute costs a record an hour.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use metrics::gauge;
use model::{Feed, FeedCursor, FeedHealthRecord, FeedState, FeedVolume};

use crate::{
    Config,
    schedule::{LEARNING_ARRIVALS, VOLUME_DAYS, in_words, since},
};

/// Failures in a row that are told one by one: with the usual back-off, those of the first hour.
pub(crate) const TOLD_FAILURES: u32 = 4;

/// The health that a cursor tells of.
pub(crate) fn health_record(feed: &Feed, cursor: &FeedCursor) -> FeedHealthRecord {
    let health = &cursor.health;
    FeedHealthRecord {
        feed: feed.id.clone(),
        url: feed.url.clone(),
        name: feed.name.clone(),
        outlet: feed.outlet.clone(),
        state: health.state,
        summary: summary(cursor),
        polled: cursor.polled,
        last_success: health.last_success,
        failures: health.failures,
        fault: health.fault.clone(),
        next_poll: Some(cursor.next_poll).filter(|_| health.state != FeedState::Gone),
        next_poll_reason: cursor.next_poll_reason.clone(),
        volume: volume(cursor),
        moved_to: adopted(cursor).map(str::to_owned),
        renewal: health.renewal.clone(),
    }
}

/// What was told of a feed's health last, and when.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ToldHealth {
    gist: Gist,
    at: Timestamp,
}

/// What people would want to hear of when it changes.
#[derive(Clone, Debug, PartialEq)]
struct Gist {
    state: FeedState,
    code: Option<String>,
    renewed: Option<Timestamp>,
    moved_to: Option<String>,
    /// Failures in a row, as far as they are told one by one.
    failures: u32,
}

impl ToldHealth {
    /// What a record of this cursor's health tells.
    pub(crate) fn of(cursor: &FeedCursor) -> Self {
        Self {
            gist: Gist::of(cursor),
            at: cursor.polled,
        }
    }
}

impl Gist {
    fn of(cursor: &FeedCursor) -> Self {
        let health = &cursor.health;
        Self {
            state: health.state,
            code: health.fault.as_ref().map(|fault| fault.code.clone()),
            renewed: health.renewal.as_ref().map(|renewal| renewal.at),
            moved_to: adopted(cursor).map(str::to_owned),
            failures: health.failures.min(TOLD_FAILURES),
        }
    }
}

/// Whether the health after a poll is worth a record; `told` is what the last one said.
pub(crate) fn is_worth_writing(
    config: &Config,
    told: Option<&ToldHealth>,
    after: &FeedCursor,
) -> bool {
    told.is_none_or(|told| {
        since(told.at, after.polled) >= config.cursor_interval || told.gist != Gist::of(after)
    })
}

/// Whether people would want to hear of what a poll changed.
pub(crate) fn is_changed(before: &FeedCursor, after: &FeedCursor) -> bool {
    Gist::of(before) != Gist::of(after)
}

/// Counts feeds by state in the metrics: one leaves `before`, one enters `after`.
pub(crate) fn count_state(before: Option<FeedState>, after: Option<FeedState>) {
    if before == after {
        return;
    }
    if let Some(state) = before {
        gauge!("fetcher_feeds", "state" => word(state)).decrement(1.0);
    }
    if let Some(state) = after {
        gauge!("fetcher_feeds", "state" => word(state)).increment(1.0);
    }
}

fn word(state: FeedState) -> &'static str {
    match state {
        FeedState::Learning => "learning",
        FeedState::Healthy => "healthy",
        FeedState::Silent => "silent",
        FeedState::Failing => "failing",
        FeedState::Gone => "gone",
    }
}

fn adopted(cursor: &FeedCursor) -> Option<&str> {
    let moved = cursor.moved.as_ref().filter(|moved| moved.adopted);
    moved.map(|moved| moved.url.as_str())
}

fn summary(cursor: &FeedCursor) -> String {
    let health = &cursor.health;
    let rhythm = &cursor.rhythm;
    let gap = rhythm.usual_gap_seconds.map(in_words);
    let reason = health.fault.as_ref().map(|fault| fault.reason.as_str());
    match health.state {
        FeedState::Failing if health.failures > 1 => format!(
            "{}; failed {} times in a row",
            reason.unwrap_or("it failed"),
            health.failures
        ),
        FeedState::Failing => reason.unwrap_or("it failed").to_owned(),
        FeedState::Gone => {
            let reason = reason.unwrap_or("the server says that it is gone for good (410)");
            format!("{reason}; no longer polled")
        }
        FeedState::Silent => {
            let last = rhythm.last_arrival.or(cursor.watched_since);
            let quiet = last.map_or(0, |last| since(last, cursor.polled).as_secs());
            let gap = gap.unwrap_or_else(|| "unknown".to_owned());
            format!("no items for {}; usual gap {gap}", in_words(quiet))
        }
        FeedState::Learning => {
            let watched = cursor.watched_since.unwrap_or(cursor.polled);
            let watched = in_words(since(watched, cursor.polled).as_secs());
            let guess = gap.map_or_else(String::new, |gap| {
                format!("; its dates suggest one every {gap}")
            });
            format!(
                "still learning its rhythm: {} of {LEARNING_ARRIVALS} items in {watched}{guess}",
                rhythm.arrivals
            )
        }
        FeedState::Healthy => {
            let gap = gap.unwrap_or_else(|| "while".to_owned());
            format!("an item every {gap} or so")
        }
    }
}

fn volume(cursor: &FeedCursor) -> FeedVolume {
    let today = cursor.polled.to_zoned(TimeZone::UTC).date();
    let rhythm = &cursor.rhythm;
    let on = |day: Option<Date>| {
        let found = rhythm.days.iter().find(|volume| Some(volume.day) == day);
        found.map_or(0, |volume| volume.items)
    };
    FeedVolume {
        watched_since: cursor.watched_since,
        arrivals: rhythm.arrivals,
        last_arrival: rhythm.last_arrival,
        usual_gap_seconds: rhythm.usual_gap_seconds,
        today: on(Some(today)),
        yesterday: on(today.yesterday().ok()),
        usual_day_tenths: usual_day_tenths(cursor, today),
    }
}

/// The mean of the whole days before `today` on which the feed was watched.
fn usual_day_tenths(cursor: &FeedCursor, today: Date) -> Option<u32> {
    let watched = cursor.watched_since?.to_zoned(TimeZone::UTC).date();
    let first = watched
        .tomorrow()
        .ok()?
        .max(today.checked_sub(VOLUME_DAYS.days()).ok()?);
    let days = u32::try_from((today - first).get_days())
        .ok()
        .filter(|days| *days > 0)?;
    let counted = cursor.rhythm.days.iter();
    let counted = counted.filter(|volume| (first..today).contains(&volume.day));
    let items: u32 = counted.fold(0, |sum, volume| sum.saturating_add(volume.items));
    Some(items.saturating_mul(10) / days)
}

#[cfg(test)]
mod tests {
    use model::{DayVolume, FeedHealth, MovedFeed, PollWishes, Rhythm};

    use super::*;
    use crate::{cursor::CursorMove, fault::Fault, freshness::Freshness};

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn feed() -> Feed {
        Feed::from_url("https://news.example/rss").unwrap()
    }

    fn cursor(state: FeedState, rhythm: Rhythm) -> FeedCursor {
        FeedCursor {
            site: None,
            hub: None,
            subscription: None,
            feed: feed().id,
            url: feed().url,
            moved: None,
            etag: None,
            last_modified: None,
            body_hash: None,
            last_full: None,
            seen: Vec::new(),
            watched_since: Some(time("2026-03-01T12:00:00Z")),
            polled: time("2026-03-10T12:00:00Z"),
            next_poll: time("2026-03-10T13:00:00Z"),
            next_poll_reason: "because".into(),
            rhythm,
            wishes: PollWishes::default(),
            revisits: Vec::new(),
            health: FeedHealth {
                state,
                ..FeedHealth::default()
            },
        }
    }

    fn rhythm(arrivals: u32) -> Rhythm {
        Rhythm {
            arrivals,
            usual_gap_seconds: Some(40 * 60),
            last_arrival: Some(time("2026-03-01T12:00:00Z")),
            days: Vec::new(),
        }
    }

    #[track_caller]
    fn check(cursor: &FeedCursor, summary: &str) {
        assert_eq!(health_record(&feed(), cursor).summary, summary);
    }

    #[test]
    fn states_are_told_in_words() {
        check(
            &cursor(FeedState::Silent, rhythm(50)),
            "no items for 9 days; usual gap 40 min",
        );
        check(
            &cursor(FeedState::Learning, rhythm(2)),
            "still learning its rhythm: 2 of 5 items in 9 days; its dates suggest one every 40 min",
        );
        check(
            &cursor(FeedState::Healthy, rhythm(50)),
            "an item every 40 min or so",
        );
        let before = cursor(FeedState::Healthy, rhythm(50));
        let config = Config::default();
        let step = CursorMove {
            config: &config,
            feed: &feed(),
            before: Some(&before),
            now: before.polled,
            is_pushed: false,
            subscription: None,
        };
        let failed = step.failed(&Fault::Http(404), &Freshness::default());
        check(&failed, "there is nothing at this address (404)");
        let record = health_record(&feed(), &failed);
        assert_eq!(
            record.fault.map(|fault| fault.code).as_deref(),
            Some("http_404")
        );
        assert!(record.next_poll.is_some());
        let gone = step.failed(&Fault::Http(410), &Freshness::default());
        let record = health_record(&feed(), &gone);
        assert_eq!((record.state, record.next_poll), (FeedState::Gone, None));
    }

    #[test]
    fn volume_is_held_against_the_feeds_own_days() {
        let day = |text: &str, items| DayVolume {
            day: text.parse().unwrap(),
            items,
        };
        let mut cursor = cursor(FeedState::Healthy, rhythm(50));
        cursor.rhythm.days = vec![
            // The day on which the watch began is no whole day.
            day("2026-03-01", 90),
            day("2026-03-04", 10),
            day("2026-03-09", 7),
            day("2026-03-10", 3),
        ];
        let volume = health_record(&feed(), &cursor).volume;
        assert_eq!((volume.today, volume.yesterday), (3, 7));
        // 17 items on eight days.
        assert_eq!(volume.usual_day_tenths, Some(21));
        cursor.watched_since = Some(time("2026-03-10T01:00:00Z"));
        assert_eq!(
            health_record(&feed(), &cursor).volume.usual_day_tenths,
            None
        );
    }

    #[test]
    fn only_a_change_or_an_hour_is_worth_a_record() {
        let config = Config::default();
        let before = cursor(FeedState::Healthy, rhythm(50));
        let is_worth = |after: &FeedCursor, minutes: i64| {
            let told = ToldHealth::of(&before);
            let polled = before.polled + minutes.minutes();
            let after = FeedCursor {
                polled,
                ..after.clone()
            };
            is_worth_writing(&config, Some(&told), &after)
        };
        assert!(!is_worth(&before, 30));
        assert!(is_worth(&before, 60));
        let mut after = before.clone();
        after.health.state = FeedState::Silent;
        assert!(is_worth(&after, 30));
        let mut after = before.clone();
        after.moved = Some(MovedFeed {
            url: "https://new.example/rss".into(),
            sightings: 1,
            adopted: false,
        });
        assert!(!is_worth(&after, 30), "nothing is adopted yet");
        assert!(is_worth_writing(&config, None, &before));
    }
}
