//! Reads the watch-list of officials.

use std::{collections::HashSet, path::Path};

use model::{Language, Official};

use crate::{
    exit::Failure,
    list_file::{ListFile, ListKind},
    source_file::{Mistake, Mistakes},
};

/// The watch-list that comes with the program.
const STARTER: &str = include_str!("../../../config/officials.toml");

const KIND: ListKind = ListKind {
    key: "official",
    file: "watch-list of officials",
    form: "an official is a [[official]] table with `id`, `name` and `aliases`, as config/officials.toml shows",
};

/// Keys of aliases that are scripts and not languages.
const SCRIPTS: [&str; 4] = ["latin", "cyrillic", "arabic", "han"];

/// The officials in the file at `path`.
///
/// # Errors
/// Where the file cannot be read, or else with all mistakes in it.
pub(crate) fn read(path: &Path) -> Result<Vec<Official>, Failure> {
    officials(ListFile::read(path, &KIND)?).map_err(Failure::from)
}

/// The officials that come with the program.
pub(crate) fn starter() -> Result<Vec<Official>, Failure> {
    let name = "built-in config/officials.toml".to_owned();
    let list = ListFile::parse(name, STARTER.to_owned(), &KIND)?;
    officials(list).map_err(Failure::from)
}

fn officials(list: ListFile<Official>) -> Result<Vec<Official>, Mistakes> {
    let found = mistakes(&list);
    list.finish(found)
}

fn mistakes(list: &ListFile<Official>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut ids = HashSet::new();
    for item in &list.items {
        let official = &item.value;
        let mut say = |message: String| mistakes.push(list.mistake(item, message));
        if official.id.as_str().trim().is_empty() {
            say("an official has an empty `id`".to_owned());
        }
        if !ids.insert(&official.id) {
            say(format!("the id `{}` is used twice", official.id));
        }
        for (key, aliases) in &official.aliases {
            if !SCRIPTS.contains(&key.as_str()) && key.parse::<Language>().is_err() {
                say(format!(
                    "`{key}` in the aliases of `{}` is no language tag",
                    official.id
                ));
            }
            // One letter would fire on every line; one Han character is a surname.
            for alias in aliases
                .iter()
                .filter(|alias| alias.trim().chars().count() < 2)
            {
                say(format!(
                    "the alias `{alias}` of `{}` is too short",
                    official.id
                ));
            }
        }
        for office in &official.offices {
            if let (Some(from), Some(to)) = (office.from, office.to)
                && to < from
            {
                say(format!(
                    "`{}` ends as {} before it begins",
                    official.id, office.title
                ));
            }
        }
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<usize, usize>) {
        let list = ListFile::parse("officials.toml".into(), text.into(), &KIND);
        let officials = list.and_then(officials);
        let counted = officials
            .map(|officials| officials.len())
            .map_err(|mistakes| mistakes.0.len());
        assert_eq!(counted, expected, "{text}");
    }

    #[test]
    fn dates_of_offices_are_written_bare_or_as_text() {
        let official = |office: &str| {
            format!("[[official]]\nid = \"a\"\nname = \"A\"\noffices = [{{ {office} }}]\n")
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
    fn the_watch_list_that_comes_with_the_program_is_right() {
        assert!(starter().is_ok_and(|officials| officials.len() >= 20));
    }
}
