//! What the spans of a quote read, for those who do not hold the article.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EntityKind, Extraction, OfficialId, Quote, Span};

/// The words around a quote, as the article has them: who said it, how, to whom, when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuoteWords {
    /// The words that report ("said", "declined").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<String>,
    /// The words that name or point to the speaker ("the prime minister", "he").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// The words for whom the speaker spoke to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    /// The words for how it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<String>,
    /// The words for when it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Who and what the quote names, in the order of `Quote::about`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<QuoteSubject>,
}

/// Somebody or something that a quote names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuoteSubject {
    /// What it is.
    pub kind: EntityKind,
    /// The fullest name that the article uses.
    pub name: String,
    /// The watched official that it is, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<OfficialId>,
}

impl QuoteWords {
    /// Those of a quote of `extraction`, found in `body`.
    pub(crate) fn of(quote: &Quote, extraction: &Extraction, body: &str) -> Self {
        let read = |spans: &[Span]| {
            let words = joined(body, spans, " ");
            (!words.is_empty()).then(|| words.into_owned())
        };
        let speaker = quote.speaker.as_ref();
        let about = quote.about.iter();
        let about = about.filter_map(|place| extraction.entities.get(*place));
        Self {
            cue: read(&quote.cue),
            speaker: speaker.and_then(|speaker| read(&speaker.spans)),
            addressee: read(quote.addressee.as_slice()),
            medium: read(quote.medium.as_slice()),
            date: read(quote.date.as_slice()),
            about: about
                .map(|entity| QuoteSubject {
                    kind: entity.kind,
                    name: entity.name.clone(),
                    official: entity.official.clone(),
                })
                .collect(),
        }
    }

    /// Whether the article says nothing but the quote itself.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The text of the spans with `between` between them; a span of another text counts as absent.
pub(crate) fn joined<'a>(body: &'a str, spans: &[Span], between: &str) -> Cow<'a, str> {
    if let [only] = spans {
        return Cow::Borrowed(only.text(body).unwrap_or_default());
    }
    let texts: Vec<&str> = spans.iter().filter_map(|span| span.text(body)).collect();
    Cow::Owned(texts.join(between))
}
