//! When the router has something to do, so that idling costs no walk through its memory.

use jiff::Timestamp;

use super::memory::Memory;

/// What is next, by what the memory holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Agenda {
    /// When a group or a target is due.
    pub(super) next_due: Option<Timestamp>,
    /// When a group is due that has alerts to tell and that nothing holds back.
    pub(super) next_told: Option<Timestamp>,
}

impl Agenda {
    pub(super) fn of(memory: &Memory) -> Self {
        let groups = memory.groups.values();
        let telling = groups
            .clone()
            .filter(|group| !group.pending.is_empty() && group.held.is_none());
        let targets = memory.targets.values().filter_map(|target| target.due);
        Self {
            next_told: telling.filter_map(|group| group.due).min(),
            next_due: groups.filter_map(|group| group.due).chain(targets).min(),
        }
    }
}
