//! `onrecord config`: shows and checks the configuration.

use std::io::Write;

use clap::Subcommand;

use crate::{
    config::{self, ConfigArgs},
    exit::{Exit, Failure},
    terminal,
};

/// Show or check the configuration.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord config show --origin
  ONRECORD_FETCHER__INTERVAL=10m onrecord config check
  onrecord config schema > onrecord.schema.json

Order, later ones win: built-in defaults, onrecord.toml or --config FILE, environment
(ONRECORD_SECTION__KEY), flags.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print every value as TOML, secrets masked
    Show {
        /// Say where each value comes from
        #[arg(long)]
        origin: bool,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Say whether the configuration is right, and all that is wrong
    Check {
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Print the JSON Schema of the configuration
    Schema,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut output = terminal::output();
    match &args.action {
        Action::Show {
            origin: false,
            config,
        } => {
            output.write_all(config::show(&config.load()?).as_bytes())?;
        }
        Action::Show {
            origin: true,
            config,
        } => {
            output.write_all(config::show_with_origin(&config.load()?).as_bytes())?;
        }
        Action::Check { config } => {
            config.load()?;
            writeln!(output, "configuration is right")?;
        }
        Action::Schema => writeln!(output, "{}", config::schema())?,
    }
    output.flush()?;
    Ok(Exit::Success)
}
