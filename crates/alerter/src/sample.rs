//! An invented notification, for a look at what targets are sent.

use model::{
    Alert, AlertEvidence, AlertId, AlertTrigger, AlertedQuote, ArticleId, ArticleRef, FeedId,
    Language, MentionEvidence, Notification, NotificationId, NotificationKind, OfficialId, Origin,
    QuoteId, QuoteKind, Severity,
};

use jiff::Timestamp;

/// A notification to `target` about invented people.
pub fn sample(target: &str, now: Timestamp) -> Notification {
    let article = ArticleId::from_canonical_url("https://harbour.example/port");
    let official = OfficialId::new("mara-venn");
    let text = "We will rebuild the port before winter, and no fee will be charged.";
    let alert = Alert {
        id: AlertId::new("ministers", &official, &article),
        rule: "ministers".to_owned(),
        severity: Severity::Warning,
        official: Some(official),
        official_name: "Mara Venn".to_owned(),
        trigger: AlertTrigger::Speaks,
        quotes: vec![AlertedQuote {
            id: QuoteId::new(&article, text, 0),
            kind: QuoteKind::Direct,
            text: text.to_owned(),
            cue: Some("said".to_owned()),
            speaker: Some("Mara Venn".to_owned()),
            about: vec!["Idris Kell".to_owned()],
            confidence: 0.94,
        }],
        mentioned_as: vec!["Mara Venn".to_owned(), "Venn".to_owned()],
        clauses: vec!["speaker:\"Mara Venn\"".to_owned(), "kind:direct".to_owned()],
        evidence: vec![AlertEvidence {
            alias: "Mara Venn".to_owned(),
            evidence: vec![MentionEvidence::FullAlias],
            score: 1.0,
        }],
        targets: Vec::new(),
        article: ArticleRef {
            id: article.clone(),
            version: 1,
            feed: FeedId::from_url("https://harbour.example/rss"),
            outlet: "Harbour Post".to_owned(),
            url: Some("https://harbour.example/port".to_owned()),
            title: "Port to be rebuilt before winter".to_owned(),
            language: "en".parse().unwrap_or_else(|_| Language::undetermined()),
            country: None,
            story: None,
            published: Some(now),
            fetched: now,
            ingested: now,
            origin: Origin::Live,
        },
    };
    let labels = [("official", "mara-venn"), ("story", article.as_str())];
    Notification {
        id: NotificationId::new(target, "sample", 0),
        target: target.to_owned(),
        kind: NotificationKind::New,
        group: "sample".to_owned(),
        labels: labels
            .map(|(label, value)| (label.to_owned(), value.to_owned()))
            .into(),
        sequence: 0,
        severity: Severity::Warning,
        alerts: vec![alert],
        alert_count: 1,
        outlets: ["Harbour Post", "Velmora Courier", "Tide Herald"]
            .map(str::to_owned)
            .into(),
        created: now,
        since: now,
        held: None,
    }
}
