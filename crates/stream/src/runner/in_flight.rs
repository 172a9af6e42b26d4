//! Transactions on their way, and who waits for them.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Transactions on their way; a revocation waits for them.
#[derive(Debug)]
pub(crate) struct InFlight {
    /// How many; `None` once the attempt has failed and nobody need wait any more.
    count: Mutex<Option<usize>>,
    changed: Condvar,
}

impl Default for InFlight {
    fn default() -> Self {
        Self {
            count: Mutex::new(Some(0)),
            changed: Condvar::new(),
        }
    }
}

impl InFlight {
    /// A transaction is on its way.
    pub(crate) fn begin(&self) {
        if let Some(count) = self.lock().as_mut() {
            *count += 1;
        }
    }

    /// A transaction is committed or given up.
    pub(crate) fn end(&self) {
        if let Some(count) = self.lock().as_mut() {
            *count = count.saturating_sub(1);
        }
        self.changed.notify_all();
    }

    /// The attempt has failed: what is on its way will not be committed.
    pub(crate) fn abandon(&self) {
        *self.lock() = None;
        self.changed.notify_all();
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_none_or(|count| count == 0)
    }

    /// Waits until nothing is on its way. Bounded: a transaction gives up by itself before.
    pub(crate) fn wait_until_empty(&self, longest: Duration) {
        let deadline = Instant::now() + longest;
        let mut count = self.lock();
        while count.is_some_and(|count| count > 0) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            (count, _) = self
                .changed
                .wait_timeout(count, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<usize>> {
        // A number is whole at any moment.
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
