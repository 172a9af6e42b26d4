//! `onrecord feeds test`: explains one feed end to end, and changes nothing.

use std::io::{self, Write};

use fetcher::{AnswerReport, DocumentReport, ItemReport, PageReport, PollReport, poll_once};
use jiff::Timestamp;
use model::{Feed, Language, Origin};

use crate::{
    config::{ConfigArgs, Loaded},
    exit::{Exit, Failure},
    feed_list, terminal,
    time_words::{span_in_words, until},
};

use super::{OutputForm, print_one_json};

/// Explain one feed end to end, without changing anything
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord feeds test https://news.example/rss
  onrecord feeds test https://news.example/rss -o json

The feed is asked as if it were new, with its settings where the list has it: request and answer,
what had to be repaired, each item with its identity and date, a few pages, and when it would be
polled next and why. It ends with 4 where the feed cannot be read.")]
pub(super) struct Args {
    /// Address of the feed
    #[arg(value_name = "URL")]
    url: String,
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let feed = feed(&loaded, &args.url)?;
    let report = poll_once(&loaded.settings.fetcher, &feed).map_err(|error| {
        Failure::plain(
            Exit::Config,
            error,
            "see [fetcher] in `onrecord config show --origin`",
        )
    })?;
    match args.output {
        OutputForm::Table => {
            let mut output = terminal::output();
            print(&report, &mut output)?;
            output.flush()?;
        }
        OutputForm::Json | OutputForm::Jsonl => print_one_json(args.output, &report)?,
    }
    Ok(if report.fault.is_none() {
        Exit::Success
    } else {
        Exit::Input
    })
}

/// The feed as the list has it, or else as it would be added.
fn feed(loaded: &Loaded, url: &str) -> Result<Feed, Failure> {
    let path = &loaded.settings.feeds;
    let feeds = if path.exists() {
        feed_list::read(path)?
    } else {
        feed_list::starter()?
    };
    if let Some(listed) = feeds.into_iter().find(|feed| feed.url == url) {
        return Ok(listed);
    }
    Feed::from_url(url).map_err(|error| {
        let help = format!("write the whole address; `onrecord feeds add {url}` finds feeds");
        Failure::plain(Exit::Input, error, help)
    })
}

fn print(report: &PollReport, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "{}", report.url)?;
    writeln!(output, "  asked as   {}", report.request.user_agent)?;
    writeln!(output, "  for        {}", report.request.accept)?;
    writeln!(output, "  robots     {}", report.robots)?;
    for redirect in &report.redirects {
        let kind = if matches!(redirect.status, 301 | 308) {
            "for good"
        } else {
            "for now"
        };
        writeln!(
            output,
            "  redirect   {} {kind}: {} -> {}",
            redirect.status, redirect.from, redirect.to
        )?;
    }
    if let Some(answer) = &report.answer {
        print_answer(answer, output)?;
    }
    if let Some(fault) = &report.fault {
        writeln!(output, "  FAULT      {} [{}]", fault.reason, fault.code)?;
    }
    if let Some(document) = &report.document {
        print_document(document, output)?;
    }
    for page in &report.pages {
        print_page(page, output)?;
    }
    writeln!(
        output,
        "next poll    {}: {}",
        until(Timestamp::now(), report.next_poll),
        report.next_poll_reason
    )
}

fn print_answer(answer: &AnswerReport, output: &mut impl Write) -> io::Result<()> {
    let kind = answer.content_type.as_deref().unwrap_or("no content type");
    let coding = answer
        .content_encoding
        .as_deref()
        .unwrap_or("not compressed");
    let whole = if answer.is_complete {
        ""
    } else {
        ", and then it broke off"
    };
    writeln!(
        output,
        "  answer     {}, {kind}, {} bytes ({coding}){whole}",
        answer.status, answer.body_bytes
    )?;
    if answer.moved_for_good {
        writeln!(
            output,
            "  moved      for good to {}: polled there after repeated sightings",
            answer.url
        )?;
    }
    match (&answer.etag, &answer.last_modified) {
        (None, None) => writeln!(
            output,
            "  validators none: the whole document is fetched each time"
        )?,
        (etag, date) => {
            let both: Vec<&str> = etag.iter().chain(date).map(String::as_str).collect();
            writeln!(output, "  validators {}", both.join(", "))?;
        }
    }
    if let Some(seconds) = answer.fresh_for_seconds {
        let words = span_in_words(seconds);
        writeln!(output, "  fresh for  {words}, says the server")?;
    }
    if let Some(seconds) = answer.retry_after_seconds {
        let words = span_in_words(seconds);
        writeln!(
            output,
            "  wait       {words}, asks the server (Retry-After)"
        )?;
    }
    Ok(())
}

fn print_document(document: &DocumentReport, output: &mut impl Write) -> io::Result<()> {
    let title = document.title.as_deref().unwrap_or("without a title");
    let language = document
        .language
        .as_ref()
        .map_or("no language stated", Language::as_str);
    writeln!(
        output,
        "document     {}, {title}, {language}, {} items{}",
        document.format,
        document.items.len(),
        if document.truncated {
            ", breaks off"
        } else {
            ""
        }
    )?;
    if let Some(hub) = &document.hub {
        writeln!(output, "  hub        {hub}")?;
    }
    for repair in &document.repairs {
        writeln!(output, "  repaired   {repair}")?;
    }
    for item in &document.items {
        print_item(item, output)?;
    }
    Ok(())
}

fn print_item(item: &ItemReport, output: &mut impl Write) -> io::Result<()> {
    let date = match (&item.published, &item.published_raw) {
        (Some(date), _) => date.to_string(),
        (None, Some(raw)) => format!("{raw:?}"),
        (None, None) => "no date".to_owned(),
    };
    let origin = match item.origin {
        Origin::Live => "news",
        Origin::Backfill | Origin::Replay => "history",
    };
    writeln!(
        output,
        "  {date}  {}\n      known by its {}, {origin}, {} characters in the feed{}",
        item.title,
        item.identity,
        item.text_characters,
        item.url
            .as_ref()
            .map_or_else(String::new, |url| format!(", {url}"))
    )?;
    for warning in &item.warnings {
        writeln!(output, "      ! {warning}")?;
    }
    Ok(())
}

fn print_page(page: &PageReport, output: &mut impl Write) -> io::Result<()> {
    writeln!(
        output,
        "page         {}: {} characters of text",
        page.url, page.text_characters
    )?;
    if let Some(problem) = &page.problem {
        writeln!(output, "  ! {problem}")?;
    }
    for field in &page.fields {
        writeln!(output, "  {field}")?;
    }
    Ok(())
}
