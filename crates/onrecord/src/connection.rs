//! The way to Kafka: the configured cluster, or the embedded broker of the data folder.

use std::{
    fs,
    net::{TcpStream, ToSocketAddrs},
    path::PathBuf,
    time::Duration,
};

use broker::{Broker, StartError};
use stream::{
    BrokerInfo, CancellationToken, KafkaConfig, StreamError, check_broker, create_topics,
};
use tracing::warn;

use crate::{
    config::Settings,
    exit::{Exit, Failure},
    screen::Screen,
};

/// Holds the address of the broker that runs on a data folder, for the other processes.
const ADDRESS_FILE: &str = "address";
/// Longest wait for a broker on this machine to take a connection.
const DIAL_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest wait for Kafka's first answer, so that its absence is told within five seconds.
const ASK_TIMEOUT: Duration = Duration::from_secs(4);
/// Between looks for topics just made.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// Between tries to reach Kafka at the start.
const RETRY_WAIT: Duration = Duration::from_secs(2);

/// A way to Kafka; the embedded broker runs as long as it is kept.
pub(crate) struct Connection {
    /// How to reach it.
    pub(crate) kafka: KafkaConfig,
    embedded: Option<Embedded>,
}

struct Embedded {
    broker: Broker,
    address_file: PathBuf,
}

impl Connection {
    /// The configured cluster, or else the embedded broker, started here.
    ///
    /// # Errors
    /// Where the broker cannot start, because another run has the data folder for example.
    pub(crate) fn open(settings: &Settings) -> Result<Self, Failure> {
        let kafka = kafka_config(settings)?;
        if !kafka.bootstrap_servers.is_empty() {
            return Ok(Self {
                kafka,
                embedded: None,
            });
        }
        Self::start(settings, kafka).map_err(|error| not_started(&error))
    }

    /// The configured cluster, or else the broker that another process runs on the data folder.
    ///
    /// # Errors
    /// Where none runs there.
    pub(crate) fn join(settings: &Settings) -> Result<Self, Failure> {
        let kafka = kafka_config(settings)?;
        if !kafka.bootstrap_servers.is_empty() {
            return Ok(Self {
                kafka,
                embedded: None,
            });
        }
        let Some(address) = running_broker(settings) else {
            return Err(Failure::plain(
                Exit::Unreachable,
                format_args!("no broker runs on {}", settings.broker.data.display()),
                "start one with `onrecord broker`, or set kafka.bootstrap_servers",
            ));
        };
        Ok(Self::to(kafka, address))
    }

    /// For looking at what is there: joins a running broker, or opens the data folder itself.
    ///
    /// # Errors
    /// Where there is nothing to look at.
    pub(crate) fn open_or_join(settings: &Settings) -> Result<Self, Failure> {
        let kafka = kafka_config(settings)?;
        if !kafka.bootstrap_servers.is_empty() {
            return Ok(Self {
                kafka,
                embedded: None,
            });
        }
        if !settings.broker.data.exists() {
            return Err(Failure::plain(
                Exit::Failed,
                format_args!(
                    "nothing is recorded yet in {}",
                    settings.broker.data.display()
                ),
                "start the pipeline with `onrecord run`, or name its folder with --data DIR",
            ));
        }
        match Self::start(settings, kafka.clone()) {
            Ok(connection) => Ok(connection),
            Err(StartError::DataLocked { .. }) => match running_broker(settings) {
                Some(address) => Ok(Self::to(kafka, address)),
                None => Self::start(settings, kafka).map_err(|error| not_started(&error)),
            },
            Err(error) => Err(not_started(&error)),
        }
    }

    /// The address of the broker that runs in this process.
    pub(crate) fn embedded_address(&self) -> Option<String> {
        self.embedded
            .as_ref()
            .map(|embedded| embedded.broker.bootstrap_servers())
    }

    /// Stops the embedded broker, if there is one; its data is on disk afterwards.
    pub(crate) fn close(self) {
        if let Some(Embedded {
            broker,
            address_file,
        }) = self.embedded
        {
            broker.shutdown();
            // Left behind it does no harm: nobody answers at the address.
            fs::remove_file(address_file).ok();
        }
    }

    fn to(kafka: KafkaConfig, address: String) -> Self {
        let kafka = KafkaConfig {
            bootstrap_servers: address,
            ..kafka
        };
        Self {
            kafka,
            embedded: None,
        }
    }

    fn start(settings: &Settings, kafka: KafkaConfig) -> Result<Self, StartError> {
        let broker = broker::start(settings.broker.clone())?;
        let address_file = settings.broker.data.join(ADDRESS_FILE);
        let address = broker.bootstrap_servers();
        if let Err(source) = fs::write(&address_file, &address) {
            return Err(StartError::Io {
                path: address_file,
                source,
            });
        }
        let embedded = Embedded {
            broker,
            address_file,
        };
        let kafka = KafkaConfig {
            bootstrap_servers: address,
            ..kafka
        };
        Ok(Self {
            kafka,
            embedded: Some(embedded),
        })
    }
}

/// Creates the topics that are missing, and waits for Kafka as long as it takes; says what is
/// wrong at once. `false` where `stop` came first.
///
/// # Errors
/// Where Kafka refuses.
pub(crate) fn prepare_topics(
    settings: &Settings,
    kafka: &KafkaConfig,
    screen: &Screen,
    stop: &CancellationToken,
) -> Result<bool, Failure> {
    let mut was_told = false;
    while !stop.is_cancelled() {
        match create_and_see_topics(settings, kafka) {
            Ok(true) => return Ok(true),
            // Kafka tells of new topics a moment after it has made them.
            Ok(false) => std::thread::sleep(LOOK_INTERVAL),
            Err(error @ StreamError::Unreachable { .. }) => {
                if !was_told {
                    screen.tell(&format!("{error}; trying on\n"));
                    was_told = true;
                }
                std::thread::sleep(RETRY_WAIT);
            }
            Err(error) => return Err(stream_failure(&error)),
        }
    }
    Ok(false)
}

/// Whether all topics are there to be used.
fn create_and_see_topics(settings: &Settings, kafka: &KafkaConfig) -> Result<bool, StreamError> {
    let wanted = settings.topics.all();
    let is_there = |seen: &BrokerInfo| {
        let mut names = wanted.iter().map(|(name, _)| name);
        names.all(|name| seen.topics.iter().any(|topic| topic == name))
    };
    // Asked first: it answers within its time-out where Kafka is not there.
    check_broker(kafka, ASK_TIMEOUT)?;
    for difference in create_topics(kafka, &wanted)? {
        warn!(%difference, "topic is not as configured; left as it is");
    }
    Ok(is_there(&check_broker(kafka, ASK_TIMEOUT)?))
}

/// A stream error as the end of a command.
pub(crate) fn stream_failure(error: &StreamError) -> Failure {
    let (exit, help) = match error {
        StreamError::Unreachable { .. } => (
            Exit::Unreachable,
            "without kafka.bootstrap_servers the embedded broker is used",
        ),
        StreamError::Config(_) => (
            Exit::Config,
            "see [kafka] in `onrecord config show --origin`",
        ),
        StreamError::MissingTopic(_) => (
            Exit::Failed,
            "`onrecord topics` lists what is there; `onrecord run` creates it",
        ),
        StreamError::Source { .. } | StreamError::GaveUp { .. } | StreamError::Refused { .. } => (
            Exit::Failed,
            "what was committed is kept; start it again to go on from there",
        ),
    };
    Failure::plain(exit, error, help)
}

fn kafka_config(settings: &Settings) -> Result<KafkaConfig, Failure> {
    let section = &settings.kafka;
    let mut properties = section.properties.clone();
    for (property, path) in &section.property_files {
        let value = fs::read_to_string(path).map_err(|error| {
            Failure::plain(
                Exit::Config,
                format_args!("{property} cannot be read from {}: {error}", path.display()),
                "see [kafka.property_files]",
            )
        })?;
        properties.insert(
            property.clone(),
            value.trim_end_matches(['\r', '\n']).to_owned(),
        );
    }
    Ok(KafkaConfig {
        bootstrap_servers: section.bootstrap_servers.clone(),
        topic_prefix: section.topic_prefix.clone(),
        properties,
    })
}

/// The address of a broker on the data folder that takes connections.
fn running_broker(settings: &Settings) -> Option<String> {
    let address = fs::read_to_string(settings.broker.data.join(ADDRESS_FILE)).ok()?;
    let socket = address.to_socket_addrs().ok()?.next()?;
    TcpStream::connect_timeout(&socket, DIAL_TIMEOUT).ok()?;
    Some(address)
}

fn not_started(error: &StartError) -> Failure {
    Failure::plain(
        Exit::Busy,
        error,
        "the embedded broker needs its data folder (--data DIR) and port (broker.listen) alone",
    )
}
