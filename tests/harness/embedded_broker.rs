//! The embedded broker: inside the test process, or as a process of its own that can be killed.

use std::{path::Path, sync::OnceLock, time::Duration};

use tempfile::TempDir;

use crate::harness::{
    client::Client,
    deadline::{PATIENCE, wait_for},
    free_port::free_address,
    onrecord::Process,
};

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

/// `onrecord broker`: the same in a process of its own.
pub(crate) struct BrokerProcess {
    process: Process,
    address: String,
    folder: TempDir,
}

impl BrokerProcess {
    /// Starts it on a free port and an empty folder, and waits until it answers.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("onrecord-broker-")
            .tempdir()
            .unwrap();
        Self::start_in(folder)
    }

    /// The same on the data that a run has left in `data` of a folder.
    pub(crate) fn start_in(folder: TempDir) -> Self {
        // It must come back under the same address, so the port is chosen here.
        let address = free_address();
        let process = spawn(folder.path(), &address);
        let broker = Self {
            process,
            address,
            folder,
        };
        broker.wait_until_it_answers();
        broker
    }

    /// `host:port`, the same after a restart.
    pub(crate) fn bootstrap_servers(&self) -> &str {
        &self.address
    }

    /// Where its data lies.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// kill -9, then a new process on the same folder and port.
    pub(crate) fn kill_and_restart(&mut self) {
        self.kill();
        self.restart();
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// A new process on the folder and port of the killed one.
    pub(crate) fn restart(&mut self) {
        self.process = spawn(self.folder.path(), &self.address);
        self.wait_until_it_answers();
    }

    fn wait_until_it_answers(&self) {
        let client = Client::new(&self.address);
        wait_for("the embedded broker to answer", PATIENCE, || {
            client.brokers().ok()
        });
    }
}

fn spawn(folder: &Path, address: &str) -> Process {
    let data = folder.join("data").display().to_string();
    let arguments = ["broker", "--listen", address, "--data", &data];
    let log = folder.join("broker.log");
    Process::start(&arguments.map(str::to_owned), folder, &log)
}
