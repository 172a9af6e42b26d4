//! The ways in which a Latin name can sound in other scripts.

use super::sound::Sound::{self, H, J, K, M, N, P, R, S, Stop, T, W, Y};

/// Most ways of one name.
const MOST_WAYS: usize = 12;

/// One way: the sounds of a name.
pub(super) type Way = Vec<Sound>;

/// The ways of `name`, folded to ASCII, in scripts other than Burmese.
pub(super) fn ways(name: &str) -> Vec<Way> {
    let letters = letters(name);
    let whole = letters
        .iter()
        .map(|letter| letter.options.clone())
        .collect();
    // English and German leave the R at the end of a syllable out.
    let without_r = letters
        .iter()
        .filter(|letter| !(letter.is_final && letter.options == [R] && letter.is_r))
        .map(|letter| letter.options.clone())
        .collect();
    distinct([expand(whole), expand(without_r)])
}

/// The ways of `name` in Burmese, which ends syllables in a nasal, a stop or nothing.
pub(super) fn burmese_ways(name: &str) -> Vec<Way> {
    let mut options: Vec<Vec<Sound>> = Vec::new();
    for letter in letters(name) {
        match (letter.is_final, letter.options.first()) {
            (true, Some(R | W | Y | H)) | (_, None) => {}
            (true, Some(M | N)) => options.push(vec![N]),
            (true, Some(_)) => options.push(vec![Stop]),
            (false, Some(_)) => {
                // A doubled stop ends one syllable and starts the next.
                let is_stop = !matches!(letter.options.first(), Some(M | N | R));
                if letter.is_doubled && is_stop {
                    options.push(vec![Stop]);
                }
                options.push(letter.options);
            }
        }
    }
    distinct([expand(options), Vec::new()])
}

/// A consonant of a name.
struct Letter {
    options: Vec<Sound>,
    /// Whether it ends a syllable.
    is_final: bool,
    is_r: bool,
    is_doubled: bool,
}

fn letters(name: &str) -> Vec<Letter> {
    let name: Vec<char> = name.chars().collect();
    let at = |place: usize| name.get(place).copied().unwrap_or(' ');
    let mut letters: Vec<Letter> = Vec::new();
    let mut place = 0;
    while place < name.len() {
        let (options, len) = consonant(
            at(place),
            at(place + 1),
            at(place + 2),
            place == 0 || at(place - 1) == ' ',
        );
        let next = at(place + len);
        // A doubled letter is one sound.
        let is_final = !is_vowel(next);
        if let Some(options) = options {
            let is_doubled = letters.last().is_some_and(|last| {
                last.options == options && at(place.wrapping_sub(1)) == at(place)
            });
            if is_doubled {
                letters.pop();
            }
            letters.push(Letter {
                is_r: at(place) == 'r',
                options,
                is_final,
                is_doubled,
            });
        }
        place += len;
    }
    letters
}

/// What the consonant at the start of `a`, `b`, `c` may be heard as, and its letters.
fn consonant(a: char, b: char, c: char, is_first: bool) -> (Option<Vec<Sound>>, usize) {
    let is_soft_vowel = matches!(b, 'e' | 'i' | 'y');
    let (options, len): (&[Sound], usize) = match (a, b) {
        ('c' | 'z', 'h') | ('d', 'j') => (&[J], 2),
        ('s', 'c') if c == 'h' => (&[S], 3),
        ('s', 'h') | ('t', 's' | 'z') => (&[S], 2),
        ('t', 'h') => (&[T, S], 2),
        ('p', 'h') => (&[P], 2),
        ('k', 'h') => (&[K, H], 2),
        ('g' | 'q', 'h') => (&[K], 2),
        ('n', 'g') if is_vowel(c) => (&[N], 1),
        ('n', 'g') => (&[N], 2),
        ('b' | 'p' | 'f', _) => (&[P], 1),
        ('v', _) => (&[W, P], 1),
        ('w', _) => (&[W], 1),
        ('d' | 't', _) => (&[T], 1),
        ('c' | 'g', _) if is_soft_vowel && a == 'c' => (&[S], 1),
        ('g', _) if is_soft_vowel => (&[J, K], 1),
        ('k' | 'c' | 'g', _) => (&[K], 1),
        ('q', _) => (&[K, J], 1),
        ('j', _) => (&[J, Y], 1),
        ('s' | 'x', _) => (&[S], 1),
        ('z', _) => (&[S, J], 1),
        ('m', _) => (&[M], 1),
        ('n', _) => (&[N], 1),
        ('l' | 'r', _) => (&[R], 1),
        ('y', _) if is_vowel(b) || is_first => (&[Y], 1),
        ('h', _) if is_vowel(b) => (&[H], 1),
        _ => (&[], 1),
    };
    ((!options.is_empty()).then(|| options.to_vec()), len)
}

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

fn expand(options: Vec<Vec<Sound>>) -> Vec<Way> {
    let mut ways: Vec<Way> = vec![Way::new()];
    for choice in options {
        let room = ways.len() * choice.len() <= MOST_WAYS;
        let taken = choice.len().min(if room { choice.len() } else { 1 });
        ways = ways
            .iter()
            .flat_map(|way| {
                choice.iter().take(taken).map(|sound| {
                    let mut longer = way.clone();
                    longer.push(*sound);
                    longer
                })
            })
            .collect();
    }
    ways
}

fn distinct(groups: [Vec<Way>; 2]) -> Vec<Way> {
    let mut all: Vec<Way> = groups.into_iter().flatten().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::sound::{hard_key, hear};

    #[track_caller]
    fn check(name: &str, written: &str) {
        let sounds = |text: &str| -> Vec<Sound> {
            let mut sounds = Vec::new();
            hear(text, 14, usize::MAX, &mut sounds);
            sounds.into_iter().map(|heard| heard.sound).collect()
        };
        let key = hard_key(sounds(written)).0;
        let is_burmese = written.contains(|c: char| ('\u{1000}'..'\u{1100}').contains(&c));
        let ways = if is_burmese {
            burmese_ways(name)
        } else {
            ways(name)
        };
        let keys: Vec<u64> = ways
            .iter()
            .map(|way| hard_key(way.iter().copied()).0)
            .collect();
        assert!(
            keys.contains(&key),
            "{:?} is none of {ways:?}",
            sounds(written)
        );
    }

    #[test]
    fn a_name_sounds_alike_in_many_scripts() {
        check("tomas reyland", "томас рейланд");
        check("tomas reyland", "토마스 레일란드");
        check("vera dobrin", "вера добрин");
        check("vera dobrin", "वेरा डोब्रिन");
        check("angela varden", "អង់ហ្គេឡា វ៉ារដិន");
        check("angela varden", "แองเจลา วาร์เดน");
        check("angela varden", "အင်ဂျလာ ဝါဒန်");
        check("min tarok", "မင်းတာရုတ်");
    }
}
