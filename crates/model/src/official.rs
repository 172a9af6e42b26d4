//! The watch-list: officials and the names they go by.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Unexpected, Visitor},
};

use crate::OfficialId;

/// A person whose words and mentions are watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Official {
    /// Short and stable, such as `hun-sen`.
    pub id: OfficialId,
    /// The name to show.
    pub name: String,
    /// Full names by language tag or script name (`km`, `latin`); each is enough by itself.
    #[serde(default)]
    pub aliases: BTreeMap<String, Vec<String>>,
    /// Short or common names, which count only with evidence near by.
    #[serde(default)]
    pub weak_aliases: Vec<String>,
    /// Posts held, with dates.
    #[serde(default)]
    pub offices: Vec<Office>,
    /// Parties, ministries and other bodies that the official belongs to.
    #[serde(default)]
    pub organisations: Vec<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Words that speak for the official where only a weak alias is seen.
    #[serde(default)]
    pub context: Vec<String>,
    /// Wikidata item, such as `Q42`, for import and export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wikidata: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A post that an official holds or held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Such as "Prime Minister".
    pub title: String,
    /// First day in office, where known.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "written_date"
    )]
    pub from: Option<Date>,
    /// Last day in office; open where still held.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "written_date"
    )]
    pub to: Option<Date>,
}

/// A date as text, or as TOML writes it bare, which arrives as a map of one text.
fn written_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    deserializer.deserialize_any(WrittenDate)
}

struct WrittenDate;

impl<'de> Visitor<'de> for WrittenDate {
    type Value = Option<Date>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a date such as 2024-05-01")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<Date>, E> {
        text.parse().map(Some).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Date>, A::Error> {
        let Some((_, text)) = map.next_entry::<String, String>()? else {
            return Err(de::Error::invalid_type(Unexpected::Map, &self));
        };
        self.visit_str(&text)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<Date>, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Option<Date>, E> {
        Ok(None)
    }
}
