//! The index of all names: an automaton over their beginnings, and the names behind each.
//!
//! An automaton over whole names would take a kilobyte a name; their first bytes are shared by
//! many, and what follows is compared with the text.

use std::fmt;

use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder, MatchKind};

/// Folded bytes of a name that the automaton knows; about three letters of an Asian script, a
/// word's beginning in Latin.
const PREFIX: usize = 9;

/// Finds folded names in folded text.
pub(super) struct NameIndex {
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
    /// For each beginning, the names that have it: positions `from..to`.
    ranges: Vec<(u32, u32)>,
    /// All names, one behind the other, sorted; `ends` says where each ends.
    names: Vec<u8>,
    ends: Vec<u32>,
    /// The aliases of all names in turn; `alias_ends` says where each name's end.
    aliases: Vec<u32>,
    alias_ends: Vec<u32>,
}

impl fmt::Debug for NameIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NameIndex")
            .field("names", &self.ends.len())
            .finish_non_exhaustive()
    }
}

impl NameIndex {
    /// An index of folded names, each with the position of its alias; empty names are left out.
    pub(super) fn new(mut named: Vec<(Box<[u8]>, u32)>) -> Self {
        named.retain(|(name, _)| !name.is_empty());
        named.sort_unstable();
        named.dedup();
        let mut index = Self {
            automaton: None,
            ranges: Vec::new(),
            names: Vec::new(),
            ends: Vec::new(),
            aliases: Vec::new(),
            alias_ends: Vec::new(),
        };
        let mut beginnings: Vec<(&[u8], u32)> = Vec::new();
        for group in named.chunk_by(|one, other| one.0 == other.0) {
            let Some((name, _)) = group.first() else {
                continue;
            };
            let position = count(index.ends.len());
            index.names.extend_from_slice(name);
            index.ends.push(count(index.names.len()));
            index.aliases.extend(group.iter().map(|(_, alias)| *alias));
            index.alias_ends.push(count(index.aliases.len()));
            let beginning = name.get(..PREFIX).unwrap_or(name);
            if beginnings.last().map(|last| last.0) != Some(beginning) {
                beginnings.push((beginning, count(index.ranges.len())));
                index.ranges.push((position, position));
            }
            if let Some(range) = index.ranges.last_mut() {
                range.1 = position + 1;
            }
        }
        index.automaton = DoubleArrayAhoCorasickBuilder::new()
            .match_kind(MatchKind::Standard)
            .build_with_values(beginnings)
            .ok();
        index
    }

    /// Calls `visit` with start, end and aliases of every name in `text`, overlapping ones too.
    /// `may_start` rules out places before names are compared.
    pub(super) fn find(
        &self,
        text: &[u8],
        may_start: impl Fn(usize) -> bool,
        mut visit: impl FnMut(usize, usize, &[u32]),
    ) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        for found in automaton.find_overlapping_iter(text) {
            let start = found.start();
            if !may_start(start) {
                continue;
            }
            let rest = text.get(start..).unwrap_or_default();
            let range = self.ranges.get(found.value() as usize);
            for position in range.map_or(0..0, |(from, to)| *from as usize..*to as usize) {
                let name = slice(&self.names, &self.ends, position);
                if rest.starts_with(name) {
                    visit(
                        start,
                        start + name.len(),
                        slice(&self.aliases, &self.alias_ends, position),
                    );
                }
            }
        }
    }
}

/// Part `position` of `all`, given where each part ends.
fn slice<'a, T>(all: &'a [T], ends: &[u32], position: usize) -> &'a [T] {
    let end_of = |at: usize| ends.get(at).map_or(0, |end| *end as usize);
    let start = position.checked_sub(1).map_or(0, end_of);
    all.get(start..end_of(position)).unwrap_or_default()
}

/// Lists of names stay far below four thousand million bytes.
fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_all_their_aliases() {
        let named = ["mara venn", "mara vennor", "venn", "mara venn"];
        let named = (0..)
            .zip(named)
            .map(|(at, name)| (name.as_bytes().into(), at))
            .collect();
        let mut found = Vec::new();
        let text = b"dr mara vennor met mara venn";
        NameIndex::new(named).find(
            text,
            |_| true,
            |start, end, aliases| {
                found.push((start, end, aliases.to_vec()));
            },
        );
        found.sort();
        let expected = vec![
            (3, 12, vec![0, 3]),
            (3, 14, vec![1]),
            (8, 12, vec![2]),
            (19, 28, vec![0, 3]),
            (24, 28, vec![2]),
        ];
        assert_eq!(found, expected);
    }
}
