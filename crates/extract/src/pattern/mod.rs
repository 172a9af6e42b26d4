//! Quotes by pattern: for languages that have a pack of words and no trained parser.
//!
//! Marks, cues and the places where a language puts its speaker are enough for most quotes of the
//! press. A language is one data file in `packs/`; a language without one falls back to marks and
//! capitals at low confidence.

#[cfg(test)]
mod articles;
mod attribution;
mod folded;
mod hits;
mod indirect;
mod known;
mod lexeme;
mod marks;
mod name_shape;
mod pack;
mod quotation;
mod sentences;
mod subject;

pub(crate) use quotation::quotes;
