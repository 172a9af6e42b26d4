//! Reads the watch-list of officials.

use std::{collections::BTreeSet, fs, io, path::Path};

use ::lists::officials::{Entry, Fault, Severity, faults};
use model::Official;

use crate::{
    config::Loaded,
    exit::{Exit, Failure},
    list_file::{ListFile, ListKind},
    lists,
    source_file::{Mistake, Mistakes},
    terminal,
};

/// The watch-list that comes with the program.
const STARTER: &str = include_str!("../../../config/officials.toml");

/// Doubtful names that are told one by one; more would hide what else is said at the start.
const DOUBTS_TOLD: usize = 20;

const KIND: ListKind = ListKind {
    key: "official",
    file: "watch-list of officials",
    form: "an official is a [[official]] table with `id`, `name` and `aliases`, as config/officials.toml shows",
};

/// A watch-list as it stands, to be changed.
pub(crate) struct Watchlist {
    /// What the file holds; none where there is no file yet.
    pub(crate) on_disk: Option<String>,
    /// The list that is in use: the file's, or the one that comes with the program.
    pub(crate) text: String,
    /// The officials in it.
    pub(crate) officials: Vec<Official>,
}

impl Watchlist {
    /// The list that the configuration names.
    ///
    /// # Errors
    /// All mistakes in it.
    pub(crate) fn open(loaded: &Loaded) -> Result<Self, Failure> {
        let path = &loaded.settings.officials;
        let on_disk = match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Failure::plain(
                    Exit::Config,
                    format_args!("{} cannot be read: {}: {error}", KIND.file, path.display()),
                    KIND.form,
                ));
            }
        };
        let officials = match &on_disk {
            Some(text) => parse(path.display().to_string(), text.clone())?,
            None => lists::officials(loaded)?,
        };
        Ok(Self {
            text: on_disk.clone().unwrap_or_else(|| STARTER.to_owned()),
            on_disk,
            officials,
        })
    }
}

/// The officials in the file at `path`.
///
/// # Errors
/// Where the file cannot be read, or else with all mistakes in it.
pub(crate) fn read(path: &Path) -> Result<Vec<Official>, Failure> {
    usable(ListFile::read(path, &KIND)?).map_err(Failure::from)
}

/// The officials in the file at `path`, where nothing at all is wrong or doubtful in it.
///
/// # Errors
/// All mistakes and doubts.
pub(crate) fn read_strictly(path: &Path) -> Result<Vec<Official>, Failure> {
    let list = ListFile::read(path, &KIND)?;
    let found = mistakes(&list).into_iter().map(|(_, mistake)| mistake);
    let found = found.collect();
    let entries = list.finish(found).map_err(Failure::from)?;
    Ok(entries.into_iter().map(Entry::into_official).collect())
}

/// The officials that come with the program.
pub(crate) fn starter() -> Result<Vec<Official>, Failure> {
    parse(
        "built-in config/officials.toml".to_owned(),
        STARTER.to_owned(),
    )
}

fn parse(name: String, text: String) -> Result<Vec<Official>, Failure> {
    let list = ListFile::parse(name, text, &KIND)?;
    usable(list).map_err(Failure::from)
}

/// The officials of a list without errors. A doubtful name is told, and counts as weak.
fn usable(list: ListFile<Entry>) -> Result<Vec<Official>, Mistakes> {
    let (doubts, errors): (Vec<_>, Vec<_>) = mistakes(&list)
        .into_iter()
        .partition(|(fault, _)| fault.severity == Severity::Doubt);
    let entries = list.finish(errors.into_iter().map(|(_, mistake)| mistake).collect())?;
    let mut weak = BTreeSet::new();
    for (at, (fault, _)) in doubts.iter().enumerate() {
        if at == DOUBTS_TOLD {
            terminal::tell(format_args!(
                "{} names more are doubtful: `onrecord officials check` lists them",
                doubts.len() - at
            ));
            break;
        }
        terminal::tell(format_args!(
            "{}; it counts only with evidence",
            fault.message
        ));
    }
    weak.extend(doubts.into_iter().filter_map(|(fault, _)| fault.name));
    Ok(entries
        .into_iter()
        .map(|entry| weakened(entry.into_official(), &weak))
        .collect())
}

fn weakened(mut official: Official, weak: &BTreeSet<String>) -> Official {
    let names = official.aliases.values().flatten().chain([&official.name]);
    let doubtful: BTreeSet<String> = names.filter(|name| weak.contains(*name)).cloned().collect();
    for name in doubtful {
        if !official.weak_aliases.contains(&name) {
            official.weak_aliases.push(name);
        }
    }
    official
}

fn mistakes(list: &ListFile<Entry>) -> Vec<(Fault, Mistake)> {
    let entries: Vec<Entry> = list.items.iter().map(|item| item.value.clone()).collect();
    let told = faults(&entries).into_iter().filter_map(|fault| {
        let item = list.items.get(fault.entry)?;
        let mistake = match &fault.name {
            Some(name) => list.mistake_at(item, name, fault.message.clone()),
            None => list.mistake(item, fault.message.clone()),
        };
        Some((fault, mistake))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<usize, usize>) {
        let list = ListFile::parse("officials.toml".into(), text.into(), &KIND);
        let officials = list.and_then(usable);
        let counted = officials
            .map(|officials| officials.len())
            .map_err(|mistakes| mistakes.0.len());
        assert_eq!(counted, expected, "{text}");
    }

    #[test]
    fn dates_of_offices_are_written_bare_or_as_text() {
        let official = |office: &str| {
            format!("[[official]]\nid = \"a\"\nname = \"Ada Oru\"\noffices = [{{ {office} }}]\n")
        };
        check(
            &official("title = \"Mayor\", from = 2024-05-01, to = \"2024-06-01\""),
            Ok(1),
        );
        check(
            &official("title = \"Mayor\", from = 2024-05-01, to = 2024-04-01"),
            Err(1),
        );
        check(&official("title = \"Mayor\", from = 3"), Err(1));
        check(&official("title = \"Mayor\", from = \"May\""), Err(1));
    }

    #[test]
    fn a_doubtful_name_is_weak() {
        let text =
            "[[official]]\nid = \"a\"\nname = \"Ada Oru\"\naliases = { latin = [\"May\"] }\n";
        let list = ListFile::parse("officials.toml".into(), text.into(), &KIND).unwrap();
        let officials = usable(list).unwrap();
        assert_eq!(officials[0].weak_aliases, ["May"]);
    }

    #[test]
    fn the_watch_list_that_comes_with_the_program_is_right() {
        let list = ListFile::parse("starter".into(), STARTER.into(), &KIND).unwrap();
        assert_eq!(mistakes(&list).len(), 0);
        assert!(starter().is_ok_and(|officials| officials.len() >= 20));
    }
}
