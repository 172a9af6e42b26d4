//! The checker itself is checked: it passes sound books and finds each kind of fault.

use jiff::Timestamp;
use model::{
    Alert, AlertId, AlertTrigger, Article, ArticleId, ArticleRef, BodySource, Enriched, Entity,
    EntityKind, EntityMention, Extraction, FeedId, Language, Mention, MentionEvidence, MentionForm,
    OfficialId, Origin, Quote, QuoteKind, Record, Severity, Span, SpeechAct,
};
use stream::partition_of;

use super::{
    ledger::{RULE, Topics, faults},
    newsroom::{Newsroom, Number},
};
use crate::harness::consumer::Stored;

const PARTITIONS: u32 = 3;

#[test]
fn sound_books_have_no_faults() {
    let newsroom = newsroom();
    assert_eq!(faults(&newsroom, &books(&newsroom)), Vec::<String>::new());
}

#[test]
fn a_lost_record_is_found_in_each_topic() {
    finds("lost", |records| drop(records.remove(records.len() / 2)));
    finds("emptied", Vec::clear);
}

#[test]
fn a_doubled_record_is_found_in_each_topic() {
    finds("doubled", |records| {
        records.push(records[records.len() - 1].clone());
    });
    finds("doubled at a distance", |records| {
        records.insert(0, records[0].clone());
    });
}

#[test]
fn records_out_of_order_are_found_in_each_topic() {
    finds("turned round", |records| {
        let of_first = records[0].partition;
        let count = records.iter().filter(|r| r.partition == of_first).count();
        records[..count].reverse();
    });
}

#[test]
fn a_record_in_another_partition_is_found_in_each_topic() {
    finds("misplaced", |records| {
        records[0].partition = (records[0].partition + 1) % 3;
    });
}

#[test]
fn an_altered_record_is_found() {
    let newsroom = newsroom();
    let mut topics = books(&newsroom);
    alter(&mut topics.articles[4], "bridge", "tunnel");
    assert_ne!(faults(&newsroom, &topics), Vec::<String>::new());
    let mut topics = books(&newsroom);
    alter(&mut topics.quotes[4], "finish", "cancel");
    assert_ne!(faults(&newsroom, &topics), Vec::<String>::new());
}

#[test]
fn a_dead_letter_is_a_fault() {
    let newsroom = newsroom();
    let mut topics = books(&newsroom);
    topics.dead_letters.push(topics.articles[0].clone());
    assert_eq!(faults(&newsroom, &topics).len(), 1);
}

/// Finds a topic among all.
type OfTopic = fn(&mut Topics) -> &mut Vec<Stored>;

/// Applies a fault to each topic in turn; every time the books must be found wanting.
fn finds(what: &str, spoil: impl Fn(&mut Vec<Stored>)) {
    let newsroom = newsroom();
    let topics: [(&str, OfTopic); 6] = [
        ("articles", |topics| &mut topics.articles),
        ("enriched", |topics| &mut topics.enriched),
        ("quotes", |topics| &mut topics.quotes),
        ("entities", |topics| &mut topics.entities),
        ("mentions", |topics| &mut topics.mentions),
        ("alerts", |topics| &mut topics.alerts),
    ];
    for (name, of) in topics {
        let mut spoilt = books(&newsroom);
        spoil(of(&mut spoilt));
        assert!(!faults(&newsroom, &spoilt).is_empty(), "{name} {what}");
    }
}

fn newsroom() -> Newsroom {
    Newsroom::new(4, 12)
}

/// What a faultless pipeline would leave behind, with a small extraction of its own.
fn books(newsroom: &Newsroom) -> Topics {
    let mut topics = Topics {
        partitions: PARTITIONS,
        ..Topics::default()
    };
    for article in 0..newsroom.articles_per_feed() {
        for feed in 0..newsroom.feeds() {
            let enriched = enriched(Number { feed, article });
            push(&mut topics.articles, &enriched.article);
            push(&mut topics.enriched, &enriched);
            for record in enriched.quote_records() {
                push(&mut topics.quotes, &record);
            }
            for record in enriched.entity_records() {
                push(&mut topics.entities, &record);
            }
            for record in enriched.mention_records() {
                push(&mut topics.mentions, &record);
            }
            push(&mut topics.alerts, &alert(&enriched));
        }
    }
    for records in [
        &mut topics.articles,
        &mut topics.enriched,
        &mut topics.quotes,
        &mut topics.entities,
        &mut topics.mentions,
        &mut topics.alerts,
    ] {
        records.sort_by_key(|record| record.partition);
    }
    topics
}

fn push<T: Record>(topic: &mut Vec<Stored>, record: &T) {
    let key = record.key();
    let chosen_by = record.partition_key().unwrap_or_else(|| key.clone());
    topic.push(Stored {
        partition: i32::try_from(partition_of(&chosen_by, PARTITIONS)).unwrap(),
        offset: i64::try_from(topic.len()).unwrap(),
        key: Some(key),
        payload: Some(serde_json::to_vec(record).unwrap()),
        headers: vec![("ce_id".to_owned(), record.event_id())],
        timestamp: None,
    });
}

fn enriched(number: Number) -> Enriched {
    let body = number.body();
    let feed = FeedId::from_url(&format!("https://harbour.example/{}", number.feed));
    let words = |words: &str| {
        let start = body.find(words).unwrap();
        Span::of(&body, start..start + words.len()).unwrap()
    };
    let quote = Quote {
        kind: QuoteKind::Direct,
        act: SpeechAct::Statement,
        content: vec![words("We will finish")],
        cue: Vec::new(),
        speaker: None,
        addressee: None,
        medium: None,
        date: None,
        translated: false,
        about: Vec::new(),
        confidence: 1.0,
        rules: Vec::new(),
    };
    let mention = Mention {
        official: OfficialId::new("adela-quist"),
        span: words("Adela Quist"),
        alias: "Adela Quist".to_owned(),
        evidence: vec![MentionEvidence::FullAlias],
        score: 1.0,
        entity: None,
    };
    let entity = Entity {
        kind: EntityKind::Organization,
        name: "Ministry of Works".to_owned(),
        mentions: vec![EntityMention {
            span: words("Ministry of Works"),
            form: MentionForm::Name,
        }],
        titles: Vec::new(),
        official: None,
    };
    let extraction = Extraction {
        quotes: vec![quote],
        entities: vec![entity],
        mentions: vec![mention],
    };
    let article = Article {
        id: ArticleId::from_canonical_url(&number.url()),
        version: 1,
        feed,
        outlet: "Harbour".to_owned(),
        country: None,
        url: Some(number.url()),
        title: number.title(),
        body: body.clone(),
        body_source: BodySource::Feed,
        language: "en".parse::<Language>().unwrap(),
        byline: None,
        story: None,
        section: None,
        dateline: None,
        lead_image: None,
        site_name: None,
        modified: None,
        sources: model::FieldSources::default(),
        published: None,
        fetched: Timestamp::UNIX_EPOCH,
        ingested: Timestamp::UNIX_EPOCH,
        origin: Origin::Live,
    };
    Enriched {
        article,
        extraction,
    }
}

fn alert(enriched: &Enriched) -> Alert {
    let official = OfficialId::new("adela-quist");
    Alert {
        id: AlertId::new(RULE, &official, &enriched.article.id),
        rule: RULE.to_owned(),
        severity: Severity::Info,
        official: Some(official),
        official_name: "Adela Quist".to_owned(),
        trigger: AlertTrigger::Mentioned,
        quotes: Vec::new(),
        mentioned_as: vec!["Adela Quist".to_owned()],
        clauses: Vec::new(),
        evidence: Vec::new(),
        targets: Vec::new(),
        article: ArticleRef::from(&enriched.article),
    }
}

fn alter(record: &mut Stored, from: &str, to: &str) {
    let altered = record.text().replace(from, to);
    assert_ne!(altered, record.text());
    record.payload = Some(altered.into_bytes());
}
