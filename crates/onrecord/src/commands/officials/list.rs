//! `onrecord officials list`: who is watched.

use std::io::Write;

use clap::ValueEnum;
use jiff::Zoned;
use model::{Office, Official};

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    lists, terminal,
};

/// List officials, all or those that fit.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord officials list --country KH --in-office
  onrecord officials list sen -o jsonl")]
pub(super) struct Args {
    /// Words in an id, a name, an office or an organisation; all of them must fit
    words: Vec<String>,
    /// ISO 3166-1 code of the country
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// With a name filed under this language tag or script
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Without any name under this language tag or script
    #[arg(long, value_name = "TAG")]
    without: Option<String>,
    /// Holding an office today
    #[arg(long)]
    in_office: bool,
    /// How to print
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: OutputForm,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// For people
    Table,
    /// Indented JSON
    Json,
    /// JSON Lines, an official a line
    Jsonl,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut officials = lists::officials(&args.config.load()?)?;
    officials.retain(|official| args.fits(official));
    let mut output = terminal::output();
    match args.output {
        OutputForm::Table => {
            let mut table = terminal::table(["id", "name", "country", "office", "names"]);
            for official in &officials {
                table.add_row([
                    official.id.to_string(),
                    official.name.clone(),
                    official.country.clone().unwrap_or_default(),
                    official
                        .offices
                        .iter()
                        .rfind(|office| is_held(office))
                        .or(official.offices.last())
                        .map_or_else(String::new, |office| office.title.clone()),
                    names(official),
                ]);
            }
            writeln!(output, "{table}")?;
        }
        OutputForm::Json => {
            let text = serde_json::to_string_pretty(&officials).expect("officials are plain data");
            writeln!(output, "{text}")?;
        }
        OutputForm::Jsonl => {
            for official in &officials {
                let line = serde_json::to_string(official).expect("officials are plain data");
                writeln!(output, "{line}")?;
            }
        }
    }
    output.flush()?;
    Ok(Exit::Success)
}

impl Args {
    fn fits(&self, official: &Official) -> bool {
        let country = official.country.as_deref().unwrap_or_default();
        let is_there = |code: &String| country.eq_ignore_ascii_case(code);
        let has = |tag: &String| {
            official
                .aliases
                .get(tag)
                .is_some_and(|names| !names.is_empty())
        };
        let offices = official.offices.iter().map(|office| &office.title);
        let texts: Vec<String> = official
            .aliases
            .values()
            .flatten()
            .chain(&official.weak_aliases)
            .chain(&official.organisations)
            .chain(offices)
            .chain([&official.name])
            .map(|text| text.to_lowercase())
            .chain([official.id.to_string()])
            .collect();
        let is_in = |word: &String| texts.iter().any(|text| text.contains(&word.to_lowercase()));
        self.country.as_ref().is_none_or(is_there)
            && self.language.as_ref().is_none_or(has)
            && !self.without.as_ref().is_some_and(has)
            && (!self.in_office || official.offices.iter().any(is_held))
            && self.words.iter().all(is_in)
    }
}

/// Whether an office is held today.
fn is_held(office: &Office) -> bool {
    let today = Zoned::now().date();
    office.from.is_none_or(|from| from <= today) && office.to.is_none_or(|to| to >= today)
}

/// "12, 2 weak".
fn names(official: &Official) -> String {
    let full: usize = official.aliases.values().map(Vec::len).sum();
    match official.weak_aliases.len() {
        0 => full.to_string(),
        weak => format!("{full}, {weak} weak"),
    }
}
