//! `onrecord feeds add`: finds a site's feeds and adds them to the list.

use std::io::Write;

use fetcher::{Discovery, FeedFinder, FoundFeed};
use lists::feeds::{FeedEntry, FeedFile};
use model::{FeedFault, Language, RobotsPolicy};
use serde::Serialize;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
};

use super::{OutputForm, open_list, print_json, save};

/// Add feeds: by their own address, or by that of a site
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord feeds add https://news.example/rss
  onrecord feeds add news.example --outlet \"The News\" --country KH
  onrecord feeds add news.example --all

A site's feeds are found by the links of its page, by common paths, and by the news sitemaps that
its robots.txt names. One is added; where there are several they are listed, and the choice is
yours: add one by its address, or --all. Nothing is found at addresses that only this machine can
reach, unless fetcher.allow_addresses opens them.")]
pub(super) struct Args {
    /// Address of a feed or of a site
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// Add all feeds of a site that has several
    #[arg(long)]
    all: bool,
    /// Name to give, in place of the feed's own title
    #[arg(long)]
    name: Option<String>,
    /// Publisher
    #[arg(long)]
    outlet: Option<String>,
    /// Language of the articles, in place of what the feed states
    #[arg(long, value_name = "TAG")]
    language: Option<Language>,
    /// Country, such as KH
    #[arg(long, value_name = "CODE", value_parser = country)]
    country: Option<String>,
    /// Folder, such as Asia/Cambodia
    #[arg(long)]
    folder: Option<String>,
    /// Poll these feeds though robots.txt forbids it (pages of articles never are)
    #[arg(long)]
    ignore_robots: bool,
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

/// What came of one address.
#[derive(Serialize)]
struct Outcome {
    #[serde(flatten)]
    discovery: Discovery,
    /// Feeds that were added.
    added: Vec<String>,
    /// Feeds that the list has already.
    known: Vec<String>,
    /// What is left to do or went wrong, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let mut list = open_list(&loaded)?;
    let mut fetcher = loaded.settings.fetcher.clone();
    if args.ignore_robots {
        fetcher.robots = RobotsPolicy::IgnoreForFeed;
    }
    let finder = FeedFinder::new(&fetcher).map_err(|error| {
        Failure::plain(
            Exit::Config,
            error,
            "see [fetcher] in `onrecord config show --origin`",
        )
    })?;
    let mut outcomes = Vec::new();
    for url in &args.urls {
        let outcome = add(args, &finder, &mut list, url);
        if args.output == OutputForm::Table {
            print(&outcome)?;
        }
        outcomes.push(outcome);
    }
    if outcomes.iter().any(|outcome| !outcome.added.is_empty()) {
        save(&loaded, &list)?;
    }
    if args.output != OutputForm::Table {
        print_json(args.output, &outcomes)?;
    }
    let is_done = outcomes.iter().all(|outcome| outcome.problem.is_none());
    Ok(if is_done { Exit::Success } else { Exit::Input })
}

fn add(args: &Args, finder: &FeedFinder, list: &mut FeedFile, url: &str) -> Outcome {
    if list.has(url) {
        return Outcome {
            discovery: nothing_asked(url),
            added: Vec::new(),
            known: vec![url.to_owned()],
            problem: None,
        };
    }
    let discovery = finder.find(url);
    let (known, new): (Vec<&FoundFeed>, Vec<&FoundFeed>) =
        discovery.feeds.iter().partition(|feed| list.has(&feed.url));
    let known = known.into_iter().map(|feed| feed.url.clone()).collect();
    let is_choice = new.len() > 1 && !args.all;
    let mut added = Vec::new();
    if !is_choice {
        for feed in &new {
            if list.add(&entry(args, feed)) {
                added.push(feed.url.clone());
            }
        }
    }
    let problem = problem(&discovery, is_choice);
    Outcome {
        discovery,
        added,
        known,
        problem,
    }
}

fn nothing_asked(url: &str) -> Discovery {
    Discovery {
        given: url.to_owned(),
        feeds: Vec::new(),
        page_title: None,
        fault: None,
        tried: Vec::new(),
    }
}

fn entry(args: &Args, feed: &FoundFeed) -> FeedEntry {
    FeedEntry {
        name: args.name.clone().or_else(|| feed.title.clone()),
        outlet: args.outlet.clone(),
        language: args.language.clone().or_else(|| feed.language.clone()),
        country: args.country.clone(),
        folder: args.folder.clone(),
        robots: args.ignore_robots.then_some(RobotsPolicy::IgnoreForFeed),
        ..FeedEntry::from_url(&feed.url)
    }
}

fn problem(discovery: &Discovery, is_choice: bool) -> Option<String> {
    if is_choice {
        return Some(format!(
            "{} feeds found: add one by its address, or all with --all",
            discovery.feeds.len()
        ));
    }
    if !discovery.feeds.is_empty() {
        return None;
    }
    let tried: Vec<&str> = discovery
        .tried
        .iter()
        .map(|tried| tried.url.as_str())
        .collect();
    let tried = if tried.is_empty() {
        String::new()
    } else {
        format!("; tried {}", tried.join(", "))
    };
    Some(match &discovery.fault {
        Some(fault) => format!("{} [{}]{tried}{}", fault.reason, fault.code, advice(fault)),
        None => format!(
            "an HTML page without a feed link{tried}\n  try the site's front page, or its page about feeds"
        ),
    })
}

/// What one can do about it.
fn advice(fault: &FeedFault) -> String {
    let advice = match fault.code.as_str() {
        "dns" => "is the host spelled right?",
        "http_404" | "http_410" => "try the site's front page: its feeds are found from there",
        "robots" => "its publisher wants no programs there; --ignore-robots polls it all the same",
        "unparsable" | "empty" => "`onrecord feeds test` shows what came",
        "challenge" | "http_403" | "http_401" => {
            "ask the publisher to let the program in; there is no way around it here"
        }
        "http_429" => "try again later",
        _ => return String::new(),
    };
    format!("\n  {advice}")
}

fn print(outcome: &Outcome) -> Result<(), Failure> {
    let discovery = &outcome.discovery;
    let mut output = terminal::output();
    for feed in &discovery.feeds {
        let is_added = outcome.added.contains(&feed.url);
        let is_known = outcome.known.contains(&feed.url);
        // One a line and whole, so that an address can be copied from here.
        let word = match (is_added, is_known) {
            (true, _) => "added",
            (false, true) => continue,
            (false, false) => "found",
        };
        writeln!(output, "{word} {}\n      {}", feed.url, facts(feed))?;
    }
    for url in &outcome.known {
        writeln!(output, "known already: {url}")?;
    }
    output.flush()?;
    if let Some(problem) = &outcome.problem {
        terminal::tell(format_args!("{}: {problem}", discovery.given));
    }
    Ok(())
}

fn facts(feed: &FoundFeed) -> String {
    let title = feed.title.as_deref().unwrap_or("without a title");
    let language = feed
        .language
        .as_ref()
        .map_or("language not stated", Language::as_str);
    let newest = feed.newest.map_or_else(
        || "undated".to_owned(),
        |newest| newest.strftime("newest %Y-%m-%d %H:%M UTC").to_string(),
    );
    format!(
        "{title}, {language}, {} items, {newest}, found by {}",
        feed.items,
        feed.found_by.as_str()
    )
}

/// A country code as the list wants it.
pub(super) fn country(code: &str) -> Result<String, String> {
    let code = code.to_ascii_uppercase();
    if code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase()) {
        Ok(code)
    } else {
        Err("write a country as two letters, such as KH".to_owned())
    }
}
