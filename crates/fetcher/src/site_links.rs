//! Where a site's page or sitemap leads to feeds, without its `<link>`s.

use url::Url;

use crate::feed::{Token, Tokens, attributes, resolve_html};

/// Linked feeds looked at; a page that links to more lists every tag it has.
pub(crate) const MAX_LINKS: usize = 20;

/// The plain links of a page whose address is that of a feed by its name.
pub(crate) fn named_feeds(text: &str, page: &Url) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next()
        && found.len() < MAX_LINKS
    {
        let Token::Start {
            name,
            attributes: raw,
            ..
        } = token
        else {
            continue;
        };
        if matches!(name, "script" | "style") {
            tokens.skip_raw_text(name);
        }
        if !name.eq_ignore_ascii_case("a") {
            continue;
        }
        let href = attributes(raw).find(|(known, _)| known.eq_ignore_ascii_case("href"));
        let url = href.and_then(|(_, href)| page.join(&resolve_html(href.trim())).ok());
        let Some(url) = url.filter(|url| url != page && is_named_feed(url)) else {
            continue;
        };
        let url = url.to_string();
        if !found.contains(&url) {
            found.push(url);
        }
    }
    found
}

/// Whether the last part of the path says that a feed stands there.
fn is_named_feed(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let last = path.rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map(|(_, ending)| ending);
    matches!(url.scheme(), "http" | "https")
        && (matches!(last, "rss" | "feed" | "atom")
            || matches!(ending, Some("rss" | "atom" | "rdf"))
            || (ending == Some("xml")
                && ["rss", "feed", "atom"]
                    .iter()
                    .any(|word| path.contains(word))))
}

/// The addresses in an index of sitemaps.
pub(crate) fn listed_sitemaps(text: &str) -> Vec<String> {
    let mut listed = Vec::new();
    let mut is_index = false;
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        let Token::Start { name, .. } = token else {
            continue;
        };
        is_index |= name == "sitemapindex";
        if is_index
            && name == "loc"
            && let Some(Token::Text(url)) = tokens.next()
        {
            listed.push(resolve_html(url.trim()).into_owned());
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_what_is_called_a_feed_are_known() {
        let page = Url::parse("https://a.example/feeds/").unwrap();
        let html = "<a href='/'>Home</a><A HREF=\"world.rss?a=1&amp;b=2\">W</A><a href=/rss/asia.xml>A</a>\
            <a href='/sitemap.xml'>S</a><a href='world.rss?a=1&b=2'>W</a><a href='mailto:rss'>M</a>\
            <script>'<a href=x.rss>'</script><a href='https://b.example/feed/'>B</a><a href='/feeding'>F</a>";
        assert_eq!(
            named_feeds(html, &page),
            [
                "https://a.example/feeds/world.rss?a=1&b=2",
                "https://a.example/rss/asia.xml",
                "https://b.example/feed/",
            ]
        );
    }

    #[test]
    fn an_index_lists_its_sitemaps() {
        let index = "<?xml version='1.0'?><sitemapindex><sitemap><loc>\n https://a.example/pages.xml</loc>\
            </sitemap><sitemap><loc>https://a.example/news.xml?a=1&amp;b=2</loc></sitemap></sitemapindex>";
        assert_eq!(
            listed_sitemaps(index),
            [
                "https://a.example/pages.xml",
                "https://a.example/news.xml?a=1&b=2"
            ]
        );
        assert!(listed_sitemaps("<urlset><url><loc>x</loc></url></urlset>").is_empty());
    }
}
