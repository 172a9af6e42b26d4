//! How often and how many at once: the limits towards one host.
//!
//! The rate is a token bucket kept as one instant (GCRA): `host_burst` requests at once, then one
//! each `host_spacing`. It is a few lines, and a spacing of zero must mean "no limit".

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// Hosts kept before idle ones are forgotten; a forgotten host starts with a full bucket.
const PRUNE_ABOVE: usize = 4096;

/// The gates of all hosts.
#[derive(Debug)]
pub(crate) struct HostGates {
    limits: HostLimits,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
}

/// The limits towards each host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostLimits {
    pub(crate) concurrency: usize,
    pub(crate) burst: u32,
    pub(crate) spacing: Duration,
}

/// Leave to send one request; given back when dropped.
#[derive(Debug)]
pub(crate) struct HostPermit {
    _permit: Option<OwnedSemaphorePermit>,
}

#[derive(Debug)]
struct Gate {
    slots: Arc<Semaphore>,
    /// When the bucket will be full again.
    full_at: Mutex<Instant>,
}

impl HostGates {
    pub(crate) fn new(limits: HostLimits) -> Self {
        Self {
            limits,
            gates: Mutex::default(),
        }
    }

    /// Waits until one more request may go to `host`.
    pub(crate) async fn enter(&self, host: &str) -> HostPermit {
        let gate = self.gate(host);
        // The semaphore is never closed; were it, the request would go without a permit.
        let permit = Arc::clone(&gate.slots).acquire_owned().await.ok();
        let start = self.book(&gate);
        sleep_until(start).await;
        HostPermit { _permit: permit }
    }

    fn gate(&self, host: &str) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.len() > PRUNE_ABOVE {
            let now = Instant::now();
            gates.retain(|_, gate| Arc::strong_count(gate) > 1 || gate.full_at() > now);
        }
        let gate = gates.entry(host.to_owned()).or_insert_with(|| {
            Arc::new(Gate {
                slots: Arc::new(Semaphore::new(self.limits.concurrency)),
                full_at: Mutex::new(Instant::now()),
            })
        });
        Arc::clone(gate)
    }

    /// Takes one token and says from when it holds.
    fn book(&self, gate: &Gate) -> Instant {
        let now = Instant::now();
        let mut full_at = gate.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        *full_at = (*full_at).max(now) + self.limits.spacing;
        let head_start = self.limits.spacing * self.limits.burst;
        full_at.checked_sub(head_start).unwrap_or(now)
    }
}

impl Gate {
    fn full_at(&self) -> Instant {
        *self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    fn gates(concurrency: usize, burst: u32, spacing_ms: u64) -> HostGates {
        HostGates::new(HostLimits {
            concurrency,
            burst,
            spacing: Duration::from_millis(spacing_ms),
        })
    }

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        // An hour's wait where there must be none is a failure, not a test that never ends.
        let in_time = async { timeout(Duration::from_mins(1), test).await.is_ok() };
        assert!(runtime.block_on(in_time), "still waiting");
    }

    #[test]
    fn a_burst_goes_at_once_and_the_rest_is_spaced() {
        run(async {
            let hourly = gates(10, 3, 3_600_000);
            for _ in 0..3 {
                drop(hourly.enter("a").await);
            }
            let fourth = timeout(Duration::from_millis(20), hourly.enter("a")).await;
            assert!(fourth.is_err());

            let spaced = gates(10, 1, 50);
            let start = Instant::now();
            for _ in 0..3 {
                drop(spaced.enter("a").await);
            }
            assert!(start.elapsed() >= Duration::from_millis(100));
        });
    }

    #[test]
    fn hosts_do_not_wait_for_each_other() {
        run(async {
            let gates = gates(1, 1, 3_600_000);
            let held = gates.enter("a").await;
            drop(gates.enter("b").await);
            drop(held);
        });
    }

    #[test]
    fn requests_at_once_are_limited() {
        run(async {
            let gates = gates(2, 100, 0);
            let (one, _two) = (gates.enter("a").await, gates.enter("a").await);
            let third = gates.enter("a");
            tokio::pin!(third);
            let waited = timeout(Duration::from_millis(20), &mut third).await;
            assert!(waited.is_err());
            drop(one);
            third.await;
        });
    }
}
