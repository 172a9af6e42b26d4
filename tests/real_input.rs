//! Real pages and real articles through the whole pipeline: each arrives once, every span holds.
//!
//! The data lies beside the checkout, in `../shared` or where `ONRECORD_SHARED` says, and is no part
//! of it; where it is absent, this says so and tests nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use model::{Enriched, Span};
use serde::Deserialize;
use stream::{ARTICLES, DEAD_LETTERS, ENRICHED};

use crate::harness::{
    client::Client,
    embedded_broker::BrokerProcess,
    feed_server::{FeedServer, Page},
    left_out::say_left_out,
    onrecord::run_to_end,
};

const SHARED: &str = "ONRECORD_SHARED";

/// The last line of a run that ends by itself.
#[derive(Debug, Deserialize)]
struct Summary {
    articles: usize,
    quotes: usize,
    entities: usize,
    dead_letters: usize,
    seconds: f64,
}

/// An article of the data with a text of its own.
#[derive(Deserialize)]
struct Written {
    id: String,
    lang: String,
    title: String,
    text: String,
}

/// Pages by number.
type Pages = BTreeMap<usize, Vec<u8>>;

#[test]
fn every_real_article_arrives_once_and_every_span_holds_its_text() {
    let Some((pages, texts)) = data() else {
        return;
    };
    let expected = pages.len() + texts.len();
    let server = serve(pages, &texts);
    let folder = tempfile::Builder::new()
        .prefix("onrecord-real-")
        .tempdir()
        .unwrap();
    fs::write(folder.path().join("feeds.toml"), feeds(&server, &texts)).unwrap();
    fs::write(folder.path().join("officials.toml"), "").unwrap();
    fs::write(folder.path().join("onrecord.toml"), CONFIGURATION).unwrap();
    let run = [
        "run",
        "--config",
        "onrecord.toml",
        "--data",
        "data",
        "--until-idle",
    ];
    let (output, talk) = run_to_end(&run, folder.path());
    assert!(!talk.contains("panicked"), "{talk}");
    let summary: Summary = serde_json::from_str(output.lines().last().unwrap_or_default())
        .unwrap_or_else(|error| panic!("{error} in the last line of:\n{output}\n{talk}"));
    println!(
        "{} articles in {} s: {summary:?}",
        summary.articles, summary.seconds
    );
    assert_eq!((summary.articles, summary.dead_letters), (expected, 0));

    let broker = BrokerProcess::start_in(folder);
    let client = Client::new(broker.bootstrap_servers());
    assert_eq!(client.read_committed(DEAD_LETTERS.name()), []);
    let articles = client.read_committed(ARTICLES.name());
    assert_eq!(articles.len(), expected);
    let enriched: Vec<Enriched> = client
        .read_committed(ENRICHED.name())
        .iter()
        .map(|record| serde_json::from_str(&record.text()).unwrap())
        .collect();
    let ids: BTreeSet<&str> = enriched.iter().map(|r| r.article.id.as_str()).collect();
    assert_eq!((ids.len(), enriched.len()), (expected, expected));
    let quotes: usize = enriched.iter().map(|r| r.extraction.quotes.len()).sum();
    let entities: usize = enriched.iter().map(|r| r.extraction.entities.len()).sum();
    assert_eq!((quotes, entities), (summary.quotes, summary.entities));
    assert!(quotes > expected, "so few quotes are no reading: {quotes}");
    for record in &enriched {
        check_spans(record);
    }
}

fn check_spans(record: &Enriched) {
    let article = &record.article;
    let mut spans: Vec<Span> = Vec::new();
    for quote in &record.extraction.quotes {
        spans.extend(&quote.content);
        spans.extend(&quote.cue);
        spans.extend(quote.speaker.iter().flat_map(|speaker| &speaker.spans));
        spans.extend(
            [quote.addressee, quote.medium, quote.date]
                .into_iter()
                .flatten(),
        );
    }
    for entity in &record.extraction.entities {
        spans.extend(entity.mentions.iter().map(|mention| mention.span));
    }
    spans.extend(
        record
            .extraction
            .mentions
            .iter()
            .map(|mention| mention.span),
    );
    for span in spans {
        let text = span.text(&article.body);
        assert!(
            text.is_some_and(|text| !text.is_empty()),
            "{span:?} of {}",
            article.id
        );
    }
    for quote in record.quote_records() {
        let contents = quote.quote.content.iter();
        let joined: Vec<&str> = contents
            .filter_map(|span| span.text(&article.body))
            .collect();
        assert_eq!(quote.text, joined.join(" "));
    }
}

/// The pages by number and the texts; `None`, said in words, where the data is absent.
fn data() -> Option<(Pages, Vec<Written>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = env::var_os(SHARED).map_or(root, PathBuf::from);
    let folder = shared.join("eval/articles/dev");
    let Ok(entries) = fs::read_dir(&folder) else {
        say_left_out("real pages", &format!("{} is not there", folder.display()));
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gz"));
    paths.sort();
    let pages = paths.iter().enumerate().map(|(number, path)| {
        let mut page = Vec::new();
        let packed = fs::File::open(path).unwrap();
        GzDecoder::new(packed).read_to_end(&mut page).unwrap();
        (number, page)
    });
    let pages = pages.collect();
    let mut texts = Vec::new();
    for file in ["english.jsonl", "khmer.jsonl"] {
        let lines = fs::read_to_string(shared.join("data/voa").join(file)).unwrap();
        texts.extend(
            lines
                .lines()
                .map(|line| serde_json::from_str::<Written>(line).unwrap()),
        );
    }
    Some((pages, texts))
}

/// One feed of links to the pages, and one of full texts for each language.
fn serve(pages: Pages, texts: &[Written]) -> FeedServer {
    let mut documents: BTreeMap<String, String> = BTreeMap::new();
    let mut links = String::new();
    for number in pages.keys() {
        write!(
            links,
            "<item><title>Page {number}</title><link>/pages/{number}</link>\
             <guid isPermaLink=\"false\">page-{number}</guid></item>"
        )
        .unwrap();
    }
    documents.insert("/pages.xml".to_owned(), links);
    for text in texts {
        let paragraphs = escaped(&text.text).replace("\n\n", "</p><p>");
        let items = documents
            .entry(format!("/texts-{}.xml", text.lang))
            .or_default();
        write!(
            items,
            "<item><title>{}</title><link>https://texts.example/{}</link>\
             <content:encoded>{}</content:encoded></item>",
            escaped(&text.title),
            text.id,
            escaped(&format!("<p>{paragraphs}</p>")),
        )
        .unwrap();
    }
    FeedServer::start(move |path| {
        if let Some(items) = documents.get(path) {
            let feed = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
                 xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>\
                 <title>Real</title><link>/</link>{items}</channel></rss>"
            );
            return Some(Page {
                content_type: "application/rss+xml",
                body: feed.into_bytes(),
            });
        }
        let number: usize = path.strip_prefix("/pages/")?.parse().ok()?;
        Some(Page {
            content_type: "text/html",
            body: pages.get(&number)?.clone(),
        })
    })
}

fn feeds(server: &FeedServer, texts: &[Written]) -> String {
    let mut file = format!(
        "[[feed]]\nurl = \"{}\"\noutlet = \"Pages\"\n",
        server.url("/pages.xml")
    );
    let languages: BTreeSet<&str> = texts.iter().map(|text| text.lang.as_str()).collect();
    for language in languages {
        let url = server.url(&format!("/texts-{language}.xml"));
        write!(
            file,
            "[[feed]]\nurl = \"{url}\"\noutlet = \"Texts\"\nlanguage = \"{language}\"\n\
             pages = \"feed_text\"\n"
        )
        .unwrap();
    }
    file
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

const CONFIGURATION: &str = r#"
feeds = "feeds.toml"
officials = "officials.toml"

[fetcher]
host_concurrency = 8
host_burst = 1000
host_spacing = "1ms"
allow_addresses = ["127.0.0.1"]
"#;
