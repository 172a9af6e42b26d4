//! `onrecord officials export`: the list for other programs.

use std::io::Write;

use ::lists::officials::{to_ftm, to_simple_csv};
use clap::ValueEnum;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    lists, terminal,
};

/// Write the list in a form that other programs read.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord officials export > entities.ftm.json
  onrecord officials export -o simple-csv > targets.simple.csv

Dates of offices and context words have no place in either form; weak names none in CSV.")]
pub(super) struct Args {
    /// The form
    #[arg(short, long, value_name = "FORM", default_value = "ftm")]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// FollowTheMoney entities, a JSON object a line
    Ftm,
    /// OpenSanctions targets.simple.csv
    SimpleCsv,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let officials = lists::officials(&args.config.load()?)?;
    let text = match args.output {
        OutputForm::Ftm => to_ftm(&officials),
        OutputForm::SimpleCsv => to_simple_csv(&officials),
    };
    let mut output = terminal::bulk_output();
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(Exit::Success)
}
