//! How a fetch that found too little sleeps until there is more.

use std::{
    sync::{Arc, Weak},
    time::Instant,
};

use parking_lot::{Condvar, Mutex};

/// One sleeper; each connection has one.
#[derive(Debug, Default)]
pub(crate) struct Waiter {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Waiter {
    /// Forgets earlier wakings.
    pub(crate) fn reset(&self) {
        *self.woken.lock() = false;
    }

    pub(crate) fn wake(&self) {
        *self.woken.lock() = true;
        self.changed.notify_all();
    }

    /// Sleeps until woken or until `deadline`; says whether it was woken.
    pub(crate) fn wait_until(&self, deadline: Instant) -> bool {
        let mut woken = self.woken.lock();
        while !*woken {
            if self.changed.wait_until(&mut woken, deadline).timed_out() {
                return *woken;
            }
        }
        true
    }
}

/// Those who wait for one partition to grow.
#[derive(Debug, Default)]
pub(crate) struct WaitList {
    waiters: Mutex<Vec<Weak<Waiter>>>,
}

impl WaitList {
    /// Adds a waiter, once; it stays until the next [`wake_all`](Self::wake_all).
    pub(crate) fn add(&self, waiter: &Arc<Waiter>) {
        let mut waiters = self.waiters.lock();
        waiters.retain(|other| other.strong_count() > 0);
        if !waiters
            .iter()
            .any(|other| other.as_ptr() == Arc::as_ptr(waiter))
        {
            waiters.push(Arc::downgrade(waiter));
        }
    }

    pub(crate) fn wake_all(&self) {
        let waiters = std::mem::take(&mut *self.waiters.lock());
        for waiter in waiters {
            if let Some(waiter) = waiter.upgrade() {
                waiter.wake();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_waiter_is_listed_once_and_woken() {
        let list = WaitList::default();
        let waiter = Arc::new(Waiter::default());
        list.add(&waiter);
        list.add(&waiter);
        assert_eq!(list.waiters.lock().len(), 1);
        list.wake_all();
        assert!(waiter.wait_until(Instant::now() + Duration::from_secs(5)));
        waiter.reset();
        assert!(!waiter.wait_until(Instant::now()));
    }
}
