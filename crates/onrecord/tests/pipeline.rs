//! The whole program as a user starts it, over the demo's newsroom and the embedded broker.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what fails here fails the test; lints only know of that inside test functions"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// A run over ten articles takes a few seconds; a busy machine may need many times that.
const DEADLINE: Duration = Duration::from_mins(2);

#[test]
fn the_demo_finds_quotes_and_alerts_and_ends_by_itself() {
    let output = finish(onrecord(&["demo", "--until-idle"]), DEADLINE);
    let text = String::from_utf8(output.stdout).unwrap();
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{talk}");
    let summary: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(summary["feeds"], 8, "{summary}");
    assert_eq!(summary["articles"], 10, "{summary}");
    assert_eq!(summary["dead_letters"], 0, "{summary}");
    assert!(summary["alerts"].as_u64().unwrap() >= 1, "{summary}");
    assert!(summary["quotes"].as_u64().unwrap() >= 10, "{summary}");
    assert!(text.contains("a ferry is a road on water"), "{text}");
    assert!(text.contains("ALERT"), "{text}");
    assert!(
        talk.contains("embedded broker, single node, at 127.0.0.1:"),
        "{talk}"
    );
    assert!(talk.contains("onrecord run --feeds"), "{talk}");
    assert!(
        !text.contains('\u{1b}') && !talk.contains('\u{1b}'),
        "colour off a terminal"
    );
}

#[test]
fn a_run_resumes_and_its_data_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let newsroom = Newsroom::open(folder.path());
    let first = run(&newsroom, &data);
    assert_eq!(
        (first["articles"].as_u64(), first["feeds"].as_u64()),
        (Some(3), Some(1))
    );
    // Everything is known already: nothing is fetched or found twice.
    let second = run(&newsroom, &data);
    assert_eq!(second["articles"], 0, "{second}");
    assert_eq!(second["quotes"], 0, "{second}");

    let tapped = look(
        &["tap", "articles", "--from", "beginning", "--exit-at-end"],
        &data,
    );
    assert_eq!(tapped.lines().count(), 3, "{tapped}");
    let latest = look(
        &[
            "tap",
            "articles",
            "--from",
            "-2",
            "--exit-at-end",
            "-o",
            "jsonl",
        ],
        &data,
    );
    assert_eq!(latest.lines().count(), 2, "{latest}");
    let filter = [
        "tap",
        "articles",
        "--from",
        "beginning",
        "--exit-at-end",
        "--outlet",
        "nobody",
    ];
    assert_eq!(look(&filter, &data), "");
    let topics = look(&["topics", "-o", "jsonl"], &data);
    assert!(topics.contains(r#""topic":"articles""#), "{topics}");

    look(&["replay", "--from", "beginning"], &data);
    look(&["replay", "--from", "beginning"], &data);
    let replayed = run(&newsroom, &data);
    assert_eq!(
        replayed["quotes"].as_u64(),
        first["quotes"].as_u64().map(|n| n * 2)
    );
    assert_eq!(replayed["alerts"], 0, "a replay alerts nobody");
    let ids = |origin: &str| {
        let mut ids: Vec<String> = look(
            &[
                "tap",
                "quotes",
                "--from",
                "beginning",
                "--exit-at-end",
                "-o",
                "jsonl",
            ],
            &data,
        )
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|record| record["article"]["origin"] == origin)
        .map(|record| record["id"].to_string())
        .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    assert_eq!(ids("live"), ids("replay"));
}

#[test]
fn ctrl_c_ends_a_run_in_order() {
    let mut child = onrecord(&["demo"]);
    let talk = BufReader::new(child.stderr.take().unwrap());
    let broker = talk
        .lines()
        .map_while(Result::ok)
        .find(|line| line.contains("embedded broker"));
    assert!(broker.is_some());
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let output = finish(child, DEADLINE);
    assert!(output.status.success(), "{:?}", output.status);
}

#[test]
fn a_data_folder_in_use_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let mut first = onrecord(&["broker", "--data", data]);
    let talk = BufReader::new(first.stderr.take().unwrap());
    let started = talk
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("embedded broker,"));
    assert!(started);
    let second = finish(onrecord(&["broker", "--data", data]), DEADLINE);
    let words = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(6), "{words}");
    assert!(
        words.contains("in use") && words.contains(data.rsplit('/').next().unwrap()),
        "{words}"
    );
    // A look joins the broker that runs there.
    let topics = finish(onrecord(&["topics", "--data", data]), DEADLINE);
    assert!(topics.status.success(), "{topics:?}");
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn kafka_that_is_not_there_is_named() {
    let args = ["topics", "--set", "kafka.bootstrap_servers=127.0.0.1:9"];
    let output = finish(onrecord(&args), DEADLINE);
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{words}");
    assert!(words.contains("127.0.0.1:9"), "{words}");
}

#[test]
fn nobody_reading_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .args(["extract", "--docs"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    for number in 0..20_000 {
        // The program may end before all is written, which is the point.
        if writeln!(
            input,
            r#"{{"id":{number},"text":"Rain fell on the port."}}"#
        )
        .is_err()
        {
            break;
        }
    }
    drop(input);
    let output = finish(child, DEADLINE);
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

/// The program, with nothing of this environment's configuration.
fn onrecord(args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ONRECORD_") {
            command.env_remove(name);
        }
    }
    command
        .args(args)
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for the end; kills and fails where it does not come in time.
fn finish(mut child: Child, deadline: Duration) -> Output {
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.map(|mut pipe| pipe.read_to_end(&mut bytes).unwrap());
            bytes
        })
    };
    let stdout = read(
        child
            .stdout
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    );
    let stderr = read(
        child
            .stderr
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    );
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > deadline {
            child.kill().unwrap();
            let talk = String::from_utf8_lossy(&stderr.join().unwrap()).into_owned();
            panic!("did not end within {deadline:?}: {talk}");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    Output {
        status,
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

fn run(newsroom: &Newsroom, data: &Path) -> Value {
    let data = data.to_str().unwrap();
    let args = [
        "run",
        "--until-idle",
        "--quiet",
        "--feeds",
        &newsroom.feeds,
        "--officials",
        &newsroom.officials,
        "--data",
        data,
        "--set",
        "fetcher.allow_addresses=[\"127.0.0.1\"]",
        // A second run polls at once all the same.
        "--set",
        "fetcher.min_interval=200ms",
        "--set",
        "fetcher.interval=200ms",
        "--set",
        "fetcher.max_interval=200ms",
        "--set",
        "fetcher.pages=feed_text",
    ];
    let output = finish(onrecord(&args), DEADLINE);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{talk}");
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

fn look(args: &[&str], data: &Path) -> String {
    let mut args = args.to_vec();
    args.extend(["--data", data.to_str().unwrap()]);
    let output = finish(onrecord(&args), DEADLINE);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{talk}");
    String::from_utf8(output.stdout).unwrap()
}

/// One feed on loopback, whose items carry their whole text.
struct Newsroom {
    feeds: String,
    officials: String,
}

impl Newsroom {
    fn open(folder: &Path) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap());
            }
        });
        let feeds = folder.join("feeds.toml");
        let feed = format!("[[feed]]\nurl = \"http://{address}/feed\"\noutlet = \"Post\"\n");
        std::fs::write(&feeds, feed).unwrap();
        let officials = folder.join("officials.toml");
        let official = "[[official]]\nid = \"mara-venn\"\nname = \"Mara Venn\"\n\
                        aliases = { latin = [\"Mara Venn\"] }\n";
        std::fs::write(&officials, official).unwrap();
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        Self {
            feeds: text(&feeds),
            officials: text(&officials),
        }
    }
}

fn answer(mut stream: std::net::TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().unwrap())
        .lines()
        .map_while(Result::ok);
    let Some(request) = lines.next() else {
        return;
    };
    // The rest of the head.
    lines.find(String::is_empty);
    let (status, body) = if request.contains(" /feed ") {
        ("200 OK", feed())
    } else {
        ("404 Not Found", String::new())
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/rss+xml\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
}

fn feed() -> String {
    let now = jiff::Timestamp::now();
    let items: Vec<String> = ["dock", "crane", "light"]
        .into_iter()
        .map(|thing| {
            format!(
                "<item><title>The {thing}</title><guid>{thing}</guid>\
                 <pubDate>{}</pubDate><description>The {thing} of Port Venn was opened on Monday. \
                 “The {thing} will serve every ship,” Mara Venn said.</description></item>",
                now.strftime("%a, %d %b %Y %H:%M:%S GMT")
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Post</title>\
         <language>en</language>{}</channel></rss>",
        items.concat()
    )
}
