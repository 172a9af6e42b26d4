//! An article as published, with where each part came from.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, FeedId, FieldSources, Found, Language, StoryKey};

/// One version of one article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Article {
    /// From the canonical URL, or the guid where there is none.
    pub id: ArticleId,
    /// 1 for the first version seen, then counting up as the body changes.
    pub version: u32,
    /// The feed it came from.
    pub feed: FeedId,
    /// The publisher's name.
    pub outlet: String,
    /// Country of the feed, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Canonical address, where the article has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Headline.
    pub title: String,
    /// Main text; paragraphs are parted by a blank line. All spans point into it.
    pub body: String,
    /// Where the body came from.
    pub body_source: BodySource,
    /// Language of the body; `und` where unknown.
    pub language: Language,
    /// Author line, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// What copies of the same report share, in whichever feed; absent where the body is too short
    /// to tell, and in records of releases that did not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<StoryKey>,
    /// Part of the publication, such as "Politics".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<Found<String>>,
    /// Place (and agency) that the text begins with, as in "PHNOM PENH (Agency)".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Found<String>>,
    /// Address of the picture that stands for the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_image: Option<Found<String>>,
    /// The site's name, as the page states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_name: Option<Found<String>>,
    /// When the publisher says it was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Found<Timestamp>>,
    /// Where title, byline, date, language and address were found.
    #[serde(default, skip_serializing_if = "FieldSources::is_empty")]
    pub sources: FieldSources,
    /// When the publisher says it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When its page, or else its feed, was fetched.
    pub fetched: Timestamp,
    /// When it entered the pipeline; later than `fetched` on replay and backfill.
    pub ingested: Timestamp,
    /// Whether it is news, or history read again.
    pub origin: Origin,
}

/// Where an article's body came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BodySource {
    /// The article's page.
    Page,
    /// The feed's own full text.
    Feed,
    /// The feed's summary only, because the page could not be had.
    Summary {
        /// Why not, in plain words.
        reason: String,
    },
}

/// Why a record is in the pipeline. Only `Live` records ever alert anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Published since the feed is watched.
    Live,
    /// Already in the feed, or older than the feed's watch, when it was first seen.
    Backfill,
    /// Read again from a topic.
    Replay,
}
