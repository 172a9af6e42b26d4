//! A file that is a list of tables: the feeds, the officials.

use std::{fs, ops::Range, path::Path, sync::Arc};

use serde::{Deserialize, de::DeserializeOwned};
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use crate::{
    config::{advice, gist, parse_table},
    exit::{Exit, Failure},
    source_file::{Mistake, Mistakes},
};

/// A list out of a file, each item with its place there.
pub(crate) struct ListFile<T> {
    name: String,
    text: Arc<str>,
    /// The items that could be read, in the order of the file.
    pub(crate) items: Vec<Item<T>>,
    /// What could not.
    mistakes: Vec<Mistake>,
}

/// An item and where its table stands.
pub(crate) struct Item<T> {
    /// The item.
    pub(crate) value: T,
    place: Range<usize>,
}

/// What an item is called in messages, and what to write.
pub(crate) struct ListKind {
    /// The key of the tables: `feed` for `[[feed]]`.
    pub(crate) key: &'static str,
    /// "list of feeds".
    pub(crate) file: &'static str,
    /// What an item looks like.
    pub(crate) form: &'static str,
}

impl<T: DeserializeOwned> ListFile<T> {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// Where it cannot be read or is no TOML.
    pub(crate) fn read(path: &Path, kind: &ListKind) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::plain(
                Exit::Config,
                format_args!("{} cannot be read: {name}: {error}", kind.file),
                kind.form,
            )
        })?;
        Self::parse(name, text, kind).map_err(Failure::from)
    }

    /// Reads the items out of `text`.
    ///
    /// # Errors
    /// Where it is no TOML.
    pub(crate) fn parse(name: String, text: String, kind: &ListKind) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let mut items = Vec::new();
        let text: Arc<str> = text.into();
        let tables = parse_table(&name, &text).map_err(Mistakes)?;
        for (key, value) in tables {
            let DeValue::Array(array) = value.get_ref() else {
                mistakes.push(stranger(&name, &text, kind, &key.span()));
                continue;
            };
            if key.get_ref() != kind.key {
                mistakes.push(stranger(&name, &text, kind, &key.span()));
                continue;
            }
            for element in array {
                let place = element.span();
                match decode(element) {
                    Ok(value) => items.push(Item { value, place }),
                    Err(error) => {
                        let place = error.span().filter(|span| span.end > 0).unwrap_or(place);
                        let help = advice(error.message());
                        mistakes.push(
                            Mistake::new(&name, Arc::clone(&text), gist(error.message()))
                                .at(Some(place))
                                .with_help(help.or_else(|| Some(kind.form.to_owned()))),
                        );
                    }
                }
            }
        }
        Ok(Self {
            name,
            text,
            items,
            mistakes,
        })
    }

    /// The items, where neither reading them nor looking at them closer found a mistake.
    ///
    /// # Errors
    /// All mistakes, those found by reading first.
    pub(crate) fn finish(mut self, found: Vec<Mistake>) -> Result<Vec<T>, Mistakes> {
        self.mistakes.extend(found);
        if self.mistakes.is_empty() {
            Ok(self.items.into_iter().map(|item| item.value).collect())
        } else {
            Err(Mistakes(self.mistakes))
        }
    }

    /// A mistake in an item that was well-formed.
    pub(crate) fn mistake(&self, item: &Item<T>, message: impl Into<String>) -> Mistake {
        Mistake::new(&self.name, Arc::clone(&self.text), message).at(Some(item.place.clone()))
    }

    /// The same, pointing at `words` in quotation marks where they stand in the item.
    pub(crate) fn mistake_at(
        &self,
        item: &Item<T>,
        words: &str,
        message: impl Into<String>,
    ) -> Mistake {
        let table = self.text.get(item.place.start..).unwrap_or_default();
        // An item's place is its header; its keys go on to the next one.
        let end = table
            .match_indices("\n[[")
            .map(|(at, _)| at)
            .find(|at| *at > 0)
            .unwrap_or(table.len());
        let quoted = format!("\"{words}\"");
        let table = table.get(..end).unwrap_or_default();
        let found = table.find(&quoted).map(|at| at..at + quoted.len());
        let found = found.or_else(|| table.find(words).map(|at| at..at + words.len()));
        let place = found.map(|found| item.place.start + found.start..item.place.start + found.end);
        Mistake::new(&self.name, Arc::clone(&self.text), message)
            .at(Some(place.unwrap_or_else(|| item.place.clone())))
    }
}

fn stranger(name: &str, text: &Arc<str>, kind: &ListKind, place: &Range<usize>) -> Mistake {
    let message = format!("only [[{}]] tables stand in a {}", kind.key, kind.file);
    Mistake::new(name, Arc::clone(text), message)
        .at(Some(place.clone()))
        .with_help(kind.form.to_owned())
}

fn decode<T: DeserializeOwned>(element: &Spanned<DeValue<'_>>) -> Result<T, toml::de::Error> {
    #[derive(Deserialize)]
    struct Holder<T> {
        item: T,
    }
    let mut holder = DeTable::new();
    holder.insert(Spanned::new(0..0, "item".into()), element.clone());
    let deserializer = Deserializer::from(Spanned::new(0..0, holder));
    Holder::deserialize(deserializer).map(|holder| holder.item)
}
