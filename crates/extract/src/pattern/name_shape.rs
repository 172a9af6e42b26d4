//! What a name looks like: words, capitals, joints, and the signs that end it.

use std::ops::Range;

/// Longest given name in letters, where no capitals show its end.
const LONGEST_GIVEN_NAME: usize = 14;

/// Byte ranges of the words of `text`.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_joiner = |c: char| matches!(c, '-' | '\'' | '’' | '·' | '.');
    let mut starts = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while starts.next_if(|(_, c)| !c.is_alphanumeric()).is_some() {}
        let (start, first) = starts.next()?;
        let mut end = start + first.len_utf8();
        while let Some((at, c)) =
            starts.next_if(|(_, c)| c.is_alphanumeric() || is_joiner(*c) || is_mark(*c))
        {
            if !is_joiner(c) || c == '.' && at - start < 3 {
                end = at + c.len_utf8();
            }
        }
        Some(start..end)
    })
}

/// How many more round brackets `text` opens than it closes.
pub(super) fn bracket_steps(text: &str) -> i32 {
    let count = |signs: [char; 2]| i32::try_from(text.matches(signs).count()).unwrap_or(i32::MAX);
    count(['(', '（']) - count([')', '）'])
}

/// Whether two capitalised words with this between them are one name.
pub(super) fn is_joint(between: &str) -> bool {
    let small = [
        "", "de", "da", "do", "dos", "del", "la", "le", "van", "von", "der", "den", "bin", "al",
        "el", "di", "du", "ibn", "bint",
    ];
    !between.contains(['\n', ',', '(']) && small.contains(&between.trim())
}

/// The first run of capitalised words in `phrase`, small words of names included.
pub(super) fn cased_name(phrase: &str) -> Option<Range<usize>> {
    let mut run: Option<Range<usize>> = None;
    for word in words(phrase) {
        let is_capital = phrase
            .get(word.clone())?
            .chars()
            .next()
            .is_some_and(char::is_uppercase);
        match &mut run {
            None if is_capital => run = Some(word),
            Some(run) if is_capital && is_joint(phrase.get(run.end..word.start)?) => {
                run.end = word.end;
            }
            Some(_) if is_capital => break,
            None | Some(_) => {}
        }
    }
    run
}

/// Length of the name that `phrase` starts with in a script without capitals: family and given
/// name, which a space parts, and but in Khmer a third word where all are short.
pub(super) fn uncased_name(phrase: &str) -> usize {
    let mut end = 0;
    let mut words = 0;
    let mut start = 0;
    let most = if phrase.starts_with(is_khmer) { 2 } else { 3 };
    for piece in phrase.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
        if words == most || words > 0 && letters > LONGEST_GIVEN_NAME {
            break;
        }
        words += usize::from(letters > 0);
        end = if letters > 0 { start + word.len() } else { end };
        if letters > LONGEST_GIVEN_NAME {
            // Words run together: the name ends at a zero-width space, if anywhere.
            end = word.find('\u{200B}').map_or(end, |cut| start + cut);
            break;
        }
        start += piece.len();
    }
    end
}

pub(super) const fn is_khmer(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17ff}')
}

/// Whether a name of Khmer, Thai or Lao has both its parts; a name of another script always has.
pub(super) fn is_whole(name: &str) -> bool {
    let is_parted = |c: char| is_khmer(c) || matches!(c, '\u{e00}'..='\u{eff}');
    !name.starts_with(is_parted) || name.trim().contains([' ', '\u{a0}'])
}

pub(super) fn is_gap(c: char) -> bool {
    c.is_whitespace() || ('\u{200B}'..='\u{200F}').contains(&c) || c == '\u{2060}' || c == '་'
}

/// Signs that end a name; those that stand inside names do not.
pub(super) fn is_sign(c: char) -> bool {
    !c.is_alphanumeric()
        && !is_gap(c)
        && !is_mark(c)
        && !matches!(c, '-' | '\'' | '’' | '.' | '·' | '・' | '=' | '＝' | '၎')
}

/// Vowel signs and the like, which are no letters by themselves.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}')
}
