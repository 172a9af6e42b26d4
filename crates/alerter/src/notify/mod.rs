//! Where alerts leave the pipeline. Each notifier delivers at least once.

mod file;
mod terminal;
mod webhook;

pub use file::FileNotifier;
pub use terminal::TerminalNotifier;
pub use webhook::{NotifierError, WebhookNotifier};

#[cfg(test)]
mod fixture {
    use model::{
        Alert, AlertId, AlertTrigger, AlertedQuote, ArticleId, ArticleRef, FeedId, OfficialId,
        Origin, QuoteId, QuoteKind, Severity,
    };

    /// An alert on one quote.
    pub(super) fn alert() -> Alert {
        let article = ArticleId::from_canonical_url("https://harbour.example/port");
        let official = OfficialId::new("mara-venn");
        let time = "2026-03-01T08:00:00Z".parse().unwrap();
        let text = "We will rebuild the port.";
        Alert {
            id: AlertId::new("port", &official, &article),
            rule: "port".into(),
            severity: Severity::Info,
            official,
            official_name: "Mara Venn".into(),
            trigger: AlertTrigger::Speaks,
            quotes: vec![AlertedQuote {
                id: QuoteId::new(&article, text, 0),
                kind: QuoteKind::Direct,
                text: text.into(),
                confidence: 0.9,
            }],
            mentioned_as: vec!["Mara Venn".into()],
            article: ArticleRef {
                id: article,
                version: 1,
                feed: FeedId::from_url("https://harbour.example/rss"),
                outlet: "Harbour Post".into(),
                url: Some("https://harbour.example/port".into()),
                title: "Port to be rebuilt".into(),
                language: "en".parse().unwrap(),
                country: None,
                published: Some(time),
                fetched: time,
                ingested: time,
                origin: Origin::Live,
            },
        }
    }
}
