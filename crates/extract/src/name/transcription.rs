//! Names written in a script for which the list has none: told by their sound, beside a title.
//!
//! A list gives most foreign names in Latin letters only. What stands beside a title in another
//! script and has the same consonants in the same order is taken for the name, where the country
//! or a context word is near by too, or the name is long.

use std::{cell::OnceCell, fmt};

use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder, MatchKind};
use model::{Language, MentionEvidence, Span};

use super::{
    edge,
    evidence::{self, Contexts, Kind, Lexicon, TitleWord},
    latin_sound,
    normal::Normal,
    sound::{Heard, Sound, full_key, hard_key, hear},
    watch_list::{Facts, Strength, WatchList, country_words},
};
use crate::{
    script::{Script, is_letter},
    table::Set,
};

/// Fewest sounds of a name, however short the list.
const SHORTEST: usize = 4;
/// Sounds beyond the fewest with which a title is enough.
const SURE: usize = 2;
/// Kinds of sounds, and how seldom a random run of them may fit a name of the list.
const KINDS: usize = 12;
const ONE_IN: usize = 200;
/// Most Latin names of one official that are listened for.
const MOST_NAMES: usize = 3;
/// Most words between a title and a name: "minister of foreign affairs of North Korea".
const FARTHEST_WORD: usize = 5;
/// Most sounds listened for.
const MOST_SOUNDS: usize = 14;
/// Most characters back from a title behind a name.
const LONGEST_BEFORE: usize = 14;
/// Letters that edges are asked about: more than any that is doubted for being short.
const LETTERS: usize = 9;

const SCORE: f32 = 0.65;
const SURE_SCORE: f32 = 0.75;

/// Sounds of Latin names, and the titles beside which they are listened for.
pub(super) struct Transcriptions {
    keys: Keys,
    burmese_keys: Keys,
    shortest: usize,
    before: Titles,
    after: Titles,
}

/// An automaton over titles, with their positions.
type Titles = Option<DoubleArrayAhoCorasick<u32>>;

/// The keys of names, each with the position of its alias.
#[derive(Default)]
struct Keys {
    /// By key.
    sorted: Vec<(u64, u32)>,
    /// The first sounds of all, as many as the shortest name has: what is heard begins with none of
    /// them nearly always.
    beginnings: Set<u64>,
}

impl Keys {
    /// Whether a name can begin as `folded` sounds; nearly nothing does.
    fn may_begin(&self, folded: &str, shortest: usize, sounds: &mut Vec<Heard>) -> bool {
        hear(folded, MOST_SOUNDS, shortest + 1, sounds);
        let all = || sounds.iter().map(|sound| sound.sound);
        let (hard, hard_len) = hard_key(all().filter(|sound| !sound.is_soft()).take(shortest));
        let (full, full_len) = full_key(all().take(shortest));
        hard_len >= shortest && self.beginnings.contains(&hard)
            || full_len >= shortest && self.beginnings.contains(&full)
    }
}

/// A name known by its sound.
#[derive(Debug)]
pub(super) struct Transcribed {
    pub(super) span: Span,
    /// Position of the Latin alias.
    pub(super) alias: usize,
    pub(super) evidence: Vec<MentionEvidence>,
    pub(super) score: f32,
}

impl fmt::Debug for Transcriptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transcriptions")
            .field("keys", &self.keys.sorted.len())
            .finish_non_exhaustive()
    }
}

impl Transcriptions {
    /// The sounds of the Latin names of `list`.
    pub(super) fn new(
        list: &WatchList,
        lexicon: &Lexicon,
        folded: impl Fn(&str) -> Vec<u8>,
    ) -> Self {
        let shortest = shortest(list.facts.len());
        let mut keys = Keys::default();
        let mut burmese_keys = Keys::default();
        let mut last = (usize::MAX, 0);
        for (place, alias) in list.aliases.iter().enumerate() {
            let is_name = alias.strength == Strength::Full
                && !alias.is_one_word
                && list
                    .text(alias)
                    .starts_with(|c| Script::of(c) == Script::Latin);
            if last.0 != alias.official() {
                last = (alias.official(), 0);
            }
            let Ok(position) = u32::try_from(place) else {
                break;
            };
            if !is_name || last.1 >= MOST_NAMES {
                continue;
            }
            last.1 += 1;
            let name = folded(list.text(alias));
            let Some(name) = std::str::from_utf8(&name)
                .ok()
                .filter(|name| name.is_ascii())
            else {
                continue;
            };
            add_keys(&mut keys, latin_sound::ways(name), shortest, position);
            add_keys(
                &mut burmese_keys,
                latin_sound::burmese_ways(name),
                shortest,
                position,
            );
        }
        for keys in [&mut keys, &mut burmese_keys] {
            keys.sorted.sort_unstable();
            keys.sorted.dedup();
            keys.sorted.shrink_to_fit();
        }
        Self {
            keys,
            burmese_keys,
            shortest,
            before: automaton(lexicon.titles_before()),
            after: automaton(lexicon.titles_after()),
        }
    }

    /// The names in `text` that are known by their sound alone, in no order.
    pub(super) fn find(&self, scene: &Listening<'_>) -> Vec<Transcribed> {
        let bytes = &scene.normal.bytes;
        // Latin, with whatever accents, needs no listening.
        if self.keys.sorted.is_empty() || !bytes.iter().any(|byte| *byte >= 0xd0) {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut sounds = Vec::with_capacity(MOST_SOUNDS + 2);
        let folded = Folded::new(bytes);
        for (place, word) in hits(&self.before, bytes, scene.lexicon.titles_before()) {
            let end = place + word.folded.len();
            found.extend(
                anchors(&folded, end)
                    .find_map(|at| self.name_at(scene, folded.from(at), at, word, &mut sounds)),
            );
        }
        // Behind a name only Korean titles are asked.
        if bytes.iter().any(|byte| (0xea..=0xed).contains(byte)) {
            for (place, word) in hits(&self.after, bytes, scene.lexicon.titles_after()) {
                let before = folded.until(place, LONGEST_BEFORE * 3);
                found.extend(self.name_until(scene, before, place, word, &mut sounds));
            }
        }
        found
    }

    fn keys_of(&self, script: Script) -> &Keys {
        if script == Script::Myanmar {
            &self.burmese_keys
        } else {
            &self.keys
        }
    }

    /// The name at the start of `rest`, which is at folded byte `at`: the longest that fits.
    fn name_at(
        &self,
        scene: &Listening<'_>,
        rest: &str,
        at: usize,
        title: &TitleWord,
        sounds: &mut Vec<Heard>,
    ) -> Option<Transcribed> {
        let script = Script::of(rest.chars().next()?);
        if !self.keys_of(script).may_begin(rest, self.shortest, sounds) {
            return None;
        }
        hear(rest, MOST_SOUNDS, usize::MAX, sounds);
        (self.shortest..=sounds.len()).rev().find_map(|len| {
            let taken = sounds.get(..len)?;
            let next = sounds.get(len).map_or(rest.len(), |sound| sound.start);
            let end = at + name_end(rest, taken.last()?.end, next, script);
            self.judge(
                scene,
                taken.iter().map(|sound| sound.sound),
                (at, end),
                script,
                title,
            )
        })
    }

    /// The Korean name at the end of `before`, which ends at folded byte `to`, where its title
    /// starts.
    fn name_until(
        &self,
        scene: &Listening<'_>,
        before: &str,
        to: usize,
        title: &TitleWord,
        sounds: &mut Vec<Heard>,
    ) -> Option<Transcribed> {
        let name = before.trim_end();
        let end = to - (before.len() - name.len());
        let is_hangul = |c: char| Script::of(c) == Script::Hangul;
        let word = name.get(name.trim_end_matches(is_hangul).len()..)?;
        word.char_indices().find_map(|(at, _)| {
            let name = word.get(at..)?;
            let keys = self.keys_of(Script::Hangul);
            if !keys.may_begin(name, self.shortest, sounds) {
                return None;
            }
            hear(name, MOST_SOUNDS, usize::MAX, sounds);
            let heard = sounds.iter().map(|sound| sound.sound);
            self.judge(scene, heard, (end - name.len(), end), Script::Hangul, title)
        })
    }

    fn judge(
        &self,
        scene: &Listening<'_>,
        sounds: impl Iterator<Item = Sound> + Clone,
        place: (usize, usize),
        script: Script,
        title: &TitleWord,
    ) -> Option<Transcribed> {
        let keys = &self.keys_of(script).sorted;
        let (hard, hard_len) = hard_key(sounds.clone());
        let (full, full_len) = full_key(sounds);
        let (key, len) = if hard_len >= self.shortest {
            (hard, hard_len)
        } else {
            (full, full_len)
        };
        if len < self.shortest {
            return None;
        }
        let from = keys.partition_point(|entry| entry.0 < key);
        let fitting = keys.get(from..)?.iter().take_while(|entry| entry.0 == key);
        let mut only: Option<(usize, &Facts)> = None;
        for (_, alias) in fitting {
            let alias = *alias as usize;
            let official = scene.list.aliases.get(alias)?.official();
            let facts = scene.list.facts.get(official)?;
            if facts.is_named_in(script, scene.language) {
                continue;
            }
            // Two officials of one sound: neither.
            if only.is_some_and(|(_, other)| other.id != facts.id) {
                return None;
            }
            only = only.or(Some((alias, facts)));
        }
        let (alias, facts) = only?;
        let official = scene.list.aliases.get(alias)?.official();
        let context = scene.context_of(official, facts, place);
        let is_sure = len >= self.shortest + SURE;
        if context.is_none() && !is_sure {
            return None;
        }
        let span = scene.normal.raw_span(place.0, place.1, scene.text)?;
        let edges = edge::edges(scene.text, span, scene.language, LETTERS)?;
        let word = |word: String| MentionEvidence::Context { word };
        let mut evidence = vec![MentionEvidence::Transcription, word(title.text.clone())];
        evidence.extend(context.map(word));
        Some(Transcribed {
            span: edges.span,
            alias,
            evidence,
            score: if is_sure { SURE_SCORE } else { SCORE },
        })
    }
}

/// The text that is listened to.
pub(super) struct Listening<'l> {
    pub(super) normal: &'l Normal,
    pub(super) text: &'l str,
    pub(super) language: &'l Language,
    pub(super) lexicon: &'l Lexicon,
    pub(super) list: &'l WatchList,
    pub(super) contexts: &'l Contexts<'l>,
}

impl Listening<'_> {
    fn context_of(&self, official: usize, facts: &Facts, name: (usize, usize)) -> Option<String> {
        let country = country_words(facts, self.lexicon);
        [
            (Kind::Context, facts.context.as_slice()),
            (Kind::Country, country),
        ]
        .into_iter()
        .find_map(|(kind, words)| {
            let (word, _) = self.contexts.find((official, kind), words, name)?;
            Some(String::from_utf8_lossy(word).into_owned())
        })
    }
}

/// Fewest sounds such that a random run of them fits a name of the list once in two hundred times.
fn shortest(officials: usize) -> usize {
    let mut len = SHORTEST;
    while KINDS.saturating_pow(u32::try_from(len).unwrap_or(u32::MAX))
        < officials.saturating_mul(ONE_IN)
        && len < MOST_SOUNDS
    {
        len += 1;
    }
    len
}

fn add_keys(keys: &mut Keys, ways: Vec<latin_sound::Way>, shortest: usize, alias: u32) {
    for way in ways {
        let (hard, hard_len) = hard_key(way.iter().copied());
        let (full, full_len) = full_key(way.iter().copied());
        if hard_len >= shortest {
            keys.sorted.push((hard, alias));
            let sounds = way.iter().copied().filter(|sound| !sound.is_soft());
            keys.beginnings.insert(hard_key(sounds.take(shortest)).0);
        } else if full_len >= shortest {
            keys.sorted.push((full, alias));
            keys.beginnings
                .insert(full_key(way.iter().copied().take(shortest)).0);
        }
    }
}

fn automaton(titles: &[TitleWord]) -> Titles {
    let mut words: Vec<(&[u8], u32)> = (0_u32..)
        .zip(titles)
        .filter(|(_, title)| !title.is_particle)
        .map(|(place, title)| (title.folded.as_slice(), place))
        .filter(|(word, _)| !word.is_empty())
        .collect();
    // Of two languages with one word the first is meant.
    words.sort_unstable();
    words.dedup_by(|later, first| later.0 == first.0);
    DoubleArrayAhoCorasickBuilder::new()
        .match_kind(MatchKind::LeftmostLongest)
        .build_with_values(words)
        .ok()
}

/// Where titles stand free of other letters.
fn hits<'l>(
    automaton: &'l Titles,
    bytes: &'l [u8],
    titles: &'l [TitleWord],
) -> impl Iterator<Item = (usize, &'l TitleWord)> {
    let found = automaton
        .iter()
        .flat_map(move |automaton| automaton.leftmost_find_iter(bytes));
    found.filter_map(move |hit| {
        let title = titles.get(hit.value() as usize)?;
        evidence::stands_free(bytes, hit.start(), hit.end()).then_some((hit.start(), title))
    })
}

/// Where a name may start behind a title that ends at `end`: right there, and where words are
/// parted at the next ones too.
fn anchors<'f>(folded: &'f Folded<'_>, end: usize) -> impl Iterator<Item = usize> + 'f {
    let rest = folded.from(end);
    let first = rest.trim_start_matches([' ', '.']);
    let start = end + (rest.len() - first.len());
    let is_spaced = first.chars().next().is_some_and(|c| {
        matches!(
            Script::of(c),
            Script::Cyrillic | Script::Arabic | Script::Indic
        )
    });
    let sentence = if is_spaced {
        let end = first.find(|c| !is_letter(c) && c != ' ');
        first.get(..end.unwrap_or(first.len())).unwrap_or_default()
    } else {
        ""
    };
    let words = sentence
        .match_indices(' ')
        .map(move |(at, _)| start + at + 1);
    std::iter::once(start).chain(words.take(FARTHEST_WORD - 1))
}

/// Folded bytes as text, checked where the first title is found: most texts have none.
struct Folded<'b> {
    bytes: &'b [u8],
    text: OnceCell<&'b str>,
}

impl<'b> Folded<'b> {
    const fn new(bytes: &'b [u8]) -> Self {
        let text = OnceCell::new();
        Self { bytes, text }
    }

    fn text(&self) -> &'b str {
        let text = || std::str::from_utf8(self.bytes).unwrap_or_default();
        self.text.get_or_init(text)
    }

    /// The part from `start` on that is listened to.
    fn from(&self, start: usize) -> &'b str {
        let text = self.text();
        let end = text.floor_char_boundary(start + MOST_SOUNDS * 24);
        text.get(start..end).unwrap_or_default()
    }

    /// The last `most` bytes before `end`, from the first whole character on.
    fn until(&self, end: usize, most: usize) -> &'b str {
        let text = self.text();
        let start = text.ceil_char_boundary(end.saturating_sub(most));
        text.get(start..end).unwrap_or_default()
    }
}

/// Where a name whose last sound ends at `sounded` ends, before the next sound at `next`: behind
/// the vowels that belong to it.
fn name_end(folded: &str, sounded: usize, next: usize, script: Script) -> usize {
    let rest = folded.get(sounded..next.max(sounded)).unwrap_or_default();
    let is_spaced = matches!(script, Script::Cyrillic | Script::Arabic | Script::Indic);
    let mut end = sounded;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let is_mark = unicode_normalization::char::is_combining_mark(c);
        let is_vowel = matches!(c, 'ะ' | 'า' | 'ำ' | 'ๅ' | 'ະ' | 'າ' | 'ຳ' | 'ー');
        let is_final =
            script == Script::Myanmar && characters.peek().is_some_and(|(_, c)| *c == '\u{103a}');
        if !(is_mark || is_vowel || is_final || is_spaced && c.is_alphabetic()) {
            break;
        }
        end = sounded + at + c.len_utf8();
    }
    end
}
