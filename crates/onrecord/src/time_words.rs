//! Times as people say them.

use jiff::Timestamp;

/// A time span: "40 min", "3 h", "9 days".
pub(crate) fn span_in_words(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A time that has passed: "3 h ago".
pub(crate) fn since(now: Timestamp, then: Timestamp) -> String {
    format!("{} ago", span_in_words(seconds_between(then, now)))
}

/// A time to come: "in 3 h", or "due since 3 h" where it has passed.
pub(crate) fn until(now: Timestamp, then: Timestamp) -> String {
    if then < now {
        return format!("due since {}", span_in_words(seconds_between(then, now)));
    }
    format!("in {}", span_in_words(seconds_between(now, then)))
}

fn seconds_between(earlier: Timestamp, later: Timestamp) -> u64 {
    u64::try_from(later.duration_since(earlier).as_secs()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_now() {
        let time = |text: &str| -> Timestamp { text.parse().unwrap() };
        let now = time("2026-03-10T12:00:00Z");
        assert_eq!(since(now, time("2026-03-01T12:00:00Z")), "9 days ago");
        assert_eq!(until(now, time("2026-03-10T12:40:00Z")), "in 40 min");
        assert_eq!(until(now, time("2026-03-10T09:00:00Z")), "due since 3 h");
    }
}
