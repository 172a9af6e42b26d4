//! Every section and key; `config/default.toml` gives each a default and a comment.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stream::{
    ALERTS, ARTICLES, BatchLimits, DEAD_LETTERS, DELIVERIES, ENRICHED, ENTITIES, FEED_CURSORS,
    FEED_HEALTH, KafkaConfig, MENTIONS, NOTIFICATIONS, QUOTES, ROUTING, RestartLimits,
    RunnerConfig, SILENCES, TopicSettings,
};

/// The configuration of `onrecord`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The list of feeds.
    pub(crate) feeds: PathBuf,
    /// The watch-list of officials.
    pub(crate) officials: PathBuf,
    /// How to reach Kafka.
    pub(crate) kafka: KafkaSection,
    /// The embedded broker.
    pub(crate) broker: broker::Config,
    /// The topics, created at start where missing.
    pub(crate) topics: TopicsSection,
    /// The loop that every stage runs in.
    pub(crate) stream: StreamSection,
    /// The fetcher.
    pub(crate) fetcher: fetcher::Config,
    /// The processor.
    pub(crate) processor: ProcessorSection,
    /// The alerter.
    pub(crate) alerter: alerter::Config,
    /// Logs, metrics and health.
    pub(crate) telemetry: TelemetrySection,
}

/// How to reach Kafka; without servers the embedded broker is used.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KafkaSection {
    /// `host:port`, comma separated; empty for the embedded broker.
    pub(crate) bootstrap_servers: String,
    /// Put before every topic and group name, for clusters shared with others.
    pub(crate) topic_prefix: String,
    /// Further librdkafka properties, such as `"security.protocol"`; no secrets.
    pub(crate) properties: BTreeMap<String, String>,
    /// Properties whose values stand in files, such as `"sasl.password"`.
    pub(crate) property_files: BTreeMap<String, PathBuf>,
}

/// The topics, created at start where missing; differences are reported, never changed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TopicsSection {
    /// Where the fetcher stands in each feed.
    feed_cursors: TopicSettings,
    /// How each feed is doing.
    feed_health: TopicSettings,
    /// Articles as fetched.
    articles: TopicSettings,
    /// Articles with their extraction.
    enriched: TopicSettings,
    /// One quote a record.
    quotes: TopicSettings,
    /// One entity a record.
    entities: TopicSettings,
    /// One mention of a watched official a record.
    mentions: TopicSettings,
    /// Alerts as rules raise them.
    alerts: TopicSettings,
    /// What the router of alerts remembers.
    routing: TopicSettings,
    /// Alerts that nobody wants to hear of.
    silences: TopicSettings,
    /// What targets are to be told.
    notifications: TopicSettings,
    /// Attempts to deliver notifications.
    deliveries: TopicSettings,
    /// Records that can never work.
    dead_letters: TopicSettings,
}

/// The loop that every stage runs in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StreamSection {
    /// Largest record a stage may write; its input is a dead letter otherwise.
    max_message_bytes: usize,
    /// How large a transaction may grow.
    batch: BatchLimits,
    /// How a stage starts anew after a failure.
    restarts: RestartLimits,
}

/// The processor.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProcessorSection {
    /// Threads that extract; 0 takes one per core.
    pub(crate) threads: usize,
}

/// Logs, metrics and health.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TelemetrySection {
    /// Which log lines are written, as `tracing` has it: `info`, or `warn,fetcher=debug`.
    pub(crate) log: String,
    /// How log lines are written.
    pub(crate) format: TelemetryFormat,
    /// `host:port` for `/metrics`, `/livez` and `/readyz`; empty for none.
    pub(crate) listen: String,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TelemetryFormat {
    /// Readable on a terminal, JSON elsewhere.
    Auto,
    /// Readable.
    Text,
    /// A JSON object a line.
    Json,
}

impl Settings {
    /// What is wrong with values that fit by their type: dotted key and reason.
    pub(super) fn mistakes(&self) -> Vec<(String, String)> {
        let mut mistakes = Vec::new();
        mistakes.extend(in_section("fetcher", self.fetcher.mistakes()));
        mistakes
    }
}

impl Settings {
    /// How a stage with so many threads runs against this Kafka.
    pub(crate) fn runner(&self, kafka: KafkaConfig, threads: usize) -> RunnerConfig {
        RunnerConfig {
            kafka,
            batch: self.stream.batch.clone(),
            threads,
            restarts: self.stream.restarts.clone(),
            max_message_bytes: self.stream.max_message_bytes,
            ..RunnerConfig::default()
        }
    }
}

impl TopicsSection {
    /// Each topic with its settings.
    pub(crate) fn all(&self) -> [(&'static str, TopicSettings); 13] {
        [
            (FEED_CURSORS.name(), self.feed_cursors.clone()),
            (FEED_HEALTH.name(), self.feed_health.clone()),
            (ARTICLES.name(), self.articles.clone()),
            (ENRICHED.name(), self.enriched.clone()),
            (QUOTES.name(), self.quotes.clone()),
            (ENTITIES.name(), self.entities.clone()),
            (MENTIONS.name(), self.mentions.clone()),
            (ALERTS.name(), self.alerts.clone()),
            (ROUTING.name(), self.routing.clone()),
            (SILENCES.name(), self.silences.clone()),
            (NOTIFICATIONS.name(), self.notifications.clone()),
            (DELIVERIES.name(), self.deliveries.clone()),
            (DEAD_LETTERS.name(), self.dead_letters.clone()),
        ]
    }
}

/// Takes `key: reason` apart and puts the section before the key.
fn in_section(section: &str, mistakes: Vec<String>) -> impl Iterator<Item = (String, String)> {
    mistakes
        .into_iter()
        .map(move |mistake| match mistake.split_once(": ") {
            Some((key, reason)) => (format!("{section}.{key}"), reason.to_owned()),
            None => (section.to_owned(), mistake),
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::config::schema;

    const DEFAULTS: &str = include_str!("../../../../config/default.toml");

    /// Tables whose keys are the user's.
    const FREE: [&str; 2] = ["kafka.properties", "kafka.property_files"];

    #[test]
    fn the_defaults_have_every_key_and_nothing_else() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let mut known = BTreeSet::new();
        keys_of_schema(&schema, &schema, "", &mut known);
        let written = keys_of_defaults();
        let missing: Vec<_> = known.difference(&written).collect();
        let unknown: Vec<_> = written.difference(&known).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "config/default.toml lacks {missing:?}, and should not have {unknown:?}"
        );
    }

    #[test]
    fn every_key_of_the_defaults_has_a_comment() {
        let mut before = "";
        for line in DEFAULTS.lines() {
            let is_key = line.contains(" = ") && !line.starts_with('#');
            assert!(!is_key || before.starts_with('#'), "no comment: {line}");
            before = line;
        }
    }

    #[test]
    fn each_crate_has_the_same_defaults() {
        let loaded = crate::config::load(&[]).unwrap();
        assert_eq!(loaded.settings.fetcher, fetcher::Config::default());
        assert_eq!(loaded.settings.stream.batch, stream::BatchLimits::default());
        assert_eq!(
            loaded.settings.stream.restarts,
            stream::RestartLimits::default()
        );
        let articles = loaded.settings.topics.articles;
        assert_eq!(articles, stream::TopicSettings::default());
        assert_eq!(loaded.settings.broker, broker::Config::default());
    }

    /// Keys, the commented-out ones that are optional included.
    fn keys_of_defaults() -> BTreeSet<String> {
        let mut section = String::new();
        let mut keys = BTreeSet::new();
        for line in DEFAULTS.lines() {
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                section = name.trim_matches(['[', ']']).to_owned();
                if FREE.contains(&section.as_str()) {
                    keys.insert(section.clone());
                }
                continue;
            }
            let line = line.trim_start_matches("# ");
            let Some((key, _)) = line.split_once(" = ") else {
                continue;
            };
            if key.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                let dotted = format!("{section}.{key}");
                keys.insert(dotted.trim_start_matches('.').to_owned());
            }
        }
        keys
    }

    fn keys_of_schema(root: &Value, schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
        let schema = match schema["$ref"].as_str() {
            Some(pointer) => root.pointer(pointer.trim_start_matches('#')).unwrap(),
            None => schema,
        };
        match schema["properties"].as_object() {
            Some(properties) => {
                for (key, inner) in properties {
                    let dotted = format!("{path}.{key}");
                    keys_of_schema(root, inner, dotted.trim_start_matches('.'), keys);
                }
            }
            None => {
                keys.insert(path.to_owned());
            }
        }
    }
}
