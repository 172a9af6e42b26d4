//! When a feed is polled next, and why then.
//!
//! The wait is the longest of: the user's interval for the feed, or else a tenth of the feed's
//! usual gap between items (between `min_interval` and `max_interval`; `interval` while the gap is
//! unknown, `max_interval` where a hub pushes the feed); what the answer's `Cache-Control` or `Expires` ask for; the document's `ttl` and
//! `sy:updatePeriod` (unless the user set an interval for the feed: these two are advice to
//! readers in general); `Retry-After`; and after failures a back-off that doubles. What a server
//! asks for counts up to `max_requested_wait`. Jitter only adds. The result is moved out of
//! `skipHours` and `skipDays`, again unless the user set an interval.

use std::time::Duration;

use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use model::{DayVolume, Feed, PollWishes, Rhythm};

use crate::{Config, freshness::Freshness};

/// A feed with fewer arrivals is too young for its rhythm to be judged.
pub(crate) const LEARNING_ARRIVALS: u32 = 5;
/// Weight of the latest gap in the moving average.
const LATEST_WEIGHT: f64 = 0.2;
/// A feed is polled ten times in its usual gap, so an item waits at most a tenth of it.
const POLLS_PER_GAP: u32 = 10;
/// Silence is this many usual gaps, and no less than three days: a weekend is no fault.
const SILENT_GAPS: u32 = 30;
const SILENT_AT_LEAST: Duration = Duration::from_hours(72);
/// Whole days from which a feed's usual volume is taken.
pub(crate) const VOLUME_DAYS: i64 = 14;

/// What decides on the next poll.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances<'a> {
    pub(crate) config: &'a Config,
    pub(crate) feed: &'a Feed,
    pub(crate) now: Timestamp,
    pub(crate) rhythm: &'a Rhythm,
    pub(crate) wishes: &'a PollWishes,
    pub(crate) freshness: &'a Freshness,
    /// Failures in a row, this poll's included.
    pub(crate) failures: u32,
    /// Longest wait that failures bring about.
    pub(crate) max_backoff: Duration,
    /// Whether a hub pushes the feed: then polls are the slow backup.
    pub(crate) is_pushed: bool,
}

/// When a feed is polled next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NextPoll {
    pub(crate) at: Timestamp,
    /// Why then, in plain words.
    pub(crate) reason: String,
}

/// Decides when a feed is polled next.
pub(crate) fn next_poll(circumstances: &Circumstances<'_>) -> NextPoll {
    let Circumstances {
        config,
        feed,
        now,
        freshness,
        wishes,
        failures,
        max_backoff,
        ..
    } = *circumstances;
    let (own, own_reason) = own_interval(circumstances);
    let grant = |wait: Duration| wait.min(config.max_requested_wait);
    let advised = wishes.wait_seconds.map(Duration::from_secs);
    let backoff = backoff(own, failures, max_backoff);
    let candidates = [
        (Some(own), own_reason),
        (backoff, format!("failed {failures} times in a row")),
        (
            freshness.fresh_for.map(grant),
            "the server says how long its answer stays fresh".to_owned(),
        ),
        (
            advised.filter(|_| feed.interval.is_none()).map(grant),
            "the feed says how often to come (ttl or sy:updatePeriod)".to_owned(),
        ),
        (
            freshness.retry_after.map(grant),
            "the server asks to wait (Retry-After)".to_owned(),
        ),
    ];
    let (mut wait, mut reason) = (Duration::ZERO, String::new());
    for (candidate, why) in candidates {
        if let Some(candidate) = candidate.filter(|candidate| *candidate > wait) {
            (wait, reason) = (candidate, why);
        }
    }
    let wait = wait.mul_f64(1.0 + jitter(feed, now, config.jitter_percent));
    let at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    if feed.interval.is_some() {
        return NextPoll { at, reason };
    }
    match after_skipped(at, wishes) {
        Some(later) => NextPoll {
            at: later,
            reason: "the feed asks to skip the time before (skipHours, skipDays)".to_owned(),
        },
        None => NextPoll { at, reason },
    }
}

/// Whether a feed has brought nothing for far longer than usual.
pub(crate) fn is_silent(rhythm: &Rhythm, watched_since: Option<Timestamp>, now: Timestamp) -> bool {
    let (Some(gap), Some(last)) = (
        rhythm.usual_gap_seconds,
        rhythm.last_arrival.or(watched_since),
    ) else {
        return false;
    };
    let limit = (Duration::from_secs(gap).saturating_mul(SILENT_GAPS)).max(SILENT_AT_LEAST);
    rhythm.arrivals >= LEARNING_ARRIVALS && since(last, now) > limit
}

/// The rhythm after `arrivals` new items at `now`.
pub(crate) fn with_arrivals(
    rhythm: &Rhythm,
    arrivals: usize,
    watched_since: Timestamp,
    now: Timestamp,
) -> Rhythm {
    let Some(count) = u32::try_from(arrivals).ok().filter(|count| *count > 0) else {
        return rhythm.clone();
    };
    let gap = since(rhythm.last_arrival.unwrap_or(watched_since), now) / count;
    let average = match rhythm.usual_gap_seconds {
        Some(usual) => {
            Duration::from_secs(usual).mul_f64(1.0 - LATEST_WEIGHT) + gap.mul_f64(LATEST_WEIGHT)
        }
        None => gap,
    };
    Rhythm {
        arrivals: rhythm.arrivals.saturating_add(count),
        usual_gap_seconds: Some(average.as_secs()),
        last_arrival: Some(now),
        days: with_day(&rhythm.days, count, now),
    }
}

/// The volumes of the last days after `items` more have arrived at `now`.
fn with_day(days: &[DayVolume], items: u32, now: Timestamp) -> Vec<DayVolume> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let oldest = today.checked_sub(VOLUME_DAYS.days()).unwrap_or(today);
    let is_kept = |volume: &&DayVolume| (oldest..today).contains(&volume.day);
    let mut kept: Vec<DayVolume> = days.iter().filter(is_kept).copied().collect();
    let so_far = days.iter().find(|volume| volume.day == today);
    kept.push(DayVolume {
        day: today,
        items: items.saturating_add(so_far.map_or(0, |volume| volume.items)),
    });
    kept
}

/// A first guess from the dates of a document: the middle one of the gaps between its items.
pub(crate) fn first_rhythm(mut dates: Vec<Timestamp>, now: Timestamp) -> Rhythm {
    dates.retain(|date| *date <= now);
    dates.sort_unstable();
    let mut gaps: Vec<Duration> = dates
        .windows(2)
        .filter_map(|pair| match pair {
            [earlier, later] => Some(since(*earlier, *later)),
            _ => None,
        })
        .collect();
    gaps.sort_unstable();
    let is_telling = dates.len() >= LEARNING_ARRIVALS as usize;
    let middle = gaps.get(gaps.len() / 2).filter(|_| is_telling);
    Rhythm {
        arrivals: 0,
        usual_gap_seconds: middle.map(Duration::as_secs),
        last_arrival: None,
        days: Vec::new(),
    }
}

/// Time from `earlier` to `later`; zero where it is the other way round.
pub(crate) fn since(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or(Duration::ZERO)
}

fn own_interval(circumstances: &Circumstances<'_>) -> (Duration, String) {
    let config = circumstances.config;
    if let Some(interval) = circumstances.feed.interval {
        let raised = if interval < config.min_interval {
            ", raised to `fetcher.min_interval`"
        } else {
            ""
        };
        return (
            interval.max(config.min_interval),
            format!("the interval set for the feed{raised}"),
        );
    }
    if circumstances.is_pushed {
        return (
            config.max_interval,
            "a hub pushes the feed (WebSub), polls are the backup".to_owned(),
        );
    }
    match circumstances.rhythm.usual_gap_seconds {
        Some(gap) => {
            let tenth = Duration::from_secs(gap) / POLLS_PER_GAP;
            (
                tenth.clamp(config.min_interval, config.max_interval),
                format!("the feed brings an item every {} or so", in_words(gap)),
            )
        }
        None => (
            config.interval.max(config.min_interval),
            "the usual interval while the feed's rhythm is not known".to_owned(),
        ),
    }
}

/// Doubles with each failure in a row; the first is tried again after the usual wait.
fn backoff(own: Duration, failures: u32, limit: Duration) -> Option<Duration> {
    let doublings = failures.checked_sub(1)?.min(20);
    Some(own.saturating_mul(1 << doublings).min(limit.max(own)))
}

/// A share of the wait between 0 and `percent` per cent. It comes from feed and time, not from a
/// random source: every feed gets another each time, and a test gets the same.
fn jitter(feed: &Feed, now: Timestamp, percent: u8) -> f64 {
    let seed = format!("{}{}", feed.id, now.as_millisecond());
    // FNV-1a, 64 bit, and its upper half folded in: short inputs differ in the low bits only.
    let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let share = u16::try_from((hash ^ (hash >> 32)) & 0xffff).unwrap_or(0);
    f64::from(share) / f64::from(u16::MAX) * f64::from(percent) / 100.0
}

/// The first full hour after `at` that is not to be skipped; `None` where `at` need not move, or
/// where all hours of all days are to be skipped, which no one can mean.
fn after_skipped(at: Timestamp, wishes: &PollWishes) -> Option<Timestamp> {
    let is_skipped = |time: &Zoned| {
        let hour = u8::try_from(time.hour()).unwrap_or_default();
        let day = u8::try_from(time.weekday().to_monday_one_offset()).unwrap_or_default();
        wishes.skip_hours.contains(&hour) || wishes.skip_days.contains(&day)
    };
    let mut time = at.to_zoned(TimeZone::UTC);
    if !is_skipped(&time) {
        return None;
    }
    time = time.round(jiff::Unit::Hour).ok()?;
    for _ in 0..7 * 24 {
        if !is_skipped(&time) && time.timestamp() > at {
            return Some(time.timestamp());
        }
        time = time.checked_add(1.hour()).ok()?;
    }
    None
}

/// A time span for people.
pub(crate) fn in_words(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60;
    const HOUR: u64 = 3600;

    struct Case {
        config: Config,
        feed: Feed,
        rhythm: Rhythm,
        wishes: PollWishes,
        freshness: Freshness,
        failures: u32,
        is_pushed: bool,
    }

    fn case() -> Case {
        Case {
            config: Config {
                jitter_percent: 0,
                ..Config::default()
            },
            feed: Feed::from_url("https://news.example/rss").unwrap(),
            rhythm: Rhythm::default(),
            wishes: PollWishes::default(),
            freshness: Freshness::default(),
            failures: 0,
            is_pushed: false,
        }
    }

    fn now() -> Timestamp {
        // A Sunday.
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    impl Case {
        fn next(&self) -> NextPoll {
            next_poll(&Circumstances {
                config: &self.config,
                feed: &self.feed,
                now: now(),
                rhythm: &self.rhythm,
                wishes: &self.wishes,
                freshness: &self.freshness,
                failures: self.failures,
                max_backoff: self.config.max_backoff,
                is_pushed: self.is_pushed,
            })
        }

        #[track_caller]
        fn check(&self, seconds: u64) {
            let next = self.next();
            assert_eq!(since(now(), next.at).as_secs(), seconds, "{}", next.reason);
        }
    }

    fn gap(seconds: u64) -> Rhythm {
        Rhythm {
            usual_gap_seconds: Some(seconds),
            ..Rhythm::default()
        }
    }

    #[test]
    fn the_feeds_rhythm_decides_between_floor_and_ceiling() {
        case().check(5 * MINUTE);
        for (usual, expected) in [
            (40 * MINUTE, 4 * MINUTE),
            (30, MINUTE),
            (30 * HOUR * 24, HOUR),
        ] {
            Case {
                rhythm: gap(usual),
                ..case()
            }
            .check(expected);
        }
    }

    #[test]
    fn a_pushed_feed_is_polled_slowly_all_the_same() {
        let mut case = Case {
            rhythm: gap(MINUTE),
            is_pushed: true,
            ..case()
        };
        case.check(HOUR);
        case.feed.interval = Some(Duration::from_secs(10 * MINUTE));
        case.check(10 * MINUTE);
    }

    #[test]
    fn the_users_interval_goes_before_rhythm_and_advice() {
        let mut case = case();
        case.feed.interval = Some(Duration::from_secs(2 * MINUTE));
        case.rhythm = gap(HOUR * 24);
        case.wishes.wait_seconds = Some(HOUR);
        case.wishes.skip_days = vec![7];
        case.check(2 * MINUTE);
        case.feed.interval = Some(Duration::from_secs(1));
        case.check(MINUTE);
        // What the server says of this very answer still holds.
        case.freshness.fresh_for = Some(Duration::from_secs(10 * MINUTE));
        case.check(10 * MINUTE);
    }

    #[test]
    fn servers_and_feeds_can_ask_for_longer_waits_up_to_a_limit() {
        let mut case = case();
        case.freshness.fresh_for = Some(Duration::from_secs(MINUTE));
        case.check(5 * MINUTE);
        case.freshness.fresh_for = Some(Duration::from_secs(10 * MINUTE));
        case.check(10 * MINUTE);
        case.wishes.wait_seconds = Some(HOUR);
        case.check(HOUR);
        case.freshness.retry_after = Some(Duration::from_secs(2 * HOUR));
        case.check(2 * HOUR);
        case.freshness.retry_after = Some(Duration::from_secs(u64::MAX));
        case.check(24 * HOUR);
    }

    #[test]
    fn back_off_doubles_and_never_ends() {
        for (failures, expected) in [
            (1, 5 * MINUTE),
            (2, 10 * MINUTE),
            (4, 40 * MINUTE),
            (10, 4 * HOUR),
            (u32::MAX, 4 * HOUR),
        ] {
            Case { failures, ..case() }.check(expected);
        }
    }

    #[test]
    fn skipped_hours_and_days_are_left_out() {
        let mut case = case();
        case.wishes.skip_hours = vec![12, 13];
        case.check(2 * HOUR);
        case.wishes.skip_hours = Vec::new();
        case.wishes.skip_days = vec![7];
        case.check(12 * HOUR);
        case.wishes.skip_hours = (0..24).collect();
        case.check(5 * MINUTE);
    }

    #[test]
    fn jitter_only_adds_and_differs() {
        let mut case = case();
        case.config.jitter_percent = 10;
        let mut waits = Vec::new();
        for n in 0..20 {
            case.feed = Feed::from_url(&format!("https://news.example/{n}")).unwrap();
            let wait = since(now(), case.next().at).as_secs_f64();
            assert!((300.0..=330.0).contains(&wait), "{wait}");
            waits.push(wait);
        }
        waits.sort_by(f64::total_cmp);
        assert!(waits.last().unwrap() - waits[0] > 10.0, "{waits:?}");
    }

    #[test]
    fn silence_is_judged_by_the_feeds_own_rhythm() {
        let mut rhythm = Rhythm {
            arrivals: 50,
            usual_gap_seconds: Some(40 * MINUTE),
            last_arrival: Some(now()),
            days: Vec::new(),
        };
        let after = |days: i64| now() + (days * 24).hours();
        assert!(!is_silent(&rhythm, None, after(2)));
        assert!(is_silent(&rhythm, None, after(9)));
        rhythm.arrivals = 2;
        assert!(!is_silent(&rhythm, None, after(9)), "too young to tell");
    }

    #[test]
    fn rhythm_follows_arrivals() {
        let dates = (0..10).map(|n| now() - (n * 30).minutes()).collect();
        let first = first_rhythm(dates, now());
        assert_eq!(first.usual_gap_seconds, Some(30 * MINUTE));
        let next = with_arrivals(&first, 2, now(), now() + 2.hours());
        assert_eq!(next.usual_gap_seconds, Some(36 * MINUTE));
        assert_eq!(next.arrivals, 2);
    }

    #[test]
    fn arrivals_are_counted_by_day_and_old_days_forgotten() {
        let mut rhythm = Rhythm::default();
        for (day, items) in [(0, 3), (0, 2), (1, 4), (15, 1)] {
            rhythm = with_arrivals(&rhythm, items, now(), now() + (24 * day).hours());
        }
        let days: Vec<(String, u32)> = rhythm
            .days
            .iter()
            .map(|volume| (volume.day.to_string(), volume.items))
            .collect();
        let expected = [("2026-03-02", 4), ("2026-03-16", 1)];
        assert_eq!(days, expected.map(|(day, items)| (day.to_owned(), items)));
    }
}
