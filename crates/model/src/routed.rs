//! Downstream records: one quote, entity or mention with the article it stands in.

use std::{borrow::Cow, collections::HashMap, hash::Hash};

use foldhash::fast::RandomState;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Article, ArticleId, Enriched, Entity, EntityId, FeedId, Findings, Language, Mention, MentionId,
    Origin, Quote, QuoteId, QuoteWords, Span, StoryKey, quote_words::joined,
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
    /// What copies of the same report share, where the body is long enough to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<StoryKey>,
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
    /// The words around it, for readers who do not hold the article.
    #[serde(default, skip_serializing_if = "QuoteWords::is_empty")]
    pub words: QuoteWords,
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

impl QuoteRecord {
    /// What was said, with `…` where the attribution interrupts it.
    pub fn said(&self) -> Cow<'_, str> {
        let mut rest = self.text.as_str();
        let mut stretches = Vec::with_capacity(self.quote.content.len());
        for span in &self.quote.content {
            let Some((stretch, behind)) = rest.split_at_checked(span.len()) else {
                return Cow::Borrowed(&self.text);
            };
            stretches.push(stretch);
            rest = behind.strip_prefix(' ').unwrap_or(behind);
        }
        match stretches.as_slice() {
            [] | [_] => Cow::Borrowed(&self.text),
            several => Cow::Owned(several.join(" … ")),
        }
    }

    /// The words that report, where they are not part of what was said, as in a refusal
    /// ("declined to comment").
    pub fn reported_by(&self) -> Option<&str> {
        let is_said = |cue: &Span| self.quote.content.iter().any(|said| said.contains(*cue));
        let cue = self.words.cue.as_deref()?;
        (!self.quote.cue.iter().any(is_said)).then_some(cue)
    }
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
            story: article.story,
            published: article.published,
            fetched: article.fetched,
            ingested: article.ingested,
            origin: article.origin,
        }
    }
}

impl Enriched {
    /// Everything found, to be written without copying it first.
    ///
    /// # Errors
    /// Never with articles as they are: where the article's reference has no JSON form.
    pub fn findings(&self) -> Result<Findings<'_>, serde_json::Error> {
        Findings::of(self)
    }

    /// The quotes as downstream records, in text order.
    pub fn quote_records(&self) -> Vec<QuoteRecord> {
        let article = ArticleRef::from(&self.article);
        let records = self.quotes_with_ids().map(|(id, text, quote)| QuoteRecord {
            id,
            article: article.clone(),
            text: text.into_owned(),
            words: self.words_of(quote),
            quote: quote.clone(),
        });
        records.collect()
    }

    /// The entities as downstream records, in text order.
    pub fn entity_records(&self) -> Vec<EntityRecord> {
        let article = ArticleRef::from(&self.article);
        let records = self.entities_with_ids().map(|(id, entity)| EntityRecord {
            id,
            article: article.clone(),
            entity: entity.clone(),
        });
        records.collect()
    }

    /// The mentions of officials as downstream records, in text order.
    pub fn mention_records(&self) -> Vec<MentionRecord> {
        let article = ArticleRef::from(&self.article);
        let records = self
            .mentions_with_ids()
            .map(|(id, text, mention)| MentionRecord {
                id,
                article: article.clone(),
                text: text.to_owned(),
                mention: mention.clone(),
            });
        records.collect()
    }

    /// The words around one of the article's quotes.
    pub(crate) fn words_of(&self, quote: &Quote) -> QuoteWords {
        QuoteWords::of(quote, &self.extraction, &self.article.body)
    }

    /// Each quote with its id and what was said.
    pub(crate) fn quotes_with_ids(&self) -> impl Iterator<Item = (QuoteId, Cow<'_, str>, &Quote)> {
        let mut alike = Alike::default();
        self.extraction.quotes.iter().map(move |quote| {
            let text = joined(&self.article.body, &quote.content, " ");
            let id = QuoteId::new(&self.article.id, &text, alike.next(text.clone()));
            (id, text, quote)
        })
    }

    /// Each entity with its id.
    pub(crate) fn entities_with_ids(&self) -> impl Iterator<Item = (EntityId, &Entity)> {
        let mut alike = Alike::default();
        self.extraction.entities.iter().map(move |entity| {
            let (kind, name) = (entity.kind.as_str(), entity.name.as_str());
            let id = EntityId::new(&self.article.id, kind, name, alike.next((kind, name)));
            (id, entity)
        })
    }

    /// Each mention of an official with its id and its words.
    pub(crate) fn mentions_with_ids(&self) -> impl Iterator<Item = (MentionId, &str, &Mention)> {
        let mut alike = Alike::default();
        self.extraction.mentions.iter().map(move |mention| {
            let official = &mention.official;
            let id = MentionId::new(&self.article.id, official, alike.next(official));
            (id, text_of(&self.article.body, mention.span), mention)
        })
    }
}

/// Numbers those that are alike, from 0.
struct Alike<K>(HashMap<K, usize, RandomState>);

impl<K> Default for Alike<K> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash> Alike<K> {
    fn next(&mut self, key: K) -> usize {
        let seen = self.0.entry(key).or_insert(0);
        *seen += 1;
        *seen - 1
    }
}

/// The text of a span; one of another text counts as empty.
fn text_of(body: &str, span: Span) -> &str {
    span.text(body).unwrap_or_default()
}
