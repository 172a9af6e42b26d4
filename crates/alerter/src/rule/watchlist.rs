//! The watch-list, as rules look officials up in it.

use std::collections::{BTreeMap, BTreeSet};

use model::{Official, OfficialId};

use super::expression::folded;

/// Officials by id and by every name.
#[derive(Clone, Debug, Default)]
pub struct Watchlist {
    officials: BTreeMap<OfficialId, Official>,
    /// Ids by folded name.
    names: BTreeMap<String, BTreeSet<OfficialId>>,
}

impl Watchlist {
    /// A watch-list of these officials.
    pub fn new(officials: impl IntoIterator<Item = Official>) -> Self {
        let mut list = Self::default();
        for official in officials {
            let full = official.aliases.values().flatten();
            let names = full
                .chain(&official.weak_aliases)
                .chain([&official.name])
                .map(|name| folded(name));
            let names: BTreeSet<String> = names.chain([folded(official.id.as_str())]).collect();
            for name in names {
                let ids = list.names.entry(name).or_default();
                ids.insert(official.id.clone());
            }
            list.officials.insert(official.id.clone(), official);
        }
        list
    }

    /// The official with that id.
    pub fn get(&self, id: &OfficialId) -> Option<&Official> {
        self.officials.get(id)
    }

    /// All officials, by id.
    pub fn officials(&self) -> impl Iterator<Item = &Official> {
        self.officials.values()
    }

    /// Those that go by a name; several where it is shared.
    pub(super) fn by_name(&self, name: &str) -> Option<&BTreeSet<OfficialId>> {
        self.names.get(&folded(name))
    }

    /// Every id and name that officials go by, as the watch-list has them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.officials.values().flat_map(|official| {
            let aliases = official.aliases.values().flatten();
            aliases
                .chain(&official.weak_aliases)
                .map(String::as_str)
                .chain([official.name.as_str(), official.id.as_str()])
        })
    }
}
