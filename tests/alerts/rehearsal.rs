//! A rehearsal over what is stored tells exactly what the pipeline sent.

use std::{
    fmt::Write,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use model::Notification;

use crate::harness::{
    feed_server::{FeedServer, Page},
    onrecord::run_to_end,
};

const OFFICIALS: &str = r#"
[[official]]
id = "adela-quist"
name = "Adela Quist"

[[official]]
id = "tomas-varga"
name = "Tomas Varga"
"#;

/// A report that two outlets carry.
const BRIDGE: [&str; 3] = [
    "Prime Minister Adela Quist opened the long bridge over the Marrow at Port Veridia on Tuesday \
     after eleven years of work and three changes of plan.",
    "\u{201c}The bridge will be open to everybody from tomorrow,\u{201d} Adela Quist said.",
    "\u{201c}It has cost twice what we were told in the spring,\u{201d} said opposition leader \
     Tomas Varga, who had come by boat.",
];
const HARBOUR: [&str; 2] = [
    "The harbour master of Low Harrow closed the outer basin on Monday because of the ice that \
     came down the river with the storm of last week.",
    "\u{201c}No ship will leave before Friday,\u{201d} Adela Quist said.",
];
const SCHOOLS: [&str; 2] = [
    "Teachers in New Calder went back to their schools on Wednesday when the district paid the \
     wages that it had owed them since the summer.",
    "\u{201c}We shall not wait so long another time,\u{201d} Tomas Varga said.",
];

#[test]
fn a_rehearsal_over_what_is_stored_equals_what_was_sent() {
    let is_later = Arc::new(AtomicBool::new(false));
    let server = serve(Arc::clone(&is_later));
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), &server);
    let run = [
        "run",
        "--config",
        "onrecord.toml",
        "--data",
        "data",
        "--until-idle",
    ];
    run_to_end(&run, folder.path());
    // The run has waited for the groups, though nothing else was left to do for longer than it
    // takes a pipeline to be held for idle.
    let first = sent(folder.path());
    assert_eq!(first.len(), 3, "{first:#?}");
    // A copy of one report, and a story of its own.
    is_later.store(true, Ordering::Relaxed);
    run_to_end(&run, folder.path());
    let sent = sent(folder.path());
    assert!(sent.len() > first.len());
    assert!(
        sent.iter()
            .any(|told| told.kind == model::NotificationKind::Update)
    );

    let rehearse = [
        "rules",
        "rehearse",
        "all",
        "--since",
        "1h",
        "-o",
        "jsonl",
        "--config",
        "onrecord.toml",
        "--data",
        "data",
    ];
    let (rehearsed, _) = run_to_end(&rehearse, folder.path());
    let rehearsed = rehearsed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    assert_eq!(told(rehearsed), told(sent.into_iter()));
}

/// What is told, in the order of its ids: everything but the moments.
fn told(notifications: impl Iterator<Item = Notification>) -> Vec<String> {
    let mut told: Vec<String> = notifications
        .map(|told| {
            let mut alerts: Vec<String> = told
                .alerts
                .iter()
                .map(|alert| format!("{} {:?}", alert.id, alert.quotes))
                .collect();
            alerts.sort();
            format!(
                "{} {} {:?} {} {:?} {} {:?} {} {:?} {alerts:?}",
                told.id,
                told.target,
                told.kind,
                told.group,
                told.labels,
                told.sequence,
                told.severity,
                told.alert_count,
                told.outlets,
            )
        })
        .collect();
    told.sort();
    told
}

/// What the file target holds.
fn sent(folder: &Path) -> Vec<Notification> {
    let text = fs::read_to_string(folder.join("alerts.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn serve(is_later: Arc<AtomicBool>) -> FeedServer {
    FeedServer::start(move |path| {
        let is_later = is_later.load(Ordering::Relaxed);
        let items: &[(&str, &[&str])] = match (path, is_later) {
            ("/veridia.xml", _) => &[("Bridge opened", &BRIDGE), ("Basin closed", &HARBOUR)],
            ("/courier.xml", true) => &[("A bridge at last", &BRIDGE), ("Wages paid", &SCHOOLS)],
            ("/courier.xml", false) => &[],
            _ => return None,
        };
        Some(Page {
            content_type: "application/rss+xml",
            body: document(path, items).into_bytes(),
        })
    })
}

/// A feed with full texts.
fn document(path: &str, items: &[(&str, &[&str])]) -> String {
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mut document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\
         <channel><title>News</title><link>https://news.example/</link>\
         <description>News</description>"
        .to_owned();
    for (number, (title, paragraphs)) in items.iter().enumerate() {
        let html = format!("<p>{}</p>", paragraphs.join("</p><p>"));
        let url = format!("https://news.example{path}/{number}");
        write!(
            document,
            "<item><title>{title}</title><link>{url}</link><guid>{url}</guid>\
             <pubDate>{now}</pubDate>\
             <content:encoded><![CDATA[{html}]]></content:encoded></item>"
        )
        .unwrap();
    }
    document + "</channel></rss>"
}

fn configure(folder: &Path, server: &FeedServer) {
    let mut feeds = String::new();
    for (path, outlet) in [
        ("/veridia.xml", "Veridia Post"),
        ("/courier.xml", "Calder Courier"),
    ] {
        let url = server.url(path);
        writeln!(
            feeds,
            "[[feed]]\nurl = \"{url}\"\noutlet = \"{outlet}\"\nlanguage = \"en\""
        )
        .unwrap();
    }
    fs::write(folder.join("feeds.toml"), feeds).unwrap();
    fs::write(folder.join("officials.toml"), OFFICIALS).unwrap();
    // A pipeline counts as idle after a second: less than a group waits.
    let config = r#"
feeds = "feeds.toml"
officials = "officials.toml"

[fetcher]
pages = "feed_text"
interval = "1s"
min_interval = "1s"
max_interval = "1s"
allow_addresses = ["127.0.0.1"]

[alerter]
rule = [{ name = "all", when = "speaker:any" }]
target = [{ kind = "file", path = "alerts.jsonl" }]

[alerter.route]
group_by = ["official", "story"]
group_wait = "3s"
group_interval = "1s"

[telemetry]
log = "warn"
format = "text"
"#;
    fs::write(folder.join("onrecord.toml"), config).unwrap();
}
