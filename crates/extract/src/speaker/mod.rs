//! Speakers: from the words that point to them to the names of the article.
//!
//! A name stands for its fullest form; "who" for what it follows; "the minister" for the last
//! figure with that title; "he" for the best of the figures named before, by who spoke last, who
//! opened a sentence last, and gender. What is named inside quoted words is no candidate.

mod candidate;
mod description;
mod figure;
mod gender;
mod phrase;
mod pronoun;
mod reference;
mod relative;
mod run;

use model::{Entity, Quote, QuoteKind, Span, Speaker, SpeakerKind};

pub use self::candidate::{Candidate, Reason};
use self::figure::{Cast, Gender};
pub(crate) use self::reference::{add_references, fill_about};
use crate::{
    confidence::Rates,
    entity::Word,
    pack::{Pack, Trait, Traits, holds},
    quote::Found,
    sentence::Document,
    table::Set,
};

/// Gives every quote its speaker, in text order, with those who were weighed.
pub(crate) fn resolve(
    document: &Document<'_>,
    words: &[Word],
    entities: &[Entity],
    found: Vec<Found>,
) -> Vec<(Quote, Vec<Candidate>)> {
    if found.is_empty() {
        return Vec::new();
    }
    let pack = Pack::english();
    let mut cast = Cast::of(document, pack, words, entities);
    for span in found
        .iter()
        .filter_map(|quote| quote.antecedent.or(quote.speaker))
    {
        if let Some(naming) = cast.head_of(document.text, span).copied()
            && let Some(figure) = cast.figures.get_mut(naming.figure)
        {
            figure.is_person |= !figure.is_organization;
        }
    }
    for span in found.iter().filter_map(|quote| quote.addressee) {
        cast.stand_back(span);
    }
    let speakers_by_name: Set<usize> = found
        .iter()
        .filter_map(|quote| Some(cast.head_of(document.text, quote.speaker?)?.figure))
        .collect();
    // Those whom reported words name stand behind who reports them.
    for quote in found.iter().filter(|quote| quote.kind != QuoteKind::Direct) {
        if quote
            .speaker
            .is_some_and(|span| is_known(document, pack, &cast, span))
        {
            for span in &quote.content {
                if !is_topic(document, pack, &cast, quote, *span, &speakers_by_name) {
                    cast.stand_back(*span);
                }
            }
        }
    }
    let spoken = spoken_spans(&found);
    cast.learn_genders(document, &spoken);
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|place| {
        found
            .get(*place)
            .and_then(|quote| quote.speaker.or(quote.cue))
    });
    let mut resolver = Resolver {
        document,
        pack,
        cast,
        spoken,
        said: Vec::new(),
    };
    let mut speakers: Vec<(Option<Speaker>, Vec<Candidate>)> =
        vec![(None, Vec::new()); found.len()];
    for place in order {
        if let (Some(quote), Some((speaker, candidates))) =
            (found.get(place), speakers.get_mut(place))
        {
            *speaker = resolver.speaker(quote, candidates);
        }
    }
    found
        .into_iter()
        .zip(speakers)
        .map(|(quote, (speaker, candidates))| (finish(quote, speaker), candidates))
        .collect()
}

/// "Thandar has written to the court, she said.": who opens a paragraph and speaks elsewhere, before a
/// pronoun, is whom the pronoun means.
fn is_topic(
    document: &Document<'_>,
    pack: &Pack,
    cast: &Cast,
    quote: &Found,
    content: Span,
    speakers: &Set<usize>,
) -> bool {
    let pronouns = [Trait::MalePronouns, Trait::FemalePronouns];
    let is_pronoun = quote.speaker.is_some_and(|span| {
        let words = span.text(document.text).unwrap_or_default();
        span.start() > content.end() && pack.traits(words).has_any(&pronouns)
    });
    let first = document.token_at(content.start());
    let paragraph = document.paragraphs.get(document.paragraph_of(first));
    let opens = paragraph.is_some_and(|range| range.start == first);
    let naming = cast.named_at(content.start());
    is_pronoun && opens && naming.is_some_and(|naming| speakers.contains(&naming.figure))
}

/// Whether a speaker is named, or "he" or "she": nobody new.
fn is_known(document: &Document<'_>, pack: &Pack, cast: &Cast, span: Span) -> bool {
    let pronouns = [Trait::MalePronouns, Trait::FemalePronouns];
    let words = span.text(document.text).unwrap_or_default();
    pack.traits(words).has_any(&pronouns) || cast.head_of(document.text, span).is_some()
}

/// The words that are the speakers' own, in order.
fn spoken_spans(found: &[Found]) -> Vec<Span> {
    let direct = found.iter().filter(|quote| quote.kind == QuoteKind::Direct);
    let mut spans: Vec<Span> = direct
        .flat_map(|quote| quote.content.iter().copied())
        .collect();
    spans.sort_unstable();
    spans
}

fn finish(quote: Found, speaker: Option<Speaker>) -> Quote {
    let mut rules: Vec<String> = quote.rules.iter().map(|rule| (*rule).to_owned()).collect();
    if let Some(speaker) = &speaker
        && speaker.kind == SpeakerKind::Pronoun
    {
        rules.push(format!("pronoun stands for {}", speaker.name));
    }
    let confidence = Rates::english().of_quote(&quote.rules, speaker.as_ref());
    Quote {
        kind: quote.kind,
        act: quote.act,
        content: quote.content,
        cue: quote.cue.into_iter().collect(),
        speaker,
        addressee: quote.addressee,
        medium: quote.circumstances.medium,
        date: quote.circumstances.date,
        translated: quote.circumstances.translated,
        about: Vec::new(),
        confidence,
        rules,
    }
}

/// Follows who spoke through the text.
struct Resolver<'r, 't> {
    document: &'r Document<'t>,
    pack: &'static Pack,
    cast: Cast,
    spoken: Vec<Span>,
    /// Who spoke so far: where, and which figure.
    said: Vec<(Span, usize)>,
}

impl Resolver<'_, '_> {
    fn speaker(&mut self, quote: &Found, weighed: &mut Vec<Candidate>) -> Option<Speaker> {
        let span = quote.speaker?;
        let words = plain(span.text(self.document.text)?);
        let first = words.split(' ').next().unwrap_or_default();
        let traits = self.pack.traits(first);
        let is_single = !words.contains(' ');
        let is_pronoun = is_single
            && traits.has_any(&[
                Trait::MalePronouns,
                Trait::FemalePronouns,
                Trait::PluralPronouns,
                Trait::RelativePronouns,
                Trait::OtherPronouns,
            ]);
        let (figure, kind) = if is_pronoun {
            let figure = if let Some(antecedent) = quote.antecedent {
                let words = antecedent.text(self.document.text).map(plain);
                self.by_phrase(antecedent).or_else(|| {
                    let words = words?;
                    let kind = self.kind(&words, None, antecedent);
                    self.described(&words, kind, antecedent)
                })
            } else {
                let relative = self.relative_before(span, traits);
                let (figure, candidates) = match relative {
                    Some(figure) => (Some(figure), Vec::new()),
                    None if traits.has(Trait::OpenPronouns) => (None, Vec::new()),
                    None => self.by_pronoun(span, traits, quote.addressee),
                };
                *weighed = candidates;
                let is_they = traits.has(Trait::PluralPronouns) && !traits.has(Trait::OpenPronouns);
                let is_it = first.eq_ignore_ascii_case("it");
                figure
                    .or_else(|| self.last_two(span).filter(|_| is_they))
                    .or_else(|| self.body_that_spoke(span).filter(|_| is_it))
            };
            (figure, SpeakerKind::Pronoun)
        } else {
            let figure = if self.is_joint(span) {
                None
            } else {
                self.by_phrase(span)
                    .or_else(|| self.by_age(&words, span, quote.addressee))
                    .or_else(|| self.by_description(&words, span, quote.addressee))
            };
            let kind = self.kind(&words, figure, span);
            (figure.or_else(|| self.described(&words, kind, span)), kind)
        };
        if let Some(figure) = figure {
            self.said.push((span, figure));
            // "His wife" is no man: her own word says what she is.
            let own = if is_pronoun {
                traits
            } else {
                self.pack.traits(&head_of(&words).to_lowercase())
            };
            self.learn_gender(figure, own);
            if !is_pronoun && quote.kind != QuoteKind::Direct {
                self.learn_gender(figure, self.opening_traits(quote));
            }
        }
        // "A teacher from one of the villages, Nang Kham, said".
        if !is_pronoun
            && let Some(named) = self
                .by_apposition(span)
                .filter(|named| Some(*named) == figure)
            && let Some(named) = self.cast.figures.get_mut(named)
            && !named.is_organization
        {
            named.prove_person();
        }
        // "According to a study by Morrow …, he argues": whoever wrote it is heard through it.
        if figure.is_none_or(|figure| self.is_described(figure))
            && let Some(author) = self.author_behind(span)
        {
            self.said.push((span, author));
        }
        let named = figure.and_then(|figure| self.cast.figures.get(figure));
        if let (true, Some(at), Some(named)) = (weighed.is_empty(), figure, named) {
            let mut candidate = Candidate::new(at, &named.name);
            candidate.add(Reason::ByItsWords, 1.0);
            weighed.push(candidate);
        }
        let antecedent = quote
            .antecedent
            .and_then(|span| span.text(self.document.text))
            .map(plain);
        Some(Speaker {
            spans: vec![span],
            kind,
            name: named
                .map(|figure| figure.name.clone())
                .or(antecedent)
                .unwrap_or(words),
            entity: named.and_then(|figure| figure.entity),
            official: None,
            confidence: Rates::english().of_speaker(kind),
        })
    }

    /// What the first word of reported words says: "Morrow said she would stay" is of Morrow, mostly.
    fn opening_traits(&self, quote: &Found) -> Traits {
        let words = quote
            .content
            .first()
            .and_then(|span| span.text(self.document.text));
        let first = words.and_then(|words| words.split_whitespace().next());
        // "her resignation" that somebody calls for is another's.
        let first = first.filter(|word| matches!(*word, "he" | "she" | "He" | "She"));
        first.map_or(Traits::default(), |word| self.pack.traits(word))
    }

    /// Who was "she" once is not "he" later.
    fn learn_gender(&mut self, figure: usize, traits: Traits) {
        if let Some(figure) = self.cast.figures.get_mut(figure)
            && figure.gender == Gender::Unknown
        {
            figure.gender = match (
                traits.has_any(&[Trait::MalePronouns, Trait::MaleTitles]),
                traits.has_any(&[Trait::FemalePronouns, Trait::FemaleTitles]),
            ) {
                (true, _) => Gender::Male,
                (_, true) => Gender::Female,
                (false, false) => Gender::Unknown,
            };
        }
    }

    /// A new figure for one person who is described and not named: who says "he" next may be meant.
    fn described(&mut self, words: &str, kind: SpeakerKind, span: Span) -> Option<usize> {
        if kind == SpeakerKind::Plural && self.cast.has_room() {
            let token = self.document.token_at(span.start());
            let sentence = self.document.sentence_of(token);
            return Some(self.cast.describe_many(words.to_owned(), span, sentence));
        }
        if kind == SpeakerKind::Organization && self.cast.has_room() {
            let token = self.document.token_at(span.start());
            let sentence = self.document.sentence_of(token);
            return Some(self.cast.describe_body(words.to_owned(), span, sentence));
        }
        let is_person = matches!(kind, SpeakerKind::Unnamed | SpeakerKind::Titled);
        let head = head_of(words).to_lowercase();
        let traits = self.pack.traits(&head);
        let is_post =
            traits.has(Trait::Posts) || traits.has_any(&[Trait::MaleTitles, Trait::FemaleTitles]);
        // "another Tibetan", "a source": one who speaks and is no body is somebody.
        let is_thing = traits.has(Trait::Bodies) || self.is_thing(&head);
        let is_somebody = is_post || kind == SpeakerKind::Unnamed && !is_thing;
        if !is_person || !is_somebody || !self.cast.has_room() {
            return None;
        }
        let token = self.document.token_at(span.start());
        let sentence = self.document.sentence_of(token);
        let figure = self.cast.describe(words.to_owned(), span, sentence);
        if kind == SpeakerKind::Unnamed
            && let Some(figure) = self.cast.figures.get_mut(figure)
        {
            figure.titles.push(head);
        }
        Some(figure)
    }

    /// Whether a noun is what something is said in or what is derived from a verb: "a message".
    fn is_thing(&self, noun: &str) -> bool {
        let heads = &self.pack.heads;
        holds(&self.pack.occasions.media, noun)
            || heads.things.contains(noun)
            || heads
                .thing_ends
                .iter()
                .any(|end| noun.ends_with(end.as_str()))
    }

    /// "They" who spoke one by one just before: a figure of the two.
    fn last_two(&mut self, span: Span) -> Option<usize> {
        let here = self
            .document
            .sentence_of(self.document.token_at(span.start()));
        let mut recent = self.said.iter().rev().take(4).filter(|(at, figure)| {
            let sentence = self
                .document
                .sentence_of(self.document.token_at(at.start()));
            here.saturating_sub(sentence) <= MOST_SENTENCES_BETWEEN
                && self
                    .cast
                    .figures
                    .get(*figure)
                    .is_some_and(|figure| figure.is_person)
        });
        let (_, second) = *recent.next()?;
        let (_, first) = *recent.find(|(_, figure)| *figure != second)?;
        let name = |figure: usize| {
            self.cast
                .figures
                .get(figure)
                .map(|figure| figure.name.clone())
        };
        let both = format!("{} and {}", name(first)?, name(second)?);
        self.cast
            .has_room()
            .then(|| self.cast.describe_many(both, span, here))
    }

    /// Whether two are named or described as one speaker ("Ada Morrow and Tomas Reyl"); the "and" of
    /// a name ("Ministry of Land and Water") joins nobody.
    fn is_joint(&self, span: Span) -> bool {
        let Some(words) = span.text(self.document.text) else {
            return false;
        };
        let Some(joint) = words.find(" and ") else {
            return false;
        };
        let at = span.start() + joint + 1;
        let is_name = |naming: &figure::Naming| naming.span.start() < at && at < naming.span.end();
        !self.cast.namings_in(span).iter().any(is_name)
    }

    fn kind(&self, words: &str, figure: Option<usize>, span: Span) -> SpeakerKind {
        let figure = figure.and_then(|figure| self.cast.figures.get(figure));
        let has_name = self.cast.head_of(self.document.text, span).is_some();
        let traits = self.pack.traits(head_of(words));
        let opens = |list: &[&str]| {
            list.iter().any(|word| {
                words
                    .split(' ')
                    .next()
                    .is_some_and(|first| first.eq_ignore_ascii_case(word))
            })
        };
        if self.is_joint(span) || opens(&MANY) || traits.has(Trait::PluralNouns) && !has_name {
            SpeakerKind::Plural
        } else if figure.is_some_and(|figure| figure.is_organization)
            || traits.has(Trait::Organizations)
        {
            SpeakerKind::Organization
        } else if has_name {
            SpeakerKind::Named
        } else if opens(&["a", "an", "one", "another", "some", "several", "many"]) {
            SpeakerKind::Unnamed
        } else if traits.has(Trait::Titles) || opens(&["the", "his", "her", "their"]) {
            SpeakerKind::Titled
        } else {
            SpeakerKind::Named
        }
    }
}

/// How far back two who spoke one by one may stand for "they" to mean both.
const MOST_SENTENCES_BETWEEN: usize = 5;

/// Numbers that say there is more than one.
const MANY: [&str; 8] = [
    "two", "three", "four", "five", "six", "seven", "eight", "both",
];

/// What ties other words to the head of a noun phrase before it.
const ENDS_HEAD: [&str; 14] = [
    "of", "for", "from", "at", "in", "with", "on", "by", "near", "outside", "inside", "who",
    "whose", "familiar",
];

/// The last word of a noun phrase before what is tied to it.
fn head_of(words: &str) -> &str {
    words
        .split(' ')
        .take_while(|word| !ENDS_HEAD.contains(word))
        .last()
        .unwrap_or(words)
        .trim_end_matches(',')
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
