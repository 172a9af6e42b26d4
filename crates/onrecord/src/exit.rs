//! How a command ends: the documented exit codes, and the reason told to the user.

use std::{fmt, io, process::ExitCode};

use miette::Report;

use crate::source_file::{Mistake, Mistakes};

/// The exit codes of `onrecord`, as `--help` lists them; clap ends with 2 on a wrong command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Success = 0,
    /// Something failed that no other code tells of.
    Failed = 1,
    /// The configuration, the watch-list or the list of feeds is wrong.
    Config = 3,
    /// Part of the input could not be used; the rest was.
    Input = 4,
    /// Kafka cannot be reached.
    Unreachable = 5,
    /// The data folder or the port is taken, or the disk is full.
    Busy = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early.
pub(crate) enum Failure {
    /// Whoever read standard output has gone away: nothing to tell.
    BrokenPipe,
    /// To be told on standard error.
    Told(Exit, Report),
}

impl Failure {
    /// A failure in plain words, with what to do about it.
    pub(crate) fn plain(exit: Exit, message: impl fmt::Display, help: impl fmt::Display) -> Self {
        Self::Told(exit, miette::miette!(help = help.to_string(), "{message}"))
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Told(Exit::Config, mistake.into())
    }
}

impl From<Mistakes> for Failure {
    fn from(mut mistakes: Mistakes) -> Self {
        match mistakes.0.pop() {
            Some(only) if mistakes.0.is_empty() => only.into(),
            last => {
                mistakes.0.extend(last);
                Self::Told(Exit::Config, mistakes.into())
            }
        }
    }
}

/// Only writing to standard output is turned into a failure this way.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::BrokenPipe;
        }
        Self::Told(
            Exit::Failed,
            miette::miette!("standard output cannot be written: {error}"),
        )
    }
}
