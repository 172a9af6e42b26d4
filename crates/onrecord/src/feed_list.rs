//! Reads the list of feeds.

use std::{collections::HashSet, path::Path};

use lists::feeds::FeedEntry;
use model::Feed;

use crate::{
    exit::Failure,
    list_file::{ListFile, ListKind},
    source_file::{Mistake, Mistakes},
};

/// The list that comes with the program.
const STARTER: &str = include_str!("../../../config/feeds.toml");

/// What a feed looks like in the list.
pub(crate) const FORM: &str = "a feed is a [[feed]] table with `url` and, optional, `name`, `outlet`, `language`, `country`, `folder`, `interval`, `pages`, `robots`, `user_agent`";

const KIND: ListKind = ListKind {
    key: "feed",
    file: "list of feeds",
    form: FORM,
};

/// The feeds in the file at `path`.
///
/// # Errors
/// Where the file cannot be read, or else with all mistakes in it.
pub(crate) fn read(path: &Path) -> Result<Vec<Feed>, Failure> {
    feeds(ListFile::read(path, &KIND)?).map_err(Failure::from)
}

/// The feeds that come with the program.
pub(crate) fn starter() -> Result<Vec<Feed>, Failure> {
    let name = "built-in config/feeds.toml".to_owned();
    let list = ListFile::parse(name, STARTER.to_owned(), &KIND)?;
    feeds(list).map_err(Failure::from)
}

fn feeds(list: ListFile<FeedEntry>) -> Result<Vec<Feed>, Mistakes> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    let mut feeds = Vec::new();
    let mut urls = HashSet::new();
    for item in &list.items {
        let entry = &item.value;
        if !urls.insert(&entry.url) {
            mistakes.push(list.mistake(item, format!("the feed is listed twice: {}", entry.url)));
        }
        if let Some(country) = entry
            .country
            .as_ref()
            .filter(|country| !is_country(country))
        {
            let message = format!("`{country}` is no country code of two letters, such as `KH`");
            mistakes.push(list.mistake(item, message));
        }
        match entry.to_feed() {
            Ok(feed) => feeds.push(feed),
            Err(error) => mistakes.push(list.mistake(item, error.to_string())),
        }
    }
    list.finish(mistakes)?;
    Ok(feeds)
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<usize, usize>) {
        let list = ListFile::parse("feeds.toml".into(), text.into(), &KIND);
        let feeds = list.and_then(feeds);
        let counted = feeds
            .map(|feeds| feeds.len())
            .map_err(|mistakes| mistakes.0.len());
        assert_eq!(counted, expected, "{text}");
    }

    #[test]
    fn all_mistakes_are_found_at_once() {
        check(
            "[[feed]]\nurl = \"https://news.example/rss\"\ninterval = \"90s\"\n",
            Ok(1),
        );
        check(
            "[[feed]]\nurl = \"news.example\"\n[[feed]]\nlink = \"x\"\n",
            Err(2),
        );
        check(
            "[[feed]]\nurl = 3\n[[feed]]\nlink = \"x\"\n[[fed]]\n",
            Err(3),
        );
        check("", Ok(0));
    }

    #[test]
    fn the_list_that_comes_with_the_program_is_right() {
        assert!(starter().is_ok_and(|feeds| feeds.len() >= 20));
    }
}
