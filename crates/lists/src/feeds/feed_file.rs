//! `feeds.toml`, edited in place: comments, order and spelling of what is not touched stay.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use super::{FeedEntry, entry::address_key};
use crate::{SaveError, save_text};

/// The key of the tables.
const KEY: &str = "feed";

/// A list of feeds that is being edited.
#[derive(Clone, Debug)]
pub struct FeedFile {
    path: PathBuf,
    /// The text as read; absent where there is no file yet.
    as_read: Option<String>,
    document: DocumentMut,
    known: HashSet<String>,
}

/// Why a list cannot be edited.
#[derive(Debug, Error)]
pub enum FeedFileError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Not TOML, or `feed` is no list of tables.
    #[error("{} is no list of feeds: {reason}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl FeedFile {
    /// Reads the list at `path`; an empty one where there is no file.
    ///
    /// # Errors
    /// Where the file cannot be read or is no list of feeds.
    pub fn open(path: &Path) -> Result<Self, FeedFileError> {
        let as_read = match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => {
                return Err(FeedFileError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        Self::parse(path, as_read)
    }

    fn parse(path: &Path, as_read: Option<String>) -> Result<Self, FeedFileError> {
        let form = |reason: String| FeedFileError::Form {
            path: path.to_owned(),
            reason,
        };
        let text = as_read.as_deref().unwrap_or_default();
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| form(error.to_string()))?;
        if let Some(item) = document.get(KEY)
            && !item.is_array_of_tables()
            && !item.is_array()
        {
            return Err(form("`feed` is no list of tables".to_owned()));
        }
        let mut file = Self {
            path: path.to_owned(),
            as_read,
            document,
            known: HashSet::new(),
        };
        file.known = file.urls().iter().map(|url| address_key(url)).collect();
        Ok(file)
    }

    /// Whether there is a file already.
    pub const fn exists(&self) -> bool {
        self.as_read.is_some()
    }

    /// The addresses in the list, in its order.
    pub fn urls(&self) -> Vec<String> {
        let url_of = |url: Option<&str>| url.map(str::to_owned);
        match self.document.get(KEY) {
            Some(Item::ArrayOfTables(tables)) => tables
                .iter()
                .filter_map(|table| url_of(table.get("url").and_then(Item::as_str)))
                .collect(),
            Some(Item::Value(Value::Array(array))) => array
                .iter()
                .filter_map(|entry| url_of(inline_url(entry)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the list has the address, in whichever spelling.
    pub fn has(&self, url: &str) -> bool {
        self.known.contains(&address_key(url))
    }

    /// Adds a feed at the end; `false` where the list has it already.
    pub fn add(&mut self, entry: &FeedEntry) -> bool {
        if !self.known.insert(address_key(&entry.url)) {
            return false;
        }
        match self.document.get_mut(KEY) {
            Some(Item::Value(Value::Array(array))) => push_inline(array, entry),
            Some(Item::ArrayOfTables(tables)) => tables.push(table_of(entry, "\n")),
            _ => {
                let mut tables = ArrayOfTables::new();
                // What stands in a file without feeds is its heading.
                let heading = self
                    .document
                    .trailing()
                    .as_str()
                    .unwrap_or_default()
                    .trim_end();
                let before = if heading.is_empty() {
                    String::new()
                } else {
                    format!("{heading}\n\n")
                };
                self.document.set_trailing("");
                tables.push(table_of(entry, &before));
                self.document.insert(KEY, Item::ArrayOfTables(tables));
            }
        }
        true
    }

    /// Removes the feed with this address, in whichever spelling, with the comment that stands
    /// right above it; `false` where the list has none.
    pub fn remove(&mut self, url: &str) -> bool {
        let key = address_key(url);
        if !self.known.remove(&key) {
            return false;
        }
        match self.document.get_mut(KEY) {
            Some(Item::ArrayOfTables(tables)) => {
                let left = remove_table(tables, &key);
                if let Some(comment) = left {
                    let old = self
                        .document
                        .trailing()
                        .as_str()
                        .unwrap_or_default()
                        .to_owned();
                    self.document.set_trailing(format!("{comment}{old}"));
                }
                if self.urls().is_empty() {
                    self.document.remove(KEY);
                }
            }
            Some(Item::Value(Value::Array(array))) => {
                array.retain(|entry| inline_url(entry).is_none_or(|url| address_key(url) != key));
            }
            _ => {}
        }
        true
    }

    /// The list as it would be written.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// Writes the list, in one step.
    ///
    /// # Errors
    /// Where it was changed meanwhile or cannot be written; the old list is then untouched.
    pub fn save(&self) -> Result<(), SaveError> {
        save_text(&self.path, self.as_read.as_deref(), &self.text())
    }
}

/// Removes a table; returns what comment of a wider scope stood above it and finds no table after
/// it to stand above.
fn remove_table(tables: &mut ArrayOfTables, key: &str) -> Option<String> {
    let is_it = |table: &Table| {
        let url = table.get("url").and_then(Item::as_str);
        url.is_some_and(|url| address_key(url) == key)
    };
    let at = tables.iter().position(is_it)?;
    let removed = tables.get(at)?;
    let above = removed.decor().prefix().and_then(|prefix| prefix.as_str());
    // A comment that a blank line parts from the table is about more than the table.
    let kept = above
        .and_then(|above| above.rfind("\n\n").and_then(|end| above.get(..=end)))
        .filter(|kept| !kept.trim().is_empty())
        .map(str::to_owned);
    tables.remove(at);
    let kept = kept?;
    let Some(next) = tables.get_mut(at) else {
        return Some(kept);
    };
    let own = next.decor().prefix().and_then(|prefix| prefix.as_str());
    let own = own.unwrap_or_default();
    let parted = if own.starts_with('\n') {
        format!("{kept}{own}")
    } else {
        format!("{kept}\n{own}")
    };
    next.decor_mut().set_prefix(parted);
    None
}

fn table_of(entry: &FeedEntry, before: &str) -> Table {
    let mut table = Table::new();
    for (key, text) in entry.fields() {
        table.insert(key, value(text));
    }
    table.decor_mut().set_prefix(before);
    table
}

fn push_inline(array: &mut Array, entry: &FeedEntry) {
    let mut table = InlineTable::new();
    for (key, text) in entry.fields() {
        table.insert(key, text.into());
    }
    // As the entry before it stands, most often on a line of its own.
    let before = array.iter().last().and_then(|last| {
        let prefix = last.decor().prefix()?.as_str()?;
        let (_, line) = prefix.rsplit_once('\n')?;
        Some(format!("\n{line}"))
    });
    let mut entry = Value::InlineTable(table);
    entry
        .decor_mut()
        .set_prefix(before.as_deref().unwrap_or(" "));
    array.push_formatted(entry);
}

fn inline_url(entry: &Value) -> Option<&str> {
    entry.as_inline_table()?.get("url")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# The feeds of the harbour desk.\n# Ask Ana before you change them.\n\n\
                        # Slow at night.\n[[feed]]\nurl   =   \"https://a.example/rss\" # main\n\n\
                        [[feed]]\n# inside\noutlet = 'B'\nurl = 'https://b.example/rss'\n\n\
                        # The islands.\n[[feed]]\nurl = \"https://c.example/rss\"\n# the end\n";

    fn file(text: &str) -> FeedFile {
        FeedFile::parse(Path::new("feeds.toml"), Some(text.to_owned())).unwrap()
    }

    fn entry(url: &str) -> FeedEntry {
        FeedEntry {
            name: Some("A \"good\" feed".into()),
            ..FeedEntry::from_url(url)
        }
    }

    #[test]
    fn adding_leaves_everything_else_as_it_is() {
        let mut list = file(LIST);
        assert!(!list.add(&entry("http://a.example/rss/")), "it is there");
        assert_eq!(list.text(), LIST);
        assert!(list.add(&entry("https://d.example/rss")));
        let text = list.text();
        let (before, added) = text.split_at(text.rfind("[[feed]]").unwrap());
        assert_eq!(
            added,
            "[[feed]]\nurl = \"https://d.example/rss\"\nname = 'A \"good\" feed'\n# the end\n"
        );
        assert_eq!(
            before.trim_end(),
            LIST.trim_end_matches("# the end\n").trim_end()
        );
        assert!(!list.add(&entry("https://d.example/rss")), "not twice");
    }

    #[test]
    fn removing_takes_a_feeds_own_comment_and_no_other() {
        let mut list = file(LIST);
        assert!(list.remove("https://a.example/rss"));
        assert!(list.text().starts_with(
            "# The feeds of the harbour desk.\n# Ask Ana before you change them.\n\n[[feed]]\n# inside"
        ));
        assert!(!list.text().contains("Slow at night"));
        assert!(list.remove("https://c.example/rss"));
        assert!(!list.text().contains("islands"));
        assert!(list.remove("https://b.example/rss"));
        assert!(!list.remove("https://b.example/rss"));
        assert!(list.text().contains("Ask Ana") && !list.text().contains("[[feed]]"));
        assert!(list.add(&entry("https://a.example/rss")));
        assert!(list.text().starts_with("# The feeds of the harbour desk."));
        assert_eq!(list.urls(), ["https://a.example/rss"]);
    }

    #[test]
    fn lists_of_inline_tables_are_edited_too() {
        let mut list = file("feed = [\n  # first\n  { url = \"https://a.example/rss\" },\n]\n");
        assert!(list.add(&FeedEntry::from_url("https://b.example/rss")));
        assert_eq!(
            list.text(),
            "feed = [\n  # first\n  { url = \"https://a.example/rss\" },\n  { url = \"https://b.example/rss\" },\n]\n"
        );
        assert!(list.remove("https://b.example/rss"));
        assert_eq!(list.urls(), ["https://a.example/rss"]);
    }

    #[test]
    fn a_new_list_begins_with_its_first_feed() {
        let mut list = FeedFile::parse(Path::new("feeds.toml"), None).unwrap();
        list.add(&FeedEntry::from_url("https://a.example/rss"));
        list.add(&FeedEntry::from_url("https://b.example/rss"));
        assert_eq!(
            list.text(),
            "[[feed]]\nurl = \"https://a.example/rss\"\n\n[[feed]]\nurl = \"https://b.example/rss\"\n"
        );
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let refused =
            |text: &str| FeedFile::parse(Path::new("feeds.toml"), Some(text.to_owned())).is_err();
        assert!(refused("feed = 3"));
        assert!(refused("[[feed"));
    }
}
