//! Loads the configuration from its layers.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use crate::{
    exit::{Exit, Failure},
    source_file::{Mistake, Mistakes},
    terminal,
};

use super::{
    layer::{ENV_PREFIX, Layer},
    mistake_finder::{find, merge},
    secrets::is_secret,
    settings::Settings,
};

/// Every key with its default; the file is the documentation.
const DEFAULTS: &str = include_str!("../../../../config/default.toml");
/// How the defaults are called where origins are shown.
const DEFAULTS_NAME: &str = "default";

/// Looked for in the working directory where no file is named.
const FILE: &str = "onrecord.toml";

/// Flags that every command with a configuration has.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct ConfigArgs {
    /// Configuration file [default: onrecord.toml, where it exists]
    #[arg(
        long,
        value_name = "FILE",
        env = "ONRECORD_CONFIG",
        help_heading = "Configuration"
    )]
    config: Option<PathBuf>,
    /// List of feeds [default: config/feeds.toml]
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    feeds: Option<PathBuf>,
    /// Watch-list of officials [default: config/officials.toml]
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    officials: Option<PathBuf>,
    /// Folder for the embedded broker's log [default: data/broker]
    #[arg(long, value_name = "DIR", help_heading = "Configuration")]
    data: Option<PathBuf>,
    /// Set one key, such as `fetcher.interval=30s`; may be repeated
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Configuration")]
    set: Vec<String>,
}

/// The configuration and where each of its values comes from.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The values.
    pub(crate) settings: Settings,
    /// Where keys come from, by dotted key; those not here are defaults.
    pub(crate) origins: BTreeMap<String, Origin>,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    layer: Layer,
    place: std::ops::Range<usize>,
}

impl Origin {
    /// For people: `onrecord.toml:7`, `environment ONRECORD_FEEDS`, `--data`.
    pub(crate) fn describe(&self) -> String {
        let name = &self.layer.name;
        if self.layer.is_file {
            format!("{name}:{}", self.layer.line(self.place.start))
        } else {
            name.clone()
        }
    }
}

impl ConfigArgs {
    /// Loads the configuration.
    ///
    /// # Errors
    /// All mistakes at once.
    pub(crate) fn load(&self) -> Result<Loaded, Failure> {
        self.load_with(Vec::new())
    }

    /// Loads the configuration with further flags on top.
    ///
    /// # Errors
    /// All mistakes at once.
    pub(crate) fn load_with(&self, flags: Vec<Layer>) -> Result<Loaded, Failure> {
        let mut layers = Vec::new();
        layers.extend(self.file_layer()?);
        layers.extend(environment_layers());
        layers.extend(self.flag_layers()?);
        layers.extend(flags);
        load(&layers).map_err(|mistakes| Failure::from(Mistakes(mistakes)))
    }

    fn file_layer(&self) -> Result<Option<Layer>, Failure> {
        let path = match &self.config {
            Some(path) => path.as_path(),
            None if Path::new(FILE).exists() => Path::new(FILE),
            None => return Ok(None),
        };
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::plain(
                Exit::Config,
                format_args!("configuration cannot be read: {}: {error}", path.display()),
                "name another file with --config; without one the defaults hold",
            )
        })?;
        Ok(Some(Layer::file(path, text)))
    }

    fn flag_layers(&self) -> Result<Vec<Layer>, Failure> {
        let mut layers = Vec::new();
        for pair in &self.set {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(Failure::plain(
                    Exit::Config,
                    format_args!("--set {pair} has no value"),
                    "write it as --set KEY=VALUE, such as --set fetcher.interval=30s",
                ));
            };
            layers.push(Layer::flag("--set", key.trim(), value.trim()));
        }
        let paths = [
            ("--feeds", "feeds", &self.feeds),
            ("--officials", "officials", &self.officials),
            ("--data", "broker.data", &self.data),
        ];
        for (flag, key, path) in paths {
            if let Some(path) = path {
                let value = toml::Value::from(path.display().to_string()).to_string();
                layers.push(Layer::flag(flag, key, &value));
            }
        }
        Ok(layers)
    }
}

fn environment_layers() -> Vec<Layer> {
    let mut variables: Vec<(String, String)> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with(ENV_PREFIX))
        .collect();
    variables.sort();
    let is_key = |layer: &Layer| {
        let key = layer.text.split(['.', ' ']).next().unwrap_or_default();
        defaults().keys().any(|known| known.get_ref() == key) || layer.text.contains('.')
    };
    let layers = variables
        .iter()
        .filter_map(|(name, value)| Layer::variable(name, value));
    let (keys, others): (Vec<_>, Vec<_>) = layers.partition(is_key);
    for other in others {
        // Not a mistake: test rigs and containers have variables of their own by this prefix.
        terminal::tell(format_args!("warning: {} sets no key; ignored", other.name));
    }
    keys
}

/// Loads the defaults under `layers`, the last of which counts most.
///
/// # Errors
/// All mistakes at once.
pub(crate) fn load(layers: &[Layer]) -> Result<Loaded, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let checked: Vec<Layer> = layers.iter().map(as_meant).collect();
    let mut merged = defaults();
    let mut origins = BTreeMap::new();
    for layer in &checked {
        match layer.table() {
            Ok(table) => {
                let shown = without_secrets(layer, &table);
                mistakes.extend(find::<Settings>(&shown, &table, &defaults()));
                mistakes.extend(secrets_in_file(layer, &table));
                note_origins(layer, &table, "", &mut origins);
                merge(&mut merged, &table);
            }
            Err(not_toml) => mistakes.extend(not_toml),
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let settings = Settings::deserialize(Deserializer::from(Spanned::new(0..0, merged)));
    // Each value fits by itself, so together they do as well.
    let settings =
        settings.map_err(|error| vec![Mistake::new("configuration", "", error.message())])?;
    let wrong = settings.mistakes().into_iter().map(|(key, reason)| {
        let message = format!("{key}: {reason}");
        match origins.get(&key) {
            Some(Origin { layer, place }) => {
                Mistake::new(&layer.name, layer.text.as_str(), message).at(Some(place.clone()))
            }
            None => Mistake::new(DEFAULTS_NAME, "", message),
        }
    });
    let wrong: Vec<Mistake> = wrong.collect();
    if wrong.is_empty() {
        Ok(Loaded { settings, origins })
    } else {
        Err(wrong)
    }
}

/// A variable or flag whose value fits only as a text is taken as one.
fn as_meant(layer: &Layer) -> Layer {
    let fits = |layer: &Layer| {
        let table = layer.table().ok();
        table.is_some_and(|table| find::<Settings>(layer, &table, &defaults()).is_empty())
    };
    match layer.with_text_value() {
        Some(text) if !fits(layer) && fits(&text) => text,
        Some(_) | None => layer.clone(),
    }
}

pub(super) fn defaults() -> DeTable<'static> {
    DeTable::parse(DEFAULTS)
        .expect("a test reads the defaults")
        .into_inner()
}

/// The layer as it may be shown: messages quote the lines around a mistake.
fn without_secrets(layer: &Layer, table: &DeTable<'_>) -> Layer {
    let mut origins = BTreeMap::new();
    note_origins(layer, table, "", &mut origins);
    let mut shown = layer.clone();
    for (_, origin) in origins.into_iter().filter(|(key, _)| is_secret(key)) {
        let stars = "*".repeat(origin.place.len());
        shown.text.replace_range(origin.place, &stars);
    }
    shown
}

fn secrets_in_file(layer: &Layer, table: &DeTable<'_>) -> Vec<Mistake> {
    if !layer.is_file {
        return Vec::new();
    }
    let mut origins = BTreeMap::new();
    note_origins(layer, table, "", &mut origins);
    let secret = origins.into_iter().filter(|(key, _)| is_secret(key));
    secret
        .map(|(key, origin)| {
            // The line must not be shown: it holds the secret.
            let place = origin.describe();
            Mistake::new(
                &layer.name,
                "",
                format!("{key} is secret and stands in {place}"),
            )
            .with_help(
                "take it out; give it by environment (ONRECORD_KAFKA__PROPERTIES__…) or name \
                     a file that holds it under [kafka.property_files]"
                    .to_owned(),
            )
        })
        .collect()
}

fn note_origins(
    layer: &Layer,
    table: &DeTable<'_>,
    prefix: &str,
    origins: &mut BTreeMap<String, Origin>,
) {
    for (key, value) in table {
        let path = if prefix.is_empty() {
            key.get_ref().to_string()
        } else {
            format!("{prefix}.{}", key.get_ref())
        };
        if let DeValue::Table(inner) = value.get_ref() {
            note_origins(layer, inner, &path, origins);
        } else {
            let origin = Origin {
                layer: layer.clone(),
                place: value.span(),
            };
            origins.insert(path, origin);
        }
    }
}
