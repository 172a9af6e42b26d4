//! What must hold of feeds and pages whatever a stranger sends.
//!
//! `PROPTEST_CASES=20000 cargo test -p fetcher --test feed_properties` looks longer.

use std::collections::{HashMap, HashSet};

use fetcher::{FeedContext, extract_page, html_to_text, parse_feed, robots_allow};
use proptest::prelude::*;

const CONTEXT: FeedContext<'_> = FeedContext {
    url: "https://vell.example/feed.xml",
    content_type: None,
    content_location: None,
    content_language: None,
};

/// Pieces that feeds are made of, whole and broken.
#[rustfmt::skip]
const PIECES: [&str; 56] = [
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<rss version=\"2.0\">", "<rss", "</rss>",
    "<channel>", "</channel>", "<item>", "</item>",
    "<title>", "</title>", "<description>", "</description>",
    "<![CDATA[", "]]>", "<!--", "-->",
    "<feed xmlns=\"http://www.w3.org/2005/Atom\">", "</feed>", "<entry>", "</entry>",
    "<content type=\"xhtml\">", "<content type=\"html\" mode='base64'>", "</content>", "<link href=\"/a\"/>",
    "<link>", "</link>", "<guid>", "</guid>",
    "<pubDate>", "Thu, 01 Jan 2004 19:48:21 GMT", "</pubDate>", "<author>",
    "a@x.example (Ana)", "</author>", "<media:group xmlns:media=\"http://search.yahoo.com/mrss/\">", "<media:content url='x' duration='9'/>",
    "&lt;", "&amp;", "&#x110000;", "&",
    "&nbsp;", "<", ">", "\"",
    "'", "=", "/", "<!DOCTYPE x [",
    "<!ENTITY a \"b\">", "]>", "é", "\u{0}",
    "text “quoted” text", "{\"items\":[", "{\"id\":1,", "]}",
];

/// Pieces that attacks on sanitisers are made of.
#[rustfmt::skip]
const ATTACKS: [&str; 54] = [
    "<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg>",
    "</svg>", "<math>", "<style>", "</style>",
    "<a href=\"javascript:alert(1)\">", "<a href='jav&#x09;ascript:alert(1)'>", "</a>", "<iframe srcdoc='<script>'>",
    "</iframe>", "<noscript>", "</noscript>", "<p title=\"</p><script>\">",
    "<!--", "-->", "<![CDATA[", "]]>",
    "<textarea>", "</textarea>", "<title>", "</title>",
    "<form action=x>", "<input onfocus=x autofocus>", "<template>", "</template>",
    "<table>", "<td>", "</table>", "<select>",
    "<p>", "</p>", "<b>", "</b>",
    "&lt;script&gt;", "&#60;script&#62;", "\"", "'",
    "`", "<", ">", "/>",
    "=", " onclick=x ", " style=x ", "<mglyph>",
    "<a xlink:href=javascript:x>", "<x:script>", "<svg/onload=x>", "<foreignObject>",
    "\u{0}", "text",
];

fn joined(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(pieces), 0..60).prop_map(|pieces| pieces.concat())
}

/// Elements that run something or change how a parser reads on.
#[rustfmt::skip]
const DANGEROUS: [&str; 24] = [
    "script", "style", "iframe", "object", "embed", "applet", "form", "input", "button",
    "textarea", "select", "template", "noscript", "base", "link", "meta", "frame", "math",
    "foreignobject", "title", "xmp", "plaintext", "noembed", "noframes",
];

/// Elements that the sanitiser may leave.
#[rustfmt::skip]
const INERT: [&str; 15] = [
    "a", "b", "i", "p", "div", "span", "svg", "img", "table", "tbody", "tr", "td", "br",
    "blockquote", "circle",
];

/// Attributes that the oracle lets through to see them.
#[rustfmt::skip]
const ATTRIBUTES: [&str; 13] = [
    "onclick", "onerror", "onload", "onfocus", "style", "srcdoc", "action", "href", "src",
    "title", "alt", "xlink:href", "formaction",
];

/// Elements and attributes that run something, by html5ever's reading of `html`, as ammonia
/// reports them when told to let everything through.
fn active_parts(html: &str) -> Vec<String> {
    let passed = ammonia::Builder::empty()
        .tags(DANGEROUS.into_iter().chain(INERT).collect())
        .clean_content_tags(HashSet::new())
        .generic_attributes(ATTRIBUTES.into())
        .tag_attributes(HashMap::new())
        .url_schemes(HashSet::from([
            "javascript",
            "vbscript",
            "data",
            "http",
            "https",
            "mailto",
        ]))
        .link_rel(None)
        .clean(html)
        .to_string();
    let mut found: Vec<String> = DANGEROUS
        .iter()
        .filter(|tag| passed.contains(&format!("<{tag}")))
        .map(|tag| format!("<{tag}>"))
        .collect();
    for tag in passed
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
    {
        let outside_values: String = tag.split('"').step_by(2).collect();
        for bad in [
            " on",
            " style=",
            " srcdoc=",
            " action=",
            " formaction=",
            " xlink:",
        ] {
            if outside_values.contains(bad) {
                found.push(tag.to_owned());
            }
        }
        if tag.contains("=\"javascript:")
            || tag.contains("=\"data:")
            || tag.contains("=\"vbscript:")
        {
            found.push(tag.to_owned());
        }
    }
    found
}

#[test]
fn the_oracle_sees_what_it_should() {
    assert!(!active_parts("<p>x<script>y</script>").is_empty());
    assert!(!active_parts("<img src=x onerror=y>").is_empty());
    assert!(!active_parts("<a href=javascript:x>y</a>").is_empty());
    assert!(active_parts("<p>a &lt;script&gt; <b title=\" onclick=\">c</b></p>").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_a_value_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        drop(parse_feed(&bytes, &CONTEXT));
        drop(html_to_text(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn any_sequence_of_feed_pieces_is_read_and_the_same_each_time(text in joined(&PIECES)) {
        let first = parse_feed(text.as_bytes(), &CONTEXT);
        prop_assert_eq!(first, parse_feed(text.as_bytes(), &CONTEXT));
    }

    #[test]
    fn nothing_active_is_left_in_html(attack in joined(&ATTACKS)) {
        let feed = format!(
            "<rss version=\"2.0\"><channel><item><title>t</title><description>{}</description></item></channel></rss>",
            attack.replace('&', "&amp;").replace('<', "&lt;")
        );
        let feed = parse_feed(feed.as_bytes(), &CONTEXT).expect("the frame is well formed");
        let html = feed.entries.first().and_then(|entry| entry.summary_html.clone()).unwrap_or_default();
        let active = active_parts(&html);
        prop_assert!(active.is_empty(), "{active:?} in {html} from {attack}");
    }

    #[test]
    fn any_text_is_a_date_within_sense_or_none(
        text in "([0-9]{1,10}|[A-Za-z]{1,9}|[-+:/,. TZé年月日]{1,3}){0,12}",
    ) {
        let feed = serde_json::json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": "t",
            "items": [{"id": "1", "date_published": text}],
        });
        let feed = parse_feed(feed.to_string().as_bytes(), &CONTEXT).expect("it is a JSON feed");
        for entry in &feed.entries {
            if let Some(published) = entry.published {
                // 1970 to 2100.
                prop_assert!((0..=4_133_980_799).contains(&published.as_second()), "{published}");
            }
        }
    }

    #[test]
    fn any_robots_txt_allows_or_forbids(
        lines in prop::collection::vec(
            "(User-agent|Allow|Disallow|Sitemap|Crawl-delay)? ?:? ?[*$/a-z%0-9é #]{0,30}", 0..40,
        ),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut bytes = lines.join("\n").into_bytes();
        bytes.extend(noise);
        let url = "https://vell.example/news/a?b=c";
        prop_assert_eq!(robots_allow(&bytes, url), robots_allow(&bytes, url));
    }

    #[test]
    fn any_sequence_of_attacks_is_a_page_that_ends(attack in joined(&ATTACKS)) {
        drop(extract_page(attack.as_bytes(), None, "https://vell.example/a"));
    }
}

#[test]
fn dates_outside_sense_are_clamped_flagged_and_kept_as_written() {
    let feed = r#"<rss version="2.0"><channel><title>t</title>
        <item><title>a</title><pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate></item>
        <item><title>b</title><pubDate>9999-12-31T23:59:59Z</pubDate></item>
        <item><title>c</title><pubDate>2026-05-02T08:00:00Z</pubDate></item></channel></rss>"#;
    let feed = parse_feed(feed.as_bytes(), &CONTEXT).unwrap();
    let dates: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| {
            (
                entry.published.unwrap().to_string(),
                entry.published_is_clamped,
            )
        })
        .collect();
    let expected = [
        ("1970-01-01T00:00:00Z", true),
        ("2100-12-31T23:59:59Z", true),
        ("2026-05-02T08:00:00Z", false),
    ];
    assert_eq!(
        dates,
        expected.map(|(date, clamped)| (date.to_owned(), clamped))
    );
    assert_eq!(
        feed.entries[1].published_raw.as_deref(),
        Some("9999-12-31T23:59:59Z")
    );
    let flags = feed.repairs.iter().map(ToString::to_string);
    assert_eq!(flags.filter(|flag| flag.contains("clamped")).count(), 2);
}

#[test]
fn feeds_are_read_as_their_readers_would() {
    let feed = r#"<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
        xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
        <title>The Vell Post</title><link>https://vell.example/</link><language>km</language><ttl>30</ttl>
        <atom:link rel="self" href="https://vell.example/rss"/><atom:link rel="hub" href="https://hub.example/"/>
        <skipHours><hour>0</hour><hour>24</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
        <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
        <item><title>Talks &amp;amp; tea</title><link>/talks</link><guid isPermaLink="false">t-1</guid>
        <dc:creator>Ana Belo</dc:creator><pubDate>Sat, 02 May 2026 08:00:00 +0200</pubDate>
        <description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;“Two,” she said.&lt;/p&gt;</description>
        <category>Ports</category><enclosure url="/a.mp3" type="audio/mpeg" length="7"/></item>
        <item><title>Undated</title><pubDate>soon</pubDate></item></channel></rss>"#;
    let feed = parse_feed(feed.as_bytes(), &CONTEXT).unwrap();
    assert_eq!(feed.title.as_deref(), Some("The Vell Post"));
    assert_eq!(
        feed.language.as_ref().map(model::Language::as_str),
        Some("km")
    );
    assert_eq!(feed.ttl.map(|ttl| ttl.as_secs()), Some(1800));
    assert_eq!(feed.hub.as_deref(), Some("https://hub.example/"));
    assert_eq!(feed.skip_hours, [0, 3]);
    assert_eq!(feed.skip_days.len(), 1);
    assert_eq!(feed.update_interval.map(|time| time.as_secs()), Some(1800));
    let [talks, undated] = feed.entries.as_slice() else {
        panic!("{} entries", feed.entries.len());
    };
    assert_eq!(talks.title, "Talks & tea");
    assert_eq!(talks.guid.as_deref(), Some("t-1"));
    assert_eq!(talks.url.as_deref(), Some("https://vell.example/talks"));
    assert_eq!(talks.authors, ["Ana Belo"]);
    assert_eq!(
        talks.published.map(|date| date.to_string()).as_deref(),
        Some("2026-05-02T06:00:00Z")
    );
    assert_eq!(talks.text(), "One.\n\n“Two,” she said.");
    assert_eq!(talks.categories, ["Ports"]);
    let enclosure = talks.enclosures.first().expect("one enclosure");
    assert_eq!(
        (enclosure.url.as_str(), enclosure.length_bytes),
        ("https://vell.example/a.mp3", Some(7))
    );
    // feed-rs reads it as a media object as well.
    assert_eq!(
        talks
            .media
            .first()
            .and_then(|media| media.media_type.as_deref()),
        Some("audio/mpeg")
    );
    assert_eq!(
        (undated.published, undated.published_raw.as_deref()),
        (None, Some("soon"))
    );
    assert!(undated.guid.is_none(), "no identity is invented");
}

#[test]
fn json_feeds_and_news_sitemaps_are_feeds() {
    let json = br#"{"version":"https://jsonfeed.org/version/1.1","title":"Vell","items":[{"id":7,"url":"/a",
        "title":"A","content_text":"one\n\ntwo","date_published":"2026-05-02T08:00:00Z","authors":[{"name":"Ana"}]},
        {"id":"8","title":"cut"#;
    let feed = parse_feed(json, &CONTEXT).unwrap();
    assert!(feed.truncated);
    let entry = feed.entries.first().unwrap();
    assert_eq!((feed.entries.len(), entry.guid.as_deref()), (1, Some("7")));
    assert_eq!(entry.text(), "one\n\ntwo");
    let map = br#"<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://vell.example/a</loc>
        <news:news><news:publication><news:name>Vell</news:name><news:language>en</news:language></news:publication>
        <news:publication_date>2026-05-02</news:publication_date><news:title>A title</news:title></news:news></url></urlset>"#;
    let feed = parse_feed(map, &CONTEXT).unwrap();
    let entry = feed.entries.first().unwrap();
    assert_eq!(feed.format, "news-sitemap");
    assert_eq!(
        (entry.title.as_str(), entry.url.as_deref()),
        ("A title", Some("https://vell.example/a"))
    );
    assert_eq!(
        entry.published.map(|date| date.to_string()).as_deref(),
        Some("2026-05-02T00:00:00Z")
    );
}
