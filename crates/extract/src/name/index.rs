//! The index of all names: an automaton over their beginnings, and the names behind each.
//!
//! An automaton over whole names would take a kilobyte a name; their first bytes are shared by
//! many, and what follows is compared with the text.

use std::{fmt, ops::Range};

use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder, MatchKind};

/// Folded bytes of a name that the automaton knows: three Chinese or Korean characters, a word's
/// beginning in Latin.
const BEGINNING: usize = 9;
/// The same in the scripts from India to Cambodia, six characters: two or three of those are but a
/// syllable, with which too many names begin.
const SYLLABIC_BEGINNING: usize = 18;

/// Finds folded names in folded text.
pub(super) struct NameIndex {
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
    /// For each beginning, the names that have it: positions `from..to`.
    ranges: Vec<(u32, u32)>,
    /// All names, one behind the other, sorted; `ends` says where each ends.
    names: Vec<u8>,
    ends: Vec<u32>,
    /// The eight bytes of each name behind its beginning, first byte highest: they sort as the
    /// names of one beginning do.
    keys: Vec<u64>,
    /// For each name the longest name of the same beginning that it goes on from, or [`NONE`].
    shorter: Vec<u32>,
    /// The aliases of all names in turn; `alias_ends` says where each name's end.
    aliases: Vec<u32>,
    alias_ends: Vec<u32>,
}

/// No name.
const NONE: u32 = u32::MAX;

impl fmt::Debug for NameIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NameIndex")
            .field("names", &self.ends.len())
            .finish_non_exhaustive()
    }
}

/// Folded names, each with the position of its alias, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    bytes: Vec<u8>,
    entries: Vec<Pattern>,
}

#[derive(Clone, Copy, Debug)]
struct Pattern {
    start: u32,
    end: u32,
    alias: u32,
}

impl Patterns {
    /// Adds a name; one that is empty is passed over.
    pub(super) fn push(&mut self, name: &[u8], alias: u32) {
        if name.is_empty() {
            return;
        }
        let start = count(self.bytes.len());
        self.bytes.extend_from_slice(name);
        let end = count(self.bytes.len());
        self.entries.push(Pattern { start, end, alias });
    }

    fn name(&self, entry: &Pattern) -> &[u8] {
        let bytes = self.bytes.get(entry.start as usize..entry.end as usize);
        bytes.unwrap_or_default()
    }
}

impl NameIndex {
    /// An index of folded names.
    pub(super) fn new(mut named: Patterns) -> Self {
        let mut entries = std::mem::take(&mut named.entries);
        entries.sort_unstable_by_key(|entry| (named.name(entry), entry.alias));
        entries.dedup_by(|one, other| {
            one.alias == other.alias && named.name(one) == named.name(other)
        });
        let mut index = Self {
            automaton: None,
            ranges: Vec::new(),
            names: Vec::with_capacity(named.bytes.len()),
            ends: Vec::with_capacity(entries.len()),
            keys: Vec::with_capacity(entries.len()),
            shorter: Vec::with_capacity(entries.len()),
            aliases: Vec::with_capacity(entries.len()),
            alias_ends: Vec::with_capacity(entries.len()),
        };
        let mut beginnings: Vec<(&[u8], u32)> = Vec::new();
        // Names of which each goes on from the one before it.
        let mut open: Vec<(&[u8], u32)> = Vec::new();
        for group in entries.chunk_by(|one, other| named.name(one) == named.name(other)) {
            let Some(name) = group.first().map(|entry| named.name(entry)) else {
                continue;
            };
            let position = count(index.ends.len());
            index.names.extend_from_slice(name);
            index.ends.push(count(index.names.len()));
            index.aliases.extend(group.iter().map(|entry| entry.alias));
            index.alias_ends.push(count(index.aliases.len()));
            let (beginning, rest) = parted(name);
            index.keys.push(key(rest));
            if beginnings.last().map(|last| last.0) != Some(beginning) {
                beginnings.push((beginning, count(index.ranges.len())));
                index.ranges.push((position, position));
                open.clear();
            }
            if let Some(range) = index.ranges.last_mut() {
                range.1 = position + 1;
            }
            while open
                .pop_if(|(shorter, _)| !name.starts_with(shorter))
                .is_some()
            {}
            index.shorter.push(open.last().map_or(NONE, |last| last.1));
            open.push((name, position));
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
            let Some((from, to)) = self.ranges.get(found.value() as usize) else {
                continue;
            };
            let wanted = key(text.get(found.end()..).unwrap_or_default());
            let mut at = self.last_up_to(*from as usize..*to as usize, rest, wanted);
            while let Some(position) = at {
                let may_fit = self
                    .keys
                    .get(position)
                    .is_some_and(|key| fits(*key, wanted));
                let name = || slice(&self.names, &self.ends, position);
                if let Some(name) = may_fit.then(name).filter(|name| rest.starts_with(name)) {
                    let aliases = slice(&self.aliases, &self.alias_ends, position);
                    visit(start, start + name.len(), aliases);
                }
                let shorter = self.shorter.get(position).filter(|other| **other != NONE);
                at = shorter.map(|other| *other as usize);
            }
        }
    }

    /// The last of the names in `range`, which share a beginning, that does not sort behind `text`:
    /// every name that `text` starts with is this one, or one that this one goes on from.
    fn last_up_to(&self, range: Range<usize>, text: &[u8], wanted: u64) -> Option<usize> {
        if range.len() <= 1 {
            return Some(range.start);
        }
        let keys = self.keys.get(range.clone())?;
        let end = keys.partition_point(|key| *key <= wanted);
        let keys = keys.get(..end)?;
        let is_equal = keys.last() == Some(&wanted);
        let equal = if is_equal {
            keys.partition_point(|key| *key < wanted)
        } else {
            end
        };
        let (equal, end) = (range.start + equal, range.start + end);
        // Names that the keys do not tell apart are compared as a whole.
        let (mut low, mut high) = (equal, end);
        while low < high {
            let middle = usize::midpoint(low, high);
            if slice(&self.names, &self.ends, middle) <= text {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).filter(|last| range.contains(last))
    }
}

/// A name's beginning, and what is behind it.
fn parted(name: &[u8]) -> (&[u8], &[u8]) {
    let len = match name {
        [0xe0..=0xe1, ..] => SYLLABIC_BEGINNING,
        _ => BEGINNING,
    };
    name.split_at_checked(len).unwrap_or((name, &[]))
}

/// The first eight bytes of what is behind a beginning, as a number that sorts as they do.
fn key(rest: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

/// Whether a name of this key may stand where the text has the key `wanted`: spares looking at
/// most names, which lie all over the memory.
fn fits(key: u64, wanted: u64) -> bool {
    let missing = key.trailing_zeros() / 8 * 8;
    (key ^ wanted).checked_shr(missing).unwrap_or(0) == 0
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
        let mut named = Patterns::default();
        for (at, name) in (0..).zip(["mara venn", "mara vennor", "venn", "mara venn"]) {
            named.push(name.as_bytes(), at);
        }
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

    proptest::proptest! {
        #[test]
        fn what_stands_in_the_text_is_found(
            names in proptest::collection::vec("[ab]{1,24}", 1..30),
            text in "[ab]{0,60}",
        ) {
            let mut named = Patterns::default();
            for (at, name) in (0..).zip(&names) {
                named.push(name.as_bytes(), at);
            }
            let mut found = Vec::new();
            NameIndex::new(named).find(text.as_bytes(), |_| true, |start, end, aliases| {
                found.extend(aliases.iter().map(|alias| (start, end, *alias)));
            });
            found.sort_unstable();
            let mut expected = Vec::new();
            for (at, name) in (0_u32..).zip(&names) {
                for start in 0..text.len() {
                    if text.as_bytes().iter().skip(start).take(name.len()).eq(name.as_bytes()) {
                        expected.push((start, start + name.len(), at));
                    }
                }
            }
            expected.sort_unstable();
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
