//! A Wikidata query's CSV: a row for each name of an item.
//!
//! Columns: `item` and `itemLabel`; optional `itemAltLabel` with `lang`, `positionLabel`,
//! `partyLabel`, `countryCode`, `start`, `end`.

use std::collections::HashMap;

use super::{
    import::{Imported, Person, date, office, wikidata_item},
    table::{Table, line_of},
};

pub(super) fn read(text: &str) -> Imported {
    let mut imported = Imported::default();
    let Some(Table {
        mut reader,
        columns,
    }) = Table::open(text, &["item", "itemLabel"], &mut imported)
    else {
        return imported;
    };
    let mut persons: Vec<Person> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                imported.refuse(line_of(error.position()), format!("no row: {error}"));
                continue;
            }
        };
        let line = line_of(row.position());
        let field = |name: &str| {
            let place = columns.get(name);
            place
                .and_then(|place| row.get(*place))
                .unwrap_or_default()
                .trim()
        };
        let Some(item) = wikidata_item(field("item")) else {
            imported.refuse(line, format!("`{}` is no Wikidata item", field("item")));
            continue;
        };
        let place = *places.entry(item.clone()).or_insert_with(|| {
            persons.push(Person {
                line,
                source_id: item.clone(),
                wikidata: Some(item.clone()),
                ..Person::default()
            });
            persons.len() - 1
        });
        let Some(person) = persons.get_mut(place) else {
            continue;
        };
        add_row(person, field, &item);
    }
    for person in persons {
        imported.take(person);
    }
    imported.bad.sort_by_key(|bad| bad.line);
    imported
}

fn add_row<'r>(person: &mut Person, field: impl Fn(&str) -> &'r str, item: &str) {
    let label = field("itemLabel");
    // Without a label in the language asked for, the query service writes the item's id.
    if person.name.is_empty() && label != item {
        label.clone_into(&mut person.name);
    }
    let language = Some(field("lang").to_owned()).filter(|tag| !tag.is_empty());
    person
        .aliases
        .push((language, field("itemAltLabel").to_owned()));
    let position = field("positionLabel");
    if !position.is_empty() && !person.offices.iter().any(|known| known.title == position) {
        let mut office = office(position);
        office.from = date(field("start"));
        office.to = date(field("end"));
        person.offices.push(office);
    }
    let party = field("partyLabel");
    if !party.is_empty() && !person.organisations.iter().any(|known| known == party) {
        person.organisations.push(party.to_owned());
    }
    let country = field("countryCode");
    if person.country.is_none() && !country.is_empty() {
        person.country = Some(country.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_item_are_one_person() {
        let text = "item,itemLabel,itemAltLabel,lang,positionLabel\n\
            http://www.wikidata.org/entity/Q7,Mara Venn,Mara Venn,,mayor\n\
            http://www.wikidata.org/entity/Q7,Mara Venn,ម៉ារ៉ា វ៉េន,km,mayor\n\
            http://www.wikidata.org/entity/Q8,Q8,,,\n\
            somewhere,Ada Oru,,,\n";
        let imported = read(text);
        assert_eq!(imported.persons.len(), 1);
        let person = &imported.persons[0];
        assert_eq!(
            person.aliases,
            [(Some("km".to_owned()), "ម៉ារ៉ា វ៉េន".to_owned())]
        );
        assert_eq!(person.offices.len(), 1);
        let lines: Vec<usize> = imported.bad.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [4, 5]);
    }
}
