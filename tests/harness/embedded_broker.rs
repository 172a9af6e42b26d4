//! The embedded broker: inside the test process, or as a process of its own that can be killed.

use std::{sync::OnceLock, time::Duration};

use tempfile::TempDir;

/// The embedded broker inside this process, shared by all tests of the run.
pub(crate) struct EmbeddedBroker {
    servers: String,
    /// Kept for its life; a static is never dropped, and the data is in the temporary folder.
    _broker: broker::Broker,
    _folder: TempDir,
}

impl EmbeddedBroker {
    /// The one that all tests of this run share.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<EmbeddedBroker> = OnceLock::new();
        SHARED.get_or_init(|| {
            let folder = tempfile::Builder::new()
                .prefix("onrecord-broker-")
                .tempdir()
                .unwrap();
            let config = broker::Config {
                data: folder.path().join("data"),
                // Retention and compaction are waited for, as with the other broker.
                upkeep_interval: Duration::from_secs(1),
                retention_interval: Duration::from_secs(1),
                max_partitions: 2_000,
                ..broker::Config::default()
            };
            let broker = broker::start(config).expect("the embedded broker starts");
            Self {
                servers: broker.bootstrap_servers(),
                _broker: broker,
                _folder: folder,
            }
        })
    }

    /// `host:port`.
    pub(crate) fn bootstrap_servers(&self) -> &str {
        &self.servers
    }
}
