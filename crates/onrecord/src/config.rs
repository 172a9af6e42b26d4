//! The configuration: defaults, then a file, then the environment, then flags.

mod layer;
mod load;
mod mistake_finder;
mod secrets;
mod settings;
mod show;

pub(crate) use layer::Layer;
pub(crate) use load::{ConfigArgs, Loaded, load};
pub(crate) use mistake_finder::{advice, gist, parse_table};
pub(crate) use settings::{Settings, TelemetryFormat};
pub(crate) use show::{schema, show, show_with_origin};
