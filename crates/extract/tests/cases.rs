//! Tests as documents: each file in `cases/` holds a text and what must be found in it.
//!
//! A case is prose, a `## Text` and a `## Quotes` with one row a quote:
//! `kind | speaker's name or - | content, spans parted by …`; or a `## Names` with one row an entity:
//! `person, body or place | its mentions, parted by ;`.

use std::{fs, path::Path};

use extract::Extractor;
use model::{Entity, EntityKind, Quote, QuoteKind};

/// The rows that a case expects, or that were found.
fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("cases/en")
        .join(name)
        .with_extension("md");
    let case = fs::read_to_string(&path).expect("the case file is in the repository");
    let (_, rest) = case.split_once("## Text\n").expect("a case has a text");
    let (text, expected, is_of_names) = rest
        .split_once("## Quotes\n")
        .map(|(text, quotes)| (text, quotes, false))
        .or_else(|| {
            let (text, names) = rest.split_once("## Names\n")?;
            Some((text, names, true))
        })
        .expect("a case has expected quotes or names");
    let text = text.trim();
    let language = "en".parse().expect("a language tag");
    let findings = Extractor::new(Vec::new()).extract(text, &language);
    let found: Vec<String> = if is_of_names {
        let entities = findings.entities.iter();
        entities.map(|entity| name_row(text, entity)).collect()
    } else {
        let quotes = findings.quotes.iter();
        quotes.map(|quote| row(text, quote)).collect()
    };
    let expected: Vec<&str> = expected.lines().filter(|line| line.contains('|')).collect();
    assert_eq!(found, expected, "in {}", path.display());
}

fn name_row(text: &str, entity: &Entity) -> String {
    let kind = match entity.kind {
        EntityKind::Person => "person",
        EntityKind::Organization => "body",
        EntityKind::Place => "place",
        EntityKind::Other => "other",
    };
    let mentions: Vec<&str> = entity
        .mentions
        .iter()
        .filter_map(|mention| mention.span.text(text))
        .collect();
    format!("{kind} | {}", mentions.join("; "))
}

fn row(text: &str, quote: &Quote) -> String {
    let kind = match quote.kind {
        QuoteKind::Direct => "direct",
        QuoteKind::Mixed => "mixed",
        QuoteKind::Indirect => "indirect",
    };
    let speaker = quote
        .speaker
        .as_ref()
        .map_or("-", |speaker| speaker.name.as_str());
    let content: Vec<&str> = quote
        .content
        .iter()
        .filter_map(|span| span.text(text))
        .collect();
    format!("{kind} | {speaker} | {}", content.join(" … "))
}

macro_rules! cases {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn every_case_file_is_a_test() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/en");
            let entries = fs::read_dir(folder).expect("the cases are in the repository");
            let mut files: Vec<String> = entries
                .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
                .collect();
            files.sort();
            let mut listed = vec![$(stringify!($name).to_owned()),*];
            listed.sort();
            assert_eq!(files, listed);
        }
    };
}

cases! {
    report_of_a_raid report_of_two_women called_on clause_around_cue new_on_scene occasion_before_cue what_came_of_it
    according_to age_aside attribution_at_the_end carried_on closing_inversion colon colon_behind_clause dash_after described fronted indirect_that
    interrupted inverted join_adjacent multi_paragraph name_in_quote nested_cue_is_content noun_cue
    participle phrase_head pronoun pronoun_gender question_then_name refusal relative_clause relative_subject
    said_when_where scare_quotes sentence_before shared_subject spoken_to stray_mark they title_speaker
    asked_and_declined bracketed_speaker other_minister told_addressee told_by_the_paper unanswered whose_phrase
    told_at_a_place titled_in_the_middle nobody_named as_somebody_put_it called_something closes_the_sentence where_they_work
    deeds_beside heard_through interview parted taken_up words_called
    bodies_by_setting bodies_called_and_owned bodies_of_fields honorifics other_letters particles rows_of_places short_names spelled_out spellings
    whose_head
    parts_of_reports bare_questions told_by_a_source behind_marks statement_saying asked_and_answered clause_that_opens nobody_said_it nouns_to_the_tagger quoted_as_saying reporter_misses
}
