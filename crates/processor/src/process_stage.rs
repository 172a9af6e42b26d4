//! The stage.

use std::sync::Arc;

use extract::Extractor;
use model::{Article, Enriched};
use stream::{ENRICHED, Outbox, Reject, Stage};

/// Extracts from each article; one enriched article for each article, in order.
///
/// Instances share the extractor, so one more thread costs no memory of note.
#[derive(Clone)]
pub struct ProcessStage {
    extractor: Arc<Extractor>,
}

impl ProcessStage {
    /// A stage that extracts with `extractor`.
    pub fn new(extractor: Arc<Extractor>) -> Self {
        Self { extractor }
    }
}

impl Stage for ProcessStage {
    type Input = Article;

    /// Two fetchers can find one article in the feeds of two sites; see
    /// docs/decisions/0009-one-article-from-two-fetchers.md.
    const PASSES_REPEATS_OF: Option<&'static str> = Some("fetcher");

    fn name(&self) -> &'static str {
        "processor"
    }

    fn process(&mut self, article: Article, outbox: &mut Outbox) -> Result<(), Reject> {
        let extraction = self.extractor.extract(&article.body, &article.language);
        outbox.send(
            ENRICHED,
            &Enriched {
                article,
                extraction,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use model::{ArticleId, BodySource, FeedId, Official, Origin};

    use super::*;

    fn article(body: &str) -> Article {
        let time = "2031-05-04T08:00:00Z".parse().unwrap();
        Article {
            id: ArticleId::from_canonical_url("https://courier.example/1"),
            version: 1,
            feed: FeedId::from_url("https://courier.example/rss"),
            outlet: "Velmora Courier".to_owned(),
            country: None,
            url: Some("https://courier.example/1".to_owned()),
            title: "Harbour to open".to_owned(),
            body: body.to_owned(),
            body_source: BodySource::Page,
            language: "en".parse().unwrap(),
            byline: None,
            story: None,
            section: None,
            dateline: None,
            lead_image: None,
            site_name: None,
            modified: None,
            sources: model::FieldSources::default(),
            published: Some(time),
            fetched: time,
            ingested: time,
            origin: Origin::Live,
        }
    }

    fn process(article: &Article) -> Enriched {
        let official: Official = serde_json::from_value(serde_json::json!({
            "id": "ilsa-marrow",
            "name": "Ilsa Marrow",
            "aliases": {"latin": ["Ilsa Marrow"]},
        }))
        .unwrap();
        let mut stage = ProcessStage::new(Arc::new(Extractor::new(vec![official])));
        let mut outbox = Outbox::new();
        stage.process(article.clone(), &mut outbox).unwrap();
        let mut sent = outbox.sent_to(ENRICHED);
        assert_eq!(sent.len(), 1);
        sent.remove(0)
    }

    #[test]
    fn the_article_goes_on_unchanged_with_what_was_found() {
        let article =
            article("\u{201c}The harbour opens on Friday,\u{201d} said minister Ilsa Marrow.");
        let enriched = process(&article);
        assert_eq!(enriched.article, article);
        let quote = &enriched.extraction.quotes[0];
        let words = quote.content[0].text(&article.body);
        assert_eq!(words, Some("The harbour opens on Friday,"));
    }

    #[test]
    fn an_article_without_text_has_an_empty_extraction() {
        let enriched = process(&article(""));
        assert!(enriched.extraction.quotes.is_empty());
        assert!(enriched.extraction.mentions.is_empty());
    }
}
