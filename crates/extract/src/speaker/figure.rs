//! The people and bodies that an article names, as far as finding speakers needs them.
//!
//! Names are runs of capitalised words; a part of a name stands for the fullest name that holds it.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use model::{Entity, EntityKind, MentionForm, Span};

use crate::{
    pack::{Pack, Trait},
    sentence::Document,
    token::{Case, Gap, TokenKind},
};

/// Whoever can be spoken of as "he" or as "she".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Gender {
    #[default]
    Unknown,
    Male,
    Female,
}

/// Somebody or some body that the article names.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims about one figure"
)]
pub(crate) struct Figure {
    /// The fullest name.
    pub(crate) name: String,
    pub(crate) gender: Gender,
    pub(crate) is_organization: bool,
    /// Whether anything shows that it is a person.
    pub(crate) is_person: bool,
    /// Whether it is named by words for a people only ("Vietnamese-Cambodian").
    pub(crate) is_people: bool,
    /// Whether it is described and never named.
    pub(crate) is_described: bool,
    /// Times named, and those behind "in" or "at".
    namings: usize,
    places: usize,
    is_labelled_place: bool,
    /// Lower-cased nouns that stand with the name: "spokesman", "minister".
    pub(crate) titles: Vec<String>,
    /// Position in the article's entities.
    pub(crate) entity: Option<usize>,
}

impl Figure {
    /// Whether it is mostly spoken of as where something is.
    pub(crate) fn is_place(&self) -> bool {
        self.is_labelled_place || self.gender == Gender::Unknown && self.places * 3 > self.namings
    }

    /// Whether its name is a given name and a surname at least.
    pub(crate) fn is_full_name(&self) -> bool {
        self.name.contains(' ')
    }
}

/// A place where a figure is named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming {
    pub(crate) span: Span,
    pub(crate) figure: usize,
    /// Position of the sentence.
    pub(crate) sentence: usize,
    /// Whether no person stands before it in its sentence, as before subjects.
    pub(crate) is_first: bool,
}

/// All figures and where they are named, in text order.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    pub(crate) figures: Vec<Figure>,
    pub(crate) namings: Vec<Naming>,
    by_word: HashMap<String, Vec<usize>>,
    by_entity: HashMap<usize, usize>,
}

/// How words for peoples end.
const PEOPLE: [&str; 6] = ["ian", "ians", "ese", "ish", "Khmer", "Khmers"];

/// Words of titles kept for a figure.
const MOST_TITLES: usize = 24;

/// More figures than this are not kept apart; no article needs them.
const MOST_FIGURES: usize = 2000;

impl Cast {
    /// The cast of an article: its entities, and the capitalised words that are none.
    pub(crate) fn of(document: &Document<'_>, pack: &Pack, entities: &[Entity]) -> Self {
        let mut runs = runs(document, pack, &named(document, entities));
        let mid: HashSet<String> = runs
            .iter()
            .filter(|run| !run.opens_sentence)
            .flat_map(|run| run.words.iter().cloned())
            .collect();
        // A lone capitalised word at the start of a sentence is a name only where it is one elsewhere.
        runs.retain(|run| {
            !run.opens_sentence
                || run.entity.is_some()
                || run.words.len() > 1
                || run.words.iter().all(|word| mid.contains(word))
        });
        let mut cast = Self::default();
        // Full names first, so that a surname in the headline finds its owner.
        for run in runs.iter().filter(|run| run.words.len() > 1) {
            cast.figure(run, entities);
        }
        for run in &runs {
            let figure = cast.figure(run, entities);
            cast.note(figure, run);
        }
        for figure in &mut cast.figures {
            if figure.gender == Gender::Unknown {
                figure.gender = gender_of_titles(&figure.titles, pack);
            }
        }
        cast
    }

    /// The figure that a run names, made where there is none.
    fn figure(&mut self, run: &Run, entities: &[Entity]) -> usize {
        let known = match run.entity {
            Some(entity) => self.by_entity.get(&entity).copied(),
            None => self.known(run),
        };
        if let Some(known) = known {
            return known;
        }
        if self.figures.len() >= MOST_FIGURES {
            return self.figures.len() - 1;
        }
        let place = self.figures.len();
        let mut figure = Figure {
            name: run.words.join(" "),
            is_organization: run.is_organization,
            is_people: run
                .words
                .iter()
                .all(|word| word == "-" || PEOPLE.iter().any(|end| word.ends_with(end))),
            ..Figure::default()
        };
        if let Some((at, entity)) = run.entity.and_then(|at| Some((at, entities.get(at)?))) {
            self.by_entity.insert(at, place);
            figure.name.clone_from(&entity.name);
            figure.entity = Some(at);
            figure.is_person = entity.kind == EntityKind::Person;
            figure.is_organization = entity.kind == EntityKind::Organization;
            figure.is_labelled_place = entity.kind == EntityKind::Place;
            let titles = entity.titles.iter();
            figure.titles = titles
                .flat_map(|title| title.text.split_whitespace())
                .map(str::to_lowercase)
                .take(MOST_TITLES)
                .collect();
        }
        self.figures.push(figure);
        for word in &run.words {
            let owners = self.by_word.entry(word.clone()).or_default();
            if owners.len() < 10 {
                owners.push(place);
            }
        }
        place
    }

    /// Makes a figure of somebody described, not named ("one village administrator").
    pub(crate) fn describe(&mut self, name: String, span: Span, sentence: usize) -> usize {
        let place = self.figures.len();
        self.figures.push(Figure {
            name,
            is_person: true,
            is_described: true,
            ..Figure::default()
        });
        let at = self
            .namings
            .partition_point(|naming| naming.span.start() < span.start());
        self.namings.insert(
            at,
            Naming {
                span,
                figure: place,
                sentence,
                is_first: true,
            },
        );
        place
    }

    /// Whether there is room for more figures.
    pub(crate) fn has_room(&self) -> bool {
        self.figures.len() < MOST_FIGURES
    }

    /// A figure with the same name, or the last one whose name holds all words of the run at its
    /// end or, for names that put the family first, at its start.
    fn known(&self, run: &Run) -> Option<usize> {
        let owners = self.by_word.get(run.words.last()?)?;
        let name = run.words.join(" ");
        let figure = |place: &usize| self.figures.get(*place);
        let is_part = |other: &Figure| {
            let rest = other.name.strip_suffix(name.as_str());
            let is_end = rest.is_some_and(|rest| rest.ends_with(' '));
            let rest = other.name.strip_prefix(name.as_str());
            let is_start = run.words.len() == 1 && rest.is_some_and(|rest| rest.starts_with(' '));
            !other.is_organization && !run.is_organization && (is_end || is_start)
        };
        let exact = |place: &&usize| figure(place).is_some_and(|other| other.name == name);
        let partly = |place: &&usize| figure(place).is_some_and(is_part);
        owners
            .iter()
            .find(exact)
            .or_else(|| owners.iter().find(partly))
            .copied()
    }

    fn note(&mut self, place: usize, run: &Run) {
        if let Some(figure) = self.figures.get_mut(place) {
            if figure.gender == Gender::Unknown {
                figure.gender = run.gender;
            }
            figure.is_person |= run.is_person;
            figure.namings += 1;
            figure.places += usize::from(run.is_where);
            for title in &run.titles {
                if figure.titles.len() < MOST_TITLES && !figure.titles.contains(title) {
                    figure.titles.push(title.clone());
                }
            }
        }
        self.namings.push(Naming {
            span: run.span,
            figure: place,
            sentence: run.sentence,
            is_first: run.is_first,
        });
    }

    /// Who the noun phrase `span` is about: the last name in it that nothing there governs or owns,
    /// so Sorana Vell in "Minister Sorana Vell of Korvan" and nobody in "a spokesman for Sorana Vell".
    pub(crate) fn head_of(&self, text: &str, span: Span) -> Option<&Naming> {
        let start = self
            .namings
            .partition_point(|naming| naming.span.start() < span.start());
        let end = self
            .namings
            .partition_point(|naming| naming.span.start() < span.end());
        let inside = self.namings.get(start..end)?.iter();
        let mut free = inside.filter(|naming| {
            span.contains(naming.span)
                && !is_governed(text, span, naming.span)
                && !is_possessor(text, naming.span)
        });
        // In "Helen Marsh of the relief group Open Hands" the later name is tied to the first.
        let tied = free.clone().find(|naming| {
            let figure = self.figures.get(naming.figure);
            figure.is_some_and(|figure| figure.is_person)
                && is_tied(rest_behind(text, span, naming.span))
        });
        let naming = tied.or_else(|| free.next_back())?;
        let rest = rest_behind(text, span, naming.span);
        let is_head =
            rest.is_empty() || rest.starts_with(['(', ',', '.', '—', '–']) || is_tied(rest);
        is_head.then_some(naming)
    }

    /// The name that starts at byte `start`.
    pub(crate) fn named_at(&self, start: usize) -> Option<&Naming> {
        let place = self
            .namings
            .binary_search_by_key(&start, |naming| naming.span.start());
        self.namings.get(place.ok()?)
    }
}

/// What stands behind the name `name` in the phrase `span`.
fn rest_behind(text: &str, span: Span, name: Span) -> &str {
    let rest = text.get(name.end()..span.end()).unwrap_or_default();
    rest.trim_start()
}

/// Whether what stands behind a name belongs to it.
fn is_tied(rest: &str) -> bool {
    let next = rest.split([' ', '\n']).next().unwrap_or_default();
    PREPOSITIONS.contains(&next) || RELATIVES.contains(&next)
}

/// What ties a noun phrase to another that stands before it.
const PREPOSITIONS: &[&str] = &[
    "of", "for", "from", "at", "in", "with", "near", "to", "by", "on", "under", "against",
    "between",
];

/// What opens a relative clause.
const RELATIVES: &[&str] = &["who", "whose", "which", "that"];

/// Whether the name `name` hangs on a preposition within the phrase `span`.
fn is_governed(text: &str, span: Span, name: Span) -> bool {
    let before = text.get(span.start()..name.start()).unwrap_or_default();
    let mut words = before.split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    let modifies = ["ing", "ern", "ed"];
    let is_modifier =
        last.eq_ignore_ascii_case("the") || modifies.iter().any(|ending| last.ends_with(ending));
    let governor = if is_modifier {
        words.next().unwrap_or_default()
    } else {
        last
    };
    PREPOSITIONS.contains(&governor)
}

/// Whether the name owns what follows: "Sorana Vell's".
pub(crate) fn is_possessor(text: &str, name: Span) -> bool {
    let named = name.text(text).unwrap_or_default();
    let rest = text.get(name.end()..).unwrap_or_default();
    ["'s", "’s"]
        .iter()
        .any(|mark| named.ends_with(mark) || rest.starts_with(mark))
        || (named.ends_with('s') && rest.starts_with(['\'', '’']))
}

/// A run of capitalised words, without the titles in front.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims about one name"
)]
struct Run {
    span: Span,
    words: Vec<String>,
    sentence: usize,
    is_first: bool,
    gender: Gender,
    is_person: bool,
    is_organization: bool,
    is_where: bool,
    opens_sentence: bool,
    titles: Vec<String>,
    /// Position in the article's entities.
    entity: Option<usize>,
}

/// The names of entities, as token ranges, in order.
fn named(document: &Document<'_>, entities: &[Entity]) -> Vec<(Range<usize>, usize, EntityKind)> {
    let mut named: Vec<_> = entities
        .iter()
        .enumerate()
        .flat_map(|(place, entity)| {
            let names = entity.mentions.iter();
            let names = names.filter(|mention| mention.form == MentionForm::Name);
            names.map(move |mention| (mention.span, place, entity.kind))
        })
        .map(|(span, place, kind)| {
            let first = document.token_at(span.start());
            (first..document.token_at(span.end() - 1) + 1, place, kind)
        })
        .collect();
    named.sort_unstable_by_key(|(range, place, _)| (range.start, *place));
    named
}

fn runs(
    document: &Document<'_>,
    pack: &Pack,
    named: &[(Range<usize>, usize, EntityKind)],
) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut next = 0;
    for (sentence, range) in document.sentences.iter().enumerate() {
        let mut at = range.start;
        let (mut is_first, mut seen) = (true, false);
        while at < range.end {
            while named.get(next).is_some_and(|(name, ..)| name.start < at) {
                next += 1;
            }
            if let Some((name, place, kind)) = named.get(next).filter(|(name, ..)| name.start == at)
            {
                let entity = Some((*place, *kind));
                if let Some(run) = run(document, pack, name.clone(), range.start, sentence, entity)
                {
                    is_first &=
                        !(*kind == EntityKind::Person && std::mem::replace(&mut seen, true));
                    runs.push(Run { is_first, ..run });
                }
                at = name.end.max(at + 1);
                continue;
            }
            if !is_capital(document, at) {
                at += 1;
                continue;
            }
            let limit = named.get(next).map_or(range.end, |(name, ..)| name.start);
            let limit = limit.min(range.end);
            let mut end = at + 1;
            while end < limit && joins(document, end) {
                end += 1;
            }
            if let Some(run) = run(document, pack, at..end, range.start, sentence, None) {
                is_first &= !(run.is_person && std::mem::replace(&mut seen, true));
                runs.push(Run { is_first, ..run });
            }
            at = end;
        }
    }
    runs
}

fn is_capital(document: &Document<'_>, place: usize) -> bool {
    document.tokens.get(place).is_some_and(|token| {
        token.kind == TokenKind::Word
            && matches!(token.case, Case::Title | Case::Upper | Case::Mixed)
    })
}

/// Whether the token at `place` goes on with the name before it.
fn joins(document: &Document<'_>, place: usize) -> bool {
    let spaced = document
        .tokens
        .get(place)
        .is_some_and(|token| token.gap <= Gap::Space);
    let hyphen = document.word(place) == "-" && is_capital(document, place + 1);
    let particle = matches!(
        document.word(place),
        "de" | "van" | "von" | "bin" | "al" | "del" | "la" | "der" | "den"
    ) && is_capital(document, place + 1);
    spaced && (is_capital(document, place) || hyphen || particle)
}

/// The name in a run of capitalised tokens; nothing where titles and days are all there is.
fn run(
    document: &Document<'_>,
    pack: &Pack,
    mut range: Range<usize>,
    sentence_start: usize,
    sentence: usize,
    entity: Option<(usize, EntityKind)>,
) -> Option<Run> {
    const BEFORE: [Trait; 3] = [Trait::Titles, Trait::MaleTitles, Trait::FemaleTitles];
    let mut titles = Vec::new();
    let mut gender = Gender::Unknown;
    let whole_start = range.start;
    while range.start < range.end && entity.is_none() {
        let traits = pack.traits(document.word(range.start));
        if !traits.has_any(&BEFORE) && !traits.has(Trait::NoNames) {
            break;
        }
        read_title(document.word(range.start), pack, &mut titles, &mut gender);
        range.start += 1;
    }
    while range.end > range.start
        && entity.is_none()
        && pack
            .traits(document.word(range.end - 1))
            .has(Trait::NoNames)
    {
        range.end -= 1;
    }
    if range.is_empty() || range.len() > 8 && entity.is_none() {
        return None;
    }
    let has_title = !titles.is_empty();
    let is_aged = document.word(range.end) == ","
        && document
            .tokens
            .get(range.end + 1)
            .is_some_and(|token| token.kind == TokenKind::Number && token.span.len() <= 3);
    // Lower-case titles in front: "party spokesman Sok Eysan".
    for place in (whole_start.saturating_sub(3).max(sentence_start)..whole_start).rev() {
        if !document
            .tokens
            .get(place)
            .is_some_and(|token| token.kind == TokenKind::Word)
        {
            break;
        }
        read_title(document.word(place), pack, &mut titles, &mut gender);
    }
    // And behind: "Monte Shaw, executive director of".
    if document.word(range.end) == "," {
        for place in range.end + 1..range.end + 7 {
            if !document
                .tokens
                .get(place)
                .is_some_and(|token| token.kind == TokenKind::Word)
            {
                break;
            }
            read_title(document.word(place), pack, &mut titles, &mut gender);
        }
    }
    let words: Vec<String> = range
        .clone()
        .map(|place| document.word(place).to_owned())
        .collect();
    let is_organization = !has_title
        && range
            .clone()
            .any(|place| pack.traits(document.word(place)).has(Trait::Organizations))
        || words.len() == 1
            && document
                .tokens
                .get(range.start)
                .is_some_and(|token| token.case == Case::Upper)
            && words
                .iter()
                .all(|word| word.len() > 1 && !word.contains('.'));
    let first = pack.traits(document.word(range.start));
    let is_given = words.len() > 1 && !is_organization;
    if gender == Gender::Unknown && is_given {
        gender = match (first.has(Trait::MaleNames), first.has(Trait::FemaleNames)) {
            (true, false) => Gender::Male,
            (false, true) => Gender::Female,
            (_, _) => Gender::Unknown,
        };
    }
    let is_known_name = is_given && first.has_any(&[Trait::MaleNames, Trait::FemaleNames]);
    Some(Run {
        span: document.span_of(&range)?,
        words,
        sentence,
        is_first: false,
        gender,
        is_person: match entity {
            Some((_, kind)) => kind == EntityKind::Person,
            None => !is_organization && (!titles.is_empty() || is_known_name || is_aged),
        },
        is_organization,
        is_where: whole_start > sentence_start
            && matches!(
                document.word(whole_start - 1),
                "in" | "at" | "near" | "across" | "In" | "At"
            ),
        opens_sentence: whole_start == sentence_start && !has_title,
        titles,
        entity: entity.map(|(place, _)| place),
    })
}

fn read_title(word: &str, pack: &Pack, titles: &mut Vec<String>, gender: &mut Gender) {
    let traits = pack.traits(word);
    if traits.has(Trait::MaleTitles) {
        *gender = Gender::Male;
    } else if traits.has(Trait::FemaleTitles) {
        *gender = Gender::Female;
    }
    if traits.has_any(&[Trait::Titles, Trait::MaleTitles, Trait::FemaleTitles]) {
        let word = word.to_lowercase();
        titles.extend(pack.title_synonyms.get(&word).cloned());
        titles.push(word);
    }
}

/// What "spokeswoman" and "Prince" say of who is called so.
fn gender_of_titles(titles: &[String], pack: &Pack) -> Gender {
    let has = |one: Trait| titles.iter().any(|title| pack.traits(title).has(one));
    match (has(Trait::MaleTitles), has(Trait::FemaleTitles)) {
        (true, false) => Gender::Male,
        (false, true) => Gender::Female,
        (_, _) => Gender::Unknown,
    }
}
