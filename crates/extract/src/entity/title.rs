//! Titles and roles that stand beside persons' names.

use std::ops::Range;

use model::Title;

use super::recognizer::Name;
use crate::{
    Document,
    pack::{Pack, Trait},
    table::Set,
    token::{Case, Gap, TokenKind},
};

/// Most words of a title before a name.
const MAX_BEFORE: usize = 6;
/// Most words of a role set between commas.
const MAX_APPOSITION: usize = 14;

/// What stands before a post in lower case: "ministry" in "foreign ministry spokesman".
const BODIES: [Trait; 2] = [Trait::Organizations, Trait::Bodies];

/// What opens a clause of its own: "they are hearing a candidate".
const PRONOUNS: [Trait; 3] = [
    Trait::MalePronouns,
    Trait::FemalePronouns,
    Trait::PluralPronouns,
];

/// The titles of a person's names, each wording once.
pub(super) fn titles(document: &Document<'_>, names: &[&Name]) -> Vec<Title> {
    let mut titles: Vec<Title> = Vec::new();
    let mut seen: Set<String> = Set::default();
    for name in names {
        let beside = [
            before(document, name.tokens.start),
            before_comma(document, name),
            behind(document, name),
        ];
        for range in beside.into_iter().flatten() {
            let Some(span) = document.span_of(&range) else {
                continue;
            };
            let text = span.text(document.text).unwrap_or_default();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if seen.insert(text.to_lowercase()) {
                titles.push(Title { span, text });
            }
        }
    }
    titles
}

/// "The governor, Long Rith, said", "HRN’s Asia director, Bill Marsh —": the role that the name
/// behind the comma explains.
fn before_comma(document: &Document<'_>, name: &Name) -> Option<Range<usize>> {
    let comma = name.tokens.start.checked_sub(1)?;
    let is_closed = matches!(document.word(name.tokens.end), "," | "—" | "–");
    if document.word(comma) != "," || !is_closed {
        return None;
    }
    let role = before(document, comma)?;
    let owner = document.lower(role.start.checked_sub(1)?);
    matches!(
        owner,
        "the" | "a" | "an" | "its" | "their" | "his" | "her" | "'s" | "’s"
    )
    .then_some(role)
}

/// "government spokesman", "Deputy Prime Minister" right before a name at `end`; "Mr." is no title.
fn before(document: &Document<'_>, end: usize) -> Option<Range<usize>> {
    let sentence = document.sentences.get(document.sentence_of(end))?;
    let first = end.saturating_sub(MAX_BEFORE).max(sentence.start);
    let mut start = end;
    let mut has_head = false;
    while start > first {
        let lower = document.lower(start - 1);
        let is_head = document.is_post(start - 1);
        let token = document.tokens.get(start - 1)?;
        let traits = Pack::english().traits(lower);
        let fits = if has_head {
            is_head
                || traits.has(Trait::PostModifiers)
                || traits.has_any(&BODIES) && is_lower(document, start)
                || token.case != Case::Lower
                    && token.kind == TokenKind::Word
                    // "With" of "With King X", which only opens the sentence.
                    && (start - 1 > sentence.start
                        || !traits.has(Trait::NoNames))
        } else {
            is_head
        };
        if !fits || matches!(lower, "mr." | "mr" | "mrs." | "mrs" | "ms." | "ms") {
            break;
        }
        has_head |= is_head;
        start -= 1;
    }
    (has_head && start < end).then_some(start..end)
}

/// ", a senior official at the ministry," behind the name.
fn behind(document: &Document<'_>, name: &Name) -> Option<Range<usize>> {
    let comma = name.tokens.end;
    if document.word(comma) != "," {
        return None;
    }
    let sentence = document.sentences.get(document.sentence_of(comma))?;
    let mut start = comma + 1;
    if matches!(document.word(start), "a" | "an" | "the" | "The") {
        start += 1;
    }
    let limit = (start + MAX_APPOSITION).min(sentence.end);
    let end = (start..limit).find(|at| {
        let is_stop = document
            .tokens
            .get(*at)
            .is_some_and(|token| token.kind == TokenKind::Stop);
        // "a former minister who founded a party": the role ends before what was done.
        is_stop || matches!(document.word(*at), "," | "who" | "whose" | "which")
    })?;
    // "the director of the Centre and whose film was shown".
    let joins = end > start && matches!(document.word(end - 1), "and" | "but");
    let end = end - usize::from(joins);
    let early = (start..end.min(start + 5)).any(|at| document.is_post(at));
    // "Reyl, recently asked Admiral Kelm": what was done is no role.
    let early = early
        && !(start..end).any(|at| {
            document.cue(at).is_some() && !document.is_post(at) && document.word(at).ends_with("ed")
        });
    let begins_well = document
        .tokens
        .get(start)
        .is_some_and(|token| token.kind == TokenKind::Word && token.gap != Gap::Paragraph);
    let traits = document.traits(start);
    let is_clause = traits.has_any(&PRONOUNS)
        || matches!(
            document.word(start),
            "who" | "which" | "whose" | "and" | "but" | "said" | "says" | "told"
        );
    (early && begins_well && !is_clause && end > start).then_some(start..end)
}

fn is_lower(document: &Document<'_>, at: usize) -> bool {
    let token = document.tokens.get(at);
    token.is_some_and(|token| token.case == Case::Lower)
}

/// Whether a lower-case word names a post or a calling.
pub(super) fn is_post(lower: &str) -> bool {
    Pack::english()
        .traits(lower.trim_end_matches('.'))
        .has(Trait::Posts)
}
