//! The configuration of a topic, under Kafka's names.

use std::collections::BTreeMap;

use crate::{Config, Fsync};

/// What a topic's configuration comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TopicSettings {
    pub(crate) is_compacted: bool,
    pub(crate) is_deleted: bool,
    /// -1: for ever.
    pub(crate) retention_ms: i64,
    /// -1: any size.
    pub(crate) retention_bytes: i64,
    pub(crate) segment_bytes: u64,
    pub(crate) segment_ms: i64,
    pub(crate) max_message_bytes: usize,
    pub(crate) min_cleanable_dirty_ratio: f64,
    pub(crate) min_compaction_lag_ms: i64,
    pub(crate) delete_retention_ms: i64,
    /// A full segment is on disk before the next begins.
    pub(crate) is_synced: bool,
}

/// What kind of value a key takes, by Kafka's numbers in `DescribeConfigs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Boolean = 1,
    Text = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

/// A key of a topic's configuration.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: ValueKind,
    pub(crate) default: String,
    /// The one value that this broker can honour, where there is just one.
    only: Option<&'static str>,
}

/// The keys, with the defaults that `config` gives.
pub(crate) fn keys(config: &Config) -> Vec<Key> {
    use ValueKind::{Boolean, Double, Int, List, Long, Text};
    let key = |name, kind, default: &str| Key {
        name,
        kind,
        default: default.to_owned(),
        only: None,
    };
    let fixed = |name, kind, value: &'static str| Key {
        name,
        kind,
        default: value.to_owned(),
        only: Some(value),
    };
    let week_ms = "604800000";
    vec![
        key("cleanup.policy", List, "delete"),
        key(
            "retention.ms",
            Long,
            &config.retention.as_millis().to_string(),
        ),
        key("retention.bytes", Long, "-1"),
        key("segment.bytes", Int, &config.segment_bytes.to_string()),
        key("segment.ms", Long, week_ms),
        key(
            "max.message.bytes",
            Int,
            &config.max_message_bytes.to_string(),
        ),
        key("min.cleanable.dirty.ratio", Double, "0.5"),
        key("min.compaction.lag.ms", Long, "0"),
        key("delete.retention.ms", Long, "86400000"),
        // Kept and shown, of no consequence on one node: there is one replica, the operating
        // system or `fsync` decides on flushing, and index sizes are ours.
        key("min.insync.replicas", Int, "1"),
        key("unclean.leader.election.enable", Boolean, "false"),
        key("max.compaction.lag.ms", Long, "9223372036854775807"),
        key("flush.messages", Long, "9223372036854775807"),
        key("flush.ms", Long, "9223372036854775807"),
        key("file.delete.delay.ms", Long, "60000"),
        key("index.interval.bytes", Int, "4096"),
        key("segment.index.bytes", Int, "10485760"),
        key("segment.jitter.ms", Long, "0"),
        key("preallocate", Boolean, "false"),
        key(
            "message.timestamp.before.max.ms",
            Long,
            "9223372036854775807",
        ),
        key(
            "message.timestamp.after.max.ms",
            Long,
            "9223372036854775807",
        ),
        fixed("compression.type", Text, "producer"),
        fixed("message.timestamp.type", Text, "CreateTime"),
    ]
}

impl TopicSettings {
    /// Parses a topic's own values over the defaults.
    ///
    /// # Errors
    /// In words, where a key is unknown or its value wrong.
    pub(crate) fn parse(config: &Config, own: &BTreeMap<String, String>) -> Result<Self, String> {
        let keys = keys(config);
        for (name, value) in own {
            let key = keys.iter().find(|key| key.name == name);
            let key = key.ok_or_else(|| format!("unknown topic config name: {name}"))?;
            key.check(value)?;
        }
        let value = |name: &str| match own.get(name) {
            Some(value) => value.trim(),
            None => keys
                .iter()
                .find(|key| key.name == name)
                .map_or("", |key| key.default.as_str()),
        };
        let policies: Vec<&str> = value("cleanup.policy").split(',').map(str::trim).collect();
        if let Some(odd) = policies
            .iter()
            .find(|policy| !["delete", "compact", ""].contains(policy))
        {
            return Err(format!(
                "invalid value {odd} for cleanup.policy: delete or compact"
            ));
        }
        Ok(Self {
            is_compacted: policies.contains(&"compact"),
            is_deleted: policies.contains(&"delete"),
            retention_ms: number(value("retention.ms"), "retention.ms", -1)?,
            retention_bytes: number(value("retention.bytes"), "retention.bytes", -1)?,
            segment_bytes: number(value("segment.bytes"), "segment.bytes", 14)?,
            segment_ms: number(value("segment.ms"), "segment.ms", 1)?,
            max_message_bytes: number(value("max.message.bytes"), "max.message.bytes", 0)?,
            min_cleanable_dirty_ratio: value("min.cleanable.dirty.ratio").parse().unwrap_or(0.5),
            min_compaction_lag_ms: number(
                value("min.compaction.lag.ms"),
                "min.compaction.lag.ms",
                0,
            )?,
            delete_retention_ms: number(value("delete.retention.ms"), "delete.retention.ms", 0)?,
            is_synced: config.fsync == Fsync::Commit,
        })
    }
}

impl Key {
    fn check(&self, value: &str) -> Result<(), String> {
        let value = value.trim();
        let fits = match self.kind {
            ValueKind::Boolean => ["true", "false"].contains(&value),
            ValueKind::Int => value.parse::<i32>().is_ok(),
            ValueKind::Long => value.parse::<i64>().is_ok(),
            ValueKind::Double => value
                .parse::<f64>()
                .is_ok_and(|ratio| (0.0..=1.0).contains(&ratio)),
            ValueKind::Text | ValueKind::List => true,
        };
        if !fits {
            return Err(format!("invalid value {value} for {}", self.name));
        }
        match self.only {
            Some(only) if only != value => Err(format!(
                "{} can only be {only} on the embedded broker, not {value}",
                self.name
            )),
            _ => Ok(()),
        }
    }
}

fn number<T: TryFrom<i64>>(value: &str, name: &str, least: i64) -> Result<T, String> {
    let number: i64 = value
        .parse()
        .map_err(|_| format!("invalid value {value} for {name}: not a number"))?;
    if number < least {
        return Err(format!(
            "invalid value {value} for {name}: at least {least}"
        ));
    }
    T::try_from(number).map_err(|_| format!("invalid value {value} for {name}: too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(key: &str, value: &str) -> Result<TopicSettings, String> {
        let own = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        TopicSettings::parse(&Config::default(), &own)
    }

    #[test]
    fn defaults_hold_and_own_values_win() {
        let settings = parse("cleanup.policy", "compact, delete").unwrap();
        assert!(settings.is_compacted && settings.is_deleted);
        assert_eq!(settings.retention_ms, 7 * 24 * 3600 * 1000);
        assert_eq!(parse("retention.ms", "-1").unwrap().retention_ms, -1);
    }

    #[test]
    fn mistakes_are_named() {
        let check = |key, value, part: &str| {
            let error = parse(key, value).unwrap_err();
            assert!(error.contains(part), "{error}");
        };
        check("retention.msx", "1", "unknown topic config name");
        check("retention.ms", "soon", "invalid value soon");
        check("retention.ms", "-2", "at least -1");
        check("cleanup.policy", "shred", "delete or compact");
        check("compression.type", "zstd", "can only be producer");
        check("min.cleanable.dirty.ratio", "3", "invalid value 3");
    }
}
