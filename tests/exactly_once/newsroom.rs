//! The fixture: feeds whose every article is known in advance, released slice by slice.

use std::{
    fmt::Write,
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::harness::feed_server::Page;

/// The watch-list that goes with the articles.
pub(super) const OFFICIALS: &str = r#"
[[official]]
id = "adela-quist"
name = "Adela Quist"
country = "ZZ"
aliases = { latin = ["Adela Quist"] }

[[official]]
id = "tomas-varga"
name = "Tomas Varga"
country = "ZZ"
aliases = { latin = ["Tomas Varga"] }
"#;

/// Places, so that articles differ in more than a number.
const PLACES: [&str; 7] = [
    "Port Veridia",
    "Low Harrow",
    "Saint Orm",
    "Kestrel Bay",
    "Upper Dunmore",
    "Marrow Hill",
    "New Calder",
];

/// Feeds with numbered articles.
pub(super) struct Newsroom {
    feeds: usize,
    articles_per_feed: usize,
    /// Articles of each feed that are out.
    released: AtomicUsize,
}

/// Which article: the feed's number and the article's within the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number {
    pub(super) feed: usize,
    pub(super) article: usize,
}

impl Newsroom {
    pub(super) fn new(feeds: usize, articles_per_feed: usize) -> Self {
        Self {
            feeds,
            articles_per_feed,
            released: AtomicUsize::new(0),
        }
    }

    pub(super) fn feeds(&self) -> usize {
        self.feeds
    }

    pub(super) fn articles_per_feed(&self) -> usize {
        self.articles_per_feed
    }

    /// All articles of all feeds.
    pub(super) fn articles(&self) -> usize {
        self.feeds * self.articles_per_feed
    }

    /// Lets the first `part` of `whole` parts of each feed be out.
    pub(super) fn release(&self, part: usize, whole: usize) {
        let released = self.released(part, whole) / self.feeds;
        self.released.store(released, Ordering::Relaxed);
    }

    /// Articles of all feeds that are out then.
    pub(super) fn released(&self, part: usize, whole: usize) -> usize {
        self.articles_per_feed * part / whole * self.feeds
    }

    /// What the publisher has under a path.
    pub(super) fn page(&self, path: &str) -> Option<Page> {
        let feed = path.strip_prefix("/feeds/")?.strip_suffix(".xml")?;
        let feed: usize = feed.parse().ok()?;
        (feed < self.feeds).then(|| Page {
            content_type: "application/rss+xml",
            body: self.document(feed).into_bytes(),
        })
    }

    /// The feed as RSS with full texts, latest first.
    fn document(&self, feed: usize) -> String {
        let mut items = String::new();
        let now = jiff::Timestamp::now().strftime("%a, %d %b %Y 00:00:00 +0000");
        for article in (0..self.released.load(Ordering::Relaxed)).rev() {
            let number = Number { feed, article };
            let html: String = number
                .paragraphs()
                .iter()
                .fold(String::new(), |html, text| html + "<p>" + text + "</p>");
            write!(
                items,
                "<item><title>{}</title><link>{}</link><guid>{}</guid><pubDate>{now}</pubDate>\
                 <content:encoded><![CDATA[{html}]]></content:encoded></item>",
                number.title(),
                number.url(),
                number.url(),
            )
            .unwrap();
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\
             <channel><title>Harbour wire {feed}</title><link>https://harbour.example/</link>\
             <description>Numbered news</description>{items}</channel></rss>"
        )
    }

    /// The configuration of the feeds as served at `address_of`.
    pub(super) fn feeds_file(&self, address_of: impl Fn(&str) -> String) -> String {
        let mut file = String::new();
        for feed in 0..self.feeds {
            let url = address_of(&format!("/feeds/{feed}.xml"));
            writeln!(
                file,
                "[[feed]]\nurl = \"{url}\"\noutlet = \"Harbour wire {feed}\"\nlanguage = \"en\"\n"
            )
            .unwrap();
        }
        file
    }
}

impl Number {
    /// Under `harbour.example`, which is never asked: the text is in the feed.
    pub(super) fn url(self) -> String {
        format!(
            "https://harbour.example/wire/{}/article/{}",
            self.feed, self.article
        )
    }

    /// The number of the article with this address.
    pub(super) fn of_url(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("https://harbour.example/wire/")?;
        let (feed, article) = rest.split_once("/article/")?;
        Some(Self {
            feed: feed.parse().ok()?,
            article: article.parse().ok()?,
        })
    }

    pub(super) fn title(self) -> String {
        format!("Harbour report {} of wire {}", self.article, self.feed)
    }

    /// The text as the pipeline must hand it on.
    pub(super) fn body(self) -> String {
        self.paragraphs().join("\n\n")
    }

    fn paragraphs(self) -> Vec<String> {
        let Self { feed, article } = self;
        let place = PLACES[(feed + article) % PLACES.len()];
        let mut paragraphs = vec![
            format!("Prime Minister Adela Quist opened bridge {article} in {place} on Tuesday."),
            format!(
                "\u{201c}We will finish number {feed} dash {article} before the rains,\u{201d} \
                 Adela Quist said."
            ),
            format!("The Ministry of Works said the cost had risen by {article} percent."),
        ];
        if article.is_multiple_of(3) {
            paragraphs.push(format!(
                "\u{201c}This plan for {place} is a waste of money,\u{201d} said opposition \
                 leader Tomas Varga."
            ));
        }
        paragraphs
    }
}
