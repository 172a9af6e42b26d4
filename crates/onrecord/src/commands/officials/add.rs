//! `onrecord officials add`: one official, by hand.

use ::lists::officials::{Person, Plan, id_of};
use model::{Office, OfficialId};

use crate::{
    config::ConfigArgs,
    exit::{Exit, Failure},
    terminal,
    watchlist::Watchlist,
};

/// Add an official; a name is enough, in any script.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  onrecord officials add \"Mara Venn\" --country FR --office Mayor --alias ru=\"Мара Венн\"
  onrecord officials add \"ចាន់ ដារ៉ា\" --id chan-dara --weak ដារ៉ា

Short names and everyday words are made weak.")]
pub(super) struct Args {
    /// The name to show, in any script
    name: String,
    /// Short and stable [default: made of the name]
    #[arg(long)]
    id: Option<String>,
    /// Another full name, with its language tag or without: `km=…`
    #[arg(long, value_name = "[TAG=]NAME")]
    alias: Vec<String>,
    /// A name that counts only with evidence near by
    #[arg(long, value_name = "NAME")]
    weak: Vec<String>,
    /// A post held now
    #[arg(long, value_name = "TITLE")]
    office: Vec<String>,
    /// A party, ministry or other body
    #[arg(long, value_name = "NAME")]
    organisation: Vec<String>,
    /// ISO 3166-1 code of the country
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// A word that speaks for the official near a weak name
    #[arg(long, value_name = "WORD")]
    context: Vec<String>,
    /// Wikidata item, such as `Q42`
    #[arg(long, value_name = "ITEM")]
    wikidata: Option<String>,
    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = args.config.load()?;
    let list = Watchlist::open(&loaded)?;
    let mut plan = Plan::new(&list.officials, &[args.person()]);
    if let Some(conflict) = plan.conflicts.first() {
        return Err(refused(&conflict.reason));
    }
    let Some(official) = plan.adds.first_mut() else {
        return Err(refused("the list has this official already"));
    };
    if let Some(id) = &args.id {
        let is_taken = list.officials.iter().any(|known| known.id.as_str() == id);
        if is_taken || id.trim().is_empty() {
            return Err(refused(&format!("the id `{id}` is taken or empty")));
        }
        official.id = OfficialId::new(id.clone());
    }
    official.context.clone_from(&args.context);
    let told = format!("added `{}`", official.id);
    super::write(&loaded.settings.officials, &list, &plan)?;
    terminal::tell(format_args!(
        "{told} to {}",
        loaded.settings.officials.display()
    ));
    Ok(Exit::Success)
}

impl Args {
    fn person(&self) -> Person {
        let alias = |written: &String| match written.split_once('=') {
            Some((tag, name)) if tag.len() <= 12 && !tag.contains(' ') => {
                (Some(tag.to_owned()), name.to_owned())
            }
            _ => (None, written.clone()),
        };
        let office = |title: &String| Office {
            title: title.clone(),
            from: None,
            to: None,
        };
        Person {
            line: 1,
            source_id: self.id.clone().unwrap_or_else(|| id_of(&self.name)),
            name: self.name.trim().to_owned(),
            aliases: self.alias.iter().map(alias).collect(),
            weak_aliases: self.weak.clone(),
            country: self.country.as_ref().map(|country| country.to_uppercase()),
            offices: self.office.iter().map(office).collect(),
            organisations: self.organisation.clone(),
            wikidata: self.wikidata.clone(),
        }
    }
}

fn refused(reason: &str) -> Failure {
    Failure::plain(
        Exit::Config,
        format_args!("not added: {reason}"),
        "the list is as it was; see `onrecord officials list`",
    )
}
