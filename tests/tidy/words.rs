//! What the tree must not name: places of one machine, and hosts that only a registry client needs.

use super::{assert_none, text_files};

/// Each is cut in two, so that this file does not contain what it looks for.
const FORBIDDEN: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/home/", "runner"),
    ("work", "tree"),
    ("pypi", ".org"),
    ("files.python", "hosted"),
    ("repo1.ma", "ven"),
    ("repo.ma", "ven"),
    ("registry.npm", "js"),
    ("proxy.go", "lang"),
    ("deb.deb", "ian.org"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("anth", "ropic"),
    ("chat", "gpt"),
    ("co-autho", "red-by"),
    ("sub", "agent"),
];

/// Words of the language that hold one of them.
const INNOCENT: &[(&str, &str)] = &[("philanth", "ropic"), ("misanth", "ropic")];

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let mut mistakes = Vec::new();
    for (path, text) in text_files() {
        // Cargo writes its registry into the lock file.
        if path == "Cargo.lock" {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let mut line = line.to_lowercase();
            for (head, tail) in INNOCENT {
                line = line.replace(&format!("{head}{tail}"), "");
            }
            for (head, tail) in FORBIDDEN {
                if line.contains(&format!("{head}{tail}")) {
                    mistakes.push(format!("{path}:{}: names {head}{tail}", number + 1));
                }
            }
        }
    }
    assert_none(&mistakes);
}
