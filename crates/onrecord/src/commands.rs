//! One file a subcommand.

pub(crate) mod config;
pub(crate) mod extract;
