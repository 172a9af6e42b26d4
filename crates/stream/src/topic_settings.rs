//! Topics as they should be: created where missing, compared where not, never changed.

use std::{fmt, thread, time::Duration};

use rdkafka::{
    admin::{
        AdminClient, AdminOptions, ConfigResource, NewTopic, ResourceSpecifier, TopicReplication,
    },
    client::DefaultClientContext,
    config::FromClientConfig,
    consumer::Consumer,
    error::{KafkaError, RDKafkaErrorCode},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    KafkaConfig, StreamError,
    client::{client_config, question_client, question_failed},
};

const ADMIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How a topic should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TopicSettings {
    /// Fixed for the life of a topic: keys move when it changes.
    pub partitions: u32,
    /// Copies on different brokers; the cluster's default where not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication: Option<u16>,
    /// How long records are kept, such as "168h"; for ever where not given.
    #[serde(
        with = "jiff::fmt::serde::unsigned_duration::friendly::compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub retention_time: Option<Duration>,
    /// How many bytes a partition keeps; no limit where not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_bytes: Option<u64>,
    /// Whether only the latest record of each key is kept.
    pub compacted: bool,
    /// Largest record, in bytes.
    pub max_message_bytes: u32,
}

impl Default for TopicSettings {
    fn default() -> Self {
        Self {
            partitions: 6,
            replication: None,
            retention_time: None,
            retention_bytes: None,
            compacted: false,
            max_message_bytes: 10_000_000,
        }
    }
}

/// A topic that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicDifference {
    /// Topic, with prefix.
    pub topic: String,
    /// Which setting, by Kafka's name for it.
    pub setting: &'static str,
    /// As configured here.
    pub wanted: String,
    /// As it is on the cluster.
    pub found: String,
}

impl fmt::Display for TopicDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            topic,
            setting,
            wanted,
            found,
        } = self;
        write!(
            formatter,
            "topic {topic} has {setting} {found}, configured is {wanted}"
        )
    }
}

/// Creates the topics that are missing and compares the others; changes nothing.
///
/// Names are without prefix.
///
/// # Errors
/// Where Kafka cannot be reached or refuses.
pub fn create_topics(
    kafka: &KafkaConfig,
    topics: &[(&str, TopicSettings)],
) -> Result<Vec<TopicDifference>, StreamError> {
    // The admin client is asynchronous. A thread of its own lets callers be whatever they are.
    thread::scope(|scope| {
        let admin = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .map_err(|error| StreamError::Config(error.to_string()))?;
            runtime.block_on(create_and_compare(kafka, topics))
        });
        admin
            .join()
            .unwrap_or_else(|_| Err(StreamError::Config("the admin client panicked".to_owned())))
    })
}

async fn create_and_compare(
    kafka: &KafkaConfig,
    topics: &[(&str, TopicSettings)],
) -> Result<Vec<TopicDifference>, StreamError> {
    let existing = question_client(kafka)?
        .client()
        .fetch_metadata(None, ADMIN_TIMEOUT)
        .map_err(|error| question_failed(kafka, "list its topics", &error))?;
    let partitions_of = |name: &str| {
        let found = existing.topics().iter().find(|topic| topic.name() == name);
        found.map(|topic| topic.partitions().len())
    };
    let admin = AdminClient::from_config(&client_config(kafka))
        .map_err(|error| StreamError::Config(error.to_string()))?;
    let mut differences = Vec::new();
    for (name, settings) in topics {
        let topic = kafka.prefixed(name);
        if let Some(partitions) = partitions_of(&topic) {
            compare_partitions(&topic, settings, partitions, &mut differences);
            compare_settings(kafka, &admin, &topic, settings, &mut differences).await?;
        } else {
            create_topic(kafka, &admin, &topic, settings).await?;
        }
    }
    Ok(differences)
}

async fn create_topic(
    kafka: &KafkaConfig,
    admin: &AdminClient<DefaultClientContext>,
    topic: &str,
    settings: &TopicSettings,
) -> Result<(), StreamError> {
    let what = || format!("create topic {topic}");
    let entries = settings.entries();
    let partitions = i32::try_from(settings.partitions.max(1)).unwrap_or(i32::MAX);
    // -1: the cluster's default.
    let copies = settings.replication.map_or(-1, i32::from);
    let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(copies));
    for (key, value) in &entries {
        new = new.set(key, value);
    }
    let options = AdminOptions::new()
        .request_timeout(Some(ADMIN_TIMEOUT))
        .operation_timeout(Some(ADMIN_TIMEOUT));
    let results = admin
        .create_topics([&new], &options)
        .await
        .map_err(|error| question_failed(kafka, &what(), &error))?;
    for result in results {
        match result {
            // Another process was faster: as good.
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((_, code)) => {
                return Err(question_failed(kafka, &what(), &KafkaError::AdminOp(code)));
            }
        }
    }
    Ok(())
}

fn compare_partitions(
    topic: &str,
    settings: &TopicSettings,
    partitions: usize,
    differences: &mut Vec<TopicDifference>,
) {
    if usize::try_from(settings.partitions) != Ok(partitions) {
        differences.push(TopicDifference {
            topic: topic.to_owned(),
            setting: "partitions",
            wanted: settings.partitions.to_string(),
            found: partitions.to_string(),
        });
    }
}

async fn compare_settings(
    kafka: &KafkaConfig,
    admin: &AdminClient<DefaultClientContext>,
    topic: &str,
    settings: &TopicSettings,
    differences: &mut Vec<TopicDifference>,
) -> Result<(), StreamError> {
    let what = format!("describe topic {topic}");
    let options = AdminOptions::new().request_timeout(Some(ADMIN_TIMEOUT));
    let results = admin
        .describe_configs([&ResourceSpecifier::Topic(topic)], &options)
        .await
        .map_err(|error| question_failed(kafka, &what, &error))?;
    for result in results {
        let found =
            result.map_err(|code| question_failed(kafka, &what, &KafkaError::AdminOp(code)))?;
        for (setting, wanted) in settings.entries() {
            let Some(found) = setting_of(&found, setting) else {
                continue;
            };
            if found != wanted {
                let topic = topic.to_owned();
                differences.push(TopicDifference {
                    topic,
                    setting,
                    wanted,
                    found,
                });
            }
        }
    }
    Ok(())
}

fn setting_of(found: &ConfigResource, setting: &str) -> Option<String> {
    found.get(setting).and_then(|entry| entry.value.clone())
}

impl TopicSettings {
    /// The settings under Kafka's names.
    fn entries(&self) -> Vec<(&'static str, String)> {
        let unlimited = || "-1".to_owned();
        let policy = if self.compacted { "compact" } else { "delete" };
        vec![
            ("cleanup.policy", policy.to_owned()),
            (
                "retention.ms",
                self.retention_time
                    .map_or_else(unlimited, |time| time.as_millis().to_string()),
            ),
            (
                "retention.bytes",
                self.retention_bytes
                    .map_or_else(unlimited, |bytes| bytes.to_string()),
            ),
            ("max.message.bytes", self.max_message_bytes.to_string()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_without_limits_say_so_to_kafka() {
        let entries = TopicSettings::default().entries();
        assert!(entries.contains(&("retention.ms", "-1".to_owned())));
        assert!(entries.contains(&("cleanup.policy", "delete".to_owned())));
    }

    #[test]
    fn durations_read_as_people_write_them() {
        let settings: TopicSettings = serde_json::from_str(r#"{"retention_time":"168h"}"#).unwrap();
        assert_eq!(settings.retention_time, Some(Duration::from_hours(7 * 24)));
    }
}
