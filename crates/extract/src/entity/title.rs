//! Titles and roles that stand beside persons' names.

use std::{collections::HashSet, ops::Range};

use model::Title;

use super::recognizer::Name;
use crate::{
    Document,
    token::{Case, Gap, TokenKind},
};

/// Most words of a title before a name.
const MAX_BEFORE: usize = 6;
/// Most words of a role set between commas.
const MAX_APPOSITION: usize = 14;

/// The titles of a person's names, each wording once.
pub(super) fn titles(document: &Document<'_>, names: &[&Name]) -> Vec<Title> {
    let mut titles: Vec<Title> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for name in names {
        for range in [before(document, name), behind(document, name)]
            .into_iter()
            .flatten()
        {
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

/// "government spokesman", "Deputy Prime Minister" right before the name; "Mr." is no title.
fn before(document: &Document<'_>, name: &Name) -> Option<Range<usize>> {
    let end = name.tokens.start;
    let sentence = document.sentences.get(document.sentence_of(end))?;
    let first = end.saturating_sub(MAX_BEFORE).max(sentence.start);
    let mut start = end;
    let mut has_head = false;
    while start > first {
        let word = document.word(start - 1);
        let lower = word.to_lowercase();
        let is_head = HEADS.contains(&lower.trim_end_matches('.'));
        let token = document.tokens.get(start - 1)?;
        let fits = if has_head {
            is_head
                || MODIFIERS.contains(&lower.as_str())
                || token.case != Case::Lower && token.kind == TokenKind::Word
        } else {
            is_head
        };
        if !fits || matches!(lower.as_str(), "mr." | "mr" | "mrs." | "mrs" | "ms." | "ms") {
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
        is_stop || document.word(*at) == ","
    })?;
    let early = (start..end.min(start + 5)).any(|at| {
        let lower = document.word(at).to_lowercase();
        HEADS.contains(&lower.trim_end_matches('.'))
    });
    let begins_well = document
        .tokens
        .get(start)
        .is_some_and(|token| token.kind == TokenKind::Word && token.gap != Gap::Paragraph);
    let is_clause = matches!(
        document.word(start),
        "who" | "which" | "whose" | "and" | "but" | "said" | "says" | "told"
    );
    (early && begins_well && !is_clause && end > start).then_some(start..end)
}

/// Nouns that name a post or a calling.
const HEADS: [&str; 84] = [
    "president",
    "minister",
    "premier",
    "chancellor",
    "secretary",
    "senator",
    "sen",
    "rep",
    "representative",
    "congressman",
    "congresswoman",
    "governor",
    "gov",
    "mayor",
    "ambassador",
    "general",
    "gen",
    "lt",
    "col",
    "colonel",
    "maj",
    "major",
    "capt",
    "captain",
    "sgt",
    "sergeant",
    "admiral",
    "adm",
    "commander",
    "chief",
    "chairman",
    "chairwoman",
    "chair",
    "director",
    "king",
    "queen",
    "prince",
    "princess",
    "pope",
    "bishop",
    "cardinal",
    "reverend",
    "rev",
    "judge",
    "justice",
    "attorney",
    "lawyer",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "leader",
    "lawmaker",
    "mp",
    "analyst",
    "activist",
    "researcher",
    "author",
    "professor",
    "prof",
    "dr",
    "economist",
    "journalist",
    "reporter",
    "editor",
    "monk",
    "official",
    "officer",
    "head",
    "founder",
    "ceo",
    "coordinator",
    "adviser",
    "advisor",
    "deputy",
    "member",
    "candidate",
    "samdech",
    "oknha",
    "politician",
    "diplomat",
    "envoy",
    "coach",
    "prosecutor",
    "dictator",
];

/// Words that stand before such a noun.
const MODIFIERS: [&str; 44] = [
    "prime",
    "vice",
    "deputy",
    "former",
    "foreign",
    "interior",
    "defense",
    "defence",
    "finance",
    "justice",
    "government",
    "party",
    "opposition",
    "ruling",
    "senior",
    "general",
    "executive",
    "election",
    "police",
    "army",
    "military",
    "national",
    "assistant",
    "acting",
    "current",
    "chief",
    "secretary",
    "state",
    "provincial",
    "commune",
    "village",
    "district",
    "city",
    "union",
    "press",
    "political",
    "human",
    "rights",
    "legal",
    "first",
    "late",
    "high-ranking",
    "longtime",
    "then",
];
