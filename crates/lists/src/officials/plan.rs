//! What an import would do to a list: adds, merges, conflicts.

use std::collections::{BTreeSet, HashMap};

use model::{Office, Official, OfficialId};

use super::{
    import::Person,
    language_code,
    name::{folded, id_of, key_of, mixes_scripts, needs_evidence},
};

/// What would be done, and what is left to people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// New officials, in the order of the import.
    pub adds: Vec<Official>,
    /// Officials of the list that gain something, in its order.
    pub merges: Vec<Merge>,
    /// What is left out because it needs somebody to decide, in the order of the import.
    pub conflicts: Vec<Conflict>,
    /// Persons that the list has already, as they are.
    pub unchanged: usize,
}

/// What an official of the list gains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Who.
    pub id: OfficialId,
    /// Full names, each with its language tag or script.
    pub aliases: Vec<(String, String)>,
    /// Names that need evidence.
    pub weak_aliases: Vec<String>,
    /// Posts.
    pub offices: Vec<Office>,
    /// Parties and other bodies.
    pub organisations: Vec<String>,
    /// Where the list had none.
    pub country: Option<String>,
    /// Where the list had none.
    pub wikidata: Option<String>,
}

/// What cannot be decided here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Line of the imported file.
    pub line: usize,
    /// Whom it is about.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Plan {
    /// Compares `persons` with the officials of a list.
    pub fn new(existing: &[Official], persons: &[Person]) -> Self {
        let mut planner = Planner::new(existing);
        let repeated = repeated(persons);
        for (place, person) in persons.iter().enumerate() {
            match repeated.get(&place).and_then(|first| persons.get(*first)) {
                Some(first) => planner.refuse(
                    person,
                    format!("the same name and country as in line {}", first.line),
                ),
                None => planner.place(person),
            }
        }
        planner.plan
    }

    /// Whether applying it would change nothing.
    pub fn is_empty(&self) -> bool {
        self.adds.is_empty() && self.merges.is_empty()
    }
}

impl Merge {
    fn new(id: &OfficialId) -> Self {
        Self {
            id: id.clone(),
            aliases: Vec::new(),
            weak_aliases: Vec::new(),
            offices: Vec::new(),
            organisations: Vec::new(),
            country: None,
            wikidata: None,
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::new(&self.id)
    }
}

/// Persons with the name and country of one before, and nothing else that ties or parts them.
fn repeated(persons: &[Person]) -> HashMap<usize, usize> {
    let mut firsts: HashMap<(String, Option<&str>), usize> = HashMap::new();
    let mut repeated = HashMap::new();
    for (place, person) in persons.iter().enumerate() {
        let key = (folded(&person.name), person.country.as_deref());
        match firsts.get(&key).copied() {
            Some(first) => {
                let is_same = persons.get(first).is_some_and(|first| {
                    first.wikidata.is_some() && first.wikidata == person.wikidata
                });
                if !is_same {
                    repeated.insert(place, first);
                }
            }
            None => {
                firsts.insert(key, place);
            }
        }
    }
    repeated
}

struct Planner<'l> {
    existing: &'l [Official],
    /// Officials by folded full name.
    by_name: HashMap<String, BTreeSet<usize>>,
    by_wikidata: HashMap<&'l str, usize>,
    by_id: HashMap<&'l str, usize>,
    ids: BTreeSet<String>,
    /// Who has each full name that this import adds.
    added_names: HashMap<String, String>,
    /// Wikidata items that this import adds.
    added_items: BTreeSet<String>,
    plan: Plan,
}

impl<'l> Planner<'l> {
    fn new(existing: &'l [Official]) -> Self {
        let mut by_name: HashMap<String, BTreeSet<usize>> = HashMap::new();
        for (place, official) in existing.iter().enumerate() {
            for name in full_names(official) {
                by_name.entry(folded(name)).or_default().insert(place);
            }
        }
        let items = existing.iter().zip(0..);
        Self {
            existing,
            by_name,
            by_wikidata: items
                .clone()
                .filter_map(|(official, place)| Some((official.wikidata.as_deref()?, place)))
                .collect(),
            by_id: items
                .map(|(official, place)| (official.id.as_str(), place))
                .collect(),
            ids: existing
                .iter()
                .map(|official| official.id.as_str().to_owned())
                .collect(),
            added_names: HashMap::new(),
            added_items: BTreeSet::new(),
            plan: Plan::default(),
        }
    }

    fn refuse(&mut self, person: &Person, reason: String) {
        self.plan.conflicts.push(Conflict {
            line: person.line,
            name: person.name.clone(),
            reason,
        });
    }

    /// Finds where `person` belongs.
    fn place(&mut self, person: &Person) {
        let by_item = person
            .wikidata
            .as_deref()
            .and_then(|item| self.by_wikidata.get(item).copied());
        let by_id = self.by_id.get(person.source_id.as_str()).copied();
        if let Some(place) = by_item.or(by_id) {
            return self.merge(place, person);
        }
        if person
            .wikidata
            .as_ref()
            .is_some_and(|item| self.added_items.contains(item))
        {
            return self.refuse(
                person,
                "the same Wikidata item as in a line before".to_owned(),
            );
        }
        let places: BTreeSet<usize> = names(person)
            .filter(|name| !needs_evidence(name))
            .filter_map(|name| self.by_name.get(&folded(name)))
            .flatten()
            .copied()
            .collect();
        let found: Vec<(usize, &Official)> = places
            .iter()
            .filter_map(|place| Some((*place, self.existing.get(*place)?)))
            .collect();
        match found.as_slice() {
            [] => self.add(person),
            [(place, official)] => match difference(official, person) {
                Some(reason) => self.refuse(person, reason),
                None => self.merge(*place, person),
            },
            [(_, one), (_, other), ..] => {
                let reason = format!("its names fit both `{}` and `{}`", one.id, other.id);
                self.refuse(person, reason);
            }
        }
    }

    fn add(&mut self, person: &Person) {
        let id = self.free_id(person);
        let mut official = Official {
            id: OfficialId::new(id.clone()),
            name: person.name.clone(),
            aliases: std::collections::BTreeMap::new(),
            weak_aliases: person.weak_aliases.clone(),
            offices: person.offices.clone(),
            organisations: person.organisations.clone(),
            country: person.country.clone(),
            context: Vec::new(),
            wikidata: person.wikidata.clone(),
            note: None,
        };
        if let Some(owner) = self.owner(&person.name) {
            return self.refuse(person, format!("`{}` already names `{owner}`", person.name));
        }
        if needs_evidence(&person.name) && !official.weak_aliases.contains(&person.name) {
            official.weak_aliases.push(person.name.clone());
        }
        for (language, alias) in &person.aliases {
            if mixes_scripts(alias) {
                self.refuse(person, mixed(alias));
            } else if needs_evidence(alias) {
                if !official.weak_aliases.contains(alias) {
                    official.weak_aliases.push(alias.clone());
                }
            } else if let Some(owner) = self.owner(alias) {
                self.refuse(
                    person,
                    format!("the alias `{alias}` already names `{owner}`: left out"),
                );
            } else {
                let key = key(language.as_deref(), alias);
                let names = official.aliases.entry(key).or_default();
                if !names.contains(alias) {
                    names.push(alias.clone());
                }
            }
        }
        for name in full_names(&official) {
            self.added_names.insert(folded(name), id.clone());
        }
        self.added_items.extend(person.wikidata.clone());
        self.ids.insert(id);
        self.plan.adds.push(official);
    }

    fn merge(&mut self, place: usize, person: &Person) {
        let Some(official) = self.existing.get(place) else {
            return;
        };
        if let Some(reason) = difference(official, person) {
            return self.refuse(person, reason);
        }
        let known: BTreeSet<String> = full_names(official)
            .chain(official.weak_aliases.iter().map(String::as_str))
            .map(folded)
            .collect();
        let mut merge = Merge::new(&official.id);
        let main = (None, person.name.clone());
        for (language, name) in std::iter::once(&main).chain(&person.aliases) {
            let is_known = known.contains(&folded(name))
                || merge
                    .aliases
                    .iter()
                    .any(|(_, new)| folded(new) == folded(name))
                || merge.weak_aliases.contains(name);
            if is_known {
                continue;
            }
            if mixes_scripts(name) {
                self.refuse(person, mixed(name));
            } else if needs_evidence(name) {
                merge.weak_aliases.push(name.clone());
            } else if let Some(owner) = self.owner(name) {
                self.refuse(
                    person,
                    format!("the alias `{name}` already names `{owner}`: left out"),
                );
            } else {
                merge
                    .aliases
                    .push((key(language.as_deref(), name), name.clone()));
            }
        }
        let is_new = |name: &&String| !known.contains(&folded(name));
        let weak = person.weak_aliases.iter().filter(is_new).cloned();
        merge.weak_aliases.extend(weak);
        let titles = |title: &str| official.offices.iter().any(|office| office.title == title);
        let offices = person.offices.iter();
        merge.offices = offices
            .filter(|office| !titles(&office.title))
            .cloned()
            .collect();
        let bodies = person.organisations.iter();
        merge.organisations = bodies
            .filter(|name| !official.organisations.contains(name))
            .cloned()
            .collect();
        if official.country.is_none() {
            merge.country.clone_from(&person.country);
        }
        if official.wikidata.is_none() {
            merge.wikidata.clone_from(&person.wikidata);
        }
        if merge.is_empty() {
            self.plan.unchanged += 1;
            return;
        }
        for (_, name) in &merge.aliases {
            self.added_names
                .insert(folded(name), official.id.to_string());
        }
        self.plan.merges.push(merge);
    }

    /// Who has the full name already.
    fn owner(&self, name: &str) -> Option<String> {
        let folded = folded(name);
        let listed = self.by_name.get(&folded).and_then(|places| places.first());
        let listed = listed.and_then(|place| self.existing.get(*place));
        listed
            .map(|official| official.id.to_string())
            .or_else(|| self.added_names.get(&folded).cloned())
    }

    fn free_id(&self, person: &Person) -> String {
        let id = id_of(&person.name);
        let country = person
            .country
            .iter()
            .map(|country| format!("{id}-{}", country.to_lowercase()));
        std::iter::once(id.clone())
            .chain(country)
            .chain((2..=self.ids.len() + 2).map(|count| format!("{id}-{count}")))
            .find(|id| !self.ids.contains(id))
            .unwrap_or(id)
    }
}

fn mixed(alias: &str) -> String {
    format!("the alias `{alias}` mixes scripts: left out")
}

/// What speaks against `person` being `official`.
fn difference(official: &Official, person: &Person) -> Option<String> {
    let differs = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => !one.eq_ignore_ascii_case(other),
        _ => false,
    };
    let of = |value: &Option<String>| value.clone().unwrap_or_default();
    if differs(&official.wikidata, &person.wikidata) {
        return Some(format!(
            "`{}` is {} and not {}",
            official.id,
            of(&official.wikidata),
            of(&person.wikidata)
        ));
    }
    differs(&official.country, &person.country).then(|| {
        format!(
            "`{}` of the same name is from {} and not from {}",
            official.id,
            of(&official.country),
            of(&person.country)
        )
    })
}

fn full_names(official: &Official) -> impl Iterator<Item = &str> {
    let aliases = official.aliases.values().flatten().map(String::as_str);
    aliases
        .chain([official.name.as_str()])
        .filter(|name| !official.weak_aliases.iter().any(|weak| weak == name))
}

fn names(person: &Person) -> impl Iterator<Item = &str> {
    let aliases = person.aliases.iter().map(|(_, name)| name.as_str());
    std::iter::once(person.name.as_str()).chain(aliases)
}

/// Where a name is filed: under the language that the import gives, else under its script's.
fn key(language: Option<&str>, name: &str) -> String {
    language
        .and_then(|tag| tag.parse::<model::Language>().ok())
        .map(|tag| tag.as_str().to_owned())
        .filter(|tag| language_code::is_known(tag))
        .unwrap_or_else(|| key_of(name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(line: usize, name: &str, aliases: &[&str], country: &str) -> Person {
        Person {
            line,
            source_id: format!("src-{line}"),
            name: name.into(),
            aliases: aliases.iter().map(|name| (None, (*name).into())).collect(),
            country: Some(country.into()).filter(|country: &String| !country.is_empty()),
            ..Person::default()
        }
    }

    fn list() -> Vec<Official> {
        Plan::new(&[], &[person(1, "Mara Venn", &["ម៉ារ៉ា វ៉េន"], "FR")]).adds
    }

    #[test]
    fn new_persons_are_added_with_weak_names_apart() {
        let plan = Plan::new(
            &list(),
            &[person(1, "Ada Oru", &["May", "アダ・オル"], "KH")],
        );
        assert_eq!(plan.adds.len(), 1);
        assert_eq!(plan.adds[0].id.as_str(), "ada-oru");
        assert_eq!(plan.adds[0].weak_aliases, ["May"]);
        assert_eq!(plan.adds[0].aliases["ja"], ["アダ・オル"]);
    }

    #[test]
    fn a_known_person_gains_names_once() {
        let mut list = list();
        let again = [person(1, "Mara Venn", &["Мара Венн"], "FR")];
        let plan = Plan::new(&list, &again);
        assert!(plan.adds.is_empty());
        let new = ("cyrillic".to_owned(), "Мара Венн".to_owned());
        assert_eq!(plan.merges[0].aliases, [new]);
        list[0]
            .aliases
            .insert("cyrillic".into(), vec!["Мара Венн".into()]);
        let plan = Plan::new(&list, &again);
        assert!(plan.is_empty());
        assert_eq!(plan.unchanged, 1);
    }

    #[test]
    fn what_cannot_be_told_is_left_to_people() {
        let reasons = |persons: &[Person]| -> Vec<String> {
            let plan = Plan::new(&list(), persons);
            plan.conflicts
                .into_iter()
                .map(|conflict| conflict.reason)
                .collect()
        };
        let foreign = reasons(&[person(1, "Mara Venn", &[], "KH")]);
        assert!(
            foreign[0].contains("from FR and not from KH"),
            "{foreign:?}"
        );
        let twice = reasons(&[
            person(3, "Ada Oru", &[], "KH"),
            person(4, "Ada Oru", &[], "KH"),
        ]);
        assert_eq!(twice, ["the same name and country as in line 3"]);
        let taken = reasons(&[
            person(1, "Ada Oru", &["Ada of Selin"], "KH"),
            person(2, "Ada Morrow", &["Ada of Selin"], "KH"),
        ]);
        assert_eq!(
            taken,
            ["the alias `Ada of Selin` already names `ada-oru`: left out"]
        );
        let mixed = reasons(&[person(1, "Ada Oru", &["ចាន់ ដាra"], "KH")]);
        assert_eq!(mixed, ["the alias `ចាន់ ដាra` mixes scripts: left out"]);
    }
}
