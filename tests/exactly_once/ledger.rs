//! The books: what stands in the topics, held against the fixture record by record.

use std::collections::{BTreeMap, BTreeSet};

use model::{Alert, AlertId, Article, Enriched, OfficialId, Record, Span};
use stream::partition_of;

use super::newsroom::{Newsroom, Number};
use crate::harness::consumer::Stored;

/// Enough to see what is wrong.
const MOST_FAULTS: usize = 20;
/// The one rule of the fixture's configuration.
pub(super) const RULE: &str = "every-mention";

/// What a `read_committed` reader sees, each topic in order of partition and offset.
#[derive(Clone, Debug, Default)]
pub(super) struct Topics {
    pub(super) partitions: u32,
    pub(super) articles: Vec<Stored>,
    pub(super) enriched: Vec<Stored>,
    pub(super) quotes: Vec<Stored>,
    pub(super) entities: Vec<Stored>,
    pub(super) mentions: Vec<Stored>,
    pub(super) alerts: Vec<Stored>,
    pub(super) dead_letters: Vec<Stored>,
}

/// Every way in which the topics differ from what the fixture gives: lost, twice, out of order,
/// altered, misplaced, unasked for.
pub(super) fn faults(newsroom: &Newsroom, topics: &Topics) -> Vec<String> {
    let mut ledger = Ledger {
        newsroom,
        topics,
        faults: Vec::new(),
    };
    ledger.check();
    ledger.faults.truncate(MOST_FAULTS);
    ledger.faults
}

/// Decodes a topic, record by record with its partition.
pub(super) fn decoded<T: Record>(topic: &str, stored: &[Stored]) -> Vec<(i32, T)> {
    let decode = |record: &Stored| {
        let payload = record.payload.as_deref().unwrap_or_default();
        let value = serde_json::from_slice(payload).unwrap_or_else(|error| {
            let (partition, offset) = (record.partition, record.offset);
            panic!("{topic} {partition}/{offset} does not decode: {error}")
        });
        (record.partition, value)
    };
    stored.iter().map(decode).collect()
}

struct Ledger<'a> {
    newsroom: &'a Newsroom,
    topics: &'a Topics,
    faults: Vec<String>,
}

impl Ledger<'_> {
    fn check(&mut self) {
        let topics = self.topics;
        if let Some(letter) = topics.dead_letters.first() {
            let count = topics.dead_letters.len();
            self.fault(format!("{count} dead letters, the first {}", letter.text()));
        }
        let articles = decoded::<Article>("articles", &topics.articles);
        let enriched = decoded::<Enriched>("enriched", &topics.enriched);
        self.check_places("articles", &topics.articles, &articles);
        self.check_places("enriched", &topics.enriched, &enriched);
        self.check_articles(&articles);
        self.check_enriched(&articles, &enriched);
        self.check_spans(&enriched);
        self.check_routed("quotes", &topics.quotes, &enriched, Enriched::quote_records);
        self.check_routed(
            "entities",
            &topics.entities,
            &enriched,
            Enriched::entity_records,
        );
        self.check_routed(
            "mentions",
            &topics.mentions,
            &enriched,
            Enriched::mention_records,
        );
        self.check_alerts(&enriched);
    }

    fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// Each record lies in the partition that its key or its article chooses, where its like lie,
    /// under its envelope's id.
    fn check_places<T: Record>(&mut self, topic: &str, stored: &[Stored], decoded: &[(i32, T)]) {
        for (stored, (_, record)) in stored.iter().zip(decoded) {
            let key = record.key();
            let place = format!("{topic} {}/{}", stored.partition, stored.offset);
            if stored.key.as_deref() != Some(key.as_str()) {
                self.fault(format!("{place}: key {:?} is not {key}", stored.key));
            }
            let chosen_by = record.partition_key().unwrap_or(key);
            let partition = partition_of(&chosen_by, self.topics.partitions);
            if i32::try_from(partition) != Ok(stored.partition) {
                self.fault(format!("{place}: belongs into partition {partition}"));
            }
            let id = ("ce_id".to_owned(), record.event_id());
            if !stored.headers.contains(&id) {
                self.fault(format!("{place}: no header {id:?}"));
            }
        }
    }

    /// Each feed's articles are there, each once, and in each partition in the order of
    /// publication.
    fn check_articles(&mut self, articles: &[(i32, Article)]) {
        let mut of_feeds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut last: BTreeMap<(i32, usize), usize> = BTreeMap::new();
        for (partition, article) in articles {
            let Some(number) = number(article) else {
                self.fault(format!("articles: {} is not of the fixture", article.id));
                continue;
            };
            if article.body != number.body() || article.title != number.title() {
                self.fault(format!("articles: {number:?} is altered"));
            }
            if article.version != 1 {
                let version = article.version;
                self.fault(format!("articles: {number:?} has version {version}"));
            }
            let earlier = last.insert((*partition, number.feed), number.article);
            if earlier >= Some(number.article) {
                self.fault(format!(
                    "articles: {number:?} stands after article {earlier:?} of its feed"
                ));
            }
            of_feeds
                .entry(number.feed)
                .or_default()
                .push(number.article);
        }
        let expected: Vec<usize> = (0..self.newsroom.articles_per_feed()).collect();
        for feed in 0..self.newsroom.feeds() {
            let mut found = of_feeds.remove(&feed).unwrap_or_default();
            found.sort_unstable();
            if found != expected {
                self.fault(difference(
                    &format!("articles of feed {feed}"),
                    &expected,
                    &found,
                ));
            }
        }
        if let Some(feed) = of_feeds.keys().next() {
            self.fault(format!("articles: feed {feed} is not of the fixture"));
        }
    }

    /// Each article is enriched once, unaltered, and those of a feed that share a partition stand
    /// there in the order of the feed.
    fn check_enriched(&mut self, articles: &[(i32, Article)], enriched: &[(i32, Enriched)]) {
        let sources: BTreeMap<&str, &Article> = articles
            .iter()
            .map(|(_, article)| (article.id.as_str(), article))
            .collect();
        let mut seen = BTreeSet::new();
        let mut last: BTreeMap<(i32, usize), usize> = BTreeMap::new();
        for (partition, record) in enriched {
            let id = record.article.id.as_str();
            match sources.get(id) {
                None => self.fault(format!("enriched: {id} was never an article")),
                Some(source) if **source != record.article => {
                    self.fault(format!("enriched: {id} is altered"));
                }
                Some(_) => {}
            }
            if !seen.insert(id) {
                self.fault(format!("enriched: {id} twice"));
            }
            let Some(number) = number(&record.article) else {
                continue;
            };
            let earlier = last.insert((*partition, number.feed), number.article);
            if earlier >= Some(number.article) {
                self.fault(format!(
                    "enriched: {number:?} stands after article {earlier:?} of its feed"
                ));
            }
        }
        for id in sources.keys().filter(|id| !seen.contains(*id)) {
            self.fault(format!("enriched: {id} is lost"));
        }
    }

    /// Spans reproduce text, and every article yields what its text plainly holds.
    fn check_spans(&mut self, enriched: &[(i32, Enriched)]) {
        for (_, record) in enriched {
            let id = &record.article.id;
            let found = &record.extraction;
            if found.quotes.is_empty() || found.mentions.is_empty() || found.entities.is_empty() {
                self.fault(format!("enriched: nothing found in {id}"));
            }
            let contents = found.quotes.iter().flat_map(|quote| &quote.content);
            let mentions = found.mentions.iter().map(|mention| &mention.span);
            let mut spans: Vec<&Span> = contents.chain(mentions).collect();
            spans.retain(|span| span.text(&record.article.body).is_none_or(str::is_empty));
            if let Some(span) = spans.first() {
                self.fault(format!("enriched: {span:?} of {id} has no text"));
            }
        }
    }

    /// A downstream partition holds exactly what the same partition of `enriched` gives, in order.
    fn check_routed<T: Record + PartialEq>(
        &mut self,
        topic: &str,
        stored: &[Stored],
        enriched: &[(i32, Enriched)],
        route: impl Fn(&Enriched) -> Vec<T>,
    ) {
        let found = decoded::<T>(topic, stored);
        self.check_places(topic, stored, &found);
        let mut expected: Vec<(i32, T)> = Vec::new();
        for (partition, record) in enriched {
            let records = route(record).into_iter();
            expected.extend(records.map(|record| (*partition, record)));
        }
        if expected.is_empty() {
            self.fault(format!("{topic}: nothing to expect"));
        }
        let ids = |records: &[(i32, T)]| -> Vec<String> {
            let ids = records.iter();
            ids.map(|(partition, r)| format!("{partition}: {}", r.event_id()))
                .collect()
        };
        if ids(&expected) != ids(&found) {
            self.fault(difference(topic, &ids(&expected), &ids(&found)));
        } else if expected.iter().zip(&found).any(|(e, f)| e.1 != f.1) {
            self.fault(format!("{topic}: a record is altered"));
        }
    }

    /// One alert for each official of each article, articles in the order of `enriched`.
    fn check_alerts(&mut self, enriched: &[(i32, Enriched)]) {
        let found = decoded::<Alert>("alerts", &self.topics.alerts);
        self.check_places("alerts", &self.topics.alerts, &found);
        let mut expected = Vec::new();
        for (partition, record) in enriched {
            let article = &record.article.id;
            for official in officials(record) {
                let id = AlertId::new(RULE, &official, article);
                expected.push((*partition, article.to_string(), id.to_string()));
            }
        }
        let mut found: Vec<(i32, String, String)> = found
            .into_iter()
            .map(|(partition, alert)| {
                let article = alert.article.id.to_string();
                (partition, article, alert.id.to_string())
            })
            .collect();
        if expected.is_empty() {
            self.fault("alerts: nothing to expect".to_owned());
        }
        // Within an article the order of officials is the alerter's own business.
        for records in [&mut expected, &mut found] {
            let runs = records.chunk_by_mut(|a, b| (a.0, &a.1) == (b.0, &b.1));
            runs.for_each(<[_]>::sort_unstable);
        }
        if expected != found {
            self.fault(difference("alerts", &expected, &found));
        }
    }
}

/// The watched officials that an article mentions or quotes.
pub(super) fn officials(record: &Enriched) -> BTreeSet<OfficialId> {
    let mentions = record.extraction.mentions.iter();
    let mentioned = mentions.map(|mention| mention.official.clone());
    let quotes = record.extraction.quotes.iter();
    let quoted = quotes.filter_map(|quote| quote.speaker.as_ref()?.official.clone());
    mentioned.chain(quoted).collect()
}

fn number(article: &Article) -> Option<Number> {
    Number::of_url(article.url.as_deref()?)
}

/// Says how two sequences differ: what is missing, what is there more than expected, or where the
/// order turns.
fn difference<T: std::fmt::Debug + Ord>(what: &str, expected: &[T], found: &[T]) -> String {
    let mut balance: BTreeMap<&T, i64> = BTreeMap::new();
    for item in expected {
        *balance.entry(item).or_default() += 1;
    }
    for item in found {
        *balance.entry(item).or_default() -= 1;
    }
    let lost = balance.iter().filter(|(_, count)| **count > 0);
    let extra = balance.iter().filter(|(_, count)| **count < 0);
    let (lost_count, extra_count) = (lost.clone().count(), extra.clone().count());
    let turn = expected.iter().zip(found).position(|(e, f)| e != f);
    format!(
        "{what}: {} expected, {} found, {lost_count} lost (as {:?}), {extra_count} too many \
         (as {:?}), first difference at {turn:?}",
        expected.len(),
        found.len(),
        lost.map(|(item, _)| item).next(),
        extra.map(|(item, _)| item).next(),
    )
}
