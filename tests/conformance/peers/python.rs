//! confluent-kafka for Python: a newer librdkafka than ours, driven by another binding.

use std::{env, fs, path::PathBuf, process::Command, sync::OnceLock};

use super::printed;
use crate::harness::{
    apache_kafka::cache_folder,
    broker::{BrokerUnderTest, on_both_brokers},
    client::unique,
    left_out::left_out,
};

on_both_brokers!(
    python_produces_and_consumes_in_every_codec,
    python_administers_topics_settings_and_groups,
    python_copies_from_topic_to_topic_exactly_once,
);

/// Changes with the version, so that an older folder is not taken for it.
const PACKAGE: &str = "confluent-kafka==2.16.1";
const SCRIPT: &str = include_str!("peer.py");

fn python_produces_and_consumes_in_every_codec(broker: &BrokerUnderTest) {
    run(broker, "codecs");
}

fn python_administers_topics_settings_and_groups(broker: &BrokerUnderTest) {
    run(broker, "administer");
}

fn python_copies_from_topic_to_topic_exactly_once(broker: &BrokerUnderTest) {
    run(broker, "copy");
}

/// Runs one of the script's scenes, which asserts for itself.
fn run(broker: &BrokerUnderTest, scene: &str) {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let python = match PYTHON.get_or_init(python_with_client) {
        Ok(python) => python,
        Err(why) => return left_out("the Python client", why),
    };
    let mut script = Command::new(python);
    script.args(["-c", SCRIPT, broker.servers(), scene, &unique(scene)]);
    let said = printed(&script.output().unwrap());
    assert_eq!(said.lines().last(), Some("held"), "{said}");
}

/// A Python that has the client: a virtual environment, kept between runs.
fn python_with_client() -> Result<PathBuf, String> {
    let environment = cache_folder().join(PACKAGE.replace("==", "-"));
    let python = environment.join("bin").join("python");
    let complete = environment.join("complete");
    if complete.is_file() {
        return Ok(python);
    }
    let base = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let made = Command::new(base)
        .args(["-m", "venv", "--clear"])
        .arg(&environment)
        .output()
        .map_err(|error| format!("python3 does not start: {error}"))?;
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stdout).into_owned();
        return Err(format!("python3 makes no virtual environment: {said}"));
    }
    let installed = Command::new(&python)
        .args(["-m", "pip", "install", "-q", PACKAGE])
        .output()
        .map_err(|error| format!("pip does not start: {error}"))?;
    if !installed.status.success() {
        let said = String::from_utf8_lossy(&installed.stderr).into_owned();
        return Err(format!("pip did not install {PACKAGE}: {said}"));
    }
    fs::write(complete, "").map_err(|error| error.to_string())?;
    Ok(python)
}
