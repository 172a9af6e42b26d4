//! One test binary for the whole pipeline: brokers, processes and feeds are the real ones.
//!
//! `harness` starts what the tests need, `alerts` lets targets fail and alerters die,
//! `conformance` holds both brokers to one standard, `exactly_once` kills the pipeline and counts,
//! `operations` lets Kafka, disk and port fail, `real_input` runs it on real pages, `tidy` checks
//! the tree.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "all of this crate is test code, where the lints allow these only inside test functions"
)]

mod alerts;
mod conformance;
mod exactly_once;
mod harness;
mod operations;
mod real_input;
mod tidy;
