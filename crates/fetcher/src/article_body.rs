//! The body of an article: its page's text, or what its feed says.

use model::BodySource;

use crate::{Config, article::PageOutcome, identity::Item};

/// Longer bodies are cut at a paragraph: a record must stay under the broker's message limit (1 MB
/// by default), and no article is that long.
const MAX_BODY_BYTES: usize = 512 << 10;
/// A feed's text from here on counts as the full text even where the page could not be had.
const FULL_TEXT_CHARACTERS: usize = 1500;

/// The body of an article with where it came from.
pub(crate) struct Body {
    pub(crate) text: String,
    pub(crate) source: BodySource,
}

/// The page's text; where there is none or it is too short, the feed's own.
pub(crate) fn choose_body(
    config: &Config,
    item: &Item,
    outcome: &PageOutcome,
    title: Option<&str>,
) -> Body {
    let feed_text = item.entry.text();
    let reason = match outcome {
        PageOutcome::Read { page, .. } => {
            let characters = page.body.chars().count();
            let is_long_enough = characters >= config.min_page_characters;
            if !page.body.trim().is_empty()
                && (is_long_enough || page.body.len() >= feed_text.len())
            {
                return Body {
                    text: bounded(page.body.clone()),
                    source: BodySource::Page,
                };
            }
            Some(format!(
                "the page has no more than {characters} characters of text"
            ))
        }
        PageOutcome::Missing { reason } => Some(reason.clone()),
        PageOutcome::NotWanted => None,
    };
    let is_full =
        item.entry.content_html.is_some() && feed_text.chars().count() >= FULL_TEXT_CHARACTERS;
    let source = match reason {
        Some(reason) if !is_full => BodySource::Summary { reason },
        Some(_) | None => BodySource::Feed,
    };
    let text = if feed_text.trim().is_empty() {
        // A headline is all there is, and a headline can hold a quote.
        title.unwrap_or_default().to_owned()
    } else {
        bounded(feed_text)
    };
    Body { text, source }
}

/// Cuts a text at the last paragraph, or else character, within the limit.
pub(crate) fn bounded(mut text: String) -> String {
    if text.len() > MAX_BODY_BYTES {
        let mut boundaries = (0..=MAX_BODY_BYTES).rev();
        let end = boundaries
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        let paragraph = text.get(..end).and_then(|text| text.rfind("\n\n"));
        text.truncate(paragraph.filter(|at| *at > end / 2).unwrap_or(end));
    }
    text
}

/// The start of a text in place of a missing headline.
pub(crate) fn first_words(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_body_is_cut_at_a_paragraph() {
        let paragraph = "é".repeat(1000);
        let text = vec![paragraph.clone(); 600].join("\n\n");
        let cut = bounded(text);
        assert!(cut.len() <= MAX_BODY_BYTES && cut.ends_with(&paragraph));
        assert!(bounded("é".repeat(MAX_BODY_BYTES)).len() <= MAX_BODY_BYTES);
    }
}
