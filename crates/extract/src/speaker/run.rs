//! Runs of capitalised words, with what stands beside them: where figures are named.

use std::ops::Range;

use model::{Entity, EntityKind, MentionForm, Span};

use super::figure::Gender;
use crate::{
    pack::{Pack, Trait, holds},
    sentence::Document,
    token::{Case, Gap, TokenKind},
};

/// A run of capitalised words, without the titles in front.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims about one name"
)]
pub(super) struct Run {
    pub(super) span: Span,
    pub(super) words: Vec<String>,
    pub(super) sentence: usize,
    pub(super) is_first: bool,
    pub(super) gender: Gender,
    pub(super) is_person: bool,
    pub(super) is_organization: bool,
    pub(super) is_where: bool,
    pub(super) opens_sentence: bool,
    pub(super) titles: Vec<String>,
    /// Position in the article's entities.
    pub(super) entity: Option<usize>,
}

/// The names of entities, as token ranges, in order.
pub(super) fn named(
    document: &Document<'_>,
    entities: &[Entity],
) -> Vec<(Range<usize>, usize, EntityKind)> {
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

pub(super) fn runs(
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
                    let is_aside = !seen && is_companion(document, pack, range.start, name.start);
                    if is_aside {
                        runs.push(Run {
                            is_first: false,
                            ..run
                        });
                    } else {
                        is_first &=
                            !(*kind == EntityKind::Person && std::mem::replace(&mut seen, true));
                        runs.push(Run { is_first, ..run });
                    }
                }
                at = name.end.max(at + 1);
                continue;
            }
            // "He left Morrow": whoever is named behind a subject is none.
            if matches!(document.word(at), "He" | "She" | "he" | "she") {
                (is_first, seen) = (false, true);
                at += 1;
                continue;
            }
            if !is_capital(document, at) {
                at += 1;
                continue;
            }
            // Headlines capitalise what is no name.
            if is_headline(document, range) {
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
        let of_sentence = runs.iter().rposition(|run| run.sentence != sentence);
        let of_sentence = of_sentence.map_or(0, |before| before + 1);
        put_explained_first(document, runs.get_mut(of_sentence..).unwrap_or_default());
        put_subject_first(
            document,
            pack,
            range,
            runs.get_mut(of_sentence..).unwrap_or_default(),
        );
    }
    runs
}

/// In "Asked whether Reyl knew, Morrow laughed" it is Morrow who does something: the name behind the
/// comma is first, where a clause of another's opens the sentence.
fn put_subject_first(
    document: &Document<'_>,
    pack: &Pack,
    sentence: &Range<usize>,
    runs: &mut [Run],
) {
    if !holds(&pack.fronting, document.lower(sentence.start)) {
        return;
    }
    let opens_main = |run: &Run| {
        let at = document.token_at(run.span.start());
        run.is_person && at > sentence.start && document.word(at - 1) == ","
    };
    let Some(subject) = runs.iter().position(opens_main).filter(|place| *place > 0) else {
        return;
    };
    for (place, run) in runs.iter_mut().enumerate() {
        run.is_first = place == subject;
    }
}

/// "Kelm's predecessor, Ada Morrow, ran it": it is Morrow who does something.
fn put_explained_first(document: &Document<'_>, runs: &mut [Run]) {
    let Some(owner) = runs.iter().position(|run| run.is_person && run.is_first) else {
        return;
    };
    let [owner, other, ..] = runs.get_mut(owner..).unwrap_or_default() else {
        return;
    };
    let mark = document.token_at(owner.span.end() - 1) + 1;
    let at = document.token_at(other.span.start());
    let is_owner = matches!(document.word(mark), "'s" | "’s");
    let is_near = (mark + 2..=mark + MOST_ROLE_WORDS).contains(&at);
    if is_owner && is_near && other.is_person && document.word(at - 1) == "," {
        (owner.is_first, other.is_first) = (false, true);
    }
}

/// Words of a role between who has somebody in it and the name.
const MOST_ROLE_WORDS: usize = 6;

/// Whether a sentence is a line without a stop of which most words are capitalised.
fn is_headline(document: &Document<'_>, sentence: &Range<usize>) -> bool {
    let is_closed = sentence
        .end
        .checked_sub(1)
        .and_then(|last| document.tokens.get(last))
        .is_some_and(|last| last.kind == TokenKind::Stop);
    if is_closed || sentence.len() > MOST_HEADLINE_WORDS || sentence.len() < 4 {
        return false;
    }
    let capitals = sentence
        .clone()
        .filter(|place| is_capital(document, *place))
        .count();
    capitals * 3 > sentence.len() * 2
}

/// Tokens of a headline.
const MOST_HEADLINE_WORDS: usize = 25;

/// Whether a name at `at` hangs on a preposition with which sentences open before their subject:
/// "In an interview with filmmaker Ada Morrow, Tomas Reyl spoke …".
fn is_companion(document: &Document<'_>, pack: &Pack, start: usize, at: usize) -> bool {
    let first = at.saturating_sub(MOST_COMPANION_WORDS).max(start);
    let words = (first..at).rev().map(|place| document.word(place));
    words
        .take_while(|word| word.starts_with(char::is_alphabetic) && pack.cue(word).is_none())
        .any(|word| holds(&pack.companions, word))
        || is_written_to(document, pack, start, at)
}

/// "In a letter to Kelm in March, she wrote": who gets it.
fn is_written_to(document: &Document<'_>, pack: &Pack, start: usize, at: usize) -> bool {
    let is_to = |to: usize| {
        to > start
            && document.word(to) == "to"
            && holds(&pack.occasions.media, document.word(to - 1))
    };
    matches!(document.word(start), "In" | "On" | "During")
        && (1..=2).any(|back| at.checked_sub(back).is_some_and(is_to))
}

/// Words of a title between a preposition and the name that hangs on it.
const MOST_COMPANION_WORDS: usize = 4;

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
        let traits = document.traits(range.start);
        if !traits.has_any(&BEFORE) && !traits.has(Trait::NoNames) {
            break;
        }
        read_title(document.word(range.start), pack, &mut titles, &mut gender);
        range.start += 1;
    }
    while range.end > range.start
        && entity.is_none()
        && document.traits(range.end - 1).has(Trait::NoNames)
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
        if !is_word(document, place) || ENDS_TITLE.contains(&document.word(place)) {
            break;
        }
        read_title(document.word(place), pack, &mut titles, &mut gender);
    }
    // And behind: "Monte Shaw, executive director of".
    let is_place = entity.is_some_and(|(_, kind)| kind == EntityKind::Place);
    if document.word(range.end) == "," && !is_place {
        for place in range.end + 1..range.end + 7 {
            // "Kanto, said her husband": what a cue reports is no title; nor is another's, as in
            // "Reyl, the lawyer of Mrs. Vell".
            let is_over = document.cue(place).is_some() || is_anothers(pack, document.word(place));
            if !is_word(document, place) || is_over {
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
            .any(|place| document.traits(place).has(Trait::Organizations))
        || words.len() == 1
            && document
                .tokens
                .get(range.start)
                .is_some_and(|token| token.case == Case::Upper)
            && words
                .iter()
                .all(|word| word.len() > 1 && !word.contains('.'));
    let first = document.traits(range.start);
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

/// Words behind which a title in front of a name begins: "an officer at the Selin station" is no
/// title of Selin's.
const ENDS_TITLE: [&str; 10] = [
    "at", "of", "in", "for", "from", "to", "by", "with", "on", "and",
];

fn is_word(document: &Document<'_>, place: usize) -> bool {
    let token = document.tokens.get(place);
    token.is_some_and(|token| token.kind == TokenKind::Word)
}

/// Whether a word behind a name opens what is said of another.
fn is_anothers(pack: &Pack, word: &str) -> bool {
    let gendered = [Trait::MaleTitles, Trait::FemaleTitles];
    matches!(word, "whose" | "her" | "his" | "their")
        || word.ends_with('.')
            && word.starts_with(char::is_uppercase)
            && pack.traits(word).has_any(&gendered)
}

fn read_title(word: &str, pack: &Pack, titles: &mut Vec<String>, gender: &mut Gender) {
    let traits = pack.traits(word);
    if traits.has(Trait::MaleTitles) {
        *gender = Gender::Male;
    } else if traits.has(Trait::FemaleTitles) {
        *gender = Gender::Female;
    }
    let titles_of = [
        Trait::Titles,
        Trait::Posts,
        Trait::MaleTitles,
        Trait::FemaleTitles,
    ];
    // Anybody may be a member of something.
    if traits.has_any(&titles_of) && word != "member" {
        let word = word.to_lowercase();
        titles.extend(pack.title_synonyms.get(&word).cloned());
        titles.push(word);
    }
}
