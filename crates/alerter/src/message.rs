//! An alert in words.

use model::{Alert, AlertTrigger};

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
    lines.extend(
        alert
            .quotes
            .iter()
            .map(|quote| format!("  \u{201c}{}\u{201d}", cut(&quote.text))),
    );
    let published = article
        .published
        .map_or("date unknown".into(), |time| time.to_string());
    lines.push(format!("  rule {}; published {published}", alert.rule));
    if let Some(url) = &article.url {
        lines.push(format!("  {url}"));
    }
    lines.join("\n")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => text
            .get(..end)
            .map_or_else(String::new, |head| format!("{head}…")),
        None => text.to_owned(),
    }
}
