//! OpenSanctions `targets.simple.csv`: several values in a field are parted by `;`.

use super::{
    import::{Imported, Person, wikidata_item},
    table::{Table, line_of},
};

pub(super) fn read(text: &str) -> Imported {
    let mut imported = Imported::default();
    let Some(Table {
        mut reader,
        columns,
    }) = Table::open(text, &["id", "schema", "name"], &mut imported)
    else {
        return imported;
    };
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                imported.refuse(line_of(error.position()), format!("no row: {error}"));
                continue;
            }
        };
        let line = line_of(row.position());
        if row.len() != columns.len() {
            let message = format!(
                "{} fields where {} stand in the header",
                row.len(),
                columns.len()
            );
            imported.refuse(line, message);
            continue;
        }
        let field = |name: &str| {
            let place = columns.get(name);
            place.and_then(|place| row.get(*place)).unwrap_or_default()
        };
        if field("schema") != "Person" {
            imported.passed_over += 1;
            continue;
        }
        let several = |name: &str| -> Vec<String> {
            let values = field(name).split(';').map(str::trim);
            values
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
                .collect()
        };
        imported.take(Person {
            line,
            source_id: field("id").to_owned(),
            name: field("name").to_owned(),
            aliases: several("aliases")
                .into_iter()
                .map(|name| (None, name))
                .collect(),
            country: several("countries").into_iter().next(),
            wikidata: wikidata_item(field("id")).or_else(|| {
                several("identifiers")
                    .iter()
                    .find_map(|id| wikidata_item(id))
            }),
            ..Person::default()
        });
    }
    imported
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_bad_ones_named_by_line() {
        let text = "\"id\",\"schema\",\"name\",\"aliases\",\"countries\"\n\
            Q7,Person,Mara Venn,\"ម៉ារ៉ា វ៉េន;M. Venn\",fr\n\
            b,Vessel,Sea Star,,\n\
            c,Person,,,\n\
            d,Person,Ada Oru,,france\n\
            e,Person\n";
        let imported = read(text);
        assert_eq!(imported.persons.len(), 1);
        assert_eq!(imported.persons[0].wikidata.as_deref(), Some("Q7"));
        assert_eq!(imported.persons[0].aliases.len(), 2);
        assert_eq!(imported.passed_over, 1);
        let lines: Vec<usize> = imported.bad.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [4, 5, 6]);
    }
}
