//! Finding a site's feeds.

use fetcher::{Discovery, FeedFinder, FoundBy};

use crate::{
    newsroom::{Answer, Newsroom, rss},
    runner::config,
};

fn find(newsroom: &Newsroom, path: &str) -> Discovery {
    let finder = FeedFinder::new(&config()).unwrap();
    finder.find(&newsroom.url(path))
}

fn document(newsroom: &Newsroom) -> Answer {
    Answer::feed(rss(
        &newsroom.url(""),
        &[("1", "/a", "First"), ("2", "/b", "Second")],
    ))
}

fn page(links: &str) -> Answer {
    Answer::page(format!(
        "<html><head><title>The Ilmen Post</title>{links}</head><body><p>News</p></body></html>"
    ))
}

fn urls(discovery: &Discovery) -> Vec<(FoundBy, &str)> {
    let feeds = discovery.feeds.iter();
    feeds
        .map(|feed| (feed.found_by, feed.url.as_str()))
        .collect()
}

#[test]
fn a_feeds_own_address_costs_one_request() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", document(&newsroom));
    let discovery = find(&newsroom, "/rss");
    assert_eq!(
        urls(&discovery),
        [(FoundBy::Address, newsroom.url("/rss").as_str())]
    );
    assert_eq!(discovery.feeds[0].items, 2);
    assert_eq!(newsroom.asked("/rss").len(), 1);
    assert_eq!(newsroom.asked("/robots.txt").len(), 1);
}

#[test]
fn a_pages_links_and_the_news_sitemaps_of_robots_txt_are_found() {
    let newsroom = Newsroom::open();
    newsroom.set(
        "/world/",
        page(
            "<link rel=alternate type='application/rss+xml' href='/all.rss'>\
             <link rel=alternate type='application/atom+xml' href='/moved.atom'>\
             <link rel=alternate type='application/rss+xml' href='/dead.rss'>",
        ),
    );
    newsroom.set("/all.rss", document(&newsroom));
    newsroom.set("/moved.atom", Answer::redirect(301, "/new.atom"));
    newsroom.set("/new.atom", document(&newsroom));
    let index = newsroom.url("/index-of-maps.xml");
    newsroom.set(
        "/robots.txt",
        Answer::ok("text/plain", format!("Sitemap: {index}\n")),
    );
    let maps = ["/pages.xml", "/news.xml"].map(|path| newsroom.url(path));
    let listed = maps
        .map(|url| format!("<sitemap><loc>{url}</loc></sitemap>"))
        .concat();
    newsroom.set(
        "/index-of-maps.xml",
        Answer::ok("text/xml", format!("<sitemapindex>{listed}</sitemapindex>")),
    );
    newsroom.set(
        "/news.xml",
        Answer::ok(
            "text/xml",
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
             xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url>\
             <loc>https://ilmen.example/a</loc><news:news><news:publication><news:name>Ilmen\
             </news:name><news:language>ru</news:language></news:publication>\
             <news:publication_date>2031-05-02T08:00:00Z</news:publication_date>\
             <news:title>Ferries to run twice a day</news:title></news:news></url></urlset>",
        ),
    );
    let discovery = find(&newsroom, "/world/");
    assert_eq!(
        urls(&discovery),
        [
            (FoundBy::Link, newsroom.url("/all.rss").as_str()),
            (FoundBy::Link, newsroom.url("/new.atom").as_str()),
            (FoundBy::Sitemap, newsroom.url("/news.xml").as_str()),
        ]
    );
    assert!(newsroom.asked("/pages.xml").is_empty());
    assert!(
        newsroom.asked("/feed").is_empty(),
        "no guessing where there are links"
    );
    let sitemap = &discovery.feeds[2];
    assert_eq!(
        sitemap.language.as_ref().map(model::Language::as_str),
        Some("ru")
    );
    assert!(sitemap.newest.is_some());
    assert_eq!(discovery.tried.len(), 1, "{:?}", discovery.tried);
    assert!(discovery.tried[0].reason.contains("404"));
}

#[test]
fn common_paths_are_tried_until_one_is_a_feed() {
    let newsroom = Newsroom::open();
    newsroom.set("/", page(""));
    newsroom.set("/feed", page(""));
    newsroom.set("/rss.xml", document(&newsroom));
    newsroom.set("/atom.xml", document(&newsroom));
    let discovery = find(&newsroom, "/");
    assert_eq!(
        urls(&discovery),
        [(FoundBy::CommonPath, newsroom.url("/rss.xml").as_str())]
    );
    assert_eq!(discovery.page_title.as_deref(), Some("The Ilmen Post"));
    assert!(newsroom.asked("/atom.xml").is_empty());
}

#[test]
fn a_page_about_feeds_leads_to_them() {
    let newsroom = Newsroom::open();
    let body =
        "<!doctype html><title>Feeds</title><a href='/world.rss'>World</a> <a href=/>Home</a>";
    newsroom.set("/feeds", Answer::page(body));
    newsroom.set("/world.rss", document(&newsroom));
    let discovery = find(&newsroom, "/feeds");
    assert_eq!(
        urls(&discovery),
        [(FoundBy::Link, newsroom.url("/world.rss").as_str())]
    );
    assert!(newsroom.asked("/").is_empty());
}

#[test]
fn robots_txt_is_obeyed_unless_the_configuration_says_otherwise() {
    let newsroom = Newsroom::open();
    newsroom.set("/rss", document(&newsroom));
    let rules = "User-agent: *\nDisallow: /rss\n";
    newsroom.set("/robots.txt", Answer::ok("text/plain", rules));
    assert_eq!(find(&newsroom, "/rss").fault.unwrap().code, "robots");
    let config = fetcher::Config {
        robots: model::RobotsPolicy::IgnoreForFeed,
        ..config()
    };
    let discovery = FeedFinder::new(&config)
        .unwrap()
        .find(&newsroom.url("/rss"));
    assert_eq!(discovery.feeds.len(), 1);
}

#[test]
fn what_is_no_feed_is_named() {
    let newsroom = Newsroom::open();
    newsroom.set("/", page(""));
    let discovery = find(&newsroom, "/");
    assert!(discovery.feeds.is_empty() && discovery.fault.is_none());
    assert!(discovery.tried.len() >= 8, "{:?}", discovery.tried);
    let discovery = find(&newsroom, "/nothing");
    assert_eq!(discovery.fault.unwrap().code, "http_404");
    newsroom.set("/x", Answer::ok("text/plain", "what is this"));
    assert_eq!(find(&newsroom, "/x").fault.unwrap().code, "unparsable");
    let shut = fetcher::Config {
        allow_addresses: Vec::new(),
        ..config()
    };
    let discovery = FeedFinder::new(&shut).unwrap().find(&newsroom.url("/rss"));
    assert_eq!(discovery.fault.unwrap().code, "blocked_address");
}
