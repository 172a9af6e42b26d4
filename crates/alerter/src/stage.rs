//! The stage: enriched articles in, alerts out.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use model::{Enriched, Official, OfficialId, Origin};
use stream::{ALERTS, Outbox, Reject, Stage};

use crate::Rule;

/// Raises alerts on the officials of the watch-list.
#[derive(Clone, Debug)]
pub struct AlertStage {
    officials: Arc<BTreeMap<OfficialId, Official>>,
    rules: Arc<[Rule]>,
}

impl AlertStage {
    /// A stage that tries `rules` on `officials`; clones share both.
    pub fn new(
        officials: impl IntoIterator<Item = Official>,
        rules: impl Into<Arc<[Rule]>>,
    ) -> Self {
        let by_id = officials
            .into_iter()
            .map(|official| (official.id.clone(), official));
        Self {
            officials: Arc::new(by_id.collect()),
            rules: rules.into(),
        }
    }
}

impl Stage for AlertStage {
    type Input = Enriched;

    fn name(&self) -> &'static str {
        "alerter"
    }

    fn process(&mut self, enriched: Enriched, outbox: &mut Outbox) -> Result<(), Reject> {
        match enriched.article.origin {
            Origin::Live => {}
            Origin::Backfill | Origin::Replay => return Ok(()),
        }
        let quotes = enriched.quote_records();
        for official in found(&enriched)
            .into_iter()
            .filter_map(|id| self.officials.get(id))
        {
            for rule in self.rules.iter() {
                if let Some(alert) = rule.raise(official, &enriched, &quotes) {
                    outbox.send(ALERTS, &alert)?;
                }
            }
        }
        Ok(())
    }
}

/// The watched officials that the article mentions or quotes, by id.
fn found(enriched: &Enriched) -> BTreeSet<&OfficialId> {
    let extraction = &enriched.extraction;
    let mentioned = extraction.mentions.iter().map(|mention| &mention.official);
    let speaking = extraction
        .quotes
        .iter()
        .filter_map(|quote| quote.speaker.as_ref()?.official.as_ref());
    mentioned.chain(speaking).collect()
}

#[cfg(test)]
mod tests {
    use model::{
        Alert, AlertTrigger, Article, ArticleId, BodySource, Extraction, FeedId, Mention,
        MentionEvidence, OfficialId, Quote, QuoteKind, Severity, Span, Speaker, SpeakerKind,
        SpeechAct,
    };

    use super::*;
    use crate::Trigger;

    const BODY: &str = "\u{201c}We will rebuild the port,\u{201d} Mara Venn said.";

    #[test]
    fn a_quote_by_a_watched_official_raises_one_alert() {
        let alerts = check(rule(Trigger::Speaks), enriched(Origin::Live), 1);
        let alert = alerts.first().unwrap();
        assert_eq!(alert.trigger, AlertTrigger::Speaks);
        assert_eq!(
            alert.quotes.first().unwrap().text,
            "We will rebuild the port,"
        );
        assert_eq!(alert.mentioned_as, ["Mara Venn"]);
    }

    #[test]
    fn history_read_again_alerts_nobody() {
        check(rule(Trigger::Speaks), enriched(Origin::Backfill), 0);
        check(rule(Trigger::Mentioned), enriched(Origin::Replay), 0);
    }

    #[test]
    fn a_bare_mention_is_no_speech() {
        let mut mentioned = enriched(Origin::Live);
        mentioned.extraction.quotes.clear();
        check(rule(Trigger::Speaks), mentioned.clone(), 0);
        let alerts = check(rule(Trigger::Mentioned), mentioned, 1);
        assert_eq!(alerts.first().unwrap().trigger, AlertTrigger::Mentioned);
    }

    #[test]
    fn a_rule_narrows_by_official_language_outlet_and_confidence() {
        let narrowed = |change: fn(&mut Rule)| {
            let mut rule = rule(Trigger::Mentioned);
            change(&mut rule);
            rule
        };
        let live = || enriched(Origin::Live);
        check(
            narrowed(|rule| rule.officials = vec![OfficialId::new("other")]),
            live(),
            0,
        );
        check(
            narrowed(|rule| rule.languages = vec!["km".parse().unwrap()]),
            live(),
            0,
        );
        check(
            narrowed(|rule| rule.languages = vec!["en".parse().unwrap()]),
            live(),
            1,
        );
        check(
            narrowed(|rule| rule.outlets = vec!["Harbour Post".into()]),
            live(),
            1,
        );
        check(
            narrowed(|rule| rule.not_outlets = vec!["Harbour Post".into()]),
            live(),
            0,
        );
        check(narrowed(|rule| rule.min_confidence = 0.99), live(), 0);
    }

    #[test]
    fn the_same_article_gives_the_same_alert_id() {
        let first = check(rule(Trigger::Speaks), enriched(Origin::Live), 1);
        let again = check(rule(Trigger::Speaks), enriched(Origin::Live), 1);
        assert_eq!(first, again);
    }

    #[track_caller]
    fn check(rule: Rule, enriched: Enriched, expected: usize) -> Vec<Alert> {
        let official = Official {
            id: OfficialId::new("mara-venn"),
            name: "Mara Venn".into(),
            aliases: [("latin".into(), vec!["Mara Venn".into()])].into(),
            weak_aliases: Vec::new(),
            offices: Vec::new(),
            organisations: Vec::new(),
            country: None,
            context: Vec::new(),
            wikidata: None,
            note: None,
        };
        let mut outbox = Outbox::new();
        AlertStage::new([official], [rule])
            .process(enriched, &mut outbox)
            .unwrap();
        let alerts = outbox.sent_to(ALERTS);
        assert_eq!(alerts.len(), expected, "{alerts:?}");
        alerts
    }

    fn rule(on: Trigger) -> Rule {
        Rule {
            name: "port".into(),
            on,
            officials: Vec::new(),
            kinds: Vec::new(),
            languages: Vec::new(),
            outlets: Vec::new(),
            not_outlets: Vec::new(),
            min_confidence: 0.5,
            severity: Severity::Info,
        }
    }

    fn enriched(origin: Origin) -> Enriched {
        let span = |text: &str| {
            let start = BODY.find(text).unwrap();
            Span::new(start, start + text.len())
        };
        let name = span("Mara Venn");
        let quote = Quote {
            kind: QuoteKind::Direct,
            act: SpeechAct::Statement,
            content: vec![span("We will rebuild the port,")],
            cue: vec![span("said")],
            speaker: Some(Speaker {
                spans: vec![name],
                kind: SpeakerKind::Named,
                name: "Mara Venn".into(),
                entity: None,
                official: Some(OfficialId::new("mara-venn")),
                confidence: 0.9,
            }),
            addressee: None,
            medium: None,
            date: None,
            translated: false,
            about: Vec::new(),
            confidence: 0.9,
            rules: vec!["marks".into()],
        };
        let mention = Mention {
            official: OfficialId::new("mara-venn"),
            span: name,
            alias: "Mara Venn".into(),
            evidence: vec![MentionEvidence::FullAlias],
            score: 0.9,
            entity: None,
        };
        let now = "2026-03-01T08:00:00Z".parse().unwrap();
        Enriched {
            article: Article {
                id: ArticleId::from_canonical_url("https://harbour.example/port"),
                version: 1,
                feed: FeedId::from_url("https://harbour.example/rss"),
                outlet: "Harbour Post".into(),
                country: None,
                url: Some("https://harbour.example/port".into()),
                title: "Port to be rebuilt".into(),
                body: BODY.into(),
                body_source: BodySource::Page,
                language: "en-GB".parse().unwrap(),
                byline: None,
                story: None,
                section: None,
                dateline: None,
                lead_image: None,
                site_name: None,
                modified: None,
                sources: model::FieldSources::default(),
                published: Some(now),
                fetched: now,
                ingested: now,
                origin,
            },
            extraction: Extraction {
                quotes: vec![quote],
                entities: Vec::new(),
                mentions: vec![mention],
            },
        }
    }
}
