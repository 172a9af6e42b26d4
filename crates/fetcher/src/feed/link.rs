//! Addresses: made absolute, and refused where they could run something.

use url::Url;

/// Schemes that lead somewhere and run nothing.
const SAFE_SCHEMES: [&str; 14] = [
    "http", "https", "ftp", "mailto", "tel", "sms", "news", "nntp", "irc", "xmpp", "magnet", "urn",
    "tag", "feed",
];

/// An address as a reader may follow it: absolute where a base is known, verbatim where it is
/// absolute already, and nothing where its scheme is not known to be harmless.
pub(crate) fn resolve_link(base: Option<&Url>, link: &str) -> Option<String> {
    // Browsers ignore control characters at the ends and tabs and line ends anywhere.
    let link = link.trim_matches(|c: char| c <= ' ');
    let joined: String;
    let link = if link.contains(['\t', '\n', '\r']) {
        joined = link.replace(['\t', '\n', '\r'], "");
        joined.as_str()
    } else {
        link
    };
    match scheme(link) {
        Some(scheme)
            if SAFE_SCHEMES
                .iter()
                .any(|safe| scheme.eq_ignore_ascii_case(safe)) =>
        {
            Some(link.to_owned())
        }
        Some(_) => None,
        None => match base.map(|base| base.join(link)) {
            Some(Ok(absolute)) => Some(absolute.into()),
            Some(Err(_)) | None => Some(link.to_owned()),
        },
    }
}

/// What stands before the first `:`, if that comes before any `/`, `?` or `#`.
fn scheme(link: &str) -> Option<&str> {
    let end = link.find([':', '/', '?', '#'])?;
    let (scheme, rest) = link.split_at_checked(end)?;
    rest.starts_with(':').then_some(scheme)
}

/// The base in force inside an element that states `stated` under `base`.
pub(crate) fn resolve_base(base: Option<&Url>, stated: &str) -> Option<Url> {
    let stated = stated.trim();
    let joined = match base {
        Some(base) => base.join(stated),
        None => Url::parse(stated),
    };
    joined
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https" | "ftp"))
        .or_else(|| base.cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: &str, expected: Option<&str>) {
        let base = Url::parse("https://news.example/a/feed.xml").unwrap();
        assert_eq!(resolve_link(Some(&base), link).as_deref(), expected);
    }

    #[test]
    fn relative_links_are_made_absolute() {
        check("b.html", Some("https://news.example/a/b.html"));
        check("/c?d:e", Some("https://news.example/c?d:e"));
        check(" http://x.example ", Some("http://x.example"));
    }

    #[test]
    fn what_runs_is_refused_in_every_disguise() {
        for link in [
            "javascript:x",
            " JaVa\nScript:x",
            "\u{1}vbscript:x",
            "data:text/html,x",
        ] {
            check(link, None);
        }
    }
}
