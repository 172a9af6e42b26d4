//! Downstream records as views: what is written is borrowed from the enriched article.
//!
//! An article has some thirty findings, and each of their records repeats the article's reference.
//! Here it is turned into JSON once, and nothing of the article is copied before it is written.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    Article, ArticleRef, Enriched, Entity, EntityId, EntityRecord, Mention, MentionId,
    MentionRecord, Quote, QuoteId, QuoteRecord, QuoteWords, Record,
};

/// Something that is written as a `T`, without being one: same JSON, same envelope.
pub trait View<T: Record>: Serialize {
    /// As [`Record::event_id`].
    fn event_id(&self) -> String;

    /// As [`Record::key`].
    fn key(&self) -> &str;

    /// As [`Record::event_time`].
    fn event_time(&self) -> Option<Timestamp>;
}

/// The findings of an enriched article.
#[derive(Debug)]
pub struct Findings<'a> {
    enriched: &'a Enriched,
    reference: Box<RawValue>,
}

/// The article that a finding stands in; on the wire its [`ArticleRef`].
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
struct FoundIn<'a> {
    reference: &'a RawValue,
    #[serde(skip)]
    article: &'a Article,
}

/// A quote, written as a [`QuoteRecord`].
#[derive(Debug, Serialize)]
pub struct QuoteView<'a> {
    id: QuoteId,
    article: FoundIn<'a>,
    text: Cow<'a, str>,
    #[serde(skip_serializing_if = "QuoteWords::is_empty")]
    words: QuoteWords,
    quote: &'a Quote,
}

/// An entity, written as an [`EntityRecord`].
#[derive(Debug, Serialize)]
pub struct EntityView<'a> {
    id: EntityId,
    article: FoundIn<'a>,
    entity: &'a Entity,
}

/// A mention of an official, written as a [`MentionRecord`].
#[derive(Debug, Serialize)]
pub struct MentionView<'a> {
    id: MentionId,
    article: FoundIn<'a>,
    text: &'a str,
    mention: &'a Mention,
}

impl<'a> Findings<'a> {
    pub(crate) fn of(enriched: &'a Enriched) -> Result<Self, serde_json::Error> {
        let reference = ArticleRef::from(&enriched.article);
        Ok(Self {
            enriched,
            reference: serde_json::value::to_raw_value(&reference)?,
        })
    }

    /// The quotes, in text order.
    pub fn quotes(&self) -> impl Iterator<Item = QuoteView<'_>> {
        let quotes = self.enriched.quotes_with_ids();
        quotes.map(|(id, text, quote)| QuoteView {
            id,
            article: self.found_in(),
            text,
            words: self.enriched.words_of(quote),
            quote,
        })
    }

    /// The entities, in text order.
    pub fn entities(&self) -> impl Iterator<Item = EntityView<'_>> {
        let entities = self.enriched.entities_with_ids();
        entities.map(|(id, entity)| EntityView {
            id,
            article: self.found_in(),
            entity,
        })
    }

    /// The mentions of officials, in text order.
    pub fn mentions(&self) -> impl Iterator<Item = MentionView<'_>> {
        let mentions = self.enriched.mentions_with_ids();
        mentions.map(|(id, text, mention)| MentionView {
            id,
            article: self.found_in(),
            text,
            mention,
        })
    }

    fn found_in(&self) -> FoundIn<'_> {
        FoundIn {
            reference: &self.reference,
            article: &self.enriched.article,
        }
    }
}

macro_rules! view {
    ($view:ident, $record:ident) => {
        impl View<$record> for $view<'_> {
            fn event_id(&self) -> String {
                versioned(self.id.as_str(), self.article.article)
            }

            fn key(&self) -> &str {
                self.article.article.id.as_str()
            }

            fn event_time(&self) -> Option<Timestamp> {
                Some(self.article.article.ingested)
            }
        }
    };
}

view!(QuoteView, QuoteRecord);
view!(EntityView, EntityRecord);
view!(MentionView, MentionRecord);

fn versioned(id: &str, article: &Article) -> String {
    format!("{id}.{}", article.version)
}
