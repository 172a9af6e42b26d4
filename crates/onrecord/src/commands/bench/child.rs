//! `onrecord run` in a process of its own: what the bench measures of the whole pipeline.

use std::{
    env, fs, io,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use stream::KafkaConfig;

use super::usage::Usage;
use crate::{
    exit::{Exit, Failure},
    newsroom::OFFICIALS,
};

/// Longest wait for a pipeline to start, or for one of its answers.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// A running pipeline; it is killed when dropped.
pub(super) struct Pipeline {
    process: Child,
    metrics: SocketAddr,
    log: PathBuf,
    /// The way to its broker.
    pub(super) kafka: KafkaConfig,
}

impl Pipeline {
    /// Starts a pipeline with its files in `folder`, on the given Kafka or else on its own broker.
    /// `settings` are lines for its configuration, `feeds` its list of feeds.
    ///
    /// # Errors
    /// Where it does not start.
    pub(super) fn start(
        folder: &Path,
        kafka: Option<&KafkaConfig>,
        settings: &str,
        feeds: &str,
    ) -> Result<Self, Failure> {
        Self::spawn(folder, kafka, settings, feeds).map_err(|error| {
            Failure::plain(
                Exit::Failed,
                format_args!("the pipeline to measure does not start: {error}"),
                "it needs a free port and room in the temporary folder",
            )
        })
    }

    fn spawn(
        folder: &Path,
        kafka: Option<&KafkaConfig>,
        settings: &str,
        feeds: &str,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let metrics = free_address()?;
        let given = kafka.cloned().unwrap_or_default();
        let alerts = toml::Value::from(folder.join("alerts.jsonl").display().to_string());
        let config = format!(
            "{settings}\n\
             [kafka]\nbootstrap_servers = \"{}\"\ntopic_prefix = \"{}\"\n\
             [alerter]\ntarget = [{{ kind = \"file\", path = {alerts} }}]\n\
             [telemetry]\nlog = \"warn\"\nlisten = \"{metrics}\"\n",
            given.bootstrap_servers, given.topic_prefix,
        );
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).map(|()| path)
        };
        let log = folder.join("log");
        let data = folder.join("data");
        let process = Command::new(env::current_exe()?)
            .args(["run", "--quiet"])
            .arg("--config")
            .arg(file("onrecord.toml", &config)?)
            .arg("--feeds")
            .arg(file("feeds.toml", feeds)?)
            .arg("--officials")
            .arg(file("officials.toml", OFFICIALS)?)
            .arg("--data")
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?)
            .spawn()?;
        let mut pipeline = Self {
            process,
            metrics,
            log,
            kafka: given,
        };
        pipeline.wait_until_ready()?;
        if pipeline.kafka.bootstrap_servers.is_empty() {
            pipeline.kafka.bootstrap_servers = fs::read_to_string(data.join("address"))?;
        }
        Ok(pipeline)
    }

    fn wait_until_ready(&mut self) -> io::Result<()> {
        let begun = Instant::now();
        while !self.answers_ready() {
            if let Some(status) = self.process.try_wait()? {
                let said = fs::read_to_string(&self.log).unwrap_or_default();
                return Err(io::Error::other(format!("it ended with {status}: {said}")));
            }
            if begun.elapsed() > PATIENCE {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(LOOK_INTERVAL);
        }
        Ok(())
    }

    fn answers_ready(&self) -> bool {
        self.get("/readyz")
            .is_ok_and(|answer| answer.starts_with("HTTP/1.0 200"))
    }

    /// What it has used of the machine.
    pub(super) fn usage(&self) -> Usage {
        Usage::of(self.process.id())
    }

    /// Waits until the stages with these names have each committed so many inputs.
    ///
    /// # Errors
    /// Where that takes longer than two minutes.
    pub(super) fn wait_for_inputs(&self, stages: &[&str], inputs: usize) -> Result<(), Failure> {
        #[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
        let wanted = inputs as f64;
        let begun = Instant::now();
        loop {
            let page = self.get("/metrics").unwrap_or_default();
            let committed = |stage: &&str| sample(&page, &format!("{stage}_input_records_total"));
            if stages.iter().all(|stage| committed(stage) >= wanted) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                let said = fs::read_to_string(&self.log).unwrap_or_default();
                return Err(Failure::plain(
                    Exit::Failed,
                    format_args!("the pipeline is not through in {PATIENCE:?}: {said}"),
                    "measure with fewer --articles, or on a quieter machine",
                ));
            }
            thread::sleep(LOOK_INTERVAL);
        }
    }

    /// The answer of its metrics server, head included.
    fn get(&self, path: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.metrics, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        // Its data goes with the temporary folder, so it need not end in order.
        if self.process.kill().is_ok() {
            self.process.wait().ok();
        }
    }
}

/// The value of a metric without labels; 0 where it is not there yet.
fn sample(page: &str, name: &str) -> f64 {
    let values = page.lines().filter_map(|line| {
        let (metric, value) = line.split_once(' ')?;
        (metric == name)
            .then(|| value.parse::<f64>().ok())
            .flatten()
    });
    values.sum()
}

/// An address that was free a moment ago.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
