//! A plan written into a list, which keeps its comments and its order.

use std::collections::BTreeMap;

use model::{Office, Official};
use serde::Deserialize;
use thiserror::Error;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

use super::{
    entry::Entry,
    fault::{Severity, faults},
    plan::{Merge, Plan},
};

/// Why a plan cannot be written into a list.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// It is no TOML.
    #[error("the list is no TOML: {0}")]
    Toml(#[from] toml_edit::TomlError),
    /// `official` is something other than tables.
    #[error("`official` is no list of [[official]] tables")]
    NotTables,
    /// An official of the plan is not in the list.
    #[error("the list has no official `{0}`")]
    Gone(String),
    /// What would be written is no list.
    #[error("the result would be wrong: {0}")]
    Wrong(String),
}

/// `list` with all of `plan` in it.
///
/// # Errors
/// Where the list is none, or the result would not be one: then nothing is to be written.
pub fn apply(list: &str, plan: &Plan) -> Result<String, ApplyError> {
    let mut document: DocumentMut = list.parse()?;
    // What stands behind the last table goes on before the first new one.
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    if !plan.adds.is_empty() {
        document.set_trailing("");
    }
    let tables = document
        .entry("official")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or(ApplyError::NotTables)?;
    let places: BTreeMap<String, usize> = tables
        .iter()
        .enumerate()
        .filter_map(|(place, table)| Some((table.get("id")?.as_str()?.to_owned(), place)))
        .collect();
    for merge in &plan.merges {
        let id = merge.id.as_str();
        let table = places.get(id).and_then(|place| tables.get_mut(*place));
        write_merge(table.ok_or_else(|| ApplyError::Gone(id.to_owned()))?, merge);
    }
    for (place, official) in plan.adds.iter().enumerate() {
        let mut table = table_of(official);
        let space = if list.trim().is_empty() && place == 0 {
            ""
        } else {
            "\n"
        };
        let comment = if place == 0 { trailing.as_str() } else { "" };
        table.decor_mut().set_prefix(format!("{comment}{space}"));
        tables.push(table);
    }
    let text = document.to_string();
    look_over(&text)?;
    Ok(text)
}

/// The list as it will be read again.
fn look_over(text: &str) -> Result<(), ApplyError> {
    #[derive(Deserialize)]
    struct List {
        #[serde(default)]
        official: Vec<Entry>,
    }
    let list: List =
        toml_edit::de::from_str(text).map_err(|error| ApplyError::Wrong(error.to_string()))?;
    let wrong = faults(&list.official)
        .into_iter()
        .find(|fault| fault.severity == Severity::Error);
    wrong.map_or(Ok(()), |fault| Err(ApplyError::Wrong(fault.message)))
}

fn table_of(official: &Official) -> Table {
    let mut table = Table::new();
    table.insert("id", value(official.id.as_str()));
    table.insert("name", value(official.name.as_str()));
    let mut put = |key: &str, text: &Option<String>| {
        if let Some(text) = text {
            table.insert(key, value(text.as_str()));
        }
    };
    put("country", &official.country);
    put("wikidata", &official.wikidata);
    put("note", &official.note);
    if !official.offices.is_empty() {
        let offices: Array = official.offices.iter().map(written_office).collect();
        table.insert("offices", value(offices));
    }
    for (key, texts) in [
        ("organisations", &official.organisations),
        ("context", &official.context),
    ] {
        if !texts.is_empty() {
            table.insert(key, value(texts.iter().collect::<Array>()));
        }
    }
    if !official.aliases.is_empty() {
        let mut aliases = InlineTable::new();
        for (key, names) in &official.aliases {
            aliases.insert(key, names.iter().collect::<Array>().into());
        }
        table.insert("aliases", value(aliases));
    }
    if !official.weak_aliases.is_empty() {
        table.insert(
            "weak_aliases",
            value(official.weak_aliases.iter().collect::<Array>()),
        );
    }
    table
}

fn write_merge(table: &mut Table, merge: &Merge) {
    for (key, text) in [("country", &merge.country), ("wikidata", &merge.wikidata)] {
        if let Some(text) = text {
            table.insert(key, value(text.as_str()));
        }
    }
    for office in &merge.offices {
        match table.get_mut("offices") {
            Some(Item::ArrayOfTables(offices)) => offices.push(office_table(office)),
            _ => push(table, "offices", written_office(office)),
        }
    }
    for name in &merge.organisations {
        push(table, "organisations", name.as_str());
    }
    for name in &merge.weak_aliases {
        push(table, "weak_aliases", name.as_str());
    }
    if merge.aliases.is_empty() {
        return;
    }
    let aliases = table
        .entry("aliases")
        .or_insert_with(|| value(InlineTable::new()));
    if let Some(aliases) = aliases.as_table_like_mut() {
        for (key, name) in &merge.aliases {
            push(aliases, key, name.as_str());
        }
    }
}

fn push(table: &mut dyn TableLike, key: &str, new: impl Into<Value>) {
    let array = table.entry(key).or_insert_with(|| value(Array::new()));
    if let Some(array) = array.as_array_mut() {
        array.push(new);
    }
}

fn written_office(office: &Office) -> Value {
    office_table(office).into_inline_table().into()
}

fn office_table(office: &Office) -> Table {
    let mut table = Table::new();
    table.insert("title", value(office.title.as_str()));
    for (key, date) in [("from", office.from), ("to", office.to)] {
        let written = date.and_then(|date| date.to_string().parse::<toml_edit::Datetime>().ok());
        if let Some(written) = written {
            table.insert(key, value(written));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::officials::import::Person;

    const LIST: &str = "# Whom we watch.\n\n[[official]]\nid = \"venn\" # the mayor\nname = \"Mara Venn\"\n\
        aliases = { latin = [\"Mara Venn\"] }\n\n# Put new ones below.\n";

    fn officials(text: &str) -> Vec<Official> {
        #[derive(Deserialize)]
        struct List {
            official: Vec<Entry>,
        }
        let list: List = toml_edit::de::from_str(text).unwrap();
        list.official
            .into_iter()
            .map(Entry::into_official)
            .collect()
    }

    fn persons() -> [Person; 2] {
        let person = |line, name: &str, alias: &str| Person {
            line,
            name: name.into(),
            aliases: vec![(None, alias.into())],
            country: Some("FR".into()),
            offices: vec![Office {
                title: "Mayor".into(),
                from: "2020-05-01".parse().ok(),
                to: None,
            }],
            ..Person::default()
        };
        [
            person(1, "Mara Venn", "Мара Венн"),
            person(2, "Ada Oru", "ចាន់ ដារ៉ា"),
        ]
    }

    fn plan() -> Plan {
        Plan::new(&officials(LIST), &persons())
    }

    #[test]
    fn comments_and_order_survive_a_plan() {
        let written = apply(LIST, &plan()).unwrap();
        let expected = "# Whom we watch.\n\n[[official]]\nid = \"venn\" # the mayor\nname = \"Mara Venn\"\n\
            aliases = { latin = [\"Mara Venn\"] , cyrillic = [\"Мара Венн\"] }\n";
        let start: String = written.replace("\"] ,", "\"],");
        assert!(
            start.starts_with(&expected.replace("\"] ,", "\"],")),
            "{written}"
        );
        assert!(written.contains("from = 2020-05-01"), "{written}");
        assert!(
            written.contains("\n# Put new ones below.\n\n[[official]]\nid = \"ada-oru\""),
            "{written}"
        );
        let first = apply("# Mine.\n", &Plan::new(&[], &persons())).unwrap();
        assert!(
            first.starts_with("# Mine.\n\n[[official]]\nid = \"mara-venn\""),
            "{first}"
        );
    }

    #[test]
    fn applying_the_same_import_again_changes_nothing() {
        let written = apply(LIST, &plan()).unwrap();
        let again = Plan::new(&officials(&written), &persons());
        assert!(again.is_empty(), "{again:?}");
        assert_eq!(again.unchanged, 2);
        assert_eq!(apply(&written, &again).unwrap(), written);
    }
}
