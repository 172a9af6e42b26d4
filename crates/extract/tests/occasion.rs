//! How, when and to whom something was said, and whom it is about; people and bodies are made up.

use extract::Extractor;
use model::{Extraction, MentionForm, Span};

fn extract(text: &str) -> Extraction {
    Extractor::new(Vec::new()).extract(text, &"en".parse().expect("a language tag"))
}

#[track_caller]
fn check(text: &str, [medium, date, addressee]: [Option<&str>; 3], translated: bool) {
    let findings = extract(text);
    let quote = findings.quotes.first().expect("a quote is found");
    let words = |span: Option<Span>| span.and_then(|span| span.text(text));
    assert_eq!(
        [
            words(quote.medium),
            words(quote.date),
            words(quote.addressee)
        ],
        [medium, date, addressee]
    );
    assert_eq!(quote.translated, translated);
}

#[test]
fn a_statement_and_its_day_are_told() {
    check(
        "“We will not ask the villages for money,” Tomas Reyl said in a statement on Tuesday.",
        [Some("in a statement"), Some("on Tuesday"), None],
        false,
    );
}

#[test]
fn an_interpreter_makes_it_a_translation() {
    check(
        "“They have paid enough,” Ada Morrow told Radio Harbour through an interpreter.",
        [None, None, Some("Radio Harbour")],
        true,
    );
}

#[test]
fn a_quote_is_about_those_named_in_it_and_a_pronoun_is_a_mention() {
    let text = "Ada Morrow, 52, spoke in London. “Tomas Reyl has left,” she said.";
    let findings = extract(text);
    let position = |name: &str| findings.entities.iter().position(|one| one.name == name);
    let quote = findings.quotes.first().expect("a quote is found");
    assert_eq!(quote.about.first().copied(), position("Tomas Reyl"));
    let morrow = position("Ada Morrow").and_then(|at| findings.entities.get(at));
    let morrow = morrow.expect("she is named");
    assert!(
        morrow
            .mentions
            .iter()
            .any(|mention| mention.form == MentionForm::Pronoun)
    );
}
