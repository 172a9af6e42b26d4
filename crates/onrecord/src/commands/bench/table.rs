//! The bench's figures as a table.

use std::io::Write;

use crate::{exit::Failure, terminal};

/// One measured row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) articles: usize,
    /// Bytes of the record that is read of each article.
    pub(super) bytes_each: f64,
    pub(super) seconds: f64,
    pub(super) cpu_seconds: Option<f64>,
    pub(super) memory_mb: Option<f64>,
    /// How fast it is beside the bare copy of the records that it reads.
    pub(super) of_bare: Option<f64>,
    /// How fast it is beside the bare copy that writes the same records as it does.
    pub(super) of_same_output: Option<f64>,
    /// How fast it is beside the same stage without overlap of commits.
    pub(super) of_plain: Option<f64>,
}

impl Row {
    /// Articles a second.
    pub(super) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let articles = self.articles as f64;
        articles / self.seconds
    }
}

/// Prints the rows.
///
/// # Errors
/// Where standard output is closed.
pub(super) fn print(rows: &[Row]) -> Result<(), Failure> {
    let header = [
        "",
        "articles/s",
        "MB/s",
        "CPU ms/article",
        "peak MB",
        "of bare copy",
        "of same output",
        "of plain",
    ];
    let mut table = terminal::table(header);
    for row in rows {
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let articles = row.articles as f64;
        let cpu = row.cpu_seconds.map(|seconds| seconds * 1e3 / articles);
        table.add_row([
            row.name.to_owned(),
            format!("{:.0}", row.per_second()),
            format!("{:.1}", articles * row.bytes_each / row.seconds / 1e6),
            optional(cpu, 3),
            optional(row.memory_mb, 0),
            optional(row.of_bare, 3),
            optional(row.of_same_output, 2),
            optional(row.of_plain, 2),
        ]);
    }
    writeln!(terminal::output(), "{table}")?;
    Ok(())
}

/// A figure, or `-` where the system does not tell it.
pub(super) fn optional(figure: Option<f64>, decimals: usize) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.decimals$}"))
}
