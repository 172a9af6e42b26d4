//! CSV: what a spreadsheet of feeds is saved as.

use csv::{ReaderBuilder, StringRecord, Terminator, Trim, Writer, WriterBuilder};

use super::{FeedEntry, Import, ImportError, RowFault, entry::KEYS};

/// Names of columns in other programs' tables, by ours.
const ALIASES: [(&str, &[&str]); 10] = [
    (
        "url",
        &[
            "url", "feed", "feed_url", "feedurl", "xmlurl", "xml_url", "rss", "rss_url", "address",
            "link",
        ],
    ),
    (
        "name",
        &["name", "title", "text", "feed_name", "feed_title"],
    ),
    (
        "outlet",
        &["outlet", "publisher", "source", "media", "site"],
    ),
    ("language", &["language", "lang", "language_code"]),
    ("country", &["country", "country_code"]),
    ("folder", &["folder", "category", "group", "tags", "tag"]),
    ("interval", &["interval"]),
    ("pages", &["pages"]),
    ("robots", &["robots"]),
    ("user_agent", &["user_agent", "useragent"]),
];

/// Reads a table whose first line names its columns; `,`, `;` and tabs part them.
pub(super) fn read_csv(text: &str) -> Result<Import, ImportError> {
    let head = text.lines().find(|line| !line.trim().is_empty());
    let head = head.unwrap_or_default();
    let count = |delimiter: char| head.matches(delimiter).count();
    let delimiter = [',', ';', '\t'].into_iter().rev().max_by_key(|c| count(*c));
    let mut reader = ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter.unwrap_or(',')).unwrap_or(b','))
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let columns: Vec<Option<&'static str>> = match reader.headers() {
        Ok(names) => names.iter().map(column).collect(),
        Err(_) => Vec::new(),
    };
    let mut import = Import::default();
    let Some(url_at) = columns.iter().position(|column| *column == Some("url")) else {
        return Err(ImportError::NoUrlColumn(head.chars().take(200).collect()));
    };
    if let Ok(names) = reader.headers() {
        import.notes.extend(unknown_columns(names, &columns));
    }
    let mut lines = LineCounter::new(text);
    for row in reader.records() {
        match row {
            Ok(row) => {
                let line = lines.line_of(row.position());
                read_row(line, &row, &columns, url_at, &mut import);
            }
            Err(error) => import.refuse(lines.line_of(error.position()), error.to_string()),
        }
    }
    Ok(import)
}

/// Tells the lines of rows; the reader's own count leaves out empty lines before a row.
struct LineCounter<'a> {
    rest: &'a [u8],
    at: u64,
    line: u64,
}

impl<'a> LineCounter<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line of a row; rows are asked for in their order.
    fn line_of(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position.map_or(self.at, csv::Position::byte);
        while let Some((byte, rest)) = self.rest.split_first()
            && (self.at < start || matches!(byte, b'\n' | b'\r'))
        {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
            self.rest = rest;
        }
        self.line
    }
}

/// Columns that no feed has are told, once.
fn unknown_columns(names: &StringRecord, columns: &[Option<&str>]) -> Option<RowFault> {
    let unknown: Vec<&str> = names
        .iter()
        .zip(columns)
        .filter(|(name, column)| column.is_none() && !name.is_empty())
        .map(|(name, _)| name)
        .collect();
    (!unknown.is_empty()).then(|| RowFault {
        line: 1,
        reason: format!("columns that are not used: {}", unknown.join(", ")),
    })
}

fn read_row(
    line: u64,
    row: &StringRecord,
    columns: &[Option<&'static str>],
    url_at: usize,
    import: &mut Import,
) {
    let url = row.get(url_at).unwrap_or_default();
    if url.is_empty() {
        if row.iter().any(|cell| !cell.is_empty()) {
            import.refuse(line, "the row has no address");
        }
        return;
    }
    let mut fields: Vec<(&'static str, String)> = Vec::new();
    for (column, cell) in columns.iter().zip(row) {
        if let Some(column) = column.filter(|column| *column != "url")
            && fields.iter().all(|(known, _)| *known != column)
        {
            fields.push((column, cell.to_owned()));
        }
    }
    import.take(line, url, &fields);
}

fn column(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    let known = ALIASES
        .iter()
        .find(|(_, aliases)| aliases.contains(&name.as_str()));
    known.map(|(column, _)| *column)
}

/// Writes feeds as CSV, with a header; all columns, empty where a feed has no such value.
pub fn write_csv(feeds: &[FeedEntry]) -> String {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    // Writing into memory does not fail.
    writer.write_record(KEYS).ok();
    for feed in feeds {
        write_row(&mut writer, feed);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn write_row(writer: &mut Writer<Vec<u8>>, feed: &FeedEntry) {
    let fields = feed.fields();
    let row = KEYS.map(|key| {
        let field = fields.iter().find(|(known, _)| *known == key);
        field.map_or("", |(_, text)| text.as_str())
    });
    writer.write_record(row).ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::read_import;

    #[test]
    fn columns_are_known_by_many_names_and_rows_by_line() {
        let table = "Feed URL;Title;Lang;Colour\nhttps://a.example/rss;\"A; the\nfirst\";en;red\n\
                     ;nothing;;\nnowhere;B;;\n\nhttps://c.example/rss;C\n";
        let import = read_import(table.as_bytes()).unwrap();
        let feeds: Vec<(u64, &str, Option<&str>)> = import
            .feeds
            .iter()
            .map(|feed| {
                (
                    feed.line,
                    feed.entry.url.as_str(),
                    feed.entry.name.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            feeds,
            [
                (2, "https://a.example/rss", Some("A; the first")),
                (7, "https://c.example/rss", Some("C")),
            ]
        );
        let lines: Vec<u64> = import.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [4, 5]);
        assert_eq!(
            import.notes.first().map(|note| note.reason.as_str()),
            Some("columns that are not used: Colour")
        );
    }

    #[test]
    fn a_table_without_addresses_is_refused() {
        assert!(matches!(
            read_import(b"name,colour\na,b\n"),
            Err(ImportError::NoUrlColumn(_))
        ));
    }

    #[test]
    fn what_is_exported_is_imported_again() {
        let feeds = [FeedEntry {
            name: Some("A, \"the\" first".into()),
            country: Some("KH".into()),
            interval: Some(std::time::Duration::from_mins(90)),
            ..FeedEntry::from_url("https://a.example/rss")
        }];
        let import = read_import(write_csv(&feeds).as_bytes()).unwrap();
        let again: Vec<FeedEntry> = import.feeds.into_iter().map(|feed| feed.entry).collect();
        assert_eq!(again, feeds);
    }
}
