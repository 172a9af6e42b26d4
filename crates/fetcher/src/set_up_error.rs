//! Why the fetcher cannot start.

use std::path::PathBuf;

use thiserror::Error;

/// Why the fetcher cannot start: something for the user to mend.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// Values of the configuration that make no sense.
    #[error("fetcher configuration: {}", .0.join("; "))]
    Config(Vec<String>),
    /// A file of root certificates cannot be used.
    #[error("root certificates cannot be read from {}: {reason}", path.display())]
    RootCertificates {
        /// The file.
        path: PathBuf,
        /// What stands in the way.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("tls cannot be set up: {0}")]
    Tls(String),
    /// The HTTP client cannot be set up.
    #[error("the http client cannot be set up: {0}")]
    Client(String),
    /// The hubs' endpoint cannot listen.
    #[error("the websub endpoint cannot listen at {address}: {reason}")]
    Endpoint {
        /// Where.
        address: std::net::SocketAddr,
        /// What stands in the way.
        reason: String,
    },
    /// The system gives no threads.
    #[error("the fetcher's threads cannot be started: {0}")]
    Threads(#[from] std::io::Error),
}
