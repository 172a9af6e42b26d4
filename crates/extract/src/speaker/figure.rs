//! The people and bodies that an article names, as far as finding speakers needs them.
//!
//! Names are runs of capitalised words; a part of a name stands for the fullest name that holds it.

use model::{Entity, EntityKind, Span};

use super::{
    gender::gender_of_titles,
    run::{Run, named, runs},
};
use crate::{
    entity::Word,
    pack::{Pack, Trait},
    sentence::Document,
    table::{Map, Set},
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
    /// Whether its name is of words that are written small elsewhere ("Off Message").
    pub(crate) is_words: bool,
    /// Whether it is described and never named.
    pub(crate) is_described: bool,
    /// Whether it is more than one ("the two ministers").
    pub(crate) is_many: bool,
    /// Times named, and those behind "in" or "at".
    namings: usize,
    places: usize,
    is_labelled_place: bool,
    /// Whether it is a law, a day or a work.
    pub(crate) is_thing: bool,
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

    /// Somebody with a post who is named by the attribution is no place, whatever the name was taken
    /// for.
    pub(crate) fn prove_person(&mut self) {
        self.is_person = true;
        self.is_labelled_place = false;
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
    by_word: Map<String, Vec<usize>>,
    by_entity: Map<usize, usize>,
}

/// Words of titles kept for a figure.
const MOST_TITLES: usize = 24;

/// More figures than this are not kept apart; no article needs them.
const MOST_FIGURES: usize = 2000;

impl Cast {
    /// The cast of an article: its entities, and the capitalised words that are none.
    pub(crate) fn of(
        document: &Document<'_>,
        pack: &Pack,
        words: &[Word],
        entities: &[Entity],
    ) -> Self {
        let mut runs = runs(document, pack, &named(document, entities));
        let mid: Set<String> = runs
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
            let place = cast.figure(run, entities);
            cast.note(place, run);
            let first = document.token_at(run.span.start());
            let tokens = words.get(first..document.token_at(run.span.end() - 1) + 1);
            if let (None, Some(figure)) = (run.entity, cast.figures.get_mut(place)) {
                let is_words = tokens.is_some_and(|run| run.iter().all(|word| word.is_common));
                figure.is_words = is_words && run.titles.is_empty();
            }
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
        let ends = &Pack::english().heads.people_ends;
        let mut figure = Figure {
            name: run.words.join(" "),
            is_organization: run.is_organization,
            is_people: run
                .words
                .iter()
                .all(|word| word == "-" || ends.iter().any(|end| word.ends_with(end.as_str()))),
            ..Figure::default()
        };
        if let Some((at, entity)) = run.entity.and_then(|at| Some((at, entities.get(at)?))) {
            self.by_entity.insert(at, place);
            figure.name.clone_from(&entity.name);
            figure.entity = Some(at);
            figure.is_person = entity.kind == EntityKind::Person;
            figure.is_organization = entity.kind == EntityKind::Organization;
            figure.is_labelled_place = entity.kind == EntityKind::Place;
            figure.is_thing = entity.kind == EntityKind::Other;
            // "U Pannya" and "Daw Khin Mar" are persons, whatever they were taken for.
            let first = Pack::english().traits(run.words.first().map_or("", String::as_str));
            let is_titled = first.has_any(&[Trait::MaleTitles, Trait::FemaleTitles]);
            if run.words.len() > 1 && is_titled && figure.is_organization {
                (figure.is_person, figure.is_organization) = (true, false);
            }
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

    /// Makes a figure of several described together: "two officials", "Ada Morrow and her son".
    pub(crate) fn describe_many(&mut self, name: String, span: Span, sentence: usize) -> usize {
        let place = self.describe(name, span, sentence);
        if let Some(figure) = self.figures.get_mut(place) {
            figure.is_many = true;
            figure.is_person = false;
        }
        place
    }

    /// Makes a figure of a body that is described, not named ("the coast guard").
    pub(crate) fn describe_body(&mut self, name: String, span: Span, sentence: usize) -> usize {
        let place = self.describe(name, span, sentence);
        if let Some(figure) = self.figures.get_mut(place) {
            figure.is_organization = true;
            figure.is_person = false;
        }
        place
    }

    /// Whoever is named in `span` stands back behind others of the sentence, as the one spoken to
    /// does.
    pub(crate) fn stand_back(&mut self, span: Span) {
        let start = self
            .namings
            .partition_point(|naming| naming.span.start() < span.start());
        let inside = self.namings.iter_mut().skip(start);
        for naming in inside.take_while(|naming| naming.span.end() <= span.end()) {
            naming.is_first = false;
        }
    }

    /// The namings within `span`.
    pub(crate) fn namings_in(&self, span: Span) -> &[Naming] {
        let start = self
            .namings
            .partition_point(|naming| naming.span.start() < span.start());
        let end = self
            .namings
            .partition_point(|naming| naming.span.start() < span.end());
        self.namings.get(start..end).unwrap_or_default()
    }

    /// The namings that end before `span` starts.
    pub(crate) fn namings_before(&self, span: Span) -> &[Naming] {
        let end = self
            .namings
            .partition_point(|naming| naming.span.end() <= span.start());
        self.namings.get(..end).unwrap_or_default()
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
        let mut free = self.namings_in(span).iter().filter(|naming| {
            span.contains(naming.span)
                && !self
                    .figures
                    .get(naming.figure)
                    .is_some_and(|figure| figure.is_people)
                && !is_governed(text, span, naming.span)
                && !is_bracketed(text, span, naming.span)
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

/// Whether the name `name` stands in brackets behind another within the phrase `span`, as Utah does
/// in "Rep. Ada Morrow (R-Utah)".
fn is_bracketed(text: &str, span: Span, name: Span) -> bool {
    let before = text.get(span.start()..name.start()).unwrap_or_default();
    let opened = before.rfind('(').filter(|open| *open > 0);
    opened > before.rfind(')')
}

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
