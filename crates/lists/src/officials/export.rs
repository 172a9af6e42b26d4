//! The list in forms that other programs read.

use model::Official;
use serde_json::json;

/// FollowTheMoney entities, a JSON object a line.
pub fn to_ftm(officials: &[Official]) -> String {
    let lines = officials.iter().map(|official| {
        let titles: Vec<&str> = official.offices.iter().map(|o| o.title.as_str()).collect();
        let mut properties = serde_json::Map::new();
        let mut put = |key: &str, values: Vec<&str>| {
            if !values.is_empty() {
                properties.insert(key.to_owned(), json!(values));
            }
        };
        put("name", vec![&official.name]);
        put("alias", aliases(official));
        put(
            "weakAlias",
            official.weak_aliases.iter().map(String::as_str).collect(),
        );
        put(
            "political",
            official.organisations.iter().map(String::as_str).collect(),
        );
        put("position", titles);
        put(
            "wikidataId",
            official.wikidata.iter().map(String::as_str).collect(),
        );
        let country = official
            .country
            .as_ref()
            .map(|country| country.to_lowercase());
        put("country", country.iter().map(String::as_str).collect());
        put("notes", official.note.iter().map(String::as_str).collect());
        put("topics", vec!["role.pep"]);
        let entity = json!({
            "id": official.id,
            "schema": "Person",
            "caption": official.name,
            "target": true,
            "properties": properties,
        });
        format!("{entity}\n")
    });
    lines.collect()
}

/// The columns of OpenSanctions `targets.simple.csv` that a list can fill; weak aliases have none.
pub fn to_simple_csv(officials: &[Official]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: [&str; 6]| {
        // Writing to memory does not fail.
        writer.write_record(row).ok();
    };
    write([
        "id",
        "schema",
        "name",
        "aliases",
        "countries",
        "identifiers",
    ]);
    for official in officials {
        let country = official
            .country
            .as_deref()
            .unwrap_or_default()
            .to_lowercase();
        write([
            official.id.as_str(),
            "Person",
            &official.name,
            &aliases(official).join(";"),
            &country,
            official.wikidata.as_deref().unwrap_or_default(),
        ]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Full names other than the main one, each once.
fn aliases(official: &Official) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in official.aliases.values().flatten() {
        let is_weak = official.weak_aliases.contains(name);
        if !is_weak && *name != official.name && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::officials::{Format, Person, Plan, read};

    #[test]
    fn what_is_exported_is_imported_unchanged() {
        let person = Person {
            line: 1,
            name: "Mara Venn".into(),
            aliases: vec![(None, "ម៉ារ៉ា វ៉េន".into()), (None, "Venn; Mara".into())],
            weak_aliases: vec!["Venn".into()],
            country: Some("FR".into()),
            organisations: vec!["Reform Party".into()],
            wikidata: Some("Q7".into()),
            ..Person::default()
        };
        let list = Plan::new(&[], &[person]).adds;
        for (text, format) in [
            (to_ftm(&list), Format::FollowTheMoney),
            (to_simple_csv(&list), Format::SimpleCsv),
        ] {
            assert_eq!(Format::guess(&text), Some(format));
            let imported = read(format, &text);
            assert_eq!(imported.bad, []);
            let plan = Plan::new(&list, &imported.persons);
            assert_eq!(plan.adds, []);
            let is_ftm = format == Format::FollowTheMoney;
            assert_eq!(plan.unchanged, usize::from(is_ftm), "{plan:?}");
        }
    }
}
