//! One address for one article.
//!
//! The rule: an absolute `http` or `https` URL as the URL standard normalises it (lower-case host,
//! no default port, dots resolved), without credentials, without fragment, without the parameters
//! that only say where the reader came from. Order of the others, trailing slashes and the scheme
//! stay: they can make a difference. Where nothing is left of the query its `?` goes too.

use url::Url;

/// Beginnings of parameter names that only tell where a reader came from.
const TRACKING_PREFIXES: &[&str] = &[
    "utm_", "at_", "ns_", "mtm_", "matomo_", "pk_", "piwik_", "hsa_", "vero_", "oly_", "stm_",
    "xtor", "__hs", "_hs", "wt.", "wt_",
];

/// Parameter names that only tell where a reader came from.
const TRACKING_NAMES: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "twclid",
    "yclid",
    "ysclid",
    "igshid",
    "igsh",
    "ttclid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_openstat",
    "cmpid",
    "cmp",
    "icid",
    "ncid",
    "smid",
    "ocid",
    "ito",
    "sref",
    "sr_share",
    "share_source",
    "ftag",
    "traffic_source",
    "feature",
    "rss_source",
    "srnd",
    "spm",
    "s_cid",
    "__twitter_impression",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "wickedid",
    "campaign_id",
    "mbid",
];

/// Parameters that are tracking only where their value names a feed, as in `?partner=rss`.
const FEED_VALUED_NAMES: &[&str] = &[
    "partner", "emc", "source", "src", "ref", "from", "cid", "rss",
];

/// Longer addresses are none of an article: servers refuse them.
const MAX_URL_BYTES: usize = 4096;

/// The canonical form of an article's URL; `None` where it is no web address.
pub(crate) fn canonical_url(url: &str) -> Option<String> {
    if url.len() > MAX_URL_BYTES {
        return None;
    }
    let mut url = Url::parse(url.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    url.set_fragment(None);
    // Neither fails for a URL with a host.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    // The pairs are kept as they are written: decoding and encoding again could change them.
    let kept: Option<Vec<&str>> = url.query().map(|query| {
        let pairs = query.split('&');
        pairs
            .filter(|pair| !pair.is_empty() && !is_tracking(pair))
            .collect()
    });
    if let Some(kept) = kept {
        let query = (!kept.is_empty()).then(|| kept.join("&"));
        url.set_query(query.as_deref());
    }
    Some(url.into())
}

/// Whether a page's word on its own address is to be believed: the same site, and no front page
/// unless the page is one. Otherwise a page could pass itself off as another's article, and the
/// sites that declare their front page as every article's address would have one article.
pub(crate) fn is_believable_canonical(declared: &str, fetched_from: &str) -> bool {
    let (Ok(declared), Ok(fetched)) = (Url::parse(declared), Url::parse(fetched_from)) else {
        return false;
    };
    let same_site = match (site(&declared), site(&fetched)) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => false,
    };
    same_site && (!is_front_page(&declared) || is_front_page(&fetched))
}

/// Whether a URL is a site's front page, which no article has as its own address.
pub(crate) fn is_front_page(url: &Url) -> bool {
    url.query().is_none() && matches!(url.path(), "" | "/" | "/index.html" | "/index.php")
}

/// The registrable domain, or the host itself where it has none (an address, `localhost`).
fn site(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let site = url.domain().and_then(psl::domain_str).unwrap_or(host);
    Some(site.to_owned())
}

fn is_tracking(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    let value = value.to_ascii_lowercase();
    TRACKING_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || TRACKING_NAMES.contains(&name.as_str())
        || (FEED_VALUED_NAMES.contains(&name.as_str())
            && matches!(
                value.as_str(),
                "rss" | "rss2" | "rssfeed" | "feed" | "atom" | "rss_feed"
            ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(canonical_url(url).as_deref(), Some(expected));
        assert_eq!(
            canonical_url(expected).as_deref(),
            Some(expected),
            "not stable"
        );
    }

    #[test]
    fn tracking_and_fragments_go() {
        check(
            "https://news.example/a?utm_source=rss&id=7#top",
            "https://news.example/a?id=7",
        );
        check("https://news.example/a?fbclid=x", "https://news.example/a");
        check(
            "https://news.example/a?at_medium=RSS&at_campaign=KARANGA",
            "https://news.example/a",
        );
        check(
            "https://news.example/a?partner=rss&emc=rss",
            "https://news.example/a",
        );
        check(
            "https://news.example/a?UTM_Medium=feed&&b=1",
            "https://news.example/a?b=1",
        );
    }

    #[test]
    fn what_can_make_a_difference_stays() {
        check("https://news.example/?p=123", "https://news.example/?p=123");
        check(
            "https://news.example/a?b=2&a=1",
            "https://news.example/a?b=2&a=1",
        );
        check(
            "https://news.example/a?source=archive",
            "https://news.example/a?source=archive",
        );
        check(
            "https://news.example/a/?q=%E1%9E%80+x",
            "https://news.example/a/?q=%E1%9E%80+x",
        );
    }

    #[test]
    fn spelling_is_one() {
        check("HTTPS://News.Example:443/x/../a", "https://news.example/a");
        check(
            " https://user:word@news.example/a ",
            "https://news.example/a",
        );
        check(
            "https://bücher.example/ä",
            "https://xn--bcher-kva.example/%C3%A4",
        );
    }

    #[test]
    fn what_is_no_web_address_has_none() {
        for url in [
            "",
            "news",
            "mailto:a@b.example",
            "javascript:alert(1)",
            "tag:a,2020:b",
        ] {
            assert_eq!(canonical_url(url), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_one_canonical_form_or_none(text in "(https?://)?[a-z0-9.:/?&=#%@é _-]{0,60}") {
            if let Some(url) = canonical_url(&text) {
                let again = canonical_url(&url);
                proptest::prop_assert_eq!(again, Some(url));
            }
        }
    }

    #[test]
    fn a_page_may_not_claim_another_sites_address() {
        let check = |declared: &str, fetched: &str, expected: bool| {
            assert_eq!(
                is_believable_canonical(declared, fetched),
                expected,
                "{declared}"
            );
        };
        check(
            "https://www.news.example/a",
            "https://m.news.example/a?x=1",
            true,
        );
        check("https://other.example/a", "https://news.example/a", false);
        check("https://a.co.uk/x", "https://b.co.uk/x", false);
        check("https://news.example/", "https://news.example/a", false);
        check("http://127.0.0.1:8000/b", "http://127.0.0.1:8000/a", true);
    }
}
