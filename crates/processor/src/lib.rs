//! Turns articles into enriched articles: quotes, speakers, entities, mentions.
//!
//! The stage between the topics `articles` and `enriched`. All that is known of language lives in
//! `extract`; this crate ties it to the loop.

mod process_stage;

pub use process_stage::ProcessStage;
