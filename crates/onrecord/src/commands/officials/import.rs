//! `onrecord officials import`: persons out of other programs' files.

use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::PathBuf,
};

use ::lists::{
    decode_text,
    officials::{BadRow, Format, Imported, Merge, Plan, read},
};
use clap::ValueEnum;
use model::Official;

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
    watchlist::Watchlist,
};

/// Most lines of each kind in a preview.
const SHOWN: usize = 20;

/// Import officials; shows what would change, and changes it once you say so.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord officials import targets.simple.csv --country KH
  onrecord officials import entities.ftm.json --yes

Without --yes it asks on a terminal, and elsewhere only shows. Bad rows are named by line; with
any of them nothing is written, unless --skip-bad says to go on without.")]
pub(super) struct Args {
    /// FollowTheMoney JSON, OpenSanctions targets.simple.csv, Popolo JSON or a Wikidata query's CSV
    file: PathBuf,
    /// What the file is [default: seen from its first line]
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<FormatName>,
    /// Take only persons of this country (ISO 3166-1 code)
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Country of persons for whom the file names none
    #[arg(long, value_name = "CODE", value_parser = country_code)]
    default_country: Option<String>,
    /// Write without asking
    #[arg(long, visible_alias = "apply")]
    yes: bool,
    /// Leave bad rows out and take the rest
    #[arg(long)]
    skip_bad: bool,
    /// Show every line of the preview
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// FollowTheMoney entities, a JSON object a line
    Ftm,
    /// OpenSanctions targets.simple.csv
    SimpleCsv,
    /// Popolo JSON
    Popolo,
    /// A Wikidata query's CSV with `item` and `itemLabel`
    Wikidata,
}

fn country_code(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && text.chars().all(|c| c.is_ascii_alphabetic());
    if is_code {
        Ok(text.to_uppercase())
    } else {
        Err("a country is a code of two letters, such as KH".to_owned())
    }
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let list = Watchlist::open(&loaded)?;
    let imported = args.read()?;
    let plan = Plan::new(&list.officials, &imported.persons);
    args.preview(&imported, &plan)?;
    if !imported.bad.is_empty() && !args.skip_bad {
        terminal::tell(format_args!(
            "nothing is written: {} bad rows (--skip-bad goes on without them)",
            imported.bad.len()
        ));
        return Ok(Exit::Input);
    }
    if plan.is_empty() {
        terminal::tell(format_args!("nothing to write"));
    } else if args.yes || agrees()? {
        super::write(&loaded.settings.officials, &list, &plan)?;
        terminal::tell(format_args!(
            "written to {}",
            loaded.settings.officials.display()
        ));
    } else {
        terminal::tell(format_args!("nothing is written: --yes writes it"));
    }
    Ok(if imported.bad.is_empty() {
        Exit::Success
    } else {
        Exit::Input
    })
}

impl Args {
    fn read(&self) -> Result<Imported, Failure> {
        let path = self.file.display();
        let bytes = fs::read(&self.file).map_err(|error| {
            let help = "the file is JSON or CSV";
            Failure::plain(
                Exit::Input,
                format_args!("{path} cannot be read: {error}"),
                help,
            )
        })?;
        let text = decode_text(&bytes);
        let format = match self.format {
            Some(FormatName::Ftm) => Some(Format::FollowTheMoney),
            Some(FormatName::SimpleCsv) => Some(Format::SimpleCsv),
            Some(FormatName::Popolo) => Some(Format::Popolo),
            Some(FormatName::Wikidata) => Some(Format::Wikidata),
            None => Format::guess(&text),
        };
        let format = format.ok_or_else(|| {
            Failure::plain(
                Exit::Input,
                format_args!("{path} has no form that can be told from its first line"),
                "--format says which it is",
            )
        })?;
        let mut imported = read(format, &text);
        for person in &mut imported.persons {
            if person.country.is_none() {
                person.country.clone_from(&self.default_country);
            }
        }
        if let Some(country) = &self.country {
            imported.persons.retain(|person| {
                let own = person.country.as_deref().unwrap_or_default();
                own.eq_ignore_ascii_case(country)
            });
        }
        Ok(imported)
    }

    /// What would change, a line each.
    fn preview(&self, imported: &Imported, plan: &Plan) -> io::Result<()> {
        let mut output = terminal::output();
        let most = if self.all { usize::MAX } else { SHOWN };
        section(
            &mut output,
            most,
            "bad row",
            &imported.bad,
            BadRow::to_string,
        )?;
        section(&mut output, most, "conflict", &plan.conflicts, |conflict| {
            format!(
                "line {}: {}: {}",
                conflict.line, conflict.name, conflict.reason
            )
        })?;
        section(&mut output, most, "merge", &plan.merges, merge_line)?;
        section(&mut output, most, "add", &plan.adds, add_line)?;
        writeln!(
            output,
            "{} to add, {} to merge, {} unchanged, {} conflicts, {} bad rows, {} passed over",
            plan.adds.len(),
            plan.merges.len(),
            plan.unchanged,
            plan.conflicts.len(),
            imported.bad.len(),
            imported.passed_over
        )?;
        output.flush()
    }
}

fn section<T>(
    output: &mut impl Write,
    most: usize,
    word: &str,
    items: &[T],
    line: impl Fn(&T) -> String,
) -> io::Result<()> {
    for item in items.iter().take(most) {
        writeln!(output, "{word}  {}", line(item))?;
    }
    if items.len() > most {
        writeln!(output, "{word}  … and {} more (--all)", items.len() - most)?;
    }
    Ok(())
}

fn add_line(official: &Official) -> String {
    let names: usize = official.aliases.values().map(Vec::len).sum();
    let country = official.country.as_deref().unwrap_or("no country");
    format!(
        "{} ({}, {country}): {names} more names, {} weak",
        official.id,
        official.name,
        official.weak_aliases.len()
    )
}

fn merge_line(merge: &Merge) -> String {
    let names = merge
        .aliases
        .iter()
        .map(|(key, name)| format!("{key} {name}"));
    let weak = merge.weak_aliases.iter().map(|name| format!("weak {name}"));
    let offices = merge.offices.iter().map(|office| office.title.clone());
    let items = merge.wikidata.iter().chain(&merge.country).cloned();
    let organisations = merge.organisations.iter().cloned();
    let gains: Vec<String> = names
        .chain(weak)
        .chain(offices)
        .chain(organisations)
        .chain(items)
        .collect();
    format!("{}: {}", merge.id, gains.join("; "))
}

/// Whether somebody at a terminal says yes.
fn agrees() -> Result<bool, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() || !io::stderr().is_terminal() {
        return Ok(false);
    }
    terminal::tell(format_args!("Write this? [y/N]"));
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
