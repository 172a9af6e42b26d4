//! Finds every mistake of a layer, each with its place.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeArray, DeString, DeTable, DeValue, Deserializer, Error},
};

use crate::source_file::Mistake;

use super::layer::Layer;

/// Names further apart than this share of their length are no misspelling of each other.
const NEAR: f64 = 0.7;

/// Parses TOML.
///
/// # Errors
/// Every place where the text is not TOML.
pub(crate) fn parse_table<'a>(name: &str, text: &'a str) -> Result<DeTable<'a>, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table.into_inner());
    }
    let line = |error: &Error| {
        let before = text.get(..error.span().unwrap_or_default().start);
        before.map_or(0, |before| before.matches('\n').count())
    };
    let mut mistakes = Vec::new();
    let mut told = None;
    for error in errors {
        // What follows on the same line mostly follows from it.
        if told.replace(line(&error)) == Some(line(&error)) {
            continue;
        }
        let message = format!("not TOML: {}", error.message());
        mistakes.push(Mistake::new(name, text, message).at(error.span()));
    }
    Err(mistakes)
}

/// Every key of `layer` that does not fit `T` where `defaults` are right.
///
/// Each value is put into the defaults alone and decoded, so that one mistake hides no other.
pub(super) fn find<T: DeserializeOwned>(
    layer: &Layer,
    table: &DeTable<'_>,
    defaults: &DeTable<'_>,
) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    for leaf in leaves(table) {
        let mut trial = defaults.clone();
        put(&mut trial, &leaf.path, leaf.value.clone());
        let decoded = T::deserialize(Deserializer::from(Spanned::new(0..0, trial)));
        if let Err(error) = decoded {
            let mistake = mistake(layer, &leaf, &error);
            // One unknown table holds as many leaves as it may: it is told of once.
            if !mistakes.contains(&mistake) {
                mistakes.push(mistake);
            }
        }
    }
    mistakes
}

fn mistake(layer: &Layer, leaf: &Leaf<'_>, error: &Error) -> Mistake {
    // An error without a place of its own says 0..0, which is that of the trial.
    let place = error.span().filter(|span| span.end > 0);
    let place = place.unwrap_or_else(|| leaf.value.span());
    let message = format!("{}: {}", leaf.dotted_to(&place), gist(error.message()));
    Mistake::new(&layer.name, layer.text.as_str(), message)
        .at(Some(place))
        .with_help(advice(error.message()))
}

/// The message without the list of all names, where one of them is near.
pub(crate) fn gist(message: &str) -> &str {
    match message.split_once(", expected") {
        Some((gist, _)) if advice(message).is_some() => gist,
        Some(_) | None => message,
    }
}

/// What to do about a decoding error, by what it says.
pub(crate) fn advice(message: &str) -> Option<String> {
    let mut names = message.split('`').skip(1).step_by(2);
    let is_unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    if !is_unknown {
        return message.contains("duration").then(|| {
            "durations are written like \"30s\", \"5m\" or \"1h 30m\"; a day is \"24h\"".to_owned()
        });
    }
    let given = names.next()?;
    let near = names
        .map(|name| (strsim::normalized_damerau_levenshtein(given, name), name))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    near.map(|(_, name)| format!("did you mean `{name}`?"))
}

/// A value of a layer and the keys that lead to it.
struct Leaf<'a> {
    path: Vec<Spanned<DeString<'a>>>,
    value: Spanned<DeValue<'a>>,
}

impl Leaf<'_> {
    /// The keys, no further than the one that stands at `place`.
    fn dotted_to(&self, place: &Range<usize>) -> String {
        let mut keys = Vec::new();
        for key in &self.path {
            keys.push(key.get_ref().as_ref());
            if key.span() == *place {
                break;
            }
        }
        keys.join(".")
    }
}

/// Values that are no tables, elements of arrays of tables one by one, and empty tables.
fn leaves<'a>(table: &DeTable<'a>) -> Vec<Leaf<'a>> {
    let mut leaves = Vec::new();
    collect_leaves(table, &mut Vec::new(), &mut leaves);
    leaves
}

fn collect_leaves<'a>(
    table: &DeTable<'a>,
    path: &mut Vec<Spanned<DeString<'a>>>,
    leaves: &mut Vec<Leaf<'a>>,
) {
    for (key, value) in table {
        path.push(key.clone());
        match value.get_ref() {
            DeValue::Table(inner) if !inner.is_empty() => collect_leaves(inner, path, leaves),
            DeValue::Array(array) if array.iter().any(|item| item.get_ref().is_table()) => {
                for item in array {
                    let mut single = DeArray::new();
                    single.push(item.clone());
                    let value = Spanned::new(item.span(), DeValue::Array(single));
                    leaves.push(Leaf {
                        path: path.clone(),
                        value,
                    });
                }
            }
            _ => leaves.push(Leaf {
                path: path.clone(),
                value: value.clone(),
            }),
        }
        path.pop();
    }
}

/// Sets a value; tables on the way are made, and whatever else stands there gives way.
pub(super) fn put<'a>(
    table: &mut DeTable<'a>,
    path: &[Spanned<DeString<'a>>],
    value: Spanned<DeValue<'a>>,
) {
    let Some((key, rest)) = path.split_first() else {
        return;
    };
    // The key is taken out and put in anew: an equal key would keep the place of the default's.
    let old = table.remove_entry(key).map(|(_, old)| old);
    let value = if rest.is_empty() {
        value
    } else {
        let span: Range<usize> = value.span();
        let mut inner = match old.map(Spanned::into_inner) {
            Some(DeValue::Table(inner)) => inner,
            Some(_) | None => DeTable::new(),
        };
        put(&mut inner, rest, value);
        Spanned::new(span, DeValue::Table(inner))
    };
    table.insert(key.clone(), value);
}

/// Lays `upper` over `lower`: tables key by key, everything else whole.
pub(super) fn merge<'a>(lower: &mut DeTable<'a>, upper: &DeTable<'a>) {
    for (key, value) in upper {
        let old = lower.remove_entry(key).map(|(_, old)| old.into_inner());
        let merged = match (old, value.get_ref()) {
            (Some(DeValue::Table(mut inner)), DeValue::Table(over)) => {
                merge(&mut inner, over);
                Spanned::new(value.span(), DeValue::Table(inner))
            }
            (Some(_) | None, _) => value.clone(),
        };
        lower.insert(key.clone(), merged);
    }
}
