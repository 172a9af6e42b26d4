//! The stage.

use model::Enriched;
use stream::{Outbox, Reject, Stage};

use crate::routes::ROUTES;

/// Sends what was found in each article to the topics that want it, in the table's order and each
/// in text order.
#[derive(Clone, Copy, Debug, Default)]
pub struct SinkStage;

impl SinkStage {
    /// Names of the topics that the stage writes, without prefix.
    pub fn topics() -> impl Iterator<Item = &'static str> {
        ROUTES.iter().map(|route| route.topic)
    }
}

impl Stage for SinkStage {
    type Input = Enriched;

    fn name(&self) -> &'static str {
        "sink"
    }

    fn process(&mut self, enriched: Enriched, outbox: &mut Outbox) -> Result<(), Reject> {
        let findings = enriched
            .findings()
            .map_err(|error| Reject::new(format!("article has no reference: {error}")))?;
        for route in ROUTES {
            (route.send)(&findings, outbox)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use stream::{ENTITIES, MENTIONS, QUOTES};

    use super::*;

    /// The golden document of the wire contract: an article with findings of every kind.
    fn enriched() -> Enriched {
        serde_json::from_str(include_str!("../../model/golden/enriched.json")).unwrap()
    }

    fn sink(enriched: &Enriched) -> Outbox {
        let mut outbox = Outbox::new();
        SinkStage.process(enriched.clone(), &mut outbox).unwrap();
        outbox
    }

    #[test]
    fn each_finding_becomes_a_record_of_its_topic() {
        let enriched = enriched();
        let outbox = sink(&enriched);
        assert_eq!(outbox.sent_to(QUOTES), enriched.quote_records());
        assert_eq!(outbox.sent_to(ENTITIES), enriched.entity_records());
        assert_eq!(outbox.sent_to(MENTIONS), enriched.mention_records());
        assert!(!outbox.sent_to(QUOTES).is_empty());
        assert!(!outbox.sent_to(ENTITIES).is_empty());
        assert!(!outbox.sent_to(MENTIONS).is_empty());
    }

    #[test]
    fn views_are_written_as_the_records_that_they_stand_for() {
        let enriched = enriched();
        let mut whole = Outbox::new();
        for record in enriched.quote_records() {
            whole.send(QUOTES, &record).unwrap();
        }
        for record in enriched.entity_records() {
            whole.send(ENTITIES, &record).unwrap();
        }
        for record in enriched.mention_records() {
            whole.send(MENTIONS, &record).unwrap();
        }
        assert_eq!(sink(&enriched).records(), whole.records());
    }

    #[test]
    fn all_records_of_an_article_share_its_key() {
        let enriched = enriched();
        let outbox = sink(&enriched);
        let key = enriched.article.id.as_str();
        assert!(outbox.records().iter().all(|record| record.key == key));
    }

    #[test]
    fn the_same_article_gives_the_same_records() {
        let enriched = enriched();
        assert_eq!(sink(&enriched).records(), sink(&enriched).records());
    }

    #[test]
    fn no_topic_is_listed_twice() {
        let mut topics: Vec<_> = SinkStage::topics().collect();
        topics.sort_unstable();
        topics.dedup();
        assert_eq!(topics.len(), ROUTES.len());
    }
}
