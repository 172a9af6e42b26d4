//! Shows the configuration, with secrets masked.

use std::{collections::BTreeMap, fmt::Write};

use schemars::schema_for;
use toml::{Table, Value};

use super::{
    load::{Loaded, Origin},
    secrets::is_secret,
    settings::Settings,
};

/// Stands for a secret.
const MASK: &str = "********";

/// The JSON Schema of the configuration.
pub(crate) fn schema() -> String {
    let schema = schema_for!(Settings);
    serde_json::to_string_pretty(&schema).expect("a schema is plain data")
}

/// All values as TOML.
pub(crate) fn show(loaded: &Loaded) -> String {
    render(&masked_table(&loaded.settings), None)
}

/// All values as TOML, each with a comment that says where it comes from.
pub(crate) fn show_with_origin(loaded: &Loaded) -> String {
    render(&masked_table(&loaded.settings), Some(&loaded.origins))
}

/// All values, secrets masked.
fn masked_table(settings: &Settings) -> Table {
    let mut table = Table::try_from(settings).expect("settings are plain data");
    mask(&mut table);
    table
}

fn mask(table: &mut Table) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => mask(inner),
            Value::Array(items) => {
                items
                    .iter_mut()
                    .filter_map(Value::as_table_mut)
                    .for_each(mask);
            }
            _ if is_secret(key) => *value = Value::from(MASK),
            _ => {}
        }
    }
}

fn render(table: &Table, origins: Option<&BTreeMap<String, Origin>>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    section(&mut text, "", table, origins).unwrap_or_default();
    text
}

fn section(
    text: &mut String,
    path: &str,
    table: &Table,
    origins: Option<&BTreeMap<String, Origin>>,
) -> std::fmt::Result {
    let is_section = |value: &Value| value.as_table().is_some_and(|table| !table.is_empty());
    let values: Vec<_> = table
        .iter()
        .filter(|(_, value)| !is_section(value))
        .collect();
    if !path.is_empty() && !values.is_empty() {
        writeln!(text, "\n[{path}]")?;
    }
    for (key, value) in values {
        write!(text, "{} = {value}", bare(key))?;
        if let Some(origins) = origins {
            let key = joined(path, key);
            let origin = origins
                .get(&key)
                .map_or("default".to_owned(), Origin::describe);
            write!(text, "  # {origin}")?;
        }
        writeln!(text)?;
    }
    for (key, value) in table.iter().filter(|(_, value)| is_section(value)) {
        if let Value::Table(inner) = value {
            section(text, &joined(path, key), inner, origins)?;
        }
    }
    Ok(())
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn bare(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if key.chars().all(is_bare) {
        key.to_owned()
    } else {
        Value::from(key).to_string()
    }
}
