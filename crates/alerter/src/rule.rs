//! Rules: which findings about a watched official are worth an alert.

use model::{
    Alert, AlertId, AlertTrigger, AlertedQuote, ArticleRef, Enriched, Language, Mention, Official,
    OfficialId, QuoteKind, QuoteRecord, Severity,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One rule. Lists that are empty allow everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique; stands in each alert and in its id.
    pub name: String,
    /// What raises the alert.
    pub on: Trigger,
    /// Only these officials, by id.
    #[serde(default)]
    pub officials: Vec<OfficialId>,
    /// Only quotes of these kinds.
    #[serde(default)]
    pub kinds: Vec<QuoteKind>,
    /// Only articles in these languages; `zh` also takes `zh-Hant`.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// Only these outlets.
    #[serde(default)]
    pub outlets: Vec<String>,
    /// None of these outlets.
    #[serde(default)]
    pub not_outlets: Vec<String>,
    /// Only quotes of at least this confidence and mentions of at least this score, 0 to 1.
    #[serde(default)]
    pub min_confidence: f32,
    /// How urgent the alerts are.
    #[serde(default)]
    pub severity: Severity,
}

/// What raises an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A watched official is quoted.
    Speaks,
    /// A watched official is mentioned, quoted or not.
    Mentioned,
}

impl Rule {
    /// The alert that this rule raises on `official` in an article, if any.
    ///
    /// `quotes` are the article's quote records: made once and shared by rules and officials.
    pub(crate) fn raise(
        &self,
        official: &Official,
        enriched: &Enriched,
        quotes: &[QuoteRecord],
    ) -> Option<Alert> {
        if !self.covers_article(enriched) || !self.covers_official(&official.id) {
            return None;
        }
        let quotes: Vec<AlertedQuote> = quotes
            .iter()
            .filter(|record| self.covers_quote(record, &official.id))
            .map(|record| AlertedQuote {
                id: record.id.clone(),
                kind: record.quote.kind,
                text: record.text.clone(),
                confidence: record.quote.confidence,
            })
            .collect();
        let mentioned_as = self.names_used(official, enriched);
        let trigger = match self.on {
            _ if !quotes.is_empty() => AlertTrigger::Speaks,
            Trigger::Mentioned if !mentioned_as.is_empty() => AlertTrigger::Mentioned,
            Trigger::Speaks | Trigger::Mentioned => return None,
        };
        Some(Alert {
            id: AlertId::new(&self.name, &official.id, &enriched.article.id),
            rule: self.name.clone(),
            severity: self.severity,
            official: official.id.clone(),
            official_name: official.name.clone(),
            trigger,
            quotes,
            mentioned_as,
            article: ArticleRef::from(&enriched.article),
        })
    }

    fn covers_official(&self, official: &OfficialId) -> bool {
        self.officials.is_empty() || self.officials.contains(official)
    }

    fn covers_article(&self, enriched: &Enriched) -> bool {
        let article = &enriched.article;
        let language = article.language.as_str();
        let language_fits = self.languages.is_empty()
            || self.languages.iter().any(|wanted| {
                language
                    .strip_prefix(wanted.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            });
        let outlet_fits = self.outlets.is_empty() || self.outlets.contains(&article.outlet);
        language_fits && outlet_fits && !self.not_outlets.contains(&article.outlet)
    }

    fn covers_quote(&self, record: &QuoteRecord, official: &OfficialId) -> bool {
        let quote = &record.quote;
        let spoken_by = quote
            .speaker
            .as_ref()
            .and_then(|speaker| speaker.official.as_ref());
        spoken_by == Some(official)
            && (self.kinds.is_empty() || self.kinds.contains(&quote.kind))
            && quote.confidence >= self.min_confidence
    }

    fn names_used(&self, official: &Official, enriched: &Enriched) -> Vec<String> {
        let of_official = |mention: &&Mention| {
            mention.official == official.id && mention.score >= self.min_confidence
        };
        let mut names: Vec<String> = Vec::new();
        for mention in enriched.extraction.mentions.iter().filter(of_official) {
            if let Some(name) = mention.span.text(&enriched.article.body)
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        }
        names
    }
}
