//! The onrecord command: one pipeline, or one stage of it.

mod cli;
mod commands;
mod config;
mod exit;
mod feed_list;
mod list_file;
mod offsets;
mod source_file;
mod terminal;
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
