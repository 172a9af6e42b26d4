//! The pipeline as processes: several of each stage, any of which may be killed at any time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{chance::Chance, ledger::RULE, newsroom::OFFICIALS};
use crate::harness::{
    client::Client,
    deadline::{PATIENCE, wait_for},
    free_port::free_address,
    onrecord::Process,
};

/// Processes of each stage.
const OF_EACH_STAGE: usize = 2;
const STAGES: [&str; 4] = ["fetch", "process", "sink", "alert"];

/// Running processes, and how to start each anew.
pub(super) struct Fleet {
    folder: PathBuf,
    members: Vec<Member>,
    kills: Vec<String>,
}

struct Member {
    name: String,
    arguments: Vec<String>,
    process: Process,
}

/// Which broker the fleet works on.
pub(super) enum Ground<'a> {
    /// One that stands outside and is never killed.
    Given(&'a str),
    /// The embedded one, as a process of the fleet.
    Embedded,
}

impl Fleet {
    /// Writes configuration, feeds and officials into `folder` and starts everything.
    pub(super) fn start(folder: &Path, ground: &Ground<'_>, feeds: &str, prefix: &str) -> Self {
        let mut fleet = Self {
            folder: folder.to_owned(),
            members: Vec::new(),
            kills: Vec::new(),
        };
        let servers = match ground {
            Ground::Given(servers) => (*servers).to_owned(),
            // The broker must come back under the same address.
            Ground::Embedded => free_address(),
        };
        fs::write(folder.join("feeds.toml"), feeds).unwrap();
        fs::write(folder.join("officials.toml"), OFFICIALS).unwrap();
        let config = configuration(&servers, prefix);
        fs::write(folder.join("onrecord.toml"), config).unwrap();
        if matches!(ground, Ground::Embedded) {
            fleet.add(
                "broker",
                &["broker", "--listen", &servers, "--data", "data"],
            );
        }
        let client = Client::new(&servers);
        wait_for("the broker to answer", PATIENCE, || client.brokers().ok());
        for stage in STAGES {
            for number in 0..OF_EACH_STAGE {
                let name = format!("{stage}-{number}");
                fleet.add(&name, &[stage, "--config", "onrecord.toml"]);
            }
        }
        fleet
    }

    /// Where the broker is reached.
    pub(super) fn servers(&self) -> String {
        let config = fs::read_to_string(self.folder.join("onrecord.toml")).unwrap();
        let config: toml::Table = config.parse().unwrap();
        config["kafka"]["bootstrap_servers"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// kill -9 for one of them, and a new process in its place at once.
    pub(super) fn kill_one(&mut self, chance: &mut Chance) {
        let chosen = chance.of(0..self.members.len());
        let member = &mut self.members[chosen];
        member.process.kill();
        self.kills.push(member.name.clone());
        member.process = spawn(&self.folder, &member.name, &member.arguments);
    }

    /// Who was killed so far, in order.
    pub(super) fn kills(&self) -> &[String] {
        &self.kills
    }

    /// Fails where one has ended of its own accord.
    pub(super) fn assert_all_run(&mut self) {
        for member in &mut self.members {
            member.process.assert_runs(&member.name);
        }
    }

    /// Asks the stages to end, then the broker; each must end well.
    pub(super) fn end(mut self) {
        // The broker was started first and must outlive the others' last commits.
        while let Some(mut member) = self.members.pop() {
            member.process.ask_to_end();
            let what = format!("{} to end", member.name);
            let status = wait_for(&what, PATIENCE, || member.process.ended());
            let said = member.process.last_words();
            assert!(status.success(), "{}: {status}\n{said}", member.name);
        }
    }

    /// Lines of the logs that tell of a panic.
    pub(super) fn panics(folder: &Path) -> Vec<String> {
        let mut panics = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "log") {
                continue;
            }
            let log = fs::read_to_string(&path).unwrap_or_default();
            let lines = log.lines().filter(|line| line.contains("panicked"));
            panics.extend(lines.map(|line| format!("{}: {line}", path.display())));
        }
        panics
    }

    fn add(&mut self, name: &str, arguments: &[&str]) {
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        self.members.push(Member {
            name: name.to_owned(),
            process: spawn(&self.folder, name, &arguments),
            arguments,
        });
    }
}

fn spawn(folder: &Path, name: &str, arguments: &[String]) -> Process {
    let log = folder.join(format!("{name}.log"));
    Process::start(arguments, folder, &log)
}

/// Full texts from feeds polled every second, from loopback, without politeness.
fn configuration(servers: &str, prefix: &str) -> String {
    format!(
        r#"
feeds = "feeds.toml"
officials = "officials.toml"

[kafka]
bootstrap_servers = "{servers}"
topic_prefix = "{prefix}"

[fetcher]
pages = "feed_text"
interval = "1s"
min_interval = "1s"
max_interval = "1s"
max_backoff = "1s"
host_concurrency = 16
host_burst = 1000
host_spacing = "1ms"
allow_addresses = ["127.0.0.1"]

[[alerter.rule]]
name = "{RULE}"
when = "mentions:any"

[[alerter.target]]
kind = "file"
path = "alerts.jsonl"

[telemetry]
log = "info"
format = "text"
"#
    )
}
