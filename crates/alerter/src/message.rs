//! An alert in words.

use model::{Alert, AlertTrigger, AlertedQuote, QuoteKind};

/// Longest quote shown whole in a message, in characters; a screen line holds about half of it.
const LONGEST_QUOTE: usize = 280;

/// Who said what, where and when, in a few lines of plain text; the last line is the link.
pub fn summary(alert: &Alert) -> String {
    let article = &alert.article;
    let did = match alert.trigger {
        AlertTrigger::Speaks => "is quoted",
        AlertTrigger::Mentioned => "is mentioned",
    };
    let mut lines = vec![format!(
        "{} {did} by {} [{}]: {}",
        alert.official_name, article.outlet, article.language, article.title
    )];
    lines.extend(alert.quotes.iter().map(line));
    let published = article
        .published
        .map_or("date unknown".into(), |time| time.to_string());
    lines.push(format!("  rule {}; published {published}", alert.rule));
    if let Some(url) = &article.url {
        lines.push(format!("  {url}"));
    }
    lines.join("\n")
}

/// A quote in a line; marks stand only around the speaker's own words.
fn line(quote: &AlertedQuote) -> String {
    let text = cut(&quote.text);
    match quote.kind {
        QuoteKind::Direct => format!("  \u{201c}{text}\u{201d}"),
        QuoteKind::Mixed | QuoteKind::Indirect => format!("  (reported) {text}"),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => text
            .get(..end)
            .map_or_else(String::new, |head| format!("{head}…")),
        None => text.to_owned(),
    }
}
