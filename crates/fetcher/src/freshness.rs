//! What an answer's headers say of when to come back.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

/// What an answer's headers say of when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Freshness {
    /// How long the answer stays fresh, by `Cache-Control: max-age` or else `Expires`.
    pub(crate) fresh_for: Option<Duration>,
    /// How long to stay away, by `Retry-After`.
    pub(crate) retry_after: Option<Duration>,
    /// Whether validators may be kept: `Expires: 0` says that they are not to be trusted.
    pub(crate) keeps_validators: bool,
}

impl Freshness {
    pub(crate) fn from_headers(headers: &HeaderMap, now: Timestamp) -> Self {
        let expires = text(headers, &EXPIRES);
        Self {
            fresh_for: max_age(headers).or_else(|| fresh_until(headers, now)),
            retry_after: text(headers, &RETRY_AFTER)
                .and_then(|value| parse_retry_after(value, now)),
            keeps_validators: expires.is_none_or(|value| value.trim() != "0"),
        }
    }
}

/// A header as text, UTF-8 included; `None` where it is absent or not text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?;
    std::str::from_utf8(value.as_bytes()).ok()
}

/// Both forms: seconds, or a date.
fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    // Negative or fractional seconds are seen in the wild; the date form is the standard's.
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    until(value, now)
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let directives = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase());
    let mut seconds = None;
    for directive in directives {
        if directive == "no-cache" || directive == "no-store" {
            return Some(Duration::ZERO);
        }
        if let Some(value) = directive.strip_prefix("max-age=") {
            seconds = value.trim_matches('"').parse::<u64>().ok().or(seconds);
        }
    }
    // A shared cache on the way has kept the answer for `Age` seconds already.
    let age = text(headers, &AGE).and_then(|age| age.trim().parse::<u64>().ok());
    seconds.map(|seconds| Duration::from_secs(seconds.saturating_sub(age.unwrap_or(0))))
}

fn fresh_until(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let expires = text(headers, &EXPIRES)?;
    // The server's own clock, where it gives one, takes the difference between clocks out.
    let server_now = text(headers, &DATE).and_then(http_date).unwrap_or(now);
    until(expires, server_now)
}

/// Time from `now` to an HTTP date; zero where it is past.
fn until(date: &str, now: Timestamp) -> Option<Duration> {
    let wait = http_date(date)?.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

fn http_date(text: &str) -> Option<Timestamp> {
    let time: SystemTime = httpdate::parse_http_date(text.trim()).ok()?;
    Timestamp::try_from(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-01T12:00:00Z";

    fn read(headers: &[(&'static str, &'static str)]) -> Freshness {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Freshness::from_headers(&map, NOW.parse().unwrap())
    }

    #[track_caller]
    fn check_fresh(headers: &[(&'static str, &'static str)], seconds: Option<u64>) {
        assert_eq!(read(headers).fresh_for, seconds.map(Duration::from_secs));
    }

    #[track_caller]
    fn check_retry(value: &'static str, seconds: Option<u64>) {
        let retry_after = read(&[("retry-after", value)]).retry_after;
        assert_eq!(retry_after, seconds.map(Duration::from_secs));
    }

    #[test]
    fn max_age_goes_before_expires() {
        check_fresh(&[("cache-control", "public, max-age=600")], Some(600));
        check_fresh(
            &[
                ("cache-control", "MAX-AGE=60"),
                ("expires", "Sun, 01 Mar 2026 13:00:00 GMT"),
            ],
            Some(60),
        );
        check_fresh(
            &[("cache-control", "max-age=600"), ("age", "500")],
            Some(100),
        );
        check_fresh(&[("cache-control", "max-age=600, no-cache")], Some(0));
        check_fresh(&[("cache-control", "max-age=x")], None);
    }

    #[test]
    fn expires_counts_from_the_servers_clock() {
        check_fresh(&[("expires", "Sun, 01 Mar 2026 12:10:00 GMT")], Some(600));
        check_fresh(
            &[
                ("expires", "Sun, 01 Mar 2026 12:10:00 GMT"),
                ("date", "Sun, 01 Mar 2026 12:05:00 GMT"),
            ],
            Some(300),
        );
        check_fresh(&[("expires", "Sun, 01 Mar 2020 12:00:00 GMT")], Some(0));
        check_fresh(&[("expires", "-1")], None);
        check_fresh(&[], None);
    }

    #[test]
    fn expires_zero_keeps_no_validators() {
        assert!(!read(&[("expires", "0")]).keeps_validators);
        assert!(read(&[("expires", "Sun, 01 Mar 2020 12:00:00 GMT")]).keeps_validators);
        assert!(read(&[]).keeps_validators);
    }

    #[test]
    fn retry_after_has_two_forms() {
        check_retry("120", Some(120));
        check_retry(" 30 ", Some(30));
        check_retry("Sun, 01 Mar 2026 12:02:00 GMT", Some(120));
        check_retry("Sun, 01 Mar 2026 11:00:00 GMT", Some(0));
        check_retry("-5", Some(0));
        check_retry("1.5e300", None);
        check_retry("soon", None);
    }
}
