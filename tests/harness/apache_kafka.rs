//! Apache Kafka for tests, from the jars that Maven Central has.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::harness::{
    client::Client, deadline::PATIENCE, deadline::wait_for, free_port::free_port, keeper::Keeper,
    left_out::left_out,
};

/// Names a running cluster to test against in place of one from the jars.
const GIVEN: &str = "ONRECORD_TEST_KAFKA";
/// Where the jars are kept between runs; `~/.cache/onrecord` where not given.
const CACHE: &str = "ONRECORD_CACHE";
/// Changes whenever `POM` does, so that jars of an older one are not taken for its.
const JARS: &str = "kafka-4.3.1-tools";
const POM: &str = include_str!("kafka-pom.xml");
const SERVER_PROPERTIES: &str = include_str!("kafka-server.properties");

/// A running single-node Apache Kafka with its own ports and folder.
pub(crate) struct ApacheKafka {
    servers: String,
    /// Ends the process; `None` for a given cluster.
    _keeper: Option<Keeper>,
}

impl ApacheKafka {
    /// The one that all tests of this run share; `None`, said in words, where Java is absent.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<ApacheKafka>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| match given_or_started() {
            Ok(kafka) => Some(kafka),
            Err(why) => {
                left_out("Apache Kafka", &why);
                None
            }
        });
        shared.as_ref()
    }

    /// `host:port`.
    pub(crate) fn bootstrap_servers(&self) -> &str {
        &self.servers
    }

    /// One of its own, for a test that stops it.
    ///
    /// # Errors
    /// Where Java or Maven is absent.
    pub(crate) fn start() -> Result<Self, String> {
        let jars = jars()?;
        let folder = tempfile::Builder::new()
            .prefix("onrecord-kafka-")
            .tempdir()
            .unwrap()
            .keep();
        let (broker_port, controller_port) = (free_port(), free_port());
        let properties = SERVER_PROPERTIES
            .replace("BROKER_PORT", &broker_port.to_string())
            .replace("CONTROLLER_PORT", &controller_port.to_string());
        let properties_file = folder.join("server.properties");
        fs::write(&properties_file, properties).unwrap();
        format_storage(&jars, &properties_file)?;
        let log = folder.join("server.log");
        let mut command = java(&jars, &["-Xmx1g"]);
        command.extend(["kafka.Kafka".to_owned(), "server.properties".to_owned()]);
        let keeper = Keeper::start(&command, &folder, &log);
        let servers = format!("127.0.0.1:{broker_port}");
        let client = Client::new(&servers);
        wait_for("Apache Kafka to answer", PATIENCE, || client.brokers().ok());
        Ok(Self {
            servers,
            _keeper: Some(keeper),
        })
    }
}

fn given_or_started() -> Result<ApacheKafka, String> {
    if let Ok(servers) = env::var(GIVEN) {
        return Ok(ApacheKafka {
            servers,
            _keeper: None,
        });
    }
    ApacheKafka::start()
}

/// The `java` command line up to the class, with every jar on the class path.
fn java(jars: &Path, flags: &[&str]) -> Vec<String> {
    let mut command = vec!["java".to_owned()];
    command.extend(flags.iter().map(|flag| (*flag).to_owned()));
    command.extend(["-cp".to_owned(), format!("{}/*", jars.display())]);
    command
}

/// The command line of one of Kafka's own tools, without its arguments.
///
/// # Errors
/// Where Java or Maven is absent.
pub(crate) fn tool_command(class: &str) -> Result<Vec<String>, String> {
    // A tool runs for seconds: the first compiler and the plain collector start fastest.
    let flags = [
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    ];
    let mut command = java(&jars()?, &flags);
    command.push(class.to_owned());
    Ok(command)
}

fn format_storage(jars: &Path, properties: &Path) -> Result<(), String> {
    let command = java(jars, &["-XX:TieredStopAtLevel=1"]);
    let output = Command::new(&command[0])
        .args(&command[1..])
        // Any 16 bytes in base64 will do: a cluster of one meets no other.
        .args(["kafka.tools.StorageTool", "format", "-t"])
        .arg("b25yZWNvcmQtdGVzdHMtMQ")
        .arg("-c")
        .arg(properties)
        .current_dir(properties.parent().expect("the file lies in a folder"))
        .output()
        .map_err(|error| format!("java does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("Kafka's storage is not formatted: {said}"))
}

/// The folder of jars, fetched by Maven on the first run.
fn jars() -> Result<PathBuf, String> {
    static JARS_FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    JARS_FOLDER.get_or_init(fetch_jars).clone()
}

fn fetch_jars() -> Result<PathBuf, String> {
    let cache = cache_folder();
    let jars = cache.join(JARS);
    if jars.is_dir() {
        return Ok(jars);
    }
    fs::create_dir_all(&cache).map_err(|error| format!("{} : {error}", cache.display()))?;
    let fetched = tempfile::Builder::new()
        .prefix("fetching-")
        .tempdir_in(&cache)
        .map_err(|error| format!("{} : {error}", cache.display()))?;
    fs::write(fetched.path().join("pom.xml"), POM).unwrap();
    let output = Command::new("mvn")
        .args(["-q", "-B", "dependency:copy-dependencies"])
        .args(["-DincludeScope=runtime", "-DoutputDirectory=jars"])
        .current_dir(fetched.path())
        .output()
        .map_err(|error| format!("mvn does not start: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        return Err(format!("Maven did not fetch Kafka's jars: {said}"));
    }
    // Another test process may have been faster; its jars are the same.
    if let Err(error) = fs::rename(fetched.path().join("jars"), &jars)
        && !jars.is_dir()
    {
        return Err(format!("{}: {error}", jars.display()));
    }
    Ok(jars)
}

pub(crate) fn cache_folder() -> PathBuf {
    if let Some(folder) = env::var_os(CACHE) {
        return PathBuf::from(folder);
    }
    let home = env::var_os("HOME").map_or_else(env::temp_dir, PathBuf::from);
    home.join(".cache").join("onrecord")
}
