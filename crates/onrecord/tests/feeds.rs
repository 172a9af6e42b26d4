//! `onrecord feeds` as a user types it, against a local site.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test; lints only know of that inside test functions"
)]

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::Value;

/// A site on loopback: what stands at its paths, and what it was asked.
struct Site {
    address: SocketAddr,
    pages: Arc<HashMap<&'static str, (&'static str, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn open(pages: impl Fn(&str) -> Vec<(&'static str, &'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let pages = pages(&format!("http://{address}"));
        let pages = pages
            .into_iter()
            .map(|(path, kind, body)| (path, (kind, body)));
        let site = Self {
            address,
            pages: Arc::new(pages.collect()),
            asked: Arc::default(),
        };
        let (pages, asked) = (Arc::clone(&site.pages), Arc::clone(&site.asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &pages, &asked);
            }
        });
        site
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn asked(&self, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| *asked == path).count()
    }
}

fn answer(
    mut stream: TcpStream,
    pages: &HashMap<&'static str, (&'static str, String)>,
    asked: &Mutex<Vec<String>>,
) {
    let mut lines = BufReader::new(stream.try_clone().unwrap())
        .lines()
        .map_while(Result::ok);
    let Some(request) = lines.next() else {
        return;
    };
    // The rest of the head.
    lines.find(String::is_empty);
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let page = pages.get(path.as_str());
    asked.lock().unwrap().push(path);
    let (status, kind, body) = match page {
        Some((kind, body)) => ("200 OK", *kind, body.as_str()),
        None => ("404 Not Found", "text/plain", ""),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
    .ok();
}

const RSS: &str = "application/rss+xml";
const HTML: &str = "text/html";

fn feed(title: &str, base: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{title}</title>\
         <language>km</language><item><title>The dock</title><guid>dock</guid>\
         <link>{base}/dock</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>\
         <description>The dock of Port Venn was opened.</description></item>\
         <item><title>The crane</title><link>{base}/crane</link><pubDate>soon</pubDate></item>\
         </channel></rss>"
    )
}

/// A folder with a list, and the program run in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn with_list(text: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            fs::write(folder.path().join("feeds.toml"), text).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn list(&self) -> String {
        fs::read_to_string(self.path("feeds.toml")).unwrap()
    }

    /// Runs `onrecord ARGS` to its end.
    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ONRECORD_") {
                command.env_remove(name);
            }
        }
        command
            .args(args)
            .args(["--feeds", "feeds.toml", "--data", "data"])
            .args(["--set", "fetcher.allow_addresses=[\"127.0.0.1\"]"])
            .args(["--set", "fetcher.host_spacing=0s"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

#[track_caller]
fn check(output: &Output, code: i32, stdout: &[&str], stderr: &[&str]) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    for expected in stdout {
        assert!(out.contains(expected), "{expected:?} not in {out}");
    }
    for expected in stderr {
        assert!(err.contains(expected), "{expected:?} not in {err}");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_feed_is_added_with_one_request_and_the_rest_of_the_list_stays() {
    let site = Site::open(|base| vec![("/rss", RSS, feed("The Venn Post", base))]);
    let before = "# Ours.\n\n[[feed]]\nurl   = \"https://a.example/rss\" # slow\n";
    let desk = Desk::with_list(Some(before));
    let url = site.url("/rss");
    let added = desk.run(&[
        "feeds",
        "add",
        &url,
        "--country",
        "kh",
        "--folder",
        "Asia/Venn",
    ]);
    check(&added, 0, &["added", "The Venn Post", "km", "2 items"], &[]);
    assert_eq!(site.asked("/rss"), 1);
    let expected = format!(
        "{before}\n[[feed]]\nurl = \"{url}\"\nname = \"The Venn Post\"\nlanguage = \"km\"\n\
         country = \"KH\"\nfolder = \"Asia/Venn\"\n"
    );
    assert_eq!(desk.list(), expected);
    check(
        &desk.run(&["feeds", "add", &url]),
        0,
        &["known already"],
        &[],
    );
    assert_eq!(site.asked("/rss"), 1, "what is known is not asked");
    assert_eq!(desk.list(), expected);
    check(&desk.run(&["feeds", "list"]), 0, &[&url, "Asia/Venn"], &[]);
    check(&desk.run(&["feeds", "remove", &url]), 0, &["removed"], &[]);
    assert_eq!(desk.list(), before);
    check(
        &desk.run(&["feeds", "remove", &url]),
        4,
        &[],
        &["is not in"],
    );
}

#[test]
fn a_site_with_several_feeds_is_a_choice_and_one_without_is_named() {
    let site = Site::open(|base| {
        let links = "<link rel=alternate type='application/rss+xml' href='/one'>\
                     <link rel=alternate type='application/rss+xml' href='/two'>";
        let page = |links: &str| format!("<!doctype html><title>Venn</title>{links}<p>News");
        vec![
            ("/", HTML, page(links)),
            ("/bare", HTML, page("")),
            ("/one", RSS, feed("One", base)),
            ("/two", RSS, feed("Two", base)),
        ]
    });
    let desk = Desk::with_list(None);
    let choice = desk.run(&["feeds", "add", &site.url("/")]);
    check(&choice, 4, &["/one", "/two", "2026-03-02"], &["--all"]);
    assert!(
        !desk.path("feeds.toml").exists(),
        "nothing is added without a choice"
    );
    let all = desk.run(&["feeds", "add", &site.url("/"), "--all", "-o", "json"]);
    check(&all, 0, &[], &["is new"]);
    assert_eq!(json(&all)[0]["added"].as_array().unwrap().len(), 2);
    assert_eq!(desk.list().matches("[[feed]]").count(), 2);
    let bare = desk.run(&["feeds", "add", &site.url("/bare")]);
    let words = "an HTML page without a feed link; tried http://";
    check(&bare, 4, &[], &[words, "/feed", "/rss.xml"]);
    let absent = desk.run(&["feeds", "add", &site.url("/absent")]);
    check(&absent, 4, &[], &["there is nothing at this address (404)"]);
}

#[test]
fn an_opml_of_200_with_3_bad_outlines_adds_197_and_names_the_lines() {
    let mut opml = "<opml version=\"1.0\"><body>\n<outline text=\"Asia\">\n".to_owned();
    for number in 0..200 {
        let outline = match number {
            10 => "<outline type=\"rss\" text=\"no address\"/>".to_owned(),
            20 => "<outline type=\"rss\" text=\"x\" xmlUrl=\"nowhere\"/>".to_owned(),
            30 => "<outline type=\"rss\" text=\"x xmlUrl=\"https://x.example/\"/>".to_owned(),
            _ => format!(
                "<outline type=\"rss\" text=\"F\" xmlUrl=\"https://f{number}.example/?a=1&b\"/>"
            ),
        };
        opml.push_str(&outline);
        opml.push('\n');
    }
    opml.push_str("</outline>\n</body></opml>\n");
    let desk = Desk::with_list(Some("# Ours.\n"));
    fs::write(desk.path("in.opml"), opml).unwrap();
    let import = desk.run(&["feeds", "import", "in.opml"]);
    let lines = [
        "line 13: not taken",
        "line 23: not taken",
        "line 33: not taken",
    ];
    check(
        &import,
        4,
        &["197 added, 0 in the list already, 3 not taken"],
        &lines,
    );
    assert!(desk.list().starts_with("# Ours.\n\n[[feed]]"));
    let again = desk.run(&["feeds", "import", "in.opml", "--dry-run", "-o", "json"]);
    check(&again, 4, &[], &[]);
    assert_eq!(json(&again)["known"].as_array().unwrap().len(), 197);
    // What is exported is the same list again.
    for (form, name) in [("--opml", "out.opml"), ("--csv", "out.csv")] {
        let exported = desk.run(&["feeds", "export", form]);
        fs::write(desk.path(name), &exported.stdout).unwrap();
        let other = Desk::with_list(None);
        let file = desk.path(name);
        check(
            &other.run(&["feeds", "import", path(&file)]),
            0,
            &["197 added"],
            &[],
        );
        let entries = |desk: &Desk| json(&desk.run(&["feeds", "list", "-o", "json"]));
        assert_eq!(entries(&other), entries(&desk));
    }
    let wrong = desk.run(&["feeds", "import", "feeds.toml"]);
    check(&wrong, 4, &[], &["names no column of addresses"]);
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_list_with_mistakes_is_not_edited() {
    let desk = Desk::with_list(Some("[[feed]]\nurl = \"nowhere\"\n"));
    let refused = desk.run(&["feeds", "remove", "nowhere"]);
    check(&refused, 3, &[], &["feed url cannot be read", "feeds.toml"]);
}

#[test]
fn a_test_explains_the_feed_and_changes_nothing() {
    let paragraph = "<p>The dock of Port Venn was opened on Monday, the ministry of ports said in \
                     a long statement, and ferries to the islands will leave from it twice a day.</p>";
    let site = Site::open(|base| {
        let page = format!(
            "<!doctype html><html lang=en><title>The dock</title><article>{}</article></html>",
            paragraph.repeat(4)
        );
        vec![
            ("/rss", RSS, feed("The Venn Post", base)),
            ("/dock", HTML, page),
        ]
    });
    let desk = Desk::with_list(None);
    let tested = desk.run(&["feeds", "test", &site.url("/rss")]);
    let expected = [
        "onrecord/",
        "robots.txt does not forbid it",
        "200, application/rss+xml",
        "rss20, The Venn Post, km, 2 items",
        "known by its guid, history",
        "! it has no guid or id",
        "\"soon\"",
        "! its date cannot be read",
        "characters of text",
        "there is nothing at this address (404)",
        "next poll    in ",
    ];
    check(&tested, 0, &expected, &[]);
    let left: Vec<_> = fs::read_dir(desk.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 0, "nothing is written: {left:?}");
    let report = json(&desk.run(&["feeds", "test", &site.url("/rss"), "-o", "json"]));
    assert_eq!(report["document"]["items"][0]["identity"], "guid");
    assert!(report["pages"][0]["text_characters"].as_u64().unwrap() > 400);
    let fault = desk.run(&["feeds", "test", &site.url("/dock")]);
    check(
        &fault,
        4,
        &["FAULT", "not a feed but a page titled", "[not_a_feed]"],
        &[],
    );
}

#[test]
fn status_shows_the_worst_feed_first() {
    let site = Site::open(|base| vec![("/rss", RSS, feed("The Venn Post", base))]);
    let [good, bad] = ["/rss", "/absent"].map(|path| site.url(path));
    let desk = Desk::with_list(Some(&format!(
        "[[feed]]\nurl = \"{good}\"\npages = \"feed_text\"\n[[feed]]\nurl = \"{bad}\"\n"
    )));
    check(
        &desk.run(&["feeds", "status"]),
        1,
        &[],
        &["nothing is recorded yet"],
    );
    check(&desk.run(&["run", "--until-idle", "--quiet"]), 0, &[], &[]);
    let list = desk.list();
    let later = format!("{list}[[feed]]\nurl = \"https://later.example/rss\"\n");
    fs::write(desk.path("feeds.toml"), later).unwrap();
    let status = desk.run(&["feeds", "status", "-o", "json"]);
    check(&status, 0, &[], &[]);
    let status = json(&status);
    let states: Vec<&str> = status
        .as_array()
        .unwrap()
        .iter()
        .map(|feed| feed["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["failing", "unpolled", "learning"]);
    assert_eq!(status[0]["url"], bad.as_str());
    assert_eq!(status[0]["fault"]["code"], "http_404");
    assert!(status[0]["next_poll_reason"].as_str().unwrap().len() > 5);
    let table = desk.run(&["feeds", "status"]);
    let expected = ["still learning its rhythm", "[http_404]", "last read never"];
    check(&table, 0, &expected, &["1 failing, 1 unpolled, 1 learning"]);
}
