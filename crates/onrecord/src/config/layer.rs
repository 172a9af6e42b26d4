//! One source of settings: a file, an environment variable or a flag.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::source_file::Mistake;

use super::mistake_finder::parse_table;

/// Before the names of environment variables that set keys.
pub(crate) const ENV_PREFIX: &str = "ONRECORD_";

/// Variables that are read elsewhere and set no key.
const OTHER_VARIABLES: [&str; 2] = ["ONRECORD_CONFIG", "ONRECORD_NO_PROGRESS"];

/// A text in TOML that sets keys.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// How messages call it: a path, `environment ONRECORD_FEEDS`, `--data`.
    pub(crate) name: String,
    /// The TOML.
    pub(crate) text: String,
    /// Whether lines of the text mean anything to the user.
    pub(crate) is_file: bool,
}

impl Layer {
    /// A file of the user's.
    pub(crate) fn file(path: &Path, text: String) -> Self {
        Self {
            name: path.display().to_string(),
            text,
            is_file: true,
        }
    }

    /// One key set by a flag.
    pub(crate) fn flag(flag: &str, key: &str, value: &str) -> Self {
        Self {
            name: flag.to_owned(),
            text: assignment(&dotted(key.split('.')), value),
            is_file: false,
        }
    }

    /// The key that a variable of the environment sets; `None` where it sets none.
    ///
    /// `ONRECORD_FETCHER__MIN_INTERVAL` sets `fetcher.min_interval`. Kafka's properties have dots
    /// in their names: `ONRECORD_KAFKA__PROPERTIES__SASL_PASSWORD` sets `sasl.password`.
    pub(crate) fn variable(name: &str, value: &str) -> Option<Self> {
        if OTHER_VARIABLES.contains(&name) {
            return None;
        }
        let path = name.strip_prefix(ENV_PREFIX)?.to_ascii_lowercase();
        let mut parts: Vec<String> = path.split("__").map(str::to_owned).collect();
        if let [section, map, property] = parts.as_mut_slice()
            && section == "kafka"
            && matches!(map.as_str(), "properties" | "property_files")
        {
            *property = property.replace('_', ".");
        }
        Some(Self {
            name: format!("environment {name}"),
            text: assignment(&dotted(parts.iter().map(String::as_str)), value),
            is_file: false,
        })
    }

    /// The keys that it sets.
    ///
    /// # Errors
    /// Every place where the text is not TOML.
    pub(crate) fn table(&self) -> Result<DeTable<'_>, Vec<Mistake>> {
        parse_table(&self.name, &self.text)
    }

    /// The line of a byte position, from 1.
    pub(crate) fn line(&self, position: usize) -> usize {
        let before = self.text.get(..position).unwrap_or_default();
        1 + before.matches('\n').count()
    }

    /// The same key with the value as a text, where it is not one already.
    pub(crate) fn with_text_value(&self) -> Option<Self> {
        if self.is_file {
            return None;
        }
        let (key, value) = self.text.split_once(" = ")?;
        if DeValue::parse(value).is_ok_and(|value| value.get_ref().is_str()) {
            return None;
        }
        Some(Self {
            text: format!("{key} = {}", toml::Value::from(value)),
            ..self.clone()
        })
    }
}

fn dotted<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let quoted = parts.map(|part| {
        let is_bare = !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if is_bare {
            part.to_owned()
        } else {
            toml::Value::from(part).to_string()
        }
    });
    quoted.collect::<Vec<_>>().join(".")
}

/// `key = value`, the value as TOML where it reads as such and else as a text.
fn assignment(key: &str, value: &str) -> String {
    let is_toml = DeValue::parse(value).is_ok_and(|value| !value.get_ref().is_datetime());
    if is_toml {
        format!("{key} = {value}")
    } else {
        format!("{key} = {}", toml::Value::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variable: &str, value: &str, expected: &str) {
        let layer = Layer::variable(variable, value).unwrap();
        assert_eq!(layer.text, expected);
    }

    #[test]
    fn variables_set_keys() {
        check(
            "ONRECORD_FEEDS",
            "/srv/feeds.toml",
            r#"feeds = "/srv/feeds.toml""#,
        );
        check(
            "ONRECORD_FETCHER__SEEN_ITEMS",
            "7",
            "fetcher.seen_items = 7",
        );
        check(
            "ONRECORD_KAFKA__PROPERTIES__SASL_PASSWORD",
            "a\"b",
            r#"kafka.properties."sasl.password" = 'a"b'"#,
        );
        check(
            "ONRECORD_FETCHER__ALLOW_ADDRESSES",
            r#"["127.0.0.1"]"#,
            r#"fetcher.allow_addresses = ["127.0.0.1"]"#,
        );
    }

    #[test]
    fn a_number_can_be_meant_as_a_text() {
        let layer = Layer::variable("ONRECORD_KAFKA__TOPIC_PREFIX", "12").unwrap();
        assert_eq!(layer.text, "kafka.topic_prefix = 12");
        let text = layer.with_text_value().unwrap().text;
        assert_eq!(text, r#"kafka.topic_prefix = "12""#);
    }
}
