//! What was found in a document, as JSON.

use model::{
    Entity, EntityKind, Extraction, Mention, MentionEvidence, MentionForm, Quote, QuoteKind, Span,
    SpeakerKind, SpeechAct,
};
use serde::Serialize;
use serde_json::Value;

use crate::offsets::{OffsetMap, Unit};

/// One document's findings; positions count what the user asked for.
#[derive(Serialize)]
pub(super) struct Findings<'a> {
    id: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    quotes: Vec<QuoteFinding<'a>>,
    entities: Vec<EntityFinding<'a>>,
    mentions: Vec<MentionFinding<'a>>,
}

#[derive(Serialize)]
struct QuoteFinding<'a> {
    content_spans: Vec<[usize; 2]>,
    cue_spans: Vec<[usize; 2]>,
    speaker_spans: Vec<[usize; 2]>,
    speaker: Option<String>,
    speaker_resolved: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    official: Option<&'a str>,
    r#type: QuoteKind,
    act: SpeechAct,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker_kind: Option<SpeakerKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    addressee: Option<[usize; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    medium: Option<[usize; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<[usize; 2]>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    translated: bool,
    /// Clusters of the entities named in the content.
    #[serde(skip_serializing_if = "<[usize]>::is_empty")]
    about: &'a [usize],
    confidence: f32,
    rules: &'a [String],
}

#[derive(Serialize)]
struct EntityFinding<'a> {
    start: usize,
    end: usize,
    r#type: &'static str,
    kind: MentionForm,
    text: &'a str,
    cluster: usize,
    /// The person whose title this is, where this is a title.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    official: Option<&'a str>,
}

#[derive(Serialize)]
struct MentionFinding<'a> {
    start: usize,
    end: usize,
    official: &'a str,
    alias: &'a str,
    text: &'a str,
    evidence: &'a [MentionEvidence],
    score: f32,
}

/// What was said, without the cue that a refusal shows ("declined" of "declined to comment"), so
/// that positions of content and cue never overlap.
fn said(quote: &Quote, text: &str) -> Vec<Span> {
    let without_cue = |content: &Span| {
        let cue = quote
            .cue
            .iter()
            .find(|cue| cue.start() == content.start())?;
        let rest = text.get(cue.end()..content.end())?.trim_start();
        (!rest.is_empty()).then(|| Span::new(content.end() - rest.len(), content.end()))
    };
    let content = quote.content.iter();
    content
        .map(|span| without_cue(span).unwrap_or(*span))
        .collect()
}

impl<'a> Findings<'a> {
    /// The findings of `extraction` in `text`.
    pub(super) fn new(
        id: &'a Value,
        text: &'a str,
        extraction: &'a Extraction,
        unit: Unit,
    ) -> Self {
        let map = OffsetMap::new(text, unit);
        let entities = &extraction.entities;
        let mut found: Vec<_> = entities
            .iter()
            .enumerate()
            .flat_map(|(cluster, entity)| entity_findings(cluster, entity, text, &map))
            .collect();
        found.sort_by_key(|entity| (entity.start, entity.end));
        let quotes = extraction.quotes.iter();
        let mentions = extraction.mentions.iter();
        Self {
            id,
            text: None,
            quotes: quotes
                .map(|quote| quote_finding(quote, text, &map))
                .collect(),
            entities: found,
            mentions: mentions
                .map(|mention| mention_finding(mention, text, &map))
                .collect(),
        }
    }

    /// The same with the text that the positions point into.
    pub(super) fn with_text(mut self, text: &'a str) -> Self {
        self.text = Some(text);
        self
    }

    /// As one line.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("findings are plain data");
        bytes.push(b'\n');
        bytes
    }

    /// Indented, for people.
    pub(super) fn indented(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("findings are plain data");
        bytes.push(b'\n');
        bytes
    }
}

fn quote_finding<'a>(quote: &'a Quote, text: &str, map: &OffsetMap<'_>) -> QuoteFinding<'a> {
    let speaker = quote.speaker.as_ref();
    let speaker_spans = speaker.map_or(&[][..], |speaker| &speaker.spans);
    QuoteFinding {
        content_spans: spans(&said(quote, text), map),
        cue_spans: spans(&quote.cue, map),
        speaker_spans: spans(speaker_spans, map),
        speaker: speaker.map(|speaker| {
            if speaker.spans.is_empty() {
                speaker.name.clone()
            } else {
                words(&speaker.spans, text)
            }
        }),
        speaker_resolved: speaker.map(|speaker| speaker.name.as_str()),
        official: speaker.and_then(|speaker| Some(speaker.official.as_ref()?.as_str())),
        r#type: quote.kind,
        act: quote.act,
        text: words(&quote.content, text),
        speaker_kind: speaker.map(|speaker| speaker.kind),
        addressee: quote.addressee.map(|span| map.span(span)),
        medium: quote.medium.map(|span| map.span(span)),
        date: quote.date.map(|span| map.span(span)),
        translated: quote.translated,
        about: &quote.about,
        confidence: quote.confidence,
        rules: &quote.rules,
    }
}

fn entity_findings<'a>(
    cluster: usize,
    entity: &'a Entity,
    text: &'a str,
    map: &OffsetMap<'_>,
) -> Vec<EntityFinding<'a>> {
    let title = entity.titles.first().map(|title| title.text.as_str());
    let official = entity.official.as_ref().map(model::OfficialId::as_str);
    let finding = |span: Span, r#type, kind, of| {
        let [start, end] = map.span(span);
        EntityFinding {
            start,
            end,
            r#type,
            kind,
            text: span.text(text).unwrap_or_default(),
            cluster,
            of,
            title: if of.is_none() { title } else { None },
            official,
        }
    };
    let mentions = entity.mentions.iter();
    let mentions =
        mentions.map(|mention| finding(mention.span, type_name(entity.kind), mention.form, None));
    let titles = entity.titles.iter();
    let titles = titles.map(|title| finding(title.span, "TITLE", MentionForm::Name, Some(cluster)));
    mentions.chain(titles).collect()
}

fn mention_finding<'a>(
    mention: &'a Mention,
    text: &'a str,
    map: &OffsetMap<'_>,
) -> MentionFinding<'a> {
    let [start, end] = map.span(mention.span);
    MentionFinding {
        start,
        end,
        official: mention.official.as_str(),
        alias: &mention.alias,
        text: mention.span.text(text).unwrap_or_default(),
        evidence: &mention.evidence,
        score: mention.score,
    }
}

/// The names that data sets of entities use.
fn type_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Person => "PERSON",
        EntityKind::Organization => "ORGANIZATION",
        EntityKind::Place => "PLACE",
        EntityKind::Other => "OTHER",
    }
}

fn spans(spans: &[Span], map: &OffsetMap<'_>) -> Vec<[usize; 2]> {
    spans.iter().map(|span| map.span(*span)).collect()
}

fn words(spans: &[Span], text: &str) -> String {
    let parts: Vec<&str> = spans.iter().filter_map(|span| span.text(text)).collect();
    parts.join(" ")
}
