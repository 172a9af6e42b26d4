//! Character references of XML and HTML, also where they are malformed.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::{memchr, memchr3};

/// Longer names are no entity: HTML's longest has 32 characters.
const MAX_NAME_BYTES: usize = 40;

/// What became of the references in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReferenceFaults {
    /// `&` that starts no reference.
    pub(crate) bare_ampersand: bool,
    /// A named entity of HTML that XML does not know.
    pub(crate) html_entity: bool,
    /// A reference to a character that does not exist or that XML forbids.
    pub(crate) bad_character: bool,
}

/// Entities that a document declares itself, by name; only short plain text is ever expanded.
pub(crate) type DeclaredEntities = Vec<(String, String)>;

/// Resolves every reference once. Nothing is expanded twice, so no input grows beyond its size
/// times the longest declared entity (see `doctype`).
pub(crate) fn resolve<'a>(
    text: &'a str,
    declared: &DeclaredEntities,
    faults: &mut ReferenceFaults,
) -> Cow<'a, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else {
        return Cow::Borrowed(text);
    };
    let mut resolved = String::with_capacity(text.len());
    let (plain, mut rest) = text.split_at(first);
    resolved.push_str(plain);
    loop {
        let Some(after) = rest.strip_prefix('&') else {
            resolved.push_str(rest);
            break;
        };
        rest = if let Some(number) = after.strip_prefix('#') {
            push_numeric(number, &mut resolved, faults)
        } else {
            push_named(after, declared, &mut resolved, faults)
        };
        let next = memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, following) = rest.split_at(next);
        resolved.push_str(plain);
        rest = following;
        if rest.is_empty() {
            break;
        }
    }
    Cow::Owned(resolved)
}

/// Resolves references as HTML does, without declared entities.
pub(crate) fn resolve_html(text: &str) -> Cow<'_, str> {
    resolve(
        text,
        &DeclaredEntities::new(),
        &mut ReferenceFaults::default(),
    )
}

/// Reads `123;` or `x1F;` after `&#`; returns the rest.
fn push_numeric<'a>(number: &'a str, to: &mut String, faults: &mut ReferenceFaults) -> &'a str {
    let (radix, digits_on) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (16, hex),
        None => (10, number),
    };
    let end = digits_on
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits_on.len());
    let (digits, rest) = digits_on.split_at(end);
    if digits.is_empty() {
        faults.bare_ampersand = true;
        to.push_str("&#");
        return number;
    }
    match u32::from_str_radix(digits, radix).ok().and_then(character) {
        Some(character) => to.push(character),
        None => faults.bad_character = true,
    }
    if let Some(rest) = rest.strip_prefix(';') {
        rest
    } else {
        faults.bare_ampersand = true;
        rest
    }
}

/// The character of a code, with the Windows-1252 reading of the C1 controls that browsers share.
pub(crate) fn character(code: u32) -> Option<char> {
    match code {
        9 | 10 | 13 => char::from_u32(code),
        0..0x20 | 0xFFFE | 0xFFFF => None,
        0x80..=0x9F => {
            let replacement = C1_REPLACEMENTS.get(code as usize - 0x80).copied().flatten();
            replacement.or(char::from_u32(code))
        }
        _ => char::from_u32(code),
    }
}

/// Reads `name;` after `&`; returns the rest.
fn push_named<'a>(
    after: &'a str,
    declared: &DeclaredEntities,
    to: &mut String,
    faults: &mut ReferenceFaults,
) -> &'a str {
    let end = after
        .bytes()
        .take(MAX_NAME_BYTES)
        .position(|byte| !byte.is_ascii_alphanumeric() && !b"_-.:".contains(&byte))
        .unwrap_or_else(|| after.len().min(MAX_NAME_BYTES));
    let Some((name, rest)) = after.split_at_checked(end) else {
        faults.bare_ampersand = true;
        to.push('&');
        return after;
    };
    let Some(rest_after) = rest.strip_prefix(';') else {
        faults.bare_ampersand = true;
        return push_unterminated(name, after, to);
    };
    let predefined = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            if let Some((_, value)) = declared.iter().find(|(known, _)| known == name) {
                to.push_str(value);
                return rest_after;
            }
            let key = &mut String::with_capacity(name.len() + 1);
            key.push_str(name);
            key.push(';');
            if let Some((first, second)) = NAMED_ENTITIES.get(key.as_str()).filter(|e| e.0 != 0) {
                faults.html_entity = true;
                to.extend(char::from_u32(*first));
                to.extend(char::from_u32(*second).filter(|c| *c != '\0'));
                return rest_after;
            }
            faults.bare_ampersand = true;
            to.push('&');
            return after;
        }
    };
    to.push(predefined);
    rest_after
}

/// `&name` without semicolon: HTML knows some (`&nbsp`), as whole names only, so that the
/// `&copy=1` of a query string stays.
fn push_unterminated<'a>(name: &str, after: &'a str, to: &mut String) -> &'a str {
    let known = NAMED_ENTITIES.get(name).filter(|codes| codes.0 != 0);
    let rest = after.get(name.len()..).unwrap_or_default();
    match known {
        Some((first, _)) if !rest.starts_with('=') => {
            to.extend(char::from_u32(*first));
            rest
        }
        _ => {
            to.push('&');
            after
        }
    }
}

/// Escapes text for an element's content.
pub(crate) fn push_escaped_text(text: &str, to: &mut String) {
    push_escaped(text, false, to);
}

/// Escapes text for a value in double quotes.
pub(crate) fn push_escaped_value(value: &str, to: &mut String) {
    push_escaped(value, true, to);
}

fn push_escaped(text: &str, quotes: bool, to: &mut String) {
    let mut rest = text;
    while let Some(place) = find_special(rest.as_bytes(), quotes) {
        let (plain, following) = rest.split_at(place);
        to.push_str(plain);
        let mut chars = following.chars();
        to.push_str(match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            _ => "&quot;",
        });
        rest = chars.as_str();
    }
    to.push_str(rest);
}

fn find_special(bytes: &[u8], quotes: bool) -> Option<usize> {
    let special = memchr3(b'&', b'<', b'>', bytes);
    if !quotes {
        return special;
    }
    let before = bytes.get(..special.unwrap_or(bytes.len())).unwrap_or(bytes);
    memchr(b'"', before).or(special)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(resolve_html(text), expected);
    }

    #[test]
    fn references_are_resolved_once() {
        check("a &amp;amp; b", "a &amp; b");
        check(
            "&lt;p&gt;&#8220;&#x201D;&eacute;&nbsp;",
            "<p>\u{201c}\u{201d}é\u{a0}",
        );
    }

    #[test]
    fn what_is_no_reference_stays() {
        check(
            "AT&T & co &bogus; &#; a?x=1&copy=2",
            "AT&T & co &bogus; &#; a?x=1&copy=2",
        );
        check("&", "&");
    }

    #[test]
    fn windows_1252_numbers_and_forbidden_ones_are_mended() {
        check("don&#146;t&#0;&#xFFFFFFFF;&#x1F;", "don\u{2019}t");
    }
}
