//! The fetcher against local servers, as the runner drives it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "this whole crate is a test"
)]

mod discovery;
mod etiquette;
mod newsroom;
mod on_broker;
mod pages;
mod polling;
mod real_pages;
mod runner;
mod safety;
mod tls;
mod websub;
