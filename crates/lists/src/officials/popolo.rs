//! Popolo JSON: persons, organizations, and memberships that tie them.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::import::{Imported, Person, date, office, wikidata_item};

#[derive(Deserialize)]
struct Document {
    persons: Vec<Value>,
    #[serde(default)]
    organizations: Vec<Organization>,
    #[serde(default)]
    memberships: Vec<Membership>,
}

#[derive(Deserialize)]
struct PersonRow {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    other_names: Vec<OtherName>,
    #[serde(default)]
    identifiers: Vec<Identifier>,
    #[serde(default)]
    national_identity: Option<String>,
}

#[derive(Deserialize)]
struct OtherName {
    name: String,
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Deserialize)]
struct Identifier {
    identifier: String,
    #[serde(default)]
    scheme: Option<String>,
}

#[derive(Deserialize)]
struct Organization {
    id: String,
    name: String,
    #[serde(default)]
    classification: Option<String>,
}

#[derive(Deserialize)]
struct Membership {
    person_id: String,
    #[serde(default)]
    organization_id: Option<String>,
    #[serde(default)]
    on_behalf_of_id: Option<String>,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    start_date: Option<String>,
    #[serde(default)]
    end_date: Option<String>,
}

pub(super) fn read(text: &str) -> Imported {
    let mut imported = Imported::default();
    let document: Document = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            imported.refuse(error.line(), format!("no Popolo document: {error}"));
            return imported;
        }
    };
    let organizations: HashMap<&str, &Organization> = document
        .organizations
        .iter()
        .map(|organization| (organization.id.as_str(), organization))
        .collect();
    let mut memberships: HashMap<&str, Vec<&Membership>> = HashMap::new();
    for membership in &document.memberships {
        let own = memberships
            .entry(membership.person_id.as_str())
            .or_default();
        own.push(membership);
    }
    let lines = Lines::new(text);
    for (place, value) in document.persons.iter().enumerate() {
        let line = lines.of(value);
        match PersonRow::deserialize(value) {
            Ok(row) => {
                let own = memberships
                    .get(row.id.as_str())
                    .map_or(&[][..], Vec::as_slice);
                imported.take(person(row, line, own, &organizations));
            }
            Err(error) => imported.refuse(line, format!("person {}: {error}", place + 1)),
        }
    }
    imported
}

fn person(
    row: PersonRow,
    line: usize,
    memberships: &[&Membership],
    organizations: &HashMap<&str, &Organization>,
) -> Person {
    let named = |id: &Option<String>| id.as_deref().and_then(|id| organizations.get(id).copied());
    let mut person = Person {
        line,
        name: row.name,
        aliases: row
            .other_names
            .into_iter()
            .map(|other| (other.lang, other.name))
            .collect(),
        country: row.national_identity.filter(|country| country.len() == 2),
        wikidata: row
            .identifiers
            .iter()
            .filter(|identifier| identifier.scheme.as_deref() == Some("wikidata"))
            .find_map(|identifier| wikidata_item(&identifier.identifier)),
        source_id: row.id,
        ..Person::default()
    };
    for membership in memberships {
        let party = named(&membership.on_behalf_of_id);
        let body = named(&membership.organization_id);
        let is_party = |body: &&Organization| body.classification.as_deref() == Some("party");
        for organisation in party.into_iter().chain(body.filter(is_party)) {
            if !person.organisations.contains(&organisation.name) {
                person.organisations.push(organisation.name.clone());
            }
        }
        let Some(body) = body.filter(|body| !is_party(body)) else {
            continue;
        };
        let role = membership.role.as_deref().unwrap_or("member");
        let title = format!("{role} of the {}", body.name);
        if !person.offices.iter().any(|known| known.title == title) {
            let mut office = office(&title);
            office.from = membership.start_date.as_deref().and_then(date);
            office.to = membership.end_date.as_deref().and_then(date);
            person.offices.push(office);
        }
    }
    person
}

/// Where in the file a person stands, by its id: parsed JSON no longer knows.
struct Lines<'t> {
    by_id: HashMap<&'t str, usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let mut by_id = HashMap::new();
        for (place, line) in text.lines().enumerate() {
            let ids = line.split("\"id\"").skip(1).filter_map(|rest| {
                let value = rest.trim_start().strip_prefix(':')?.trim_start();
                value.strip_prefix('"')?.split('"').next()
            });
            for id in ids {
                by_id.entry(id).or_insert(place + 1);
            }
        }
        Self { by_id }
    }

    fn of(&self, person: &Value) -> usize {
        let id = person.get("id").and_then(Value::as_str);
        id.and_then(|id| self.by_id.get(id)).copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memberships_give_office_and_party() {
        let text = r#"{"persons": [
            {"id": "p1", "name": "Mara Venn", "other_names": [{"lang": "km", "name": "ម៉ារ៉ា វ៉េន"}],
             "identifiers": [{"scheme": "wikidata", "identifier": "Q7"}]},
            {"id": "p2"},
            {"id": "p3", "name": 4}],
          "organizations": [
            {"id": "o1", "name": "Harbour Council", "classification": "legislature"},
            {"id": "o2", "name": "Reform Party", "classification": "party"}],
          "memberships": [{"person_id": "p1", "organization_id": "o1", "on_behalf_of_id": "o2",
            "role": "chair", "start_date": "2013"}]}"#;
        let imported = read(text);
        assert_eq!(imported.persons.len(), 1);
        let person = &imported.persons[0];
        assert_eq!(person.line, 2);
        assert_eq!(person.offices[0].title, "chair of the Harbour Council");
        assert_eq!(person.offices[0].from, "2013-01-01".parse().ok());
        assert_eq!(person.organisations, ["Reform Party"]);
        assert_eq!(person.wikidata.as_deref(), Some("Q7"));
        let lines: Vec<usize> = imported.bad.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [4, 5]);
    }
}
