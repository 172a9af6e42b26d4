//! The watch-list of officials: its written form, what is wrong with it, imports and exports.
//!
//! An import is read whole, compared with the list ([`Plan`]) and applied in one atomic write, or
//! not at all; comments and order of the list stay.

mod applied;
mod common_word;
mod entry;
mod export;
mod fault;
mod ftm;
mod import;
mod language_code;
mod name;
mod plan;
mod popolo;
mod simple_csv;
mod table;
mod wikidata;

pub use applied::{ApplyError, apply};
pub use entry::{Entry, WrittenAlias};
pub use export::{to_ftm, to_simple_csv};
pub use fault::{Fault, Severity, faults};
pub use import::{BadRow, Format, Imported, Person, read};
pub use name::{id_of, key_of, needs_evidence};
pub use plan::{Conflict, Merge, Plan};
