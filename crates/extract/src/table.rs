//! Hash tables for words: every word of every article is looked up several times, and the standard
//! library's hash, which is made for keys of any length, took a tenth of the time.
//!
//! The hash is seeded anew in each process, so that no text can be written to collide.

use foldhash::fast::RandomState;

/// A map.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A set.
pub(crate) type Set<K> = std::collections::HashSet<K, RandomState>;
