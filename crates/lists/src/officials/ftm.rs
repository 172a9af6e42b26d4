//! FollowTheMoney entities: a JSON object a line.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::import::{Imported, Person, office, wikidata_item};

#[derive(Deserialize)]
struct Row {
    id: String,
    schema: String,
    #[serde(default)]
    caption: Option<String>,
    #[serde(default)]
    properties: BTreeMap<String, Vec<serde_json::Value>>,
}

/// Names of the same person in the order of trust.
const ALIASES: [&str; 3] = ["name", "alias", "previousName"];

pub(super) fn read(text: &str) -> Imported {
    let mut imported = Imported::default();
    for (place, line) in text.lines().enumerate() {
        let number = place + 1;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Row>(line) {
            Ok(row) if row.schema != "Person" => imported.passed_over += 1,
            Ok(row) => imported.take(person(&row, number)),
            Err(error) => imported.refuse(number, format!("no entity: {error}")),
        }
    }
    imported
}

fn person(row: &Row, line: usize) -> Person {
    let texts = |key: &str| -> Vec<String> {
        let values = row.properties.get(key).map_or(&[][..], Vec::as_slice);
        values
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let first = |key: &str| texts(key).into_iter().next();
    let name = row.caption.clone().filter(|name| !name.trim().is_empty());
    let aliases = ALIASES.iter().flat_map(|key| texts(key));
    Person {
        line,
        source_id: row.id.clone(),
        name: name.or_else(|| first("name")).unwrap_or_default(),
        aliases: aliases.map(|name| (None, name)).collect(),
        weak_aliases: texts("weakAlias"),
        country: first("country").or_else(|| first("nationality")),
        offices: texts("position")
            .iter()
            .map(|title| office(title))
            .collect(),
        organisations: texts("political"),
        wikidata: first("wikidataId")
            .as_deref()
            .or(Some(row.id.as_str()))
            .and_then(wikidata_item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_read_and_bad_lines_named() {
        let text = concat!(
            "{\"id\":\"x-1\",\"schema\":\"Person\",\"caption\":\"Mara Venn\",\"properties\":",
            "{\"name\":[\"Mara Venn\"],\"alias\":[\"ម៉ារ៉ា វ៉េន\"],\"country\":[\"kh\"],\"position\":[\"Mayor\"]}}\n",
            "{\"id\":\"x-2\",\"schema\":\"Company\",\"properties\":{}}\n",
            "{\"id\":\n",
            "{\"id\":\"x-3\",\"schema\":\"Person\",\"properties\":{}}\n",
        );
        let imported = read(text);
        assert_eq!(imported.passed_over, 1);
        assert_eq!(imported.persons.len(), 1);
        let person = &imported.persons[0];
        assert_eq!(person.country.as_deref(), Some("KH"));
        assert_eq!(person.aliases, [(None, "ម៉ារ៉ា វ៉េន".to_owned())]);
        assert_eq!(person.offices[0].title, "Mayor");
        let lines: Vec<usize> = imported.bad.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [3, 4]);
    }
}
