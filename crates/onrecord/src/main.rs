//! The onrecord command: one pipeline, or one stage of it.

mod alert_rules;
mod cli;
mod commands;
mod config;
mod connection;
mod exit;
mod feed_list;
mod harmless;
mod list_file;
mod lists;
mod live_view;
mod newsroom;
mod offsets;
mod pipeline;
mod read_from;
mod screen;
mod session;
mod source_file;
mod stages;
mod telemetry;
mod terminal;
mod time_words;
mod watchlist;

use std::process::ExitCode;

use crate::exit::{Exit, Failure};

fn main() -> ExitCode {
    match cli::run() {
        Ok(exit) => exit.into(),
        Err(Failure::BrokenPipe) => Exit::Success.into(),
        Err(Failure::Told(exit, report)) => {
            terminal::tell(format_args!("{report:?}"));
            exit.into()
        }
    }
}
