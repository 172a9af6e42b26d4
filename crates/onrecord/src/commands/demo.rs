//! `onrecord demo`: the real pipeline over a bundled newsroom, without service or internet.

use std::{fs, io, path::Path};

use tempfile::TempDir;

use crate::{
    config::{self, Layer},
    exit::{Exit, Failure},
    newsroom::{Newsroom, OFFICIALS, Pace},
    source_file::Mistakes,
    terminal,
};

use super::run;

/// Watch the pipeline work on a bundled newsroom, without feeds or internet.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord demo
  onrecord demo --until-idle | tail -n 1

Countries, people and events are invented. Everything else is real: feeds are polled, pages
fetched, quotes extracted and alerts raised over an embedded broker, in a temporary folder.")]
pub(crate) struct Args {
    /// End when everything is through, with a summary in JSON
    #[arg(long)]
    until_idle: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let pace = if args.until_idle {
        Pace::AtOnce
    } else {
        Pace::OneByOne
    };
    let newsroom = Newsroom::open(pace)?;
    let folder = TempDir::with_prefix("onrecord-demo-").map_err(|error| no_folder(&error))?;
    let layers = settings(&newsroom, folder.path(), pace).map_err(|error| no_folder(&error))?;
    let loaded = config::load(&layers).map_err(Mistakes)?;
    terminal::tell(format_args!(
        "demo: {}; countries, people and events are invented; Ctrl-C ends it",
        newsroom.describe()
    ));
    let ended = run::run_loaded(&loaded, args.until_idle, false);
    terminal::tell(format_args!(
        "\nNow on feeds of your own: list them in config/feeds.toml, the officials to watch in\n\
         config/officials.toml, and start `onrecord run` (or `onrecord run --feeds FILE\n\
         --officials FILE --data DIR`). `onrecord check` says whether all is in place."
    ));
    ended
}

/// The demo listens to no file, environment or flag: it is the same everywhere.
fn settings(newsroom: &Newsroom, folder: &Path, pace: Pace) -> io::Result<Vec<Layer>> {
    // With everything there at once, nothing more is worth a wait.
    let group_wait = match pace {
        Pace::AtOnce => "\"0s\"",
        Pace::OneByOne => "\"2s\"",
    };
    let feeds = folder.join("feeds.toml");
    let officials = folder.join("officials.toml");
    fs::write(&feeds, newsroom.feeds())?;
    fs::write(&officials, OFFICIALS)?;
    let path = |path: &Path| toml::Value::from(path.display().to_string()).to_string();
    let data = path(&folder.join("data"));
    let (feeds, officials) = (path(&feeds), path(&officials));
    let values = [
        ("feeds", feeds.as_str()),
        ("officials", &officials),
        ("broker.data", &data),
        ("fetcher.allow_addresses", "[\"127.0.0.1\"]"),
        // The newsroom is one host of our own that minds no burst.
        ("fetcher.host_concurrency", "8"),
        ("fetcher.host_burst", "1000"),
        ("fetcher.interval", "\"3s\""),
        ("fetcher.min_interval", "\"1s\""),
        ("fetcher.max_interval", "\"3s\""),
        ("alerter.route.group_wait", group_wait),
        ("telemetry.log", "\"warn\""),
        ("telemetry.format", "\"text\""),
    ];
    let layers = values.map(|(key, value)| Layer::flag("demo", key, value));
    Ok(layers.into())
}

fn no_folder(error: &io::Error) -> Failure {
    Failure::plain(
        Exit::Failed,
        format_args!("the demo gets no temporary folder: {error}"),
        "set TMPDIR to a folder with some free space",
    )
}
