//! Reads the watch-list of officials from its file.

use std::{fs, path::Path};

use model::Official;
use serde::Deserialize;

use crate::{
    exit::{Exit, Failure},
    source_file::{Mistake, display_name},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Watchlist {
    #[serde(default)]
    official: Vec<Official>,
}

/// The officials in the file at `path`.
///
/// # Errors
/// Where the file cannot be read or holds anything but well-formed officials.
pub(crate) fn read(path: &Path) -> Result<Vec<Official>, Failure> {
    let name = display_name(path);
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::plain(
            Exit::Config,
            format_args!("watch-list cannot be read: {name}: {error}"),
            "give the file with --officials FILE; config/officials.toml shows its form",
        )
    })?;
    let watchlist: Watchlist = toml::from_str(&text).map_err(|error| -> Failure {
        Mistake::new(
            &name,
            &text,
            format!("watch-list is wrong: {}", error.message()),
        )
        .at(error.span())
        .with_help("an official is a [[official]] table with `id`, `name` and `aliases`")
        .into()
    })?;
    Ok(watchlist.official)
}
