//! The people, organisations and places of a text, and which mentions are of one of them.

mod coreference;
mod gazetteer;
mod recognizer;
mod repair;
mod tagger;
#[cfg(test)]
mod tests;
mod title;
#[cfg(feature = "training")]
pub mod train;
mod watched;
mod word;

pub(crate) use coreference::entities;
pub(crate) use recognizer::Recognizer;
pub(crate) use watched::{link, link_speakers};
