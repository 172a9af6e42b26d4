//! Cases of matching, each a claim; people and countries are made up.

use std::sync::LazyLock;

use model::{Language, Mention, MentionEvidence, Official, OfficialId};
use proptest::prelude::*;

use super::Matcher;

static MATCHER: LazyLock<Matcher> = LazyLock::new(|| {
    let official =
        |id: &str, name: &str, aliases: &[&str], weak: &[&str], country: &str| Official {
            id: OfficialId::new(id),
            name: name.into(),
            aliases: [(
                "und".to_owned(),
                aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            )]
            .into(),
            weak_aliases: weak.iter().map(|alias| (*alias).to_owned()).collect(),
            offices: Vec::new(),
            organisations: vec!["Reform Party".into()],
            country: Some(country.into()),
            context: Vec::new(),
            wikidata: None,
            note: None,
        };
    Matcher::new(vec![
        official(
            "venn",
            "Mara Venn",
            &["Мара Венин", "مارا فين", "마라 벤슨", "瑪拉賓"],
            &["Venn"],
            "FR",
        ),
        official("reyland", "Tomas Reyland", &[], &[], "DE"),
        official("dara", "Chan Dara", &["ចាន់ ដារ៉ា"], &["Chan"], "KH"),
    ])
});

/// The mentions as "id:words".
#[track_caller]
fn check(language: &str, text: &str, expected: &[&str]) -> Vec<Mention> {
    let language: Language = language.parse().unwrap();
    let mentions = MATCHER.find(text, &language);
    let found: Vec<String> = mentions
        .iter()
        .map(|m| format!("{}:{}", m.official.as_str(), m.span.text(text).unwrap()))
        .collect();
    assert_eq!(found, expected, "{text}");
    mentions
}

#[test]
fn full_names_are_found_between_word_boundaries() {
    check(
        "en",
        "Mara Venn’s plan; MARA VENN left.",
        &["venn:Mara Venn", "venn:MARA VENN"],
    );
    check("en", "Tamara Vennik and mara venning.", &[]);
    check("de", "Mara Venns Plan", &["venn:Mara Venns"]);
}

#[test]
fn names_are_found_in_every_script() {
    check(
        "ru",
        "встреча с Марой Вениной и Марой Вениным",
        &["venn:Марой Вениным"],
    );
    check("ar", "قال ومارا فين إن", &["venn:مارا فين"]);
    check("ko", "마라 벤슨은 말했다", &["venn:마라 벤슨"]);
    check("zh", "总统玛拉宾说", &["venn:玛拉宾"]);
    check("km", "លោកចាន់\u{200b}ដារ៉ានិយាយ", &["dara:ចាន់\u{200b}ដារ៉ា"]);
}

#[test]
fn a_weak_name_needs_evidence() {
    check("en", "Venn said nothing.", &[]);
    let found = check("en", "Venn, of the Reform Party, said so.", &["venn:Venn"]);
    assert!(
        matches!(&found[0].evidence[0], MentionEvidence::Context { word } if word == "reform party")
    );
    check(
        "en",
        "Mara Venn came. Venn spoke.",
        &["venn:Mara Venn", "venn:Venn"],
    );
}

#[test]
fn another_person_of_the_name_takes_it_away() {
    check(
        "en",
        "Oscar Venn of the Reform Party spoke. Venn left.",
        &[],
    );
    check("en", "In the Reform Party, on 30 Venn", &[]);
}

#[test]
fn a_cambodian_family_name_needs_the_full_name() {
    check("en", "Chan, of the Reform Party in Cambodia, spoke.", &[]);
    check(
        "en",
        "Chan Dara spoke. Chan left.",
        &["dara:Chan Dara", "dara:Chan"],
    );
}

#[test]
fn eponyms_are_told_apart() {
    let found = check("en", "They met at Mara Venn Park.", &["venn:Mara Venn"]);
    assert!(found[0].score < 0.5);
}

#[test]
fn a_gloss_in_another_script_is_the_same_person() {
    check(
        "ko",
        "마라벵송(Mara Venn) 대표",
        &["venn:마라벵송", "venn:Mara Venn"],
    );
}

#[test]
fn a_latin_name_is_known_by_its_sound_beside_a_title() {
    let heard = |language: &str, text: &str, name: &str| {
        let found = check(language, text, &[&format!("reyland:{name}")]);
        assert_eq!(found[0].evidence[0], MentionEvidence::Transcription);
        assert!(found[0].score < 0.9);
    };
    heard(
        "ru",
        "Канцлер Германии Томас Рейланд прибыл.",
        "Томас Рейланд",
    );
    heard("hi", "जर्मन चांसलर टोमस रेलैंड ने कहा", "टोमस रेलैंड");
    heard(
        "ko",
        "독일의 토마스 레일란드 총리는 말했다",
        "토마스 레일란드",
    );
    heard(
        "km",
        "នាយករដ្ឋមន្ត្រី អាល្លឺម៉ង់ លោក ថូម៉ាស រ៉េលែនដ៍ បាននិយាយ",
        "ថូម៉ាស រ៉េលែនដ៍",
    );
    heard("th", "นายกรัฐมนตรี โทมัส เรย์แลนด์ ของเยอรมนี", "โทมัส เรย์แลนด์");
}

#[test]
fn sound_alone_is_not_enough() {
    check("ru", "Томас Рейланд прибыл в Германию.", &[]);
    check("ru", "Канцлер Томас Рейлов прибыл в Германию.", &[]);
}

#[test]
fn a_numeral_is_no_name() {
    check("km", "មនុស្សរាប់ចាន់នាក់ Chan Dara", &["dara:Chan Dara"]);
}

#[test]
fn a_zawgyi_name_is_found_behind_a_final() {
    let official = Official {
        id: OfficialId::new("thant"),
        name: "Thant Zin".into(),
        aliases: [("my".to_owned(), vec!["သန့်ဇင်".to_owned()])].into(),
        weak_aliases: Vec::new(),
        offices: Vec::new(),
        organisations: Vec::new(),
        country: None,
        context: Vec::new(),
        wikidata: None,
        note: None,
    };
    let matcher = Matcher::new(vec![official]);
    let text = "ေျပာသည္သန္႔ဇင္ ေနသည္";
    let found = matcher.find(text, &"my".parse().unwrap());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].span.text(text), Some("သန္႔ဇင္"));
}

proptest! {
    #[test]
    fn any_text_gives_spans_in_bounds_and_twice_the_same(text in "\\PC{0,80}|[Mara Venn,.ចាន់ដារ៉ា벤슨はと]{0,60}") {
        let language = Language::undetermined();
        let mentions = MATCHER.find(&text, &language);
        for mention in &mentions {
            prop_assert!(mention.span.text(&text).is_some());
        }
        prop_assert_eq!(MATCHER.find(&text, &language), mentions);
    }
}

#[test]
fn a_month_and_a_namesake_behind_a_title_are_not_the_official() {
    check(
        "en",
        "French officials met in May. President Venn spoke.",
        &["venn:Venn"],
    );
    check("en", "Rep. Gwen Venn met French officials on Friday.", &[]);
    let may = Official {
        id: OfficialId::new("may"),
        name: "Ada May".into(),
        aliases: [("en".into(), vec!["Ada May".into()])].into(),
        weak_aliases: vec!["May".into()],
        offices: Vec::new(),
        organisations: vec!["Harbour Party".into()],
        country: None,
        context: Vec::new(),
        wikidata: None,
        note: None,
    };
    let matcher = Matcher::new(vec![may]);
    let found = |text: &str| matcher.find(text, &"en".parse().unwrap()).len();
    assert_eq!(found("The Harbour Party said that May would speak."), 1);
    assert_eq!(
        found("The Harbour Party said that it would meet in May."),
        0
    );
}
