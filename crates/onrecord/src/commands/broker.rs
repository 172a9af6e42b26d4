//! `onrecord broker`: the embedded broker alone.

use std::{net::SocketAddr, time::Duration};

use crate::{
    config::{ConfigArgs, Layer},
    connection::Connection,
    exit::{Exit, Failure},
    session::Session,
};

/// How often the end is looked for.
const TICK: Duration = Duration::from_millis(100);

/// Run the embedded broker alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  onrecord broker --listen 127.0.0.1:9092 --data data

It speaks the Kafka protocol, has one node and one copy of everything, and no access control:
keep it on loopback.")]
pub(crate) struct Args {
    /// Where it listens [default: 127.0.0.1 and a free port]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Runs the broker until it is told to stop.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut flags = vec![Layer::flag(
        "onrecord broker",
        "kafka.bootstrap_servers",
        "\"\"",
    )];
    if let Some(listen) = args.listen {
        flags.push(Layer::flag(
            "--listen",
            "broker.listen",
            &format!("\"{listen}\""),
        ));
    }
    let loaded = args.config.load_with(flags)?;
    let session = Session::open(loaded.settings, Connection::open)?;
    session.say_where();
    while !session.stop.is_cancelled() {
        std::thread::sleep(TICK);
    }
    session.finish()?;
    Ok(Exit::Success)
}
