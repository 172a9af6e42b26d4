//! The 99 pages of the article benchmark's dev part, offered as a feed: every one becomes an
//! article, once. Left out, with a word about it, where the data is not there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use model::BodySource;

use crate::{
    newsroom::{Answer, Newsroom, rss},
    runner::{Log, Runner, config, feed},
};

/// Where the pages are, unless `ONRECORD_EVAL_ARTICLES` says otherwise.
const FOLDER: &str = "../../../shared/eval/articles/dev";

fn pages() -> Vec<PathBuf> {
    let folder = std::env::var("ONRECORD_EVAL_ARTICLES").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER),
        PathBuf::from,
    );
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("left out: no pages in {}", folder.display());
        return Vec::new();
    };
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    pages
}

#[test]
fn every_real_page_becomes_one_article() {
    let pages = pages();
    if pages.is_empty() {
        return;
    }
    let newsroom = Newsroom::open();
    let names: Vec<String> = (0..pages.len()).map(|n| format!("/page/{n}")).collect();
    for (name, page) in names.iter().zip(&pages) {
        let answer = Answer::page(fs::read(page).unwrap()).with("content-encoding", "gzip");
        newsroom.set(name, answer);
    }
    let items: Vec<(&str, &str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), name.as_str(), name.as_str()))
        .collect();
    newsroom.set("/rss", Answer::feed(rss(&newsroom.url(""), &items)));
    let start = Instant::now();
    let mut runner = Runner::start(config(), vec![feed(&newsroom.url("/rss"))], Log::default());
    runner.run_once();
    let articles = &runner.log.articles;
    let ids: BTreeSet<_> = articles.iter().map(|article| &article.id).collect();
    assert_eq!((articles.len(), ids.len()), (pages.len(), pages.len()));
    let from_page = articles
        .iter()
        .filter(|article| article.body_source == BodySource::Page);
    let from_page = from_page.count();
    println!(
        "{} pages, {from_page} with their own text, in {:.1} s",
        pages.len(),
        start.elapsed().as_secs_f64()
    );
    for article in articles {
        if let BodySource::Summary { reason } = &article.body_source {
            println!("{}: {reason}", article.title);
        }
    }
    // The bar is what was measured: some pages of the benchmark have a few words of text only.
    assert!(from_page * 100 >= pages.len() * 95, "{from_page}");
}
