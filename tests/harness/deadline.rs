//! Waiting for a condition, never for a time.

use std::{
    thread,
    time::{Duration, Instant},
};

/// How long anything may take on a busy machine before the test calls it broken.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

/// Pause between two looks at a condition: short beside anything that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits until `look` finds something and returns it.
///
/// # Panics
/// Where nothing is found within `patience`; the message says what was waited for.
pub(crate) fn wait_for<T>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "waited {patience:?} in vain for {what}"
        );
        thread::sleep(LOOK_EVERY);
    }
}

/// Waits until `look` says yes.
///
/// # Panics
/// Where it has not within [`PATIENCE`].
pub(crate) fn wait_until(what: &str, mut look: impl FnMut() -> bool) {
    wait_for(what, PATIENCE, || look().then_some(()));
}
