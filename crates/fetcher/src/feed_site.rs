//! The site of a feed: what its instance is chosen by.

use url::{Host, Url};

/// The registrable domain of a feed's host (`news.example` of `www.news.example`), or the address
/// of a host without name.
///
/// All feeds of a site go to one fetcher instance: there the limits per host hold for all of them,
/// and an article that stands in several of them is emitted once. See
/// docs/decisions/0008-feeds-of-a-site-stay-together.md.
pub(crate) fn site_of(feed_url: &str) -> Option<String> {
    let url = Url::parse(feed_url).ok()?;
    match url.host()? {
        Host::Domain(name) => {
            let domain = psl::domain_str(name.trim_end_matches('.'));
            Some(domain.unwrap_or(name).to_owned())
        }
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        assert_eq!(site_of(url).as_deref(), expected, "{url}");
    }

    #[test]
    fn hosts_of_one_owner_are_one_site() {
        check("https://www.news.example/rss", Some("news.example"));
        check("https://feeds.news.example./a?b", Some("news.example"));
        check("https://www.bbc.co.uk/rss", Some("bbc.co.uk"));
        check("http://127.0.0.1:8080/rss", Some("127.0.0.1"));
        check("http://localhost/rss", Some("localhost"));
        check("not a url", None);
    }
}
