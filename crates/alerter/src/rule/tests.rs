use model::{Alert, AlertTrigger, Origin, Severity};

use super::*;
use crate::fixture::{alerts, enriched, rule, watchlist};

/// Whom the rule alerts on in the fixture's article, by id.
#[track_caller]
fn check(when: &str, expected: &[&str]) -> Vec<Alert> {
    let rule = rule("port", when, Severity::Info);
    let alerts = alerts(&[rule], enriched(Origin::Live));
    let found: Vec<String> = alerts
        .iter()
        .map(|alert| {
            alert
                .official
                .as_ref()
                .map_or("-".into(), ToString::to_string)
        })
        .collect();
    assert_eq!(found, expected, "{when}");
    alerts
}

#[track_caller]
fn refused(when: &str, place: &str, message: &str, help: &str) {
    let error = parse::parse(when)
        .and_then(|parsed| compile::compile(&parsed, &watchlist(), &mut Vec::new()))
        .unwrap_err();
    assert_eq!(when.get(error.place.clone()).unwrap(), place, "{error:?}");
    assert!(error.message.contains(message), "{error:?}");
    assert!(
        error.help.clone().unwrap_or_default().contains(help),
        "{error:?}"
    );
}

#[track_caller]
fn warns(when: &str, expected: &str) {
    let rule = rule("port", when, Severity::Info);
    let said: Vec<&str> = rule.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(said.join("; "), expected, "{when}");
}

#[test]
fn speaker_about_and_mentions_are_told_apart() {
    let speaks = check("speaker:\"Mara Venn\"", &["mara-venn"]);
    assert_eq!(speaks[0].trigger, AlertTrigger::Speaks);
    assert_eq!(speaks[0].quotes.len(), 2);
    check("speaker:idris-kell", &[]);
    let about = check("about:\"idris kell\"", &["idris-kell"]);
    assert_eq!(about[0].trigger, AlertTrigger::About);
    assert_eq!(about[0].quotes[0].speaker.as_deref(), Some("Mara Venn"));
    check("about:mara-venn", &[]);
    check(
        "mentions:[mara-venn, idris-kell]",
        &["idris-kell", "mara-venn"],
    );
    check("mentions:any", &["idris-kell", "mara-venn"]);
}

#[test]
fn officials_go_by_any_alias() {
    check("speaker:\"ម៉ារ៉ា វែន\"", &["mara-venn"]);
    check("speaker:\u{201c}mara t. venn\u{201d}", &["mara-venn"]);
    check("speaker:venn", &["mara-venn"]);
}

#[test]
fn one_quote_must_meet_all_that_is_asked_of_quotes() {
    check("speaker:any and kind:direct", &["mara-venn"]);
    check("about:any and kind:direct", &[]);
    check(
        "about:any and kind:indirect and cue:promise",
        &["idris-kell"],
    );
    check(
        "speaker:mara-venn and about:idris-kell",
        &["idris-kell", "mara-venn"],
    );
}

#[test]
fn not_means_that_no_quote_of_the_article_does_it() {
    check("mentions:mara-venn and not speaker:mara-venn", &[]);
    check(
        "mentions:idris-kell and not speaker:idris-kell",
        &["idris-kell"],
    );
    check("speaker:any and not kind:direct", &["mara-venn"]);
    check("speaker:any and not outlet:\"harbour post\"", &[]);
}

#[test]
fn office_country_and_organisation_are_the_officials_own() {
    check("mentions:any and country:vm", &["mara-venn"]);
    check("mentions:any and office:minister", &["mara-venn"]);
    check("mentions:any and office:\"prime minister\"", &[]);
    check(
        "mentions:any and organisation:\"tide alliance\"",
        &["mara-venn"],
    );
    check(
        "mentions:any and feed-country:VM",
        &["idris-kell", "mara-venn"],
    );
    check("mentions:idris-kell and country:VM", &[]);
}

#[test]
fn text_language_outlet_and_confidence_narrow() {
    check("speaker:any and \"REBUILD the  port\"", &["mara-venn"]);
    check("speaker:any and said:\"would pay\"", &["mara-venn"]);
    check(
        "speaker:any and title:rebuilt and language:en",
        &["mara-venn"],
    );
    check("speaker:any and language:(km, lo)", &[]);
    let sure = check("speaker:any and confidence >= 0.8", &["mara-venn"]);
    assert_eq!(sure[0].quotes.len(), 1);
    check("mentions:any and confidence > 0.85", &["mara-venn"]);
    check("speaker:any and (kind:mixed or not language:en)", &[]);
}

#[test]
fn a_rule_without_officials_is_about_the_article() {
    let found = check("kind:direct and \"port\"", &["-"]);
    assert_eq!(found[0].trigger, AlertTrigger::Article);
    check("\"airport\"", &[]);
}

#[test]
fn an_alert_says_why_it_was_raised() {
    let found = check(
        "speaker:venn and kind:direct and not outlet:x",
        &["mara-venn"],
    );
    assert_eq!(found[0].clauses, ["speaker:venn", "kind:direct"]);
    assert_eq!(found[0].mentioned_as, ["Mara Venn"]);
    assert_eq!(found[0].evidence[0].alias, "Mara Venn");
}

#[test]
fn mistakes_are_told_with_their_place_and_the_nearest_word() {
    refused(
        "speaker:\"Mara Vem\"",
        "\"Mara Vem\"",
        "nobody",
        "\"Mara Venn\"",
    );
    refused("speker:any", "speker", "no such field", "speaker");
    refused("kind:dirct", "dirct", "no such kind", "direct");
    refused("speaker:any kind:direct", "kind", "`and` or `or`", "");
    refused("speaker:any and port", "port", "bare word", "\"port\"");
    refused("speaker:any and", "and", "ends where", "");
    refused("(speaker:any", "any", "not closed", "");
    refused("speaker:any)", ")", "nothing was opened", "");
    refused("\"port", "\"port", "not closed", "");
    refused("language:english", "english", "language tag", "km");
    refused("country:Velmora", "Velmora", "country code", "KH");
    refused("confidence >= 2", "2", "from 0 to 1", "");
    refused("", "", "empty", "speaker:any");
}

#[test]
fn a_mistake_is_drawn_with_a_caret() {
    let when = "kind:direct and speaker:\"Mara Vem\"";
    let config = RuleConfig {
        name: "x".into(),
        when: when.into(),
        severity: Severity::Info,
        targets: Vec::new(),
    };
    let error = Rule::compile(config, &watchlist()).unwrap_err();
    assert_eq!(
        error.drawn(when),
        "kind:direct and speaker:\"Mara Vem\"\n                        ^^^^^^^^^^ nobody on the \
         watch-list is called Mara Vem; did you mean \"Mara Venn\"?"
    );
}

#[test]
fn rules_that_match_everything_or_nothing_warn() {
    warns("not outlet:x", "this rule matches everything");
    warns("confidence >= 0", "this rule matches everything");
    warns(
        "speaker:any or not speaker:any",
        "this rule matches everything",
    );
    warns("kind:direct and kind:indirect", "this rule can never match");
    warns(
        "speaker:any and not speaker:any",
        "this rule can never match",
    );
    warns(
        "speaker:any and country:zz",
        "no official on the watch-list is of ZZ",
    );
    warns("speaker:any and kind:[direct, mixed]", "");
}

#[test]
fn no_text_makes_the_parser_panic() {
    let pieces = [
        "speaker",
        ":",
        "any",
        "(",
        ")",
        "not",
        "and",
        "\"",
        "é",
        "[",
        ",",
        "confidence",
        ">=",
    ];
    let mut seed = 7_u64;
    for _ in 0..5_000 {
        let mut text = String::new();
        for _ in 0..8 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(seed >> 33).unwrap() % pieces.len();
            text.push_str(pieces[at]);
            text.push(' ');
        }
        // Whether it is a rule does not matter here; that places lie in the text does.
        if let Err(error) = parse::parse(&text) {
            assert!(text.get(error.place.clone()).is_some(), "{text}: {error:?}");
        }
    }
    assert!(parse::parse(&"(".repeat(10_000)).is_err());
    assert!(parse::parse(&"not ".repeat(10_000)).is_err());
}
