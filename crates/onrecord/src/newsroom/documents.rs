//! Feeds and pages as documents.

use std::fmt::Write;

use jiff::{Timestamp, fmt::rfc2822, tz::TimeZone};
use serde_json::json;

use super::outlet::{Article, Format, Outlet};

/// An article as a feed lists it.
pub(super) struct Item<'a> {
    /// Its page.
    pub(super) url: String,
    /// When it came out.
    pub(super) published: Timestamp,
    /// The article.
    pub(super) article: &'a Article,
}

/// The outlet's feed: content type and document.
pub(super) fn feed(outlet: &Outlet, site: &str, items: &[Item<'_>]) -> (&'static str, String) {
    match outlet.format {
        Format::Rss => (
            "application/rss+xml; charset=utf-8",
            rss(outlet, site, items),
        ),
        Format::Atom => (
            "application/atom+xml; charset=utf-8",
            atom(outlet, site, items),
        ),
        Format::Json => ("application/feed+json", json_feed(outlet, site, items)),
    }
}

fn rss(outlet: &Outlet, site: &str, items: &[Item<'_>]) -> String {
    let mut entries = String::new();
    for item in items {
        let published = rfc2822::to_string(&item.published.to_zoned(TimeZone::UTC));
        push(
            &mut entries,
            format_args!(
                "<item><title>{}</title><link>{url}</link><guid>{url}</guid><pubDate>{}</pubDate>\
                 <description>{}</description></item>\n",
                escaped(&item.article.title),
                published.unwrap_or_default(),
                escaped(summary(item.article)),
                url = escaped(&item.url),
            ),
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\
         <title>{}</title><link>{site}</link><description>{}</description>\
         <language>{}</language>\n{entries}</channel></rss>\n",
        escaped(&outlet.name),
        escaped(&outlet.name),
        outlet.language,
    )
}

fn atom(outlet: &Outlet, site: &str, items: &[Item<'_>]) -> String {
    let mut entries = String::new();
    for item in items {
        push(
            &mut entries,
            format_args!(
                "<entry><title>{}</title><id>{url}</id><link href=\"{url}\"/>\
                 <author><name>{}</name></author><published>{time}</published>\
                 <updated>{time}</updated><summary>{}</summary></entry>\n",
                escaped(&item.article.title),
                escaped(&item.article.byline),
                escaped(summary(item.article)),
                url = escaped(&item.url),
                time = item.published,
            ),
        );
    }
    let updated = items
        .iter()
        .map(|item| item.published)
        .max()
        .unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\"><title>{}</title>\
         <id>{site}</id><link href=\"{site}\"/><updated>{updated}</updated>\n{entries}</feed>\n",
        outlet.language,
        escaped(&outlet.name),
    )
}

fn json_feed(outlet: &Outlet, site: &str, items: &[Item<'_>]) -> String {
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            json!({
                "id": item.url,
                "url": item.url,
                "title": item.article.title,
                "summary": summary(item.article),
                "authors": [{ "name": item.article.byline }],
                "date_published": item.published.to_string(),
                "language": outlet.language,
            })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": site,
        "language": outlet.language,
        "items": items,
    });
    feed.to_string()
}

/// The article's page, with what surrounds an article on a real one.
pub(super) fn page(outlet: &Outlet, article: &Article, published: Timestamp) -> String {
    let mut paragraphs = String::new();
    for paragraph in article.paragraphs() {
        push(
            &mut paragraphs,
            format_args!("<p>{}</p>\n", escaped(paragraph)),
        );
    }
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <title>{title} | {outlet}</title>\
         <meta property=\"og:title\" content=\"{title}\">\
         <meta property=\"og:site_name\" content=\"{outlet}\">\
         <meta property=\"article:published_time\" content=\"{published}\">\
         <meta name=\"author\" content=\"{byline}\"></head>\n\
         <body><header><nav><a href=\"/\">{outlet}</a></nav></header>\n\
         <main><article><h1>{title}</h1>\n{paragraphs}</article></main>\n\
         <footer><p>{outlet}</p></footer></body></html>\n",
        language = outlet.language,
        title = escaped(&article.title),
        outlet = escaped(&outlet.name),
        byline = escaped(&article.byline),
    )
}

/// The first paragraph.
fn summary(article: &Article) -> &str {
    article.paragraphs().next().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Writing to a string cannot fail.
fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).unwrap_or_default();
}
