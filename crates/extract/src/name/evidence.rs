//! What speaks for a short or common name meaning the official, and what against it.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use memchr::memmem;
use model::Span;

use super::normal::{Normal, Normalizer};
use crate::{script::Script, token::Case};

/// Titles and honorifics by language: own compilation, `language position class form` a line. An
/// honorific of class `particle` is a particle far more often.
const TITLES: &str = include_str!("titles.txt");
const COUNTRIES: &str = include_str!("countries.txt");
const EPONYMS: &str = include_str!("eponyms.txt");

/// Folded bytes on either side of a name in which context counts as near by; about two sentences.
const WINDOW: usize = 500;
/// Longest title looked for beside a name.
const MAX_TITLE: usize = 90;

/// The word lists, folded.
#[derive(Debug)]
pub(super) struct Lexicon {
    before: Vec<TitleWord>,
    after: Vec<TitleWord>,
    /// Positions in `before` by the last byte of the word, in `after` by the first.
    by_last: ByByte,
    by_first: ByByte,
    countries: HashMap<String, Vec<Vec<u8>>>,
    eponyms_before: Vec<Vec<u8>>,
    eponyms_after: Vec<Vec<u8>>,
}

/// Positions of words by one byte of them, so that one look asks few.
type ByByte = HashMap<u8, Vec<usize>>;

fn by_byte(bytes: impl Iterator<Item = Option<u8>>) -> ByByte {
    let mut positions = ByByte::new();
    for (place, byte) in bytes.enumerate() {
        if let Some(byte) = byte {
            positions.entry(byte).or_default().push(place);
        }
    }
    positions
}

/// A title or honorific.
#[derive(Debug)]
pub(super) struct TitleWord {
    pub(super) folded: Vec<u8>,
    pub(super) text: String,
    is_title: bool,
    /// Such as Burmese "ko", which marks objects nearly everywhere, and "ma", which negates: it
    /// speaks for a name that stands beside it, but is no reason to look for one.
    pub(super) is_particle: bool,
}

/// What stands right beside a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// A title, such as "President".
    Title(String),
    /// An honorific, such as "Mr.".
    Honorific(String),
}

impl Lexicon {
    pub(super) fn new(normalizer: &Normalizer) -> Self {
        let mut before = Vec::new();
        let mut after = Vec::new();
        for line in TITLES.lines() {
            let mut fields = line.split('\t').skip(1);
            let (Some(position), Some(class), Some(form)) =
                (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let word = || TitleWord {
                folded: normalizer.folded(form.trim_end_matches('.')),
                text: form.to_owned(),
                is_title: class == "title",
                is_particle: class == "particle",
            };
            if position != "after" {
                before.push(word());
            }
            if position != "before" {
                after.push(word());
            }
        }
        // The longest title is the one meant.
        before.sort_by_key(|word| std::cmp::Reverse(word.folded.len()));
        after.sort_by_key(|word| std::cmp::Reverse(word.folded.len()));
        let countries = data_lines(COUNTRIES)
            .filter_map(|line| {
                let mut fields = line.split('\t');
                let code = fields.next()?.to_owned();
                Some((code, fields.map(|stem| normalizer.folded(stem)).collect()))
            })
            .collect();
        let eponyms = |side: &str| {
            data_lines(EPONYMS)
                .filter_map(|line| line.split_once('\t'))
                .filter(|(position, _)| *position == side)
                .map(|(_, word)| normalizer.folded(word))
                .collect()
        };
        Self {
            by_last: by_byte(before.iter().map(|word| word.folded.last().copied())),
            by_first: by_byte(after.iter().map(|word| word.folded.first().copied())),
            before,
            after,
            countries,
            eponyms_before: eponyms("before"),
            eponyms_after: eponyms("after"),
        }
    }

    /// The beginnings of words that name a country; none for an unknown code.
    pub(super) fn country(&self, code: &str) -> &[Vec<u8>] {
        self.countries.get(code).map_or(&[], Vec::as_slice)
    }

    /// Titles and honorifics that stand before names, the longest first.
    pub(super) fn titles_before(&self) -> &[TitleWord] {
        &self.before
    }

    /// Those that stand behind names, the longest first.
    pub(super) fn titles_after(&self) -> &[TitleWord] {
        &self.after
    }

    /// The title or honorific right beside the folded name at `start..end`.
    pub(super) fn beside(&self, normal: &Normal, start: usize, end: usize) -> Option<Beside> {
        let before = text_before(normal, start);
        let after = text_after(normal, end);
        let found = words_at(&self.before, &self.by_last, before.last())
            .find(|word| ends_with_word(before, &word.folded))
            .or_else(|| {
                words_at(&self.after, &self.by_first, after.first())
                    .find(|word| starts_with_word(after, &word.folded))
            })?;
        Some(if found.is_title {
            Beside::Title(found.text.clone())
        } else {
            Beside::Honorific(found.text.clone())
        })
    }

    /// The word that makes the folded name at `start..end` part of another thing's name.
    pub(super) fn eponym(&self, normal: &Normal, start: usize, end: usize) -> Option<String> {
        let before = text_before(normal, start);
        let after = text_after(normal, end);
        self.eponyms_after
            .iter()
            .find(|word| starts_with_word(after, word))
            .or_else(|| {
                self.eponyms_before
                    .iter()
                    .find(|word| ends_with_word(before, word))
            })
            .map(|word| String::from_utf8_lossy(word).into_owned())
    }
}

/// The words whose byte is `byte`, in order.
fn words_at<'w>(
    words: &'w [TitleWord],
    positions: &'w ByByte,
    byte: Option<&u8>,
) -> impl Iterator<Item = &'w TitleWord> {
    let places = byte.and_then(|byte| positions.get(byte));
    let places = places.into_iter().flatten();
    places.filter_map(|place| words.get(*place))
}

fn data_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn text_before(normal: &Normal, start: usize) -> &[u8] {
    let from = start.saturating_sub(MAX_TITLE);
    trim_filler(normal.bytes.get(from..start).unwrap_or_default(), false)
}

fn text_after(normal: &Normal, end: usize) -> &[u8] {
    let to = (end + MAX_TITLE).min(normal.bytes.len());
    trim_filler(normal.bytes.get(end..to).unwrap_or_default(), true)
}

/// Cuts the space and the stop of an abbreviation between a title and a name.
fn trim_filler(mut text: &[u8], at_start: bool) -> &[u8] {
    loop {
        let rest = if at_start {
            text.strip_prefix(b" ")
        } else {
            text.strip_suffix(b" ").or_else(|| text.strip_suffix(b"."))
        };
        match rest {
            Some(rest) => text = rest,
            None => return text,
        }
    }
}

fn ends_with_word(text: &[u8], word: &[u8]) -> bool {
    let Some(rest) = text.strip_suffix(word) else {
        return false;
    };
    !word.is_empty()
        && (is_unspaced(word.first()) || rest.last().is_none_or(|byte| is_boundary(*byte)))
}

fn starts_with_word(text: &[u8], word: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(word) else {
        return false;
    };
    !word.is_empty()
        && (is_unspaced(word.last()) || rest.first().is_none_or(|byte| is_boundary(*byte)))
}

/// Whether the folded word at `start..end` is no part of a longer one, as far as its script tells.
pub(super) fn stands_free(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let parted = |edge: Option<&u8>, beside: Option<&u8>| {
        is_unspaced(edge) || beside.is_none_or(|byte| is_boundary(*byte))
    };
    let last = end.checked_sub(1).and_then(|at| bytes.get(at));
    parted(bytes.get(start), before) && parted(last, bytes.get(end))
}

/// Whether a folded byte belongs to a script whose letters take three bytes: those of Asia.
fn is_unspaced(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| *byte >= 0xe0 || (0x80..0xc0).contains(byte))
}

const fn is_boundary(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && byte < 0x80
}

/// Where a context word was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// Within two sentences or so.
    Near,
    /// Elsewhere in the text.
    Far,
}

/// Context words of one text. How far they are looked for is bounded, and each stretch of the text
/// is looked through once for the words of one official, however often the official is named.
#[derive(Debug)]
pub(super) struct Contexts<'n> {
    bytes: &'n [u8],
    seen: RefCell<Stretches>,
}

/// By official, kind of words, and stretch of the text: where each of the words stands.
type Stretches = HashMap<(usize, Kind, usize), Rc<[Seen]>>;

/// Which words of an official are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Context words, organisations and offices.
    Context,
    /// The country.
    Country,
}

/// The first and the last place of a word in a stretch.
type Seen = Option<(usize, usize)>;

/// Folded bytes of a stretch: more than most articles have. Context is looked for in the stretch
/// of the name and the two beside it.
const STRETCH: usize = 1 << 15;

impl<'n> Contexts<'n> {
    pub(super) fn new(normal: &'n Normal) -> Self {
        Self {
            bytes: &normal.bytes,
            seen: RefCell::new(HashMap::new()),
        }
    }

    /// The first of `words`, those of `official`, that stands outside the name at `name`; near it
    /// first.
    pub(super) fn find<'w>(
        &self,
        (official, kind): (usize, Kind),
        words: &'w [Vec<u8>],
        name: (usize, usize),
    ) -> Option<(&'w [u8], Nearness)> {
        if words.is_empty() {
            return None;
        }
        let seen = self.seen(official, kind, words, name.0 / STRETCH);
        let is_outside = |place: usize| place < name.0 || place >= name.1;
        let present = || {
            let both = words.iter().zip(seen.iter());
            both.filter_map(|(word, seen)| Some((word.as_slice(), (*seen)?)))
                .filter(|(_, (first, last))| is_outside(*first) || is_outside(*last))
        };
        let from = name.0.saturating_sub(WINDOW);
        let to = (name.0 + WINDOW).min(self.bytes.len());
        let near = self.bytes.get(from..to).unwrap_or_default();
        let found = present()
            .filter(|(_, (first, last))| *first < to && *last >= from)
            .find(|(word, _)| find_word(near, word).any(|place| is_outside(from + place)));
        if let Some((word, _)) = found {
            return Some((word, Nearness::Near));
        }
        present().next().map(|(word, _)| (word, Nearness::Far))
    }

    fn seen(&self, official: usize, kind: Kind, words: &[Vec<u8>], stretch: usize) -> Rc<[Seen]> {
        let key = (official, kind, stretch);
        if let Some(seen) = self.seen.borrow().get(&key) {
            return Rc::clone(seen);
        }
        let from = stretch.saturating_sub(1) * STRETCH;
        let to = ((stretch + 2) * STRETCH).min(self.bytes.len());
        let bytes = self.bytes.get(from..to).unwrap_or_default();
        let seen: Rc<[Seen]> = words
            .iter()
            .map(|word| {
                let mut places = find_word(bytes, word).filter(|_| word.len() > 1);
                let first = places.next()?;
                Some((from + first, from + places.last().unwrap_or(first)))
            })
            .collect();
        self.seen.borrow_mut().insert(key, Rc::clone(&seen));
        seen
    }
}

/// Where `word` starts a word of `text`.
fn find_word<'t>(text: &'t [u8], word: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    memmem::find_iter(text, word).filter(move |at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        is_unspaced(word.first()) || before.is_none_or(|byte| is_boundary(*byte) || *byte >= 0xe0)
    })
}

/// The capitalised word right before the name in `raw`, where it may be the given name of somebody
/// else; scripts without case have none.
pub(super) fn name_before(raw: &str, span: Span) -> Option<&str> {
    let before = raw.get(..span.start())?;
    let trimmed = before.strip_suffix([' ', '\u{a0}'])?;
    let start = trimmed
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphabetic() || matches!(c, '\'' | '’' | '.'))
        .last()?
        .0;
    let word = trimmed.get(start..)?;
    is_capitalised(word).then_some(word)
}

/// The capitalised word right behind the name.
pub(super) fn name_after(raw: &str, span: Span) -> Option<&str> {
    let after = raw.get(span.end()..)?;
    let rest = after.strip_prefix([' ', '\u{a0}'])?;
    let end = rest
        .char_indices()
        .find(|(_, c)| !c.is_alphabetic())
        .map_or(rest.len(), |(at, _)| at);
    let word = rest.get(..end)?;
    is_capitalised(word).then_some(word)
}

/// Whether the word at `raw[..at]`'s end opens a sentence.
pub(super) fn opens_sentence(raw: &str, word: &str, span: Span) -> bool {
    let head = raw.get(..span.start()).unwrap_or_default().trim_end();
    let head = head.strip_suffix(word).unwrap_or(head).trim_end();
    // "Rep. Gwen Oru": a title's stop, not a sentence's.
    let title = head.strip_suffix('.').map(|head| {
        let word = head.rsplit(|c: char| !c.is_alphabetic()).next();
        word.unwrap_or_default()
    });
    if title.is_some_and(|word| word.len() <= 4 && word.starts_with(char::is_uppercase)) {
        return false;
    }
    head.is_empty() || head.ends_with(['.', '!', '?', ':', '"', '“', '”', '«', '\n', '—', '-', '–'])
}

fn is_capitalised(word: &str) -> bool {
    matches!(
        Script::of(word.chars().next().unwrap_or(' ')),
        Script::Latin | Script::Cyrillic
    ) && matches!(Case::of(word), Case::Title | Case::Mixed)
        && word.chars().next().is_some_and(char::is_uppercase)
}
