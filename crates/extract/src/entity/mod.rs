//! The people, organisations and places of a text, and which mentions are of one of them.

mod also_named;
mod coreference;
mod dateline;
mod evidence;
mod gazetteer;
mod joined;
mod missed;
mod namesake;
mod neighbour;
mod nickname;
mod parted;
mod recognizer;
mod repair;
mod setting;
mod spelled;
mod tagger;
#[cfg(test)]
mod tests;
mod title;
#[cfg(feature = "training")]
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "runs on a developer's machine over tables of its own making"
)]
pub mod train;
mod trim;
mod watched;
mod word;

pub(crate) use coreference::entities;
pub(crate) use recognizer::Recognizer;
pub(crate) use watched::{link, link_speakers};
pub(crate) use word::Word;
