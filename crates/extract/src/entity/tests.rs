//! Cases of entities, each a claim; people and bodies are made up.

use model::{Entity, EntityKind, Language};

use crate::Extractor;

fn entities(text: &str) -> Vec<Entity> {
    let language: Language = "en".parse().unwrap();
    Extractor::new(Vec::new()).extract(text, &language).entities
}

fn titles(text: &str) -> Vec<String> {
    entities(text)
        .into_iter()
        .filter(|entity| entity.kind == EntityKind::Person)
        .flat_map(|entity| entity.titles)
        .map(|title| title.text)
        .collect()
}

/// How many mentions the entity named `name` has, and what it is.
#[track_caller]
fn check(text: &str, name: &str, kind: EntityKind, mentions: usize) {
    let entities = entities(text);
    let found = entities.iter().find(|entity| entity.name == name);
    let found = found.map(|entity| (entity.kind, entity.mentions.len()));
    assert_eq!(found, Some((kind, mentions)), "{entities:?}");
}

#[test]
fn a_surname_means_the_person_named_in_full() {
    let text = "Prime Minister Sarah Whitfield spoke in London. “No,” Whitfield said.";
    check(text, "Sarah Whitfield", EntityKind::Person, 2);
}

#[test]
fn an_acronym_means_the_body_named_in_full() {
    let text = "The National Harvest Party won. The NHP leads, said NHP officials.";
    check(text, "National Harvest Party", EntityKind::Organization, 3);
}

#[test]
fn two_full_names_are_never_one_person() {
    let text = "Hun Sen met Hun Manet and Hun Many on Monday. Hun Sen left.";
    check(text, "Hun Sen", EntityKind::Person, 2);
    check(text, "Hun Manet", EntityKind::Person, 1);
    let text =
        "Kim Sok and Kem Sokha left for Phnom Penh on Monday. Kem Sokha said that Kim Sok slept.";
    check(text, "Kim Sok", EntityKind::Person, 2);
    check(text, "Kem Sokha", EntityKind::Person, 2);
}

#[test]
fn a_person_has_the_titles_that_stand_beside_the_name() {
    let text = "Government spokesman Peter Harlow spoke in Paris.";
    assert_eq!(titles(text), ["Government spokesman"]);
    let text = "With King Peter’s consent, Sarah Whitfield, a former finance minister who founded a \
                party, spoke in Paris.";
    assert_eq!(titles(text), ["King", "former finance minister"]);
    let text = "The party’s vice president, Peter Harlow — no relation to the general — spoke in \
                Paris. The governor, Sarah Whitfield, left.";
    assert_eq!(titles(text), ["vice president", "governor"]);
}

#[test]
fn a_name_ends_in_a_heading_where_it_ends_below() {
    let text = "Sarah Whitfield Compares Harbor Talks With Budget Talks\n\nSarah Whitfield compared the \
                talks on Monday.";
    check(text, "Sarah Whitfield", EntityKind::Person, 2);
}

#[test]
fn a_dateline_holds_places_and_an_agency() {
    let text = "VANG SAI, Laos (Harbor Wire) — The dam broke.";
    check(text, "VANG SAI", EntityKind::Place, 1);
    check(text, "Harbor Wire", EntityKind::Organization, 1);
}

#[test]
fn a_nickname_is_part_of_the_name() {
    let text = "Peter “the Hammer” Harlow left London. Then Harlow slept.";
    check(text, "Peter “the Hammer” Harlow", EntityKind::Person, 2);
}

#[test]
fn a_dateline_does_not_name_a_place() {
    let text = "The mayor of London spoke.\n\nLONDON — The bridge is shut.";
    check(text, "London", EntityKind::Place, 2);
}

#[test]
fn a_credit_is_no_mention() {
    let text = "The vote in London was close.\n\nReporting: Sarah Whitfield, Peter Harlow";
    assert!(
        entities(text)
            .iter()
            .all(|entity| entity.kind != EntityKind::Person)
    );
}
