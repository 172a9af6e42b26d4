//! A rule that fires: the alert, and why.

use model::{Alert, AlertEvidence, AlertId, AlertTrigger, AlertedQuote, ArticleRef, OfficialId};

use super::{
    Rule,
    scene::{ReadQuote, Reading, Scene, is_person},
};

/// What speaks for an alert on one official.
#[derive(Default)]
struct Findings<'a> {
    quotes: Vec<&'a ReadQuote>,
    clauses: Vec<&'a str>,
    has_fired: bool,
}

impl Rule {
    /// The alerts that the rule raises on an article, officials in the order of their ids.
    pub(crate) fn fire(&self, reading: &Reading<'_>) -> Vec<Alert> {
        if !self.expression.names_officials() {
            let found = self.findings(reading, None);
            return found
                .map(|found| self.alert(reading, None, &found))
                .into_iter()
                .collect();
        }
        let officials = reading.officials.keys();
        officials
            .filter_map(|official| {
                let found = self.findings(reading, Some(official))?;
                Some(self.alert(reading, Some(official), &found))
            })
            .collect()
    }

    /// Each condition as written, and whether anything in the article meets it by itself: for the
    /// author who wonders why a rule does not fire.
    pub(crate) fn conditions_met(&self, reading: &Reading<'_>) -> Vec<(String, bool)> {
        let quotes = reading.quotes.iter().map(Some).chain([None]);
        let officials = reading.officials.keys().map(Some).chain([None]);
        let pairs: Vec<_> = quotes
            .flat_map(|quote| officials.clone().map(move |official| (quote, official)))
            .collect();
        let conditions = self.expression.conditions().into_iter();
        conditions
            .map(|condition| {
                let is_met = pairs.iter().any(|(quote, official)| {
                    let scene = Scene {
                        reading,
                        quote: *quote,
                        official: *official,
                    };
                    scene.meets(&condition.test)
                });
                (condition.written.clone(), is_met)
            })
            .collect()
    }

    fn findings<'a>(
        &'a self,
        reading: &'a Reading<'a>,
        official: Option<&'a OfficialId>,
    ) -> Option<Findings<'a>> {
        let mut found = Findings::default();
        let concerns = |quote: &ReadQuote| {
            official.is_none_or(|id| quote.speaker.as_ref() == Some(id) || quote.about.contains(id))
        };
        let (near, far): (Vec<_>, Vec<_>) = reading.quotes.iter().partition(|q| concerns(q));
        for quote in near {
            self.try_scene(reading, Some(quote), official, &mut found);
        }
        self.try_scene(reading, None, official, &mut found);
        if !found.has_fired && self.expression.asks_of_quotes() {
            // Quotes that neither are by the official nor name it count only where nothing else
            // meets the rule.
            for quote in far {
                self.try_scene(reading, Some(quote), official, &mut found);
            }
        }
        found.has_fired.then_some(found)
    }

    fn try_scene<'a>(
        &'a self,
        reading: &'a Reading<'a>,
        quote: Option<&'a ReadQuote>,
        official: Option<&'a OfficialId>,
        found: &mut Findings<'a>,
    ) {
        let scene = Scene {
            reading,
            quote,
            official,
        };
        if !scene.holds(&self.expression) {
            return;
        }
        if let (Some(official), Some(bound)) = (official, scene.bound(&self.expression))
            && !bound.contains(official)
        {
            return;
        }
        found.has_fired = true;
        found.quotes.extend(quote);
        for clause in scene.met(&self.expression) {
            if !found.clauses.contains(&clause) {
                found.clauses.push(clause);
            }
        }
    }

    fn alert(
        &self,
        reading: &Reading<'_>,
        official: Option<&OfficialId>,
        found: &Findings<'_>,
    ) -> Alert {
        let article = ArticleRef::from(&reading.enriched.article);
        let known = official.and_then(|id| reading.watchlist.get(id));
        let name = &self.config.name;
        let mut quotes = found.quotes.clone();
        quotes.sort_by_key(|quote| quote.record.quote.content.first().map(|span| span.start()));
        let is_by = |quote: &&ReadQuote| quote.speaker.as_ref() == official;
        let is_about = |quote: &&ReadQuote| official.is_some_and(|id| quote.about.contains(id));
        let trigger = match official {
            None => AlertTrigger::Article,
            Some(_) if quotes.iter().any(is_by) => AlertTrigger::Speaks,
            Some(_) if quotes.iter().any(is_about) => AlertTrigger::About,
            Some(_) => AlertTrigger::Mentioned,
        };
        Alert {
            id: match official {
                Some(official) => AlertId::new(name, official, &article.id),
                None => AlertId::of_article(name, &article.id),
            },
            rule: name.clone(),
            severity: self.config.severity,
            official: official.cloned(),
            official_name: known
                .map(|official| official.name.clone())
                .unwrap_or_default(),
            trigger,
            quotes: quotes.iter().map(|quote| alerted(quote, reading)).collect(),
            mentioned_as: names_used(reading, official),
            clauses: found
                .clauses
                .iter()
                .map(|clause| (*clause).to_owned())
                .collect(),
            evidence: evidence(reading, official),
            targets: self.config.targets.clone(),
            article,
        }
    }
}

fn alerted(quote: &ReadQuote, reading: &Reading<'_>) -> AlertedQuote {
    let record = &quote.record;
    let about = quote
        .about
        .iter()
        .filter_map(|id| reading.watchlist.get(id));
    AlertedQuote {
        id: record.id.clone(),
        kind: record.quote.kind,
        text: record.said().into_owned(),
        cue: record.reported_by().map(str::to_owned),
        speaker: record
            .quote
            .speaker
            .as_ref()
            .map(|speaker| speaker.name.clone()),
        about: about.map(|official| official.name.clone()).collect(),
        confidence: record.quote.confidence,
    }
}

/// The words that mention the official, each once, in text order.
fn names_used(reading: &Reading<'_>, official: Option<&OfficialId>) -> Vec<String> {
    let enriched = reading.enriched;
    let mut names: Vec<String> = Vec::new();
    for mention in &enriched.extraction.mentions {
        if Some(&mention.official) == official
            && is_person(mention)
            && let Some(name) = mention.span.text(&enriched.article.body)
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// How each alias that fired was believed: its best mention.
fn evidence(reading: &Reading<'_>, official: Option<&OfficialId>) -> Vec<AlertEvidence> {
    let mut all: Vec<AlertEvidence> = Vec::new();
    for mention in &reading.enriched.extraction.mentions {
        if Some(&mention.official) != official || !is_person(mention) {
            continue;
        }
        let found = AlertEvidence {
            alias: mention.alias.clone(),
            evidence: mention.evidence.clone(),
            score: mention.score,
        };
        match all.iter_mut().find(|known| known.alias == found.alias) {
            Some(known) if known.score < found.score => *known = found,
            Some(_) => {}
            None => all.push(found),
        }
    }
    all
}
