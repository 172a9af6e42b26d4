//! What had to be mended in a feed.

use std::fmt;

/// A fault in a feed document that was mended while reading it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Repair {
    /// The bytes are in another encoding than declared.
    Encoding {
        /// What the header or prolog says, if anything.
        declared: Option<String>,
        /// What was used.
        used: String,
    },
    /// The document is not well-formed XML or JSON.
    IllFormed(String),
    /// Entities of HTML that XML does not know.
    HtmlEntity,
    /// A date could not be read.
    Date(String),
    /// A date lies outside sense, and was moved to its edge.
    ClampedDate(String),
    /// The document breaks off before its end.
    Truncated,
    /// A limit on depth, items or size cut something off.
    Limit(String),
}

impl fmt::Display for Repair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding {
                declared: Some(declared),
                used,
            } => write!(formatter, "read as {used}, though declared as {declared}"),
            Self::Encoding {
                declared: None,
                used,
            } => write!(formatter, "no encoding declared; read as {used}"),
            Self::IllFormed(what) => write!(formatter, "not well formed: {what}"),
            Self::HtmlEntity => formatter.write_str("entities of HTML in XML"),
            Self::Date(raw) => write!(formatter, "date cannot be read: {raw}"),
            Self::ClampedDate(raw) => write!(formatter, "date outside sense, clamped: {raw}"),
            Self::Truncated => formatter.write_str("the document breaks off before its end"),
            Self::Limit(what) => write!(formatter, "cut off at a limit: {what}"),
        }
    }
}
