//! The outlets and what they publish, as the bundled file has them.

use serde::Deserialize;

/// An outlet with one feed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outlet {
    pub(super) slug: String,
    pub(super) name: String,
    /// BCP 47.
    pub(super) language: String,
    pub(super) format: Format,
    #[serde(rename = "article")]
    pub(super) articles: Vec<Article>,
}

/// An article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Article {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) byline: String,
    /// Paragraphs, parted by a blank line.
    pub(super) text: String,
    /// Its place among all articles of the newsroom, which sets when it comes out.
    #[serde(skip)]
    pub(super) place: u32,
}

/// The format of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    Rss,
    Atom,
    Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Newsroom {
    outlet: Vec<Outlet>,
}

/// The outlets in the bundled file.
pub(super) fn read(text: &str) -> Vec<Outlet> {
    let mut newsroom: Newsroom = toml::from_str(text).expect("a test reads the bundled outlets");
    // First articles of all outlets come first, so that many languages show early.
    let longest = newsroom
        .outlet
        .iter()
        .map(|outlet| outlet.articles.len())
        .max();
    let mut place = 0;
    for round in 0..longest.unwrap_or_default() {
        for outlet in &mut newsroom.outlet {
            if let Some(article) = outlet.articles.get_mut(round) {
                article.place = place;
                place += 1;
            }
        }
    }
    newsroom.outlet
}

impl Article {
    /// Its paragraphs.
    pub(super) fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.text
            .split("\n\n")
            .map(str::trim)
            .filter(|paragraph| !paragraph.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_newsroom_speaks_english_and_five_other_languages() {
        let outlets = read(super::super::OUTLETS);
        let languages: BTreeSet<_> = outlets.iter().map(|outlet| &outlet.language).collect();
        assert!(languages.len() >= 6 && languages.iter().any(|language| *language == "km"));
        for article in outlets.iter().flat_map(|outlet| &outlet.articles) {
            assert!(article.paragraphs().count() >= 3, "{}", article.slug);
        }
    }
}
