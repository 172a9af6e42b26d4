//! An official as the list writes it.

use std::{collections::BTreeMap, fmt};

use model::{Office, Official, OfficialId};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

/// One `[[official]]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Short and stable.
    pub id: OfficialId,
    /// The name to show.
    pub name: String,
    /// Names by language tag or script.
    #[serde(default)]
    pub aliases: BTreeMap<String, Vec<WrittenAlias>>,
    /// Names that count only with evidence near by.
    #[serde(default)]
    pub weak_aliases: Vec<String>,
    /// Posts held, with dates.
    #[serde(default)]
    pub offices: Vec<Office>,
    /// Parties, ministries and other bodies.
    #[serde(default)]
    pub organisations: Vec<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Words that speak for the official near a weak alias.
    #[serde(default)]
    pub context: Vec<String>,
    /// Wikidata item, such as `Q42`.
    pub wikidata: Option<String>,
    /// For people.
    pub note: Option<String>,
}

/// A name: a text, or `{ name = "May", weak = true }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenAlias {
    /// The name.
    pub name: String,
    /// Whether it counts only with evidence.
    pub weak: bool,
}

impl Entry {
    /// The official, names marked as weak among the weak ones.
    pub fn into_official(self) -> Official {
        let mut weak_aliases = self.weak_aliases;
        let mut aliases = BTreeMap::new();
        for (key, names) in self.aliases {
            let (weak, full): (Vec<_>, Vec<_>) = names.into_iter().partition(|alias| alias.weak);
            let weak = weak.into_iter().map(|alias| alias.name);
            weak_aliases.extend(weak);
            aliases.insert(key, full.into_iter().map(|alias| alias.name).collect());
        }
        Official {
            id: self.id,
            name: self.name,
            aliases,
            weak_aliases,
            offices: self.offices,
            organisations: self.organisations,
            country: self.country,
            context: self.context,
            wikidata: self.wikidata,
            note: self.note,
        }
    }
}

impl<'de> Deserialize<'de> for WrittenAlias {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AliasVisitor)
    }
}

struct AliasVisitor;

impl<'de> Visitor<'de> for AliasVisitor {
    type Value = WrittenAlias;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name, or { name = \"…\", weak = true }")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<WrittenAlias, E> {
        Ok(WrittenAlias {
            name: name.to_owned(),
            weak: false,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenAlias, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Marked {
            name: String,
            #[serde(default)]
            weak: bool,
        }
        let Marked { name, weak } =
            Marked::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(WrittenAlias { name, weak })
    }
}
