//! What happens without being asked for: time-outs, checkpoints, retention, compaction.

use std::{
    io,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use tracing::warn;

use crate::{clock::now_ms, node::Node, partition::Partition};

/// Wakes the upkeep thread at the right moment, and not before.
#[derive(Debug, Default)]
pub(crate) struct Alarm {
    next: Mutex<Option<Instant>>,
    changed: Condvar,
}

impl Alarm {
    /// Asks for a look at the time-outs at `moment` or before.
    pub(crate) fn set(&self, moment: Instant) {
        let mut next = self.next.lock();
        if next.is_none_or(|next| moment < next) {
            *next = Some(moment);
            self.changed.notify_all();
        }
    }

    /// Asks for it now.
    pub(crate) fn ring(&self) {
        self.set(Instant::now());
    }

    /// Sleeps until the moment asked for, at most until `latest`.
    fn sleep_until(&self, latest: Instant) {
        let mut next = self.next.lock();
        loop {
            let until = next.unwrap_or(latest).min(latest);
            if Instant::now() >= until {
                *next = None;
                return;
            }
            self.changed.wait_until(&mut next, until);
        }
    }
}

/// Runs until the broker stops.
pub(crate) fn run(node: &Node) {
    let interval = node.config.upkeep_interval.max(Duration::from_millis(50));
    let mut next_round = Instant::now() + interval;
    let retention_interval = node.config.retention_interval.max(interval);
    let mut next_retention = Instant::now() + retention_interval;
    // Transactions that were being decided when the process died.
    run_timeouts(node);
    while !node.is_stopping() {
        node.alarm.sleep_until(next_round);
        if node.is_stopping() {
            return;
        }
        run_timeouts(node);
        let now = Instant::now();
        if now >= next_round {
            let is_retention_due = now >= next_retention;
            if is_retention_due {
                next_retention = now + retention_interval;
            }
            run_round(node, is_retention_due);
            next_round = Instant::now() + interval;
        }
    }
}

fn run_timeouts(node: &Node) {
    let deadlines = [
        node.groups.expire(Instant::now()),
        crate::transactions::expire(node),
    ];
    if let Some(next) = deadlines.into_iter().flatten().min() {
        node.alarm.set(next);
    }
}

fn run_round(node: &Node, is_retention_due: bool) {
    for topic in node.topics() {
        for partition in topic.partitions() {
            if node.is_stopping() {
                return;
            }
            if is_retention_due {
                report(&partition, partition.retain(now_ms()));
            }
            report(&partition, partition.tend());
        }
    }
    crate::transactions::forget_old(node);
    if let Err(error) = node.journal().rewrite_if_large() {
        warn!(%error, "journal not rewritten");
    }
}

fn report(partition: &Partition, tended: io::Result<()>) {
    if let Err(error) = tended {
        warn!(folder = %partition.folder.display(), %error, "partition not tended");
    }
}

/// Checkpoints and forces to disk; the broker is about to stop.
pub(crate) fn write_everything(node: &Node) {
    for topic in node.topics() {
        for partition in topic.partitions() {
            let written = partition.sync().and_then(|()| partition.log().checkpoint());
            if let Err(error) = written {
                warn!(folder = %partition.folder.display(), %error, "checkpoint not written");
            }
        }
    }
    let journal = node.journal().file();
    if let Err(error) = journal.sync_data() {
        warn!(%error, "journal not forced to disk");
    }
}
