//! Downstream records: one quote, entity or mention with the article it stands in.

use std::collections::HashMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Article, ArticleId, Enriched, Entity, EntityId, FeedId, Language, Mention, MentionId, Origin,
    Quote, QuoteId, Span,
};

/// What a downstream reader needs to know of an article without its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArticleRef {
    /// Which article.
    pub id: ArticleId,
    /// Which version of it.
    pub version: u32,
    /// The feed it came from.
    pub feed: FeedId,
    /// The publisher's name.
    pub outlet: String,
    /// Canonical address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Headline.
    pub title: String,
    /// Language of the body.
    pub language: Language,
    /// Country of the feed, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// When the publisher says it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When it was fetched.
    pub fetched: Timestamp,
    /// When it entered the pipeline.
    pub ingested: Timestamp,
    /// Whether it is news, or history read again.
    pub origin: Origin,
}

/// A quote on the `quotes` topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuoteRecord {
    /// From article and words.
    pub id: QuoteId,
    /// The article it stands in.
    pub article: ArticleRef,
    /// The words said: the content spans, joined by a space.
    pub text: String,
    /// The quote, with spans into the article's body.
    pub quote: Quote,
}

/// An entity on the `entities` topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntityRecord {
    /// From article, kind and name.
    pub id: EntityId,
    /// The article it stands in.
    pub article: ArticleRef,
    /// The entity, with spans into the article's body.
    pub entity: Entity,
}

/// A mention of an official on the `mentions` topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MentionRecord {
    /// From article, official and count.
    pub id: MentionId,
    /// The article it stands in.
    pub article: ArticleRef,
    /// The words that mention the official.
    pub text: String,
    /// The mention, with its span into the article's body.
    pub mention: Mention,
}

impl From<&Article> for ArticleRef {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id.clone(),
            version: article.version,
            feed: article.feed.clone(),
            outlet: article.outlet.clone(),
            url: article.url.clone(),
            title: article.title.clone(),
            language: article.language.clone(),
            country: article.country.clone(),
            published: article.published,
            fetched: article.fetched,
            ingested: article.ingested,
            origin: article.origin,
        }
    }
}

impl Enriched {
    /// The quotes as downstream records, in text order.
    pub fn quote_records(&self) -> Vec<QuoteRecord> {
        let article = ArticleRef::from(&self.article);
        let mut occurrences = HashMap::new();
        let records = self.extraction.quotes.iter().map(|quote| {
            let text = joined(&self.article.body, &quote.content);
            let occurrence = occurrences
                .entry(text.clone())
                .and_modify(|n| *n += 1)
                .or_insert(0);
            QuoteRecord {
                id: QuoteId::new(&article.id, &text, *occurrence),
                article: article.clone(),
                text,
                quote: quote.clone(),
            }
        });
        records.collect()
    }

    /// The entities as downstream records, in text order.
    pub fn entity_records(&self) -> Vec<EntityRecord> {
        let article = ArticleRef::from(&self.article);
        let mut occurrences = HashMap::new();
        let records = self.extraction.entities.iter().map(|entity| {
            let key = (entity.kind, entity.name.clone());
            let occurrence = occurrences.entry(key).and_modify(|n| *n += 1).or_insert(0);
            EntityRecord {
                id: EntityId::new(&article.id, entity.kind.as_str(), &entity.name, *occurrence),
                article: article.clone(),
                entity: entity.clone(),
            }
        });
        records.collect()
    }

    /// The mentions of officials as downstream records, in text order.
    pub fn mention_records(&self) -> Vec<MentionRecord> {
        let article = ArticleRef::from(&self.article);
        let mut occurrences = HashMap::new();
        let records = self.extraction.mentions.iter().map(|mention| {
            let key = mention.official.clone();
            let occurrence = occurrences.entry(key).and_modify(|n| *n += 1).or_insert(0);
            MentionRecord {
                id: MentionId::new(&article.id, &mention.official, *occurrence),
                article: article.clone(),
                text: joined(&self.article.body, &[mention.span]),
                mention: mention.clone(),
            }
        });
        records.collect()
    }
}

/// The text of the spans, joined by a space; a span of another text counts as empty.
fn joined(body: &str, spans: &[Span]) -> String {
    let texts: Vec<&str> = spans.iter().filter_map(|span| span.text(body)).collect();
    texts.join(" ")
}
