//! The group coordinator: each group with a lock of its own, and those who wait for it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use kafka_protocol::ResponseError;
use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::group::{Group, GroupState, Step};

/// The groups that have or had members since the start.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    by_name: Mutex<BTreeMap<String, Arc<GroupCell>>>,
    next_member: AtomicU64,
}

/// A group, and the members that wait for its next step.
#[derive(Debug, Default)]
pub(crate) struct GroupCell {
    group: Mutex<Group>,
    changed: Condvar,
}

impl Groups {
    pub(crate) fn get(&self, name: &str) -> Option<Arc<GroupCell>> {
        self.by_name.lock().get(name).cloned()
    }

    pub(crate) fn get_or_make(&self, name: &str) -> Arc<GroupCell> {
        let mut by_name = self.by_name.lock();
        Arc::clone(by_name.entry(name.to_owned()).or_default())
    }

    pub(crate) fn all(&self) -> Vec<(String, Arc<GroupCell>)> {
        let by_name = self.by_name.lock();
        by_name
            .iter()
            .map(|(name, cell)| (name.clone(), Arc::clone(cell)))
            .collect()
    }

    /// Takes a group away, unless it has members.
    pub(crate) fn remove(&self, name: &str) -> Result<(), ResponseError> {
        let mut by_name = self.by_name.lock();
        if let Some(cell) = by_name.get(name) {
            if cell.lock().state != GroupState::Empty {
                return Err(ResponseError::NonEmptyGroup);
            }
            by_name.remove(name);
        }
        Ok(())
    }

    /// A member id that tells the client, and that this process has not handed out before; the
    /// moment of handing out keeps it apart from those of earlier processes.
    pub(crate) fn new_member_id(&self, client_id: &str) -> String {
        let number = self.next_member.fetch_add(1, Ordering::Relaxed);
        let now = crate::clock::now_ms();
        format!("{client_id}-{now:x}-{number}")
    }

    /// Puts out the silent members of all groups; says when to look again.
    pub(crate) fn expire(&self, now: Instant) -> Option<Instant> {
        let mut next = None;
        for (_, cell) in self.all() {
            let mut group = cell.lock();
            group.expire(now);
            next = next.into_iter().chain(group.next_deadline()).min();
            cell.changed.notify_all();
        }
        next
    }

    pub(crate) fn wake_all(&self) {
        for (_, cell) in self.all() {
            cell.changed.notify_all();
        }
    }
}

impl GroupCell {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Group> {
        self.group.lock()
    }

    /// Tells the waiting that the group has changed.
    pub(crate) fn changed(&self) {
        self.changed.notify_all();
    }

    /// Asks again whenever the group has changed, until there is an answer.
    pub(crate) fn wait_for<T>(
        &self,
        group: &mut MutexGuard<'_, Group>,
        is_stopping: impl Fn() -> bool,
        mut ask: impl FnMut(&mut Group) -> Result<Step<T>, ResponseError>,
    ) -> Result<T, ResponseError> {
        loop {
            if let Step::Now(answer) = ask(group)? {
                return Ok(answer);
            }
            if is_stopping() {
                return Err(ResponseError::CoordinatorNotAvailable);
            }
            // The upkeep thread lets time-outs act, and wakes us after.
            self.changed.wait(group);
        }
    }
}
