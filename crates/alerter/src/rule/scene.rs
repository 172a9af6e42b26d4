//! What a rule is tried on: an article, one of its quotes or none, one official or none.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use model::{Enriched, Mention, MentionEvidence, Office, Official, OfficialId, QuoteRecord};

use super::{
    Watchlist,
    expression::{Expression, Officials, Test, folded},
};

/// An article, read once for all rules.
pub(crate) struct Reading<'a> {
    pub(super) enriched: &'a Enriched,
    pub(super) watchlist: &'a Watchlist,
    pub(super) quotes: Vec<ReadQuote>,
    /// Every watched official that it mentions or quotes, with the best score of a mention.
    pub(super) officials: BTreeMap<OfficialId, f32>,
    /// The article's day, for offices held.
    day: Date,
    title: OnceCell<String>,
    body: OnceCell<String>,
}

/// A quote with the officials that it is by and about.
pub(super) struct ReadQuote {
    pub(super) record: QuoteRecord,
    pub(super) speaker: Option<OfficialId>,
    pub(super) about: BTreeSet<OfficialId>,
    said: OnceCell<String>,
}

/// One trial of a rule.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) reading: &'a Reading<'a>,
    /// `None` for the article as such.
    pub(super) quote: Option<&'a ReadQuote>,
    pub(super) official: Option<&'a OfficialId>,
}

impl<'a> Reading<'a> {
    /// Reads an article.
    pub(crate) fn new(enriched: &'a Enriched, watchlist: &'a Watchlist) -> Self {
        let quotes: Vec<ReadQuote> = enriched
            .quote_records()
            .into_iter()
            .map(|record| ReadQuote::new(record, enriched, watchlist))
            .collect();
        let mut officials = BTreeMap::new();
        for mention in enriched.extraction.mentions.iter().filter(|m| is_person(m)) {
            if watchlist.get(&mention.official).is_some() {
                let best = officials.entry(mention.official.clone()).or_insert(0.0_f32);
                *best = best.max(mention.score);
            }
        }
        for quote in &quotes {
            if let Some(speaker) = &quote.speaker {
                let confidence = quote.record.quote.confidence;
                officials.entry(speaker.clone()).or_insert(confidence);
            }
        }
        let time: Timestamp = enriched
            .article
            .published
            .unwrap_or(enriched.article.fetched);
        Self {
            enriched,
            watchlist,
            quotes,
            officials,
            day: time.to_zoned(TimeZone::UTC).date(),
            title: OnceCell::new(),
            body: OnceCell::new(),
        }
    }

    fn title(&self) -> &str {
        self.title
            .get_or_init(|| folded(&self.enriched.article.title))
    }

    fn body(&self) -> &str {
        self.body
            .get_or_init(|| folded(&self.enriched.article.body))
    }

    /// Whether the office is held on the article's day; open ends count as held.
    fn is_held(&self, office: &Office) -> bool {
        office.from.is_none_or(|from| from <= self.day) && office.to.is_none_or(|to| self.day <= to)
    }
}

impl ReadQuote {
    fn new(record: QuoteRecord, enriched: &Enriched, watchlist: &Watchlist) -> Self {
        let extraction = &enriched.extraction;
        let entities = record.quote.about.iter();
        let by_entity = entities.filter_map(|at| extraction.entities.get(*at)?.official.clone());
        let inside = |mention: &&Mention| {
            let mut spans = record.quote.content.iter();
            is_person(mention) && spans.any(|span| span.contains(mention.span))
        };
        let by_mention = extraction
            .mentions
            .iter()
            .filter(inside)
            .map(|m| m.official.clone());
        let is_watched = |id: &OfficialId| watchlist.get(id).is_some();
        let about = by_entity.chain(by_mention).filter(is_watched).collect();
        let speaker = record.quote.speaker.as_ref();
        let speaker = speaker
            .and_then(|speaker| speaker.official.clone())
            .filter(is_watched);
        Self {
            record,
            speaker,
            about,
            said: OnceCell::new(),
        }
    }

    fn said(&self) -> &str {
        self.said.get_or_init(|| folded(&self.record.text))
    }
}

impl<'a> Scene<'a> {
    fn with_quote(self, quote: &'a ReadQuote) -> Self {
        Self {
            quote: Some(quote),
            ..self
        }
    }

    fn watched(&self) -> Option<&'a Official> {
        self.reading.watchlist.get(self.official?)
    }

    /// Whether the rule holds here.
    ///
    /// On the article as such no quote is at hand: what asks for one does not hold, and `not`
    /// means that no quote of the article does it.
    pub(super) fn holds(&self, expression: &Expression) -> bool {
        match expression {
            Expression::All(parts) => parts.iter().all(|part| self.holds(part)),
            Expression::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Expression::Not(inner) => {
                let in_a_quote = || {
                    let mut quotes = self.reading.quotes.iter();
                    quotes.any(|quote| self.with_quote(quote).holds(inner))
                };
                !self.holds(inner) && (self.quote.is_some() || !in_a_quote())
            }
            Expression::Condition(condition) => self.meets(&condition.test),
        }
    }

    /// Whether one condition is met here.
    pub(super) fn meets(&self, test: &Test) -> bool {
        let article = &self.reading.enriched.article;
        let has_any = |text: &str, phrases: &[String]| phrases.iter().any(|p| text.contains(p));
        match test {
            Test::Speaker(wanted) => {
                let speaker = self.quote.and_then(|quote| quote.speaker.as_ref());
                speaker.is_some_and(|speaker| wanted.contain(speaker))
            }
            Test::About(wanted) => {
                let about = self.quote.map(|quote| &quote.about);
                about.is_some_and(|about| about.iter().any(|id| wanted.contain(id)))
            }
            Test::Mentions(wanted) => self.reading.officials.keys().any(|id| wanted.contain(id)),
            Test::Office(titles) => self.watched().is_some_and(|official| {
                let mut held = official.offices.iter().filter(|o| self.reading.is_held(o));
                held.any(|office| has_any(&folded(&office.title), titles))
            }),
            Test::Organisation(bodies) => self.watched().is_some_and(|official| {
                let mut bodies_of = official.organisations.iter();
                bodies_of.any(|body| has_any(&folded(body), bodies))
            }),
            Test::Country(countries) => self
                .watched()
                .and_then(|official| official.country.as_ref())
                .is_some_and(|country| is_among(country, countries)),
            Test::FeedCountry(countries) => {
                let country = article.country.as_ref();
                country.is_some_and(|country| is_among(country, countries))
            }
            Test::Language(wanted) => wanted.iter().any(|wanted| {
                let rest = article.language.as_str().strip_prefix(wanted.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            }),
            Test::Outlet(wanted) => wanted.contains(&folded(&article.outlet)),
            Test::Kind(wanted) => self
                .quote
                .is_some_and(|quote| wanted.contains(&quote.record.quote.kind)),
            Test::Cue(wanted) => self
                .quote
                .is_some_and(|quote| wanted.contains(&quote.record.quote.act)),
            Test::Said(phrases) => self
                .quote
                .is_some_and(|quote| has_any(quote.said(), phrases)),
            Test::Title(phrases) => has_any(self.reading.title(), phrases),
            Test::Text(phrases) => {
                has_any(self.reading.title(), phrases) || has_any(self.reading.body(), phrases)
            }
            Test::Confidence(sign, bound) => {
                let of_quote = self.quote.map(|quote| quote.record.quote.confidence);
                let of_mention = || self.official.and_then(|id| self.reading.officials.get(id));
                let confidence = of_quote.or_else(|| of_mention().copied());
                confidence.is_some_and(|confidence| compares(confidence, sign, *bound))
            }
        }
    }

    /// The officials that the conditions met here are about: the alert is about one of them.
    /// `None` where no such condition is met, and anybody will do.
    pub(super) fn bound(&self, expression: &Expression) -> Option<BTreeSet<&'a OfficialId>> {
        match expression {
            Expression::All(parts) | Expression::Any(parts) => {
                let mut all: Option<BTreeSet<&OfficialId>> = None;
                for part in parts.iter().filter(|part| self.holds(part)) {
                    if let Some(bound) = self.bound(part) {
                        all.get_or_insert_default().extend(bound);
                    }
                }
                all
            }
            Expression::Not(_) => None,
            Expression::Condition(condition) => {
                let these = |wanted: &Officials, ids: &mut dyn Iterator<Item = &'a OfficialId>| {
                    ids.filter(|id| wanted.contain(id)).collect()
                };
                match &condition.test {
                    Test::Speaker(wanted) => {
                        let speaker = self.quote.and_then(|quote| quote.speaker.as_ref());
                        Some(these(wanted, &mut speaker.into_iter()))
                    }
                    Test::About(wanted) => {
                        let about = self.quote.map(|quote| &quote.about);
                        Some(these(wanted, &mut about.into_iter().flatten()))
                    }
                    Test::Mentions(wanted) => {
                        Some(these(wanted, &mut self.reading.officials.keys()))
                    }
                    _ => None,
                }
            }
        }
    }

    /// The conditions met here, outside of `not`, in the order written.
    pub(super) fn met<'e>(&self, expression: &'e Expression) -> Vec<&'e str> {
        match expression {
            Expression::All(parts) | Expression::Any(parts) => parts
                .iter()
                .filter(|part| self.holds(part))
                .flat_map(|part| self.met(part))
                .collect(),
            Expression::Not(_) => Vec::new(),
            Expression::Condition(condition) => vec![condition.written.as_str()],
        }
    }
}

/// Whether a mention is of the person: a street or a book by that name is none.
pub(super) fn is_person(mention: &Mention) -> bool {
    let mut evidence = mention.evidence.iter();
    !evidence.any(|evidence| matches!(evidence, MentionEvidence::Eponym { .. }))
}

fn is_among(country: &str, countries: &[String]) -> bool {
    countries
        .iter()
        .any(|wanted| wanted.eq_ignore_ascii_case(country))
}

fn compares(confidence: f32, sign: &str, bound: f32) -> bool {
    match sign {
        ">" => confidence > bound,
        "<" => confidence < bound,
        "<=" => confidence <= bound,
        "=" => (confidence - bound).abs() < 0.005,
        _ => confidence >= bound,
    }
}
