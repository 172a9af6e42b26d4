//! The answers to requests, one file a family.

pub(crate) mod configs;
pub(crate) mod fetch;
pub(crate) mod group_offsets;
pub(crate) mod groups;
pub(crate) mod list_offsets;
pub(crate) mod log_dirs;
pub(crate) mod metadata;
pub(crate) mod produce;
pub(crate) mod topics;
pub(crate) mod transactions;

use kafka_protocol::{ResponseError, protocol::StrBytes};

/// The number that stands for an outcome on the wire.
fn code<T>(outcome: &Result<T, ResponseError>) -> i16 {
    match outcome {
        Ok(_) => 0,
        Err(error) => error.code(),
    }
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}
