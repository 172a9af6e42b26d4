//! The loop against a real broker: what it promises, tried one by one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this is test code, where the lints allow these only inside test functions"
)]

mod cuttable;
mod effects;
mod fencing;
mod harness;
mod keyed;
mod outage;
mod plain;
mod topics;
