//! The main text: paragraphs that one extractor forms and a second one holds for article text.

use std::sync::LazyLock;

use dom_smoothie::{Config, Readability, TextMode};
use regex::Regex;
use trafilatura::{HtmlDateMode, Options};

use super::boilerplate::{heads_other_articles, is_boilerplate};

/// The article's paragraphs parted by blank lines; empty where none stand out.
pub(super) fn extract_body(reduced: &str) -> String {
    let config = Config {
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let formed = Readability::new(reduced, None, Some(config))
        .and_then(|mut readability| readability.parse())
        .map(|article| article.text_content.to_string())
        .unwrap_or_default();
    let mut options = Options::default();
    options.enable_fallback = true;
    options.exclude_comments = true;
    // The page's date is read elsewhere.
    options.html_date_mode = HtmlDateMode::Disabled;
    let voted = trafilatura::extract(reduced, &options)
        .map(|result| result.content_text)
        .unwrap_or_default();
    select(&formed, &voted)
}

/// Keeps each paragraph of `formed` that `voted` contains, and short of that those between two
/// kept ones that end as sentences do.
fn select(formed: &str, voted: &str) -> String {
    let voted = letters(voted);
    let mut in_list = false;
    let paragraphs: Vec<(String, Vote)> = formed
        .split('\n')
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            // A list of other articles goes on until running text comes.
            let is_heading = heads_other_articles(&paragraph);
            in_list = is_heading || (in_list && is_headline(&paragraph));
            let vote = if in_list || is_boilerplate(&paragraph) {
                Vote::Boilerplate
            } else {
                let letters = letters(&paragraph);
                if !letters.is_empty() && voted.contains(&letters) {
                    Vote::Article
                } else {
                    Vote::Doubtful
                }
            };
            (paragraph, vote)
        })
        .collect();
    let is_article = |(_, vote): &(String, Vote)| *vote == Vote::Article;
    let first = paragraphs.iter().position(is_article);
    let last = paragraphs.iter().rposition(is_article);
    let kept = paragraphs
        .iter()
        .enumerate()
        .filter(|(place, (text, vote))| match vote {
            Vote::Article => true,
            Vote::Boilerplate => false,
            Vote::Doubtful => match (first, last) {
                (Some(first), Some(last)) => {
                    // A lead set apart stands before what the second extractor takes.
                    let is_lead = *place < first && *place + 3 >= first && is_running_text(text);
                    is_lead
                        || ((first..last).contains(place)
                            && (ends_sentence(text) || holds_quote(text))
                            && text.contains(' '))
                }
                (None, _) | (_, None) => true,
            },
        });
    let kept: Vec<&str> = kept.map(|(_, (text, _))| text.as_str()).collect();
    kept.join("\n\n")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Vote {
    Article,
    Doubtful,
    Boilerplate,
}

/// Whether a text is as short as a headline and ends as one.
fn is_headline(text: &str) -> bool {
    text.split_whitespace().count() <= 18 && !text.ends_with(['.', '”', '"', '։', '။', '។', '。'])
}

/// Whether a text is some words long and quotes some: an embedded post ends in a link or a name.
fn holds_quote(text: &str) -> bool {
    static QUOTE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"“[^“”]{8,}”|"[^"]{8,}"|«[^«»]{8,}»|„[^„“”]{8,}[“”]"#)
            .expect("the expression is fixed")
    });
    text.split_whitespace().count() >= 8 && QUOTE.is_match(text)
}

fn is_running_text(text: &str) -> bool {
    ends_sentence(text) && text.split_whitespace().count() >= 15
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with([
        '.', '!', '?', ':', ';', '…', '"', '”', '’', ')', '»', '。', '！', '？', '」', '។', '။',
        '།',
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_vote_trims_both_ends_and_keeps_the_middle() {
        let formed =
            "Menu\n\nFirst words.\n\nA “short” line.\n\nBox title\n\nLast words.\n\nMore news";
        assert_eq!(
            select(formed, "First words. Last words."),
            "First words.\n\nA “short” line.\n\nLast words."
        );
    }

    #[test]
    fn an_embedded_post_that_quotes_is_kept_between_paragraphs() {
        let post = "So the minister says “No fee will be charged” after all. post.example/x1";
        let formed = format!("First words.\n\n{post}\n\nLast words.");
        assert_eq!(select(&formed, "First words. Last words."), formed);
    }

    #[test]
    fn without_a_second_vote_the_first_stands() {
        assert_eq!(select("One.\n\nTwo.", ""), "One.\n\nTwo.");
    }
}
