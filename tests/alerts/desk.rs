//! Alerters at work on a broker, fed with articles about invented officials.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs,
    net::SocketAddr,
    path::PathBuf,
};

use model::{ArticleId, Delivery, DeliveryOutcome, FeedId, Notification, Record};
use serde::de::DeserializeOwned;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    exactly_once::chance::Chance,
    harness::{
        client::{Client, unique},
        deadline::wait_until,
        onrecord::{Process, run_to_end},
        producer::Producer,
    },
};

/// Officials take turns in the articles.
const OFFICIALS: usize = 5;

/// Running alerters, and a producer of enriched articles.
pub(super) struct Desk {
    folder: TempDir,
    client: Client,
    producer: Producer,
    prefix: String,
    environment: Vec<(String, OsString)>,
    alerters: Vec<Process>,
}

impl Desk {
    /// Starts so many alerters that tell these targets, in TOML.
    pub(super) fn open(servers: &str, targets: &str, alerters: usize) -> Self {
        Self::open_with_environment(servers, targets, alerters, &[])
    }

    /// The same, with variables in the alerters' environment.
    pub(super) fn open_with_environment(
        servers: &str,
        targets: &str,
        alerters: usize,
        environment: &[(&str, &OsStr)],
    ) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("onrecord-alerts-")
            .tempdir()
            .unwrap();
        let prefix = format!("{}-", unique("alerts"));
        let path = |name: &str| folder.path().join(name);
        fs::write(
            path("onrecord.toml"),
            configuration(servers, &prefix, targets),
        )
        .unwrap();
        fs::write(path("officials.toml"), officials()).unwrap();
        let client = Client::new(servers);
        let producer = client.producer(&[]);
        let mut desk = Self {
            folder,
            client,
            producer,
            prefix,
            environment: environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            alerters: Vec::new(),
        };
        for number in 0..alerters {
            let alerter = desk.spawn(number);
            desk.alerters.push(alerter);
        }
        let enriched = desk.topic("enriched");
        wait_until("the topics", || {
            desk.client.partitions(&enriched) == Some(6)
        });
        desk.client.wait_until_led(&enriched, 6);
        wait_until("the routing topic", || {
            desk.client.partitions(&desk.topic("routing")) == Some(1)
        });
        desk
    }

    /// Publishes an article that quotes the official whose turn it is.
    pub(super) fn publish(&mut self, number: usize) {
        let enriched = enriched(number);
        let payload = serde_json::to_string(&enriched).unwrap();
        self.producer
            .send_keyed(&self.topic("enriched"), &enriched.key(), &payload);
        for settled in self.producer.settle() {
            settled.unwrap();
        }
    }

    /// kill -9 for one alerter, and a new one in its place at once.
    pub(super) fn kill_one(&mut self, chance: &mut Chance) {
        let chosen = chance.of(0..self.alerters.len());
        self.alerters[chosen].kill();
        self.alerters[chosen] = self.spawn(chosen);
    }

    /// kill -9 for all alerters.
    pub(super) fn kill_all(&mut self) {
        for alerter in &mut self.alerters {
            alerter.kill();
        }
    }

    /// Asks all alerters to end and waits until they have.
    pub(super) fn stop_all(&mut self) {
        for alerter in &self.alerters {
            alerter.ask_to_end();
        }
        for alerter in &mut self.alerters {
            wait_until("the alerter to end", || alerter.ended().is_some());
        }
    }

    /// Starts new alerters in place of those that have ended.
    pub(super) fn start_again(&mut self) {
        for number in 0..self.alerters.len() {
            self.alerters[number] = self.spawn(number);
        }
    }

    /// The attempts at each notification to the webhook, in their order.
    pub(super) fn attempts(&self) -> BTreeMap<String, Vec<(u32, DeliveryOutcome)>> {
        let mut attempts: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for delivery in self.read::<Delivery>("deliveries") {
            if delivery.target == "desk" {
                let of_one = attempts
                    .entry(delivery.notification.to_string())
                    .or_default();
                of_one.push((delivery.attempt, delivery.outcome));
            }
        }
        attempts
    }

    /// Runs a command of the program to its end.
    pub(super) fn command(&self, arguments: &[&str]) -> (String, String) {
        let mut all = arguments.to_vec();
        all.extend(["--config", "onrecord.toml"]);
        run_to_end(&all, self.folder.path())
    }

    /// The notifications to the webhook, as the topic has them.
    pub(super) fn notifications(&self) -> Vec<Notification> {
        let all: Vec<Notification> = self.read("notifications");
        all.into_iter()
            .filter(|notification| notification.target == "desk")
            .collect()
    }

    /// The committed records of a topic.
    pub(super) fn read<T: DeserializeOwned>(&self, topic: &str) -> Vec<T> {
        let stored = self.client.read_committed(&self.topic(topic));
        stored
            .iter()
            .map(|record| serde_json::from_str(&record.text()).unwrap())
            .collect()
    }

    /// What the file target holds.
    pub(super) fn file_lines(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("alerts.jsonl")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// What the first alerter said last.
    pub(super) fn last_words(&self) -> String {
        self.alerters[0].last_words()
    }

    /// Kills what runs; what it said is of no interest any more.
    pub(super) fn close(mut self) {
        self.alerters.clear();
    }

    fn spawn(&self, number: usize) -> Process {
        let arguments = ["alert", "--config", "onrecord.toml"].map(str::to_owned);
        let log = self.path(&format!("alert-{number}.log"));
        Process::start_in(&self.environment, &arguments, self.folder.path(), &log)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn topic(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl Drop for Desk {
    /// A failed test tells what its processes said last.
    fn drop(&mut self) {
        if std::thread::panicking() {
            for alerter in &self.alerters {
                println!("---\n{}", alerter.last_words());
            }
        }
    }
}

/// A webhook at `receiver`, a file, and a port where nobody listens.
pub(super) fn targets(receiver: SocketAddr) -> String {
    format!(
        r#"
    {{ kind = "webhook", name = "desk", url = "http://{receiver}/hook" }},
    {{ kind = "file", path = "alerts.jsonl" }},
    {{ kind = "webhook", name = "dead", url = "http://127.0.0.1:1/" }},
"#
    )
}

fn configuration(servers: &str, prefix: &str, targets: &str) -> String {
    format!(
        r#"
officials = "officials.toml"

[kafka]
bootstrap_servers = "{servers}"
topic_prefix = "{prefix}"

[alerter]
rule = [{{ name = "all", when = "speaker:any" }}]
target = [{targets}]
allow_addresses = ["127.0.0.1"]
first_retry_wait = "20ms"

[alerter.route]
group_by = ["official"]
group_wait = "50ms"
group_interval = "100ms"

[telemetry]
log = "info"
format = "text"
"#
    )
}

fn officials() -> String {
    let officials = (0..OFFICIALS).map(|number| {
        format!("[[official]]\nid = \"official-{number}\"\nname = \"Official {number}\"\n")
    });
    officials.collect::<Vec<_>>().join("\n")
}

fn enriched(number: usize) -> model::Enriched {
    let official = format!("official-{}", number % OFFICIALS);
    let words = format!("Decision {number} stands");
    let body = format!("\u{201c}{words},\u{201d} the official said.");
    let url = format!("https://news.example/{number}");
    let start = '\u{201c}'.len_utf8();
    let record = json!({
        "article": {
            "id": ArticleId::from_canonical_url(&url),
            "version": 1,
            "feed": FeedId::from_url("https://news.example/rss"),
            "outlet": "News of Example",
            "url": url,
            "title": format!("Decision {number}"),
            "body": body,
            "body_source": { "kind": "page" },
            "language": "en",
            "fetched": "2031-05-06T08:00:00Z",
            "ingested": "2031-05-06T08:00:00Z",
            "origin": "live",
        },
        "extraction": {
            "quotes": [{
                "kind": "direct", "act": "statement", "content": [[start, start + words.len()]],
                "speaker": {
                    "spans": [], "kind": "named", "name": "The official",
                    "official": official, "confidence": 0.9,
                },
                "translated": false, "confidence": 0.9, "rules": ["marks"],
            }],
            "entities": [], "mentions": [],
        },
    });
    serde_json::from_value(record).unwrap()
}
