//! `onrecord officials check`: is the list right, and is no name in it doubtful?

use std::{io::Write, path::PathBuf};

use model::Official;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    lists, terminal, watchlist,
};

/// Check the list: every mistake with its line, doubtful names included.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A short name or an everyday word needs its mark: { name = \"May\", weak = true }.")]
pub(super) struct Args {
    /// The list [default: the one that the configuration names]
    file: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let configured = &loaded.settings.officials;
    let path = args
        .file
        .as_ref()
        .or(Some(configured).filter(|path| path.exists()));
    let officials = match path {
        Some(path) => watchlist::read_strictly(path)?,
        None => lists::officials(&loaded)?,
    };
    let count = |names: fn(&Official) -> usize| officials.iter().map(names).sum::<usize>();
    let mut output = terminal::output();
    writeln!(
        output,
        "ok  {} officials, {} names and {} weak names",
        officials.len(),
        count(|official| official.aliases.values().map(Vec::len).sum()),
        count(|official| official.weak_aliases.len())
    )?;
    output.flush()?;
    Ok(Exit::Success)
}
