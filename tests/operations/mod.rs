//! What those who run the program meet: probes, a Kafka that goes away, a full disk, a taken port,
//! two fetchers that find one article.

mod disk;
mod health;
mod port;
mod probe;
mod two_fetchers;

use std::{fs, path::Path};

/// Configuration for feeds on loopback, with probes at `probes`; `more` comes behind it.
fn write_configuration(folder: &Path, feed_url: &str, probes: &str, more: &str) {
    let feeds = format!("[[feed]]\nurl = \"{feed_url}\"\noutlet = \"The Low Harrow Post\"\n");
    fs::write(folder.join("feeds.toml"), feeds).unwrap();
    fs::write(folder.join("officials.toml"), "").unwrap();
    let config = format!(
        r#"
feeds = "feeds.toml"
officials = "officials.toml"

[fetcher]
pages = "feed_text"
interval = "1s"
min_interval = "1s"
max_interval = "1s"
host_spacing = "1ms"
allow_addresses = ["127.0.0.1"]

[telemetry]
listen = "{probes}"
format = "text"

{more}
"#
    );
    fs::write(folder.join("onrecord.toml"), config).unwrap();
}

fn run_arguments() -> Vec<String> {
    let arguments = ["run", "--config", "onrecord.toml", "--data", "data"];
    arguments.map(str::to_owned).to_vec()
}
