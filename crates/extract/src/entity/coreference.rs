//! Which names of a document name one thing, by rule.
//!
//! Rules in the spirit of the Stanford sieve (Raghunathan et al. 2010), names only: the surest
//! first, and two full names that differ are never one person.

use model::{Entity, EntityKind, EntityMention, MentionForm, Span};

use super::{
    also_named::also_named,
    namesake::{Sex, called, may_be_called, surname},
    neighbour::short_name,
    recognizer::Name,
    title,
};
use crate::{Document, pack::Pack, table::Map, token::TokenKind};

/// Forms of one thing that a shorter name is held against.
const MOST_FORMS: usize = 50;

/// Names of one thing so far.
#[derive(Debug)]
struct Cluster {
    kind: EntityKind,
    /// The lower-case words of each form seen, fullest first.
    forms: Vec<Vec<String>>,
    /// What an honorific said, where one did.
    called: Option<Sex>,
    mentions: Vec<usize>,
}

/// The entities of the document's names, by first mention.
pub(crate) fn entities(document: &Document<'_>, names: &[Name]) -> Vec<Entity> {
    let forms: Vec<Vec<String>> = names.iter().map(|name| form(document, name)).collect();
    let mut clusters: Vec<Cluster> = Vec::new();
    let called: Vec<Option<Sex>> = names.iter().map(|name| called(document, name)).collect();
    let mut by_form: Map<(EntityKind, Option<Sex>, &[String]), usize> = Map::default();
    let mut given: Map<(EntityKind, &[String]), usize> = Map::default();
    let mut index = Index::default();
    let others = also_named(document, names, &forms);
    // Full names first: what is shorter leans on them, wherever it stands.
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(forms.get(*at).map_or(0, Vec::len)));
    for at in order {
        let (Some(name), Some(form)) = (names.get(at), forms.get(at)) else {
            continue;
        };
        let key = (name.kind, form.as_slice());
        let called = called.get(at).copied().flatten();
        let called = called.filter(|_| form.len() == 1);
        let form_key = (name.kind, called, form.as_slice());
        let position = by_form.get(&form_key).copied().unwrap_or_else(|| {
            let near = index.near(name.kind, form);
            let given = given.get(&key).copied();
            let sought = Sought { name, form, called };
            let position = given.or_else(|| find(&clusters, &near, names, &sought));
            let position = position.unwrap_or_else(|| {
                clusters.push(Cluster {
                    kind: name.kind,
                    forms: Vec::new(),
                    called,
                    mentions: Vec::new(),
                });
                clusters.len() - 1
            });
            if let Some(cluster) = clusters.get_mut(position) {
                cluster.forms.push(form.clone());
                cluster.called = cluster.called.or(called);
            }
            index.add(name.kind, form, position);
            by_form.insert(form_key, position);
            position
        });
        if let Some(cluster) = clusters.get_mut(position) {
            cluster.mentions.push(at);
        }
        // "Committee for Free Harbours (COMHAR)": whatever its letters, it is what was named.
        let short = short_name(document, name.tokens.end).filter(|_| name.tokens.len() > 1);
        let short = short.and_then(|at| {
            let place = names
                .binary_search_by_key(&at, |name| name.tokens.start)
                .ok()?;
            let other = names.get(place).filter(|other| other.kind == name.kind)?;
            Some((other.kind, forms.get(place)?.as_slice()))
        });
        if let Some(key) = short.filter(|(kind, _)| *kind != EntityKind::Person) {
            given.entry(key).or_insert(position);
        }
        for form in others.get(&key).into_iter().flatten() {
            given.entry((name.kind, form)).or_insert(position);
        }
    }
    for cluster in &mut clusters {
        cluster.mentions.sort_unstable();
    }
    clusters.sort_by_key(|cluster| cluster.mentions.first().copied());
    clusters
        .iter()
        .map(|cluster| entity(document, names, cluster))
        .collect()
}

/// Clusters by what a shorter name shares with one of their forms: the first word, the last, or
/// the initials. A document of many thousand names is not compared name by name.
#[derive(Debug, Default)]
struct Index<'n> {
    by_word: Map<(EntityKind, &'n str), Vec<usize>>,
    by_initials: Map<(EntityKind, String), Vec<usize>>,
}

/// Clusters remembered for one word; no article has as many people of one surname.
const MOST_NAMESAKES: usize = 100;

impl<'n> Index<'n> {
    fn add(&mut self, kind: EntityKind, form: &'n [String], cluster: usize) {
        for word in [form.first(), surname(form)].into_iter().flatten() {
            remember(self.by_word.entry((kind, word)).or_default(), cluster);
        }
        if kind == EntityKind::Person {
            return;
        }
        if let [word] = form {
            let letters = self.by_initials.entry((kind, in_order(word)));
            remember(letters.or_default(), cluster);
            return;
        }
        let large = initials(form, true);
        let shorter = large.char_indices().next_back();
        let shorter = shorter.and_then(|(end, _)| large.get(..end));
        for letters in [
            initials(form, false),
            shorter.unwrap_or_default().to_owned(),
            large.clone(),
        ] {
            remember(
                self.by_initials.entry((kind, letters)).or_default(),
                cluster,
            );
        }
    }

    /// The clusters that `form` may belong to, in order.
    fn near(&self, kind: EntityKind, form: &'n [String]) -> Vec<usize> {
        let words = [form.first(), form.last()].into_iter().flatten();
        let mut near: Vec<usize> = words
            .filter_map(|word| self.by_word.get(&(kind, word.as_str())))
            .flatten()
            .copied()
            .collect();
        if let [acronym] = form {
            for letters in [acronym.clone(), in_order(acronym)] {
                near.extend(self.by_initials.get(&(kind, letters)).into_iter().flatten());
            }
        }
        near.sort_unstable();
        near.dedup();
        near
    }
}

/// The letters of a word by the alphabet, for words whose letters changed places.
fn in_order(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters.insert(0, '~');
    letters.into_iter().collect()
}

fn remember(clusters: &mut Vec<usize>, cluster: usize) {
    if clusters.len() < MOST_NAMESAKES && clusters.last() != Some(&cluster) {
        clusters.push(cluster);
    }
}

/// The words of a name in lower case, without stops, possessives and "the".
fn form(document: &Document<'_>, name: &Name) -> Vec<String> {
    let tokens = document.tokens_of(&name.tokens);
    let words: Vec<String> = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Punctuation && token.kind != TokenKind::Stop)
        .map(|token| {
            token
                .text(document.text)
                .replace(['.', '’', '\''], "")
                .to_lowercase()
        })
        .filter(|word| !word.is_empty())
        .collect();
    let words = match words.as_slice() {
        [first, of, rest @ ..]
            if name.kind == EntityKind::Place && first == "kingdom" && of == "of" =>
        {
            rest.to_vec()
        }
        _ => words,
    };
    match words.split_first() {
        Some((first, rest)) if first == "the" && !rest.is_empty() => rest.to_vec(),
        _ => {
            let joined = words.join(" ");
            if name.kind == EntityKind::Organization {
                let known = &Pack::english().heads.other_letters;
                let full = known.iter().find(|[letters, _]| *letters == joined);
                return full.map_or(words, |[_, full]| {
                    full.split(' ').map(str::to_owned).collect()
                });
            }
            canonical_place(name.kind, &joined).map_or(words, |place| vec![place.to_owned()])
        }
    }
}

/// One form for countries with several.
fn canonical_place(kind: EntityKind, form: &str) -> Option<&'static str> {
    if kind != EntityKind::Place {
        return None;
    }
    Some(match form {
        "us" | "usa" | "united states" | "united states of america" | "america" => "united states",
        "uk" | "united kingdom" | "britain" | "great britain" => "united kingdom",
        "burma" | "myanmar" => "myanmar",
        "eu" | "european union" => "european union",
        "dprk" | "north korea" => "north korea",
        "prc" | "china" => "china",
        "dc" | "washington dc" | "washington" => "washington",
        "viet nam" | "vietnam" => "vietnam",
        _ => return None,
    })
}

/// A name whose cluster is looked for.
struct Sought<'n> {
    name: &'n Name,
    form: &'n [String],
    called: Option<Sex>,
}

/// The cluster a form belongs to, given that all longer forms are placed. Where several could be
/// meant it is the one last named before, if its last word is the one; else none.
fn find(
    clusters: &[Cluster],
    near: &[usize],
    names: &[Name],
    sought: &Sought<'_>,
) -> Option<usize> {
    let Sought { name, form, called } = *sought;
    let fits = |full: &Vec<String>| is_short_for(name.kind, form, full);
    let fitting: Vec<usize> = near
        .iter()
        .filter(|at| {
            clusters.get(**at).is_some_and(|cluster| {
                let mut forms = cluster.forms.iter().take(MOST_FORMS);
                forms.clone().any(fits) && forms.all(|full| may_be_called(form, called, full))
            })
        })
        .copied()
        .collect();
    match fitting.as_slice() {
        [] => None,
        [only] => Some(*only),
        several => {
            let last = form.last()?;
            let ends_so = |at: &&usize| {
                clusters.get(**at).is_some_and(|cluster| {
                    cluster.forms.iter().any(|full| surname(full) == Some(last))
                })
            };
            let latest = |at: &&usize| {
                let mentions = clusters
                    .get(**at)
                    .map_or(&[][..], |c| c.mentions.as_slice());
                mentions
                    .iter()
                    .filter_map(|mention| names.get(*mention))
                    .filter(|other| other.tokens.start < name.tokens.start)
                    .map(|other| other.tokens.start)
                    .max()
            };
            several.iter().filter(ends_so).max_by_key(latest).copied()
        }
    }
}

/// Whether `short` can name what `full` names.
fn is_short_for(kind: EntityKind, short: &[String], full: &[String]) -> bool {
    if short == full {
        return true;
    }
    match kind {
        EntityKind::Person => is_part_of_person(short, full),
        EntityKind::Organization | EntityKind::Other => {
            is_acronym(short, full)
                || is_part_of_organisation(short, full)
                || is_misspelt_acronym(short, full)
        }
        EntityKind::Place => {
            is_acronym(short, full)
                || full.starts_with(short) && (short.len() > 1 || is_unit_of(short, full))
        }
    }
}

/// "Kandal" is short for "Kandal Province"; "West" is not for "West Bank".
fn is_unit_of(short: &[String], full: &[String]) -> bool {
    let heads = &Pack::english().heads;
    let rest = full.get(short.len()..).unwrap_or_default();
    let is_unit = |word: &String| heads.place_ends.contains(word) || heads.units.contains(word);
    let [.., before, last] = rest else {
        return rest.iter().all(is_unit);
    };
    before == "autonomous" && matches!(last.as_str(), "region" | "prefecture" | "county")
}

/// One word of a name: its first or last. Two words or more: the same first and last, or an end
/// of the longer name; a spelling that differs by a letter counts as the same.
fn is_part_of_person(short: &[String], full: &[String]) -> bool {
    if short.len() > full.len() || full.len() < 2 {
        return false;
    }
    match short {
        [] => false,
        [word] => full.first() == Some(word) || surname(full) == Some(word),
        [first, .., last] => {
            let same_ends = full.first() == Some(first) && full.last() == Some(last);
            let is_spelling = short.len() == full.len()
                && short.iter().zip(full).filter(|(a, b)| a != b).count() == 1
                && short
                    .iter()
                    .zip(full)
                    .all(|(a, b)| a == b || is_one_letter_off(a, b) || is_swapped(a, b));
            let is_same = short.concat() == full.concat();
            same_ends || full.ends_with(short) || full.starts_with(short) || is_spelling || is_same
        }
    }
}

/// Whether two long words differ by one letter added or dropped; a changed letter may be another
/// name ("Sok", "Sokha" are too short to say).
fn is_one_letter_off(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if short.chars().count() < 5 || short.chars().count() + 1 != long.chars().count() {
        return false;
    }
    let common = short
        .chars()
        .zip(long.chars())
        .take_while(|(a, b)| a == b)
        .count();
    short.chars().skip(common).eq(long.chars().skip(common + 1))
}

/// "CRNP" for "CNRP".
fn is_misspelt_acronym(short: &[String], full: &[String]) -> bool {
    match (short, full) {
        ([one], [other]) => is_swapped(one, other) && !one.contains(is_vowel),
        _ => false,
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// Whether two neighbouring letters changed places: "Chao" and "Choa".
fn is_swapped(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len() != other.len() || one.len() < 4 {
        return false;
    }
    let differ: Vec<usize> = (0..one.len())
        .filter(|at| one.get(*at) != other.get(*at))
        .collect();
    let [first, second] = differ.as_slice() else {
        return false;
    };
    first + 1 == *second
        && one.get(*first) == other.get(*second)
        && one.get(*second) == other.get(*first)
}

/// A name of two words or more that begins or ends the longer one; one word only where it begins
/// it and is no common head.
fn is_part_of_organisation(short: &[String], full: &[String]) -> bool {
    if short.len() >= full.len() {
        return false;
    }
    match short {
        [] => false,
        [word] => {
            let is_outlet = Pack::english()
                .heads
                .outlets
                .contains(word.to_uppercase().as_str());
            full.first() == Some(word)
                && (word.len() > 3 || is_outlet)
                && !Pack::english().heads.generic.contains(word.as_str())
        }
        _ => full.starts_with(short) || full.ends_with(short),
    }
}

/// Whether `short` is one word made of the first letters of `full`, small words in or out.
fn is_acronym(short: &[String], full: &[String]) -> bool {
    let [acronym] = short else {
        return false;
    };
    let letters = acronym.chars().count();
    if letters < 2 || full.len() < 2 {
        return false;
    }
    let all = initials(full, false);
    let large = initials(full, true);
    *acronym == all
        || *acronym == large
        || letters > 2
            && large.starts_with(acronym.as_str())
            && large.chars().count() == letters + 1
}

/// The first letters of the words of a name, those of small words in or out.
fn initials(full: &[String], skips_small: bool) -> String {
    full.iter()
        .flat_map(|word| word.split('-'))
        .filter(|word| {
            !skips_small
                || !matches!(
                    *word,
                    "of" | "the" | "and" | "for" | "in" | "on" | "to" | "s" | "&"
                )
        })
        .filter(|word| *word != "s")
        .filter_map(|word| word.chars().next())
        .collect()
}

fn entity(document: &Document<'_>, names: &[Name], cluster: &Cluster) -> Entity {
    let members: Vec<&Name> = cluster
        .mentions
        .iter()
        .filter_map(|at| names.get(*at))
        .collect();
    let spans: Vec<Span> = members
        .iter()
        .filter_map(|name| document.span_of(&name.tokens))
        .collect();
    let fullest = spans
        .iter()
        .filter_map(|span| span.text(document.text))
        // "Vesnograd" rather than the "VESNOGRAD" of a dateline.
        .max_by_key(|text| {
            let has_small = text.contains(char::is_lowercase);
            (text.split_whitespace().count(), has_small, text.len())
        })
        .unwrap_or_default();
    Entity {
        kind: cluster.kind,
        name: fullest.split_whitespace().collect::<Vec<_>>().join(" "),
        titles: match cluster.kind {
            EntityKind::Person => title::titles(document, &members),
            EntityKind::Organization | EntityKind::Place | EntityKind::Other => Vec::new(),
        },
        mentions: spans
            .into_iter()
            .map(|span| EntityMention {
                span,
                form: MentionForm::Name,
            })
            .collect(),
        official: None,
    }
}
