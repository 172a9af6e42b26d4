//! Why the broker did not start, and what to do about it.

use std::{io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

/// Why the broker did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// Something else listens on the address.
    #[error(
        "port {} on {} is taken by another program: stop it, or choose another port (0 takes a free one)",
        addr.port(), addr.ip()
    )]
    PortTaken {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// The address cannot be listened on at all.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// The operating system's word.
        source: io::Error,
    },
    /// Another broker uses the data folder.
    #[error(
        "data folder {} is in use by another run: stop that one, or choose another data folder",
        folder.display()
    )]
    DataLocked {
        /// The folder.
        folder: PathBuf,
    },
    /// The data folder was written by a newer version.
    #[error("{} is not understood ({reason}): it was written by another version, or damaged", path.display())]
    NotUnderstood {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's word.
        source: io::Error,
    },
}

impl StartError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
