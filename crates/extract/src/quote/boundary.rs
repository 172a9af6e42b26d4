//! Which sentences hang together, and which quotations stand by themselves.

use std::ops::Range;

use crate::{
    mark::Quotation,
    pack::{Frame, Pack, Trait, holds},
    sentence::Document,
    token::{Case, TokenKind},
};

/// Sentences, joined where a quotation holds them together, where one ends in a colon before a
/// quotation, and where the attribution follows a question ("Why?" Smith asked).
pub(super) fn merged_sentences(
    document: &Document<'_>,
    pack: &Pack,
    quotations: &[Quotation],
) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    let mut last_close = None;
    for sentence in &document.sentences {
        while let Some(quotation) = quotations.get(next)
            && quotation.close <= sentence.start
        {
            last_close = Some(quotation.close);
            next += 1;
        }
        let coming = quotations.get(next).map(|quotation| quotation.open);
        let is_inside = coming.is_some_and(|open| open < sentence.start);
        let is_announced = coming == Some(sentence.start)
            && sentence.start > 0
            && document.word(sentence.start - 1) == ":";
        let is_introduced = next
            .checked_sub(1)
            .and_then(|last| quotations.get(last))
            .and_then(|last| last.open.checked_sub(1))
            .is_some_and(|before| matches!(document.word(before), "," | ":"))
            && coming.is_some_and(|open| open < sentence.start + 6);
        let is_attribution = last_close == Some(sentence.start)
            && !is_introduced
            && (matches!(document.word(sentence.start), "—" | "–" | "--")
                || opens_with_attribution(document, pack, sentence));
        match merged.last_mut() {
            Some(last) if is_inside || is_announced || is_attribution => last.end = sentence.end,
            Some(_) | None => merged.push(sentence.clone()),
        }
    }
    merged
}

/// Whether a sentence is "Smith asked" with nothing reported behind it.
fn opens_with_attribution(document: &Document<'_>, pack: &Pack, sentence: &Range<usize>) -> bool {
    let is_close = document.paragraph_of(sentence.start)
        == document.paragraph_of(sentence.start.saturating_sub(1));
    let limit = sentence.end.min(sentence.start + 9);
    let cue = (sentence.start..limit).find(|place| {
        document
            .cue(*place)
            .is_some_and(|cue| cue.has(Frame::Quote))
    });
    let signs = ["?", "!", "…", "...", "—", "–"];
    let ends_open = (1..4).any(|back| {
        sentence
            .start
            .checked_sub(back)
            .is_some_and(|place| signs.contains(&document.word(place)))
    });
    let Some(cue) = cue.filter(|_| is_close && ends_open) else {
        return false;
    };
    let next = document.word(cue + 1);
    matches!(
        next,
        "." | "," | "in" | "on" | "at" | "during" | "after" | ":" | "to" | "as" | "of"
    ) || document
        .tokens
        .get(cue + 1)
        .is_none_or(|token| token.gap > crate::token::Gap::Space)
        || cue == sentence.start
        || document
            .cue(cue)
            .is_some_and(|cue| cue.has(Frame::Addressee))
        || holds(&pack.time_words, next)
}

/// Whether a quotation is a turn of its own, rather than words inside the reporter's sentence.
pub(super) fn stands_alone(document: &Document<'_>, pack: &Pack, quotation: Quotation) -> bool {
    let word = |place: usize| document.word(place);
    // "‘If they come, don't cry,’”": the stop stands before the inner mark.
    let last = (quotation.first..quotation.end)
        .rev()
        .find(|place| !matches!(word(*place), "’" | "'" | "›" | "»"));
    let ends_inside = last.is_some_and(|last| {
        matches!(
            word(last),
            "," | "?" | "!" | "." | "…" | "—" | "–" | "--" | "-" | "..." | "…." | "...."
        )
    });
    let paragraph = document
        .paragraphs
        .get(document.paragraph_of(quotation.open))
        .cloned()
        .unwrap_or_default();
    let is_last = quotation.close >= paragraph.end;
    let next = word(quotation.close);
    let ends_outside = is_last || matches!(next, "," | "." | "—" | "–" | "--" | ":" | "?" | "!");
    // `“…” said Smith` and `“…” he said`, with a comma or without.
    let is_sure = |word: &str| pack.cue(word).is_some_and(|cue| cue.weight == 3);
    let is_pronoun = pack
        .traits(next)
        .has_any(&[Trait::MalePronouns, Trait::FemalePronouns]);
    let is_attributed = is_sure(next) || is_pronoun && is_sure(word(quotation.close + 1));
    if !ends_inside && !ends_outside {
        return is_attributed && quotation.len() > 3;
    }
    if quotation.open == paragraph.start {
        return ends_inside || quotation.len() > 2;
    }
    let before = quotation.open - 1;
    let is_title = document
        .tokens
        .get(quotation.first)
        .is_some_and(|t| matches!(t.case, Case::Title | Case::Upper | Case::Mixed));
    match word(before) {
        ":" => quotation.len() > 1,
        "," => {
            (is_title && quotation.len() > 2
                || cue_near(document, before)
                || word(quotation.end - 1) == "," && is_attributed)
                && quotation.len() > 1
        }
        "." | "!" | "?" | "”" | "\"" | "'" | "’" | "…" | ")" => {
            let is_closed = next == "," && cue_behind(document, quotation.close);
            (ends_inside || is_closed) && (is_title || quotation.len() > 3)
        }
        "—" | "–" | "--" | "-" => is_title && quotation.len() > 2,
        // `“A,” he said; “b.”`: the turn goes on.
        ";" => (is_title || ends_inside) && quotation.len() > 2,
        // "at 5 a.m.": the stop of an abbreviation ends the sentence too.
        text if text.ends_with('.') => ends_inside && is_title && quotation.len() > 3,
        text => {
            pack.cue(text).is_some_and(|cue| cue.has(Frame::Quote))
                && is_title
                && quotation.len() > 2
        }
    }
}

/// Whether a cue that takes words in marks stands within a few words behind the comma at `comma`.
fn cue_behind(document: &Document<'_>, comma: usize) -> bool {
    (comma + 1..comma + 7)
        .take_while(|at| !matches!(document.word(*at), "," | "." | ";" | ":"))
        .any(|at| {
            document
                .cue(at)
                .is_some_and(|cue| cue.has(Frame::Quote) && cue.weight == 3)
        })
}

/// Whether a cue that takes words in marks stands within a few words before `place`.
fn cue_near(document: &Document<'_>, place: usize) -> bool {
    (place.saturating_sub(10)..place)
        .rev()
        .take_while(|at| {
            document
                .tokens
                .get(*at)
                .is_some_and(|t| t.kind != TokenKind::Stop)
        })
        .any(|at| document.cue(at).is_some_and(|cue| cue.has(Frame::Quote)))
}
