//! Routes enriched articles to the downstream topics.
//!
//! One file a topic in `routes/`, and one table that lists them: a further topic is a file and a
//! line.

mod routes;
mod sink_stage;

pub use sink_stage::SinkStage;
