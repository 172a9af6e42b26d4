//! The people, organisations and places of a text, and which mentions are of one of them.

mod watched;

pub(crate) use watched::{link, link_speakers};
