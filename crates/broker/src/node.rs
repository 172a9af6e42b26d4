//! The broker's state, shared by its connections.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use kafka_protocol::ResponseError;
use parking_lot::{Mutex, MutexGuard, RwLock};
use tracing::{error, info, warn};

use crate::{
    Config, Fsync, StartError,
    catalog::{Catalog, Event, TopicEntry, TopicPartition},
    groups::Groups,
    journal::Journal,
    partition::Partition,
    topic::Topic,
    topic_settings::TopicSettings,
    transactions::Transactions,
    upkeep::Alarm,
};

/// The one node's id.
pub(crate) const NODE_ID: i32 = 1;

/// Everything a connection can reach.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) address: SocketAddr,
    pub(crate) cluster: String,
    pub(crate) groups: Groups,
    pub(crate) transactions: Transactions,
    pub(crate) alarm: Alarm,
    topics: RwLock<BTreeMap<String, Arc<Topic>>>,
    journal: Mutex<Journal>,
    /// Topics change one at a time, file work included.
    changing_topics: Mutex<()>,
    is_stopping: AtomicBool,
}

impl Node {
    /// Opens what the data folder holds.
    pub(crate) fn open(config: Config, address: SocketAddr) -> Result<Self, StartError> {
        let mut journal = Journal::open(&config.data)?;
        if journal.catalog().cluster.is_empty() {
            journal
                .append(vec![Event::ClusterNamed(random_name())])
                .map_err(StartError::io(&config.data))?;
        }
        let mut topics = BTreeMap::new();
        for (name, entry) in &journal.catalog().topics {
            let folder = topics_folder(&config).join(name);
            let settings = TopicSettings::parse(&config, &entry.config).map_err(|reason| {
                StartError::NotUnderstood {
                    path: config.data.join("journal"),
                    reason: format!("topic {name}: {reason}"),
                }
            })?;
            let topic = Topic::open(name, &folder, entry.partitions, Arc::new(settings))
                .map_err(StartError::io(&folder))?;
            topics.insert(name.clone(), Arc::new(topic));
        }
        let transactions = Transactions::restored(journal.catalog());
        Ok(Self {
            cluster: journal.catalog().cluster.clone(),
            config,
            address,
            groups: Groups::default(),
            transactions,
            alarm: Alarm::default(),
            topics: RwLock::new(topics),
            journal: Mutex::new(journal),
            changing_topics: Mutex::new(()),
            is_stopping: AtomicBool::new(false),
        })
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Acquire)
    }

    pub(crate) fn begin_stopping(&self) {
        self.is_stopping.store(true, Ordering::Release);
        self.alarm.ring();
        self.groups.wake_all();
    }

    pub(crate) fn topic(&self, name: &str) -> Option<Arc<Topic>> {
        self.topics.read().get(name).cloned()
    }

    /// All topics, by name.
    pub(crate) fn topics(&self) -> Vec<Arc<Topic>> {
        self.topics.read().values().cloned().collect()
    }

    pub(crate) fn partition(
        &self,
        topic: &str,
        number: i32,
    ) -> Result<Arc<Partition>, ResponseError> {
        self.topic(topic)
            .and_then(|topic| topic.partition(number))
            .ok_or(ResponseError::UnknownTopicOrPartition)
    }

    pub(crate) fn partition_of(&self, partition: &TopicPartition) -> Option<Arc<Partition>> {
        self.topic(&partition.topic)?.partition(partition.partition)
    }

    /// Looks at the catalog; not for long, since everyone waits meanwhile.
    pub(crate) fn with_catalog<T>(&self, look: impl FnOnce(&Catalog) -> T) -> T {
        look(self.journal.lock().catalog())
    }

    /// Writes events down and applies them; with `fsync = "commit"` they are on disk afterwards.
    pub(crate) fn record(&self, events: Vec<Event>) -> Result<(), ResponseError> {
        let file = {
            let mut journal = self.journal();
            journal
                .append(events)
                .map_err(|error| storage_failed(&error, "journal"))?;
            journal.file()
        };
        if self.config.fsync == Fsync::Commit {
            file.sync_data()
                .map_err(|error| storage_failed(&error, "journal"))?;
        }
        Ok(())
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock()
    }

    /// Hands out a producer id that was never used before.
    pub(crate) fn new_producer_id(&self) -> Result<i64, ResponseError> {
        let mut journal = self.journal();
        let id = journal.catalog().next_producer_id;
        let reserved = journal.append(vec![Event::NextProducerId(id + 1)]);
        reserved.map_err(|error| storage_failed(&error, "journal"))?;
        Ok(id)
    }

    pub(crate) fn create_topic(
        &self,
        name: &str,
        entry: TopicEntry,
    ) -> Result<(), (ResponseError, String)> {
        let _changing = self.changing_topics.lock();
        let settings = TopicSettings::parse(&self.config, &entry.config)
            .map_err(|reason| (ResponseError::InvalidConfig, reason))?;
        if self.topic(name).is_some() {
            return Err((
                ResponseError::TopicAlreadyExists,
                format!("topic {name} already exists"),
            ));
        }
        self.check_partition_limit(entry.partitions as usize)?;
        let folder = topics_folder(&self.config).join(name);
        let failed = |error: io::Error| (storage_failed(&error, name), error.to_string());
        // Left by a topic that was deleted when the process died.
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(failed)?;
        }
        let topic =
            Topic::open(name, &folder, entry.partitions, Arc::new(settings)).map_err(failed)?;
        let event = Event::TopicSet {
            name: name.to_owned(),
            topic: entry,
        };
        self.record(vec![event])
            .map_err(|error| (error, "not written down".to_owned()))?;
        self.topics.write().insert(name.to_owned(), Arc::new(topic));
        info!(topic = name, "topic created");
        Ok(())
    }

    pub(crate) fn delete_topic(&self, name: &str) -> Result<(), ResponseError> {
        let _changing = self.changing_topics.lock();
        let topic = self
            .topic(name)
            .ok_or(ResponseError::UnknownTopicOrPartition)?;
        self.record(vec![Event::TopicDeleted {
            name: name.to_owned(),
        }])?;
        self.topics.write().remove(name);
        self.transactions.topic_deleted(name);
        for partition in topic.partitions() {
            partition.waiting.wake_all();
        }
        let folder = topics_folder(&self.config).join(name);
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            warn!(folder = %folder.display(), %error, "folder of a deleted topic not removed");
        }
        info!(topic = name, "topic deleted");
        Ok(())
    }

    pub(crate) fn add_partitions(
        &self,
        name: &str,
        count: u32,
    ) -> Result<(), (ResponseError, String)> {
        let _changing = self.changing_topics.lock();
        let (topic, mut entry) = self.topic_entry(name)?;
        if count <= entry.partitions {
            let reason = format!("topic {name} has {} partitions already", entry.partitions);
            return Err((ResponseError::InvalidPartitions, reason));
        }
        self.check_partition_limit((count - entry.partitions) as usize)?;
        entry.partitions = count;
        topic
            .grow(&topics_folder(&self.config).join(name), count)
            .map_err(|error| (storage_failed(&error, name), error.to_string()))?;
        let event = Event::TopicSet {
            name: name.to_owned(),
            topic: entry,
        };
        self.record(vec![event])
            .map_err(|error| (error, "not written down".to_owned()))
    }

    /// Replaces a topic's own configuration by what `change` makes of it.
    pub(crate) fn configure_topic(
        &self,
        name: &str,
        is_dry_run: bool,
        change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), String>,
    ) -> Result<(), (ResponseError, String)> {
        let _changing = self.changing_topics.lock();
        let (topic, mut entry) = self.topic_entry(name)?;
        let invalid = |reason| (ResponseError::InvalidConfig, reason);
        change(&mut entry.config).map_err(invalid)?;
        let settings = TopicSettings::parse(&self.config, &entry.config).map_err(invalid)?;
        if is_dry_run {
            return Ok(());
        }
        let event = Event::TopicSet {
            name: name.to_owned(),
            topic: entry,
        };
        self.record(vec![event])
            .map_err(|error| (error, "not written down".to_owned()))?;
        topic.configure(&Arc::new(settings));
        Ok(())
    }

    fn topic_entry(&self, name: &str) -> Result<(Arc<Topic>, TopicEntry), (ResponseError, String)> {
        let topic = self.topic(name);
        let entry = self.with_catalog(|catalog| catalog.topics.get(name).cloned());
        topic.zip(entry).ok_or_else(|| {
            (
                ResponseError::UnknownTopicOrPartition,
                format!("there is no topic {name}"),
            )
        })
    }

    fn check_partition_limit(&self, more: usize) -> Result<(), (ResponseError, String)> {
        let limit = self.config.max_partitions;
        let present = self.with_catalog(Catalog::partition_count);
        if present + more <= limit {
            return Ok(());
        }
        let reason = format!("{present} partitions and {more} more are over the limit of {limit}");
        Err((ResponseError::PolicyViolation, reason))
    }
}

fn topics_folder(config: &Config) -> PathBuf {
    config.data.join("topics")
}

/// Says once, in the log, that the disk refused; clients are told to try again.
pub(crate) fn storage_failed(error: &io::Error, place: &str) -> ResponseError {
    error!(%error, place, "broker cannot write its data: is the disk full?");
    ResponseError::KafkaStorageError
}

/// A name that no other broker has: 128 bits from the operating system, by way of the hash seeds.
fn random_name() -> String {
    let half = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", half(), half())
}
