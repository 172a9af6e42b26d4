//! Matching the names of watched officials in text of any script.
//!
//! All names of all officials are folded (case, accents, width, Arabic letter forms, Khmer and
//! Burmese spelling, Chinese forms) into one automaton; the text is folded alike, with a way back
//! to the raw bytes. What the automaton finds must then stand between the boundaries of its
//! script, and a weak name needs evidence. A Latin name is
//! also listened for, beside titles, in scripts for which the list has no name.

mod apposition;
mod edge;
mod evidence;
mod fold;
mod han;
mod index;
mod inflection;
mod latin_sound;
mod matcher;
mod normal;
mod plain_syllable;
mod sound;
mod syllable;
#[cfg(test)]
mod tests;
mod transcription;
mod watch_list;
mod weak;
mod zawgyi;

pub use matcher::Matcher;
