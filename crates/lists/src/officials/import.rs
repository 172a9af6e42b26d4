//! Persons out of other programs' files.

use std::fmt;

use jiff::civil::Date;
use model::Office;

use super::{ftm, popolo, simple_csv, wikidata};

/// A form that other programs write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// FollowTheMoney entities, a JSON object a line (`entities.ftm.json`).
    FollowTheMoney,
    /// OpenSanctions `targets.simple.csv`.
    SimpleCsv,
    /// Popolo JSON.
    Popolo,
    /// A Wikidata query's CSV with `item` and `itemLabel`.
    Wikidata,
}

impl Format {
    /// The form that `text` seems to have.
    pub fn guess(text: &str) -> Option<Self> {
        let head = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
        let line = head.lines().next().unwrap_or_default();
        if line.starts_with('{') {
            let is_entity = line.contains("\"schema\"") && line.contains("\"properties\"");
            return Some(if is_entity {
                Self::FollowTheMoney
            } else {
                Self::Popolo
            });
        }
        let columns: Vec<&str> = line
            .split(',')
            .map(|name| name.trim().trim_matches('"'))
            .collect();
        if columns.contains(&"itemLabel") {
            Some(Self::Wikidata)
        } else if columns.contains(&"schema") && columns.contains(&"aliases") {
            Some(Self::SimpleCsv)
        } else {
            None
        }
    }
}

/// A person as an import has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Line of the file where it starts, from 1.
    pub line: usize,
    /// The file's own id.
    pub source_id: String,
    /// The main name.
    pub name: String,
    /// Other names, each with the language that the file gives, if any.
    pub aliases: Vec<(Option<String>, String)>,
    /// Names that need evidence.
    pub weak_aliases: Vec<String>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: Option<String>,
    /// Posts.
    pub offices: Vec<Office>,
    /// Parties and other bodies.
    pub organisations: Vec<String>,
    /// Wikidata item.
    pub wikidata: Option<String>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the file, from 1.
    pub line: usize,
    /// Why not.
    pub message: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.message)
    }
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// In the order of the file.
    pub persons: Vec<Person>,
    /// In the order of the file.
    pub bad: Vec<BadRow>,
    /// Rows about companies, ships and the like, which nobody watches here.
    pub passed_over: usize,
}

impl Imported {
    pub(super) fn refuse(&mut self, line: usize, message: impl Into<String>) {
        self.bad.push(BadRow {
            line,
            message: message.into(),
        });
    }

    /// Takes `person`, or tells why it cannot be taken.
    pub(super) fn take(&mut self, mut person: Person) {
        person.name = person.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if person.name.is_empty() {
            return self.refuse(person.line, "a person without a name");
        }
        if person.name.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            let message = format!("the name `{}` is too short", person.name);
            return self.refuse(person.line, message);
        }
        if let Some(country) = &person.country {
            let country = country.to_uppercase();
            if country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase()) {
                let message = format!("`{country}` is no country code of two letters");
                return self.refuse(person.line, message);
            }
            person.country = Some(country);
        }
        let mut kept: Vec<(Option<String>, String)> = Vec::new();
        for (language, alias) in std::mem::take(&mut person.aliases) {
            let alias = alias.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_name = alias.chars().filter(|c| c.is_alphanumeric()).count() >= 2;
            if is_name && alias != person.name && !kept.iter().any(|(_, name)| *name == alias) {
                kept.push((language, alias));
            }
        }
        person.aliases = kept;
        person.organisations.retain(|name| !name.trim().is_empty());
        person.organisations.dedup();
        self.persons.push(person);
    }
}

/// Reads all of `text`.
pub fn read(format: Format, text: &str) -> Imported {
    let text = text.trim_start_matches('\u{feff}');
    match format {
        Format::FollowTheMoney => ftm::read(text),
        Format::SimpleCsv => simple_csv::read(text),
        Format::Popolo => popolo::read(text),
        Format::Wikidata => wikidata::read(text),
    }
}

/// A post without dates.
pub(super) fn office(title: &str) -> Office {
    Office {
        title: title.trim().to_owned(),
        from: None,
        to: None,
    }
}

/// A date, also one that gives only the year or the month.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    [
        text.to_owned(),
        format!("{text}-01"),
        format!("{text}-01-01"),
    ]
    .iter()
    .find_map(|text| text.parse().ok())
}

/// The Wikidata item in an id or address, such as `Q42`.
pub(super) fn wikidata_item(text: &str) -> Option<String> {
    let item = text.rsplit('/').next()?.trim();
    let digits = item.strip_prefix('Q')?;
    (!digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())).then(|| item.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_guessed_from_the_first_line() {
        for (text, format) in [
            (
                "{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{}}",
                Some(Format::FollowTheMoney),
            ),
            ("{\n \"persons\": []}", Some(Format::Popolo)),
            (
                "\"id\",\"schema\",\"name\",\"aliases\"\n",
                Some(Format::SimpleCsv),
            ),
            ("item,itemLabel,itemAltLabel\n", Some(Format::Wikidata)),
            ("name,age\n", None),
        ] {
            assert_eq!(Format::guess(text), format, "{text}");
        }
    }

    #[test]
    fn dates_may_lack_the_day() {
        assert_eq!(date("2013"), "2013-01-01".parse().ok());
        assert_eq!(date("2013-05"), "2013-05-01".parse().ok());
        assert_eq!(date("May"), None);
    }
}
