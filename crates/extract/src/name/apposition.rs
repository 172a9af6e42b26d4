//! A name given again in another script: "문재인 (Moon Jae-in)", "文在寅（ムン・ジェイン）".

use std::collections::BTreeMap;

use model::{Mention, MentionEvidence, Span};

use crate::script::Script;

/// Score of a name known only by the gloss beside it.
const GLOSS_SCORE: f32 = 0.8;
/// Longest gloss, in characters.
const MAX_GLOSS: usize = 40;

/// Adds the other half of each pair of a name and its gloss in brackets, where only one half is on
/// the list.
pub(super) fn add_glosses(mentions: &mut Vec<Mention>, text: &str) {
    let mut known: BTreeMap<usize, usize> = mentions
        .iter()
        .map(|mention| (mention.span.start(), mention.span.end()))
        .collect();
    let mut added = Vec::new();
    for mention in mentions.iter() {
        let glosses = [
            gloss_behind(text, mention.span),
            glossed_before(text, mention.span),
        ];
        for span in glosses.into_iter().flatten() {
            let before = known.range(..span.end()).next_back();
            if before.is_some_and(|(_, end)| *end > span.start()) {
                continue;
            }
            known.insert(span.start(), span.end());
            added.push(Mention {
                span,
                evidence: vec![MentionEvidence::Coreference],
                score: GLOSS_SCORE.min(mention.score),
                ..mention.clone()
            });
        }
    }
    mentions.append(&mut added);
}

/// The gloss in brackets behind the name, in another script.
fn gloss_behind(text: &str, name: Span) -> Option<Span> {
    let after = text.get(name.end()..)?;
    let near = after.get(..after.floor_char_boundary(MAX_GLOSS * 4))?;
    let inside = near
        .trim_start_matches([' ', '\u{200b}'])
        .strip_prefix(['(', '（'])?;
    let start = name.end() + near.len() - inside.len();
    let len = inside.find([')', '）'])?;
    let gloss = inside.get(..len)?;
    let is_name = gloss.chars().count() <= MAX_GLOSS && is_name_like(gloss);
    (is_name && script_of(gloss) != script_of(name.text(text)?))
        .then(|| Span::new(start, start + len))
}

/// The words before the bracket in which the name stands alone, in another script: as many as the
/// name has.
fn glossed_before(text: &str, name: Span) -> Option<Span> {
    let before = text.get(..name.start())?;
    let closes = text.get(name.end()..)?.starts_with([')', '）']);
    let head = before
        .strip_suffix(['(', '（'])?
        .trim_end_matches([' ', '\u{200b}', '\u{a0}']);
    if !closes || head.is_empty() {
        return None;
    }
    let words = name.text(text)?.split([' ', '-', '・']).count().min(3);
    let script = script_of(head.chars().next_back()?.to_string().as_str());
    if script == script_of(name.text(text)?) || script == Script::Common {
        return None;
    }
    let mut start = head.len();
    let mut seen = 0;
    for (at, c) in head.char_indices().rev() {
        if c == ' ' || c == '\u{a0}' {
            seen += 1;
            if seen == words {
                break;
            }
        } else if !(c.is_alphabetic() || Script::of(c) == script || is_joiner(c)) {
            break;
        }
        if head.len() - at > MAX_GLOSS * 4 {
            break;
        }
        if !c.is_whitespace() {
            start = at;
        }
    }
    (start < head.len()).then(|| Span::new(start, head.len()))
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '·' | '・' | '-' | '་')
}

/// The script of the first letter.
fn script_of(text: &str) -> Script {
    text.chars()
        .map(Script::of)
        .find(|script| *script != Script::Common)
        .unwrap_or(Script::Common)
}

/// Letters, spaces and the signs of names only, not all in capitals.
fn is_name_like(text: &str) -> bool {
    let letters_only = text.chars().all(|c| {
        c.is_alphabetic()
            || is_joiner(c)
            || matches!(c, ' ' | '.' | '\'' | '’')
            || unicode_normalization::char::is_combining_mark(c)
    });
    let is_upper = !text.chars().any(char::is_lowercase) && text.is_ascii();
    letters_only && !is_upper && text.chars().count() > 1 && !starts_lower(text)
}

fn starts_lower(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_lowercase)
}
