//! What is wrong with a list.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    entry::Entry,
    language_code,
    name::{folded, needs_evidence},
};

/// Something wrong with one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Position of the entry in the list.
    pub entry: usize,
    /// The name it is about, to point at, where it is about one.
    pub name: Option<String>,
    /// In words.
    pub message: String,
    /// Whether the list can be used all the same.
    pub severity: Severity,
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The list is refused.
    Error,
    /// `officials check` refuses; a pipeline runs on and takes the name for weak.
    Doubt,
}

/// All faults of a list, in its order.
pub fn faults(entries: &[Entry]) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut ids = HashSet::new();
    let mut owners: HashMap<String, usize> = HashMap::new();
    for (place, entry) in entries.iter().enumerate() {
        let mut report = Report {
            entry: place,
            found: &mut found,
        };
        if entry.id.as_str().trim().is_empty() {
            report.error(None, "an official has an empty `id`".to_owned());
        }
        if entry.name.trim().is_empty() {
            report.error(None, format!("`{}` has an empty `name`", entry.id));
        }
        if !ids.insert(&entry.id) {
            report.error(None, format!("the id `{}` is used twice", entry.id));
        }
        report.aliases(entry);
        report.shared(entry, entries, &mut owners);
        report.dates(entry);
    }
    found
}

struct Report<'f> {
    entry: usize,
    found: &'f mut Vec<Fault>,
}

impl Report<'_> {
    fn error(&mut self, name: Option<&str>, message: String) {
        self.push(name, message, Severity::Error);
    }

    fn doubt(&mut self, name: &str, message: String) {
        self.push(Some(name), message, Severity::Doubt);
    }

    fn push(&mut self, name: Option<&str>, message: String, severity: Severity) {
        self.found.push(Fault {
            entry: self.entry,
            name: name.map(str::to_owned),
            message,
            severity,
        });
    }

    fn aliases(&mut self, entry: &Entry) {
        let id = &entry.id;
        for (key, aliases) in &entry.aliases {
            if !language_code::is_known(key) {
                let message = format!("`{key}` in the aliases of `{id}` is no language tag");
                self.error(Some(key), message);
            }
            let mut seen = HashSet::new();
            for alias in aliases {
                let name = alias.name.trim();
                let letters = name.chars().filter(|c| c.is_alphanumeric());
                if letters.take(2).count() < 2 && !alias.weak {
                    self.error(
                        Some(&alias.name),
                        format!("the alias `{name}` of `{id}` is too short"),
                    );
                } else if !alias.weak && needs_evidence(name) && !is_weak(entry, name) {
                    let message = format!(
                        "the alias `{name}` of `{id}` is short or a common word: write \
                         {{ name = \"{name}\", weak = true }}"
                    );
                    self.doubt(&alias.name, message);
                }
                if !seen.insert(name) {
                    let message = format!("the alias `{name}` of `{id}` stands twice in `{key}`");
                    self.error(Some(&alias.name), message);
                }
            }
        }
        let mut seen = HashSet::new();
        for name in &entry.weak_aliases {
            let is_letter = name.trim().chars().count() < 2 && name.is_ascii();
            if is_letter {
                let message = format!("the alias `{name}` of `{id}` is too short");
                self.error(Some(name), message);
            }
            if !seen.insert(name.trim()) {
                let message =
                    format!("the alias `{name}` of `{id}` stands twice in `weak_aliases`");
                self.error(Some(name), message);
            }
        }
    }

    /// A full name that two officials share names neither.
    fn shared(&mut self, entry: &Entry, all: &[Entry], owners: &mut HashMap<String, usize>) {
        let full = entry.aliases.values().flatten().filter(|alias| !alias.weak);
        let names: BTreeMap<String, &str> = full
            .map(|alias| alias.name.as_str())
            .chain([entry.name.as_str()])
            .filter(|name| !is_weak(entry, name))
            .map(|name| (folded(name), name))
            .collect();
        for (folded, name) in names {
            match owners.get(&folded).and_then(|owner| all.get(*owner)) {
                Some(owner) if owner.id != entry.id => {
                    let message = format!(
                        "`{name}` names both `{}` and `{}`: make it weak, or give fuller names",
                        owner.id, entry.id
                    );
                    self.doubt(name, message);
                }
                Some(_) => {}
                None => {
                    owners.insert(folded, self.entry);
                }
            }
        }
    }

    fn dates(&mut self, entry: &Entry) {
        for office in &entry.offices {
            if let (Some(from), Some(to)) = (office.from, office.to)
                && to < from
            {
                let message = format!("`{}` ends as {} before it begins", entry.id, office.title);
                self.error(Some(&office.title), message);
            }
        }
    }
}

fn is_weak(entry: &Entry, name: &str) -> bool {
    entry.weak_aliases.iter().any(|weak| weak == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(list: &str, expected: &[(Severity, &str)]) {
        let document: List = toml_edit::de::from_str(list).unwrap();
        let found = faults(&document.official);
        let found: Vec<(Severity, &str)> = found
            .iter()
            .map(|fault| (fault.severity, fault.message.as_str()))
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((severity, message), (expected, part)) in found.iter().zip(expected) {
            assert_eq!(severity, expected, "{message}");
            assert!(message.contains(part), "{message}");
        }
    }

    #[derive(serde::Deserialize)]
    struct List {
        official: Vec<Entry>,
    }

    fn official(id: &str, more: &str) -> String {
        format!("[[official]]\nid = \"{id}\"\nname = \"Person {id}\"\n{more}\n")
    }

    #[test]
    fn one_letter_duplicate_and_unknown_codes_are_refused() {
        use Severity::Error;
        check(
            &official("a", "aliases = { latin = [\"X\"] }"),
            &[(Error, "too short")],
        );
        check(
            &official("a", "weak_aliases = [\"X\"]"),
            &[(Error, "too short")],
        );
        check(
            &official("a", "aliases = { km = [\"ចាន់ ដារ៉ា\", \"ចាន់ ដារ៉ា\"] }"),
            &[(Error, "twice")],
        );
        check(
            &official("a", "aliases = { xq = [\"Mara Venn\"] }"),
            &[(Error, "no language tag")],
        );
        check(
            &(official("a", "") + &official("a", "")),
            &[(Error, "id `a` is used twice")],
        );
    }

    #[test]
    fn a_short_or_common_alias_needs_its_mark() {
        use Severity::Doubt;
        check(
            &official("a", "aliases = { latin = [\"May\"] }"),
            &[(Doubt, "weak = true")],
        );
        check(
            &official("a", "aliases = { latin = [\"Kim\"] }"),
            &[(Doubt, "weak = true")],
        );
        check(
            &official(
                "a",
                "aliases = { latin = [{ name = \"May\", weak = true }] }",
            ),
            &[],
        );
        check(
            &official(
                "a",
                "aliases = { latin = [\"May\"] }\nweak_aliases = [\"May\"]",
            ),
            &[],
        );
    }

    #[test]
    fn a_full_name_of_two_officials_is_doubted() {
        let both = official("a", "aliases = { latin = [\"Mara Venn\"] }")
            + &official("b", "aliases = { en = [\"Mara  Venn\"] }");
        check(&both, &[(Severity::Doubt, "names both `a` and `b`")]);
    }
}
