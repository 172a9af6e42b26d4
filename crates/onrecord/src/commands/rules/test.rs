//! `onrecord rules test`: which clauses a text meets.

use std::{
    io::{Read, Write, stdin},
    path::PathBuf,
};

use alerter::{Rule, Watchlist};
use extract::Extractor;
use jiff::Timestamp;
use model::{
    Article, ArticleId, BodySource, Enriched, FeedId, FieldSources, Language, Origin, StoryKey,
};

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    lists, terminal,
};

/// Largest input: far above any article, far below what would fill the memory.
const MAX_BYTES: u64 = 256 << 20;

/// Flags of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files of enriched records (JSON Lines) or text; standard input where none is given
    files: Vec<PathBuf>,
    /// A rule by name or text; may be repeated [default: all of the configuration]
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
    /// Language of a text, such as `km`; found out where not given
    #[arg(long, value_name = "TAG")]
    language: Option<Language>,
    /// Outlet of a text, for rules that ask for one
    #[arg(long, default_value = "")]
    outlet: String,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let (watchlist, rules) = super::chosen(&args.rules, &loaded)?;
    let extractor = Extractor::new(lists::officials(&loaded)?);
    let mut output = terminal::output();
    let mut has_bad_lines = false;
    for (name, text) in inputs(&args.files)? {
        let (articles, bad_lines) = articles(args, &name, &text, &extractor);
        has_bad_lines |= bad_lines;
        for enriched in articles {
            show(&enriched, &rules, &watchlist, &mut output)?;
        }
    }
    output.flush()?;
    Ok(if has_bad_lines {
        Exit::Input
    } else {
        Exit::Success
    })
}

fn inputs(files: &[PathBuf]) -> Result<Vec<(String, String)>, Failure> {
    let unreadable = |name: &str, error: std::io::Error| {
        Failure::plain(
            Exit::Input,
            format_args!("input cannot be read: {name}: {error}"),
            "name files of enriched records or text, in UTF-8",
        )
    };
    if files.is_empty() {
        let mut text = String::new();
        let read = stdin().lock().take(MAX_BYTES).read_to_string(&mut text);
        read.map_err(|error| unreadable("standard input", error))?;
        return Ok(vec![("standard input".to_owned(), text)]);
    }
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(&name, error))?;
        Ok((name, text))
    };
    files.iter().map(read).collect()
}

/// The enriched records of the lines, or the text as one article; and whether a line was bad.
fn articles(args: &Args, name: &str, text: &str, extractor: &Extractor) -> (Vec<Enriched>, bool) {
    if !text.trim_start().starts_with('{') {
        return (vec![written(args, name, text, extractor)], false);
    }
    let mut articles = Vec::new();
    let mut has_bad_lines = false;
    for (at, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        match serde_json::from_str(line) {
            Ok(enriched) => articles.push(enriched),
            Err(error) => {
                has_bad_lines = true;
                let line = at + 1;
                terminal::tell(format_args!("{name}:{line} is no enriched record: {error}"));
            }
        }
    }
    (articles, has_bad_lines)
}

fn written(args: &Args, name: &str, text: &str, extractor: &Extractor) -> Enriched {
    let language = args.language.clone().unwrap_or_else(Language::undetermined);
    let now = Timestamp::now();
    let article = Article {
        id: ArticleId::from_guid(&FeedId::from_url(name), text),
        version: 1,
        feed: FeedId::from_url(name),
        outlet: args.outlet.clone(),
        country: None,
        url: None,
        title: text.lines().next().unwrap_or_default().to_owned(),
        body: text.to_owned(),
        body_source: BodySource::Feed,
        language: language.clone(),
        byline: None,
        story: StoryKey::of(text),
        section: None,
        dateline: None,
        lead_image: None,
        site_name: None,
        modified: None,
        sources: FieldSources::default(),
        published: None,
        fetched: now,
        ingested: now,
        origin: Origin::Live,
    };
    Enriched {
        extraction: extractor.extract(text, &language),
        article,
    }
}

fn show(
    enriched: &Enriched,
    rules: &[Rule],
    watchlist: &Watchlist,
    output: &mut impl Write,
) -> Result<(), Failure> {
    let article = &enriched.article;
    let (heading, faint) = (terminal::HEADING, terminal::FAINT);
    let outlet = if article.outlet.is_empty() {
        "text"
    } else {
        &article.outlet
    };
    writeln!(
        output,
        "{heading}{outlet}{heading:#} [{}]: {}",
        article.language, article.title
    )?;
    for rule in rules {
        let trial = rule.test(enriched, watchlist);
        if trial.alerts.is_empty() {
            let unmet = trial.conditions.iter().filter(|(_, is_met)| !is_met);
            let unmet: Vec<&str> = unmet.map(|(written, _)| written.as_str()).collect();
            let why = if unmet.is_empty() {
                "each clause is met somewhere, but not together".to_owned()
            } else {
                format!("not met: {}", unmet.join(", "))
            };
            writeln!(output, "  {faint}-  {}: {why}{faint:#}", rule.name())?;
        }
        for alert in &trial.alerts {
            let whom = if alert.official_name.is_empty() {
                "the article"
            } else {
                &alert.official_name
            };
            let clauses = alert.clauses.join(", ");
            let trigger = alert.trigger.as_str();
            writeln!(
                output,
                "  {}  fires on {whom} ({trigger}): {clauses}",
                rule.name()
            )?;
            for quote in &alert.quotes {
                writeln!(output, "      \u{201c}{}\u{201d}", quote.text)?;
            }
        }
    }
    Ok(())
}
