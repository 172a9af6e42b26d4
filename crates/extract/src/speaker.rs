//! Speakers: from the words that name them to the entities of the article.

use model::{Entity, Quote, Span, Speaker, SpeakerKind};

use crate::quote::Found;

/// Gives every quote its speaker, in text order.
pub(crate) fn resolve(text: &str, entities: &[Entity], found: Vec<Found>) -> Vec<Quote> {
    let _ = entities;
    found
        .into_iter()
        .map(|quote| {
            let speaker = quote.speaker.map(|span| Speaker {
                spans: vec![span],
                kind: SpeakerKind::Named,
                name: name_of(text, quote.antecedent.unwrap_or(span)),
                entity: None,
                official: None,
                confidence: quote.confidence,
            });
            Quote {
                kind: quote.kind,
                act: quote.act,
                content: quote.content,
                cue: quote.cue.into_iter().collect(),
                speaker,
                addressee: quote.addressee,
                medium: None,
                date: None,
                translated: false,
                about: Vec::new(),
                confidence: quote.confidence,
                rules: quote.rules.iter().map(|rule| (*rule).to_owned()).collect(),
            }
        })
        .collect()
}

fn name_of(text: &str, span: Span) -> String {
    span.text(text)
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
