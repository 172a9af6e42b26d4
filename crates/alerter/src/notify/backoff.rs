//! How long to wait before a delivery is tried again.

use std::time::Duration;

use jiff::Timestamp;

/// Longest wait that we choose ourselves.
const LONGEST: Duration = Duration::from_mins(5);

/// The wait after an attempt (from 1): `first`, doubling, with up to half of it jitter, and never shorter
/// than the receiver asked for.
pub(super) fn backoff(attempt: u32, first: Duration, asked: Duration) -> Duration {
    let doubled = first.saturating_mul(1 << attempt.saturating_sub(1).min(10));
    // The clock's last digits are jitter enough; nothing here needs to be unpredictable.
    let nanos = Timestamp::now().subsec_nanosecond().unsigned_abs();
    let jitter = 1.0 - 0.5 * f64::from(nanos % 1_000) / 1_000.0;
    doubled.min(LONGEST).mul_f64(jitter).max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(1);

    #[test]
    fn the_wait_grows_to_its_limit_and_heeds_the_receiver() {
        for attempt in 1..40 {
            let wait = backoff(attempt, FIRST, Duration::ZERO);
            assert!(wait >= FIRST / 2 && wait <= LONGEST, "{attempt}: {wait:?}");
        }
        assert!(backoff(12, FIRST, Duration::ZERO) >= LONGEST / 2);
        assert_eq!(
            backoff(1, FIRST, Duration::from_secs(90)),
            Duration::from_secs(90)
        );
    }
}
