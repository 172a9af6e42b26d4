//! The watch-list: officials and the names they go by.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day in office; open where still held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}
