//! One file a subcommand.

pub(crate) mod alerts;
pub(crate) mod bench;
pub(crate) mod broker;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod eval;
pub(crate) mod explain;
pub(crate) mod extract;
pub(crate) mod feeds;
pub(crate) mod officials;
pub(crate) mod replay;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod stage;
pub(crate) mod tap;
pub(crate) mod topics;
