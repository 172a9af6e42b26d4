//! The house rules that a machine can check: floors, licences, and what the tree must not say.

mod floors;
mod licences;
mod markdown;
mod metadata;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder that holds the workspace.
fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("tests lie in the workspace")
        .to_owned()
}

/// The text files of the tree, with their paths from the root.
///
/// # Panics
/// Outside a git checkout: there is no telling then what belongs to the tree.
fn text_files() -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .expect("git starts");
    assert!(listed.status.success(), "the tree is no git checkout");
    let listed = String::from_utf8(listed.stdout).expect("paths are text");
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    let files = paths.filter_map(|path| {
        // Deleted in the checkout but not yet in the index, or not text: nothing to read.
        let text = fs::read_to_string(root().join(path)).ok()?;
        Some((path.to_owned(), text))
    });
    files.collect()
}

/// Fails with one line per mistake.
fn assert_none(mistakes: &[String]) {
    assert!(
        mistakes.is_empty(),
        "{} mistakes:\n{}",
        mistakes.len(),
        mistakes.join("\n")
    );
}
