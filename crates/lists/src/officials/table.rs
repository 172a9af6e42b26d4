//! A CSV table with a header, as the imports read it.

use std::collections::HashMap;

use csv::{Reader, ReaderBuilder};

use super::import::Imported;

/// A table and where its columns stand.
pub(super) struct Table<'t> {
    pub(super) reader: Reader<&'t [u8]>,
    pub(super) columns: HashMap<String, usize>,
}

impl<'t> Table<'t> {
    /// Reads the header of `text`; what it lacks of `required` is refused, and then there is none.
    pub(super) fn open(text: &'t str, required: &[&str], imported: &mut Imported) -> Option<Self> {
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let columns: HashMap<String, usize> = match reader.headers() {
            Ok(headers) => headers.iter().map(str::to_owned).zip(0..).collect(),
            Err(error) => {
                imported.refuse(1, format!("no header: {error}"));
                return None;
            }
        };
        let missing = required.iter().find(|name| !columns.contains_key(**name));
        if let Some(missing) = missing {
            imported.refuse(1, format!("there is no column `{missing}`"));
            return None;
        }
        Some(Self { reader, columns })
    }
}

/// The line at which a row or a fault stands, from 1; 0 where it is not known.
pub(super) fn line_of(position: Option<&csv::Position>) -> usize {
    position.map_or(0, |position| {
        usize::try_from(position.line()).unwrap_or(usize::MAX)
    })
}
